"""Reasons for what the law will find, asked for before anybody signs: each code once, with the box and what is wrong in words (LAW-2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from custody.i18n import words
from custody_cli.boxes import daily, findings
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.desk import random
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.questions import listed, sentence

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.core.findings import Finding
    from custody_cli.table.terms import Terms

# As in custody.station.manifest, which loads more than the help of a command needs; a test holds both together.
REASONS = ("weather", "transport", "darkness", "label-damaged", "seal-damaged", "emergency", "order", "mistake-before", "unknown", "other")


def reasons_for(app: App, office: Office, found: Sequence[Finding], terms: Terms) -> dict[str, str]:
    """Show findings, those of which the same was seen once, and get a reason for each code that is no note.

    Raises WrongUse("cli.handing.reason").
    """
    from custody.station.manifest import to_state

    names = Names(office)
    lines = list(_lines(app, office, names, found))
    for line in lines if lines != terms.answers.warned else ():  # said already where only the page was changed since
        app.console.note(line)
    terms.answers.warned = lines
    return {code: _reason(app, names, [one for one in found if one.code == code], terms) for code in to_state(found)}


def _lines(app: App, office: Office, names: Names, found: Sequence[Finding]) -> Iterator[str]:
    """The findings for which no reason is stated, each sort once, with how many boxes more have it."""
    told, size = set[str](), office.ledger.size
    for one, more in findings.looks(one for one in found if one.stated is None):
        here = one._replace(entries=tuple(entry for entry in one.entries if entry < size))  # its own entry does not exist yet
        yield from findings.lines(app, here, office.zone, names=names, step=one.code not in told)
        told.add(one.code)
        if more:
            yield "    " + app.say("cli.handing.more", count=more)


def _reason(app: App, names: Names, found: Sequence[Finding], terms: Terms) -> str:
    """The reason for all findings of one code, and in words what "other" means; asked again where more boxes have it than before.

    Raises `WrongUse`: `cli.handing.reason`, `cli.handing.other`; `Back`, `Stop`.
    """
    code, answers = found[0].code, terms.answers
    if terms.reason is None and terms.yes:
        raise WrongUse("cli.handing.reason", finding=code)
    about = sorted({one.box or "-" for one in found})
    grown = terms.reason is None and not set(about) <= set(answers.said.get(f"about.{code}", ()))
    if grown:
        answers.drop(f"reason.{code}", f"text.{code}")
    if terms.turn is not None and terms.reason is None and f"reason.{code}" not in answers.said:
        app.console.note(app.say("cli.handing.wrong-scan"))
    reason = terms.reason or answers.once(f"reason.{code}", lambda: listed(app, _why(app, names, found), "reason", REASONS))
    spelled_out(app, reason, code, terms)
    if grown:
        answers.keep(f"about.{code}", about)
    return reason


def _why(app: App, names: Names, found: Sequence[Finding]) -> str:
    """The question for a reason: which box, and what is wrong with it in words."""
    first, count = found[0], len({one.box for one in found})
    box = names.box(first.box) if first.box else ""
    box = app.say("cli.handing.why.boxes", box=box, count=count - 1) if count > 1 else box
    asked = f"cli.handing.why.{first.code}"
    if words.known(asked):
        return app.say(asked, box=box)
    return app.say("cli.handing.why", told=app.say(first.code, **findings.facts_of(first, names.office.zone, names)))


def spelled_out(app: App, reason: str, what: str, terms: Terms) -> None:
    """Where the reason is another one, people say which. Raises WrongUse("cli.handing.other") where nobody may be asked."""
    if reason == "other" and terms.text is None:
        if terms.yes:
            raise WrongUse("cli.handing.other")
        terms.answers.once(f"text.{what}", lambda: sentence(app, app.say("cli.ask.other")))


def noted(office: Office, terms: Terms) -> dict[str, str] | None:
    """The free text, with what was written where "other" was chosen; its commitment stands in the statement."""
    texts = dict.fromkeys(filter(None, (terms.text, *terms.answers.texts)))
    return daily.private_text(office, "note", "; ".join(texts), random) if texts else None
