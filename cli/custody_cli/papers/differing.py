"""Where an altered paper differs from the ledger, line and entry, as `custody check` tells it (docs/spec/13-report.md, CHECK-11)."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from custody_cli.ground.console import paint
from custody_cli.ground.runtime import App

if TYPE_CHECKING:
    from custody.paper.checking.check import PaperVerdict


def lines(app: App, verdict: "PaperVerdict", file: Path) -> list[str]:
    """The sentence about the first place that differs, and the entry that its line rests on; nothing where none is known. Then, where the
    file begins with the whole paper, how to have that back."""
    place, told = verdict.place, []
    if place is not None:
        told.append(paint(app.say(place.code, **place.facts), "bad"))
        told += [app.say("check.at.entry", entries=place.entries)] if place.entries else []
    if verdict.ahead:
        told.append(app.say("check.ahead", bytes=verdict.ahead, cut=str(verdict.ahead), file=file.name))
    return told


def document(app: App, verdict: "PaperVerdict") -> dict[str, Any] | None:
    """The same for a program. `given` is what the file says, cut and made harmless; nobody should believe it."""
    place = verdict.place
    if place is None:
        return None
    return {**place._asdict(), "message": app.say(place.code, **place.facts)}
