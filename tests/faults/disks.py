"""Disks that can be made full or read-only, fail, or lose their power: file systems on loop files and in memory. All of it needs root."""

import fcntl
import os
import shutil
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

_SHUTDOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN, also XFS_IOC_GOINGDOWN (Linux, include/uapi)
_LOOP_GET, _LOOP_SET = 0x4C05, 0x4C04  # LOOP_GET_STATUS64, LOOP_SET_STATUS64 (Linux, include/uapi/linux/loop.h)
_INFO, _SIZE_LIMIT = 232, 32  # bytes of struct loop_info64, and where lo_sizelimit lies in it
_FIRST_BLOCK = 4096  # what is left of a device that fails
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
            # nouuid: what is mounted anew may still lie, dead, in a network namespace of another program
            option = {"ext4": "loop,errors=remount-ro", "xfs": "loop,nouuid"}.get(self.kind, "loop")
            _run("mount", "-o", option, str(self.image), str(self.path))

    def sync(self) -> None:
        _run("sync", "-f", str(self.path))

    def lose_power(self) -> None:
        """From this moment nothing reaches the disk, and what was not synced is gone."""
        handle = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.ioctl(handle, _SHUTDOWN, struct.pack("I", _NOTHING_FLUSHED))
        finally:
            os.close(handle)

    def fail(self) -> None:
        """From this moment the device answers what it is asked to read or write with an I/O error, behind its first block."""
        self._limit(_FIRST_BLOCK)

    def heal(self) -> None:
        """The device answers again; what was on it is on it. The file system has given itself up: `come_back`."""
        self._limit(0)

    def turn_read_only(self) -> None:
        """The file system finds itself damaged, and lets nothing more be written (ext4 alone). Skips where it cannot be told to."""
        trigger = Path(f"/sys/fs/ext4/{self.device().name}/trigger_fs_error")
        if not trigger.exists():
            pytest.skip("this kernel has no trigger_fs_error for ext4")
        trigger.write_text("1")

    def device(self) -> Path:
        """What is mounted."""
        return Path(subprocess.run(["findmnt", "-no", "SOURCE", str(self.path)], capture_output=True, text=True, check=True).stdout.strip())

    def _limit(self, size: int) -> None:
        """How much of its image the loop device shows, in bytes; 0 for all. Skips where a loop device in use keeps its size."""
        handle = os.open(self.device(), os.O_RDWR)
        try:
            info = bytearray(_INFO)
            fcntl.ioctl(handle, _LOOP_GET, info)
            struct.pack_into("Q", info, _SIZE_LIMIT, size)
            for pause in (0.0, 0.02, 0.1, 0.5, 2.0):  # EAGAIN as long as pages of the device are being written
                time.sleep(pause)
                with suppress(BlockingIOError):
                    fcntl.ioctl(handle, _LOOP_SET, bytes(info))
                    return
        finally:
            os.close(handle)
        pytest.skip("the size of a loop device that is in use cannot be changed here")

    def come_back(self) -> None:
        """After the power: what lies on the disk, mounted anew.

        From a copy of the image: other programs may have network namespaces of their own, which keep the old mount, and with it the dead
        file system, alive.
        """
        self._unmount()
        after = self.image.with_name("after")
        _run("cp", "--sparse=always", str(self.image), str(after))
        self.image = after
        self.mount()

    def _unmount(self) -> None:
        """A process that was killed lets go of its files a little later."""
        for pause in (0.0, 0.1, 0.5, 1.0, 3.0):
            time.sleep(pause)
            done = subprocess.run(["umount", str(self.path)], capture_output=True, text=True, check=False)
            if done.returncode == 0:
                return
        raise RuntimeError(f"cannot be unmounted: {done.stderr}")

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
