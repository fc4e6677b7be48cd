"""Files that somebody names: opened so that nothing hangs, and read within bounds (design chapter 3). The one place that knows how.

A FIFO would wait for a writer that never comes, a device never ends, a mistyped name may be a disk image. So: the door of the system is
opened without waiting, only a regular file is taken, and no more is read than was promised.
"""

import errno
import os
import re
import stat
import tomllib
from pathlib import Path
from typing import Any, BinaryIO

from custody.core.errors import Malformed

_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_CLOEXEC", 0)
_SPECIAL = frozenset({errno.ENXIO, errno.ENODEV, errno.EAGAIN})  # what the system says of sockets and of devices with nothing behind them
_PIECE = 1 << 20
_MOST_LINE = 1_024  # signs of a line of TOML


class NotToml(ValueError):
    """Text that is no TOML, or longer than anybody writes by hand. line: where, from 1. reason: what the parser says, at most 200 signs."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line, self.reason = line, reason[:200]


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


def toml(data: bytes) -> dict[str, Any]:
    """The tables of a TOML file (UTF-8, with or without a byte order mark) of lines of at most 1,024 signs.

    The parser takes time with the square of a key's dots and gives up at numbers of 4,300 digits: hence the bound. :raises NotToml:
    """
    try:
        text = data.decode("utf-8-sig")
        for number, row in enumerate(text.split("\n"), 1):
            if len(row) > _MOST_LINE:
                raise NotToml(number, f"line {number}: {len(row)} > {_MOST_LINE}")
        return tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise NotToml(data.count(b"\n", 0, error.start) + 1, "UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        raise NotToml(int(found[1]) if found else text.count("\n") + 1, str(error)) from None
    except RecursionError:
        raise NotToml(1, "RecursionError") from None


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
