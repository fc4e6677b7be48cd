"""Lists that come in as files, with their faults shown line by line, and sheets of drafts shown before they are signed."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from custody.core.errors import Malformed
from custody_cli.ground.app import App
from custody_cli.keys.inviting import Wanted

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.intake.areacode import PlaceName
    from custody.intake.faults import Fault
    from custody.intake.search import PlaceIndex
    from custody.ledger.sheet import Draft

_MOST_SHOWN = 1_000  # whoever signs sees every person


def read_people_file(app: App, office: "Office", path: Path) -> list[Wanted]:
    """The people of a CSV file, with its warnings on the screen. Raises `ImportRefused` after showing every fault."""
    from custody.intake.faults import ImportRefused
    from custody.intake.people import read_people
    from custody.intake.search import PlaceIndex
    from custody.reading import opened

    try:
        with opened(path) as file:
            found = read_people(file, path.name, PlaceIndex.of(places(office)))
    except ImportRefused as refused:
        show_faults(app, refused.faults)
        raise
    show_faults(app, found.warnings)
    return [Wanted(one.role, one.places, one.institution, one.human, one.name, one.number, one.rank, one.unit) for one in found.people]


def settled(office: "Office", wanted: Sequence[Wanted]) -> list[Wanted]:
    """The same people with their places as codes, whether codes or names were typed.

    Raises `Malformed`: `enrol.place.none` for a role that means nothing without a place, `enrol.place`, or `enrol.place.near` with what may
    have been meant; a place that does not exist is never taken for the one above it.
    """
    from custody.intake.people import PLACED
    from custody.intake.search import PlaceIndex

    for one in wanted:
        if one.role in PLACED and not one.places:
            raise Malformed("enrol.place.none", role=one.role)
    index = PlaceIndex.of(places(office))
    return [replace(one, places=tuple(sorted({_place(index, text) for text in one.places}))) for one in wanted]


def _place(index: "PlaceIndex", text: str) -> str:
    sure, found = index.resolve(text)
    if sure is not None:
        return sure.code
    if not found:
        raise Malformed("enrol.place", place=text[:80])
    raise Malformed("enrol.place.near", place=text[:80], near=tuple(f"{one.place.code} {one.place.name}" for one in found[:5]))


def places(office: "Office") -> "Iterable[PlaceName]":
    """The places of the ledger as the intake names them."""
    from custody.intake.areacode import PlaceName

    state, size = office.ledger.state, office.ledger.size
    known = (state.places.get(code, size) for code in state.places.versions)
    return [PlaceName(place.code, place.kind, place.name, place.parent) for place in known if place is not None]


def duty(app: App, office: "Office | None", institution: str | None, codes: Iterable[str]) -> dict[str, str]:
    """The facts `institution` and `places` of a person in words: places by name and code, by code alone where no ledger is at hand."""
    from custody_cli.boxes.daily import Names

    names = Names(office) if office is not None else None
    told = [f"{name} ({code})" if names is not None and (name := names.place(code)) != code else code for code in sorted(codes)]
    return {"institution": institution or app.say("cli.key.unnamed"), "places": ", ".join(told) or app.say("cli.key.anywhere")}


def show_faults(app: App, faults: "Sequence[Fault]") -> None:
    """Each fault or warning of a file as a line beside the answer; the sentence names file, line and column."""
    for fault in faults:
        app.console.warn(app.say(fault.code, **fault.facts))


def show_sheet(app: App, drafts: "Sequence[Draft]", office: "Office | None" = None) -> None:
    """What a sheet would do, for the person who is to sign it; with the names of places where the ledger is at hand."""
    from custody.ledger import sheet

    for kind, count in sheet.kinds(drafts).items():
        app.console.note(app.say("cli.sheet.kind", kind=kind, count=count))
    for draft in drafts[:_MOST_SHOWN]:
        body, kind = draft.statement.body, draft.statement.kind.name
        if kind == "enrol":
            name, _, rest = str(body["key"]).partition("+")
            told = {one.field: one.value for one in draft.openings}
            person = " ".join(told[field] for field in ("rank", "name", "number") if field in told) or "—"
            facts = {"key": name, "key_id": rest[:8], "role": body["role"], "person": person}
            app.console.note(app.say("cli.key.enrol.row", **facts, **duty(app, office, body["institution"], body["places"])))
        elif kind == "revoke":
            app.console.note(app.say("cli.sheet.revoke", key=body["key"], reason=body["reason"]))
        elif kind in ("places", "register"):
            app.console.note(
                app.say(f"cli.sheet.{kind}", count=len(body["places" if kind == "places" else "boxes"]), sid=draft.statement.sid)
            )
        elif kind in ("ruling", "closing"):
            _show_boxes(app, draft, office)
    if len(drafts) > _MOST_SHOWN:
        app.console.note(app.say("cli.sheet.more", count=len(drafts) - _MOST_SHOWN))


def _show_boxes(app: App, draft: "Draft", office: "Office | None") -> None:
    """A ruling or a closing, box by box: what is to become of each."""
    from custody_cli.boxes.daily import Names

    body, kind = draft.statement.body, draft.statement.kind.name
    names = Names(office) if office is not None else None
    for row in body["boxes"]:
        box = names.box(row["box"]) if names is not None else row["box"]
        if kind == "closing":
            app.console.note(app.say("cli.sheet.closing", box=box, end=body["end"], permit=body["permit"]))
        else:
            code = "cli.sheet.ruling" if row["stands"] is not None else "cli.sheet.ruling.none"
            app.console.note(app.say(code, box=box, stands=row["stands"] or "-", falls=tuple(sid[:12] for sid in row["falls"])))
