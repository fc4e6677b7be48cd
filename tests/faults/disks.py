"""Disks that can be made full, read-only, or lose their power: file systems on loop files and in memory. All of it needs root."""

import fcntl
import os
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_SHUTDOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN, also XFS_IOC_GOINGDOWN (Linux, include/uapi)
_NOTHING_FLUSHED = 2  # neither journal nor data: what was not synced before is gone, as when the power goes


def require_mounts(*programs: str) -> None:
    """Skip, and say why, where nothing can be mounted."""
    if os.name != "posix" or os.getuid() != 0:
        pytest.skip("mounting a file system needs root")
    for program in programs:
        if shutil.which(program) is None:
            pytest.skip(f"{program} is missing")


class Disk:
    """One file system of its own at `path`."""

    def __init__(self, kind: str, mebibytes: int) -> None:
        self.kind = kind
        self.home = Path(tempfile.mkdtemp(prefix="custody-disk-"))
        self.home.chmod(0o755)
        self.path, self.image = self.home / "mount", self.home / "image"
        self.path.mkdir()
        if kind != "tmpfs":
            with self.image.open("wb") as file:
                file.truncate(mebibytes << 20)
            _run(f"mkfs.{kind}", "-q", str(self.image))
        self.size = mebibytes

    def mount(self) -> None:
        if self.kind == "tmpfs":
            _run("mount", "-t", "tmpfs", "-o", f"size={self.size}m", "tmpfs", str(self.path))
        else:
            _run("mount", "-o", "loop", str(self.image), str(self.path))

    def sync(self) -> None:
        _run("sync", "-f", str(self.path))

    def lose_power(self) -> None:
        """From this moment nothing reaches the disk, and what was not synced is gone."""
        handle = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.ioctl(handle, _SHUTDOWN, struct.pack("I", _NOTHING_FLUSHED))
        finally:
            os.close(handle)

    def come_back(self) -> None:
        """After the power: what lies on the disk, mounted anew.

        From a copy of the image: other programs may have network namespaces of their own, which keep the old mount, and with it the dead
        file system, alive.
        """
        _run("umount", str(self.path))
        after = self.image.with_name("after")
        _run("cp", "--sparse=always", str(self.image), str(after))
        self.image = after
        self.mount()

    def throw_away(self) -> None:
        subprocess.run(["umount", "-l", str(self.path)], capture_output=True, check=False)
        shutil.rmtree(self.home, ignore_errors=True)


@contextmanager
def mounted(kind: str, mebibytes: int) -> Iterator[Disk]:
    """A disk for the length of a test; skips where there is none to be had."""
    require_mounts("mount", *([f"mkfs.{kind}"] if kind != "tmpfs" else []))
    disk = Disk(kind, mebibytes)
    try:
        try:
            disk.mount()
        except subprocess.CalledProcessError as error:
            pytest.skip(f"{kind} cannot be mounted here: {error.stderr.strip()}")
        yield disk
    finally:
        disk.throw_away()


def _run(*words: str) -> None:
    subprocess.run(words, capture_output=True, text=True, check=True)
