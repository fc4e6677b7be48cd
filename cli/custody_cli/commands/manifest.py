"""`custody manifest`: what is to travel, what was loaded of it, what came and what is left (spec chapter 18)."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody_cli.boxes.choosing import Boxes, Choosing, with_boxes
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.desk import office, random
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.runtime import Exit, argument, gathered, group, option, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.keys.authorise import agreed
from custody_cli.keys.keypath import KEY
from custody_cli.keys.signing import public_of
from custody_cli.table import handing, loading, scanning
from custody_cli.table.boxlines import grouped
from custody_cli.table.journeys import Said, with_time_and_answers
from custody_cli.table.terms import Done

if TYPE_CHECKING:
    from collections.abc import Mapping

    from custody.assembly import Office
    from custody.assembly.loads import Cargo
    from custody.core.statement import Statement

_FILE = click.Path(path_type=Path)
_LISTS = ("left", "under_way", "strange", "come")


@group("manifest")
def command() -> None: ...


# -- make ----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Planned:
    """The journey that is planned, as the command line says it."""

    start: str | None
    end: str | None
    due: str | None
    order: str | None
    vehicles: int
    things: tuple[str, ...]
    officer: Path | None
    files: tuple[Path, ...]


with_plan = gathered(
    "planned",
    Planned,
    option("--from", "start"),
    option("--to", "end"),
    option("--due"),
    option("--order"),
    option("--vehicles", type=click.IntRange(0, 999), default=1),
    option("--thing", "things", multiple=True),
    option("--officer", type=KEY),
    option("--passphrase-file", "files", type=_FILE, multiple=True),
)


@define("manifest.make", parent=command)
@with_boxes
@with_plan
@with_time_and_answers
@pass_app
def make(app: App, boxes: Boxes, planned: Planned, said: Said) -> int | None:
    with scanning.at_table(app) as opened:
        scanning.tell_locked(app, opened)
        choosing = Choosing(opened)
        officer = planned.officer or loading.officer(app, choosing, said.yes)
        name = public_of(officer).name
        due, _ = _due(planned.due, opened), said.terms(opened)  # a moment that cannot be read is told before anything is asked
        start = choosing.place(planned.start) if planned.start else choosing.place_of(name, "--from")
        end = choosing.place(planned.end) if planned.end else _onward(app, choosing, start, said.yes)
        chosen = [one.box for one in choosing.seen(boxes)] if boxes.what or boxes.file else _here(opened, start, boxes.types)
        if not chosen and not planned.things:
            raise WrongUse("cli.manifest.empty", place=Names(opened).place(start))
        done = _signed(app, opened, (start, end), chosen, replace(planned, due=due), officer, said)
        document = {**handing.document(app, opened, done), "consignment": done.statements[0].body["id"], "from": start, "to": end}
        app.answer("manifest.make", document, lambda: _tell_made(app, opened, done, len(chosen)))
        return Exit.FINDINGS if any(one.severity != "note" for one in done.found) else None


def _onward(app: App, choosing: Choosing, start: str, yes: bool) -> str:
    """Where the boxes of a place go next: where the only planned leg leads; else asked for. Raises WrongUse("cli.handoff.where")."""
    ledger = choosing.office.ledger
    found = ledger.state.places.onward(start, ledger.size)
    if len(found) == 1:
        return found[0]
    if yes:
        raise WrongUse("cli.handoff.where", flag="--to")
    return scanning.asked_place(app, choosing, app.say("cli.scan.where.to"))


def _due(typed: str | None, opened: "Office") -> str | None:
    """Until when it should be there, before anything else is asked. Raises `Malformed`."""
    from custody_cli.table.happening import to_come

    return to_come(typed, opened.now(), opened.zone) if typed else None


def _here(opened: "Office", place: str, types: tuple[str, ...]) -> list[str]:
    """The boxes that rest at a place, by their last record."""
    from custody.assembly.whereabouts import where
    from custody.core.boxid import BoxId
    from custody.core.rows import BoxFilter

    found = [one.box for one in where(opened, BoxFilter(place=place)) if not one.moving]
    return [box for box in found if not types or BoxId.parse(box).type in types]


def _signed(app: App, opened: "Office", ends: tuple[str, str], boxes: list[str], planned: Planned, officer: Path, said: Said) -> Done:
    from custody.station.loading import Plan, manifests

    start, end = ends
    things, terms = loading.things_of(planned.things), said.terms(opened)
    plan = Plan(random(16).hex(), start, end, public_of(officer).name, planned.due, planned.order, planned.vehicles, things)

    def drafted(reasons: "Mapping[str, str]", note: dict[str, str] | None) -> "list[Statement]":
        irregular = [{"finding": code, "reason": reason} for code, reason in sorted(reasons.items())]
        return manifests(opened.common(terms.happened, terms.basis), plan, boxes, irregular=irregular, note=note)

    seats = handing.seated(app, {"officer": officer}, planned.files)
    names = Names(opened)

    def page(shown: object) -> None:
        facts = {"start": names.place(start), "end": names.place(end), "count": len(boxes), "vehicles": planned.vehicles}
        app.console.note(app.say("cli.manifest.page", **facts))
        app.console.note(app.say("cli.manifest.due", at=planned.due, zone=opened.zone) if planned.due else app.say("cli.manifest.no-due"))
        for line in grouped(sorted(boxes), names, by="desa"):
            app.console.note(f"  {line}")

    def asked(count: int) -> None:
        page(None)
        agreed(app, app.say("cli.handing.agree", count=count), terms.yes)

    done = handing.record(app, opened, drafted, seats, replace(terms, turn=asked), len(boxes), page=page)
    assert isinstance(done, Done)  # nothing to turn back to
    return done


def _tell_made(app: App, opened: "Office", done: Done, count: int) -> None:
    from custody_cli.papers import deedkind

    body, names = done.statements[0].body, Names(opened)
    facts = {"id": body["id"][:8], "count": count, "start": names.place(body["from"]), "end": names.place(body["to"])}
    app.console.answer(app.say("cli.manifest.made" if done.submitted.sealed else "cli.manifest.unsealed", **facts))
    for line in deedkind.commands(app, opened, done.statements) if done.submitted.sealed else ():
        app.console.answer(line)
    mode = "muat" if app.lang == "id" else "load"
    app.console.answer(f"{app.say('cli.next')} {handing.typed(app, f'scan {mode} --manifest ' + facts['id'])}")


# -- look ----------------------------------------------------------------------------------------------------------------------


@define("manifest.list", parent=command)
@argument("place", nargs=-1)
@option("--all", "everything", is_flag=True)
@pass_app
def list_(app: App, place: tuple[str, ...], everything: bool) -> int | None:
    from custody.assembly.loads import cargoes

    with office(app) as opened:
        at, names = Choosing(opened).place(" ".join(place)) if place else None, Names(opened)
        known = [one for one in cargoes(opened) if (everything or not one.done) and (at is None or at in one.ends)]
        document = {"consignments": [_document(names, one) for one in known]}
        app.answer("manifest.list", document, lambda: _tell_list(app, names, known))
        return None


def _tell_list(app: App, names: Names, known: "list[Cargo]") -> None:
    if not known:
        app.console.answer(app.say("cli.manifest.none"))
    for one in known:
        app.console.answer(loading.line(app, names, one))


@define("manifest.show", parent=command)
@argument("manifest")
@pass_app
def show(app: App, manifest: str) -> int | None:
    with office(app) as opened:
        one, names = loading.cargo(app, opened, manifest, None, True), Names(opened)
        assert one is not None  # an id that names none is refused
        app.answer("manifest.show", _document(names, one, lists=True), lambda: _tell(app, names, one, opened.zone))
        return Exit.FINDINGS if one.one.trips and one.rest is None and one.left else None


def _tell(app: App, names: Names, one: "Cargo", zone: str) -> None:
    app.console.answer(paint(loading.line(app, names, one), "head"))
    if one.due is not None:
        app.console.answer(app.say("cli.manifest.due", at=one.due, zone=zone))
    for trip in one.one.trips:
        body = trip.loads[0].act.body
        facts = {"trip": trip.number, "count": len(trip.boxes), "vehicle": body["vehicle"] or "-", "at": body["happened"]["at"]}
        code = "cli.manifest.trip" if trip.rest is None else "cli.manifest.trip.rest"
        app.console.answer(app.say(code, **facts, zone=zone, rest=trip.rest or "-"))
    for name, boxes in _lists(one).items():
        if boxes:
            tone = "good" if name == "come" else "bad" if name in ("left", "strange") else "warn"
            app.console.answer(paint(app.say(f"cli.manifest.{name}", count=len(boxes)), tone))
            for line in grouped(boxes, names):
                app.console.answer(f"  {line}")


def _lists(one: "Cargo") -> dict[str, list[str]]:
    """The boxes of a consignment by how they stand; strange: loaded and not in the manifest."""
    strange = sorted(one.loaded - one.planned) if one.manifest is not None else []
    return dict(zip(_LISTS, (one.left, one.under_way, strange, sorted(one.come)), strict=True))


def _document(names: Names, one: "Cargo", lists: bool = False) -> dict[str, Any]:
    start, end = one.ends
    counts = {"planned": len(one.planned), "loaded": len(one.loaded), "come": len(one.come), "left": len(one.left)}
    told = {"id": one.one.id, "from": start, "to": end, "from_name": names.place(start), "to_name": names.place(end), "due": one.due}
    trips = [{"trip": trip.number, "boxes": len(trip.boxes), "rest": trip.rest, "entries": trip.entries} for trip in one.one.trips]
    return {**told, **counts, "rest": one.rest, "done": one.done, "trips": trips, **({"boxes": _lists(one)} if lists else {})}
