"""The clock first: people say that it is right once a watch, and again whenever it was moved; a wrong one poisons every line of a night."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

from custody.core.errors import CustodyError
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.desk import state_dir
from custody_cli.ground.prompts import confirm
from custody_cli.ground.questions import Answers, moment
from custody_cli.table import handing

if TYPE_CHECKING:
    from pathlib import Path

    from custody.assembly import Office
    from custody.station.draft import Draft

WATCH = 8 * 3600  # seconds: a watch long nobody is asked again
APART = 30  # seconds by which the clock may have run otherwise than the computer counts by itself
_NAME = "clock-right"


def right(app: App, opened: Office, yes: bool) -> str | None:
    """Ask whether the clock is right. Returns the moment that people say it is, None for the clock's own."""
    now = opened.now()
    if yes:
        return None
    since = _since(app)
    if since is not None:
        app.console.note(paint(app.say("cli.scan.clock.right", at=now, zone=opened.zone, minutes=since // 60), "dim"))
        return None
    if confirm(app.prompter, app.say("cli.scan.clock", at=now, zone=opened.zone), app.lang, True):
        _keep(app)
        return None
    return moment(app, now, opened.zone)


def again(app: App, opened: Office, draft: Draft, yes: bool) -> None:
    """The clock's question for a draft that is taken up: asked unless a moment was stated, or only the append is left."""
    answers = Answers.of(draft)
    if not handing.signed_before(draft) and "happened" not in answers.said:
        happened = right(app, opened, yes)
        if happened is not None:
            answers.keep("happened", happened)


def _path(app: App) -> Path:
    return state_dir(app) / _NAME


def _since(app: App) -> int | None:
    """Seconds since people have said so on this computer; None where they must be asked.

    The computer counts seconds by itself, whatever is done to its clock, from when it was started: where the two have run apart, the clock
    was moved, or the computer slept or was started anew, or this was kept by another.
    """
    if app.uptime is None:
        return None
    with suppress(OSError, ValueError, TypeError, KeyError):
        kept = json.loads(_path(app).read_text("utf-8"))
        ran, counted = app.clock().timestamp() - kept["clock"], app.uptime() - kept["uptime"]
        if 0 <= counted < WATCH and abs(ran - counted) <= APART:
            return int(counted)
    return None


def _keep(app: App) -> None:
    """Remember it where that is possible; else people are asked again, and nothing is lost."""
    if app.uptime is not None:
        from custody.durable import write_whole

        kept = {"clock": app.clock().timestamp(), "uptime": app.uptime()}
        with suppress(OSError, CustodyError):
            write_whole(_path(app), json.dumps(kept).encode(), 0o600)
