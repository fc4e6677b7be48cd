"""The guarded room on paper: shift handovers, visits, rounds, counts and plenary sessions as statements (spec chapter 08).

Pure: what people saw and counted goes in, drafted statements come out, of the shapes of the core. Nothing is compared here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, NamedTuple

from custody.core import statement
from custody.core.errors import Malformed
from custody.core.shapes import CODE, MOST_BOXES, NUMBER
from custody.core.statement import Statement
from custody.station.manifest import Photo, SealsOf, Seen, photographs, split, stated

Common = Mapping[str, Any]
Commitment = dict[str, str]
MOST_NAME = 40  # characters of a code word


class Door(NamedTuple):
    """What was read at the door: its state, that of its lock, and the number of the seal on it, None where it bears none."""

    state: str
    lock: str
    seal: str | None = None


class Visitor(NamedTuple):
    """One person who goes in: a key where he has one, else the commitment to his name; his role and institution where they are known."""

    key: str | None = None
    name: Commitment | None = None
    role: str | None = None
    institution: str | None = None


@dataclass(frozen=True)
class Noted:
    """What every statement of the room may carry: reasons for findings that its signers know of, a committed text, photographs."""

    irregular: Mapping[str, str] = field(default_factory=dict)
    note: Commitment | None = None
    photos: tuple[Photo, ...] = ()

    def body(self) -> dict[str, Any]:
        photos = photographs(self.photos)
        return {"irregular": stated(self.irregular.items()), "note": self.note, "photos": photos}


@dataclass(frozen=True)
class Handover:
    """The room as the incoming leader took it: counted before anything was compared. outgoing: None where nobody was on guard."""

    place: str
    incoming: str
    outgoing: str | None
    counted: int
    door: Door
    equipment: Mapping[str, int] = field(default_factory=dict)
    team: int = 1
    incidents: tuple[str, ...] = ()
    visitors: int = 0


def thing(words: str) -> str:
    """The code word of a thing as people name it: `Kunci gembok` → `kunci-gembok`. :raises Malformed: `guardroom.thing`."""
    code = "-".join("".join(mark if mark.isascii() and mark.isalnum() else " " for mark in words.lower()).split())
    if not CODE.ok(code):
        raise Malformed("guardroom.thing", text=words[:MOST_NAME])
    return code


def seal_number(typed: str) -> str:
    """The number of a seal as statements write it. :raises Malformed: `guardroom.seal`."""
    number = "".join(typed.split()).upper()
    if not (NUMBER.ok(number) and any(mark.isdigit() for mark in number)):
        raise Malformed("guardroom.seal", text=typed[:MOST_NAME])
    return number


def shift(common: Common, taken: Handover, noted: Noted | None = None) -> Statement:
    """The handover of a room from one leader to the next. :raises Malformed: `statement.…`."""
    body = {
        **common,
        **(noted or Noted()).body(),
        "counted": taken.counted,
        "door": taken.door.state,
        "door_seal": taken.door.seal,
        "equipment": [{"count": count, "thing": name} for name, count in sorted(taken.equipment.items())],
        "incidents": sorted(set(taken.incidents)),
        "incoming": taken.incoming,
        "lock": taken.door.lock,
        "outgoing": taken.outgoing,
        "place": taken.place,
        "team": taken.team,
        "visitors": taken.visitors,
    }
    return statement.draft("shift", body)


def visit(
    common: Common,
    persons: Sequence[Visitor],
    *,
    place: str,
    officer: str,
    why: str,
    leave: str | None = None,
    left: str | None = None,
    noted: Noted | None = None,
) -> Statement:
    """Persons entering a guarded room; `happened` of `common` is when they went in, `left` when they came out again.

    :raises Malformed: `statement.…`.
    """
    named = [{"institution": one.institution, "key": one.key, "name": one.name, "role": one.role} for one in persons]
    body = {
        **common,
        **(noted or Noted()).body(),
        "leave": leave,
        "left": left,
        "officer": officer,
        "persons": named,
        "place": place,
        "why": why,
    }
    return statement.draft("visit", body)


def departure(common: Common, entered: Mapping[str, Any], officer: str, left: str) -> Statement:
    """The visit of `entered` with the moment when they left: the same persons, place and moment of entering, signed by who saw them out.

    :raises Malformed: `statement.…`.
    """
    kept = {name: entered[name] for name in ("irregular", "leave", "note", "persons", "photos", "place", "why")}
    return statement.draft("visit", {**common, **kept, "happened": entered["happened"], "left": left, "officer": officer})


def walk(
    common: Common,
    *,
    place: str,
    officer: str,
    door: str | None,
    lock: str | None,
    defects: Iterable[str] = (),
    noted: Noted | None = None,
) -> Statement:
    """A round of the guard: the door, the lock and the defects that he saw; no box is counted. :raises Malformed: `statement.…`."""
    return _look(common, place, officer, noted, door=door, lock=lock, defects=sorted(set(defects)))


def counts(
    common: Common,
    seen: Iterable[Seen],
    *,
    place: str,
    officer: str,
    counted: int | None,
    missing: Iterable[str] = (),
    extra: Iterable[str] = (),
    noted: Noted | None = None,
) -> list[Statement]:
    """The boxes that were seen in a room, in as many statements as their bytes ask for; the first bears the figure.

    Boxes that were missing or too many stand in as many of them as they need. Of boxes whose seals nobody spoke of, no seals are told.
    :raises Malformed: `statement.…`.
    """
    lines = [_found(one) for one in sorted(seen, key=lambda one: one.box)]
    lacking, more = _chunks(missing), _chunks(extra)
    widest = {"counted": counted, "missing": max(lacking, key=len, default=[]), "extra": max(more, key=len, default=[])}
    body = {**common, **(noted or Noted()).body(), **_LOOK, **widest, "officer": officer, "place": place}
    rows = list(split(lines, body)) if lines else []
    return [
        _look(common, place, officer, noted, boxes=part or [], missing=gone or [], extra=strange or [], counted=None if at else counted)
        for at, (part, gone, strange) in enumerate(zip_longest(rows or [[]], lacking, more))
    ]


def _chunks(boxes: Iterable[str]) -> list[list[str]]:
    listed = sorted(set(boxes))
    return [listed[at : at + MOST_BOXES] for at in range(0, len(listed), MOST_BOXES)]


def plenary(
    common: Common,
    *,
    place: str,
    officer: str,
    step: str,
    panels: int = 0,
    venue: str | None = None,
    witness: str | None = None,
    noted: Noted | None = None,
) -> Statement:
    """A step of the plenary of a kecamatan. :raises Malformed: `statement.…`."""
    body = {
        **common,
        **(noted or Noted()).body(),
        "officer": officer,
        "panels": panels,
        "place": place,
        "step": step,
        "venue": venue,
        "witness": witness,
    }
    return statement.draft("plenary", body)


_LOOK: dict[str, Any] = {"boxes": [], "counted": None, "defects": [], "door": None, "extra": [], "lock": None, "missing": []}


def _look(common: Common, place: str, officer: str, noted: Noted | None, **told: Any) -> Statement:
    body = {**common, **(noted or Noted()).body(), **_LOOK, **told, "officer": officer, "place": place}
    return statement.draft("inspection", body)


def _found(one: Seen) -> dict[str, Any]:
    return {"box": one.box, "by": {"how": one.how, "label": one.label}, "seals": _seals(one.seals)}


def _seals(told: SealsOf | None) -> list[dict[str, Any]]:
    return [{"number": number, "point": point, "state": state} for point, (state, number) in sorted((told or {}).items())]
