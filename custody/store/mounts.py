"""Is this folder on a network? SQLite's locks and shared memory do not hold there. Keeps design chapter 3 ("refused with a sentence")."""

from __future__ import annotations

import ctypes
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

from custody.core.errors import Refused

_NETWORKS = """
9p afs afpfs beegfs ceph cifs coda davfs fuse.ceph fuse.davfs2 fuse.glusterfs fuse.rclone fuse.s3fs fuse.smbnetfs fuse.sshfs
fuse.vmhgfs-fuse gfs2 glusterfs lustre ncpfs nfs nfs4 ocfs2 orangefs prl_fs smb2 smb3 smbfs sshfs vboxsf vmhgfs webdav
"""
NETWORK_KINDS = frozenset(_NETWORKS.split())
_REMOTE_DRIVE = 4  # GetDriveTypeW: DRIVE_REMOTE


def refuse_network(folder: Path, kind: Callable[[Path], str | None] | None = None) -> None:
    """Refused("store.network", path, kind) when `folder` lies on a network file system."""
    found = (kind or system_kind)(folder)
    if found is not None:
        raise Refused("store.network", path=str(folder), kind=found)


def system_kind(folder: Path) -> str | None:
    """The kind of network file system that holds the folder, or None; None also where this system does not tell."""
    if sys.platform == "win32":
        return windows_kind(folder, ctypes.windll.kernel32.GetDriveTypeW)
    try:
        table = Path("/proc/self/mounts").read_text("utf-8", "surrogateescape")
    except OSError:
        return None
    return linux_kind(folder, table)


def linux_kind(folder: Path, table: str) -> str | None:
    """From the text of /proc/mounts: the last mount on the longest path above the folder decides."""
    where = os.path.realpath(folder)
    best, kind = "", ""
    for line in table.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), fields[1])
        above = where == point or where.startswith(point.rstrip("/") + "/")
        if above and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind if kind in NETWORK_KINDS else None


def windows_kind(folder: Path, drive_type: Callable[[str], int]) -> str | None:
    """A path that begins with two backslashes, or a drive letter that Windows calls remote."""
    text = str(folder)
    if text.startswith("\\\\") and not text.startswith("\\\\?\\"):
        return "smb"
    return "smb" if text[1:2] == ":" and drive_type(text[:2] + "\\") == _REMOTE_DRIVE else None
