"""Asks a program of others, line by line, and counts what it answers (docs/spec/verifier/PROTOCOL.md)."""

import json
import subprocess
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, Queue
from threading import Thread
from typing import Any

from custody.conformance import mutants
from custody.conformance.questions import CHAPTERS, Question, agrees, questions
from custody.core.errors import Malformed, Undecided, quoted
from custody.core.verify import Outside

MUTANTS = "mutants"
MOST = 1 << 20  # signs of an answer; what goes on is no answer
PATIENCE = 60.0  # seconds for one answer; a slow verifier in an interpreter needs a few for a long report


class Program:
    """The program under way. Use as a context manager: it is ended in the end."""

    def __init__(self, command: Sequence[str], patience: float = PATIENCE) -> None:
        """:raises OSError: when it cannot be started."""
        self._patience = patience
        self._run = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", errors="replace")
        self._said: Queue[str] = Queue()
        self._reader = Thread(target=self._listen, daemon=True)
        self._reader.start()

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, *error: object) -> None:
        self._run.kill()
        self._run.wait()
        self._reader.join()
        for pipe in (self._run.stdin, self._run.stdout):
            if pipe is not None:
                with suppress(OSError):  # it ended before it had read everything
                    pipe.close()

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """One question, one answer.

        :raises Undecided: `conformance.silent` when it ended or took too long. :raises Malformed: `conformance.answer` for no answer.
        """
        assert self._run.stdin is not None
        try:
            self._run.stdin.write(json.dumps(question) + "\n")
            self._run.stdin.flush()
            line = self._said.get(timeout=self._patience)
        except (OSError, Empty):
            line = ""
        if not line:
            raise Undecided("conformance.silent", case=str(question["case"]), seconds=int(self._patience))
        return answered(line, str(question["case"]))

    def _listen(self) -> None:
        assert self._run.stdout is not None
        try:
            while line := self._run.stdout.readline(MOST):
                self._said.put(line)
        except ValueError:  # closed while it was read: the conversation is over
            pass
        self._said.put("")


def answered(line: str, case: str) -> dict[str, Any]:
    """The answer in a line. :raises Malformed: `conformance.answer` for one that is none, or answers something else."""
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict) or answer.get("case") != case or not isinstance(answer.get("verdict"), str):
        raise Malformed("conformance.answer", case=case, line=quoted(line.strip()[:200]))
    return answer


@dataclass
class Tally:
    """What came of the questions of one chapter. failed: each with what was wanted and what was answered."""

    chapter: str
    passed: int = 0
    unanswered: int = 0
    failed: list[tuple[Question, dict[str, Any]]] = field(default_factory=list)


def converse(program: Program, asked: Iterable[Question]) -> Iterator[Tally]:
    """Ask everything; a tally for each chapter, when it is through. Raises as `Program.ask`."""
    tally: Tally | None = None
    for number, question in enumerate(asked):
        if tally is None or tally.chapter != question.chapter:
            if tally is not None:
                yield tally
            tally = Tally(question.chapter)
        answer = program.ask({"case": str(number), **question.ask})
        if answer["verdict"] == "unsupported":
            tally.unanswered += 1
        elif agrees(question.want, answer):
            tally.passed += 1
        else:
            tally.failed.append((question, answer))
    if tally is not None:
        yield tally


def everything(chapters: Sequence[str], count: int, seed: int) -> Iterator[Question]:
    """The questions of these chapters, and so many altered ledgers."""
    for chapter in chapters or CHAPTERS:
        yield from questions(chapter)
    for name, ledger in mutants.mutants(seed, count):
        yield Question(MUTANTS, "VERIFY-1 to VERIFY-7", name, asked_of(ledger), mutants.answer(mutants.judge(ledger)))


def asked_of(ledger: mutants.Ledger) -> dict[str, Any]:
    """A ledger as a question."""
    checkpoints = [{"size": size, "data": _text(data)} for size, data in ledger.checkpoints()]
    ask = {"what": "ledger.verify", "entries": [_text(one) for one in ledger.entries], "checkpoints": checkpoints}
    return {**ask, "policy": _text(ledger.policy), "outside": [_held(one) for one in ledger.outside]}


def _held(one: Outside) -> dict[str, Any]:
    if one.receipt is None:
        return {"checkpoint": _text(one.note)}
    hashes = [_text(item) for item in one.receipt.hashes]
    return {"checkpoint": _text(one.note), "index": one.receipt.index, "hashes": hashes, "leaf": _text(one.leaf)}


def _text(data: bytes | None) -> str | None:
    return None if data is None else b64encode(data).decode()
