"""Rare occasions: an opening, an incident, a ruling, a closing, from what people said to the statement that they sign (spec chapter 08).

Nothing here judges. What the law will say of a draft is asked with `manifest.foreseen`, shown before anybody signs, and never stands in the
way of recording what happened.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from custody.core import statement
from custody.core.shapes import MOST_BOXES
from custody.core.statement import Statement
from custody.station.manifest import Common, Photo, photographs, split, stated

Things = Mapping[str, int]  # what is counted, by its code word
Reasons = Iterable[tuple[str, str]]  # finding and reason


class Attendant(NamedTuple):
    """Somebody who was invited or came: his role, his key where he has one, else a commitment to his name, his institution."""

    role: str
    key: str | None = None
    name: dict[str, str] | None = None
    institution: str | None = None


@dataclass(frozen=True)
class Opening:
    """An opening but for its boxes.

    basis: why the seals were cut, `none` for no reason at all; order: its number. closed: when the boxes were shut again, None: left open.
    """

    basis: str
    order: str | None
    place: str
    officer: str
    present: tuple[Attendant, ...] = ()
    invited: tuple[Attendant, ...] = ()
    taken_out: Things = field(default_factory=dict)
    put_back: Things = field(default_factory=dict)
    closed: str | None = None
    photos: tuple[Photo, ...] = ()


@dataclass(frozen=True)
class Incident:
    """What happened, where, to which boxes. owner: key of who sees to it, by `due`. settles: sids of the incidents that this one ends."""

    code: str
    place: str
    boxes: tuple[str, ...] = ()
    owner: str | None = None
    due: str | None = None
    about: tuple[str, ...] = ()
    settles: tuple[str, ...] = ()
    photos: tuple[Photo, ...] = ()


class Judged(NamedTuple):
    """A ruling on one box: after which link, which of those that contradict each other stands (None: none of them), which fall."""

    box: str
    prev: str | None
    stands: str | None
    falls: tuple[str, ...]


def opening(
    common: Common, told: Opening, boxes: Sequence[dict[str, Any]], irregular: Reasons = (), note: dict[str, str] | None = None
) -> list[Statement]:
    """An opening of these box lines, in as many statements as their bytes ask for; what was taken out and put back stands in the first.

    :raises Refused: `manifest.empty`. :raises Malformed: `statement.…`.
    """
    body = {
        **common,
        "basis": told.basis,
        "closed": told.closed,
        "invited": _attendants(told.invited),
        "irregular": stated(irregular),
        "note": note,
        "officer": told.officer,
        "order": told.order,
        "photos": photographs(told.photos),
        "place": told.place,
        "present": _attendants(told.present),
        "put_back": things(told.put_back),
        "taken_out": things(told.taken_out),
    }
    first, *rest = split(boxes, body)
    again = {**body, "put_back": [], "taken_out": []}
    return [statement.draft("opening", {**body, "boxes": first}), *(statement.draft("opening", {**again, "boxes": part}) for part in rest)]


def incident(common: Common, told: Incident, note: dict[str, str] | None = None, irregular: Reasons = ()) -> list[Statement]:
    """What happened, in one statement; boxes beyond what one may name stand in further ones, each about the first.

    :raises Malformed: `statement.…`.
    """
    boxes = sorted(set(told.boxes))
    body = {
        **common,
        "about": sorted(set(told.about)),
        "boxes": boxes[:MOST_BOXES],
        "code": told.code,
        "due": told.due,
        "irregular": stated(irregular),
        "note": note,
        "owner": told.owner,
        "photos": photographs(told.photos),
        "place": told.place,
        "settles": sorted(set(told.settles)),
    }
    first = statement.draft("incident", body)
    rest = [boxes[at : at + MOST_BOXES] for at in range(MOST_BOXES, len(boxes), MOST_BOXES)]
    more = {**body, "about": [first.sid], "photos": [], "settles": []}
    return [first, *(statement.draft("incident", {**more, "boxes": part}) for part in rest)]


def ruling(
    common: Common,
    judged: Iterable[Judged],
    *,
    order: str | None = None,
    supersedes: Iterable[str] = (),
    note: dict[str, str] | None = None,
) -> list[Statement]:
    """What supervisors decide of disputed boxes, in as many statements as their bytes ask for. Raises as `opening`."""
    rows = [{"box": one.box, "falls": sorted(set(one.falls)), "prev": one.prev, "stands": one.stands} for one in sorted(judged)]
    body = {**common, "note": note, "order": order, "supersedes": sorted(set(supersedes))}
    return [statement.draft("ruling", {**body, "boxes": part}) for part in split(rows, body)]


def closing(
    common: Common,
    boxes: Sequence[dict[str, Any]],
    *,
    end: str,
    permit: str,
    place: str,
    irregular: Reasons = (),
    note: dict[str, str] | None = None,
    photos: Iterable[Photo] = (),
) -> list[Statement]:
    """The end of boxes, in as many statements as their bytes ask for. Raises as `opening`."""
    body = {
        **common,
        "end": end,
        "irregular": stated(irregular),
        "note": note,
        "permit": permit,
        "photos": photographs(photos),
        "place": place,
    }
    return [statement.draft("closing", {**body, "boxes": part}) for part in split(boxes, body)]


def things(counted: Things) -> list[dict[str, Any]]:
    """Counted things as statements list them, those of which there are none left out."""
    return [{"count": count, "thing": thing} for thing, count in sorted(counted.items()) if count]


def _attendants(people: Iterable[Attendant]) -> list[dict[str, Any]]:
    return [one._asdict() for one in people]
