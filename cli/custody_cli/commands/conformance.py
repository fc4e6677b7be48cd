"""`custody conformance COMMAND…`: asks a verifier of others what the specification has an answer to (docs/spec/verifier/PROTOCOL.md)."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from custody_cli.ground.console import paint
from custody_cli.ground.exits import Exit, WrongUse
from custody_cli.ground.runtime import App, argument, option, pass_app
from custody_cli.ground.runtime import command as define

if TYPE_CHECKING:
    from custody.conformance.asking import Tally

_SHOWN = 10  # failures told of each chapter
_WIDE = 80  # letters of a value that differs


@define("conformance")
@argument("program", nargs=-1, required=True, type=click.UNPROCESSED)
@option("--chapter", "chapters", multiple=True)
@option("--mutants", "count", type=click.IntRange(0, 1_000_000), default=300)
@option("--seed", type=click.IntRange(0, 2**31 - 1), default=1)
@pass_app
def command(app: App, program: tuple[str, ...], chapters: tuple[str, ...], count: int, seed: int) -> int | None:
    from custody.conformance import asking
    from custody.conformance.questions import CHAPTERS

    unknown = [one for one in chapters if one not in CHAPTERS]
    if unknown:
        raise WrongUse("cli.conformance.chapter", chapter=unknown[0], known=", ".join(CHAPTERS))
    try:
        with asking.Program(program) as started:
            tallies = list(asking.converse(started, asking.everything(chapters, count, seed)))
    except OSError as error:
        raise WrongUse("cli.conformance.start", program=program[0], why=error.strerror or str(error)) from error
    told = [_told(tally) for tally in tallies]
    failed = sum(len(tally.failed) for tally in tallies)
    app.answer(
        "conformance", {"program": list(program), "seed": seed, "chapters": told, "failed": failed}, lambda: _say(app, tallies, failed)
    )
    if not any(tally.passed or tally.failed for tally in tallies):
        return Exit.UNDECIDED
    return Exit.FINDINGS if failed else Exit.FINE


def _told(tally: "Tally") -> dict[str, Any]:
    failed = [{"rule": one.rule, "name": one.name, "ask": one.ask, "want": one.want, "answer": answer} for one, answer in tally.failed]
    return {"chapter": tally.chapter, "passed": tally.passed, "unanswered": tally.unanswered, "failed": failed}


def _say(app: App, tallies: list["Tally"], failed: int) -> str:
    lines = []
    for tally in tallies:
        facts = {"passed": tally.passed, "failed": len(tally.failed), "unanswered": tally.unanswered}
        lines.append(app.say("cli.conformance.row", chapter=f"{tally.chapter:<16}", **facts))
        for question, answer in tally.failed[:_SHOWN]:
            want, found = _apart(question.want, answer)
            lines.append(app.say("cli.conformance.wrong", rule=question.rule, name=question.name, want=want, answer=found))
    facts = {"passed": sum(one.passed for one in tallies), "unanswered": sum(one.unanswered for one in tallies), "failed": failed}
    if not failed and not facts["passed"]:
        return "\n".join([*lines, paint(app.say("cli.conformance.nothing", **facts), "warn")])
    said = app.say("cli.conformance.failed" if failed else "cli.conformance.done", **facts)
    return "\n".join([*lines, paint(said, "bad" if failed else "good")])


def _apart(want: Mapping[str, Any], answer: Mapping[str, Any]) -> tuple[str, str]:
    """Verdict and code of both, and whatever else is not the same, cut to what fits a line."""
    from custody.conformance.questions import differing

    more = [name for name in differing(want, answer) if name not in ("verdict", "code")]

    def told(one: Mapping[str, Any]) -> str:
        return " ".join(
            [*(str(one[name]) for name in ("verdict", "code") if name in one), *(f"{name} {_short(one.get(name))}" for name in more)]
        )

    return told(want), told(answer)


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _WIDE else text[:_WIDE] + "…"
