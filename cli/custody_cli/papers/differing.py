"""Where an altered paper differs from the ledger, line and entry, as `custody check` tells it (docs/spec/13-report.md, CHECK-11)."""

from typing import TYPE_CHECKING, Any

from custody_cli.ground.console import paint
from custody_cli.ground.runtime import App

if TYPE_CHECKING:
    from custody.paper.checking.check import PaperVerdict


def lines(app: App, verdict: "PaperVerdict") -> list[str]:
    """The sentence about the first place that differs, and the entry that its line rests on; nothing where none is known."""
    place = verdict.place
    if place is None:
        return []
    told = [paint(app.say(place.code, **place.facts), "bad")]
    return [*told, app.say("check.at.entry", entries=place.entries)] if place.entries else told


def document(app: App, verdict: "PaperVerdict") -> dict[str, Any] | None:
    """The same for a program. `given` is what the file says, cut and made harmless; nobody should believe it."""
    place = verdict.place
    if place is None:
        return None
    return {**place._asdict(), "message": app.say(place.code, **place.facts)}
