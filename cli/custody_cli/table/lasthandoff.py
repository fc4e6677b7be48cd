"""What was handed over last, told before the next handoff: what is done is not done again (no chapter of the spec)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from custody.core.errors import CustodyError
from custody_cli.boxes.named import Names
from custody_cli.ground import blind
from custody_cli.ground.app import App

if TYPE_CHECKING:
    from custody.assembly import Office

_LOOKED = 50  # entries that are looked through for the last handoff


def tell_last(app: App, opened: Office) -> None:
    """The last handoff that was recorded here today: what is done is not done again."""
    from custody.core import entry as entries
    from custody.core.statement import found_here
    from custody.i18n.dates import local

    if any(blind.counts(opened.folder.path)):  # how many came last may be how many there are
        return None
    today, names = local(opened.now(), opened.zone).date(), Names(opened)
    if (waits_here := _waiting(opened)) is not None and local(waits_here["at"], opened.zone).date() == today:
        facts = {"count": len(waits_here["boxes"]), "at": waits_here["at"], "zone": opened.zone, "end": names.place(waits_here["to"])}
        return app.console.note(app.say("cli.scan.last.waiting", **facts, start=names.place(waits_here["from"])))
    for index in range(opened.ledger.size - 1, max(0, opened.ledger.size - 1 - _LOOKED), -1):
        statement = entries.parse(opened.ledger.note(index)).statement
        body = statement.body
        if statement.kind.name == "handoff" and local(body["at"], opened.zone).date() == today:
            facts = {"count": len(body["boxes"]), "at": body["at"], "zone": opened.zone, "entry": index}
            facts |= {"start": names.place(body["from"]), "end": names.place(body["to"])}
            if found_here(body):
                return app.console.note(app.say("cli.scan.last.found", **facts))
            waits = sum(statement.sid in one.offers for one, _ in opened.ledger.judge([line["box"] for line in body["boxes"]]).values())
            code = "cli.scan.last.offered" if waits else "cli.scan.last"
            return app.console.note(app.say(code, **facts, waits=waits, receiver=names.person(body["receiver"])))
    return None


def _waiting(opened: Office) -> Mapping[str, Any] | None:
    """The newest handoff that was signed here and is no entry yet; None where none waits."""
    from custody.core import entry as notes
    from custody.core.statement import found_here

    for one in reversed(opened.outbox.pending()):
        with suppress(CustodyError):  # what no ledger would take is told when it is offered
            statement = notes.parse(one.note).statement
            if statement.kind.name == "handoff" and not found_here(statement.body):
                return statement.body
    return None
