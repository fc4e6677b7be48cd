"""`custody sync`: a laptop brings what waits to the office over the network, and fetches what is new (docs/spec/24-network.md)."""

import random as chance
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

import click

from custody.core.errors import Altered, BadSignature, CustodyError, Locked, Malformed, Refused, Undecided
from custody.durable import trouble
from custody_cli.boxes import travel
from custody_cli.ground.console import paint
from custody_cli.ground.desk import office, random
from custody_cli.ground.exits import Exit, of_error
from custody_cli.ground.runtime import App, option, pass_app
from custody_cli.ground.runtime import command as define

if TYPE_CHECKING:
    from custody.assembly.syncing import Courier, Round
    from custody.web.line import HttpLine

_FIRST, _LONGEST = 5.0, 900.0  # seconds until the next try while the office is away
sleep = time.sleep


@define("sync")
@option("--watch", is_flag=True)
@option("--every", type=click.IntRange(1, 1440), default=1)
@option("--url")
@option("--plain", is_flag=True)
@option("--rounds", type=click.IntRange(1), hidden=True)
@pass_app
def command(app: App, watch: bool, every: int, url: str | None, plain: bool, rounds: int | None) -> int | None:
    from custody.assembly.syncing import Courier, alone
    from custody.ledger.folder import Folder

    with office(app, write=True, proven=True) as opened:
        if not opened.station:
            raise Refused("network.office")
    folder = Folder(app.ledger()).network
    with ExitStack() as stack:
        stack.enter_context(alone(folder))
        courier = Courier(lambda: office(app, write=True, proven=True), folder, random, time.monotonic)
        if not watch:
            with _line(app, url, plain) as line:
                return _once(app, courier, line)
        return _watching(app, courier, lambda: _line(app, url, plain), every * 60.0, rounds)


def _line(app: App, url: str | None, plain: bool) -> "HttpLine":
    """The way to the office by the address that it told, or that was typed."""
    from custody.core.bundle import Address
    from custody.ledger.folder import Folder
    from custody.station import device
    from custody.station.address import read_address

    try:
        from custody.web.line import HttpLine
    except ImportError:
        raise Undecided("network.extra") from None
    folder = Folder(app.ledger())
    known = read_address(folder.address)
    if url is not None:
        known = Address(url, known.ca if known is not None else None)
    if known is None:
        raise Undecided("network.nowhere")
    return HttpLine(known, device.open_key(folder.device_key), random, plain=plain)


def _once(app: App, courier: "Courier", line: "HttpLine") -> int | None:
    from custody.core.errors import CustodyError

    try:
        told = courier.round(line)
    except CustodyError:
        with office(app, proven=True) as opened:
            for one in travel.undelivered_lines(app, opened):
                app.console.note(one)
        raise
    _show(app, told, line, always=True)
    if told.trouble is not None:
        raise told.trouble
    return Exit.FINDINGS if told.refused or any(one.refused for one in told.found) else None


def _watching(app: App, courier: "Courier", line_of: Callable[[], "HttpLine"], every: float, rounds: int | None) -> int | None:
    """Round after round, each on a connection of its own: thousands who wait would take all places that the office has.

    While the office is away the pauses grow; a network in which nobody answers for days costs nothing.
    """
    pause, well, left, ahead = _FIRST, False, rounds, 0
    app.console.note(app.say("cli.sync.watching"))
    while left is None or left > 0:
        left = None if left is None else left - 1
        try:
            with line_of() as line:
                line.ahead = ahead
                told = courier.round(line)
                _show(app, told, line, always=not well)
                ahead = line.ahead
            if told.trouble is not None:
                raise told.trouble
            pause, well, nap = _FIRST, True, every
        except (CustodyError, OSError) as raised:
            error = raised if isinstance(raised, CustodyError) else Refused("sync.disk", reason=trouble(raised))
            if not _passes(error):
                raise
            nap = _nap(error, pause)
            pause, well = min(pause * 2, _LONGEST), False
            _trouble(app, error, nap)
        if left != 0:
            sleep(nap)
    return None if well else Exit.UNDECIDED


def _passes(error: CustodyError) -> bool:
    """Whether it may be over by the next round. What shows two histories, or a folder that may not be written to, does not pass."""
    if isinstance(error, Altered):
        return error.code.startswith("bundle.")
    return isinstance(error, Undecided | Locked | Refused | Malformed | BadSignature) and not error.code.startswith("guard.")


def _nap(error: CustodyError, pause: float) -> float:
    """Seconds until the next try. Laptops that were cut off together do not come back together."""
    asked = error.facts.get("seconds")
    return max(float(asked), 1.0) if error.code == "network.wait" and isinstance(asked, int) else pause * chance.uniform(0.5, 1.0)


def _show(app: App, told: "Round", line: "HttpLine", always: bool) -> None:
    """What a round brought; in a row of rounds only where it brought something."""
    if not (always or told.sent or told.entries or told.delivered or told.refused or told.found):
        return
    document = {"url": line.url, "sent": told.sent, "entries": told.entries, "delivered": told.delivered, **_waits(told)}
    document["refused"] = [one.code for found in told.found for one in found.refused]
    app.answer("sync", document, lambda: "\n".join(_lines(app, told, line)))


def _lines(app: App, told: "Round", line: "HttpLine") -> list[str]:
    lines = [app.say("cli.sync.reached", url=line.url, sent=told.sent, entries=told.entries)]
    if line.ahead:
        lines.append(paint(app.say("cli.sync.clock", minutes=abs(line.ahead) // 60 + 1), "warn"))
    if told.delivered:
        lines.append(paint(app.say("cli.bundle.in.delivered", count=told.delivered), "good"))
    for found in told.found:
        for one in found.refused:
            why = app.say(one.code, **travel.facts_of(one))
            lines.append(paint(app.say("cli.bundle.in.refused", sid=one.sid, why=why), "warn"))
            step = app.next_step("cli.bundle.in.refused", sid=one.sid, why=why)
            lines += [f"{app.say('cli.next')} {step}"] if step else []
    with office(app, proven=True) as opened:
        return lines + travel.undelivered_lines(app, opened)


def _waits(told: "Round") -> dict[str, Any]:
    return {"undelivered": told.waits.count, "since": told.waits.since}


def _trouble(app: App, error: CustodyError, nap: float) -> None:
    """Why nothing came through, how much waits since when, and when it is tried again."""
    app.console.warn(app.say(error.code, **error.facts))
    step = app.next_step(error.code, **error.facts)
    if step and of_error(error) is not Exit.UNDECIDED:
        app.console.note(f"{app.say('cli.next')} {step}")
    with suppress(CustodyError, OSError), office(app, proven=True) as opened:
        for one in travel.undelivered_lines(app, opened):
            app.console.note(one)
    app.console.note(app.say("cli.sync.again", seconds=max(1, round(nap))))
