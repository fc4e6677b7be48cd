"""`custody findings`: everything that the law finds, with entries, words and next step; or how many of each kind and site."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from custody.core.findings import said
from custody_cli.boxes import findings
from custody_cli.boxes.choosing import Choosing
from custody_cli.boxes.named import Names
from custody_cli.ground import csvtext
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.desk import office
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.runtime import Exit, argument, option, pass_app
from custody_cli.ground.runtime import command as define

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.assembly.reviewing import Found, Tally
    from custody_cli.boxes.minute import Span

_LISTED = 40  # findings on the screen; --all shows the others too
_NAMED = 6  # boxes named of a finding on a whole statement
_GRAVITIES = ("breach", "warning", "note")


@define("findings")
@argument("what", nargs=-1)
@option("--code", "codes", multiple=True)
@option("--severity", "gravities", multiple=True, type=click.Choice(_GRAVITIES))
@option("--since", "since")
@option("--until", "until")
@option("--by-code", "kinds", is_flag=True)
@option("--by-site", "sites", is_flag=True)
@option("--all", "everything", is_flag=True)
@csvtext.with_csv
@pass_app
def command(
    app: App,
    what: tuple[str, ...],
    codes: tuple[str, ...],
    gravities: tuple[str, ...],
    since: str | None,
    until: str | None,
    kinds: bool,
    sites: bool,
    everything: bool,
    table: csvtext.Csv,
) -> int | None:
    from custody.assembly import reviewing
    from custody_cli.boxes.minute import span

    _known(codes)
    table.check(app)
    with office(app) as opened:
        text = " ".join(what).strip()
        scope = Choosing(opened).meant(text, "custody findings").code if text else None
        time = span(since, until, opened.now(), opened.zone)
        found = [
            one
            for one in reviewing.review(opened, scope, *time)
            if (not codes or one.finding.code in codes) and (not gravities or one.finding.severity in gravities)
        ]
        view = _View(app, opened, scope, time, found, bool(everything or codes or gravities))
        if table.asked:
            csvtext.put(app, table, *(_statistics(view, sites) if kinds or sites else _rows(view)), opened.drill)
        else:
            app.answer("findings", _document(view), lambda: _tell(view, kinds, sites, everything))
        return Exit.FINDINGS if any(one.finding.severity != "note" for one in found) else None


def _known(codes: Iterable[str]) -> None:
    from custody.core.findings import SEVERITY

    for code in codes:
        if code not in SEVERITY:
            near = tuple(one for one in SEVERITY if one.partition(".")[0] == code.partition(".")[0])
            raise WrongUse("cli.findings.code", code=code, near=near or tuple(sorted({one.partition(".")[0] for one in SEVERITY})))


class _View:
    """The findings of one question, and what telling them needs."""

    def __init__(self, app: App, opened: "Office", scope: str | None, time: "Span", found: "list[Found]", notes: bool) -> None:
        self.app, self.opened, self.scope, self.time, self.found, self.notes = app, opened, scope, time, found, notes
        self.names = Names(opened)

    @property
    def title(self) -> str:
        if self.scope is None:
            return str(self.opened.founding.body["operation"])
        return self.names.place(self.scope) if self.scope in self.opened.ledger.state.places.versions else self.names.box(self.scope)

    @property
    def store(self) -> bool:
        """Whether it is asked of a place where boxes rest that belong elsewhere."""
        from custody.assembly.whereabouts import LEVELS

        place = self.opened.ledger.state.places.get(self.scope, self.opened.ledger.size) if self.scope is not None else None
        return place is not None and place.kind not in LEVELS

    def counts(self) -> dict[str, int]:
        """How many of each gravity."""
        return {name: sum(one.finding.severity == name for one in self.found) for name in _GRAVITIES}

    def site(self, code: str | None) -> str:
        """A place by name; what happened nowhere says so."""
        return self.names.place(code) if code else self.app.say("cli.findings.nowhere")


# -- for programs --------------------------------------------------------------------------------------------------------------


def _document(view: _View) -> dict[str, Any]:
    from custody.assembly import reviewing

    told = [
        {**findings.document(view.app, one.finding, view.opened.zone), "at": one.at, "site": one.site, "boxes": list(one.boxes)}
        for one in view.found
    ]
    document: dict[str, Any] = {"scope": view.scope, "since": view.time.since, "until": view.time.until}
    document |= {"counts": view.counts(), "findings": told}
    document["by_code"] = [{"code": code, **_numbers(row)} for code, row in reviewing.by_code(view.found).items()]
    document["by_site"] = [
        {"place": code or None, "name": view.site(code), **_numbers(row), "codes": dict(row.codes)}
        for code, row in reviewing.by_site(view.found).items()
    ]
    return document


def _numbers(row: "Tally") -> dict[str, int]:
    return {**{name: row.severities[name] for name in _GRAVITIES}, "boxes": len(row.boxes)}


def _rows(view: _View) -> tuple[list[str], list[list[object]]]:
    app, zone, rows = view.app, view.opened.zone, list[list[object]]()
    for one in view.found:
        item, (here, utc) = one.finding, csvtext.moment(one.at, zone)
        told = app.say(said(item), **findings.facts_of(item, zone, view.names))
        row = [app.say(f"severity.{item.severity}"), item.code, here, csvtext.zone(app, one.at or view.opened.now(), zone), utc]
        rows.append([*row, view.site(one.site), " ".join(one.boxes), " ".join(map(str, item.entries)), told, item.stated])
    return ["severity", "finding", "when", "zone", "when_utc", "site", "box", "entries", "message", "stated"], rows


def _statistics(view: _View, sites: bool) -> tuple[list[str], list[list[object]]]:
    from custody.assembly import reviewing

    counted = reviewing.by_site(view.found) if sites else reviewing.by_code(view.found)
    heads = ["site" if sites else "finding", *_GRAVITIES, "boxes"]
    return heads, [[view.site(name) if sites else name, *_numbers(row).values()] for name, row in counted.items()]


# -- for people ----------------------------------------------------------------------------------------------------------------


def _tell(view: _View, kinds: bool, sites: bool, everything: bool) -> None:
    app, counts = view.app, view.counts()
    say = app.console.answer
    say(paint(app.say("cli.findings.title", name=view.title, at=view.opened.now(), zone=view.opened.zone), "head"))
    for name in ("since", "until"):
        at = view.time.since if name == "since" else view.time.last
        if at is not None:
            say(app.say(f"cli.findings.{name}", at=at, zone=view.opened.zone))
    if view.store:
        say(app.say("cli.findings.store", name=view.title))
    tone = "bad" if counts["breach"] else "warn" if counts["warning"] else "good"
    say(paint(app.say("cli.findings.counts", **counts), tone))
    if kinds or sites:
        for chosen in [one for one, asked in ((False, kinds), (True, sites)) if asked]:
            say("")
            _table(view, chosen)
        return
    shown = [one for one in view.found if view.notes or one.finding.severity != "note"]
    _list(view, shown, None if everything else _LISTED)
    if len(shown) < len(view.found):
        say("")
        say(app.say("cli.findings.notes", count=len(view.found) - len(shown)))


def _list(view: _View, found: "Sequence[Found]", most: int | None) -> None:
    """Each finding once, however many boxes it concerns, with when and where it arose."""
    from custody.core.findings import grouped

    app, placed = view.app, {one.finding: one for one in found}
    told = grouped(one.finding for one in found)
    for one, more in told[:most]:
        where = placed[one]
        first, *others = findings.lines(app, one, view.opened.zone, more, view.names)
        app.console.answer("")
        app.console.answer(first)
        if where.at is not None:
            app.console.answer("    " + app.say("cli.findings.where", at=where.at, zone=view.opened.zone, site=view.site(where.site)))
        if len(where.boxes) > (one.box is not None):  # more than the box that it names
            named = [view.names.box(box) for box in where.boxes[:_NAMED]]
            rest = ["…"] if len(where.boxes) > _NAMED else []
            app.console.answer("    " + app.say("cli.findings.boxes", count=len(where.boxes), boxes=[*named, *rest]))
        for line in others:
            app.console.answer(line)
    if most is not None and len(told) > most:
        app.console.answer("")
        app.console.answer(app.say("cli.findings.more", count=len(told) - most))


def _table(view: _View, sites: bool) -> None:
    app = view.app
    _, rows = _statistics(view, sites)
    heads = [app.say("cli.findings.column.site" if sites else "cli.findings.column.code")]
    heads += [*(app.say(f"severity.{name}") for name in _GRAVITIES), app.say("cli.findings.column.boxes")]
    app.console.table(heads, [[str(cell) for cell in row] for row in rows], right=range(1, len(heads)))
