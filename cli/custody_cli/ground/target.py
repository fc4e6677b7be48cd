"""Where a file will be written, tested before anything is signed or recorded: what the ledger has got cannot be taken back."""

import errno
import os
from pathlib import Path

from custody_cli.ground.exits import WrongUse


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


def put(path: Path, suffix: str) -> None:
    """Make sure that a new file can be put here: into a folder that is there, or under a name with this ending in one.

    Raises WrongUse("cli.target.none"): a placeholder typed as it stands on a card must not become a file on the disk of the ledger.
    """
    if not path.is_dir() and not (path.suffix == suffix and path.parent.is_dir()):
        raise WrongUse("cli.target.none", target=str(path), suffix=suffix)
