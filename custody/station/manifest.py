"""Manifests: from the boxes of a run to the statements that people sign, split by measured bytes (spec chapters 07 and 08).

What the law will say of them is asked before anybody signs (`foreseen`); findings that the signers know of are written down with a reason.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from custody.core import canonical, law, statement
from custody.core.act import Act
from custody.core.errors import Refused
from custody.core.findings import SEVERITY, Finding
from custody.core.holding import Holding, SealState, seals_of
from custody.core.known import Known
from custody.core.moment import from_seconds, to_seconds
from custody.core.places import Places
from custody.core.shapes import MOST_BOXES
from custody.core.statement import Statement

MOST_TEXT = 60_000  # bytes of a text: room for sixteen signatures in a note of 65,535, and some to spare
MOST_STATED = 16
REASONS = ("weather", "transport", "darkness", "label-damaged", "seal-damaged", "emergency", "order", "mistake-before", "unknown", "other")

Common = Mapping[str, Any]
SealsOf = dict[str, tuple[str, str | None]]  # point -> state, number


@dataclass(frozen=True)
class Escort:
    """Who goes along: how many, which of them have keys, and the number of the order (Sprin). None present is said in so many words."""

    count: int = 0
    keys: tuple[str, ...] = ()
    order: str | None = None

    def body(self) -> dict[str, Any]:
        return {"count": self.count, "keys": sorted(set(self.keys)), "order": self.order, "present": self.count > 0}


class Photo(NamedTuple):
    """A photograph kept elsewhere, by its hash: which box it shows and which seal point of it, where it shows one."""

    sha256: str
    box: str | None = None
    point: str | None = None


class Unsigned(NamedTuple):
    """Why the giver's signature is missing; `name` is the commitment to the name of a giver who has no key here."""

    reason: str
    name: dict[str, str] | None = None
    deed: str | None = None


class Load(NamedTuple):
    """Which trip of which consignment a handoff is, and what it says of what stays behind (spec chapter 18)."""

    id: str
    trip: int = 1
    rest: str | None = None


@dataclass(frozen=True)
class Journey:
    """A handoff but for its boxes. place: where it takes place, `start` or `end` of the leg. due: None for what the planned leg says."""

    start: str
    end: str
    place: str
    giver: str | None
    receiver: str
    recorder: str | None = None
    through: str | None = None
    escort: Escort = field(default_factory=Escort)
    carrier: str | None = None
    vehicle: str | None = None
    due: str | None = None
    unsigned: Unsigned | None = None
    withdraws: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    photos: tuple[Photo, ...] = ()
    note: dict[str, str] | None = None
    irregular: tuple[tuple[str, str], ...] = ()
    load: Load | None = None
    things: tuple[tuple[str, int], ...] = ()

    @property
    def signers(self) -> tuple[str, ...]:
        """Keys that are to sign, the giver first."""
        giver = None if self.unsigned is not None else self.giver
        named = (giver, self.receiver, self.recorder, self.through)
        return tuple(dict.fromkeys(name for name in named if name is not None))


@dataclass(frozen=True)
class Seen:
    """A box as the people at the table saw it: how it was identified, and the seals that are not as last recorded.

    seals: None where nobody looked at them.
    """

    box: str
    how: str = "sight"
    label: str | None = None
    seals: SealsOf | None = field(default_factory=dict)


def seals_now(known: Iterable[SealState], changed: SealsOf | None, points: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The seals of a box: as known, but for those that changed; none where nobody looked at them.

    :param points: those of the phase in which a box is sealed now. Where no seal is known, all of them are intact but for what is said;
        where some are, those at points that the phase does not have are no longer told. Of a box that is not sealed now and on which no
        seal is known, only those that people named are told.
    """
    if changed is None:
        return []
    before = {point: (condition, number) for point, condition, number in known}
    if before and points:
        before = {point: seal for point, seal in before.items() if point in points}
    elif not before:
        before = dict.fromkeys(points, ("intact", None))
    now = {**before, **{point: (state, number or _number(before, point, state)) for point, (state, number) in changed.items()}}
    return [{"number": number, "point": point, "state": state} for point, (state, number) in sorted(now.items())]


def _number(before: Mapping[str, tuple[str, str | None]], point: str, state: str) -> str | None:
    """The number that a seal keeps; a new one in its place does not bear it."""
    return before[point][1] if point in before and state != "replaced" else None


def lines(
    seen: Iterable[Seen], holding: Callable[[str], Holding | None], points: Callable[[Holding | None], Sequence[str]] | None = None
) -> list[dict[str, Any]]:
    """The box lines of a link, in order; `prev` is the last link of each box. :param points: where boxes are sealed, as `seals_now`."""
    found = []
    for one in sorted(seen, key=lambda one: one.box):
        last = holding(one.box)
        seals_ = seals_now(last.seals if last is not None else (), one.seals, points(last) if points is not None else ())
        line: dict[str, Any] = {"box": one.box, "by": {"how": one.how, "label": one.label}, "seals": seals_}
        found.append({**line, "prev": last.sid if last is not None else None})
    return found


def ack_lines(seen: Iterable[Seen], told: Sequence[dict[str, Any]], holding: Callable[[str], Holding | None]) -> list[dict[str, Any]]:
    """The box lines of an ack about a handoff whose lines are `told`; boxes that are not among them are left out.

    As recorded means as the handoff tells; as last recorded where it tells nothing of the seals.
    """
    handed, found = {line["box"]: line for line in told}, []
    for one in sorted((one for one in seen if one.box in handed), key=lambda one: one.box):
        last = holding(one.box)
        known = seals_of(handed[one.box]) or (last.seals if last is not None else ())
        found.append({"box": one.box, "by": {"how": one.how, "label": one.label}, "seals": seals_now(known, one.seals)})
    return found


def due(places: Places, journey: Journey, happened: str, index: int) -> str | None:
    """When the leg should be done: as said, else as the planned leg limits it; nothing once the boxes have arrived."""
    if journey.due is not None or journey.place == journey.end:
        return journey.due
    start, end = places.get(journey.start, index), places.get(journey.end, index)
    leg = places.leg(start.kind, end.kind, index) if start is not None and end is not None else None
    return from_seconds(to_seconds(happened) + leg.limit * 60) if leg is not None and leg.limit is not None else None


def handoffs(common: Common, journey: Journey, boxes: Sequence[dict[str, Any]], limit: str | None, consignment: str) -> list[Statement]:
    """One handoff, in as many parts of a consignment as its bytes ask for.

    :param limit: what `due` gave. :param consignment: 32 hex digits, used where the journey names no load and there is more than one part.
    :raises Refused: `manifest.empty`. :raises Malformed: `statement.…`.
    """
    unsigned = journey.unsigned._asdict() if journey.unsigned is not None else None
    body = {
        **common,
        "carrier": journey.carrier,
        "conditions": sorted(set(journey.conditions)),
        "due": limit,
        "escort": journey.escort.body(),
        "from": journey.start,
        "giver": journey.giver,
        "irregular": stated(journey.irregular),
        "note": journey.note,
        "photos": photographs(journey.photos),
        "place": journey.place,
        "receiver": journey.receiver,
        "recorder": journey.recorder,
        "through": journey.through,
        "to": journey.end,
        "unsigned": unsigned,
        "vehicle": journey.vehicle,
        "withdraws": sorted(set(journey.withdraws)),
    }
    load = {**(journey.load or Load(consignment))._asdict(), "part": 999, "parts": 999}
    things = [{"count": count, "thing": name} for name, count in sorted(journey.things)]
    parts = list(split(boxes, {**body, "consignment": load, "things": things})) if boxes or not things else [[]]
    plain = len(parts) == 1 and journey.load is None
    told = [None if plain else {**load, "part": at, "parts": len(parts)} for at in range(1, len(parts) + 1)]
    return [
        _drafted("handoff", {**body, "consignment": one, "things": things if at == 0 else []}, part)
        for at, (one, part) in enumerate(zip(told, parts, strict=True))
    ]


def seals(
    common: Common,
    boxes: Sequence[dict[str, Any]],
    *,
    place: str,
    sealer: str,
    witness: str,
    phase: str,
    irregular: Iterable[tuple[str, str]] = (),
    note: dict[str, str] | None = None,
    photos: Iterable[Photo] = (),
) -> list[Statement]:
    """A sealing, in as many statements as its bytes ask for. :raises Refused: `manifest.empty`. :raises Malformed: `statement.…`."""
    body = {
        **common,
        "irregular": stated(irregular),
        "note": note,
        "phase": phase,
        "photos": photographs(photos),
        "place": place,
        "sealer": sealer,
        "witness": witness,
    }
    return [_drafted("seal", body, part) for part in split(boxes, body)]


def ack(
    common: Common,
    boxes: Sequence[dict[str, Any]],
    *,
    about: str,
    side: str,
    place: str,
    note: dict[str, str] | None = None,
    irregular: Iterable[tuple[str, str]] = (),
) -> Statement:
    """What completes an offer with differences (`receiver`), or closes a missing giver's signature (`giver`)."""
    body = {**common, "about": [about], "irregular": stated(irregular), "note": note, "photos": [], "place": place, "side": side}
    return _drafted("ack", body, boxes)


def labels(common: Common, rows: Sequence[dict[str, Any]], reason: str) -> list[Statement]:
    """Printed codes ({box, code, copy}), 400 a statement at most, sorted by code as the form asks."""
    statements, part = [], 350
    for at in range(0, len(rows), part):
        body = {**common, "labels": sorted(rows[at : at + part], key=lambda row: str(row["code"])), "reason": reason}
        statements.append(statement.draft("label", body))
    return statements


def split(boxes: Sequence[dict[str, Any]], body: Mapping[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """Cut box lines into parts that fit a text beside `body`, measured in bytes. :raises Refused: `manifest.empty`."""
    if not boxes:
        raise Refused("manifest.empty")
    room = MOST_TEXT - len(canonical.encode({**body, "boxes": []})) - 64
    part: list[dict[str, Any]] = []
    used = 0
    for line in boxes:
        size = len(canonical.encode(line)) + 1
        if part and (used + size > room or len(part) == MOST_BOXES):
            yield part
            part, used = [], 0
        part.append(line)
        used += size
    yield part


def foreseen(statements: Iterable[Statement], signers: Iterable[str], state: Known, index: int) -> list[Finding]:
    """What the law will find in these statements once `signers` have signed them, as things stand now; the same finding once."""
    signed = frozenset(signers)
    found: dict[Finding, None] = {}
    for one in statements:
        for item in law.violations(Act(one, index, signed, frozenset()), state):
            found[item] = None
    return list(found)


def to_state(found: Iterable[Finding]) -> list[str]:
    """The codes that ask for a reason: breaches and warnings that nobody has stated yet, the gravest first."""
    codes = {one.code for one in found if one.severity != "note" and one.stated is None}
    return sorted(codes, key=lambda code: (SEVERITY[code] != "breach", code))[:MOST_STATED]


def with_reasons(journey: Journey, reasons: Mapping[str, str]) -> Journey:
    """The journey with these findings stated, code -> reason."""
    return replace(journey, irregular=tuple(sorted({**dict(journey.irregular), **reasons}.items())))


def photographs(photos: Iterable[Photo]) -> list[dict[str, Any]]:
    """Photographs as statements list them, each hash once."""
    return [one._asdict() for one in sorted({one.sha256: one for one in photos}.values(), key=lambda one: one.sha256)]


def stated(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"finding": code, "reason": reason} for code, reason in sorted(set(pairs))[:MOST_STATED]]


def _drafted(kind: str, body: Mapping[str, Any], boxes: Sequence[dict[str, Any]]) -> Statement:
    return statement.draft(kind, {**body, "boxes": list(boxes)})
