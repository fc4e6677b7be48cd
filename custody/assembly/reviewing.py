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

    site: the place of that statement, else the home of the box.
    """

    finding: Finding
    at: str | None
    site: str | None


@dataclass
class Tally:
    """How often something was found: by gravity and code; boxes: how many it concerns."""

    severities: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    boxes: set[str] = field(default_factory=set)

    def take(self, one: Finding) -> None:
        """Count one."""
        self.severities[one.severity] += 1
        self.codes[one.code] += 1
        if one.box is not None:
            self.boxes.add(one.box)


def review(office: Office, code: str | None = None, since: str | None = None, until: str | None = None) -> list[Found]:
    """All findings of a place or box, or of the whole operation; the gravest first, then by time.

    :param code: a place, a box, or None. :param since: :param until: moments; a finding without a time is always told.
    """
    known, told = _Entries(office), list[Found]()
    for one in _of(office, code):
        at, site = known.placed(one)
        if (since is None or at is None or at >= since) and (until is None or at is None or at < until):
            told.append(Found(one, at, site))
    if code is not None and code in office.ledger.state.places.versions:
        told = list(_within(office, arrivals.area(office, code), told))
    return sorted(told, key=_order)


def of_rooms(office: Office, code: str | None = None) -> list[Found]:
    """What is found of rooms, loads, plenaries and incidents and of no box: in a place, or anywhere; the gravest first; no notes."""
    known = _Entries(office)
    told = [Found(one, *known.placed(one)) for one in office.ledger.books() if one.box is None and one.severity != "note"]
    if code is not None:
        told = list(_within(office, arrivals.area(office, code), told))
    return sorted(told, key=_order)


def _order(one: Found) -> tuple[int, int, tuple[int, ...], str, str]:
    found = one.finding
    return _RANK[found.severity], to_seconds(one.at) if one.at is not None else 0, found.entries, found.code, found.box or ""


def _of(office: Office, code: str | None) -> Iterable[Finding]:
    """What the projection keeps: of whole statements, of each box, and of the books; and what a revocation sheds on earlier signatures."""
    from custody.ledger.projection import glance, told

    if code is not None and code not in office.ledger.state.places.versions:
        from custody.assembly.whereabouts import judged

        return judged(office, code).findings
    with office.store.read() as reader:
        found: dict[Finding, None] = dict.fromkeys(told(reader))
    for row in office.ledger.boxes():
        found.update(dict.fromkeys(glance(row).findings))
    found.update(dict.fromkeys(office.ledger.books()))
    found.update(dict.fromkeys(legs.unjudged(office.ledger.state.places)))
    found.update(dict.fromkeys(_suspects(office)))
    return found


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
    """Those about boxes that belong to a place, and those that arose in it."""
    places, size = office.ledger.state.places, office.ledger.size
    registered = office.ledger.state.register.boxes
    store = asked.kind not in LEVELS
    for one in found:
        box = one.finding.box
        home = registered[box].place if box in registered else BoxId.parse(box).place if box is not None else None
        sites = [one.site] if store else [one.site, home]  # what happened to a box elsewhere is no matter of a store
        if any(asked.code in places.path(site, size) for site in sites if site is not None):
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
        rows.setdefault(name, Tally()).take(one.finding)
    counts = {name: [-row.severities[one] for one in _RANK] for name, row in rows.items()}
    return {name: rows[name] for name in sorted(rows, key=lambda name: (counts[name], name))}


class _Entries:
    """When and where the entries happened, each read once."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._known: dict[int, tuple[str, str | None]] = {}

    def placed(self, one: Finding) -> tuple[str | None, str | None]:
        """Moment and place of the newest statement that a finding rests on; the home of its box where that has no place."""
        at, site = self._of(one.entries[-1]) if one.entries else (None, None)
        if site is None and one.box is not None:
            site = BoxId.parse(one.box).place
        return at, site

    def _of(self, index: int) -> tuple[str, str | None]:
        if index not in self._known:
            body: dict[str, Any] = entries.parse(self.office.ledger.note(index)).statement.body
            self._known[index] = body["happened"]["at"] if "happened" in body else body["at"], _site(body)
        return self._known[index]


def _site(body: dict[str, Any]) -> str | None:
    """Where a statement says that it took place."""
    found = body.get("place")
    return found if isinstance(found, str) else body.get("from") if isinstance(body.get("from"), str) else None
