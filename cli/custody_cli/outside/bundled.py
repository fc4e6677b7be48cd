"""The checkpoints that a bundle carries, as things held outside: one that shows a second history proves it (docs/spec/23-bundles.md)."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from custody.core.errors import CustodyError

if TYPE_CHECKING:
    from custody.core.note import VerifierKey
    from custody.core.verify import Outside

START = b"custody-bundle/"


def is_bundle(path: Path) -> bool:
    """Whether a file begins as a bundle does. Raises as `reading.opened`."""
    from custody.reading import opened

    with opened(path) as file:
        return file.read(len(START)) == START


def outsides(path: Path, keys: Iterable["VerifierKey"]) -> "list[Outside]":
    """The checkpoint in its head, where one of these keys signed it, and those between its parts, as far as the file is whole.

    At least one: where there is none, it says that nothing of it counts.

    :param keys: of the ledger. :raises Malformed, BadSignature, Altered: as `bundle.Reader`, where not even the head can be read.
    """
    from custody.core.bundle import Reader
    from custody.core.checkpoint import signed_by
    from custody.core.verify import Outside
    from custody.reading import opened

    with opened(path) as file:
        reader = Reader(file.read)
        named = signed_by(reader.head.head, bytes.fromhex(reader.head.sig), keys)
        notes = dict.fromkeys([named] if named is not None else [])
        with suppress(CustodyError):  # what comes before the place where it is cut or damaged counts
            notes |= dict.fromkeys(part.data for part in reader if part.kind == "checkpoint")
    return [Outside(path.name, one) for one in notes] or [Outside(path.name, b"", unreadable="copy.head")]
