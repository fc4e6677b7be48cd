"""Every next step that the program tells people to type can be typed: the command is there, and nothing that it needs is left out."""

import re

import click
import pytest

from custody.i18n import words
from custody_cli.ground.exits import WrongUse
from custody_cli.main import COMMANDS
from tests.test_docs import Said, fault

# A command ends where the sentence goes on: at a mark, or at one of these words.
JOINTS = re.compile(r"\s(?:atau|or|lalu|then|dan|and|dengan|with|bila|if|untuk|to|when|supaya)\s")
TYPED = re.compile(rf"custody (?:{'|'.join(COMMANDS)})\b(?:--\w+ \"[^\"]*\"|[^.;,()—\"])*")
RUNNING = {"outside.form"}  # names a command in the middle of a sentence


def steps() -> list[tuple[str, str]]:
    """(code, command) of every command in a next step; a fact stands for something that was typed."""
    found = []
    for _, code in words.codes():
        fields = words.find(code) or {}
        for step in (fields.get("next_id", ""), fields.get("next_en", "")):
            found += [(code, JOINTS.split(re.sub(r"\{[^}]+\}", "X", said[0]).strip())[0]) for said in TYPED.finditer(step)]
    return found


def wrong(command: str) -> str | None:
    try:
        return fault(Said("", command, True))
    except WrongUse:  # a stand-in such as ROLE is no role
        return None


def test_next_steps_can_be_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(click.Path, "convert", lambda self, value, param, ctx: value)
    found = steps()
    assert len(found) > 150
    assert [(code, command, why) for code, command in found if code not in RUNNING and (why := wrong(command))] == []


# What a step must and must not name: a hole is no dispute, and what an orphan follows may be here and not count.
NAMED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "custody.gap": (("custody trace {box}", "custody handoff --acknowledge", "custody incident"), ("custody rule",)),
    "box.orphan": (("custody trace {box}",), ()),
}


@pytest.mark.parametrize("code", NAMED)
def test_the_step_is_the_right_one(code: str) -> None:
    fields, (wanted, unwanted) = words.find(code) or {}, NAMED[code]
    for step in (fields["next_id"], fields["next_en"]):
        assert all(one in step for one in wanted) and not any(one in step for one in unwanted), step


def test_what_an_orphan_follows_may_be_here() -> None:
    fields = words.find("box.orphan") or {}
    assert "tidak dihitung" in fields["id"] and "does not count" in fields["en"]
