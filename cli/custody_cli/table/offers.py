"""Offers at the table: what a completion will do to boxes that have moved on, and own offers that a handoff leaves open (chapter 09)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from custody_cli.boxes import daily, findings
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.prompts import confirm

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.core.findings import Finding
    from custody.core.statement import Statement
    from custody.station.manifest import Journey, Seen
    from custody_cli.boxes.known import Known

_MOVED = frozenset(("box.disputed", "box.orphan", "box.closed"))  # the signature moves nothing, or against another


def foreseen(office: Office, statements: Sequence[Statement], signer: str) -> list[Finding]:
    """What is found of these boxes once this person has signed, and is not found without it; the gravest first."""
    from custody.core.act import Act

    boxes = {line["box"]: one for one in statements for line in one.body["boxes"]}
    before, found = office.ledger.judge(boxes), dict[tuple[bool, bool, str], list["Finding"]]()
    for box, one in boxes.items():
        _, after = office.ledger.foresee(box, Act(one, office.ledger.size, frozenset((signer,)), frozenset()))
        known = set(before[box][1])
        for item in (item for item in after if item not in known and item.severity != "note"):
            found.setdefault((item.code not in _MOVED, item.severity != "breach", item.code), []).append(item)
    return [item for key in sorted(found) for item in found[key]]


def tell(app: App, office: Office, found: Sequence[Finding]) -> None:
    """Before anybody signs: what the signature brings about; a box that somebody else holds by now comes with the bell."""
    names = Names(office)
    if moved := [one for one in found if one.code in _MOVED]:
        held = office.ledger.judge([str(moved[0].box)])[str(moved[0].box)][0].holding
        facts = {"count": len({one.box for one in moved}), "box": names.box(str(moved[0].box))}
        app.console.bell(3)
        app.console.warn(app.say("cli.handoff.moved-on", **facts, holder=names.person(held.holder if held is not None else None)))
        app.console.note(f"{app.say('cli.next')} {app.next_step('cli.handoff.moved-on')}")
    for one, more in findings.looks(found):
        told = app.say(one.code, **findings.facts_of(one, office.zone, names))
        shown = app.say("cli.handing.finding", code=one.code, count=more + 1, told=told)
        app.console.note(paint(shown, "bad" if one.severity == "breach" else "warn"))


def taken_back(app: App, office: Office, known: Known, journey: Journey, seen: Sequence[Seen], yes: bool) -> Journey:
    """A giver who has offered these boxes already: who then signs the offer disputes this handoff. He is asked whether he takes it back.

    The journey with what he takes back; where nobody may be asked (`yes`) it is told with the option that does it.
    """
    known.judge([one.box for one in seen])
    left: dict[str, int] = {}
    for one in seen:
        for sid in known.state(one.box).offers:
            if sid not in journey.withdraws:
                left[sid] = left.get(sid, 0) + 1
    names = Names(office)
    for sid, count in left.items():
        body = daily.recorded(office, sid).body
        if journey.giver is not None and body.get("giver") == journey.giver:
            facts = {"count": count, "receiver": names.person(body["receiver"]), "sid": sid}
            app.console.warn(app.say("cli.handoff.still-offered", **facts))
            if not yes and confirm(app.prompter, app.say("cli.handoff.take-back"), app.lang, True):
                journey = replace(journey, withdraws=(*journey.withdraws, sid))
            elif yes:
                app.console.note(f"{app.say('cli.next')} {app.next_step('cli.handoff.still-offered', command=f'--withdraw {sid[:12]}')}")
    return journey


def suffices(office: Office, statements: Sequence[Statement]) -> bool:
    """Whether the receiver's word alone moves the boxes of these receipts (spec chapter 09, ACT-2)."""
    from custody.core.act import Act, completion

    state, size = office.ledger.state, office.ledger.size
    alone = (Act(one, size, frozenset((one.body["receiver"],)), frozenset()) for one in statements)
    return all(completion(act, state) == "complete" for act in alone)
