"""Where a file will be written, tested before anything is signed or recorded: what the ledger has got cannot be taken back."""

import errno
import os
from pathlib import Path


def free(path: Path | None) -> None:
    """Make sure that a new file can lie there; nothing for None. Raises `FileExistsError`, `FileNotFoundError`, `PermissionError`."""
    if path is None:
        return
    if os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path.parent))
    if not os.access(path.parent, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path.parent))


def unused(path: Path) -> Path:
    """This name, or one with a number behind it that no file has."""
    number, found = 1, path
    while found.exists():
        number += 1
        found = path.with_stem(f"{path.stem}-{number}")
    return found
