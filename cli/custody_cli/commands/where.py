"""`custody where`: where a box is or was, in one line."""

from typing import TYPE_CHECKING, Any

from custody_cli.boxes import looking
from custody_cli.boxes.choosing import Choosing
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.desk import office
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.runtime import Exit, argument, option, pass_app
from custody_cli.ground.runtime import command as define

if TYPE_CHECKING:
    from collections.abc import Iterator

    from custody.assembly import Office
    from custody.assembly.account import Account
    from custody.core.trail import Step

_COUNTS = ("expected", "custody", "transit", "unaccounted", "disputed", "closed", "overdue")


@define("where")
@argument("what", nargs=-1, required=True)
@option("--at", "at")
@pass_app
def command(app: App, what: tuple[str, ...], at: str | None) -> int | None:
    from custody.assembly.arrivals import order
    from custody.assembly.reconciling import accounts, total
    from custody_cli.boxes.minute import of_past

    with office(app) as opened:
        boxes = sorted(Choosing(opened).area(" ".join(what), "custody where"), key=order)
        if not boxes:
            raise WrongUse("cli.trace.none", text=" ".join(what))
        moment, names = of_past(app, at, opened.now(), opened.zone), Names(opened)
        found = accounts(opened, boxes, moment)
        document = {"at": moment or opened.now(), "past": moment is not None, "boxes": [_document(opened, one) for one in found]}
        document["total"] = {name: getattr(total(found), name) for name in _COUNTS}
        app.answer("where", document, lambda: "\n".join(_lines(app, names, found, moment is not None)))
        return Exit.FINDINGS if any(one.where.trouble or one.overdue for one in found) else None


def _document(opened: "Office", one: "Account") -> dict[str, Any]:
    where = one.where
    told: dict[str, Any] = {name: getattr(where, name) for name in ("box", "status", "holder", "place", "to", "since", "due")}
    told["end"] = looking.ended(opened, one.box, where.status)
    told |= {"kind": one.kind, "overdue": one.overdue, "against": sorted({found.code for found in where.against})}
    others = [{"place": step.place, "to": step.to, "entry": step.entry} if step is not None else None for step in one.others]
    return told | {"may_have_been": others}


def _lines(app: App, names: Names, found: "list[Account]", past: bool) -> "Iterator[str]":
    """The boxes, and of several how many stand how, as `custody reconcile` counts them."""
    from custody.assembly.reconciling import total

    yield from (_line(app, names, one, past) for one in found)
    if len(found) > 1:
        whole = total(found)
        yield app.say("cli.where.total", **{name: getattr(whole, name) for name in _COUNTS})


def _line(app: App, names: Names, one: "Account", past: bool) -> str:
    """Everything about one box that fits in a line."""
    where, zone = one.where, names.office.zone
    if where.place is None:
        told = app.say("cli.where.then.unknown" if past else "cli.where.unknown", box=names.box(one.box))
    else:
        facts = {"place": names.place(where.place), "to": names.place(where.to or "-"), "holder": names.person(where.holder)}
        code = "cli.where.moving" if where.moving else "cli.where.last" if one.kind == "unaccounted" else "cli.where.resting"
        told = app.say(code, box=names.box(one.box), **facts, since=where.since, zone=zone)
    parts = [told]
    if one.overdue:
        parts.append(paint(app.say("cli.where.overdue", due=where.due, zone=zone), "bad"))
    if where.status not in ("ok", "registered") or where.against:
        end = looking.ended(names.office, one.box, where.status)
        parts.append(paint(looking.state_told(app, where.status, where.against, end), looking.state_tone(where.status, where.against)))
    if one.others:
        parts.append(app.say("cli.where.perhaps", others="; ".join(_other(app, names, step) for step in one.others)))
    return " · ".join(parts)


def _other(app: App, names: Names, step: "Step | None") -> str:
    if step is None:
        return app.say("cli.where.other.none")
    code = "cli.where.other" if step.place == step.to else "cli.where.other.moving"
    return app.say(code, place=names.place(step.place), to=names.place(step.to))
