"""Photographs that stay outside the ledger: only their SHA-256 goes in (spec chapter 08)."""

from hashlib import file_digest
from pathlib import Path

from custody_cli.ground.exits import WrongUse


def digest(path: Path) -> str:
    """SHA-256 of a file in hex. Raises `OSError`, `WrongUse("cli.photo.empty")` for a file without content."""
    with path.open("rb") as file:
        found = file_digest(file, "sha256").hexdigest()
        if file.tell() == 0:
            raise WrongUse("cli.photo.empty", path=str(path))
    return found
