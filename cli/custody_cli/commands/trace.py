"""`custody trace`: the story of one box in words: holders, places, local times, findings, signatures, entry numbers."""

from typing import TYPE_CHECKING, Any

from custody.i18n import words
from custody_cli import findings, looking
from custody_cli.app import App
from custody_cli.choosing import Choosing
from custody_cli.commands.status import held_lines
from custody_cli.console import paint
from custody_cli.daily import Names
from custody_cli.desk import office
from custody_cli.looking import Chapter, Story
from custody_cli.runtime import Exit, argument, pass_app
from custody_cli.runtime import command as define

if TYPE_CHECKING:
    from custody.assembly import Office


@define("trace")
@argument("what", nargs=-1, required=True)
@pass_app
def command(app: App, what: tuple[str, ...]) -> int | None:
    from custody_cli.exits import WrongUse

    with office(app) as opened:
        found = Choosing(opened).area(" ".join(what))
        if len(found) != 1:
            raise WrongUse("cli.trace.many", count=len(found), boxes=tuple(found[:6]))
        told = looking.story(opened, found[0])
        app.answer("trace", _document(app, opened, told), lambda: _tell(app, opened, told))
    return Exit.FINDINGS if any(one.severity != "note" for one in told.findings) else None


def _document(app: App, opened: "Office", told: Story) -> dict[str, Any]:
    holding = told.holding
    return {
        "box": told.box,
        "status": told.state.status,
        "holding": holding._asdict() if holding is not None else None,
        "offers": list(told.state.offers),
        "branches": list(told.state.branches),
        "events": [_event(one) for one in told.chapters],
        "findings": [findings.document(app, one, opened.zone) for one in told.findings],
        "size": opened.ledger.size,
    }


def _event(one: Chapter) -> dict[str, Any]:
    body = one.statement.body
    kept = ("giver", "receiver", "sealer", "witness", "recorder", "from", "to", "place", "effect", "reason", "side", "phase")
    facts = {name: body[name] for name in kept if name in body}
    who = list(one.signers)
    return {
        "entry": one.index,
        "sid": one.statement.sid,
        "kind": one.statement.kind.name,
        "happened": one.happened,
        "signers": who,
        **facts,
    }


def _tell(app: App, opened: "Office", told: Story) -> None:
    names = Names(opened)
    app.console.answer(paint(f"{told.box}  {app.say(f'status.{told.state.status}')}", "head"))
    for line in held_lines(app, names, told, opened.zone):
        app.console.answer(f"  {line}")
    seen: set[str] = set()
    for number, one in enumerate(told.chapters, 1):
        app.console.answer("")
        app.console.answer(paint(f"{number}. {_headline(app, names, one, opened.zone)}", "head"))
        for line in _lines(app, names, one, again=one.statement.sid in seen):
            app.console.answer(f"   {line}")
        seen.add(one.statement.sid)
        for found in told.of(one.index):
            for line in findings.lines(app, found, opened.zone):
                app.console.answer(f"   {line}")
    loose = [one for one in told.findings if not one.entries]
    for found in loose:
        for line in findings.lines(app, found, opened.zone):
            app.console.answer(line)
    app.console.answer("")
    app.console.answer(app.say("cli.trace.size", size=opened.ledger.size))


def _headline(app: App, names: Names, one: Chapter, zone: str) -> str:
    return app.say("cli.trace.head", at=one.happened, zone=zone, kind=one.statement.kind.name, entry=one.index)


def _lines(app: App, names: Names, one: Chapter, again: bool) -> list[str]:
    """One statement in words; a second entry of the same statement only brought more signatures."""
    body, kind = one.statement.body, one.statement.kind.name
    signed = app.say("cli.trace.signed", names=tuple(names.person(name) for name in one.signers), sid=one.statement.sid)
    if again:
        return [app.say("cli.trace.again"), signed]
    facts: dict[str, str] = {name: names.place(body[name]) for name in ("place", "from", "to") if name in body}
    facts |= {name: names.person(body[name]) for name in ("giver", "receiver", "sealer", "witness") if body.get(name)}
    facts.setdefault("giver", app.say("cli.trace.nobody"))
    code = f"cli.trace.kind.{kind}" if words.known(f"cli.trace.kind.{kind}") else "cli.trace.kind.other"
    lines = [app.say(code, **_plain(facts), kind=kind, about=_about(body), reason=body.get("reason", "-"))]
    if kind == "handoff":
        lines += _journey(app, names, body)
    if one.line is not None:
        lines.append(_line(app, one.line))
    return [*lines, signed]


def _about(body: dict[str, Any]) -> str:
    """The first of the statements that a statement is about, in short."""
    about = body.get("about") or "-"
    return (about if isinstance(about, str) else about[0])[:12]


def _plain(facts: dict[str, str]) -> dict[str, str]:
    """`from` is no name for a place in a sentence of ours."""
    return {"start" if name == "from" else "end" if name == "to" else name: value for name, value in facts.items()}


def _journey(app: App, names: Names, body: dict[str, Any]) -> list[str]:
    escort = body["escort"]
    code = "cli.trace.escort" if escort["present"] else "cli.trace.no-escort"
    lines = [app.say(code, count=escort["count"], order=escort["order"] or "—", vehicle=body["vehicle"] or "—")]
    if body["unsigned"] is not None:
        lines.append(app.say("cli.trace.unsigned", reason=body["unsigned"]["reason"]))
    if body["recorder"] is not None:
        lines.append(app.say("cli.trace.recorder", name=names.person(body["recorder"])))
    return lines


def _line(app: App, line: dict[str, Any]) -> str:
    seals = [(seal["point"], seal["state"], seal["number"]) for seal in line["seals"]]
    return app.say("cli.trace.box", how=line["by"]["how"], seals=looking.seals_told(app, seals))
