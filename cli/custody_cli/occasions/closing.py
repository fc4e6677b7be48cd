"""What speaks against closing boxes, told before authorities sign: the term of keeping, disputes, incidents, findings (chapter 10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from custody.core.moment import from_seconds, to_seconds
from custody_cli.boxes import linked
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.console import paint

if TYPE_CHECKING:
    from custody.assembly import Office

# As in custody.core.shapes, which loads more than the help of a command needs; a test holds both together.
ENDS = ("archived", "disposed", "destroyed", "court", "lost", "replaced")
_FEW = 6
_DAY = 86_400


class Warned(NamedTuple):
    """One thing to think of before boxes are closed: its code under `cli.close.warn`, the boxes, what the sentence needs."""

    code: str
    boxes: tuple[str, ...]
    facts: dict[str, Any]


def warnings(office: Office, boxes: Sequence[str], end: str = "archived") -> list[Warned]:
    """What speaks against closing these boxes now in that way; the law tells some of it again, and nothing of it forbids."""
    from custody.assembly.incidents import open_incidents
    from custody.core.findings import open_breaches

    judged = office.ledger.judge(boxes)
    states = {box: state for box, (state, _) in judged.items()}
    found = [Warned("closed", tuple(box for box in boxes if states[box].status == "closed"), {})]
    found.append(Warned("disputed", tuple(box for box in boxes if states[box].branches), {}))
    found.append(Warned("waiting", tuple(box for box in boxes if states[box].offers or states[box].waiting), {}))
    register = office.ledger.state.register
    found.append(Warned("unreplaced", tuple(box for box in boxes if end == "replaced" and not register.followers(box)), {}))
    found += _early(office, states)
    against = {box: {one.code for one in open_breaches(told)} - {"incident.open", "box.disputed"} for box, (_, told) in judged.items()}
    codes = tuple(sorted({code for told in against.values() for code in told}))
    found.append(Warned("against", tuple(box for box in boxes if against[box]), {"codes": codes}))
    for one in open_incidents(office):
        mine = tuple(box for box in boxes if box in one.act.body["boxes"])
        found.append(Warned("incident", mine, {"entry": one.act.entry, "what": one.act.body["code"]}))
    return [one for one in found if one.boxes]


def _early(office: Office, states: dict[str, Any]) -> list[Warned]:
    """Boxes that are still to be kept, by the founding's days since their first sealing."""
    days = office.ledger.state.profile.retention
    if days is None:
        return [Warned("retention-unknown", tuple(states), {})]
    now, early = to_seconds(office.now()), dict[str, int]()
    for box, state in states.items():
        if state.holding is not None and now < state.holding.first + days * _DAY:
            early[box] = state.holding.first + days * _DAY
    until = from_seconds(max(early.values())) if early else None
    return [Warned("early", tuple(early), {"until": until, "days": days})]


def successors(app: App, names: Names, boxes: Sequence[str]) -> dict[str, list[str]]:
    """Which boxes have taken the place of these, also on the screen: box -> the boxes that follow it."""
    register = names.office.ledger.state.register
    found = {box: [one.box for one in register.followers(box)] for box in boxes}
    for box, newer in found.items():
        if newer:
            app.console.note("  " + app.say("cli.close.successor", box=names.box(box), newer=linked.successors(names, box)))
    return found


def tell(app: App, names: Names, found: Sequence[Warned]) -> None:
    """The warnings on the screen."""
    for one in found:
        few = [names.box(box) for box in one.boxes[:_FEW]]
        told = [*few, *["…"][: len(one.boxes) > _FEW]]
        said = app.say(f"cli.close.warn.{one.code}", count=len(one.boxes), boxes=told, zone=names.office.zone, **one.facts)
        app.console.note(paint(f"! {said}", "warn"))
