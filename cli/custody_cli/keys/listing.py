"""Lists that come in as files, with their faults shown line by line, and sheets of drafts shown before they are signed."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custody.core.errors import Malformed
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.keys.inviting import Wanted

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.intake.areacode import PlaceName
    from custody.intake.faults import Fault
    from custody.intake.search import PlaceIndex
    from custody.ledger.sheet import Draft, Sheet

_FEW = 6  # boxes or places that are named one by one
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
    from custody_cli.boxes.named import Names

    names = Names(office) if office is not None else None
    told = [f"{name} ({code})" if names is not None and (name := names.place(code)) != code else code for code in sorted(codes)]
    return {"institution": institution or app.say("cli.key.unnamed"), "places": ", ".join(told) or app.say("cli.key.anywhere")}


def show_faults(app: App, faults: "Sequence[Fault]") -> None:
    """Each fault or warning of a file as a line beside the answer; the sentence names file, line and column."""
    for fault in faults:
        app.console.warn(app.say(fault.code, **fault.facts))


def show_sheet(app: App, found: "Sheet", office: "Office | None" = None) -> None:
    """For whom a sheet is and what it would do, for the person who is to sign it; with the names of places where the ledger is at hand."""
    from custody.ledger import sheet

    drafts, founding = found.drafts, found.founding.body
    if founding["drill"]:
        app.console.note(paint(app.say("cli.sheet.drill"), "bad"))
    facts = {"operation": founding["operation"], "domain": founding["domain"], "sid": found.founding.sid}
    app.console.note(paint(app.say("cli.sheet.ledger", **facts), "head"))
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
        elif kind == "places":
            laid = [f"{one['code']} {one['name']}" for one in body["places"]]
            counts = {"count": len(laid), "legs": len(body["legs"])}
            app.console.note(app.say("cli.sheet.places", **counts, places=_ends(laid) or "—", sid=draft.statement.sid))
        elif kind == "register":
            facts = {"reason": body["reason"], "sid": draft.statement.sid, "count": len(body["boxes"])}
            homes = _ends(list(dict.fromkeys(_place_named(office, one["place"]) for one in body["boxes"])))
            boxes = _ends([_registered(app, one) for one in body["boxes"]])
            app.console.note(app.say("cli.sheet.register", **facts, boxes=boxes, homes=homes))
        elif kind in ("ruling", "closing"):
            _show_boxes(app, draft, office)
    if len(drafts) > _MOST_SHOWN:
        app.console.note(app.say("cli.sheet.more", count=len(drafts) - _MOST_SHOWN))


def _ends(told: Sequence[str]) -> str:
    """A few of a list by name: all where they are few, else the first and the last."""
    return ", ".join(told) if len(told) <= _FEW else f"{told[0]} … {told[-1]}"


def _registered(app: App, item: dict[str, Any]) -> str:
    """A box of a registration, with the older one that it follows."""
    return app.say("cli.sheet.follows", box=item["box"], older=item["replaces"]) if item["replaces"] else str(item["box"])


def _place_named(office: "Office | None", code: str) -> str:
    from custody_cli.boxes.named import Names

    return Names(office).place(code) if office is not None else code


def _show_boxes(app: App, draft: "Draft", office: "Office | None") -> None:
    """A ruling or a closing, box by box: what is to become of each."""
    from custody_cli.boxes.named import Names

    body, kind = draft.statement.body, draft.statement.kind.name
    names = Names(office) if office is not None else None
    for row in body["boxes"]:
        box = names.box(row["box"]) if names is not None else row["box"]
        if kind == "closing":
            app.console.note(app.say("cli.sheet.closing", box=box, end=body["end"], permit=body["permit"]))
        else:
            code = "cli.sheet.ruling" if row["stands"] is not None else "cli.sheet.ruling.none"
            app.console.note(app.say(code, box=box, stands=row["stands"] or "-", falls=tuple(sid[:12] for sid in row["falls"])))
