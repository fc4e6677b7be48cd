"""`custody status`: plenaries, coverage, what is here, coming, passed on and missing; for the operation, an area, a store or one box."""

from typing import TYPE_CHECKING, Any

from custody_cli.boxes import covering, findings, looking
from custody_cli.boxes.choosing import Choosing
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.desk import office
from custody_cli.ground.runtime import Exit, argument, option, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.outside import asking

if TYPE_CHECKING:
    from custody.assembly import Office


@define("status")
@argument("what", nargs=-1)
@option("--boxes", "listed", is_flag=True)
@option("--holes", "holes", is_flag=True)
@pass_app
def command(app: App, what: tuple[str, ...], listed: bool, holes: bool) -> int | None:
    with office(app) as opened:
        text = " ".join(what).strip()
        if not text:
            return _area(app, opened, None, listed, holes)
        found = Choosing(opened).meant(text, "custody status")
        return _box(app, opened, found.code) if found.kind == "box" else _area(app, opened, found.code, listed, holes)


def _area(app: App, opened: "Office", code: str | None, listed: bool, holes: bool) -> int | None:
    from custody_cli.boxes import overview

    view, names = overview.overview(opened, code), Names(opened)
    seen = asking.office_standing(opened)
    document = {**overview.document(app, opened, names, view, listed), "witnessed": seen.document() if seen is not None else None}

    def human() -> None:
        overview.tell(app, opened, names, view, listed, holes)
        if seen is not None:
            app.console.answer(asking.standing_line(app, opened, seen))

    app.answer("status", document, human)
    return Exit.FINDINGS if view.overdue or view.trouble or view.broken or view.around["refused"] else None


def _box(app: App, opened: "Office", box: str) -> int | None:
    """One box: where, with whom, since when, under which seals, and what stands against it."""
    told, names = looking.story(opened, box), Names(opened)
    app.answer("status.box", _document(app, opened, told), lambda: _tell(app, opened, names, told))
    return Exit.FINDINGS if told.judged.trouble else None


def _document(app: App, opened: "Office", told: looking.Story) -> dict[str, Any]:
    document: dict[str, Any] = {"box": told.box, "status": told.state.status, "trouble": told.judged.trouble}
    document["against"] = sorted({one.code for one in told.judged.against})
    document["findings"] = [findings.document(app, one, opened.zone) for one in told.findings]
    document["waiting"] = looking.waiting(opened, told.box)
    document["class"] = covering.stated(opened, _home(opened, told.box))
    document["coverage"] = covering.document(told.state.coverage)
    holding = told.holding
    if holding is not None:
        document |= {"holder": holding.holder, "place": holding.place, "to": holding.to, "since": looking.moment(holding.since)}
        document |= {"due": looking.moment(holding.due), "seals": [list(seal) for seal in holding.seals], "entry": holding.taken}
    return document


def _tell(app: App, opened: "Office", names: Names, told: looking.Story) -> None:
    for line in looking.head_lines(app, names, told, opened.zone):
        app.console.answer(line)
    stated = covering.classed(app, opened, _home(opened, told.box))
    if stated:
        app.console.answer(f"  {app.say('cli.status.class', stated=stated)}")
    if told.state.coverage.spans:
        app.console.answer(f"  {covering.sentence(app, told.state.coverage)}")
    app.console.answer(f"{app.say('cli.next')} custody trace {Choosing(opened).typed_box(told.box)}")


def _home(opened: "Office", box: str) -> str:
    """The place that a box comes from."""
    from custody.core.boxid import BoxId

    found = opened.ledger.state.register.boxes.get(box)
    return found.place if found is not None else BoxId.parse(box).place
