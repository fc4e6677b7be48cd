"""What `custody status` tells of the operation or a place: plenaries, coverage, big figures, trouble and what to do, who is missing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from custody.assembly import arrivals
from custody.assembly.arrivals import KINDS, STANDS, Lot, Tally
from custody.assembly.whereabouts import LEVELS
from custody.core.coverage import together
from custody.core.findings import grouped
from custody.core.holding import Coverage
from custody.core.moment import to_seconds
from custody_cli.boxes import covering, findings, looking, naming, underway
from custody_cli.boxes.named import Names
from custody_cli.boxes.travel import around_lines
from custody_cli.ground.app import App
from custody_cli.ground.console import paint

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.assembly.account import Account
    from custody.assembly.arrivals import Area, Stand
    from custody.assembly.plenaries import Sitting
    from custody.assembly.reconciling import Reconciliation
    from custody.assembly.reviewing import Found
    from custody.assembly.whereabouts import Where

_STALE = 24 * 3600  # seconds after which a backup is told as old
_LISTED = 40  # lines of a list; --boxes shows all
_NAMED = 6  # boxes named beside it
_COUNTS = ("expected", "custody", "transit", "unaccounted", "disputed", "closed", "overdue", "trouble", "offered")


@dataclass(frozen=True)
class Overview:
    """What is told of an area. `asked` is None for the whole operation, which has no "here"; `stands` is empty then."""

    asked: "Area | None"
    told: "Reconciliation"
    stands: "dict[str, Stand]"
    rows: list[Tally]
    around: dict[str, Any]
    now: str
    sittings: "list[Sitting]"
    rooms: "list[Found]"
    found: "list[Found]"
    behind: "list[Account]"

    @property
    def whole(self) -> Tally:
        return arrivals.total(self.rows)

    @cached_property
    def boxes(self) -> "list[Where]":
        """Every box of it, those that nobody registered too."""
        return sorted((one.where for one in (*self.told.accounts, *self.told.strangers)), key=lambda one: one.box)

    @property
    def coverage(self) -> Coverage:
        """How much of the history of all its boxes a signed holder covers."""
        return together(one.coverage for one in self.boxes)

    @property
    def overdue(self) -> "list[Where]":
        return [one.where for one in self.told.accounts if one.overdue]

    @property
    def trouble(self) -> "list[Where]":
        return [one for one in self.boxes if one.trouble]

    @property
    def open_trouble(self) -> "list[Where]":
        """Those that somebody can still do anything about."""
        return [one for one in self.trouble if one.status != "closed"]

    @property
    def past_trouble(self) -> "list[Where]":
        """Those that were closed with something against them."""
        return [one for one in self.trouble if one.status == "closed"]

    @cached_property
    def others(self) -> dict[str, int]:
        """How many breaches and warnings are found that are told of no box and of no room here."""
        told = {*(found for box in self.trouble for found in box.against), *(one.finding for one in self.rooms)}
        left = [one.finding.severity for one in self.found if one.finding not in told and one.finding.severity != "note"]
        return {"breaches": left.count("breach"), "warnings": left.count("warning")}

    @property
    def strangers(self) -> "list[Where]":
        """Boxes that somebody brought and nobody registered; they are in no count of boxes."""
        return [one for one in self.boxes if not one.registered]

    @property
    def broken(self) -> bool:
        """Whether a breach is told of a room, a count, a load or a plenary."""
        return any(one.finding.severity == "breach" for one in self.rooms)

    def standing(self, stand: str) -> list[Lot]:
        """The boxes of one standing."""
        return arrivals.lots(one for one in self.boxes if one.registered and self.stands.get(one.box) == stand)


def overview(opened: "Office", code: str | None) -> Overview:
    """Of a place, or of the whole operation."""
    from custody.assembly.behind import left_behind
    from custody.assembly.reconciling import reconcile
    from custody.assembly.reviewing import of_rooms, review

    told = reconcile(opened, code)
    asked = told.asked
    inner = asked is not None and asked.kind != "kabupaten"
    stands = arrivals.stands(asked, told.accounts) if asked is not None and inner else {}
    rows = arrivals.tallies(opened, told.accounts, arrivals.below(asked.kind if asked is not None else None), stands)
    behind = left_behind(opened, told.accounts)
    around, sittings, rooms = _around(opened), _sittings(opened, asked), of_rooms(opened, code)
    return Overview(asked if inner else None, told, stands, rows, around, opened.now(), sittings, rooms, review(opened, code), behind)


def _sittings(opened: "Office", asked: "Area | None") -> "list[Sitting]":
    """The plenaries that a scope is about: all of them, or that of one kecamatan; a store, desa or TPS has none."""
    from custody.assembly.plenaries import sittings

    if asked is not None and asked.kind not in ("kabupaten", "kecamatan"):
        return []
    return [one for one in sittings(opened) if asked is None or asked.kind == "kabupaten" or one.place == asked.code]


def _around(opened: "Office") -> dict[str, Any]:
    """What else should be known before going home: the last backup, open incidents, what is not in the ledger yet, unfinished drafts."""
    from custody.assembly import last_backup
    from custody.assembly.incidents import open_incidents
    from custody.station.draft import waiting

    last = last_backup(opened)
    outbox = opened.folder.outbox
    return {
        "backup": vars(last) if last is not None else None,
        "incidents": len(open_incidents(opened)),
        "unsealed": len(opened.outbox.pending()),
        "refused": len(list(outbox.glob("*.refused"))) if outbox.is_dir() else 0,
        "drafts": len(waiting(opened.folder.drafts)),
        "entries": opened.ledger.size,
    }


# -- for programs --------------------------------------------------------------------------------------------------------------


def document(app: App, opened: "Office", names: Names, view: Overview, listed: bool) -> dict[str, Any]:
    """The overview for --json. Counts add up: see `arrivals.Tally`."""
    code = view.asked.code if view.asked is not None else None
    return {
        "place": code,
        "name": names.place(code) if code else None,
        "class": covering.stated(opened, code),
        "plenaries": [one._asdict() | {"name": names.place(one.place)} for one in view.sittings],
        "coverage": covering.document(view.coverage),
        "holes": [findings.document(app, one, opened.zone) for box in view.boxes for one in box.holes],
        "total": _numbers(view, view.whole),
        "areas": [
            {"code": row.code, "name": names.place(row.code), "class": covering.stated(opened, row.code), **_numbers(view, row)}
            for row in view.rows
        ],
        "trouble": [_box(one) for one in view.open_trouble],
        "past_trouble": [_box(one) for one in view.past_trouble],
        "overdue": [_box(one) for one in view.overdue],
        "missing": [_lot(names, one) for one in view.standing("missing")],
        "coming": [_lot(names, one) for one in view.standing("coming")],
        "left_behind": [one.box for one in view.behind],
        "unregistered": [one.box for one in view.strangers],
        "findings": [findings.document(app, one, opened.zone) for box in view.trouble for one in box.against],
        "others": view.others,
        "rooms": [{**findings.document(app, one.finding, opened.zone), "at": one.at, "site": one.site} for one in view.rooms],
        **view.around,
        **({"boxes": [_box(one) for one in view.boxes]} if listed else {}),
    }


def _numbers(view: Overview, row: Tally) -> dict[str, Any]:
    counts: dict[str, Any] = {name: getattr(row, name) for name in _COUNTS}
    counts["at"] = {kind: row.at[kind] for kind in KINDS}
    return counts | ({stand: row.stands[stand] for stand in STANDS} if view.asked is not None else {})


def _box(one: "Where") -> dict[str, Any]:
    told = {name: getattr(one, name) for name in ("box", "status", "holder", "place", "to", "since", "due", "registered")}
    return told | {"trouble": one.trouble, "against": sorted({found.code for found in one.against})}


def _lot(names: Names, lot: Lot) -> dict[str, Any]:
    told = {"homes": list(lot.homes), "types": list(lot.types), "boxes": list(lot.boxes), "holder": lot.holder, "place": lot.place}
    return told | {"to": lot.to, "holder_name": names.person(lot.holder) if lot.holder else None}


# -- for people ----------------------------------------------------------------------------------------------------------------


def tell(app: App, opened: "Office", names: Names, view: Overview, listed: bool, holes: bool) -> None:
    """The overview on the screen: the figures first, then what must be done, then who holds what."""
    for line in _head(app, opened, names, view):
        app.console.answer(line)
    most = None if listed else _LISTED
    if holes:
        told = [one for box in view.boxes for one in box.holes]
        _list(app, "holes", len(told), list(covering.lines(app, names, told, opened.zone)), None)
    beside = sum(not one.registered for one in view.open_trouble)
    heading = "trouble.strangers" if beside else "trouble"
    here = list(_troubles(app, opened, names, view.open_trouble, listed))
    _list(app, heading, len(view.open_trouble) - beside, here, None, beside)
    _list(app, "rooms", len(view.rooms), list(_rooms(app, opened, names, view, listed)), None)
    lots = arrivals.lots(one.where for one in view.behind)
    _list(app, "behind", len(view.behind), [_lot_line(app, names, view, lot, "behind") for lot in lots], most)
    _others(app, view)
    _list(app, "late", len(view.overdue), list(_late(app, opened, names, view)), most)
    if view.asked is not None:
        for stand in ("missing", "coming"):
            found = view.standing(stand)
            count = sum(len(lot.boxes) for lot in found)
            _list(app, stand, count, [_lot_line(app, names, view, lot, stand) for lot in found], most)
    app.console.answer("")
    if view.asked is not None and view.asked.kind == "tps":
        listed = True
    else:
        _table(app, names, view)
    if listed:
        heads = [app.say(f"cli.status.column.{one}") for one in ("box", "state", "holder", "place", "to")]
        app.console.table(heads, _listed(app, names, view.boxes))
    _tell_around(app, opened, view.around)


def _others(app: App, view: Overview) -> None:
    """What is not listed here, and where it is: of boxes that were closed, and all that is told and stands against none."""
    say, name = app.console.answer, f" {view.asked.code}" if view.asked is not None else ""
    if view.past_trouble or any(view.others.values()):
        say("")
    if view.past_trouble:
        say(paint(app.say("cli.status.past", count=len(view.past_trouble), command=f"custody findings{name} --severity breach"), "warn"))
    if any(view.others.values()):
        say(paint(app.say("cli.status.others", **view.others, command=f"custody findings{name}"), "warn"))


def _head(app: App, opened: "Office", names: Names, view: Overview) -> Iterator[str]:
    """Where and when, and the figures that a person in a hall at night asks for."""
    whole = view.whole
    name = naming.titled(app, names, view.asked.code) if view.asked is not None else opened.founding.body["operation"]
    yield from covering.plenary_lines(app, names, view.sittings)
    yield covering.sentence(app, view.coverage)
    yield paint(app.say("cli.status.title", name=name, at=view.now, zone=opened.zone), "head")
    stated = covering.classed(app, opened, view.asked.code) if view.asked is not None else ""
    if stated:
        yield app.say("cli.status.class", stated=stated)
    if view.asked is not None:
        counts = {stand: whole.stands[stand] for stand in STANDS}
        yield paint(app.say("cli.status.stands", **counts, expected=whole.expected), "head")
    else:
        at = {kind: whole.at[kind] for kind in KINDS}
        facts = {"expected": whole.expected, "transit": whole.transit, "unaccounted": whole.unaccounted, **at}
        yield paint(app.say("cli.status.whole.other" if at["other"] else "cli.status.whole", **facts), "head")
    if view.asked is not None and view.asked.kind not in LEVELS:
        yield app.say("cli.findings.store", name=name)
    if whole.disputed:
        yield paint(app.say("cli.status.disputed", count=whole.disputed), "bad")
    trouble = sum(one.registered for one in view.open_trouble)
    bad = bool(trouble or whole.overdue)
    yield paint(app.say("cli.status.bad", trouble=trouble, late=whole.overdue), "bad" if bad else "good")
    if view.rooms:
        breaches = sum(one.finding.severity == "breach" for one in view.rooms)
        facts = {"breaches": breaches, "warnings": len(view.rooms) - breaches}
        yield paint(app.say("cli.status.rooms", **facts), "bad" if breaches else "warn")
    if whole.closed:
        yield app.say("cli.reconcile.closed", count=whole.closed)
    yield from underway.offered_lines(app, opened, [one.box for one in view.boxes if one.registered and one.status == "offered"])
    if view.strangers:
        yield paint(app.say("cli.status.strangers", count=len(view.strangers)), "bad")


def _list(app: App, name: str, count: int, lines: Sequence[str], most: int | None, beside: int = 0) -> None:
    if not lines:
        return
    tone = "bad" if name in ("trouble", "trouble.strangers", "late", "rooms") else "head"
    app.console.answer("")
    app.console.answer(paint(app.say(f"cli.status.list.{name}", count=count, beside=beside), tone))
    for line in lines[:most]:
        app.console.answer(f"  {line}")
    if most is not None and len(lines) > most:
        app.console.answer("  " + app.say("cli.status.more", count=len(lines) - most))


def _troubles(app: App, opened: "Office", names: Names, boxes: "Iterable[Where]", listed: bool) -> Iterator[str]:
    """What stands against boxes, breaches first, and the step to take; where there is much, the first of each kind and which others."""
    found = grouped(one._replace(box=one.box or box.box) for box in boxes for one in box.against)
    for (one, more), others in findings.kinds(found, listed):
        told = findings.lines(app, one, opened.zone, more, names)
        yield from told
        if one.box is not None and f"custody trace {one.box}" not in told[-1]:
            yield f"    {app.say('cli.status.look', box=one.box)}"
        if others:
            alike = list(dict.fromkeys(names.box(other.box) for other, _ in others if other.box and other.box != one.box))
            yield "    " + app.say("cli.status.alike", count=len(others), code=one.code)
            if alike:
                yield "    " + app.say("cli.status.alike.boxes", boxes=[*alike[:_NAMED], *(["…"] if len(alike) > _NAMED else [])])


def _rooms(app: App, opened: "Office", names: Names, view: Overview, listed: bool) -> Iterator[str]:
    """What is found of rooms, counts, loads and plenaries: the same way, with where and when."""
    placed = {one.finding: one for one in view.rooms}
    for (one, more), others in findings.kinds(grouped(placed), listed):
        first, *rest = findings.lines(app, one, opened.zone, more, names)
        yield first
        where = placed[one]
        if where.at is not None and where.site is not None:
            yield "    " + app.say("cli.findings.where", at=where.at, zone=opened.zone, site=names.place(where.site))
        yield from rest
        if others:
            yield "    " + app.say("cli.status.alike", count=len(others), code=one.code)


def _late(app: App, opened: "Office", names: Names, view: Overview) -> Iterator[str]:
    """Boxes that should have arrived, by home, holder and time: those of vulnerable and remote places first."""
    from custody.assembly.loads import overdue

    known = {one.box: one for one in view.overdue}
    for late in overdue(opened, known) if known else ():
        for lot in arrivals.lots(known[box] for box in late.boxes):
            facts = {"to": names.place(lot.to or "-"), "holder": names.person(lot.holder), "due": late.due, "zone": opened.zone}
            told = app.say("cli.status.late", homes=naming.homes(names, lot.homes), types=" ".join(lot.types), **facts)
            yield " · ".join([told, *covering.marks(app, late.vulnerability, late.remote)])


def _lot_line(app: App, names: Names, view: Overview, lot: Lot, stand: str) -> str:
    """`TPS 004 Habi  PPWP DPR  dipegang …`: home, types, who has them, and where unless that is their home."""
    facts = {"homes": naming.homes(names, lot.homes), "types": " ".join(lot.types), "holder": names.person(lot.holder)}
    facts |= {"place": names.place(lot.place or "-"), "to": names.place(lot.to or "-")}
    if lot.place is None:
        return app.say("cli.status.lot.unknown", **facts)
    if lot.place != lot.to:
        return app.say("cli.status.lot.moving", **facts)
    return app.say("cli.status.lot.home" if lot.homes == (lot.place,) else "cli.status.lot.elsewhere", **facts)


def _table(app: App, names: Names, view: Overview) -> None:
    columns = _columns(view)
    rows = [*((_named(app, names, row.code), row) for row in view.rows), (app.say("cli.status.total"), view.whole)]
    heads = [app.say(f"cli.{'reconcile' if name in ('disputed', 'closed') else 'status'}.column.{name}") for name in ("area", *columns)]
    app.console.table(heads, [[name, *(str(_cell(row, one)) for one in columns)] for name, row in rows], right=range(1, len(heads)))


def _named(app: App, names: Names, code: str) -> str:
    """A place with its class."""
    stated = covering.classed(app, names.office, code)
    return f"{names.place(code)} ({stated})" if stated else names.place(code)


def _columns(view: Overview) -> tuple[str, ...]:
    """Counts that add up to the first; those of places where nothing ever rests are left out."""
    if view.asked is not None:
        return ("expected", *STANDS, "overdue", "trouble")
    other = ("other",) if view.whole.at["other"] else ()
    closed = tuple(name for name in ("disputed", "closed") if getattr(view.whole, name))
    return ("expected", "tps", "desa", "kecamatan", "warehouse", *other, "transit", "unaccounted", *closed, "overdue", "trouble")


def _cell(row: Tally, column: str) -> int:
    if column in KINDS:
        return row.at[column]
    return row.stands[column] if column in STANDS else int(getattr(row, column))


def _listed(app: App, names: Names, boxes: "Iterable[Where]") -> list[list[str]]:
    return [
        [
            one.box,
            looking.state_told(app, one.status, one.against),
            names.person(one.holder),
            names.place(one.place or "—"),
            names.place(one.to or "—"),
        ]
        for one in boxes
    ]


def _tell_around(app: App, opened: "Office", around: dict[str, Any]) -> None:
    backup = around["backup"]
    if backup is None and not opened.drill:
        app.console.answer(paint(app.say("cli.status.no-backup"), "warn"))
    elif backup is not None:
        hours = (to_seconds(opened.now()) - to_seconds(backup["at"])) // 3600
        newer = around["entries"] - backup["size"]
        tone = "warn" if hours * 3600 >= _STALE else "dim"
        app.console.answer(paint(app.say("cli.status.backup", at=backup["at"], zone=opened.zone, hours=hours, newer=newer), tone))
    for line in around_lines(app, opened):
        app.console.answer(line)
    for name in ("incidents", "refused", "drafts") if opened.station else ("incidents", "unsealed", "refused", "drafts"):
        if around[name]:
            app.console.answer(paint(app.say(f"cli.status.{name}", count=around[name]), "warn"))
