"""`custody import`: the hierarchy and the polling stations from a list; totals shown and confirmed; signed by the authorities."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody import reading
from custody.core.errors import Malformed, Refused
from custody_cli.ground.desk import office
from custody_cli.ground.runtime import App, argument, option, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.keys.authorise import Table, answered, authorise, ready, with_signers_or_sheet
from custody_cli.keys.listing import show_faults

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.core.state import State
    from custody.intake.hierarchy import Hierarchy, Totals
    from custody.ledger.sheet import Draft

_FILE = click.Path(dir_okay=False, path_type=Path)


@define("import")
@argument("counts", required=False, type=_FILE)
@option("--wilayah", type=_FILE)
@option("--tps", "stations", type=_FILE)
@option("--warehouse", "warehouses", multiple=True)
@option("--place", "extra", multiple=True)
@option("--recap", type=click.IntRange(0, 99))
@option("--profile")
@option("--expect")
@with_signers_or_sheet
@pass_app
def command(
    app: App,
    counts: Path | None,
    wilayah: Path | None,
    stations: Path | None,
    warehouses: tuple[str, ...],
    extra: tuple[str, ...],
    recap: int | None,
    profile: str | None,
    expect: str | None,
    table: Table,
) -> None:
    hierarchy = _read(app, counts, wilayah, stations)
    with office(app, write=True) as opened:
        ready(opened, table)
        places = [*_areas(hierarchy), *_warehouses(hierarchy, warehouses), *_others(extra)]
        drafts, boxes = _drafts(app, opened, places, recap, profile)
        totals = hierarchy.totals([item["code"] for item in opened.founding.body["profile"]["types"]])
        _check(totals, expect)
        _show(app, hierarchy, totals, places, boxes)
        done = authorise(app, opened, drafts, table, app.say("cli.import.agree", tps=totals.tps, boxes=boxes, statements=len(drafts)))
    facts = {**_document(totals), "boxes": boxes, "places": len(places), "statements": len(drafts)}
    answered(app, done, table, "import", facts, lambda: app.say("cli.import.done", tps=totals.tps, boxes=boxes))


def _read(app: App, counts: Path | None, wilayah: Path | None, stations: Path | None) -> "Hierarchy":
    """The lists, with their warnings on the screen. Raises `ImportRefused` after showing every fault."""
    from contextlib import ExitStack

    from custody.intake.faults import ImportRefused
    from custody.intake.hierarchy import Sheet, read_hierarchy

    with ExitStack() as stack:
        paths = (counts, wilayah, stations)
        counted, named, listed = (None if path is None else Sheet(path.name, stack.enter_context(reading.opened(path))) for path in paths)
        try:
            hierarchy = read_hierarchy(counted, named, listed)
        except ImportRefused as refused:
            show_faults(app, refused.faults)
            raise
    show_faults(app, hierarchy.warnings)
    return hierarchy


def _areas(hierarchy: "Hierarchy") -> list[dict[str, Any]]:
    from custody.ledger.parts import place

    return [place(one.code, one.kind, one.name, one.parent, *hierarchy.risk(one.code)) for one in hierarchy.places]


def _warehouses(hierarchy: "Hierarchy", named: tuple[str, ...]) -> list[dict[str, Any]]:
    """Warehouses as `CODE=NAME` or `NAME`; without any, one for each kabupaten."""
    from custody.ledger.parts import place

    tops = hierarchy.of_kind("kabupaten")
    if not named:
        return [place(f"{top.code}-GUDANG", "warehouse", f"Gudang KPU {top.name}"[:80], top.code) for top in tops]
    found = []
    for number, text in enumerate(named, 1):
        code, mark, name = text.partition("=")
        if not mark:
            code, name = f"{tops[0].code}-GUDANG{'' if number == 1 else number}", text
        found.append(place(code.strip().upper(), "warehouse", name.strip(), code.strip()[:4]))
    return found


def _others(extra: tuple[str, ...]) -> list[dict[str, Any]]:
    """More places, as `CODE=KIND=NAME=PARENT`: a store, an office, a vehicle."""
    from custody.ledger.parts import place

    found = []
    for text in extra:
        parts = [part.strip() for part in text.split("=")]
        if len(parts) != 4:
            raise Malformed("import.place", value=text[:80])
        code, kind, name, parent = parts
        found.append(place(code.upper(), kind, name, parent.upper() or None))
    return found


def _drafts(app: App, opened: "Office", places: list[dict[str, Any]], recap: int | None, named: str | None) -> "tuple[list[Draft], int]":
    """Places that are new or changed, boxes that are new; as many statements as their bytes need."""
    from custody.core.statement import draft
    from custody.ledger import parts
    from custody.ledger.sheet import Draft

    state, size, common = opened.ledger.state, opened.ledger.size, opened.common()
    profile = opened.founding.body["profile"]
    _no_doubles(places)
    fresh = [one for one in places if _changed(state.places.get(one["code"], size), one)]
    count = profile["recap"] if recap is None else recap
    boxes = parts.boxes_of(places, profile["code"], [item["code"] for item in profile["types"]], count)
    boxes = [box for box in boxes if state.register.get(box["box"], size) is None]
    legs = [] if state.places.legs and named is None else _fresh(_legs(app, profile["code"], named), state, size)
    bodies = [("places", body) for body in parts.places_bodies(common, fresh, legs)]
    bodies += [("register", body) for body in parts.register_bodies(common, boxes)]
    if not bodies:
        raise Refused("import.nothing-new")
    return [Draft(draft(kind, body)) for kind, body in bodies], len(boxes)


def _legs(app: App, code: str, named: str | None) -> list[dict[str, Any]]:
    """The planned legs: of the profile that is named, else of the one that comes with the program for this election."""
    from custody.ledger import profile

    known = profile.of_code(code) if named is None else profile.load(named, Path.cwd())
    if known is None or not known.legs:
        app.console.warn(app.say("cli.import.no_legs", code=code))
    return [] if known is None else known.legs


def _fresh(legs: list[dict[str, Any]], state: "State", size: int) -> list[dict[str, Any]]:
    """Planned legs that are new or say something else than those in force."""
    fresh = []
    for leg in legs:
        known = state.places.leg(leg["from"], leg["to"], size)
        if known is None or (known.limit, known.least, known.escorts) != (leg["limit"], leg["least"], leg["escorts"]):
            fresh.append(leg)
    return fresh


def _changed(known: Any, one: dict[str, Any]) -> bool:
    return known is None or any(getattr(known, field) != one[field] for field in ("kind", "name", "parent", "remote", "vulnerability"))


def _no_doubles(places: list[dict[str, Any]]) -> None:
    seen: set[str] = set()
    for one in places:
        if one["code"] in seen:
            raise Malformed("import.place.twice", place=one["code"])
        seen.add(one["code"])


def _check(totals: "Totals", expect: str | None) -> None:
    from custody.intake.hierarchy import check_expected, parse_expected

    if expect is not None:
        check_expected(totals, parse_expected(expect))


def _show(app: App, hierarchy: "Hierarchy", totals: "Totals", places: list[dict[str, Any]], boxes: int) -> None:
    """The totals, to be compared with the paper before anything is signed."""
    names = {place.code: place.name for place in hierarchy.places}
    for code, count in hierarchy.counts().items():
        app.console.note(app.say("cli.import.desa", code=code, name=names[code], tps=count))
    app.console.note(app.say("cli.import.totals", **{name: getattr(totals, name) for name in ("kabupaten", "kecamatan", "desa", "tps")}))
    for kind, count in totals.boxes:
        app.console.note(app.say("cli.import.boxes", type=kind, count=count))
    for one in places:
        if one["kind"] not in ("kabupaten", "kecamatan", "desa", "tps"):
            app.console.note(app.say("cli.import.other", code=one["code"], name=one["name"]))
    app.console.note(app.say("cli.import.sum", boxes=boxes))


def _document(totals: "Totals") -> dict[str, Any]:
    return {**{name: getattr(totals, name) for name in ("kabupaten", "kecamatan", "desa", "tps")}, "types": dict(totals.boxes)}
