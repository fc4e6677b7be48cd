"""Signing at the table: each person with an own key file, one opening for all parts, nothing kept (design chapter 2; ACT-1 to ACT-3).

How a passphrase is asked for is the door's; here is who signs, in which order, and what is worth telling before. What two signatures made
on one computer do not prove stands in docs/threat-model.md.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from custody.core import note
from custody.core.errors import Fact, KeyTrouble
from custody.core.note import Line, VerifierKey
from custody.core.roster import Key, Roster
from custody.core.statement import Statement


class Pen(Protocol):
    """An opened key: a `KeyFile`, or a token."""

    @property
    def name(self) -> str: ...
    def line(self, text: bytes) -> Line: ...


class Seat(NamedTuple):
    """Somebody at the table: the field he signs as (`giver`, `receiver`, `recorder` …), and how his key is opened, once."""

    slot: str
    key: VerifierKey
    open: Callable[[], Pen]
    folder: Path | None = None


class Remark(NamedTuple):
    """Something to tell before signing; words by code. It stops nobody."""

    code: str
    facts: dict[str, Fact]


@dataclass(frozen=True)
class Shown:
    """What a signer is shown before the passphrase: how many boxes in how many parts, the first and the last."""

    count: int
    parts: int
    first: str
    last: str


def enrolled(roster: Roster, key: VerifierKey, index: int) -> Key:
    """The roster's row of a key that is to sign now.

    :raises KeyTrouble: `table.unknown` for a key nobody enrolled (a foreign key under a known name too), `table.revoked`.
    """
    found = roster.known(key.name, key.key_id, index)
    if found is None or found.public != key.public:
        raise KeyTrouble("table.unknown", name=key.name, key_id=key.key_id.hex())
    if not found.counts(index):
        raise KeyTrouble("table.revoked", name=key.name, entry=found.until - 1)
    return found


def remarks(seats: Sequence[Seat], roster: Roster, index: int) -> list[Remark]:
    """What is odd about the people at the table: two keys in one folder, two keys of one person."""
    told = []
    folders: dict[Path, str] = {}
    persons: dict[str, str] = {}
    for seat in seats:
        if seat.folder is not None:
            other = folders.setdefault(seat.folder, seat.key.name)
            if other != seat.key.name:
                told.append(Remark("table.one-folder", {"one": other, "other": seat.key.name, "path": str(seat.folder)}))
        person = roster.person(seat.key.name, index)
        if person is not None and persons.setdefault(person, seat.key.name) != seat.key.name:
            told.append(Remark("table.one-person", {"one": persons[person], "other": seat.key.name}))
    return told


def shown(statements: Sequence[Statement]) -> Shown:
    """What these statements are about."""
    boxes = sorted(box if isinstance(box, str) else box["box"] for one in statements for box in one.body.get("boxes", ()))
    return Shown(len(boxes), len(statements), boxes[0] if boxes else "-", boxes[-1] if boxes else "-")


def sign(statements: Sequence[Statement], seat: Seat) -> list[Line]:
    """Let one person sign every part; the key is opened once and forgotten. Raises what opening raises; `KeyTrouble("table.other")`."""
    pen = seat.open()
    if pen.name != seat.key.name:
        raise KeyTrouble("table.other", name=seat.key.name, found=pen.name)
    lines = [pen.line(one.text) for one in statements]
    for one, line in zip(statements, lines, strict=True):
        seat.key.verify(one.text, line.signature)
    return lines


def notes(statements: Sequence[Statement], signatures: Iterable[Sequence[Line]]) -> list[bytes]:
    """The signed notes: each statement with the lines that every signer made for it."""
    by_signer = list(signatures)
    return [note.join(one.text, [lines[at] for lines in by_signer]) for at, one in enumerate(statements)]
