"""Files that outlive a power cut: written whole, named last (design chapter 3; ADR 0008). The one place that knows how."""

import errno
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def write_durably(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Put a whole file in place of whatever is there, so that after a power cut it is the old one or the new one. Raises `OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, data, mode)
    sync_folder(path.parent)


def write_whole(path: Path, data: bytes, mode: int = 0o644) -> None:
    """As `write_durably` in a folder that is there, but the name lasts only from `sync_folder` on: for many files. Raises `OSError`."""
    fresh = path.with_name(f".{path.name}.new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), mode)
    _fill(handle, data, path)
    fresh.replace(path)


def write_new(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a file that must not exist yet; it has its name only once it is whole. Raises `OSError`, which names the file."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), mode)
        _fill(handle, data, path)
        _name(fresh, path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        error.filename = str(path) if error.filename in (None, str(fresh)) else error.filename
        raise
    sync_folder(path.parent)


def _name(fresh: Path, path: Path) -> None:
    """Never over another file. A hard link is refused by FAT, where a rename must do."""
    try:
        os.link(fresh, path)
    except FileExistsError:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
    except OSError:
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        fresh.rename(path)
        return
    fresh.unlink()


def append_whole(path: Path, data: bytes, lasting: bool = True) -> None:
    """Put data behind what a file holds, all of it or nothing. After a power cut what it held before is there, and the end may be half.

    :param lasting: with one sync, so that it outlives a power cut. Raises `OSError`, which names the file.
    """
    try:
        with path.open("ab", buffering=0) as file:
            size = file.tell()
            try:
                left = memoryview(data)
                while left:
                    left = left[file.write(left) :]
                if lasting:
                    os.fsync(file.fileno())
            except OSError:
                with suppress(OSError):
                    file.truncate(size)
                raise
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


def write_stream(path: Path, pieces: Iterable[bytes], mode: int = 0o644) -> int:
    """Write a file that must not exist yet, piece by piece; it has its name only once it is whole. Returns its bytes.

    :raises OSError: with the name of the file; nothing is left then, nor where making a piece fails.
    """
    fresh, count = path.with_name(f".{path.name}.new"), 0
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), mode)
    try:
        with os.fdopen(handle, "wb") as file:
            for piece in pieces:
                count += file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
        fresh.rename(path)
    except BaseException as error:
        fresh.unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename = error.filename or str(path)
        raise
    sync_folder(path.parent)
    return count


def trouble(error: Exception) -> str:
    """What the system found wrong with a file, as the code that `errno.*` has words for (`ENOSPC`); else the kind of error."""
    return errno.errorcode.get(getattr(error, "errno", None) or 0, type(error).__name__)


def _fill(handle: int, data: bytes, path: Path) -> None:
    """Write all of it to the disk and close. A full disk is told by the system without the name of the file: `path` is put in."""
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


def sync_folder(folder: Path) -> None:
    """Make names in a folder last through a power cut; Windows has no such call. Raises `OSError`."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
