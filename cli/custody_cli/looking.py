"""Where boxes are: counts by area from the projection, and the story of one box. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from custody.core.boxid import BoxId
from custody.core.moment import from_seconds, to_seconds

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.core.box import BoxState, Holding
    from custody.core.findings import Finding
    from custody.core.statement import Statement
    from custody.ledger.ports import Box
    from custody_cli.app import App

_TROUBLE = ("disputed", "orphan", "claimed")


@dataclass
class Tally:
    """Boxes of one area. expected = held + transit + unaccounted; late and trouble are among them.

    held: where it was bound for. transit: on a leg. unaccounted: registered, and nobody has told anything of it.
    """

    code: str
    expected: int = 0
    held: int = 0
    transit: int = 0
    unaccounted: int = 0
    late: int = 0
    trouble: int = 0
    offered: int = 0


@dataclass(frozen=True)
class Where:
    """A box as the projection tells it; `to` is where it is bound for, None before its first record."""

    box: str
    status: str
    holder: str | None
    place: str | None
    to: str | None
    since: str | None
    due: str | None

    def late(self, now: str) -> bool:
        """Whether its leg should have been done by `now`."""
        return self.due is not None and self.place != self.to and to_seconds(self.due) < to_seconds(now)


def where(office: Office, filter_: Any = None) -> Iterator[Where]:
    """Every box that matches a `BoxFilter`, in order; boxes with more than a clean chain are judged anew for where they go."""
    import orjson

    rows: list[tuple[Box, Any]] = []
    tangled = []
    for row in office.ledger.boxes(filter_):
        kept = orjson.loads(row.state) if row.state else {}
        if kept.get("tangled"):
            tangled.append(row.box)
        rows.append((row, kept.get("holding")))
    judged = office.ledger.judge(tangled) if tangled else {}
    for row, holding in rows:
        state = judged.get(row.box)
        last = state[0].holding if state is not None else None
        to = last.to if last is not None else holding[5] if holding else None
        yield Where(row.box, row.status, row.holder, row.place, to, row.since, row.due)


def tallies(office: Office, boxes: Iterable[Where], depth: str) -> list[Tally]:
    """Counts by kecamatan, desa or tps, in order of their codes."""
    now, found = office.now(), dict[str, Tally]()
    for one in boxes:
        code = area_of(one.box, depth)
        tally = found.setdefault(code, Tally(code))
        count(tally, one, now)
    return [found[code] for code in sorted(found)]


def count(tally: Tally, one: Where, now: str) -> None:
    """Put one box into a tally."""
    tally.expected += 1
    if one.place is None:
        tally.unaccounted += 1
    elif one.place == one.to:
        tally.held += 1
    else:
        tally.transit += 1
    tally.late += one.late(now)
    tally.trouble += one.status in _TROUBLE
    tally.offered += one.status == "offered"


def total(rows: Iterable[Tally]) -> Tally:
    """All of them together."""
    whole = Tally("")
    for row in rows:
        for name in ("expected", "held", "transit", "unaccounted", "late", "trouble", "offered"):
            setattr(whole, name, getattr(whole, name) + getattr(row, name))
    return whole


def area_of(box: str, depth: str) -> str:
    """The code of the kecamatan, desa or tps of a box; a recapitulation box stays with its kecamatan."""
    one = BoxId.parse(box)
    if depth == "kecamatan" or one.station == "PPK":
        return one.area[:6]
    return one.area if depth == "desa" else one.place


@dataclass(frozen=True)
class Chapter:
    """One entry that speaks of a box: the statement, who signed in this entry, and the box's line in it."""

    index: int
    statement: Statement
    signers: tuple[str, ...]
    line: dict[str, Any] | None

    @property
    def happened(self) -> str:
        return str(self.statement.body["happened"]["at"])


@dataclass(frozen=True)
class Story:
    """All that the ledger tells of one box."""

    box: str
    state: BoxState
    findings: tuple[Finding, ...]
    chapters: tuple[Chapter, ...]

    @property
    def holding(self) -> Holding | None:
        return self.state.holding

    def of(self, index: int) -> list[Finding]:
        """The findings that rest on an entry, told where its last entry stands."""
        return [one for one in self.findings if one.entries and max(one.entries) == index]


def story(office: Office, box: str) -> Story:
    """The story of a box, in the order of the ledger."""
    from custody.core import entry as entries

    state, found = office.ledger.judge([box])[box]
    chapters = []
    for index in office.ledger.touching(box):
        entry = entries.parse(office.ledger.note(index))
        body = entry.statement.body
        line = next((item for item in body.get("boxes", ()) if isinstance(item, dict) and item["box"] == box and "seals" in item), None)
        chapters.append(Chapter(index, entry.statement, tuple(one.name for one in entry.lines), line))
    return Story(box, state, found, tuple(chapters))


def seals_told(app: App, seals: Iterable[tuple[str, str, str | None]]) -> str:
    """Seals (point, state, number) in words; "—" where nothing is known of any."""
    told = [app.say("seal.told", point=point, state=state, number=number or "").rstrip() for point, state, number in seals]
    return ", ".join(told) or "—"


def moment(seconds: int | None) -> str | None:
    """Unix seconds as a moment."""
    return from_seconds(seconds) if seconds is not None else None
