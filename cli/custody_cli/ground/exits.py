"""Exit codes of `custody`, one for each kind of answer; docs/cli.md and `custody help exit` say the same.

A script must treat every code that it does not know as failure. 1 never means "the program broke": that is 9.
"""

import errno
from enum import IntEnum

from custody.core.errors import (
    Altered,
    BadSignature,
    CustodyError,
    KeyTrouble,
    Locked,
    Malformed,
    NoLedger,
    Refused,
    Undecided,
)


class Exit(IntEnum):
    """What the number that `custody` ends with means."""

    FINE = 0
    FINDINGS = 1
    WRONG_USE = 2
    ALTERED = 3
    UNDECIDED = 4
    NO_LEDGER = 5
    LOCKED = 6
    KEY = 7
    REFUSED = 8
    UNFORESEEN = 9
    DISK = 10
    INTERRUPTED = 130
    PIPE = 141


class WrongUse(CustodyError):
    """The command line was used in a way that cannot be carried out: a missing answer, a setting that does not exist."""


class Stopped(CustodyError):
    """Somebody pressed Ctrl-C where a command could end in good order and say how far it came."""


# The first class that fits decides; a subclass in a wing needs no line of its own.
_BY_CLASS: tuple[tuple[type[CustodyError], Exit], ...] = (
    (WrongUse, Exit.WRONG_USE),
    (Stopped, Exit.INTERRUPTED),
    (Malformed, Exit.WRONG_USE),
    (BadSignature, Exit.ALTERED),
    (Altered, Exit.ALTERED),
    (Undecided, Exit.UNDECIDED),
    (NoLedger, Exit.NO_LEDGER),
    (Locked, Exit.LOCKED),
    (KeyTrouble, Exit.KEY),
    (Refused, Exit.REFUSED),
)

# Trouble of the operating system that a person can do something about, as codes of the catalogue.
_DISK = {
    errno.ENOSPC: "cli.disk.full",
    errno.EDQUOT: "cli.disk.full",
    errno.EFBIG: "cli.disk.full",
    errno.EROFS: "cli.disk.read_only",
    errno.EACCES: "cli.disk.denied",
    errno.EPERM: "cli.disk.denied",
    errno.EIO: "cli.disk.broken",
}
_USE = {
    errno.ENOENT: "cli.file.missing",
    errno.EISDIR: "cli.file.folder",
    errno.ENOTDIR: "cli.file.not_folder",
    errno.EEXIST: "cli.file.exists",
    errno.ENAMETOOLONG: "cli.file.name",
    errno.ELOOP: "cli.file.loop",
}


def of_error(error: CustodyError) -> Exit:
    """The exit code of an error of ours; UNFORESEEN for a class that stands in no row."""
    for kind, code in _BY_CLASS:
        if isinstance(error, kind):
            return code
    return Exit.UNFORESEEN


def of_system(error: OSError) -> tuple[Exit, str] | None:
    """The exit code and the catalogue code of trouble with files and disks; None when it is of no known kind."""
    if error.errno in _DISK:
        return Exit.DISK, _DISK[error.errno]
    if error.errno in _USE:
        return Exit.WRONG_USE, _USE[error.errno]
    return None
