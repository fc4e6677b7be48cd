"""`custody find`: everything in the ledger that a word may mean, each with what can be typed next."""

from collections.abc import Mapping
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
    from custody.assembly import Office


@define("find")
@argument("what", nargs=-1, required=True)
@option("--limit", type=int, default=20)
@pass_app
def command(app: App, what: tuple[str, ...], limit: int) -> int | None:
    from custody_cli.boxes import seeking

    text = " ".join(what).strip()
    if not text:
        raise WrongUse("cli.meant.empty")
    with office(app) as opened:
        choosing, names = Choosing(opened), Names(opened)
        labels = seeking.labels(choosing, text)
        found: dict[str, list[Any]] = {
            "places": [] if labels else _places(choosing, names, text),
            "boxes": seeking.boxes(choosing, text),
            "people": seeking.people(app, opened, text),
            "givers": seeking.givers(opened, text),
            "seals": seeking.seals(opened, text),
            "labels": labels,
            "states": seeking.states(app, opened, text),
            "against": seeking.against(app, opened, names, text),
            "entries": seeking.entries_with(opened, text),
        }
        shown = {name: listed[: max(limit, 1)] for name, listed in found.items()}
        more = {name: len(listed) - len(shown[name]) for name, listed in found.items() if len(listed) > len(shown[name])}
        app.answer("find", {"query": text, **shown, "more": more}, lambda: _tell(app, opened, names, shown, more, text))
    return None if any(found.values()) else Exit.FINDINGS


def _places(choosing: Choosing, names: Names, text: str) -> list[dict[str, str]]:
    found = [one for one in choosing.places.find(text, 1000) if one.how != "near" or not text.strip().isdecimal()]
    return [
        {"code": one.place.code, "name": names.place(one.place.code), "how": one.how, "type": choosing.typed_place(one.place.code)}
        for one in found
    ]


def _tell(app: App, opened: "Office", names: Names, found: Mapping[str, list[Any]], more: Mapping[str, int], text: str) -> None:
    if not any(found.values()):
        _tell_nothing(app, opened, text)
        return
    for title, listed in found.items():
        if listed:
            app.console.answer(paint(app.say(f"cli.find.{title}"), "head"))
        for one in listed:
            app.console.answer("  " + _line(app, opened, names, title, one))
        if title in more:
            app.console.answer("  " + app.say("cli.find.more", count=more[title], all=more[title] + len(listed)))


def _tell_nothing(app: App, opened: "Office", text: str) -> None:
    """Nothing, and why where the words were nearly a box or a place."""
    from custody_cli.boxes import seeking

    app.console.answer(app.say("cli.find.nothing", text=text))
    if (slip := seeking.slip(text)) is not None:
        app.console.answer(app.say(slip[0], **slip[1]))
        app.console.answer(f"{app.say('cli.next')} {app.next_step(slip[0], **slip[1])}")
        return
    try:
        Choosing(opened).meant(text, "custody find")
    except WrongUse as why:
        if why.code != "cli.place.unknown":
            app.console.answer(app.say(why.code, **why.facts))
            app.console.answer(f"{app.say('cli.next')} {app.next_step(why.code, **why.facts)}")


def _line(app: App, opened: "Office", names: Names, title: str, one: Any) -> str:
    if title == "places":
        return f"{one['code']}  {one['name']}  {app.say('search.how.' + one['how'])}  ·  custody status {one['type']}"
    if title == "boxes":
        return _box_line(app, opened, names, one)
    if title == "people":
        person = " ".join(filter(None, (one["rank"], one["name"]))) or "—"
        where = ", ".join(map(names.place, one["places"]))
        return app.say("cli.find.person", **{**one, "person": person, "where": where or "—"})
    if title == "givers":
        boxes = names.box(one["boxes"][0])
        return app.say("cli.find.giver", name=one["name"], entry=one["entry"], boxes=boxes, more=len(one["boxes"]) - 1)
    if title == "against" and names.box(one["box"]) not in one["message"]:
        one = {**one, "message": f"{names.box(one['box'])}: {one['message']}"}
    if title in ("seals", "labels", "states", "against"):
        former = title == "labels" and one["copy"] < one["newest"]
        return app.say("cli.find.in.labels.former" if former else f"cli.find.in.{title}", **{**one, "name": names.box(one["box"])})
    way = " → ".join(map(names.place, one["way"]))
    told = app.say("cli.find.entry", **{**one, "at": one["happened"], "zone": opened.zone})
    return "  ".join(filter(None, (told, way, one["why"])))


def _box_line(app: App, opened: "Office", names: Names, box: str) -> str:
    told = looking.story(opened, box)
    holder = names.person(told.holding.holder) if told.holding is not None else "—"
    place = names.place(told.holding.place) if told.holding is not None else "—"
    against = told.judged.against
    end = looking.ended(opened, box, told.state.status)
    state = paint(looking.state_told(app, told.state.status, against, end), looking.state_tone(told.state.status, against))
    return f"{names.box(box)}  {box}  {state}  {holder}  {place}"
