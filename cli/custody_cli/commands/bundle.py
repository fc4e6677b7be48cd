"""`custody bundle`: what travels between stations and office, written to a stick or read from it."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody_cli.boxes import travel
from custody_cli.ground import target as targets
from custody_cli.ground.console import paint
from custody_cli.ground.desk import office, random
from custody_cli.ground.exits import Exit, WrongUse, of_error
from custody_cli.ground.runtime import App, argument, group, option, pass_app
from custody_cli.ground.runtime import command as define

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.assembly.hearing import Found

_PATH = click.Path(path_type=Path)
_BARE, _SEVERAL = 2, 3  # lines of a bundle that has nothing to tell; so many of them are told together


@group("bundle")
def command() -> None: ...


@define("bundle.out", parent=command)
@argument("target", type=_PATH)
@option("--for", "name")
@option("--from", "start", type=click.IntRange(0))
@pass_app
def out(app: App, target: Path, name: str | None, start: int | None) -> None:
    """What the other side lacks, into a file, or a new file in a folder."""
    from custody.assembly import sending

    targets.put(target, ".bundle")
    with office(app, write=True, proven=True) as opened:
        sent = sending.write(opened, target, sending.receiver(opened, name), random, start)
        document = {"file": str(sent.path), "counter": sent.counter, "for": sent.to, "start": sent.start, "entries": sent.entries}
        document |= {"statements": sent.notes, "rows": sent.rows, "bytes": sent.bytes}
        facts = {"path": str(sent.path), "to": sent.to, "entries": sent.entries, "notes": sent.notes, "bytes": sent.bytes}

        def human() -> str:
            told = app.say("cli.bundle.out.done" if sent.to else "cli.bundle.out.anybody", **facts)
            return "\n".join([told, app.say("cli.bundle.out.sent"), *travel.undelivered_lines(app, opened)])

        app.answer("bundle.out", document, human)


@define("bundle.in", parent=command)
@argument("paths", type=_PATH, nargs=-1, required=True)
@pass_app
def in_(app: App, paths: tuple[Path, ...]) -> int | None:
    """Any number of bundles, in any order, from anybody."""
    from custody.assembly import hearing

    with office(app, write=True, proven=True) as opened:
        if not hearing.files(paths):
            raise WrongUse("cli.bundle.none", path=str(paths[0]))
        if any(one.suffix == ".pub" for one in paths):
            raise WrongUse("cli.bundle.request", path=next(str(one) for one in paths if one.suffix == ".pub"))
        found = hearing.hear_all(opened, paths)
        kept = len(hearing.waiting(opened))
        document = {"bundles": [_document(app, one) for one in found], "waiting": kept, **travel.undelivered_facts(opened)}
        document["refused"] = len(opened.outbox.refused())

        def human() -> None:
            for line in _told(app, opened, [one for one in found if not one.own]):
                app.console.answer(line)
            for line in _crowd(app, found):
                app.console.answer(line)
            if kept:
                app.console.answer(paint(app.say("cli.bundle.kept", count=kept), "warn"))
            for line in travel.undelivered_lines(app, opened):
                app.console.answer(line)

        app.answer("bundle.in", document, human)
    return _exit(found)


def _exit(found: "list[Found]") -> int | None:
    """The gravest trouble of a file decides; then copied devices and what was refused."""
    codes = [of_error(one.trouble) for one in found if one.trouble is not None]
    if Exit.ALTERED in codes and any(one.evidence for one in found):
        return Exit.ALTERED
    if codes:
        return next((code for code in codes if code is not Exit.ALTERED), Exit.REFUSED)
    return Exit.FINDINGS if any(one.copied or one.refused for one in found) else None


def _told(app: App, opened: "Office", found: "list[Found]") -> list[str]:
    """What each bundle brought; a stick gathers old ones, and several that bring nothing are one line."""
    each = [(one, _lines(app, opened, one)) for one in found]
    old = [one for one, lines in each if one.whole and not one.entries and not one.notes and len(lines) == _BARE]
    if len(old) < _SEVERAL:
        old = []
    told = [line for one, lines in each if one not in old for line in lines]
    return [*told, app.say("cli.bundle.in.old", count=len(old))] if old else told


def _lines(app: App, opened: "Office", one: "Found") -> list[str]:
    """What a bundle brought, in words, the next step behind every trouble."""
    head, lines = one.head, list[str]()
    if head is None:
        lines.append(paint(app.say("cli.bundle.in.file", file=one.path.name), "head"))
        return lines if one.trouble is None else lines + _stepped(app, one.trouble.code, "bad", **one.trouble.facts)
    name = travel.sender(app, opened, head)
    lines.append(paint(app.say("cli.bundle.in.head", name=name, file=one.path.name, counter=head.counter), "head"))
    lines += ["  " + line for line in travel.clock_lines(app, opened, head)]
    facts = {"entries": one.entries, "known": one.known, "notes": one.notes, "seen": one.seen, "delivered": one.delivered}
    lines.append("  " + app.say("cli.bundle.in.brought" if one.entries or one.notes else "cli.bundle.in.nothing", **facts))
    if one.delivered:
        lines.append("  " + paint(app.say("cli.bundle.in.delivered", count=one.delivered), "good"))
    if one.missing is not None:
        lines += _stepped(app, "cli.bundle.in.missing", entry=one.missing)
    if one.stranger is not None:
        lines += _stepped(app, "cli.bundle.in.stranger", name=one.stranger)
    for refused in one.refused:
        why = app.say(refused.code, **travel.facts_of(refused))
        lines += _stepped(app, "cli.bundle.in.refused", sid=refused.sid, why=why)
    if one.strange_rows:
        lines.append("  " + app.say("cli.bundle.in.rows", count=one.strange_rows))
    if one.copied:
        lines += _stepped(app, "cli.station.copied", name=name, counters=one.copied)
    if one.trouble is not None:
        lines += _stepped(app, one.trouble.code, "bad", **one.trouble.facts)
    if one.evidence is not None:
        lines.append("  " + app.say("cli.bundle.in.evidence", path=str(one.evidence)))
    if one.proof is not None:
        lines.append("  " + app.say("cli.bundle.in.proof", path=str(one.proof)))
    return lines


def _crowd(app: App, found: "list[Found]") -> list[str]:
    """Who signed more new statements than one person has work for."""
    from custody.assembly.hearing import MOST_A_DAY

    many = sum((one.signers for one in found), Counter[str]())
    return [
        line
        for name, count in many.most_common(3)
        if count > MOST_A_DAY
        for line in _stepped(app, "cli.bundle.many", name=name, count=count)
    ]


def _stepped(app: App, code: str, tone: str = "warn", **facts: Any) -> list[str]:
    step = app.next_step(code, **facts)
    return ["  " + paint(app.say(code, **facts), tone), *([f"  {app.say('cli.next')} {step}"] if step else [])]


def _document(app: App, one: "Found") -> dict[str, Any]:
    head = one.head
    return {
        "file": str(one.path),
        "from": head.sender.name if head is not None else None,
        "counter": head.counter if head is not None else None,
        "entries": one.entries,
        "known": one.known,
        "statements": one.notes,
        "seen": one.seen,
        "delivered": one.delivered,
        "rows": one.rows,
        "missing": one.missing,
        "stranger": one.stranger,
        "refused": [{"sid": refused.sid, "code": refused.code} for refused in one.refused],
        "copied": list(one.copied),
        "trouble": one.trouble.code if one.trouble is not None else None,
        "proof": str(one.proof) if one.proof is not None else None,
        "whole": one.whole,
    }
