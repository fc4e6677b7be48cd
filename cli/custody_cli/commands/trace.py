"""`custody trace`: the story of one box in words: holders, places, local times, findings, signatures, entry numbers."""

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from custody.i18n import words
from custody_cli.boxes import findings, linked, looking
from custody_cli.boxes.choosing import Choosing
from custody_cli.boxes.looking import Chapter, Story
from custody_cli.boxes.named import Names
from custody_cli.ground import blind
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.desk import office
from custody_cli.ground.runtime import Exit, argument, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.occasions import telling

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.core.findings import Finding

_KEPT = (
    "giver", "receiver", "sealer", "witness", "recorder", "from", "to", "place", "effect", "reason", "side", "phase",
    "officer", "basis", "order", "taken_out", "put_back", "closed", "code", "owner", "due", "settles", "end", "permit",
)  # fmt: skip


@define("trace")
@argument("what", nargs=-1, required=True)
@pass_app
def command(app: App, what: tuple[str, ...]) -> int | None:
    with office(app) as opened:
        told = looking.story(opened, _one(Choosing(opened), " ".join(what)))
        blind.untouched(opened.folder.path, *((told.holding.place, told.holding.to) if told.holding is not None else ()))
        app.answer("trace", _document(app, opened, told), lambda: _tell(app, opened, told))
    return Exit.FINDINGS if any(one.severity != "note" for one in told.findings) else None


def _one(choosing: Choosing, text: str) -> str:
    """The one box that a text means. Raises `WrongUse("cli.trace.many")` for a place that has several, and as `Choosing.meant`."""
    from custody.assembly.arrivals import order
    from custody_cli.ground.exits import WrongUse

    found = choosing.area(text, "custody trace")
    if len(found) == 1:
        return found[0]
    names = tuple(choosing.typed_box(box) for box in sorted(found, key=order)[:6])
    if not names:
        raise WrongUse("cli.trace.none", text=text)
    raise WrongUse("cli.trace.many", count=len(found), boxes=names, say=names[0])


def _document(app: App, opened: "Office", told: Story) -> dict[str, Any]:
    holding = told.holding
    return {
        "box": told.box,
        "status": told.state.status,
        "trouble": told.judged.trouble,
        "against": sorted({one.code for one in told.judged.against}),
        "holding": holding._asdict() if holding is not None else None,
        "offers": list(told.state.offers),
        "branches": list(told.state.branches),
        "waiting": looking.waiting(opened, told.box),
        "events": [_event(opened, told, one) for one in told.chapters],
        "findings": [findings.document(app, one, opened.zone) for one in told.findings],
        **linked.document(opened, told.box),
        "size": opened.ledger.size,
    }


def _event(opened: "Office", told: Story, one: Chapter) -> dict[str, Any]:
    body = one.statement.body
    facts = {name: body[name] for name in _KEPT if name in body}
    unsigned = body.get("unsigned")
    if unsigned is not None:
        facts |= {"unsigned": unsigned["reason"], "giver_name": _giver_name(opened, body), "giver_name_commitment": _commitment(body)}
        facts["deed"] = unsigned["deed"]
    return {
        "entry": one.index,
        "sid": one.statement.sid,
        "kind": one.statement.kind.name,
        "happened": one.happened,
        "basis": body["happened"]["basis"],
        "recorded": body["at"],
        "done": one.done,
        "bearing": told.bearing.get(one.statement.sid),
        "signers": list(one.signers),
        "photos": _photos(told.box, body),
        **facts,
    }


def _tell(app: App, opened: "Office", told: Story) -> None:
    names = Names(opened)
    for line in looking.head_lines(app, names, told, opened.zone):
        app.console.answer(line)
    for line in linked.lines(app, names, told.box):
        app.console.answer(f"  {line}")
    if any(one.happened > two.happened for one, two in pairwise(told.chapters)):
        app.console.answer(f"  {app.say('cli.trace.order')}")
    done: dict[str, str] = {}
    for number, one in enumerate(told.chapters, 1):
        app.console.answer("")
        app.console.answer(paint(f"{number}. {_headline(app, one, opened.zone)}", "head"))
        if one.statement.sid in told.bearing:
            app.console.answer("   " + paint(app.say(f"bearing.{told.bearing[one.statement.sid]}"), "bad"))
        if one.statement.kind.name == "ruling" and not _ruled(told, one):
            app.console.answer("   " + paint(app.say("cli.trace.ruling.idle"), "bad"))
        for line in _lines(app, names, told.box, one, done.get(one.statement.sid)):
            app.console.answer(f"   {line}")
        done[one.statement.sid] = one.done
        for found in told.of(one.index):
            _finding(app, names, found, opened.zone, found in told.judged.against)
    for found in told.findings:
        if not found.entries:
            _finding(app, names, found, opened.zone, found in told.judged.against)
    app.console.answer("")
    app.console.answer(app.say("cli.trace.size", size=opened.ledger.size))


def _ruled(told: Story, one: Chapter) -> bool:
    """Whether a ruling has taken effect for the box."""
    return any(found.code == "ruling.made" and one.first in found.entries for found in told.findings)


def _finding(app: App, names: Names, found: "Finding", zone: str, above: bool) -> None:
    """A finding where it arose; what to do is not said twice where it stands above."""
    for line in findings.lines(app, found, zone, names=names, step=not above):
        app.console.answer(f"   {line}")


def _headline(app: App, one: Chapter, zone: str) -> str:
    """When, what, which entry; a time that was stated later says so, and of a later signature no time is known."""
    kind = f"ack-{one.statement.body['side']}" if one.statement.kind.name == "ack" else one.statement.kind.name
    code = "cli.trace.head-again" if one.first != one.index else "cli.trace.head-later" if one.later else "cli.trace.head"
    return app.say(code, at=one.happened, zone=zone, kind=kind, entry=one.index, **(one.later or {}))


def _lines(app: App, names: Names, box: str, one: Chapter, before: str | None) -> list[str]:
    """One statement in words; a second entry of the same statement only brought more signatures. before: how it stood before this entry."""
    body, kind = one.statement.body, one.statement.kind.name
    signed = app.say("cli.trace.signed", names=tuple(names.person(name) for name in one.signers), sid=one.statement.sid)
    if before is not None:
        code = "again" if before == one.done or one.done != "complete" else f"after.{before}"
        return [app.say(f"cli.trace.{code}", first=one.first), signed]
    facts: dict[str, str] = {name: names.place(body[name]) for name in ("place", "from", "to") if name in body}
    facts |= {name: names.person(body[name]) for name in ("giver", "receiver", "sealer", "witness") if body.get(name)}
    facts.setdefault("giver", _giver_name(names.office, body) or app.say("cli.trace.nobody"))
    kind = f"{kind}-{body['effect']}" if kind == "correction" else kind
    if kind == "label":
        kind, facts = _printed(box, body, facts)
    code = f"cli.trace.kind.{kind}" if words.known(f"cli.trace.kind.{kind}") else "cli.trace.kind.other"
    if kind in telling.KINDS:
        lines = telling.lines(app, names, box, one.statement)
    else:
        lines = [app.say(code, **_plain(facts), kind=kind, about=_about(body), reason=body.get("reason", "-"))]
    if one.done != "complete":
        lines.append(app.say(f"cli.trace.so-far.{one.done}"))
    if kind == "handoff":
        lines += _journey(app, names, body)
    if one.line is not None:
        lines.append(_line(app, one.statement.kind.name, one.line))
    return [*lines, *_photographed(app, names, box, body), signed]


def _photographed(app: App, names: Names, box: str, body: dict[str, Any]) -> list[str]:
    """The photographs of this statement that are of this box or of all its boxes: the files lie elsewhere, their hashes find them."""
    lines = [app.say("cli.trace.deed", hash=deed)] if (deed := (body.get("unsigned") or {}).get("deed")) else []
    for one in _photos(box, body):
        what = "point" if one["point"] else "box" if one["box"] else "all"
        lines.append(app.say(f"cli.trace.photo.{what}", box=names.box(box), point=one["point"] or "", hash=one["sha256"]))
    return lines


def _photos(box: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in body.get("photos", ()) if one["box"] in (None, box)]


def _printed(box: str, body: dict[str, Any], facts: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Whether a label is the first of its box or was printed again, which copy, and with how many others."""
    copy = next((row["copy"] for row in body["labels"] if row["box"] == box), 1)
    told = {**facts, "copy": str(copy), "others": str(len({row["box"] for row in body["labels"]} - {box, None}))}
    return "label" if copy == 1 else "label-again", told


def _about(body: dict[str, Any]) -> str:
    """The first of the statements that a statement is about, in short."""
    about = body.get("about") or "-"
    return (about if isinstance(about, str) else about[0])[:12]


def _plain(facts: dict[str, str]) -> dict[str, str]:
    """`from` is no name for a place in a sentence of ours."""
    return {"start" if name == "from" else "end" if name == "to" else name: value for name, value in facts.items()}


def _journey(app: App, names: Names, body: dict[str, Any]) -> list[str]:
    from custody.core.statement import found_here

    escort = body["escort"]
    code = "cli.trace.escort" if escort["present"] else "cli.trace.no-escort"
    lines = [app.say(code, count=escort["count"], order=escort["order"] or "—", vehicle=body["vehicle"] or "—")]
    if found_here(body):
        lines = [app.say("cli.page.found", place=names.place(body["place"]))]  # received where it lay: nobody could go along
    if body["unsigned"] is not None:
        lines.append(app.say("cli.trace.unsigned", reason=body["unsigned"]["reason"]))
        lines += _committed(app, names.office, body)
    if body["recorder"] is not None:
        lines.append(app.say("cli.trace.recorder", name=names.person(body["recorder"])))
    return lines


def _committed(app: App, opened: "Office", body: dict[str, Any]) -> list[str]:
    """The name of a giver without a key: out of the private register, else that one was committed to and what opens it."""
    name, commitment = _giver_name(opened, body), _commitment(body)
    if name is not None:
        return [app.say("cli.trace.giver-name", name=name)]
    return [app.say("cli.trace.giver-closed", commitment=commitment)] if commitment is not None else []


def _commitment(body: dict[str, Any]) -> str | None:
    named = (body.get("unsigned") or {}).get("name")
    return named["c"] if named is not None else None


def _giver_name(opened: "Office", body: dict[str, Any]) -> str | None:
    """The name that was typed for a giver who has no key, where the private register is at hand."""
    commitment = _commitment(body)
    opened_names = opened.private.opened([commitment]) if commitment is not None else {}
    return opened_names[commitment].value if commitment in opened_names else None


def _line(app: App, kind: str, line: dict[str, Any]) -> str:
    seals = [(seal["point"], seal["state"], seal["number"]) for seal in line["seals"]]
    none = {"seal": "—", "opening": app.say("cli.trace.unsealed")}.get(kind, app.say("cli.trace.unseen"))
    told = looking.seals_told(app, seals) if seals else none
    return app.say("cli.trace.box", how=line["by"]["how"], seals=told)
