"""`custody register`: boxes that come later, each linked to the one it follows: another round, a replacement, recapitulation."""

from typing import TYPE_CHECKING, Any

from custody.core.errors import Refused
from custody_cli.ground.desk import office
from custody_cli.ground.runtime import App, argument, option, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.ground.wordchoice import WordChoice
from custody_cli.keys.authorise import Table, answered, authorise, ready, with_signers_or_sheet

if TYPE_CHECKING:
    from custody.assembly import Office

REASONS = ("psu", "psl", "pss", "pssu-mk", "replacement", "recap")


@define("register")
@argument("places", nargs=-1, required=True)
@option("--reason", type=WordChoice("rerun", REASONS), required=True)
@option("--type", "types", multiple=True)
@option("--again", is_flag=True)
@with_signers_or_sheet
@pass_app
def command(app: App, places: tuple[str, ...], reason: str, types: tuple[str, ...], again: bool, table: Table) -> None:
    with office(app, write=True) as opened:
        ready(opened, table)
        boxes = _boxes(app, opened, places, reason, types)
        for one in boxes:
            app.console.note(app.say("cli.register.box", box=one["box"], follows=one["replaces"] or "-"))
        _not_twice(app, opened, boxes, reason, again or not table.yes)
        agree = app.say("cli.register.agree", boxes=len(boxes), reason=app.say(f"rerun.{reason}"))
        done = authorise(app, opened, _drafts(opened, boxes, reason), table, agree)
    facts = {"boxes": [one["box"] for one in boxes], "reason": reason}
    answered(app, done, table, "register", facts, lambda: app.say("cli.register.done", boxes=len(boxes)))


def _boxes(app: App, opened: "Office", places: tuple[str, ...], reason: str, types: tuple[str, ...]) -> list[dict[str, Any]]:
    """The next box of each type for the places named. Raises `Refused`: `register.place`, `register.types`."""
    from custody.ledger import parts
    from custody_cli.boxes.choosing import Choosing

    profile = opened.founding.body["profile"]
    wanted = [item["code"] for item in profile["types"] if not types or item["code"] in {one.upper() for one in types}]
    choosing, home = Choosing(opened), "kecamatan" if reason == "recap" else "tps"
    found = [choosing.place(text) for text in places]
    for code in found:
        place = opened.ledger.state.places.get(code, opened.ledger.size)
        if place is None or place.kind != home:
            raise Refused("register.place", place=code, home=app.say(f"placekind.{home}"))
    if not wanted:
        raise Refused("register.types", types=tuple(types), known=tuple(item["code"] for item in profile["types"]))
    known, again = opened.ledger.state.register.boxes.values(), reason not in ("replacement", "recap")
    return parts.next_boxes(known, [{"code": code} for code in sorted(set(found))], profile["code"], wanted, again)


def _not_twice(app: App, opened: "Office", boxes: list[dict[str, Any]], reason: str, allowed: bool) -> None:
    """A box more where the last one registered for this very reason was never used: told, and refused unless somebody means it.

    Raises `Refused("register.unused")`.
    """
    register = opened.ledger.state.register
    last = [known for one in boxes if (known := register.boxes.get(one["replaces"])) is not None and known.later and known.reason == reason]
    judged = opened.ledger.judge([one.box for one in last])
    unused = [one.box for one in last if judged[one.box][0].holding is None]
    if not unused:
        return
    few = tuple(unused[:6])
    if not allowed:
        raise Refused("register.unused", count=len(unused), boxes=few, reason=reason)
    app.console.warn(app.say("register.unused", count=len(unused), boxes=few, reason=reason))


def _drafts(opened: "Office", boxes: list[dict[str, Any]], reason: str) -> list[Any]:
    from custody.core.statement import draft
    from custody.ledger import parts
    from custody.ledger.sheet import Draft

    return [Draft(draft("register", body)) for body in parts.register_bodies(opened.common(), boxes, reason)]
