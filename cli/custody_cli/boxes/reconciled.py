"""What `custody reconcile` tells: the figures, who holds what was inside, what is overdue, not accounted for, in dispute or foreign."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from custody.assembly import arrivals
from custody.assembly.account import KINDS, Account
from custody.assembly.behind import left_behind
from custody.assembly.reconciling import Counts, Reconciliation, held, revised, seals
from custody.assembly.reviewing import of_rooms
from custody.assembly.unrecorded import WHYS
from custody.assembly.whereabouts import LEVELS
from custody.core.boxid import BoxId
from custody.core.findings import grouped
from custody.i18n import dates
from custody_cli.boxes import findings, looking, naming
from custody_cli.boxes.named import Names
from custody_cli.ground import csvtext
from custody_cli.ground.app import App
from custody_cli.ground.console import paint

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.assembly.earlier import Seen
    from custody.core.holding import SealState

_LISTED = 40  # lines of a list; --boxes shows all
_LISTS = ("overdue", "unaccounted", "disputed", "foreign", "left_behind")
_COLUMNS = ("expected", "custody", "transit", "overdue", "unaccounted", "disputed", "closed", "here")


class Sheet:
    """One reconciliation with everything that telling it needs."""

    def __init__(self, app: App, opened: "Office", told: Reconciliation) -> None:
        self.app, self.opened, self.told = app, opened, told
        self.names = Names(opened)
        self.room = told.asked is not None and told.asked.kind != "kabupaten"  # what can have boxes in it
        self.store = told.asked is not None and told.asked.kind not in LEVELS  # what is nothing but a room
        self._seals: dict[str, Seen] = {}
        self.revised = revised(opened, told)
        self.behind = [] if told.past else left_behind(opened, told.accounts)
        code = told.asked.code if told.asked is not None else None
        self.rooms = [] if told.past else [one for one in of_rooms(opened, code) if one.finding.severity == "breach"]

    def seals(self, accounts: Iterable[Account]) -> "dict[str, Seen]":
        """The seals of these boxes as last seen."""
        fresh = [one for one in accounts if one.box not in self._seals]
        self._seals |= seals(self.opened, fresh, self.told.earlier)
        return self._seals

    def moment(self, at: str | None) -> str:
        """A moment in few letters, for tables: `28-11 00.30 WITA`, with the year where it is another than that of the answer."""
        if at is None:
            return "—"
        here, zone = dates.local(at, self.opened.zone), self.opened.zone
        day = f"{here:%d-%m}" if here.year == dates.local(self.told.at, zone).year else f"{here:%d-%m-%Y}"
        return f"{day} {dates.clock(at, zone, self.app.lang)}"

    def listed(self, name: str) -> list[Account]:
        """The boxes of one list."""
        told = self.told
        if name == "inside":
            return held(told.inside, told.earlier)
        if name == "left_behind":
            return self.behind
        if name == "foreign":
            return held(told.foreign, told.earlier)
        if name == "unaccounted":
            untold = {one.box for one in told.untold}
            return held((one for one in told.of("unaccounted") if one.box not in untold), told.earlier)
        return held((one for one in told.accounts if (one.overdue if name == "overdue" else one.kind == name)), told.earlier)

    @property
    def wanting(self) -> bool:
        """Whether somebody must look for a box, or a count or a room does not agree with what is recorded."""
        return self.told.wanting or bool(self.rooms or self.behind)

    @property
    def columns(self) -> tuple[str, ...]:
        """The counts that say something here."""
        whole = self.told.whole
        return tuple(one for one in _COLUMNS if one != "here" and (one != "closed" or whole.closed)) + (("here",) if self.room else ())


# -- for programs --------------------------------------------------------------------------------------------------------------


def document(sheet: Sheet, every: bool) -> dict[str, Any]:
    """The answer for --json. Counts add up: see `reconciling.Counts`."""
    told, asked = sheet.told, sheet.told.asked
    document: dict[str, Any] = {
        "place": asked.code if asked is not None else None,
        "name": sheet.names.place(asked.code) if asked is not None else None,
        "at": told.at,
        "past": told.past,
        "skew_seconds": told.skew,
        "revised": [{"entry": entry, "boxes": list(boxes)} for entry, boxes in sheet.revised],
        "total": _numbers(told.whole),
        "areas": [{"code": one.code, "name": sheet.names.place(one.code), **_numbers(one)} for one in told.rows],
        "untold": len(told.untold),
        "sought": dict(sorted(told.sought.items())),
        "inside": [_box(sheet, one) for one in sheet.listed("inside")] if sheet.room else None,
    }
    for name in _LISTS:
        document[name] = [_box(sheet, one) for one in sheet.listed(name)]
    document["rooms"] = [findings.document(sheet.app, one.finding, sheet.opened.zone) for one in sheet.rooms]
    return document | ({"boxes": [_box(sheet, one) for one in held(told.accounts, told.earlier)]} if every else {})


def _numbers(one: Counts) -> dict[str, int]:
    return {name: getattr(one, name) for name in (*_COLUMNS, "foreign")}


def _box(sheet: Sheet, one: Account) -> dict[str, Any]:
    where, seen = one.where, sheet.seals([one]).get(one.box)
    told: dict[str, Any] = {name: getattr(where, name) for name in ("box", "status", "holder", "place", "to", "since", "due", "registered")}
    told |= {"kind": one.kind, "overdue": one.overdue, "here": _surely(one), "against": sorted({found.code for found in where.against})}
    told["seals"] = [list(seal) for seal in seen.seals] if seen is not None else []
    told["looked"] = seen.looked if seen is not None else None
    told["may_have_been"] = [{"place": step.place, "to": step.to, "entry": step.entry} if step else None for step in one.others]
    return told


def _surely(one: Account) -> str:
    return "surely" if one.here else "possibly" if one.perhaps else "no"


def csv_rows(sheet: Sheet, every: bool) -> tuple[list[str], list[list[object]]]:
    """Heads and rows for a spreadsheet: the boxes inside a room or, with `every`, all boxes; else the counts by area."""
    if not every and not sheet.store:
        heads = ["code", "area", *sheet.columns]
        return heads, [[one.code, sheet.names.place(one.code), *(getattr(one, name) for name in sheet.columns)] for one in sheet.told.rows]
    told = sheet.told
    found = held((*told.accounts, *told.foreign), told.earlier) if every else sheet.listed("inside")
    heads = ["box", "name", "kind", "here", "holder_key", "holder", "place_code", "place", "to_code", "to", "since", "due", "zone"]
    return [*heads, "since_utc", "due_utc", "overdue", "seals", "seals_entry", "against"], [_csv_row(sheet, one) for one in found]


def _csv_row(sheet: Sheet, one: Account) -> list[object]:
    app, zone, where = sheet.app, sheet.opened.zone, one.where
    names, seen = sheet.names, sheet.seals([one]).get(one.box)
    row: list[object] = [one.box, names.box(one.box), app.say(f"cli.csv.column.{one.kind}"), app.say(f"cli.csv.here.{_surely(one)}")]
    row += [where.holder, names.people.get(where.holder or "")]
    row += [where.place, names.place(where.place) if where.place else None, where.to, names.place(where.to) if where.to else None]
    (since, since_utc), (due, due_utc) = csvtext.moment(where.since, zone), csvtext.moment(where.due, zone)
    row += [since, due, csvtext.zone(app, sheet.told.at, zone), since_utc, due_utc, app.say("cli.csv.yes" if one.overdue else "cli.csv.no")]
    row += [looking.seals_told(app, seen.seals), seen.looked] if seen is not None else [None, None]
    return [*row, " ".join(sorted({found.code for found in where.against}))]


# -- for people ----------------------------------------------------------------------------------------------------------------


def tell(sheet: Sheet, every: bool) -> None:
    """The reconciliation on the screen: the figures, the boxes inside a room, what somebody must look for, and the counts by area."""
    say = sheet.app.console.answer
    for line in _head(sheet, every):
        say(line)
    most = None if every else _LISTED
    if sheet.room and (sheet.told.past or every):
        _inside(sheet, None if sheet.store or every else _LISTED)
    for name in _LISTS:
        _list(sheet, name, most)
    say("")
    _table(sheet)
    if every and not sheet.room:
        say("")
        _boxes(sheet, held(sheet.told.accounts, sheet.told.earlier), None)


def _head(sheet: Sheet, every: bool) -> Iterator[str]:
    app, told, whole = sheet.app, sheet.told, sheet.told.whole
    name = naming.titled(app, sheet.names, told.asked.code) if told.asked is not None else sheet.opened.founding.body["operation"]
    yield paint(app.say("cli.reconcile.title", name=name, at=told.at, zone=sheet.opened.zone), "head")
    if told.past:
        yield app.say("cli.reconcile.claimed", minutes=-(-told.skew // 60))
        yield app.say("cli.reconcile.now-valid")
        if sheet.revised:
            entries, boxes = [entry for entry, _ in sheet.revised], {box for _, some in sheet.revised for box in some}
            yield paint(app.say("cli.reconcile.revised", entries=entries, count=len(boxes)), "warn")
    if sheet.room:
        here, perhaps = sum(one.here for one in told.inside), sum(one.perhaps for one in told.inside)
        code = "cli.reconcile.inside" if told.past else "cli.reconcile.here"
        yield paint(app.say(code, here=here, perhaps=perhaps), "head")
        stored = sum(one.here and one.kind == "closed" for one in told.inside)
        if stored:
            yield app.say("cli.reconcile.stored", count=stored)
    counts = {name: getattr(whole, name) for name in ("expected", *KINDS, "overdue")}
    untold = len(told.untold)
    yield app.say("cli.reconcile.counts", **{**counts, "unaccounted": whole.unaccounted - untold})
    if untold:
        yield app.say("cli.reconcile.untold.here" if sheet.store else "cli.reconcile.untold", count=untold)
    for why in WHYS:
        wanted = sum(one == why for one in told.sought.values())
        if wanted:
            yield paint(app.say(f"cli.reconcile.sought.{why}", count=wanted), "warn")
    if whole.closed:
        yield app.say("cli.reconcile.closed", count=whole.closed)
    for (one, more), others in findings.kinds(grouped(one.finding for one in sheet.rooms), every):
        yield from findings.lines(app, one, sheet.opened.zone, more, sheet.names)
        if others:
            yield "    " + app.say("cli.status.alike", count=len(others), code=one.code)
    bad = sheet.wanting
    yield paint(app.say("cli.reconcile.wanting" if bad else "cli.reconcile.fine"), "bad" if bad else "good")


def _inside(sheet: Sheet, most: int | None) -> None:
    """The boxes that lay in the room, surely and possibly, each with holder and the seals that were seen last."""
    inside = sheet.listed("inside")
    for name, found in (("surely", [one for one in inside if one.here]), ("possibly", [one for one in inside if one.perhaps])):
        if found:
            sheet.app.console.answer("")
            sheet.app.console.answer(paint(sheet.app.say(f"cli.reconcile.list.{name}", count=len(found)), "head"))
            _boxes(sheet, found, most)


def _boxes(sheet: Sheet, found: Sequence[Account], most: int | None) -> None:
    app, names, known = sheet.app, sheet.names, sheet.seals(found)
    heads = [app.say(f"cli.reconcile.column.{one}") for one in ("box", "holder", "place", "since", "seals", "entry")]
    rows = []
    for one in found[:most]:
        seen = known.get(one.box)
        place = "—" if one.where.place is None else _way(names, one.where.place, one.where.to)
        since = sheet.moment(one.where.since)
        told, entry = (seals_short(app, seen.seals), str(seen.looked)) if seen is not None else ("—", "—")
        rows.append([names.box(one.box), names.person(one.where.holder), place, since, told, entry])
    app.console.table(heads, rows, right=[5])
    _more(app, len(found), most)


def _way(names: Names, place: str, to: str | None) -> str:
    return names.place(place) if to in (None, place) else f"{names.place(place)} → {names.place(to or '')}"


def seals_short(app: App, seals: Iterable["SealState"]) -> str:
    """Seals in few words: how many are intact, with their numbers; any other each by itself."""
    listed = list(seals)
    whole = [number or "" for _, state, number in listed if state == "intact"]
    told = [app.say("cli.reconcile.intact", count=len(whole), numbers=" ".join(filter(None, whole))).rstrip()] if whole else []
    broken = [seal for seal in listed if seal[1] != "intact"]
    return ", ".join([*told, *([looking.seals_told(app, broken)] if broken else [])]) or "—"


def _list(sheet: Sheet, name: str, most: int | None) -> None:
    """One list of boxes that somebody must look for, alike ones in one line."""
    found = sheet.listed(name)
    if not found:
        return
    app = sheet.app
    app.console.answer("")
    app.console.answer(paint(app.say(f"cli.reconcile.list.{name}", count=len(found)), "bad"))
    lots = arrivals.lots(one.where for one in found)
    due = {one.box: one.where.due for one in found}
    for lot in lots[:most]:
        app.console.answer("  " + _lot_line(sheet, name, lot, due[lot.boxes[0]]))
    _more(app, len(lots), most)


def _lot_line(sheet: Sheet, name: str, lot: arrivals.Lot, due: str | None) -> str:
    app, names = sheet.app, sheet.names
    facts = {"homes": naming.homes(names, lot.homes), "types": " ".join(lot.types), "holder": names.person(lot.holder)}
    facts |= {"place": names.place(lot.place or "-"), "to": names.place(lot.to or "-")}
    if lot.place is None:
        return app.say("cli.status.lot.unknown", **facts)
    if name == "overdue" and due is not None:
        return app.say("cli.status.late", **facts, due=due, zone=sheet.opened.zone)
    if name in ("unaccounted", "disputed"):
        return app.say("cli.reconcile.lot.last", **facts)
    return app.say("cli.status.lot.moving" if lot.place != lot.to else "cli.status.lot.elsewhere", **facts)


def _more(app: App, count: int, most: int | None) -> None:
    if most is not None and count > most:
        app.console.answer("  " + app.say("cli.reconcile.more", count=count - most))


def _table(sheet: Sheet) -> None:
    app, told = sheet.app, sheet.told
    heads = [app.say(f"cli.reconcile.column.{name}") for name in ("area", *sheet.columns)]
    untold = [BoxId.parse(one.box).place for one in told.untold]  # they are told above, and looked for nowhere
    shown = [replace(row, unaccounted=row.unaccounted - sum(home.startswith(row.code) for home in untold)) for row in told.rows]
    whole = replace(told.whole, unaccounted=told.whole.unaccounted - len(untold))
    rows = [*((sheet.names.place(row.code), row) for row in shown), (app.say("cli.status.total"), whole)]
    app.console.table(heads, [[name, *(str(getattr(row, one)) for one in sheet.columns)] for name, row in rows], right=range(1, len(heads)))
