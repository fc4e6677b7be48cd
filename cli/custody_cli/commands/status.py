"""`custody status`: expected, held, on the way, unaccounted, for the operation, an area, a warehouse or one box; from the projection."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from custody.core.moment import to_seconds
from custody_cli import looking
from custody_cli.app import App
from custody_cli.choosing import Choosing
from custody_cli.console import paint
from custody_cli.daily import Names
from custody_cli.desk import office
from custody_cli.looking import Tally, Where
from custody_cli.runtime import Exit, argument, option, pass_app
from custody_cli.runtime import command as define

if TYPE_CHECKING:
    from custody.assembly import Office

_COLUMNS = ("area", "expected", "held", "transit", "unaccounted", "late", "trouble")
_STALE = 24 * 3600  # seconds after which a backup is told as old
_LISTED = 40
_AREAS = ("kabupaten", "kecamatan", "desa", "tps")
_DEPTH = {"kecamatan": "desa", "desa": "tps", "tps": "tps"}  # what the rows of a place are


@define("status")
@argument("what", nargs=-1)
@option("--boxes", "listed", is_flag=True)
@pass_app
def command(app: App, what: tuple[str, ...], listed: bool) -> int | None:
    with office(app) as opened:
        if not what:
            return _area(app, opened, list(looking.where(opened)), None, listed)
        choosing = Choosing(opened)
        sure, _ = choosing.places.resolve(" ".join(what))
        if sure is None:
            (box,) = choosing.area(" ".join(what))[:1]
            return _box(app, opened, box)
        if sure.kind in _AREAS:
            under = set(choosing.area(sure.code))
            boxes = [one for one in looking.where(opened, _filter(sure.code, sure.kind)) if one.box in under]
        else:
            boxes = _of_store(opened, sure.code)
        return _area(app, opened, boxes, sure.code, listed)


def _filter(code: str, kind: str) -> Any:
    from custody.ledger.ports import BoxFilter

    return BoxFilter(**{kind: code}) if kind in ("kecamatan", "desa", "tps") else None


def _of_store(opened: "Office", code: str) -> list[Where]:
    """The boxes for which a store, warehouse or vehicle lies on the way."""
    state, size = opened.ledger.state, opened.ledger.size
    known = state.register.boxes
    return [one for one in looking.where(opened) if one.box in known and state.places.on_way(known[one.box].place, code, size)]


@dataclass(frozen=True)
class Overview:
    """What is told of an area: boxes, counts, what is late, and what else should be known before going home."""

    code: str | None  # None for the whole operation
    boxes: list[Where]
    rows: list[Tally]
    late: list[Where]
    store: "Store | None"
    around: dict[str, Any]

    @property
    def whole(self) -> Tally:
        return looking.total(self.rows)


class Store(NamedTuple):
    """A warehouse, store or vehicle: boxes in it, and boxes bound for it."""

    here: int
    coming: int


def _overview(opened: "Office", boxes: list[Where], code: str | None) -> Overview:
    now = opened.now()
    place = opened.ledger.state.places.get(code, opened.ledger.size) if code is not None else None
    rows = looking.tallies(opened, boxes, _DEPTH.get(place.kind, "kecamatan") if place is not None else "kecamatan")
    bound = [one for one in boxes if one.to == code]
    here = sum(one.place == code for one in bound)
    store = Store(here, len(bound) - here) if place is not None and place.kind not in _AREAS else None
    return Overview(code, boxes, rows, [one for one in boxes if one.late(now)], store, _around(opened))


def _area(app: App, opened: "Office", boxes: list[Where], code: str | None, listed: bool) -> int | None:
    view, names = _overview(opened, boxes, code), Names(opened)
    app.answer("status", _document(names, view, listed), lambda: _tell(app, opened, names, view, listed))
    return Exit.FINDINGS if view.whole.late or view.whole.trouble or view.around["refused"] else None


def _document(names: Names, view: Overview, listed: bool) -> dict[str, Any]:
    return {
        "place": view.code,
        "name": names.place(view.code) if view.code else None,
        "total": _numbers(view.whole),
        "areas": [{"code": row.code, "name": names.place(row.code), **_numbers(row)} for row in view.rows],
        "here": view.store.here if view.store else None,
        "coming": view.store.coming if view.store else None,
        "late": [vars(one) for one in view.late],
        **view.around,
        **({"boxes": [vars(one) for one in view.boxes]} if listed else {}),
    }


def _tell(app: App, opened: "Office", names: Names, view: Overview, listed: bool) -> None:
    say, zone = app.say, opened.zone
    name = names.place(view.code) if view.code else opened.founding.body["operation"]
    app.console.answer(paint(say("cli.status.title", name=name, at=opened.now(), zone=zone), "head"))
    rows = [*(_row(row, names.place(row.code)) for row in view.rows), _row(view.whole, say("cli.status.total"))]
    app.console.table([say(f"cli.status.column.{one}") for one in _COLUMNS], rows, right=range(1, len(_COLUMNS)))
    if view.store is not None:
        left = view.whole.expected - sum(view.store)
        app.console.answer(say("cli.status.store", here=view.store.here, coming=view.store.coming, left=left))
    for one in view.late[:_LISTED]:
        facts = {"to": names.place(one.to or "-"), "holder": names.person(one.holder)}
        app.console.answer(paint(say("cli.status.late", box=one.box, due=one.due, zone=zone, **facts), "bad"))
    if listed:
        heads = [say(f"cli.status.column.{one}") for one in ("box", "state", "holder", "place", "to")]
        app.console.table(heads, _listed(app, names, view.boxes))
    _tell_around(app, opened, view.around)


def _numbers(row: Tally) -> dict[str, int]:
    return {name: value for name, value in vars(row).items() if name != "code"}


def _row(row: Tally, name: str) -> list[str]:
    return [name, *(str(getattr(row, column)) for column in _COLUMNS[1:])]


def _listed(app: App, names: Names, boxes: Sequence[Where]) -> list[list[str]]:
    return [
        [one.box, app.say(f"status.{one.status}"), names.person(one.holder), names.place(one.place or "—"), names.place(one.to or "—")]
        for one in boxes
    ]


def _around(opened: "Office") -> dict[str, Any]:
    """What else should be known before going home: the last backup, what is signed and not sealed, drafts that are not finished."""
    from custody.assembly import last_backup
    from custody.station.draft import waiting

    last = last_backup(opened)
    outbox = opened.folder.outbox
    return {
        "backup": vars(last) if last is not None else None,
        "unsealed": len(opened.outbox.pending()),
        "refused": len(list(outbox.glob("*.refused"))) if outbox.is_dir() else 0,
        "drafts": len(waiting(opened.folder.drafts)),
        "entries": opened.ledger.size,
    }


def _tell_around(app: App, opened: "Office", around: dict[str, Any]) -> None:
    backup = around["backup"]
    if backup is None:
        app.console.answer(paint(app.say("cli.status.no-backup"), "warn"))
    else:
        hours = (to_seconds(opened.now()) - to_seconds(backup["at"])) // 3600
        newer = around["entries"] - backup["size"]
        tone = "warn" if hours * 3600 >= _STALE else "dim"
        app.console.answer(paint(app.say("cli.status.backup", at=backup["at"], zone=opened.zone, hours=hours, newer=newer), tone))
    for name in ("unsealed", "refused", "drafts"):
        if around[name]:
            app.console.answer(paint(app.say(f"cli.status.{name}", count=around[name]), "warn"))


def _box(app: App, opened: "Office", box: str) -> int | None:
    """One box: where, with whom, since when, under which seals."""
    told, names = looking.story(opened, box), Names(opened)
    holding = told.holding
    document: dict[str, Any] = {"box": box, "status": told.state.status, "findings": sorted({one.code for one in told.findings})}
    if holding is not None:
        document |= {"holder": holding.holder, "place": holding.place, "to": holding.to, "since": looking.moment(holding.at)}
        document |= {"due": looking.moment(holding.due), "seals": [list(seal) for seal in holding.seals], "entry": holding.entry}

    def human() -> None:
        app.console.answer(paint(f"{box}  {app.say(f'status.{told.state.status}')}", "head"))
        for line in held_lines(app, names, told, opened.zone):
            app.console.answer(f"  {line}")
        app.console.answer(f"{app.say('cli.next')} custody trace {box}")

    app.answer("status.box", document, human)
    return Exit.FINDINGS if any(one.severity != "note" for one in told.findings) else None


def held_lines(app: App, names: Names, told: looking.Story, zone: str) -> list[str]:
    """Who holds a box and where, in words; also for trace."""
    holding = told.holding
    if holding is None:
        return [app.say("cli.status.never")]
    facts = {"holder": names.person(holding.holder), "place": names.place(holding.place), "to": names.place(holding.to), "zone": zone}
    code = "cli.status.held" if holding.place == holding.to else "cli.status.moving"
    lines = [app.say(code, **facts, since=looking.moment(holding.at), entry=holding.entry)]
    if holding.due is not None and holding.place != holding.to:
        lines.append(app.say("cli.status.due", due=looking.moment(holding.due), zone=zone))
    return [*lines, app.say("cli.status.seals", seals=looking.seals_told(app, holding.seals))]
