"""What has not reached the office, in words for every screen of a station; and what was last heard of another device."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.desk import named

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.core.bundle import Head, Refusal
    from custody.station.heard import Heard


def undelivered_facts(opened: Office) -> dict[str, Any]:
    """How many statements wait here, and since when, for --json."""
    from custody.assembly.stations import undelivered

    waits = undelivered(opened)
    return {"undelivered": waits.count, "since": waits.since}


def undelivered_lines(app: App, opened: Office, tell_refused: bool = True) -> list[str]:
    """The same in words, at a station only: an office says what waits for its key."""
    if not opened.station:
        return []
    facts, refused, lines = undelivered_facts(opened), len(opened.outbox.refused()), list[str]()
    if facts["undelivered"]:
        told = app.say("cli.station.undelivered", count=facts["undelivered"], at=facts["since"] or opened.now(), zone=opened.zone)
        lines.append(paint(told, "warn"))
    if refused:  # then not everything is in the ledger, whatever waits
        return [*lines, paint(app.say("cli.status.refused.station", count=refused), "bad")] if tell_refused else lines
    return lines or [paint(app.say("cli.station.delivered"), "good")]


def around_lines(app: App, opened: Office) -> list[str]:
    """What waits here, and what was seen on the way: bundles that wait for others, copied laptops, a second history."""
    from custody.assembly import hearing, stations

    lines, waits = undelivered_lines(app, opened, tell_refused=False), len(hearing.waiting(opened))
    lines += [paint(app.say("cli.bundle.kept", count=waits), "warn")] if waits else []
    for one in stations.others(opened).all():
        if one.copied:
            told = app.say("cli.station.copied", name=one.name, counters=one.copied)
            lines += [paint(told, "bad"), f"{app.say('cli.next')} {app.next_step('cli.station.copied')}"]
    kept = hearing.evidence(opened)
    return lines + ([paint(app.say("cli.station.evidence", count=len(kept), folder=str(kept[0].parent)), "bad")] if kept else [])


def kept_lines(app: App, opened: Office, code: str, **facts: object) -> list[str]:
    """That what was signed is kept and waits (the words of `code`), the next step, and at a station how much waits in all."""
    words = "bundle out FLASHDISK" if opened.station else "ledger unlock"
    step = app.next_step("cli.handing.unsealed", command=f"custody {words}{named(app)}")
    return [paint(app.say(code, **facts), "warn"), f"{app.say('cli.next')} {step}", *undelivered_lines(app, opened)]


def last_heard(app: App, one: Heard, zone: str) -> str:
    """When a device last wrote a bundle that was read here, by its own clock."""
    last = one.last
    return (
        app.say("cli.station.list.never")
        if last is None
        else app.say("cli.station.list.heard", at=last.at, zone=zone, counter=last.counter)
    )


def sender(app: App, opened: Office, head: Head) -> str:
    """The name of a bundle's sender, marked where it is none that is known here: anybody can call his laptop `kantor`."""
    from custody.assembly.kept import trusted
    from custody.assembly.stations import OFFICE

    name = head.sender.name
    strange = (name == OFFICE or not opened.station) and not trusted(opened, head.sender)
    return app.say("cli.station.list.stranger", name=name) if strange else name


def clock_lines(app: App, opened: Office, head: Head) -> list[str]:
    """That the clock of a bundle's sender is ahead of the one here; that one is behind shows in no bundle."""
    from custody.core.moment import to_seconds

    now = opened.now()
    if to_seconds(head.at) <= to_seconds(now) + int(opened.founding.body["skew"]):
        return []
    told = app.say("cli.bundle.in.clock", name=head.sender.name, at=head.at, now=now, zone=opened.zone)
    return [paint(told, "warn"), f"{app.say('cli.next')} {app.next_step('cli.bundle.in.clock')}"]


def facts_of(refused: Refusal) -> dict[str, str]:
    """The facts of a refusal, as they came."""
    try:
        found = json.loads(refused.facts)
    except ValueError:
        return {}
    return {str(name): str(value)[:100] for name, value in found.items()} if isinstance(found, dict) else {}
