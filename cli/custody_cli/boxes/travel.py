"""What has not reached the office, in words for every screen of a station; and what was last heard of another device."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from custody_cli.ground.app import App
from custody_cli.ground.console import paint

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.core.bundle import Refusal
    from custody.station.heard import Heard


def undelivered_facts(opened: Office) -> dict[str, Any]:
    """How many statements wait here, and since when, for --json."""
    from custody.assembly.stations import undelivered

    waits = undelivered(opened)
    return {"undelivered": waits.count, "since": waits.since}


def undelivered_lines(app: App, opened: Office) -> list[str]:
    """The same in words, at a station only: an office says what waits for its key."""
    if not opened.station:
        return []
    facts = undelivered_facts(opened)
    if not facts["undelivered"]:
        return [paint(app.say("cli.station.delivered"), "good")]
    told = app.say("cli.station.undelivered", count=facts["undelivered"], at=facts["since"] or opened.now(), zone=opened.zone)
    return [paint(told, "warn")]


def waiting_code(opened: Office, code: str) -> str:
    """The words of a code for what waits: at a station it waits to reach the office, not for a key (ADR 0012, ADR 0018)."""
    return f"{code}.station" if opened.station else code


def last_heard(app: App, one: Heard, zone: str) -> str:
    """When a device last wrote a bundle that was read here, by its own clock."""
    last = one.last
    return (
        app.say("cli.station.list.never")
        if last is None
        else app.say("cli.station.list.heard", at=last.at, zone=zone, counter=last.counter)
    )


def facts_of(refused: Refusal) -> dict[str, str]:
    """The facts of a refusal, as they came."""
    try:
        found = json.loads(refused.facts)
    except ValueError:
        return {}
    return {str(name): str(value)[:100] for name, value in found.items()} if isinstance(found, dict) else {}
