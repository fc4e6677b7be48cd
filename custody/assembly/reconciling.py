"""Reconciliation: what should be there, and where it is, for any place, now or at a minute that has passed. For every door.

A past minute rests on the times that signers claimed (`earlier`); what stands against boxes is told as of now only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from custody.assembly import arrivals
from custody.assembly.arrivals import Area
from custody.assembly.earlier import Earlier, Then, then
from custody.assembly.whereabouts import Where, where, where_of
from custody.core.moment import from_seconds, to_seconds

if TYPE_CHECKING:
    from custody.assembly.office import Office
    from custody.core.holding import Holding
    from custody.core.trail import Step

Kind = Literal["custody", "transit", "unaccounted", "disputed", "closed"]
KINDS: tuple[Kind, ...] = ("custody", "transit", "unaccounted", "disputed", "closed")
_MISSED = frozenset(("box.missing",))  # it should lie where it is recorded, and was not found there


@dataclass(frozen=True)
class Account:
    """One box of a reconciliation.

    where: as it stood at the minute. kind: how it is accounted for. here: it surely lay in the place itself or in a store of it.
    perhaps: it may have, as far as clocks may differ. others: how else it may have stood then. holding: after which link it stood, where
    it has moved since; None where it still stands so.
    """

    where: Where
    kind: Kind
    overdue: bool
    here: bool
    perhaps: bool = False
    others: tuple[Step | None, ...] = ()
    holding: Holding | None = None

    @property
    def box(self) -> str:
        """Its id."""
        return self.where.box


@dataclass
class Counts:
    """Boxes of one area: expected = custody + transit + unaccounted + disputed + closed; overdue are moving, here are in custody."""

    code: str
    expected: int = 0
    custody: int = 0
    transit: int = 0
    unaccounted: int = 0
    disputed: int = 0
    closed: int = 0
    overdue: int = 0
    here: int = 0
    foreign: int = 0

    def take(self, one: Account) -> None:
        """Count one registered box."""
        self.expected += 1
        setattr(self, one.kind, getattr(self, one.kind) + 1)
        self.overdue += one.overdue
        self.here += one.here


@dataclass(frozen=True)
class Reconciliation:
    """The answer for one scope at one minute.

    asked: None for the whole operation, which has no "here". at: the minute. past: whether it rests on claimed times. skew: seconds
    that clocks may differ. accounts: the registered boxes that belong to the scope. foreign: boxes that lie here and belong elsewhere,
    or that nobody registered. rows: counts by area.
    """

    asked: Area | None
    at: str
    past: bool
    skew: int
    accounts: tuple[Account, ...]
    foreign: tuple[Account, ...]
    rows: tuple[Counts, ...]

    @property
    def whole(self) -> Counts:
        """All areas together, and the foreign boxes."""
        total = Counts("", foreign=len(self.foreign))
        for one in self.accounts:
            total.take(one)
        return total

    def of(self, kind: Kind) -> list[Account]:
        """The boxes that are accounted for in one way."""
        return [one for one in self.accounts if one.kind == kind]

    @property
    def inside(self) -> list[Account]:
        """Every box that surely lay here, then those that possibly did; foreign ones too."""
        found = sorted((one for one in (*self.accounts, *self.foreign) if one.here or one.perhaps), key=lambda one: arrivals.order(one.box))
        return sorted(found, key=lambda one: not one.here)

    @property
    def wanting(self) -> bool:
        """Whether somebody must look for anything: overdue, unaccounted and disputed boxes, and foreign ones."""
        whole = self.whole
        return bool(whole.overdue or whole.disputed or whole.foreign or any(one.where.place for one in self.of("unaccounted")))


def reconcile(office: Office, code: str | None, at: str | None = None) -> Reconciliation:
    """Of a place, or of the whole operation; as the ledger knows it now, or at a minute that its signers claim.

    :param at: a moment in the past, None for now. Raises `Altered("projection.damaged")`.
    """
    asked = arrivals.area(office, code) if code is not None else None
    found = list(_accounts(office, where(office), asked.own if asked is not None else frozenset(), at))
    mine = [one for one in found if _belongs(office, asked, one.where)]
    known = {one.box for one in mine}
    under = _under(office, asked)
    foreign = [one for one in found if one.box not in known and _lies(asked, under, one)]
    rows = _rows(mine, arrivals.below(asked.kind if asked is not None else None))
    skew = office.ledger.state.skew
    return Reconciliation(asked, at or office.now(), at is not None, skew, tuple(mine), tuple(foreign), rows)


def accounts(office: Office, boxes: Iterable[str], at: str | None = None) -> list[Account]:
    """These boxes alone, in the order in which they are asked for; as `reconcile`."""
    return list(_accounts(office, where_of(office, boxes), frozenset(), at))


def _accounts(office: Office, found: Iterable[Where], own: frozenset[str], at: str | None) -> Iterator[Account]:
    return _now(office, found, own) if at is None else _past(office, list(found), own, to_seconds(at))


def holdings(office: Office, accounts: Iterable[Account]) -> dict[str, Holding]:
    """Who held each box at the minute of a reconciliation, and its seals as they were last seen until then."""
    listed = list(accounts)
    judged = office.ledger.judge([one.box for one in listed if one.holding is None and one.where.place is not None])
    found = {one.box: one.holding or (judged[one.box][0].holding if one.box in judged else None) for one in listed}
    return {box: holding for box, holding in found.items() if holding is not None}


def _belongs(office: Office, asked: Area | None, one: Where) -> bool:
    return one.registered and (asked is None or arrivals.concerns(office, asked, one))


def _under(office: Office, asked: Area | None) -> frozenset[str]:
    """The place and all places in it."""
    if asked is None:
        return frozenset()
    places, size = office.ledger.state.places, office.ledger.size
    return asked.own | {code for code in places.versions if asked.code in places.path(code, size)}


def _lies(asked: Area | None, under: frozenset[str], one: Account) -> bool:
    """Whether a box that does not belong to the scope is in it all the same: it rests there, or in an operation it is spoken of."""
    return asked is None or one.here or one.perhaps or (one.where.place in under and not one.where.moving)


def _rows(accounts: Iterable[Account], depth: str) -> tuple[Counts, ...]:
    listed = list(accounts)
    if depth == "kecamatan" and len({arrivals.area_of(one.box, depth) for one in listed}) == 1:
        depth = "desa"
    rows: dict[str, Counts] = {}
    for one in listed:
        code = arrivals.area_of(one.box, depth)
        rows.setdefault(code, Counts(code)).take(one)
    return tuple(rows[code] for code in sorted(rows))


# -- now -----------------------------------------------------------------------------------------------------------------------


def _now(office: Office, found: Iterable[Where], own: frozenset[str]) -> Iterator[Account]:
    now = office.now()
    for one in found:
        kind = _kind(one)
        yield Account(one, kind, one.late(now), kind == "custody" and one.place in own)


def _kind(one: Where) -> Kind:
    if one.status == "closed":
        return "closed"
    if one.status == "disputed":
        return "disputed"
    if one.place is None or any(found.code in _MISSED for found in one.against):
        return "unaccounted"
    return "transit" if one.moving else "custody"


# -- at a minute that has passed -----------------------------------------------------------------------------------------------

_ENDED = ("disputed", "closed")


def _past(office: Office, found: list[Where], own: frozenset[str], second: int) -> Iterator[Account]:
    """Boxes whose last link is surely older stand as they stand now; the others are followed link by link."""
    earlier, skew = Earlier(office), office.ledger.state.skew
    moved = [one.box for one in found if one.since is not None and (to_seconds(one.since) + skew > second or one.status in _ENDED)]
    trail = earlier.trail(moved)
    known = frozenset(moved)
    for one in found:
        if one.box not in known:
            kind = _kind(one)
            yield Account(one, kind, one.late(from_seconds(second)), kind == "custody" and one.place in own)
        else:
            yield _account(earlier, one, then(trail, one.box, second, skew), own, second)


def _account(earlier: Earlier, one: Where, stood: Then, own: frozenset[str], second: int) -> Account:
    ended = _ended(earlier, one, second)
    holding = earlier.holdings(one.box)[stood.number] if stood.number >= 0 else None
    old = _as_of(one, holding, one.status if ended else "ok" if holding is not None else "registered")
    kind, here = _kind(old), stood.resting(own) and not ended
    late = kind == "transit" and old.late(from_seconds(second))
    return Account(old, kind, late, here, stood.perhaps(own) and not here, stood.others, holding)


def _as_of(one: Where, holding: Holding | None, status: str) -> Where:
    """A box as it stood after a link; what stands against it now is not said of then."""
    if holding is None:
        return replace(one, status=status, holder=None, place=None, to=None, since=None, due=None, way=(), against=())
    since, due = from_seconds(holding.at), from_seconds(holding.due) if holding.due is not None else None
    holder, place, to, way = holding.holder, holding.place, holding.to, holding.way
    return replace(one, status=status, holder=holder, place=place, to=to, since=since, due=due, way=way, against=())


def _ended(earlier: Earlier, one: Where, second: int) -> bool:
    """Whether what makes a box disputed or closed today was there already: the second of two links after one, or the closing."""
    if one.status not in _ENDED:
        return False
    state = earlier.office.ledger.judge([one.box])[one.box][0]
    times = sorted(at for at in map(earlier.happened, state.branches) if at is not None)
    return len(times) < 2 or times[1] <= second
