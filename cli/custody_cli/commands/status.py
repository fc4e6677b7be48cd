"""`custody status`: expected, held, on the way, unaccounted, for the operation, an area, a warehouse or one box; from the projection."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

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
        if sure.kind in ("kabupaten", "kecamatan", "desa", "tps"):
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


def _area(app: App, opened: "Office", boxes: list[Where], code: str | None, listed: bool) -> int | None:
    names, now = Names(opened), opened.now()
    place = opened.ledger.state.places.get(code, opened.ledger.size) if code is not None else None
    store = place is not None and place.kind not in ("kabupaten", "kecamatan", "desa", "tps")
    depth = (
        "desa"
        if place is not None and place.kind == "kecamatan"
        else "tps"
        if place is not None and place.kind in ("desa", "tps")
        else "kecamatan"
    )
    here = [one for one in boxes if code is not None and one.place == code and one.to == code]
    coming = [one for one in boxes if code is not None and one.to == code and one.place != code]
    rows = looking.tallies(opened, boxes, depth)
    whole = looking.total(rows)
    late = [one for one in boxes if one.late(now)]
    around = _around(opened)
    document = {
        "place": code,
        "name": names.place(code) if code else None,
        "total": _numbers(whole),
        "areas": [{"code": row.code, "name": names.place(row.code), **_numbers(row)} for row in rows],
        "here": len(here) if store else None,
        "coming": len(coming) if store else None,
        "late": [vars(one) for one in late],
        **around,
    }
    if listed:
        document["boxes"] = [vars(one) for one in boxes]

    def human() -> None:
        say = app.say
        title = say("cli.status.title", name=names.place(code) if code else opened.founding.body["operation"], at=now, zone=opened.zone)
        app.console.answer(paint(title, "head"))
        shown = [_row(row, names.place(row.code)) for row in rows]
        shown.append(_row(whole, say("cli.status.total")))
        app.console.table([say(f"cli.status.column.{name}") for name in _COLUMNS], shown, right=range(1, len(_COLUMNS)))
        if store:
            app.console.answer(say("cli.status.store", here=len(here), coming=len(coming), left=whole.expected - len(here) - len(coming)))
        for one in late[:_LISTED]:
            facts = {
                "box": one.box,
                "due": one.due,
                "zone": opened.zone,
                "to": names.place(one.to or "-"),
                "holder": names.person(one.holder),
            }
            app.console.answer(paint(say("cli.status.late", **facts), "bad"))
        if listed:
            app.console.table(
                [say(f"cli.status.column.{name}") for name in ("box", "state", "holder", "place", "to")], _listed(app, names, boxes)
            )
        _tell_around(app, opened, around)

    app.answer("status", document, human)
    return Exit.FINDINGS if whole.late or whole.trouble or around["refused"] else None


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
    seals = ", ".join(f"{point} {app.say(f'sealstate.{state}')} {number or ''}".rstrip() for point, state, number in holding.seals)
    return [*lines, app.say("cli.status.seals", seals=seals or "—")]
