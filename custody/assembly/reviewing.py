"""Reviewing: everything that the law finds in a ledger, with where and when it happened; how many of each kind and site. For every door.

Nothing here checks signatures or what outsiders hold: whether anything was altered, and the brackets of time, is asked of `verify`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from custody.assembly import arrivals
from custody.assembly.whereabouts import LEVELS
from custody.core import duties, legs
from custody.core import entry as entries
from custody.core.boxid import BoxId
from custody.core.findings import Finding
from custody.core.moment import to_seconds

if TYPE_CHECKING:
    from custody.assembly.arrivals import Area
    from custody.assembly.office import Office

_RANK = {"breach": 0, "warning": 1, "note": 2}


class Found(NamedTuple):
    """A finding with where and when it arose, as the statement that it rests on last claims; both None where it rests on no statement.

    site: the place of that statement, else the home of the box. boxes: whose it is: its box, or those of the statement; sorted.
    """

    finding: Finding
    at: str | None
    site: str | None
    boxes: tuple[str, ...] = ()


@dataclass
class Tally:
    """How often something was found: by gravity and code; boxes: how many it concerns."""

    severities: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    boxes: set[str] = field(default_factory=set)

    def take(self, one: Found) -> None:
        """Count one."""
        self.severities[one.finding.severity] += 1
        self.codes[one.finding.code] += 1
        self.boxes.update(one.boxes)


def review(office: Office, code: str | None = None, since: str | None = None, until: str | None = None) -> list[Found]:
    """All findings of a place or box, or of the whole operation; the gravest first, then by time.

    :param code: a place, a box, or None. :param since: :param until: moments; a finding without a time is always told.
    """
    known, told = _Entries(office), list[Found]()
    for one in _of(office, code):
        found = known.found(one)
        if (since is None or found.at is None or found.at >= since) and (until is None or found.at is None or found.at < until):
            told.append(found)
    if code is not None and code in office.ledger.state.places.versions:
        told = list(_within(office, arrivals.area(office, code), told))
    return sorted(told, key=_order)


def everything(office: Office) -> Iterable[Finding]:
    """Every finding of the whole operation, each once, in no order that means anything."""
    return dict.fromkeys(flowing(office))


def of_rooms(office: Office, code: str | None = None) -> list[Found]:
    """What is found of rooms, loads, plenaries and incidents and of no box: in a place, or anywhere; the gravest first; no notes."""
    known = _Entries(office)
    told = [known.found(one) for one in office.ledger.books() if one.box is None and one.severity != "note"]
    if code is not None:
        told = list(_within(office, arrivals.area(office, code), told))
    return sorted(told, key=_order)


def _order(one: Found) -> tuple[int, int, tuple[int, ...], str, str]:
    found = one.finding
    return _RANK[found.severity], to_seconds(one.at) if one.at is not None else 0, found.entries, found.code, found.box or ""


def _of(office: Office, code: str | None) -> Iterable[Finding]:
    """Of one box, or of the whole operation."""
    if code is not None and code not in office.ledger.state.places.versions:
        from custody.assembly.whereabouts import judged

        return judged(office, code).findings
    return everything(office)


def flowing(office: Office) -> Iterator[Finding]:
    """What `everything` tells, one after the other, some more than once; none is held.

    What the projection keeps: of whole statements, of each box, and of the books; and what a revocation sheds on earlier signatures.
    """
    from custody.ledger.projection import glance, told

    with office.store.read() as reader:
        yield from told(reader, office.ledger.state.register.codes)
    for row in office.ledger.boxes():
        yield from glance(row).findings
    yield from office.ledger.books()
    yield from legs.unjudged(office.ledger.state.places)
    yield from _suspects(office)


def _suspects(office: Office) -> Iterator[Finding]:
    """A revocation that says since when makes it needed to look once more at what the key signed before."""
    state = office.ledger.state
    names = {key.name for key in state.roster.by_name.values() if key.suspect is not None}
    marks = [f" {name} ".encode() for name in names]
    with office.store.read() as reader:
        for row in reader.rows() if marks else ():
            if any(mark in row.body for mark in marks):
                yield from duties.suspects(state.act_again(row.body, row.idx), state.roster)


def _within(office: Office, asked: Area, found: Iterable[Found]) -> Iterator[Found]:
    """Those about boxes that belong to a place, or of which a store lies on the way (`arrivals.concerns`), and those that arose in it."""
    places, size = office.ledger.state.places, office.ledger.size
    registered = office.ledger.state.register.boxes
    store = asked.kind not in LEVELS
    for one in found:
        homes = [registered[box].place if box in registered else BoxId.parse(box).place for box in one.boxes]
        there = one.site is not None and asked.code in places.path(one.site, size)
        if there or any(places.on_way(home, asked.code, size) if store else asked.code in places.path(home, size) for home in homes):
            yield one


def by_code(found: Iterable[Found]) -> dict[str, Tally]:
    """Counts by finding code, the gravest first, then the most frequent."""
    return _counted((one.finding.code, one) for one in found)


def by_site(found: Iterable[Found]) -> dict[str, Tally]:
    """Counts by the place where it happened, "" for those that happened nowhere; the site with most breaches first."""
    return _counted((one.site or "", one) for one in found)


def _counted(found: Iterable[tuple[str, Found]]) -> dict[str, Tally]:
    rows: dict[str, Tally] = {}
    for name, one in found:
        rows.setdefault(name, Tally()).take(one)
    counts = {name: [-row.severities[one] for one in _RANK] for name, row in rows.items()}
    return {name: rows[name] for name in sorted(rows, key=lambda name: (counts[name], name))}


class _Entries:
    """When and where the entries happened, and of which boxes they tell; each read once."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._known: dict[int, _Entry] = {}

    def found(self, one: Finding) -> Found:
        """With moment and place of the newest statement that it rests on; the home of its box where that has no place."""
        told = [self._of(index) for index in one.entries]
        at, site = (told[-1].at, told[-1].site) if told else (None, None)
        if site is None and one.box is not None:
            site = BoxId.parse(one.box).place
        return Found(one, at, site, tuple(sorted(_boxes(one, told))))

    def _of(self, index: int) -> _Entry:
        if index not in self._known:
            statement = entries.parse(self.office.ledger.note(index)).statement
            body: dict[str, Any] = statement.body
            lines = tuple(line["box"] for line in body["boxes"]) if statement.kind.link else ()
            printed = tuple((item["code"], item["box"]) for item in body.get("labels", ()) if item["box"] is not None)
            self._known[index] = _Entry(body["happened"]["at"] if "happened" in body else body["at"], _site(body), lines, printed)
        return self._known[index]


class _Entry(NamedTuple):
    """What is asked of an entry: when and where it happened, the boxes that it moves, the codes that it printed for boxes."""

    at: str
    site: str | None
    lines: tuple[str, ...]
    printed: tuple[tuple[str, str], ...]


def _boxes(one: Finding, told: list[_Entry]) -> set[str]:
    """Whose a finding is: its box, with the other of one code; of one without a box, those that its newest statement moves."""
    facts = dict(one.facts)
    if one.box is not None:
        return {one.box, str(facts["other"])} if one.code == "label.two-boxes" else {one.box}
    if one.code == "label.two-boxes":
        return {box for entry in told for code, box in entry.printed if code == facts["value"]}
    return set(told[-1].lines) if told else set()


def _site(body: dict[str, Any]) -> str | None:
    """Where a statement says that it took place."""
    found = body.get("place")
    return found if isinstance(found, str) else body.get("from") if isinstance(body.get("from"), str) else None
