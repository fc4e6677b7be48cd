"""Files that somebody names: opened so that nothing hangs, and read within bounds (design chapter 3). The one place that knows how.

A FIFO would wait for a writer that never comes, a device never ends, a mistyped name may be a disk image. So: the door of the system is
opened without waiting, only a regular file is taken, and no more is read than was promised.
"""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

from custody.core.errors import Malformed

_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_CLOEXEC", 0)
_SPECIAL = frozenset({errno.ENXIO, errno.ENODEV, errno.EAGAIN})  # what the system says of sockets and of devices with nothing behind them
_PIECE = 1 << 20


def descriptor(path: Path) -> int:
    """A regular file, open for reading; whoever asked closes it.

    :raises OSError: as the system says, EISDIR for a folder. :raises Malformed: `file.special` for FIFO, device and socket.
    """
    try:
        handle = os.open(path, _FLAGS)
    except ValueError:  # a name that no file can have: a NUL, half a surrogate
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path)) from None
    except OSError as error:
        raise _spoken(error, path) from None
    try:
        _regular(os.fstat(handle).st_mode, path)
    except BaseException:
        os.close(handle)
        raise
    return handle


def opened(path: Path) -> BinaryIO:
    """A regular file as a stream, for readers that have bounds of their own. Raises as `descriptor`."""
    return os.fdopen(descriptor(path), "rb")


def read(path: Path, most: int) -> bytes:
    """All bytes of a regular file of at most `most` bytes. Raises as `descriptor`, and `Malformed("file.large")`."""
    handle = descriptor(path)
    try:
        return _whole(handle, most, path)
    except OSError as error:
        raise _spoken(error, path) from None
    finally:
        os.close(handle)


def _whole(handle: int, most: int, path: Path) -> bytes:
    """What is left of an open file, never more than `most` bytes and one. Raises `OSError`, `Malformed("file.large")`."""
    data = bytearray()
    while chunk := os.read(handle, min(_PIECE, most + 1 - len(data))):
        data += chunk
        if len(data) > most:
            raise Malformed("file.large", file=str(path), limit=most)
    return bytes(data)


def _regular(mode: int, path: Path) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):
        raise Malformed("file.special", file=str(path))


def _spoken(error: OSError, path: Path) -> Exception:
    if error.errno in _SPECIAL:
        return Malformed("file.special", file=str(path))
    if error.filename is None:
        error.filename = str(path)
    return error
