"""Who can read a key file: tables of modes, mounts and Windows access lists (the Windows ones are simulated)."""

import os
from pathlib import Path

import pytest

from custody.station.access import PosixAccess, Readers, WindowsAccess, file_system, only_owner

posix = pytest.mark.skipif(os.name == "nt", reason="file modes are a thing of POSIX")

MODES = {
    "owner reads and writes": (0o600, Readers.OWNER),
    "owner reads": (0o400, Readers.OWNER),
    "group reads": (0o640, Readers.OTHERS),
    "world reads": (0o604, Readers.OTHERS),
    "all read": (0o644, Readers.OTHERS),
    "group writes": (0o620, Readers.OTHERS),
    "world runs": (0o601, Readers.OTHERS),
}


def asked(path: Path, mode: int, mountinfo: str = "") -> tuple[Readers, str]:
    path.touch()
    path.chmod(mode)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return PosixAccess(lambda: mountinfo).readers(path, descriptor)
    finally:
        os.close(descriptor)


@posix
@pytest.mark.parametrize(("mode", "readers"), MODES.values(), ids=MODES)
def test_modes(tmp_path: Path, mode: int, readers: Readers) -> None:
    assert asked(tmp_path / "kunci", mode) == (readers, f"{mode:03o}")


@posix
@pytest.mark.parametrize(
    ("kind", "readers"),
    [("vfat", Readers.UNKEPT), ("exfat", Readers.UNKEPT), ("fuseblk", Readers.UNKEPT), ("ext4", Readers.OTHERS), ("nfs4", Readers.OTHERS)],
)
def test_a_medium_without_rights(tmp_path: Path, kind: str, readers: Readers) -> None:
    device = tmp_path.stat().st_dev
    line = f"36 25 {os.major(device)}:{os.minor(device)} / /media/petugas/STIK rw,nosuid shared:7 - {kind} /dev/sdb1 rw,fmask=0022\n"
    assert asked(tmp_path / "kunci", 0o755, line)[0] is readers
    assert asked(tmp_path / "kunci", 0o600, line)[0] is Readers.OWNER


def test_the_table_of_mounts() -> None:
    table = "22 1 8:2 / / rw - ext4 /dev/sda2 rw\n36 22 8:17 / /media/a\\040b rw master:1 propagate_from:2 - vfat /dev/sdb1 rw\nrubbish\n\n"
    assert file_system(table, os.makedev(8, 17)) == "vfat"
    assert file_system(table, os.makedev(8, 2)) == "ext4"
    assert file_system(table, os.makedev(9, 9)) is None
    assert file_system("", os.makedev(8, 2)) is None


OWNER = "S-1-5-21-7-8-9-1001"
SDDL = {
    "profile folder": (f"O:{OWNER}D:(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;FA;;;{OWNER})", True),
    "protected, owner only": (f"O:{OWNER}D:PAI(A;;FA;;;{OWNER})", True),
    "owner by alias, others denied": ("O:BAG:DUD:P(D;;FA;;;WD)(A;;FA;;;OW)", True),
    "users": (f"O:{OWNER}D:AI(A;ID;FA;;;SY)(A;ID;0x1200a9;;;BU)", False),
    "everybody": (f"O:{OWNER}D:(A;;FR;;;WD)", False),
    "signed-in people": (f"O:{OWNER}D:(A;;FA;;;{OWNER})(A;;FR;;;AU)", False),
    "another person": (f"O:{OWNER}D:(A;;FA;;;{OWNER})(A;;FR;;;S-1-5-21-7-8-9-1002)", False),
    "a longer id of the same beginning": (f"O:{OWNER}D:(A;;FA;;;{OWNER}0)", False),
    "an entry with a condition": (f'O:{OWNER}D:(A;;FA;;;{OWNER})(XA;;FR;;;WD;(@User.Title=="x"))', False),
    "an object entry": (f"O:{OWNER}D:(A;;FA;;;{OWNER})(OA;;FR;;;WD)", False),
    "no list": (f"O:{OWNER}D:NO_ACCESS_CONTROL", False),
    "empty list": (f"O:{OWNER}D:", False),
    "unreadable": ("", False),
}


@pytest.mark.parametrize(("text", "answer"), SDDL.values(), ids=SDDL)
def test_windows_access_lists_simulated(text: str, answer: bool) -> None:
    assert only_owner(text) is answer
    found, shown = WindowsAccess(lambda _: text, lambda _: True).readers(Path("kunci"), 0)
    assert (found, shown) == (Readers.OWNER if answer else Readers.OTHERS, text)


def test_windows_medium_without_rights_simulated() -> None:
    assert WindowsAccess(lambda _: "D:(A;;FA;;;WD)", lambda _: False).readers(Path("kunci"), 0)[0] is Readers.UNKEPT
