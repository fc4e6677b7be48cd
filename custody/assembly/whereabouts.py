"""Where boxes are and what stands against them, for every door: rows of the projection, the way of a box, all findings on it.

Nothing here writes. What stands against a box is procedure (spec chapter 09, FOLD-10); whether anything was altered is asked elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from custody.core import duties, law, standing
from custody.core import entry as entries
from custody.core.bearing import Bearing, Told, bearings
from custody.core.findings import Finding, open_breaches
from custody.core.holding import NOTHING_COVERED, Coverage
from custody.core.moment import from_seconds, to_seconds

if TYPE_CHECKING:
    from custody.assembly.office import Office
    from custody.core.holding import BoxState
    from custody.core.rows import BoxFilter, BoxRow
    from custody.core.statement import Statement

LEVELS = ("kabupaten", "kecamatan", "desa", "tps")  # places that boxes come from; every other kind is a store of one of them
_LEFT = ("disputed", "orphan", "closed")  # states in which nobody can say that a box is on the leg that it was on last
_CHAIN = ("disputed", "orphan", "claimed")  # states in which nobody can say for certain who holds the box


@dataclass(frozen=True)
class Where:
    """A box as the projection tells it.

    place: where it was last recorded, None before its first record; to: where it is bound for; way: where it has been (FOLD-8).
    due: as its handoff says, else by the limit of the planned leg (LAW-8). since: since when this holder has it there; last: when its last
    link took place. out: destroyed, lost or handed to a court: in no room any more. astray: whether anything is said of it that moved it
    not, and may have (ROOM-4).
    against: what stands against it, on its own chain and on the statements that moved it. registered: whether the authorities know it.
    coverage: how much of its history a signed holder covers; holes: what is told of the spans that none does (FOLD-15).
    """

    box: str
    status: str
    holder: str | None
    place: str | None
    to: str | None
    since: str | None
    due: str | None
    way: tuple[str, ...]
    against: tuple[Finding, ...]
    registered: bool
    last: str | None = None
    out: bool = False
    astray: bool = False
    coverage: Coverage = NOTHING_COVERED
    holes: tuple[Finding, ...] = ()

    @property
    def moving(self) -> bool:
        """Whether it is on a leg that has begun and not ended."""
        return self.place is not None and self.place != self.to

    @property
    def trouble(self) -> bool:
        """Whether anything stands against it that somebody must settle or explain."""
        return bool(self.against) or self.status in _CHAIN

    def late(self, now: str) -> bool:
        """Whether its leg should have been done by `now`; not where its chain tells no more whether it still is on that leg."""
        known = self.moving and self.status not in _LEFT
        return known and self.due is not None and to_seconds(self.due) < to_seconds(now)


def where(office: Office, filter_: BoxFilter | None = None) -> Iterator[Where]:
    """Every box that matches, in order. Raises `Altered("projection.damaged")`."""
    rows = office.ledger.boxes(filter_)
    return _placed(office, rows, None) if filter_ is None else where_rows(office, rows)


def where_rows(office: Office, rows: Iterable[BoxRow]) -> Iterator[Where]:
    """The boxes of rows that were read before. Raises as `where`."""
    these = list(rows)
    return _placed(office, these, these)


def _placed(office: Office, rows: Iterable[BoxRow], only: list[BoxRow] | None) -> Iterator[Where]:
    from custody.ledger.projection import glance

    known, told = office.ledger.state.register.boxes, _told(office, only)
    for row in rows:
        seen = glance(row)
        found = (*seen.against, *told.get(row.box, ()))
        holes = tuple(one for one in seen.findings if one.code == "custody.gap")
        yield Where(
            box=row.box,
            status=row.status,
            holder=row.holder,
            place=row.place,
            to=seen.to,
            since=from_seconds(seen.since) if seen.since is not None else None,
            due=row.due or limit(office, row.place, seen.to, row.since),
            way=seen.way,
            against=found,
            registered=row.box in known,
            last=row.since,
            out=seen.out,
            astray=seen.astray,
            coverage=seen.coverage,
            holes=holes,
        )


def limit(office: Office, start: str | None, end: str | None, since: str | None) -> str | None:
    """Until when the planned leg lets a journey last that began at a moment; None for no journey, or where the plan states nothing."""
    if start is None or end is None or start == end or since is None:
        return None
    leg = office.ledger.state.places.step(start, end, office.ledger.size).leg
    return from_seconds(to_seconds(since) + leg.limit * 60) if leg is not None and leg.limit is not None else None


def boxes_under(office: Office, place: str) -> list[str]:
    """Registered boxes whose home is this place or below it, in order; for a store or warehouse, those that are recorded there."""
    from custody.core.rows import BoxFilter

    ledger = office.ledger
    state, size = ledger.state, ledger.size
    known = state.places.get(place, size)
    if known is not None and known.kind not in LEVELS:
        return [row.box for row in ledger.boxes(BoxFilter(place=place))]
    return sorted(box for box, one in state.register.boxes.items() if place in state.places.path(one.place, size))


def held_by(office: Office, key: str) -> list[str]:
    """The boxes that this key holds, in order."""
    from custody.core.rows import BoxFilter

    return [row.box for row in office.ledger.boxes(BoxFilter(holder=key))]


def _told(office: Office, only: list[BoxRow] | None) -> dict[str, tuple[Finding, ...]]:
    """What stands against whole statements, by the boxes that they speak of; not what was taken back or never moved them (FOLD-10).

    only: of the boxes of these rows; None for all.
    """
    from custody.ledger.projection import told

    found: dict[str, list[Finding]] = {}
    with office.store.read() as reader:
        for one in open_breaches(told(reader, office.ledger.state.register.codes)):
            for box in standing.concerned(one, _statement(office, one.entries[-1])):
                found.setdefault(box, []).append(one)
    judged = office.ledger.judge(found) if found else {}
    against = {box: list(standing.remaining(judged[box][1], listed, _naming(office))) for box, listed in found.items()}
    for one in open_breaches(office.ledger.books(only)):
        if one.box is not None:
            against.setdefault(one.box, []).append(one)
    return {box: tuple(listed) for box, listed in against.items()}


def _statement(office: Office, index: int) -> Statement:
    return entries.parse(office.ledger.note(index)).statement


def _naming(office: Office) -> Callable[[int], str]:
    return lambda index: _statement(office, index).sid


class Judged(NamedTuple):
    """The state of a box, all that is found on its chain and on the statements about it, and of that what stands against it."""

    state: BoxState
    findings: tuple[Finding, ...]
    against: tuple[Finding, ...]

    @property
    def trouble(self) -> bool:
        """As `Where.trouble`."""
        return bool(self.against) or self.state.status in _CHAIN


def judged(office: Office, box: str) -> Judged:
    """The judgment on one box."""
    from custody.ledger.projection import told

    state, of_box = office.ledger.judge([box])[box]
    found = [one for index in office.ledger.touching(box) for one in _of_statement(office, index)]
    with office.store.read() as reader:
        found += [one for one in told(reader, office.ledger.state.register.codes) if one.box == box]
    moving = [one for one in found if box in standing.concerned(one, _statement(office, one.entries[-1]))]
    with office.store.read() as reader:
        row = reader.box(box)
    booked = tuple(office.ledger.books([row])) if row is not None else ()
    against = open_breaches((*standing.joined(of_box, moving, _naming(office)), *booked))
    return Judged(state, (*standing.joined(of_box, found, _naming(office)), *booked), against)


def bearing(office: Office, box: str, one: Judged) -> dict[str, Bearing]:
    """The statements that do not count for a box, and why (`core.bearing`)."""
    links: dict[str, Told] = {}
    for index in office.ledger.touching(box):
        statement = _statement(office, index)
        if statement.kind.link:
            line = next(line for line in statement.body["boxes"] if line["box"] == box)
            links[statement.sid] = Told(line["prev"], tuple(statement.body.get("withdraws", ())))
    return bearings(one.state, one.findings, links)


def uncounted(office: Office, statement: Statement) -> tuple[dict[str, Bearing], int]:
    """The boxes for which a statement of this ledger does not count, and why; and how many boxes it moves."""
    lines = [line["box"] for line in statement.body["boxes"]] if statement.kind.link and office.ledger.indexes(statement.sid) else []
    marks = ((box, bearing(office, box, judged(office, box)).get(statement.sid)) for box in lines)
    return {box: mark for box, mark in marks if mark is not None}, len(lines)


def _of_statement(office: Office, index: int) -> list[Finding]:
    """What the law says of a whole statement, as it stood at its index."""
    state, note = office.ledger.state, office.ledger.note(index)
    act = state.act_again(note, index)
    suspected = duties.suspects(act, state.roster)  # a revocation sheds it on what was signed before
    return [*law.of_statement(act, state), *suspected] if act.statement.kind.takes_effect == "box" else suspected
