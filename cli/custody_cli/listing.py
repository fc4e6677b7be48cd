"""Lists that come in as files, with their faults shown line by line, and sheets of drafts shown before they are signed."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from custody_cli.app import App
from custody_cli.inviting import Wanted

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.intake.areacode import PlaceName
    from custody.intake.faults import Fault
    from custody.ledger.sheet import Draft

_MOST_SHOWN = 20


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


def places(office: "Office") -> "Iterable[PlaceName]":
    """The places of the ledger as the intake names them."""
    from custody.intake.areacode import PlaceName

    state, size = office.ledger.state, office.ledger.size
    known = (state.places.get(code, size) for code in state.places.versions)
    return [PlaceName(place.code, place.kind, place.name, place.parent) for place in known if place is not None]


def show_faults(app: App, faults: "Sequence[Fault]") -> None:
    """Each fault or warning of a file as a line beside the answer."""
    for fault in faults:
        app.console.warn(app.say("cli.import.fault", place=_spot(app, fault), text=app.say(fault.code, **fault.facts)))


def _spot(app: App, fault: "Fault") -> str:
    line, column = fault.facts.get("line"), fault.facts.get("column")
    file = fault.facts.get("file", "-")
    if not line:
        return str(file)
    return app.say("cli.import.spot" if column is None else "cli.import.spot.column", file=file, line=line, column=column)


def show_sheet(app: App, drafts: "Sequence[Draft]") -> None:
    """What a sheet would do, for the person who is to sign it."""
    from custody.ledger import sheet

    for kind, count in sheet.kinds(drafts).items():
        app.console.note(app.say("cli.sheet.kind", kind=kind, count=count))
    for draft in drafts[:_MOST_SHOWN]:
        body, kind = draft.statement.body, draft.statement.kind.name
        if kind == "enrol":
            name, _, rest = str(body["key"]).partition("+")
            facts = {"key": name, "key_id": rest[:8], "role": body["role"], "places": ", ".join(body["places"]), "person": "—"}
            app.console.note(app.say("cli.key.enrol.row", **facts))
        elif kind == "revoke":
            app.console.note(app.say("cli.sheet.revoke", key=body["key"], reason=body["reason"]))
        elif kind in ("places", "register"):
            app.console.note(
                app.say(f"cli.sheet.{kind}", count=len(body["places" if kind == "places" else "boxes"]), sid=draft.statement.sid)
            )
    if len(drafts) > _MOST_SHOWN:
        app.console.note(app.say("cli.sheet.more", count=len(drafts) - _MOST_SHOWN))
