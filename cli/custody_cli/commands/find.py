"""`custody find`: places by part of a name, boxes by words, people, seal numbers, plates and dates."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from custody.core.errors import CustodyError
from custody_cli import looking
from custody_cli.app import App
from custody_cli.choosing import Choosing
from custody_cli.console import paint
from custody_cli.daily import Names
from custody_cli.desk import office
from custody_cli.journeys import plate
from custody_cli.runtime import Exit, argument, option, pass_app
from custody_cli.runtime import command as define

if TYPE_CHECKING:
    from custody.assembly import Office

_MOST_ENTRIES = 200


@define("find")
@argument("what", nargs=-1, required=True)
@option("--limit", type=int, default=20)
@pass_app
def command(app: App, what: tuple[str, ...], limit: int) -> int | None:
    text = " ".join(what)
    with office(app) as opened:
        choosing, names = Choosing(opened), Names(opened)
        found = {
            "places": [
                {"code": one.place.code, "name": names.place(one.place.code), "how": one.how} for one in choosing.places.find(text, limit)
            ],
            "boxes": _boxes(choosing, text, limit),
            "people": _people(opened, text, limit),
            "seals": _seals(opened, text),
            "labels": _labels(choosing, text),
            "entries": list(_entries(opened, text))[:_MOST_ENTRIES],
        }
        nothing = not any(found.values())
        app.answer("find", {"query": text, **found}, lambda: _tell(app, opened, names, found, nothing, text))
    return Exit.FINDINGS if nothing else None


def _boxes(choosing: Choosing, text: str, limit: int) -> list[str]:
    answer = choosing.boxes.read(text)
    if answer.sure is not None:
        return [answer.sure.box]
    by_code = choosing.known.other(text)
    if by_code is not None:
        return [by_code]
    certain = any(one.found.certain for one in answer.candidates)
    return [one.box for one in answer.candidates[:limit]] if certain and any(mark.isdigit() for mark in text) else []


def _people(opened: "Office", text: str, limit: int) -> list[dict[str, Any]]:
    """By key name, or by name and service number as far as the private register tells them."""
    low = text.casefold()
    found = []
    for card in opened.people():
        told = [card.key, card.name or "", card.number or "", card.unit or ""]
        if any(low in one.casefold() for one in told):
            found.append({"key": card.key, "role": card.role, "name": card.name, "rank": card.rank, "places": list(card.places)})
    return found[:limit]


def _seals(opened: "Office", text: str) -> list[dict[str, str]]:
    """The first box on which a seal number was put."""
    number = text.upper().replace(" ", "")
    box = opened.store.fact("seal", number)
    return [{"number": number, "box": box.decode()}] if box is not None else []


def _labels(choosing: Choosing, text: str) -> list[dict[str, Any]]:
    """The box of a label's code, scanned or typed."""
    reading = None
    if len(text) >= 17:
        from custody.core import labelcode

        try:
            reading = choosing.hash(labelcode.parse(text))
        except CustodyError:
            return []
    printed = choosing.known.printed(reading) if reading else None
    if printed is None or reading is None:
        return []
    return [{"box": printed.box or choosing.known.bound(reading), "copy": printed.copy, "entry": printed.entry}]


def _entries(opened: "Office", text: str) -> Iterator[dict[str, Any]]:
    """Handoffs with a number plate, and everything that happened on a day."""
    from custody.core import entry as entries
    from custody.i18n.dates import from_typed, local

    try:
        start = from_typed(f"{text} 00.00", opened.zone)
    except CustodyError:
        start = None
    wanted = f'"vehicle":"{plate(text)}"'.encode() if text.isascii() else b"\0"
    day = local(start, opened.zone).date() if start is not None else None
    with opened.store.read() as reader:
        for row in reader.rows():
            if day is None and wanted not in row.body:
                continue
            statement = entries.parse(row.body).statement
            happened = statement.body["happened"]["at"]
            if day is None or local(happened, opened.zone).date() == day:
                boxes = len(statement.body.get("boxes", ()))
                yield {"entry": row.idx, "kind": row.kind, "sid": statement.sid, "happened": happened, "boxes": boxes}


def _tell(app: App, opened: "Office", names: Names, found: dict[str, Any], nothing: bool, text: str) -> None:
    if nothing:
        app.console.answer(app.say("cli.find.nothing", text=text))
        return
    for title in found:
        if found[title]:
            app.console.answer(paint(app.say(f"cli.find.{title}"), "head"))
        for one in found[title]:
            app.console.answer("  " + _line(app, opened, names, title, one))


def _line(app: App, opened: "Office", names: Names, title: str, one: Any) -> str:
    if title == "places":
        return f"{one['code']}  {one['name']}  {app.say('search.how.' + one['how'])}"
    if title == "boxes":
        return _box_line(app, opened, names, one)
    if title == "people":
        person = " ".join(filter(None, (one["rank"], one["name"]))) or "—"
        return f"{one['key']}  {app.say('title.' + one['role'])}  {person}  {', '.join(one['places'])}"
    if title == "seals":
        return f"{one['number']}  {one['box']}"
    if title == "labels":
        return app.say("cli.find.label", box=one["box"] or "—", copy=one["copy"], entry=one["entry"])
    return app.say("cli.find.entry", **{**one, "at": one["happened"], "zone": opened.zone})


def _box_line(app: App, opened: "Office", names: Names, box: str) -> str:
    told = looking.story(opened, box)
    holder = names.person(told.holding.holder) if told.holding is not None else "—"
    place = names.place(told.holding.place) if told.holding is not None else "—"
    return f"{box}  {app.say(f'status.{told.state.status}')}  {holder}  {place}"
