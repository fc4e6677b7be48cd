"""Books: rare acts that are judged together and not box by box: rooms, loads, plenaries, incidents (spec chapters 17 to 20).

A state keeps only the entries of each book. When all is settled they are read again, united per statement and judged as a set, so that no
order of arrival matters. Each book has one pure function `judge(acts, trail, world) -> list[Finding]` in the module of its name.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from typing import Any, Protocol

from custody.core.act import Act, united
from custody.core.findings import Finding, finding
from custody.core.known import Known
from custody.core.moment import to_seconds
from custody.core.rights import SLOTS
from custody.core.roster import Key
from custody.core.statement import Statement
from custody.core.trail import Trail

ROOMS = "rooms"  # shift, visit, inspection; incidents by which boxes are known to be gone, and what settles such
LOADS = "loads"  # manifest, handoffs with a consignment or things, acks
PLENARIES = "plenaries"  # plenary; handoffs that state why a box did not wait for one
INCIDENTS = "incidents"
BOOKS = (ROOMS, LOADS, PLENARIES, INCIDENTS)

GONE = frozenset(("missing", "stolen", "sunk", "burnt", "lost-contact"))  # incidents that take their boxes out of a count


class World(Known, Protocol):
    """What a book is judged on: what the law knows, as it stands at the index of each act."""

    def reaches(self, key: Key, place: str, index: int) -> bool:
        """Whether a key may act at a place, as the places stand at an entry."""


Judge = Callable[[Iterable[Act], Trail, World], list[Finding]]


def books_of(statement: Statement) -> tuple[str, ...]:
    """The books that a statement belongs to."""
    name, body = statement.kind.name, statement.body
    if name == "handoff":
        loads = body["consignment"] is not None or body["things"]
        if not loads and not body["irregular"]:
            return ()  # asked for every entry
        return (*((LOADS,) if loads else ()), *((PLENARIES,) if _waited_not(body) else ()))
    if name == "incident":
        return (ROOMS, INCIDENTS) if body["settles"] or (body["boxes"] and body["code"] in GONE) else (INCIDENTS,)
    return _OF_KIND.get(name, ())


def _waited_not(body: dict[str, Any]) -> bool:
    """The signers state why a box leaves before its plenary is over."""
    return any(one["finding"] == "plenary.unfinished" for one in body["irregular"])


_OF_KIND = {
    "shift": (ROOMS,),
    "visit": (ROOMS,),
    "inspection": (ROOMS,),
    "manifest": (LOADS,),
    "ack": (LOADS,),
    "plenary": (PLENARIES,),
}


def gathered(acts: Iterable[Act]) -> list[Act]:
    """Each statement once, with the signatures of all its entries; in order of the time that it claims, then of sid."""
    parts: dict[str, list[Act]] = {}
    for act in acts:
        parts.setdefault(act.sid, []).append(act)
    return sorted((reduce(united, some) for some in parts.values()), key=lambda act: (happened(act), act.sid))


def happened(act: Act) -> int:
    """When it is said to have happened, Unix seconds."""
    return to_seconds(act.body["happened"]["at"])


def speaks(act: Act, field: str, world: World) -> bool:
    """Whether the person that an act names in a field stands behind it (FOLD-10).

    He signed in time, and has a role and a place that the table of `rights` gives.
    """
    name = act.body[field]
    if name is None or name not in act.signed:
        return False
    key = world.roster.find(name, act.entry)
    slot = next(slot for slot in SLOTS[act.statement.kind.name] if slot.field == field)
    if key is None or key.role not in slot.roles:
        return False
    return not slot.where or any(world.reaches(key, act.body[where], act.entry) for where in slot.where)


def unsigned(act: Act, field: str) -> Iterator[Finding]:
    """Told of who signed, where the person that an act names has not: then it is nobody's word (FOLD-10)."""
    name = act.body[field]
    if name in act.late:
        yield finding("statement.late", act.entry, key=name, sid=act.sid)
    elif name not in act.signed:
        yield finding("statement.unsigned", act.entry, key=", ".join(sorted(act.signed | act.late)) or "-", sid=act.sid)
