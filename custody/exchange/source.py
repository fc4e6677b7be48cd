"""What a document for others is made from: values that whoever joins the rooms hands in (spec chapter 28, XCHG-1, XCHG-2).

Nothing here opens anything: entries come one by one and are forgotten, so that a ledger of any size passes through.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from custody.core.act import Act
from custody.core.checkpoint import Checkpoint
from custody.core.findings import Finding
from custody.core.places import Places
from custody.core.statement import Statement

COMPLETE = "complete"
NO_EFFECT = "no-effect"


class Told(NamedTuple):
    """One entry, by its number. act: its statement with the signatures of all its entries so far. leaf: 32 bytes, the leaf hash.

    stage: `complete`, or for a link what it is as long as signatures lack (spec chapter 09, ACT-1), for a registration without enough
    authorities, and an ack that settles nothing, `no-effect`. before: the stage before this entry; None for the first entry of a statement.
    """

    entry: int
    act: Act
    leaf: bytes
    stage: str
    before: str | None

    @property
    def kind(self) -> str:
        """The kind of the statement."""
        return self.act.statement.kind.name

    @property
    def fresh(self) -> bool:
        """Whether this entry changes what its statement is: it came first, or what lacked came with it."""
        return self.stage != self.before


class Stop(NamedTuple):
    """One link in the chain of a box: moment, place, where it is bound for ("" for nowhere), entry; moves: whether it moved the box."""

    at: str
    place: str
    to: str
    entry: int
    moves: bool


class Box(NamedTuple):
    """A box as it was judged. tip: sid of its last live link. spans, covered: of its history, how many a signed holder covers (FOLD-15)."""

    box: str
    status: str
    holder: str | None
    place: str | None
    tip: str | None
    since: str | None
    due: str | None
    spans: int
    covered: int
    findings: tuple[Finding, ...]
    chain: tuple[Stop, ...]


@dataclass(frozen=True)
class Source:
    """One ledger at one checkpoint. Each of the functions may be called again and begins anew.

    note: the signed checkpoint with the cosignatures that are there. made: the moment of the export. version: of the program.
    registered: the entry at which a box was registered, or None. find: a statement by its id, with all its signatures.
    undone: by the entry of a correction or a ruling, the statements that fall by it, and for which boxes.
    """

    note: bytes
    head: Checkpoint
    founding: Statement
    made: str
    version: str
    places: Places
    registered: Callable[[str], int | None]
    entries: Callable[[], Iterator[Told]]
    find: Callable[[str], Told | None]
    undone: Mapping[int, Mapping[str, frozenset[str]]]
    boxes: Callable[[], Iterator[Box]]
    findings: Callable[[], Iterator[Finding]]

    @property
    def drill(self) -> bool:
        """Whether the ledger is for training."""
        return bool(self.founding.body["drill"])

    @property
    def zone(self) -> str:
        """IANA name of the zone in which people there read clocks."""
        return str(self.founding.body["zone"])

    @property
    def checkpoint(self) -> str:
        """The signed note as text."""
        return self.note.decode()
