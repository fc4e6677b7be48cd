"""Reconciliation: what should be there, and where it is, for any place, now or at a minute that has passed. For every door.

A past minute rests on the times that signers claimed (`earlier`). Of what stands against boxes only that they were missing or reported
gone is told of then; all else is told as of now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from custody.assembly import arrivals, unrecorded
from custody.assembly.account import Account, Kind, Sums, gone
from custody.assembly.arrivals import Area
from custody.assembly.earlier import Earlier, Seen, Then, then
from custody.assembly.unrecorded import Why
from custody.assembly.whereabouts import LEVELS, Where, where_rows
from custody.core.findings import finding
from custody.core.moment import from_seconds, to_seconds
from custody.core.trail import NOWHERE

if TYPE_CHECKING:
    from custody.assembly.office import Office
    from custody.core.findings import Finding
    from custody.core.rows import BoxRow

_RESTING = frozenset(("custody", "closed"))  # kinds of which it is known where they lie: what was archived lies where it was put
_REVISING = frozenset(("correction.void", "ruling.made"))
_STILL = frozenset(("registered", "ok"))  # states of which the last link tells where the box is


@dataclass
class Counts(Sums):
    """Boxes of one area. here: in custody, or archived there. foreign: they lie here and belong elsewhere, or nobody registered them."""

    here: int = 0
    foreign: int = 0

    def take(self, one: Account) -> None:
        """Count one registered box."""
        super().take(one)
        self.here += one.here


@dataclass(frozen=True)
class Reconciliation:
    """The answer for one scope at one minute.

    asked: None for the whole operation, which has no "here". at: the minute. past: whether it rests on claimed times. skew: seconds
    that clocks may differ. accounts: the registered boxes that belong to the scope. foreign: boxes that lie here and belong elsewhere,
    or that nobody registered. rows: counts by area. earlier: what a past minute is read from. strangers: boxes of the scope that nobody
    registered, wherever they lie.
    """

    asked: Area | None
    at: str
    past: bool
    skew: int
    accounts: tuple[Account, ...]
    foreign: tuple[Account, ...]
    rows: tuple[Counts, ...]
    earlier: Earlier | None = None
    strangers: tuple[Account, ...] = ()
    sought: Mapping[str, Why] = field(default_factory=dict)

    @property
    def whole(self) -> Counts:
        """All areas together, and the foreign boxes."""
        return replace(total(self.accounts), foreign=len(self.foreign))

    def of(self, kind: Kind) -> list[Account]:
        """The boxes that are accounted for in one way."""
        return [one for one in self.accounts if one.kind == kind]

    @property
    def inside(self) -> list[Account]:
        """Every box that surely lay here, then those that possibly did; foreign ones too."""
        found = sorted((one for one in (*self.accounts, *self.foreign) if one.here or one.perhaps), key=lambda one: arrivals.order(one.box))
        return sorted(found, key=lambda one: not one.here)

    @property
    def untold(self) -> list[Account]:
        """The boxes of which there is no record, and none is to be expected yet: nobody looks for them."""
        return [one for one in unrecorded.silent(self.accounts) if one.box not in self.sought]

    @property
    def wanting(self) -> bool:
        """Whether somebody must look for anything: overdue, unaccounted and disputed boxes, and foreign ones."""
        whole = self.whole
        return bool(whole.overdue or whole.disputed or whole.foreign or whole.unaccounted > len(self.untold))


def total(listed: Iterable[Account]) -> Counts:
    """How many of these boxes are accounted for in which way."""
    whole = Counts("")
    for one in listed:
        whole.take(one)
    return whole


def reconcile(office: Office, code: str | None, at: str | None = None) -> Reconciliation:
    """Of a place, or of the whole operation; as the ledger knows it now, or at a minute that its signers claim.

    :param at: a moment in the past, None for now. Raises `Altered("projection.damaged")`.
    """
    asked = arrivals.area(office, code) if code is not None else None
    own, under = asked.own if asked is not None else frozenset[str](), _under(office, asked)
    found, earlier = _accounts(office, _candidates(office, asked, under), own, at)
    found = found if at is None else list(_registered(office, found, to_seconds(at)))
    mine = [one for one in found if _belongs(office, asked, one.where)]
    known = {one.box for one in mine}
    foreign = [one for one in found if one.box not in known and _lies(asked, under, one)]
    rows = _rows(mine, arrivals.below(asked.kind if asked is not None else None))
    skew = office.ledger.state.skew
    strangers = tuple(one for one in found if not one.where.registered and (asked is None or arrivals.concerns(office, asked, one.where)))
    sought = _sought(office, asked, mine, earlier, at)
    return Reconciliation(asked, at or office.now(), at is not None, skew, tuple(mine), tuple(foreign), rows, earlier, strangers, sought)


def _sought(office: Office, asked: Area | None, mine: list[Account], earlier: Earlier | None, at: str | None) -> dict[str, Why]:
    """The boxes without a record that are to be looked for; of less than a kecamatan as the whole of it is asked."""
    without = unrecorded.silent(mine)
    if not without or (asked is not None and asked.kind not in LEVELS):
        return {}
    if asked is None or asked.kind in ("kabupaten", "kecamatan"):
        return unrecorded.sought(office, without, mine, earlier, at or office.now())
    whole = reconcile(office, asked.code[:6], at).sought
    return {one.box: whole[one.box] for one in without if one.box in whole}


def overdue(office: Office, boxes: Iterable[str] | None = None) -> list[Account]:
    """The registered boxes whose leg is past due now; of these boxes, or of the operation. Raises as `reconcile`."""
    found = reconcile(office, None).accounts if boxes is None else accounts(office, boxes)
    return [one for one in found if one.overdue and one.where.registered]


def unlimited(listed: Iterable[Account]) -> list[Account]:
    """The registered boxes on a journey of which neither its handoff nor the plan says when it should be done."""
    return [one for one in listed if one.kind == "transit" and one.where.due is None and one.where.registered]


def revised(office: Office, told: Reconciliation) -> list[tuple[int, tuple[str, ...]]]:
    """Corrections and rulings later than a past minute by which it is answered otherwise than it was then: entry, boxes of the scope."""
    from custody.assembly import duty

    mine = {one.box for one in (*told.accounts, *told.foreign)}
    found = []
    for one in duty.told(office, ("correction", "ruling")) if told.past else ():
        spoken = {row if isinstance(row, str) else row["box"] for row in one.body["boxes"]} & mine
        if one.entry is not None and spoken and to_seconds(one.at) > to_seconds(told.at):
            judged = office.ledger.judge(sorted(spoken))
            by = {box: [made for made in found_ if made.code in _REVISING] for box, (_, found_) in judged.items()}
            boxes = tuple(box for box in sorted(spoken) if any(one.entry in made.entries for made in by[box]))
            found += [(one.entry, boxes)] if boxes else []
    return found


def _candidates(office: Office, asked: Area | None, under: frozenset[str]) -> list[BoxRow]:
    """The rows of boxes that belong to a scope or may lie in it; of others, those whose kept way or sightings name one of its places."""
    rows = office.ledger.boxes()
    if asked is None or asked.kind not in arrivals.HOMES:
        return list(rows)
    marks = {f'"{asked.code}', *(f'"{code}"' for code in under if not code.startswith(asked.code))}
    ways = [mark.encode() for mark in marks]
    return [row for row in rows if getattr(row, asked.kind) == asked.code or row.place in under or any(mark in row.state for mark in ways)]


def accounts(office: Office, boxes: Iterable[str], at: str | None = None) -> list[Account]:
    """These boxes alone, in the order in which they are asked for; as `reconcile`."""
    with office.store.read() as reader:
        rows = [row for row in map(reader.box, boxes) if row is not None]
    found, earlier = _accounts(office, rows, frozenset(), at)
    return held(found, earlier)


def _accounts(office: Office, rows: list[BoxRow], own: frozenset[str], at: str | None) -> tuple[list[Account], Earlier | None]:
    if at is None:
        return _unsure(office, list(_now(where_rows(office, rows), own, office.now())), rows, own), None
    found = list(where_rows(office, rows))
    earlier = _earlier(office, rows, found, at)
    return list(_past(earlier, found, own, to_seconds(at))), earlier


def held(listed: Iterable[Account], earlier: Earlier | None) -> list[Account]:
    """The same boxes with who held them since when, which at a past minute is read from the entries only when it is asked for."""
    if earlier is None:
        return list(listed)
    return [one if one.link is None else replace(one, where=_taken(earlier, one.where, one.link)) for one in listed]


def _taken(earlier: Earlier, one: Where, link: int) -> Where:
    since = one.since if one.moving else from_seconds(earlier.taken(one.box, link))
    return replace(one, holder=earlier.holder(one.box, link), since=since)


def seals(office: Office, listed: Iterable[Account], earlier: Earlier | None = None) -> dict[str, Seen]:
    """The seals of boxes as they were last seen until the minute of a reconciliation, and the entry that tells it."""
    told = [one for one in listed if one.where.place is not None]
    judged = office.ledger.judge([one.box for one in told if one.link is None])
    found = {box: Seen(state.holding.seals, state.holding.looked) for box, (state, _) in judged.items() if state.holding is not None}
    if earlier is not None:
        found |= {one.box: earlier.seals(one.box, one.link) for one in told if one.link is not None}
    return found


def _registered(office: Office, found: Iterable[Account], second: int) -> Iterator[Account]:
    """Without boxes of which nothing is told by then and that were registered later: nobody expected them."""
    boxes, skew, since = office.ledger.state.register.boxes, office.ledger.state.skew, dict[int, int]()
    for one in found:
        known = boxes.get(one.box)
        if known is not None and one.where.place is None and known.since not in since:
            since[known.since] = to_seconds(office.ledger.act(known.since).body["happened"]["at"])
        if known is None or one.where.place is not None or since[known.since] <= second + skew:
            yield one


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


def _now(found: Iterable[Where], own: frozenset[str], now: str) -> Iterator[Account]:
    for one in found:
        kind = _kind(one)
        maybe = one.status == "orphan" and not one.moving and one.place in own
        yield Account(one, kind, one.late(now), kind in _RESTING and one.place in own and not one.out, maybe)


def _unsure(office: Office, found: list[Account], rows: list[BoxRow], own: frozenset[str]) -> list[Account]:
    """Boxes that somebody saw elsewhere since their last link may be there; those that were offered on a leg have left."""
    odd = {one.box for one in found if one.where.status == "offered" or any(told.code == "box.unexpected" for told in one.where.against)}
    if not odd:
        return found
    earlier, second, skew = Earlier(office, [row for row in rows if row.box in odd]), to_seconds(office.now()), office.ledger.state.skew
    stood = {box: then(earlier.trail, box, second, skew) for box in odd}
    told = [one if one.box not in odd else replace(one, others=stood[one.box].others, perhaps=_perhaps(one, stood, own)) for one in found]
    return [one if one.where.status != "offered" else _left(earlier, one, stood[one.box], second) for one in told]


def _perhaps(one: Account, stood: dict[str, Then], own: frozenset[str]) -> bool:
    reported = any(told.code == "box.unexpected" and dict(told.facts)["place"] in own for told in one.where.against)
    return (reported or stood[one.box].perhaps(own)) and not one.here


def _left(earlier: Earlier, told: Account, stood: Then, second: int) -> Account:
    """An offer at the beginning of a leg: its giver has signed that the box left, and answers for it until somebody takes it."""
    offers = {one.step for one in earlier.trail.loose(told.box)}
    step = next((one for one in stood.others if one in offers and one is not None and one.at <= second and earlier.leaves(one)), None)
    if step is None:
        return told
    gone = replace(told.where, to=step.to, since=from_seconds(step.at), due=earlier.due(step))
    late, perhaps = gone.late(from_seconds(second)), told.here or told.perhaps
    return replace(told, where=gone, kind="transit", overdue=late, here=False, perhaps=perhaps)


def _kind(one: Where) -> Kind:
    if one.status == "closed":
        return "closed"
    if one.status == "disputed":
        return "disputed"
    if one.place is None or one.status == "orphan" or any(map(gone, one.against)):
        return "unaccounted"  # an orphan has gone on from where it is recorded, and nobody knows the way
    return "transit" if one.moving else "custody"


# -- at a minute that has passed -----------------------------------------------------------------------------------------------


def _earlier(office: Office, rows: Iterable[BoxRow], found: Iterable[Where], at: str) -> Earlier:
    """The trail of those boxes that may have stood otherwise at a minute: boxes whose last link is surely older stand as they do now."""
    second = to_seconds(at) - office.ledger.state.skew
    still = {one.box for one in found if one.status in _STILL and not one.astray and not any(map(gone, one.against))}
    return Earlier(office, [row for row in rows if row.since is None or row.box not in still or to_seconds(row.since) > second])


def _past(earlier: Earlier, found: Iterable[Where], own: frozenset[str], second: int) -> Iterator[Account]:
    followed, skew = frozenset(earlier.trail.boxes()), earlier.office.ledger.state.skew
    for one in found:
        if one.box in followed:
            yield _account(earlier, one, then(earlier.trail, one.box, second, skew), own, second)
        else:
            yield from _now([replace(one, against=())], own, from_seconds(second))


def _account(earlier: Earlier, one: Where, stood: Then, own: frozenset[str], second: int) -> Account:
    disputed = one.status == "disputed" and _disputed(earlier, one.box, second)
    old = replace(_as_of(earlier, one, stood, disputed), against=tuple(_gone_by(earlier, one, stood, second)))
    kind, here = _kind(old), stood.resting(own) and not disputed
    late = old.late(from_seconds(second))
    link = stood.number if stood.number >= 0 else None
    told = Account(old, kind, late, here, stood.perhaps(own) and not here, stood.others, link)
    return told if one.status != "offered" else _left(earlier, told, stood, second)


def _as_of(earlier: Earlier, one: Where, stood: Then, disputed: bool) -> Where:
    """A box as it stood after a link."""
    step = stood.likely
    if step is None:
        status = "disputed" if disputed else "registered"
        return replace(one, status=status, holder=None, place=None, to=None, since=None, due=None, way=(), against=())
    status = "disputed" if disputed else "closed" if earlier.act(step.entry).statement.kind.name == "closing" else "ok"
    old = replace(one, status=status, place=step.place, to=step.to or step.place, since=from_seconds(step.at), way=(), against=())
    return replace(old, holder=None, due=earlier.due(step), out=step.to == NOWHERE)


def _gone_by(earlier: Earlier, one: Where, stood: Then, second: int) -> Iterator[Finding]:
    """By a minute somebody had not found it where it lay, and nobody seen or moved it since; or reported it as gone."""
    last = stood.likely
    for said in earlier.trail.loose(one.box):
        over = said.until is not None and said.until <= second
        if last is not None and said.step.place == NOWHERE and last.at <= said.step.at <= second and not over:
            yield finding("box.missing", last.entry, said.entry, box=one.box, place=last.place, until="-")
    for told in one.against:
        if told.code == "incident.open" and gone(told) and to_seconds(earlier.act(told.entries[0]).body["happened"]["at"]) <= second:
            yield told


def _disputed(earlier: Earlier, box: str, second: int) -> bool:
    """Whether two links after one had both taken place by then, as they claim."""
    state = earlier.office.ledger.judge([box])[box][0]
    times = sorted(at for at in map(earlier.happened, state.branches) if at is not None)
    return len(times) > 1 and times[1] <= second
