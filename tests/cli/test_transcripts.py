"""Every transcript in tests/cli/transcripts is typed again and compared.

A transcript is a text that anybody can read:

    # a remark
    $ custody help 3                     a command; NAME=value before it sets the environment of that command
    < answer                             an answer to a question that the command asks, in order
    | a line of stdout
    ! a line of stderr
    = 0                                  the exit code, always the last line of a command

`…` stands for any text within a line. Commands of one transcript share a folder. Files that are there before the first command stand at the
end, each under a line `-- name --`. CUSTODY_WRITE_TRANSCRIPTS=1 writes what was seen in place of what was expected; read the difference
before you commit it.
"""

import os
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.cli.harness import Desk

FOLDER = Path(__file__).with_name("transcripts")
_FILE = re.compile(r"-- (\S+) --")


@dataclass
class Step:
    """One command with what was expected of it; `before` are remarks and blank lines above it."""

    line: str
    before: list[str]
    answers: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)


@dataclass
class Transcript:
    steps: list[Step]
    files: dict[str, str]
    tail: list[str]


def parse(text: str) -> Transcript:
    """Read a transcript; an unknown first character is an error."""
    steps: list[Step] = []
    files: dict[str, str] = {}
    before: list[str] = []
    lines = text.splitlines()
    for at, line in enumerate(lines):
        if _FILE.fullmatch(line):
            return Transcript(steps, _files(lines[at:], files), before + lines[at:])
        if line.startswith("$ "):
            steps.append(Step(line[2:], before))
            before = []
        elif line.startswith("< "):
            steps[-1].answers.append(line[2:])
        elif line[:1] in ("|", "!", "="):
            steps[-1].expected.append(line.rstrip())
        elif not line.strip() or line.startswith("#"):
            before.append(line)
        else:
            raise ValueError(f"line {at + 1}: {line}")
    return Transcript(steps, files, before)


def _files(lines: list[str], files: dict[str, str]) -> dict[str, str]:
    name = ""
    for line in lines:
        found = _FILE.fullmatch(line)
        if found:
            name = found[1]
            files[name] = ""
        else:
            files[name] += line + "\n"
    return files


def seen(desk: Desk, step: Step) -> list[str]:
    """Type one command and return the lines that a transcript shows of it."""
    words = shlex.split(step.line)
    environ = {}
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        name, _, value = words.pop(0).partition("=")
        environ[name] = value
    assert words[0] == "custody", f"a transcript types only custody: {step.line}"
    ended = desk.run(*words[1:], answers=step.answers, environ=environ)
    shown = [f"| {line}".rstrip() for line in ended.out.splitlines()] + [f"! {line}".rstrip() for line in ended.err.splitlines()]
    return [line.replace(str(desk.folder), "$FOLDER") for line in shown] + [f"= {ended.exit}"]


def agree(expected: list[str], got: list[str]) -> bool:
    """Whether lines agree, `…` standing for any text."""
    if len(expected) != len(got):
        return False
    return all(
        re.fullmatch(".*".join(map(re.escape, want.split("…"))), line) or want == line for want, line in zip(expected, got, strict=True)
    )


def written(transcript: Transcript, results: list[list[str]]) -> str:
    lines: list[str] = []
    for step, got in zip(transcript.steps, results, strict=True):
        lines += [*step.before, f"$ {step.line}", *(f"< {answer}" for answer in step.answers)]
        lines += step.expected if agree(step.expected, got) else got
    return "\n".join([*lines, *transcript.tail]) + "\n"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_transcript(path: Path, desk: Desk) -> None:
    transcript = parse(path.read_text("utf-8"))
    for name, content in transcript.files.items():
        (desk.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (desk.folder / name).write_text(content, "utf-8")
    results = [seen(desk, step) for step in transcript.steps]
    if os.environ.get("CUSTODY_WRITE_TRANSCRIPTS") == "1":
        path.write_text(written(transcript, results), "utf-8")
        return
    for step, got in zip(transcript.steps, results, strict=True):
        if not agree(step.expected, got):
            pytest.fail(f"{path.name}: $ {step.line}\nexpected:\n" + "\n".join(step.expected) + "\nseen:\n" + "\n".join(got), pytrace=False)


def test_a_transcript_can_fail(desk: Desk) -> None:
    step = parse("$ custody --version\n| custody 9.9.9\n= 0\n").steps[0]
    assert not agree(step.expected, seen(desk, step))
    assert agree(["| custody …", "= 0"], seen(desk, step))
