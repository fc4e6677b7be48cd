"""An open ledger as it stood at an earlier size: which boxes a scope meant then, and which entries a report rests on (spec chapter 13)."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from custody.assembly.travelling import beside
from custody.core import entry as entries
from custody.core import rooms
from custody.core.books import INCIDENTS, LOADS, PLENARIES, ROOMS
from custody.core.crossing import parse
from custody.core.entry import Entry
from custody.core.incidents import gone
from custody.core.rights import SLOTS
from custody.core.state import Chain, State
from custody.core.statement import Statement, boxes_of
from custody.core.stays import Stays
from custody.ledger.together import travelling
from custody.paper.proven import scope as scopes
from custody.paper.proven.scope import NAMING, Extent, tells

if TYPE_CHECKING:
    from custody.assembly.office import Office
    from custody.core.act import Act

_NAMED = tuple(dict.fromkeys(slot.field for slots in SLOTS.values() for slot in slots))


class Past:
    """The ledger as it stood when it had `size` entries. What it was asked once about an entry, it keeps in short."""

    def __init__(self, office: Office, size: int) -> None:
        self.office, self.size = office, size
        self.state = office.ledger.state
        self._known: dict[int, tuple[str, bool]] = {}  # index -> sid, and whether it belongs to the story of boxes

    def sid(self, index: int) -> str:
        """The statement that an entry holds."""
        return self._in_short(index)[0]

    def _in_short(self, index: int) -> tuple[str, bool]:
        if index not in self._known:
            statement = entries.parse(self.office.ledger.note(index)).statement
            self._known[index] = statement.sid, tells(statement)
        return self._known[index]

    def extent(self, scope: tuple[str, str]) -> Extent:
        """What a scope meant then."""
        if scope[0] in NAMING:
            named = scopes.named(scope, self, self.state)
            spoken = {box for act in named for box in boxes_of(act.statement)}
            return Extent(scopes.told_of(scope, named, self._judging(spoken)), named)
        names = [scope[1]] if scope[0] == "box" else self._all_boxes()
        return Extent(scopes.boxes(scope, self._judging(names), self.office.ledger.note))

    def entries(self, sid: str) -> list[int]:
        """The entries that held a statement then."""
        return [index for index in self.office.ledger.indexes(sid) if index < self.size]

    def mentioning(self, words: Collection[str]) -> list[int]:
        """The entries of then in whose bytes one of these words stands; every entry is looked at."""
        return list(scopes.mentioning(zip(range(self.size), self.office.ledger.notes(), strict=False), words)) if words else []

    def act(self, index: int) -> Act:
        """The statement of one entry with the signatures that counted there."""
        return self.office.ledger.act(index)

    def told(self, extent: Extent) -> list[int]:
        """The entries that a report of this tells of: those of the statements that it names, else all about its boxes (REPORT-7)."""
        if not extent.named:
            return self.telling(extent.boxes)
        return sorted({index for act in extent.named for index in self.entries(act.sid)})

    def _all_boxes(self) -> list[str]:
        return [row.box for row in self.office.ledger.boxes()]

    def _judging(self, boxes: Iterable[str]) -> State:
        """A state with all that authorities said, and these boxes to be folded from what was said of them until then."""
        state = State(authority=self.state.authority)
        state.size = self.size
        for box in boxes:
            told = self.telling([box])
            if told:
                state.chains[box] = Chain(tangled=True, indexes=array("Q", told))
        return state

    def telling(self, boxes: Iterable[str]) -> list[int]:
        """The entries that tell the story of these boxes, in order."""
        indexes = {index for box in boxes for index in self.office.ledger.touching(box) if index < self.size}
        return sorted(index for index in indexes if self._in_short(index)[1])

    def beside(self, boxes: Iterable[str]) -> list[str]:
        """Other boxes without whose story a report could not tell what is found of the loads of these (REPORT-4)."""
        these = frozenset(boxes)
        acts = self._loads(these)
        named = sorted(these.union(*(boxes_of(act.statement) for act in acts)))
        if len(named) == len(these):
            return []
        state = self._judging(named)
        state.settle(self.office.ledger.note, named)
        return beside(acts, these, state.trail, state)

    def figure(self, scope: tuple[str, str], extent: Extent) -> tuple[int, ...]:
        """How many boxes all that was told until then has in a room at the minute of its count, at least and at most (REPORT-1).

        Empty where the scope is no deed of a count that counts (ROOM-1).
        """
        count = next((act for act in extent.named if act.sid == scope[1] and act.body.get("counted") is not None), None)
        if scope[0] != "deed" or count is None:
            return ()
        told = self.office.ledger.booked(ROOMS, self.size)
        acts = (act for room in rooms.rooms(told, self.state) for act in (*room.shifts, *room.looks))
        act = next((act for act in acts if act.sid == count.sid), None)
        if act is None:
            return ()
        names = sorted(self._ever_bound_for(act.body["place"]))
        state = self._judging(names)
        state.settle(self.office.ledger.note, names)
        stays = Stays(state.trail, act.body["place"], state.skew, gone(told, state.trail, state))
        found = rooms.count(act, stays)
        return () if found is None else (found.least, found.most)

    def basis(self, scope: tuple[str, str], extent: Extent, by: str, beside: Iterable[str]) -> dict[int, bytes]:
        """The entries that a report of this rests on, in order, each with those that it rests on itself (REPORT-4)."""
        boxes = extent.boxes
        names = {*boxes, *beside, *(self._ever_bound_for(scope[1]) if scope[0] == "warehouse" else ())}
        together = [act.entry for act in (*self._loads(boxes), *self._plenaries(boxes), *extent.named)]
        waiting = [0, *self.telling(names), *together, *self._key(by), *self._laid_out(names), *self._revoked()]
        found: dict[int, bytes] = {}
        while waiting:
            index = waiting.pop()
            if index in found or index >= self.size:
                continue
            found[index] = self.office.ledger.note(index)
            entry = entries.parse(found[index])
            waiting += self.office.ledger.indexes(entry.statement.sid)  # signatures may have come one by one
            waiting += self._behind(entry)
            if not names.isdisjoint(boxes_of(entry.statement)):
                waiting += self._lines(entry.statement)
        return dict(sorted(found.items()))

    def _loads(self, boxes: Iterable[str]) -> list[Act]:
        """All that belongs to the consignments that name one of these boxes."""
        return list(travelling(boxes, self._booked_loads))

    @cached_property
    def _booked_loads(self) -> list[Act]:
        return self.office.ledger.booked(LOADS, self.size)

    def _plenaries(self, boxes: Iterable[str]) -> list[Act]:
        """What was said of the plenaries that these boxes may wait for (PLEN-4)."""
        homes = {known.place for box in boxes if (known := self.state.register.boxes.get(box)) is not None}
        around = {code for home in homes for code in self.state.places.path(home, self.size)}
        told = (act for act in self.office.ledger.booked(PLENARIES, self.size) if act.statement.kind.name == "plenary")
        return [act for act in told if act.body["place"] in around]

    def _revoked(self) -> list[int]:
        """Every revocation until then, of whatever key, and its enrolment: what an issuer may want to hide (REPORT-4, CHECK-10)."""
        return [index for key in self.state.roster.keys.values() if key.until <= self.size for index in (key.since, key.until - 1)]

    def _ever_bound_for(self, warehouse: str) -> set[str]:
        """Boxes that were ever on the way to a place: without the rest of their story they would seem to be there still."""
        found: set[str] = set()
        for index in self.telling(self._all_boxes()):
            note = self.office.ledger.note(index)
            if warehouse.encode() in note:
                boxes = entries.parse(note).statement.body["boxes"]
                found.update(item if type(item) is str else item["box"] for item in boxes)
        return found

    def _laid_out(self, boxes: Iterable[str]) -> list[int]:
        """Where places, planned legs and these boxes were laid down."""
        places, register = self.state.places, self.state.register
        found = [place.since for versions in places.versions.values() for place in versions]
        found += [leg.since for legs in places.legs.values() for leg in legs]
        named = frozenset(boxes)
        found += [known.since for known in register.boxes.values() if known.replaces in named]  # what has taken their place
        return found + [known.since for box in named if (known := register.boxes.get(box)) is not None]

    def _behind(self, entry: Entry) -> list[int]:
        """What gives an entry its meaning: the keys that signed it or are named in it, and incidents that it settles or that settle it."""
        body = entry.statement.body
        found = [index for line in entry.lines for index in self._signer(line.name, line.key_id)]
        found += [index for slot in _NAMED if body.get(slot) is not None for index in self._key(body[slot])]
        found += [index for name in named_people(entry.statement) for index in self._key(name)]
        found += self._settlements.get(entry.statement.sid, ())
        found += [index for sid in body.get("settles", ()) for index in self.office.ledger.indexes(sid)]
        return found

    @cached_property
    def _settlements(self) -> dict[str, list[int]]:
        """The entries of incidents that name another in `settles`, by what they name: without them a report would call it open."""
        found: dict[str, list[int]] = {}
        for act in self.office.ledger.booked(INCIDENTS, self.size):
            for sid in act.body["settles"]:
                found.setdefault(sid, []).append(act.entry)
        return found

    def _signer(self, name: str, key_id: bytes) -> list[int]:
        key = self.state.roster.keys.get((name, key_id))
        return [] if key is None else [key.since, key.until - 1]  # enrolment and revocation

    def _key(self, name: str) -> list[int]:
        key = self.state.roster.by_name.get(name)
        return [] if key is None else self._signer(name, key.key_id)

    def _lines(self, statement: Statement) -> list[int]:
        """The labels that were read, and other boxes on which the same seal numbers or spare codes had been before."""
        found: list[int] = []
        for line in statement.body["boxes"] if statement.kind.takes_effect == "box" else ():
            if type(line) is str or "by" not in line:  # a ruling tells nothing of labels and seals
                continue
            printed = self.state.register.codes.get(line["by"]["label"])
            if printed is not None:
                found += [printed.entry, *(self._first("spare", line["by"]["label"], line["box"]) if printed.box is None else ())]
            for seal in line["seals"]:
                found += self._first("seal", seal["number"], line["box"]) if seal["number"] is not None else ()
        return found

    def _first(self, topic: str, value: str, box: str) -> list[int]:
        """The statement by which another box keeps a seal number or spare code; as the ledger stood before it, the first that names it."""
        kept = self.office.store.fact(topic, value)
        first = parse(kept.decode())[0] if kept is not None else None
        if first is None or first.box == box:
            return []
        if first.entry < self.size:
            return [first.entry]
        named = f'"{value}"'.encode()
        return next(([index] for index in self.telling([first.box]) if named in self.office.ledger.note(index)), [])


def named_people(statement: Statement) -> list[str]:
    """Keys of people whom a statement names beside its signers: who came to an opening or was invited, who sees to an incident, who went
    into a room and by whose leave.
    """
    body = statement.body
    people = [one["key"] for field in ("present", "invited", "persons") for one in body.get(field, ()) if isinstance(one, dict)]
    return [name for name in (*people, body.get("owner"), body.get("leave")) if name is not None]
