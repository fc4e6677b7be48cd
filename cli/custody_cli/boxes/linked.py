"""How a box belongs to others of its TPS and type: the older box that it follows, and those that followed it (chapter 09, REG-8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from custody_cli.boxes.named import Names
from custody_cli.ground.app import App

if TYPE_CHECKING:
    from custody.assembly import Office


def lines(app: App, names: Names, box: str) -> list[str]:
    """The links of a box in words; nothing for one that follows none and that none follows."""
    register = names.office.ledger.state.register
    known, told = register.boxes.get(box), list[str]()
    if known is not None and (known.later or known.replaces is not None):
        code = "cli.linked.follows" if known.replaces is not None else "cli.linked.alone"
        facts = {"reason": known.reason, "round": known.round, "entry": known.since}
        told.append(app.say(code, **facts, box=_named(names, known.replaces or "-")))
    return told + [
        app.say("cli.linked.followed", box=_named(names, one.box), reason=one.reason, round=one.round, entry=one.since)
        for one in register.followers(box)
    ]


def document(office: Office, box: str) -> dict[str, Any]:
    """The same for --json."""
    register = office.ledger.state.register
    known = register.boxes.get(box)
    own = {"entry": known.since, "reason": known.reason, "round": known.round, "replaces": known.replaces} if known is not None else None
    later = [{"box": one.box, "entry": one.since, "reason": one.reason, "round": one.round} for one in register.followers(box)]
    return {"registered": own, "followed_by": later}


def successors(names: Names, box: str) -> str:
    """The boxes that follow this one, as a sentence names them; "" where none does."""
    return ", ".join(_named(names, one.box) for one in names.office.ledger.state.register.followers(box))


def _named(names: Names, box: str) -> str:
    told = names.box(box)
    return told if told == box else f"{told} ({box})"
