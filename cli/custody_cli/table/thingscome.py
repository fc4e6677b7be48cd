"""What is no box, counted as it comes off a vehicle beside what was loaded; a difference is an incident about the load (chapter 18)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from custody.i18n.words import known
from custody_cli.boxes import daily
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.desk import random
from custody_cli.table import loading, scanning
from custody_cli.table.guardscreen import Screen
from custody_cli.table.terms import Terms, Turn

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.core.statement import Statement

Things = Mapping[str, int]


def loaded(loads: Sequence[Statement]) -> dict[str, int]:
    """What was loaded for here, that is no box."""
    found: dict[str, int] = {}
    for item in (item for one in loads for item in one.body["things"]):
        found[item["thing"]] = found.get(item["thing"], 0) + item["count"]
    return found


def with_page(app: App, screen: Screen, terms: Terms, planned: Things, said: tuple[str, ...]) -> Terms:
    """The terms whose last question shows these things: Enter says that all of them came, a key counts them one by one.

    :param said: what came, as the command line says it. Raises as `loading.things_of`.
    """
    answers = terms.answers
    if said and "things" not in answers.said:
        answers.keep("things", {**dict.fromkeys(planned, 0), **loading.things_of(said)})
    if not planned:
        return terms
    ask = scanning.turn(app, screen, answers, {"things": partial(_counted, app, planned)})

    def asked(count: int) -> Turn | None:
        app.console.note(paint(app.say("cli.unload.things", things=told(app, planned, came(terms, planned))), "head"))
        return ask(count)

    return replace(terms, turn=asked)


def _counted(app: App, planned: Things) -> dict[str, int]:
    return {name: loading.counted_one(app, name, "cli.unload.things.count") for name in planned}


def came(terms: Terms, planned: Things) -> dict[str, int]:
    """What came: as people counted it, else all that was loaded."""
    return dict(terms.answers.said.get("things", planned))


def told(app: App, planned: Things, counted: Things) -> str:
    """`bilik suara 8 dari 10 · kontainer 2`."""
    return " · ".join(_one(app, name, planned.get(name, 0), counted.get(name, 0)) for name in dict.fromkeys((*planned, *counted)))


def _one(app: App, name: str, planned: int, counted: int) -> str:
    shown = app.say(f"thing.{name}") if known(f"thing.{name}") else name
    code = "cli.unload.thing" if planned == counted else "cli.unload.thing.differs"
    return app.say(code, thing=shown, count=counted, planned=planned)


def differing(app: App, opened: Office, loads: Sequence[Statement], place: str, terms: Terms) -> list[Statement]:
    """The incident of what came otherwise than it was loaded; nothing where all of it came, or nobody said anything."""
    from custody.station.occasions import Incident, incident

    planned = loaded(loads)
    counted = came(terms, planned)
    if counted == planned:
        return []
    text = app.say("cli.unload.things.note", things=told(app, planned, counted))
    about = tuple(one.sid for one in loads if one.body["things"]) or tuple(one.sid for one in loads)
    note = daily.private_text(opened, "note", text, random)
    return incident(opened.common(terms.happened, terms.basis), Incident("other", place, about=about), note)
