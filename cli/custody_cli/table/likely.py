"""Who and where can be meant where few sticks are plugged in: proposed to people, so that one key says yes to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.prompts import NO, YES
from custody_cli.ground.questions import line
from custody_cli.keys.askkey import SHOWN
from custody_cli.keys.keyring import RECORDERS, enrolled, name_of

if TYPE_CHECKING:
    from custody.core.roster import Key
    from custody_cli.boxes.known import Known

_OUTWARD = ("", "packed")  # phases in which a box has not been back yet from where it was voted into


def people(known: Known, within: Sequence[Path]) -> dict[str, Path]:
    """Slot -> key file of a handoff where only these can be meant: who holds boxes on their way back, who works where they go next.

    With the only guard beside them as the recorder. Nobody where more than one pair fits, or so many keys lie there that these are shown
    in part.
    """
    there = _there(known, within)
    pairs = [
        (giver, receiver)
        for giver, one in there.items()
        for receiver, other in there.items()
        if one.person != other.person and known.may(other, "receiver") and set(_goals(known, one)) & other.places
    ]
    if len(pairs) != 1:
        return {}
    giver, receiver = pairs[0]
    parties = {there[one].person for one in pairs[0]}
    guards = [path for path, key in there.items() if key.role in RECORDERS and key.person not in parties]
    return {"giver": giver, "receiver": receiver} | ({"recorder": guards[0]} if len(guards) == 1 else {})


def agreed(app: App, known: Known, found: Mapping[str, Path]) -> tuple[dict[str, Path], str | None]:
    """These people, where somebody says yes to all of them; else nobody, and what was typed instead, None for a plain no."""
    if not found:
        return {}, None
    names, keys = Names(known.office), {slot: enrolled(known, path) for slot, path in found.items()}
    facts = {slot: names.person(key.name) for slot, key in keys.items() if key is not None}
    typed = line(app, app.say("cli.scan.who.all" if "recorder" in found else "cli.scan.who.both", **facts)).lower()
    if typed in YES or not typed:
        return dict(found), None
    return {}, None if typed in NO else typed


def giver(known: Known, within: Sequence[Path]) -> Path | None:
    """The only key whose owner holds boxes and may give them; None where several do, or none."""
    from custody.assembly import whereabouts

    there = _there(known, within).items()
    found = [path for path, key in there if known.may(key, "giver") and whereabouts.held_by(known.office, key.name)]
    return found[0] if len(found) == 1 else None


def receiver(known: Known, within: Sequence[Path]) -> Path | None:
    """The only key for whose owner loads wait, among however many; None where they wait for several of them, or for none."""
    from custody.assembly.loads import offered

    awaited = {one.offer.body["receiver"] for one in offered(known.office)}
    found = {name: path for path in reversed(within) if (name := name_of(path)) in awaited and enrolled(known, path) is not None}
    return next(iter(found.values())) if len(found) == 1 else None


def goal(known: Known, name: str) -> str | None:
    """The one place where the boxes that somebody holds go next by the plan; None while some are on their way out, or several are."""
    key = known.key(name)
    goals = _goals(known, key) if key is not None else []
    return goals[0] if len(goals) == 1 else None


def _goals(known: Known, key: Key) -> list[str]:
    """Where the boxes that this key holds go next by the plan: nowhere while one of them is on its way out, or he may give none."""
    from custody.assembly import whereabouts

    held = whereabouts.held_by(known.office, key.name) if known.may(key, "giver") else []
    known.judge(held)
    holdings = [one for box in held if (one := known.holding(box)) is not None]
    if not holdings or any(one.phase in _OUTWARD for one in holdings):
        return []
    places, size = known.office.ledger.state.places, known.office.ledger.size
    return sorted({end for place in key.places for end in places.onward(place, size)})


def _there(known: Known, within: Sequence[Path]) -> dict[Path, Key]:
    """The keys that are plugged in and enrolled, one of each name; none where they are more than a screen shows."""
    if len(within) > SHOWN:
        return {}
    named = {key.name: (path, key) for path in reversed(within) if (key := enrolled(known, path)) is not None}
    return dict(named.values())
