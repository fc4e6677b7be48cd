"""A dispute on the screen: the branches, who signed what, who may not decide; which one stands is asked, never assumed (FOLD-12)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from custody_cli.boxes import daily
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.questions import NONE
from custody_cli.ground.questions import told as asked_until
from custody_cli.table.journeys import needed

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.assembly.deciding import Branch, Dispute
    from custody.station.occasions import Judged

_FEW = 6


def show(app: App, names: Names, dispute: Dispute) -> None:
    """A dispute in words: its boxes, each branch with its number, the parties."""
    boxes = [names.box(box) for box in dispute.boxes]
    app.console.note(paint(app.say("cli.rule.boxes", count=len(boxes), boxes=[*boxes[:_FEW], *["…"][: len(boxes) > _FEW]]), "head"))
    for number, one in enumerate(dispute.branches, 1):
        app.console.note(f"  {paint(str(number), 'head')}  {_told(app, names, one)}")
        signed = tuple(names.person(name) for name in one.signers)
        app.console.note("     " + app.say("cli.rule.signed", names=signed, sid=one.statement.sid, entry=one.entry))
        for entry, side, keys in one.acks:
            facts = {"entry": entry, "kind": f"ack-{side}", "names": tuple(names.person(name) for name in keys)}
            app.console.note("     " + app.say("cli.rule.ack", **facts))
        if one.later:
            app.console.note("     " + app.say("cli.rule.later", count=one.later))
    parties = tuple(names.person(name) for name in sorted(dispute.parties))
    app.console.note("  " + app.say("cli.rule.parties", names=parties))


def _told(app: App, names: Names, one: Branch) -> str:
    """A branch in one line."""
    body, kind = one.statement.body, one.statement.kind.name
    facts: dict[str, Any] = {"at": body["happened"]["at"], "zone": names.office.zone, "kind": kind, "place": names.place(body["place"])}
    if kind == "handoff":
        facts |= {"giver": names.person(body["giver"]), "receiver": names.person(body["receiver"])}
        return app.say("cli.rule.branch.handoff", **facts, start=names.place(body["from"]), end=names.place(body["to"]))
    who = body.get("sealer") or body.get("officer")
    return app.say("cli.rule.branch.by" if who else "cli.rule.branch", **facts, who=names.person(who))


def judged(app: App, office: Office, disputes: Sequence[Dispute], stands: str | None, yes: bool) -> list[Judged]:
    """What is decided of each box: as said, else asked for dispute by dispute.

    Raises `WrongUse`: `cli.rule.several` for one word about several disputes, `cli.rule.stands` for what is no branch.
    """
    from custody.station.occasions import Judged

    if stands is not None and len(disputes) > 1:
        raise WrongUse("cli.rule.several", count=len(disputes))
    found = []
    for dispute in disputes:
        show(app, Names(office), dispute)
        chosen = _said(office, dispute, stands) if stands is not None else needed("--stands") if yes else _asked(app, dispute)
        falls = tuple(one.statement.sid for one in dispute.branches if one.statement.sid != chosen)
        found += [Judged(box, dispute.prev, chosen, falls) for box in dispute.boxes]
    return found


def _said(office: Office, dispute: Dispute, typed: str) -> str | None:
    """A branch by its id or entry, or by those of an ack about it; none of them in words. Raises WrongUse("cli.rule.stands"),
    as `daily.recorded`.
    """
    if typed.lower().replace("-", " ").strip() in NONE or typed == "-":
        return None
    told = daily.recorded(office, typed)
    meant = {told.sid} if told.kind.name != "ack" else set(told.body["about"])
    found = [one.statement.sid for one in dispute.branches if one.statement.sid in meant]
    if len(found) != 1:
        raise WrongUse("cli.rule.stands", typed=typed)
    return found[0]


def _asked(app: App, dispute: Dispute) -> str | None:
    count = len(dispute.branches)

    def take(typed: str) -> tuple[str | None] | None:
        if typed.lower() in NONE:
            return (None,)
        if typed.isascii() and typed.isdigit() and 1 <= int(typed) <= count:
            return (dispute.branches[int(typed) - 1].statement.sid,)
        return None

    return asked_until(app, app.say("cli.rule.ask", last=count), app.say("cli.rule.ask.again", last=count), take)[0]
