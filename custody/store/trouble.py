"""Translates what SQLite and the disk say into our one family of errors. Keeps design chapter 3, "store"; codes `store.*`."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from custody.core.errors import Altered, CustodyError, Locked, NoLedger, Refused

_MARK = "custody:"  # what our triggers put before their code
# A spoiled name in the schema comes back inside SQLite's own message, which Python then cannot read.
TROUBLE = (sqlite3.Error, OSError, UnicodeDecodeError)
_FULL_DISK = 1 << 16  # fewer free bytes than this explain an I/O error


@contextmanager
def speaking(path: Path) -> Iterator[None]:
    """Whatever sqlite3 or the file system raise in this block leaves it as a CustodyError about `path`."""
    try:
        yield
    except TROUBLE as error:
        raise translate(error, path) from error


def translate(error: sqlite3.Error | OSError | UnicodeDecodeError, path: Path) -> CustodyError:
    """The error of ours that says the same."""
    if isinstance(error, UnicodeDecodeError):
        return Altered("store.damaged", path=str(path), reason="UTF-8")
    return _from_sqlite(error, path) if isinstance(error, sqlite3.Error) else _from_system(error, path)


def _from_sqlite(error: sqlite3.Error, path: Path) -> CustodyError:
    text, name = str(error), getattr(error, "sqlite_errorname", "") or type(error).__name__
    if text.startswith(_MARK):
        return Refused(text.removeprefix(_MARK))
    primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
    where = str(path)
    if primary == sqlite3.SQLITE_FULL or (primary == sqlite3.SQLITE_IOERR and _is_full(path)):
        return Refused("store.full", path=where)
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Locked("store.locked", path=where, pid="?")
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or "decode" in text:
        return Altered("store.damaged", path=where, reason=name)
    if primary == sqlite3.SQLITE_CANTOPEN and not path.exists():
        return NoLedger("store.missing", path=where)
    if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return Refused("store.readonly", path=where)
    if primary in (sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH):
        return Refused("store.row", reason=text)
    if primary == sqlite3.SQLITE_ERROR and "no such" in text:  # a table or column is gone since the file was opened
        return Altered("store.damaged", path=where, reason=name)
    return Refused("store.io", path=where, reason=name)


def _from_system(error: OSError, path: Path) -> CustodyError:
    where = str(path)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Refused("store.full", path=where)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Refused("store.readonly", path=where)
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return NoLedger("store.missing", path=where)
    return Refused("store.io", path=where, reason=errno.errorcode.get(error.errno or 0, "OSError"))


def _is_full(path: Path) -> bool:
    """SQLite calls some full disks an I/O error (the shared memory file beside the log)."""
    try:
        room = os.statvfs(path.parent) if hasattr(os, "statvfs") else None
    except OSError:
        return False
    return room is not None and room.f_bavail * room.f_frsize < _FULL_DISK
