"""Concern: whose word about a box or a room counts against others (spec chapter 09, FOLD-10). Pure rules, said once for every book.

A role and a place alone do not suffice where the signer names the place himself: the box must have to do with a place at which he acts.
"""

from collections.abc import Iterable, Iterator
from typing import Protocol

from custody.core.act import Act, Rules, claims, offers
from custody.core.boxid import BoxId
from custody.core.rights import SIGNERS, SLOTS
from custody.core.roster import Key, colleague
from custody.core.trail import Trail


class Ground(Rules, Protocol):
    """What concern is judged on; every `World` and the state itself are one."""

    def reaches(self, key: Key, place: str, index: int) -> bool:
        """Whether a key may act at a place, as the places stand at an entry."""


def signers(act: Act, ground: Ground) -> list[Key]:
    """Who signed in time in a role that the table gives to a kind without named signers (an incident, an ack, ...), by name."""
    keys = (ground.roster.find(name, act.entry) for name in sorted(act.signed))
    return [key for key in keys if key is not None and key.role in SIGNERS[act.statement.kind.name]]


def holds_or_colleague(name: str | None, holder: str | None, index: int, ground: Ground) -> bool:
    """Whether a key is that of the holder of a box, or of a colleague of his; both as they are enrolled at an entry."""
    return colleague(ground.roster.find(name, index), ground.roster.find(holder, index))


def home(box: str) -> str:
    """The code of the place where a box belongs. Raises `Malformed` for what is no box id."""
    return BoxId.parse(box).place


def stood(box: str, trail: Trail) -> Iterator[str]:
    """Its home, and every place where its chain has it or sent it: complete links only."""
    yield home(box)
    for step in trail.of(box):
        yield from dict.fromkeys((step.place, step.to))


def reaches_any(key: Key, places: Iterable[str], index: int, ground: Ground) -> bool:
    """Whether a key may act at one of these places."""
    return any(ground.reaches(key, place, index) for place in dict.fromkeys(places))


def concerned(name: str, box: str, act: Act, trail: Trail, ground: Ground) -> bool:
    """Whether who signs an act acts at the home of a box, or where its chain ever had or sent it.

    The place that the act itself states is nothing: whoever signs chooses it.
    """
    key = ground.roster.find(name, act.entry)
    return key is not None and reaches_any(key, stood(box, trail), act.entry, ground)


def has_part(act: Act, box: str, holder: str | None, ground: Ground) -> bool:
    """Whether one who signed a link is concerned with a box: as giver, sealer or officer, or as receiver or witness (FOLD-6).

    holder: who holds it after the link that this one follows; None where nobody does, or it is not known.
    """
    body = act.body
    if "giver" in body or "sealer" in body:
        gives, takes = (body["giver"], body["receiver"]) if "giver" in body else (body["sealer"], body["witness"])
        if gives in act.signed and offers(act, box, holder, ground):
            return True
        return takes in ground.roster.by_name and claims(act, box, ground)
    key = ground.roster.find(body.get("officer"), act.entry)
    if key is None:
        return "officer" not in body  # a closing is the authorities'
    if holder is not None:
        return holds_or_colleague(key.name, holder, act.entry, ground)
    return ground.reaches(key, body["place"], act.entry) and ground.places.on_way(home(box), body["place"], act.entry)


def may_receive(act: Act, box: str, ground: Ground) -> bool:
    """Whether the named receiver of a handoff, by his word alone, may have this box (FOLD-10).

    He signed in time in a role that receives, acts at `place` or `to`, and that very place lies on the way of the box.
    """
    return any(_takes(act, box, place, ground) for place in (act.body["to"], act.body["place"]))


def _takes(act: Act, box: str, place: str, ground: Ground) -> bool:
    key = ground.roster.find(act.body["receiver"], act.entry)
    if key is None or key.name not in act.signed or key.role not in _RECEIVERS:
        return False
    return ground.reaches(key, place, act.entry) and ground.places.on_way(home(box), place, act.entry)


_RECEIVERS = next(slot for slot in SLOTS["handoff"] if slot.field == "receiver").roles
