"""`custody overdue`: legs past due, the most vulnerable and remote places first, with minutes, holder and the reason where one was told."""

from typing import TYPE_CHECKING, Any

from custody_cli.boxes import naming
from custody_cli.boxes.choosing import Choosing
from custody_cli.boxes.named import Names
from custody_cli.ground import csvtext
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.desk import office
from custody_cli.ground.runtime import Exit, argument, pass_app
from custody_cli.ground.runtime import command as define

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.assembly.loads import Late

_COLUMNS = ("minutes", "due", "zone", "due_utc", "count", "homes", "from", "to", "holder", "vulnerability", "remote", "why", "boxes")


@define("overdue")
@argument("place", nargs=-1)
@csvtext.with_csv
@pass_app
def command(app: App, place: tuple[str, ...], table: csvtext.Csv) -> int | None:
    from custody.assembly.loads import overdue
    from custody.assembly.reconciling import accounts, reconcile, unlimited

    table.check(app)
    with office(app) as opened:
        known = Choosing(opened).area(" ".join(place), "custody overdue") if place else None
        found, names = overdue(opened, known), Names(opened)
        if table.asked:
            csvtext.put(app, table, _COLUMNS, [_row(app, names, one) for one in found], opened.drill)
        else:
            free = unlimited(reconcile(opened, None).accounts if known is None else accounts(opened, known))
            document = {"overdue": [_document(names, one) for one in found], "without_limit": [one.box for one in free]}
            app.answer("overdue", document, lambda: _tell(app, opened, names, found, len(free)))
        return Exit.FINDINGS if found else None


def _document(names: Names, one: "Late") -> dict[str, Any]:
    told = {**one._asdict(), "boxes": list(one.boxes), "homes": list(one.homes), "why": list(one.why)}
    return told | {"holder_name": names.person(one.holder), "place_name": names.place(one.place), "to_name": names.place(one.to)}


def _row(app: App, names: Names, one: "Late") -> list[object]:
    zone = names.office.zone
    here, utc = csvtext.moment(one.due, zone)
    told = [len(one.boxes), naming.homes(names, one.homes), names.place(one.place), names.place(one.to), names.person(one.holder)]
    stated = [
        app.say(f"vulnerability.{one.vulnerability}") if one.vulnerability else None,
        app.say("cli.csv.yes" if one.remote else "cli.csv.no"),
    ]
    why = ", ".join(app.say(f"happening.{code}") for code in one.why)
    return [one.minutes, here, csvtext.zone(app, one.due, zone), utc, *told, *stated, why, " ".join(one.boxes)]


def _tell(app: App, opened: "Office", names: Names, found: "list[Late]", free: int) -> None:
    if not found:
        app.console.answer(paint(app.say("cli.overdue.none", at=opened.now(), zone=opened.zone), "good"))
    else:
        count = sum(len(one.boxes) for one in found)
        app.console.answer(paint(app.say("cli.overdue.title", legs=len(found), count=count, at=opened.now(), zone=opened.zone), "head"))
    for one in found:
        facts = {
            "late": _late(app, one.minutes),
            "count": len(one.boxes),
            "homes": naming.homes(names, one.homes),
            "to": names.place(one.to),
        }
        facts |= {"place": names.place(one.place), "holder": names.person(one.holder), "due": one.due, "zone": opened.zone}
        app.console.answer("")
        app.console.answer(paint(app.say("cli.overdue.leg", **facts), "bad"))
        app.console.answer("  " + app.say("cli.overdue.who", **facts))
        app.console.answer("  " + app.say("cli.overdue.homes", **facts))
        marks = [app.say(f"vulnerability.{one.vulnerability}")] if one.vulnerability else []
        marks += [app.say("cli.overdue.remote")] if one.remote else []
        why = ", ".join(app.say(f"happening.{code}") for code in one.why)
        marks.append(app.say("cli.overdue.why", why=why) if why else app.say("cli.overdue.no-why"))
        app.console.answer("  " + " · ".join(marks))
    if free:
        app.console.answer(paint(app.say("cli.overdue.without-limit", count=free), "warn"))
    if found:
        app.console.answer("")
        app.console.answer(f"{app.say('cli.next')} {app.say('cli.overdue.next')}")


def _late(app: App, minutes: int) -> str:
    """`45 menit`, `3 jam 20 menit`, `1 hari 17 jam`: as people say it over the radio."""
    hours, rest = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return app.say("cli.overdue.days", days=days, hours=hours)
    return app.say("cli.overdue.hours", hours=hours, minutes=rest) if hours else app.say("cli.overdue.minutes", minutes=rest)
