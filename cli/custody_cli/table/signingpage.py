"""What a signer reads before the passphrase: how many boxes, from where to where, who goes along, and every seal that is not whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from custody_cli.boxes.daily import Names
from custody_cli.boxes.looking import seals_told
from custody_cli.ground.app import App
from custody_cli.ground.console import paint

if TYPE_CHECKING:
    from custody.core.statement import Statement

MOST = 12
_WHOLE = frozenset(("intact", "replaced"))


def show(app: App, names: Names, statements: Sequence[Statement]) -> None:
    """The page, on the screen."""
    from custody.station import table

    shown, body = table.shown(statements), statements[0].body
    facts = {"count": shown.count, "parts": shown.parts, "first": names.box(shown.first), "last": names.box(shown.last)}
    app.console.note(app.say("cli.page.boxes" if shown.count > 1 else "cli.page.box", **facts))
    app.console.note(app.say("cli.page.leg" if "to" in body else "cli.page.place", **_way(app, names, body)))
    seals = list(broken(app, names, statements))
    for line in seals[:MOST]:
        app.console.note(paint(f"  ! {line}", "bad"))
    if len(seals) > MOST:
        app.console.note(paint("  " + app.say("cli.page.more", count=len(seals) - MOST), "bad"))


def _way(app: App, names: Names, body: Mapping[str, Any]) -> dict[str, str]:
    """From, to and with what; or the place alone."""
    if "to" not in body:
        return {"place": names.place(body["place"])}
    escort = body["escort"]
    told = [app.say("cli.ask.said.escort", value=escort["count"]) if escort["present"] else app.say("cli.ask.said.no-escort")]
    with_ = {"order": escort["order"], "vehicle": body["vehicle"]}
    told += [app.say(f"cli.ask.said.{what}", value=value) for what, value in with_.items() if value]
    return {"start": names.place(body["from"]), "end": names.place(body["to"]), "with": " · ".join(told)}


def broken(app: App, names: Names, statements: Sequence[Statement]) -> Iterator[str]:
    """Each box with a seal that is loose, torn or gone, and those seals."""
    for line in (line for one in statements for line in one.body["boxes"]):
        seals = [(seal["point"], seal["state"], seal["number"]) for seal in line["seals"] if seal["state"] not in _WHOLE]
        if seals:
            yield f"{names.box(line['box'])}: {seals_told(app, seals)}"
