"""Who but its owner can read a key file: file modes on POSIX, the access list on Windows (no chapter of the spec).

A stick with FAT or exFAT keeps no rights at all: every file on it looks open to everybody who can reach the stick. That is its own answer,
so that the caller can accept an encrypted key there and no other.

The Windows branch is simulated in tests: it has not been tried on Windows.
"""

import os
import re
import stat
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Protocol

# File systems whose modes are made up when they are mounted; chmod on them says yes and does nothing, or says no.
WITHOUT_RIGHTS = frozenset({"vfat", "msdos", "exfat", "ntfs", "ntfs3", "fuseblk"})

# Windows: the system, administrators (who can take any file anyway), the owner, the creator.
_TRUSTED = frozenset({"SY", "BA", "OW", "CO", "S-1-5-18", "S-1-5-32-544", "S-1-3-0", "S-1-3-4"})
_ACE = re.compile(r"\(([^;()]*);([^;()]*);([^;()]*);([^;()]*);([^;()]*);([^;()]*)\)")
_OWNER = re.compile(r"O:(S-1-[0-9-]+|[A-Z]{2})")


class Readers(Enum):
    """The answer: only the owner, others too, or a medium that cannot say."""

    OWNER = "owner"
    OTHERS = "others"
    UNKEPT = "unkept"


class Access(Protocol):
    """Asked with the open descriptor, so that no other file can be slipped in between asking and reading."""

    def readers(self, path: Path, descriptor: int) -> tuple[Readers, str]:
        """The answer, and the rights as an officer can compare them ("644", an access list)."""
        ...


def system() -> Access:
    """The check of the system that we run on."""
    return WindowsAccess() if os.name == "nt" else PosixAccess()


class PosixAccess:
    """By the mode: any right of group or world is too much. `mountinfo` gives the text of Linux's /proc/self/mountinfo."""

    def __init__(self, mountinfo: Callable[[], str] | None = None) -> None:
        self._mountinfo = mountinfo or _mountinfo

    def readers(self, path: Path, descriptor: int) -> tuple[Readers, str]:
        """The mode of the open file; `path` is not asked again."""
        status = os.fstat(descriptor)
        mode = stat.S_IMODE(status.st_mode)
        if not mode & 0o077:
            return Readers.OWNER, f"{mode:03o}"
        if file_system(self._mountinfo(), status.st_dev) in WITHOUT_RIGHTS:
            return Readers.UNKEPT, f"{mode:03o}"
        return Readers.OTHERS, f"{mode:03o}"


def file_system(mountinfo: str, device: int) -> str | None:
    """The type of the file system with this device number, None when the table does not know it (proc(5), mountinfo)."""
    wanted = f"{os.major(device)}:{os.minor(device)}"
    for line in mountinfo.splitlines():
        fields, _, tail = line.partition(" - ")
        if fields.split()[2:3] == [wanted]:
            return tail.split(" ", 1)[0]
    return None


def _mountinfo() -> str:
    try:
        return Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


class WindowsAccess:
    """By the access list in its text form (SDDL), which no language of Windows translates. Not tried on Windows."""

    def __init__(self, descriptor_of: Callable[[Path], str] | None = None, keeps_rights: Callable[[Path], bool] | None = None) -> None:
        self._descriptor_of = descriptor_of or _security_descriptor
        self._keeps_rights = keeps_rights or _keeps_rights

    def readers(self, path: Path, descriptor: int) -> tuple[Readers, str]:
        """The access list of the file at `path`; Windows has no way to ask an open descriptor of C."""
        if not self._keeps_rights(path):
            return Readers.UNKEPT, ""
        text = self._descriptor_of(path)
        return (Readers.OWNER if only_owner(text) else Readers.OTHERS), text


def only_owner(sddl: str) -> bool:
    """Whether every allow entry is for the owner or for who can take any file anyway; what cannot be read counts as open.

    :param sddl: owner and discretionary list, such as `O:S-1-5-21-7-8-9-1001D:P(A;;FA;;;SY)(A;;FA;;;S-1-5-21-7-8-9-1001)`.
    """
    _, found, listed = sddl.partition("D:")
    entries = _ACE.findall(listed)
    if not found or not entries or len(entries) != listed.count("("):
        return False
    owner = _OWNER.search(sddl)
    trusted = _TRUSTED | ({owner[1]} if owner else set())
    return {entry[5] for entry in entries if entry[0] != "D"} <= trusted


def _security_descriptor(path: Path) -> str:  # pragma: no cover - needs Windows
    """Owner and access list of a file as SDDL (GetNamedSecurityInfoW); empty when Windows says no."""
    import ctypes

    advapi32 = ctypes.WinDLL("advapi32")  # type: ignore[attr-defined,unused-ignore]
    descriptor, text, wanted = ctypes.c_void_p(), ctypes.c_wchar_p(), 0x1 | 0x4
    if advapi32.GetNamedSecurityInfoW(str(path), 1, wanted, None, None, None, None, ctypes.byref(descriptor)):
        return ""
    advapi32.ConvertSecurityDescriptorToStringSecurityDescriptorW(descriptor, 1, wanted, ctypes.byref(text), None)
    return text.value or ""  # both buffers stay until the process ends: a few hundred bytes, once a key


def _keeps_rights(path: Path) -> bool:  # pragma: no cover - needs Windows
    """Whether the volume keeps access lists (FILE_PERSISTENT_ACLS of GetVolumeInformationW)."""
    import ctypes

    kernel32 = ctypes.WinDLL("kernel32")  # type: ignore[attr-defined,unused-ignore]
    root, flags = ctypes.create_unicode_buffer(261), ctypes.c_ulong()
    if not kernel32.GetVolumePathNameW(str(path), root, 261):
        return True
    known = kernel32.GetVolumeInformationW(root, None, 0, None, None, ctypes.byref(flags), None, 0)
    return not known or bool(flags.value & 0x8)
