"""What a place asks at night: which boxes are here, on the way here, passed on, and still missing; counts that add up. For every door."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from custody.assembly.account import Sums
from custody.assembly.whereabouts import LEVELS, Where
from custody.core.boxid import BoxId

if TYPE_CHECKING:
    from custody.assembly.account import Account
    from custody.assembly.office import Office

Stand = Literal["here", "coming", "passed", "missing"]
STANDS: tuple[Stand, ...] = ("here", "coming", "passed", "missing")
KINDS = ("tps", "desa", "kecamatan", "warehouse", "other")  # where boxes rest
HOMES = ("kecamatan", "desa", "tps")  # places whose boxes the projection knows by their home
_BELOW = {"kabupaten": "kecamatan", "kecamatan": "desa", "desa": "tps", "tps": "tps"}
_TYPES = ("PPWP", "DPR", "DPD", "DPRDP", "DPRDK", "GUB", "BUP", "WAL")


@dataclass(frozen=True)
class Area:
    """A place with what belongs to it. own: itself and its stores; above: every place over it on the way up, with theirs."""

    code: str
    kind: str
    own: frozenset[str]
    above: frozenset[str]


@dataclass
class Tally(Sums):
    """Boxes of one area, each counted as in a reconciliation.

    Where a place asks, expected = here + coming + passed + missing too. custody: `at` by the kind of the place. trouble: something
    stands against it, and it is not closed.
    """

    trouble: int = 0
    offered: int = 0
    at: Counter[str] = field(default_factory=Counter)
    stands: Counter[str] = field(default_factory=Counter)

    def count(self, one: Account, kind: str, stand: Stand | None) -> None:
        """Put one box in; `kind` is that of the place where it was last recorded."""
        self.take(one)
        if one.kind == "custody":
            self.at[kind] += 1
        if stand is not None:
            self.stands[stand] += 1
        self.trouble += one.where.trouble and one.kind != "closed"
        self.offered += one.where.status == "offered"


@dataclass(frozen=True)
class Lot:
    """Boxes that stand alike: the same types of one TPS or of several in a row, with one holder, at one place, bound for one place."""

    homes: tuple[str, ...]
    types: tuple[str, ...]
    holder: str | None
    place: str | None
    to: str | None
    boxes: tuple[str, ...]


def area(office: Office, code: str) -> Area:
    """A registered place as the office's ledger knows it now."""
    places, size = office.ledger.state.places, office.ledger.size
    path = places.path(code, size)
    place = places.get(code, size)
    stores: dict[str, set[str]] = {}
    for other in places.versions:
        found = places.get(other, size)
        if found is not None and found.parent is not None and found.kind not in LEVELS:
            stores.setdefault(found.parent, set()).add(other)
    own = {code, *stores.get(code, ())}
    above = {name for step in path[1:] for name in (step, *stores.get(step, ()))}
    return Area(code, place.kind if place is not None else "other", frozenset(own), frozenset(above - own))


def concerns(office: Office, asked: Area, one: Where) -> bool:
    """Whether a box belongs to an area, or a store or warehouse lies on its way."""
    state, size = office.ledger.state, office.ledger.size
    if asked.kind in HOMES:
        return area_of(one.box, asked.kind) == asked.code
    if one.registered:
        return state.places.on_way(state.register.boxes[one.box].place, asked.code, size)
    return one.place in asked.own or one.to in asked.own or asked.kind == "kabupaten"


def stands(asked: Area, found: Iterable[Account]) -> dict[str, Stand]:
    """How each box stands to the place: here (in custody), coming, passed on, or missing: nobody can say, or two records contradict."""
    return {one.box: "missing" if one.kind in ("unaccounted", "disputed") else _stand(asked, one.where) for one in found}


def _stand(asked: Area, one: Where) -> Stand:
    if one.place is None:
        return "missing"
    if one.out:
        return "passed"  # destroyed, lost or handed to a court
    if one.to in asked.own:
        return "coming" if one.moving else "here"
    if one.place in asked.own:
        return "passed"  # a leg away from here has begun
    returning = one.way[0] == BoxId.parse(one.box).place
    passed_by = returning and (one.place in asked.above or one.to in asked.above)
    return "passed" if passed_by or not asked.own.isdisjoint(one.way) else "missing"


def tallies(office: Office, found: Iterable[Account], depth: str, standing: dict[str, Stand] | None = None) -> list[Tally]:
    """Counts of registered boxes by kecamatan, desa or tps, in order of their codes; by desa where there is but one kecamatan."""
    listed = [one for one in found if one.where.registered]
    if depth == "kecamatan" and len({area_of(one.box, depth) for one in listed}) == 1:
        depth = "desa"
    kinds, rows = _kinds(office), dict[str, Tally]()
    for one in listed:
        code = area_of(one.box, depth)
        row = rows.setdefault(code, Tally(code))
        row.count(one, kinds.get(one.where.place or "", "other"), (standing or {}).get(one.box))
    return [rows[code] for code in sorted(rows)]


def total(rows: Iterable[Tally]) -> Tally:
    """All of them together."""
    whole = Tally("")
    for row in rows:
        for name in ("expected", "custody", "transit", "unaccounted", "disputed", "closed", "overdue", "trouble", "offered"):
            setattr(whole, name, getattr(whole, name) + getattr(row, name))
        whole.at += row.at
        whole.stands += row.stands
    return whole


def below(kind: str | None) -> str:
    """By what the boxes of a place of this kind are counted."""
    return _BELOW.get(kind or "", "kecamatan")


def area_of(box: str, depth: str) -> str:
    """The code of the kecamatan, desa or tps of a box; a recapitulation box stays with its kecamatan."""
    one = BoxId.parse(box)
    if depth == "kecamatan" or one.station == "PPK":
        return one.area[:6]
    return one.area if depth == "desa" else one.place


def lots(found: Iterable[Where]) -> list[Lot]:
    """Boxes by TPS, then type; TPS of one desa that follow each other and stand alike are one lot."""
    single: dict[tuple[str, str | None, str | None, str | None], list[Where]] = {}
    for one in sorted(found, key=lambda one: order(one.box)):
        single.setdefault((BoxId.parse(one.box).place, one.holder, one.place, one.to), []).append(one)
    joined: list[Lot] = []
    for (home, holder, place, to), listed in single.items():
        types = tuple(BoxId.parse(one.box).type for one in listed)
        lot = Lot((home,), types, holder, place, to, tuple(one.box for one in listed))
        if joined and _alike(joined[-1], lot):
            joined[-1] = Lot((*joined[-1].homes, home), types, holder, place, to, (*joined[-1].boxes, *lot.boxes))
        else:
            joined.append(lot)
    return joined


def order(box: str) -> tuple[str, str, int, str]:
    """Sorts by desa, TPS, and type in the order in which it is called for."""
    one = BoxId.parse(box)
    return one.area, one.station, _TYPES.index(one.type) if one.type in _TYPES else len(_TYPES), box


def _alike(one: Lot, other: Lot) -> bool:
    last, next_ = one.homes[-1].rpartition("-"), other.homes[0].rpartition("-")
    follows = last[0] == next_[0] and last[2].isdecimal() and next_[2].isdecimal() and int(next_[2]) == int(last[2]) + 1
    return follows and (one.types, one.holder, one.place, one.to) == (other.types, other.holder, other.place, other.to)


def _kinds(office: Office) -> dict[str, str]:
    return dict(_kind_rows(office))


def _kind_rows(office: Office) -> Iterator[tuple[str, str]]:
    places, size = office.ledger.state.places, office.ledger.size
    for code in places.versions:
        found = places.get(code, size)
        if found is not None:
            yield code, found.kind if found.kind in KINDS else "other"
