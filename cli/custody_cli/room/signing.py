"""One statement about a room, from who signs it to its receipt: visits, rounds, counts and plenaries go the same way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custody.core.errors import KeyTrouble
from custody_cli.boxes.choosing import Choosing
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.exits import Exit
from custody_cli.ground.prompts import confirm
from custody_cli.ground.questions import Answers
from custody_cli.keys.askkey import show_keys
from custody_cli.keys.keyring import within_reach
from custody_cli.room import comparing, pages, places
from custody_cli.room.comparing import Compared
from custody_cli.table import handing
from custody_cli.table.journeys import Said, needed
from custody_cli.table.terms import Done

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.core.statement import Statement
    from custody.station.guardroom import Common, Noted
    from custody.station.table import Seat

Made = Callable[["Common", "Noted"], "list[Statement]"]


def officer(app: App, choosing: Choosing, place: str, kind: str, said: Path | None, yes: bool) -> Path:
    """The key file of who signs: as named; else asked for. Who is on guard, or the only one who may sign, is the default."""
    if said is not None:
        return said
    if yes:
        needed("--officer")
    usual = _on_guard(choosing.office, place)
    within = within_reach(app, choosing.known, "officer", (kind,), place)
    bench = places.Bench(app, choosing, place, kind, within)
    default = (bench.default("officer", usual) if usual is not None else None) or bench.default("officer", None)
    if default is None:
        show_keys(app, choosing.known, Names(choosing.office), within)
    return bench.ask("officer", app.say(f"cli.{_command(kind)}.who"), default) or needed("--officer")


def _on_guard(office: Office, place: str) -> str | None:
    """The key of who took a room over last."""
    from custody.assembly import duty

    past = duty.shifts(office, place)
    return str(past[-1].body["incoming"]) if past else None


def _command(kind: str) -> str:
    return {"inspection": "round"}.get(kind, kind)


def signed(
    app: App,
    opened: Office,
    keys: Mapping[str, Path],
    files: Sequence[Path],
    said: Said,
    made: Made,
    photos: tuple[str, ...] = (),
    answers: Answers | None = None,
    missing: Callable[[Seat, KeyTrouble], None] | None = None,
) -> Done:
    """Show what is signed, let the people sign, and submit; findings that the law foresees get their reasons first.

    :param missing: as `handing.record`.
    """

    def drafted(irregular: Mapping[str, str], note: dict[str, str] | None) -> list[Statement]:
        from custody.station.guardroom import Noted
        from custody.station.manifest import Photo

        return made(opened.common(terms.happened, terms.basis), Noted(irregular, note, tuple(map(Photo, photos))))

    terms = replace(said.terms(opened), answers=answers or Answers(), turn=lambda _: None)
    happened = terms.answers.said.get("happened")
    if happened and terms.happened is None:
        terms = replace(terms, happened=happened, basis="memory")
    seats = handing.seated(app, keys, files)
    done = handing.record(app, opened, drafted, seats, terms, 0, page=partial(pages.show, app, Names(opened)), missing=missing)
    assert isinstance(done, Done)  # nothing to turn back to
    return done


def named(app: App, opened: Office, found: Compared, place: str, signer: str, path: Path, files: Sequence[Path], said: Said) -> Done | None:
    """The boxes of a signed count that were missing or too many, by name; None where there are none or nobody wants that.

    They are shown, and signed, only once the count itself is signed (ROOM-6).
    """
    from custody.station import guardroom

    if not found.missing and not found.extra:
        return None
    for one in comparing.tell(app, Names(opened), found) if not said.yes else ():
        app.console.note(one)
    if not said.yes and not confirm(app.prompter, app.say("cli.count.name-them"), app.lang, True):
        return None

    def made(common: guardroom.Common, noted: guardroom.Noted) -> list[Statement]:
        told = {"missing": found.missing or (), "extra": found.extra or ()}
        return guardroom.counts(common, [], place=place, officer=signer, counted=None, noted=noted, **told)

    try:
        return signed(app, opened, {"officer": path}, files, replace(said, text=None), made)
    except KeyTrouble as error:  # the count itself stands
        app.console.warn(app.say(error.code, **error.facts))
        return None


def ended(app: App, opened: Office, schema: str, done: Done, more: Mapping[str, Any], told: Sequence[str] = ()) -> int | None:
    """The answer, and exit 1 where findings stand that are no notes."""
    lines = [*pages.done(app, opened, done), *told]
    app.answer(schema, {**handing.document(app, opened, done), **more}, lambda: "\n".join(lines))
    return Exit.FINDINGS if any(one.severity != "note" for one in done.found) else None
