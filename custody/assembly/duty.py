"""What the ledger tells of one room: who took it over last, who went in, what is open, which boxes are inside (spec chapters 08 and 17).

Read from the entries as they are, with what was signed and waits for the ledger key; nothing is ever left out. Nothing here writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from custody.core import entry as notes
from custody.core.books import GONE, INCIDENTS, ROOMS
from custody.core.errors import CustodyError
from custody.core.kinds import KINDS
from custody.core.moment import to_seconds

if TYPE_CHECKING:
    from custody.assembly.office import Office
    from custody.core.bearing import Bearing

_WHERE = ("place", "from", "to", "venue")  # the fields of a statement that name a place


class Told(NamedTuple):
    """A statement as it stands in the ledger: with all who signed it. entry: its first index, None while it waits for the ledger key."""

    entry: int | None
    sid: str
    kind: str
    body: dict[str, Any]
    signed: tuple[str, ...]

    @property
    def at(self) -> str:
        """When it happened, as its signers say."""
        return str(self.body["happened"]["at"])

    @property
    def order(self) -> tuple[int, int]:
        """By when it happened, then as it came."""
        return to_seconds(self.at), self.entry if self.entry is not None else 1 << 60


class Recorded(NamedTuple):
    """The boxes of a room: those that are recorded in it, and those that are too but were reported gone since."""

    surely: frozenset[str]
    gone: frozenset[str]


def told(office: Office, kinds: Iterable[str] | None = None, holding: Iterable[str] = ()) -> list[Told]:
    """Statements of these kinds (all, where None), by when they happened; `holding`: only those with one of these strings in their text."""
    wanted, marks = None if kinds is None else frozenset(kinds), [f'"{one}"'.encode() for one in holding]
    found: dict[str, Told] = {}
    for index, kind, note in _notes(office):
        if wanted is not None and kind is not None and kind not in wanted:
            continue
        if marks and not any(mark in note for mark in marks):
            continue
        one = notes.parse(note)
        if wanted is None or one.statement.kind.name in wanted:
            _unite(found, one, index)
    return sorted(found.values(), key=lambda one: one.order)


def _notes(office: Office) -> Iterator[tuple[int | None, str | None, bytes]]:
    """Every note: its index and kind where it is an entry."""
    with office.store.read() as reader:
        for row in reader.rows():
            yield row.idx, row.kind, row.body
    for waiting in _waiting(office):
        yield None, None, waiting.note


def _waiting(office: Office) -> Iterator[notes.Entry]:
    """What waits for the ledger key."""
    for waiting in office.outbox.pending():
        with suppress(CustodyError):  # what no ledger would take is told when it is offered
            yield notes.parse(waiting.note)


def _unite(found: dict[str, Told], one: notes.Entry, index: int | None) -> None:
    statement, names = one.statement, tuple(line.name for line in one.lines)
    known = found.get(statement.sid)
    if known is None:
        found[statement.sid] = Told(index, statement.sid, statement.kind.name, statement.body, names)
    else:
        found[statement.sid] = known._replace(signed=tuple(dict.fromkeys((*known.signed, *names))))


def at_place(office: Office, place: str) -> list[Told]:
    """All statements that happened at a place, set out from it, or are bound for it."""
    return [one for one in told(office, holding=[place]) if place in [one.body.get(field) for field in _WHERE]]


def taken_back(office: Office, kinds: Iterable[str] = ("correction",)) -> dict[str, list[Told]]:
    """The corrections (statements of these kinds), by the statement that they are about."""
    found: dict[str, list[Told]] = {}
    for one in told(office, kinds):
        for sid in one.body["about"]:
            found.setdefault(sid, []).append(one)
    return found


def void(office: Office, one: Told, corrections: Iterable[Told]) -> bool:
    """Whether one of these takes the statement back: said by everybody who signed it, or by a supervisor of its place (FOLD-7)."""
    mine = {_person(office, name) for name in one.signed}
    voiding = [correction for correction in corrections if correction.body["effect"] == "void"]
    by_all = any(mine <= {_person(office, name) for name in by.signed} for by in voiding)
    return by_all or any(_commands(office, name, one.body.get("place")) for by in voiding for name in by.signed)


class Undone(NamedTuple):
    """For how many of its boxes a record was taken back, or fell by a ruling; of how many."""

    boxes: int
    of: int

    @property
    def whole(self) -> bool:
        """Whether it counts for none of them any more."""
        return self.boxes == self.of > 0


def undone(office: Office, found: Iterable[Told]) -> dict[str, Undone]:
    """What became of records that move boxes, by sid: only those of which a correction or a ruling is told, and that are in the ledger."""
    from custody.assembly.whereabouts import bearing, judged

    rows = [row for one in told(office, ("correction", "ruling")) for row in one.body["boxes"]]
    spoken = {row if isinstance(row, str) else row["box"] for row in rows}
    known: dict[str, dict[str, Bearing]] = {}
    answer: dict[str, Undone] = {}
    for one in found:
        lines = [row["box"] for row in one.body["boxes"]] if one.entry is not None and KINDS[one.kind].link else []
        if spoken.isdisjoint(lines):
            continue
        for box in spoken.intersection(lines) - known.keys():
            known[box] = bearing(office, box, judged(office, box))
        gone = sum(known.get(box, {}).get(one.sid) in ("void", "fallen") for box in lines)
        answer[one.sid] = Undone(gone, len(lines))
    return answer


def _person(office: Office, name: str) -> str:
    return office.ledger.state.roster.person(name, office.ledger.size) or name


def _commands(office: Office, name: str, place: str | None) -> bool:
    """Whether a key is of a supervisor who acts at a place."""
    state, size = office.ledger.state, office.ledger.size
    key = state.roster.find(name, size)
    return key is not None and key.role == "supervisor" and place is not None and state.reaches(key, place, size)


def _booked(office: Office, book: str, *kinds: str) -> list[Told]:
    """The statements of a book and those that wait, by when they happened, without reading any other entry."""
    found: dict[str, Told] = {}
    for act in office.ledger.booked(book):
        if act.statement.kind.name in kinds:
            found[act.sid] = Told(act.entry, act.sid, act.statement.kind.name, act.body, tuple(sorted(act.signed)))
    for note in _waiting(office):
        if note.statement.kind.name in kinds:
            _unite(found, note, None)
    return sorted(found.values(), key=lambda one: one.order)


def shifts(office: Office, place: str | None = None) -> list[Told]:
    """The handovers of a room (of all rooms), in order."""
    return [one for one in _booked(office, ROOMS, "shift") if place in (None, one.body["place"])]


def visits(office: Office, place: str, since: str | None = None) -> list[Told]:
    """Each entry of persons into a room once, at or after a moment; where their leaving was recorded later, as it was recorded then."""
    found = dict[str, Told]()
    for one in _booked(office, ROOMS, "visit"):
        early = since is not None and to_seconds(one.at) < to_seconds(since)
        if one.body["place"] == place and not early:
            key = visit_of(one.body)
            if key not in found or one.body["left"] is not None:
                found[key] = one
    return list(found.values())


def visit_of(body: dict[str, Any]) -> str:
    """What tells one visit from another: where, when they went in, and who they are."""
    persons = [one["key"] or (one["name"] or {}).get("c", "") for one in body["persons"]]
    return "|".join([body["place"], body["happened"]["at"], *persons])


def open_incidents(office: Office, place: str) -> list[Told]:
    """Incidents at a place that nobody entitled has settled, those that wait for the ledger key among them."""
    from custody.assembly import incidents

    open_ = {one.act.sid for one in incidents.open_incidents(office)}
    found = _booked(office, INCIDENTS, "incident")
    settled = {sid for one in found if one.entry is None for sid in one.body["settles"]}
    here = [one for one in found if one.body["place"] == place and not one.body["settles"] and one.sid not in settled]
    return [one for one in here if one.entry is None or one.sid in open_]


def inside(office: Office, place: str) -> Recorded:
    """The boxes that are recorded in a room now and not on a way, with what was signed and waits for the ledger key."""
    from custody.assembly.waiting import ahead, waiting
    from custody.assembly.whereabouts import where
    from custody.core.rows import BoxFilter

    rows = where(office, BoxFilter(place=place))
    found = {row.box: to_seconds(row.last or "") for row in rows if row.to == place and not row.out}
    acts = waiting(office)
    judged = office.ledger.judge(sorted(acts)) if acts else {}
    for box, signed in acts.items():
        holding = ahead(office, box, judged[box][0].holding, signed)
        if holding is not None and holding.place == holding.to == place:
            found[box] = holding.at
        else:
            found.pop(box, None)
    gone = _gone(office, found)
    return Recorded(frozenset(found) - gone, gone)


def _gone(office: Office, found: dict[str, int]) -> frozenset[str]:
    """Boxes that an incident says are gone, and no later record has back (ROOM-4)."""
    from custody.core import incidents

    state, since = office.ledger.state, list[tuple[str, int]]()
    told = incidents.gone(office.ledger.booked(INCIDENTS), office.ledger.trail(found), state)
    since += [(box, second) for box, seconds in told.items() for second in seconds]
    for note in _waiting(office):
        body = note.statement.body
        if note.statement.kind.name == "incident" and body["code"] in GONE and not body["settles"]:
            since += [(box, to_seconds(body["happened"]["at"])) for box in body["boxes"]]
    return frozenset(box for box, second in since if box in found and found[box] <= second + state.skew)
