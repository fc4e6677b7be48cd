"""What stands on a deed, block by block, before it is drawn: the same for a deed of the ledger and for a form to fill by hand (chapter 21).

A value that is empty is a line to write on.
"""

from dataclasses import dataclass

from custody.paper.canvas.table import Table


@dataclass(frozen=True)
class Paragraph:
    """A sentence or more; strong: what must not be overlooked."""

    text: str
    strong: bool = False


@dataclass(frozen=True)
class Party:
    """Somebody who acts in a deed. part: as what; who: name; rest: role, institution, places, key."""

    part: str
    who: str
    rest: str = ""


@dataclass(frozen=True)
class Parties:
    """Those who act, numbered."""

    rows: tuple[Party, ...]


@dataclass(frozen=True)
class Pairs:
    """Names and what they are, under a heading (none where it is empty)."""

    title: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Listing:
    """A table. marked: rows that differ from what was given or expected; sum: the last row is one; lines: empty rows to write on."""

    table: Table
    marked: frozenset[int] = frozenset()
    sum: bool = False
    lines: int = 0


@dataclass(frozen=True)
class Point:
    """One sentence of a list; alarm: something is wrong or lacks."""

    text: str
    alarm: bool = False


@dataclass(frozen=True)
class Points:
    """Sentences under a heading, each with a mark before it."""

    title: str
    rows: tuple[Point, ...]
    entries: tuple[int, ...] = ()


@dataclass(frozen=True)
class Signature:
    """A field for ink, and what became of the digital signature. part: as what; who: name; key: which key; state: signed when, or not."""

    part: str
    who: str = ""
    key: str = ""
    state: str = ""
    alarm: bool = False


@dataclass(frozen=True)
class Signatures:
    """Fields for ink beside the digital signatures, two in a row."""

    title: str
    rows: tuple[Signature, ...]


@dataclass(frozen=True)
class Rests:
    """What a deed rests on. short: the short line of a checkpoint; mark: what the code holds, none where it is empty.

    lines: in small type. limits: what the deed does not prove.
    """

    title: str
    short: str
    explained: str
    mark: str
    lines: tuple[str, ...]
    limits_title: str
    limits: tuple[str, ...]


Block = Paragraph | Parties | Pairs | Listing | Points | Signatures | Rests


@dataclass(frozen=True)
class Deed:
    """A whole deed in words. head: operation and place, above the title; number: which entry.

    foot: one or two lines. copies: for each copy whom it is for, empty where that is not said. shown: the entries of the statement itself.
    """

    lang: str
    head: tuple[str, ...]
    title: str
    number: str
    subject: str
    drill: bool
    blocks: tuple[Block, ...]
    foot: tuple[str, ...]
    copies: tuple[str, ...] = ("",)
    shown: tuple[int, ...] = ()
