"""What is settled before a record is signed at the table, where people turn back to, and how it ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from custody_cli.ground.questions import Answers

if TYPE_CHECKING:
    from custody.assembly import Submitted
    from custody.core.findings import Finding
    from custody.core.statement import Statement


class Turn(Enum):
    """Where people want to go back to instead of signing."""

    SCAN = "scan"
    ANSWERS = "answers"
    PEOPLE = "people"


@dataclass(frozen=True)
class Terms:
    """How questions are answered beforehand: `yes` to all confirmations, one `reason` for all findings, when it happened, a note.

    `answers` are those that were given at the table; `turn` asks, once all is shown, whether to sign (see `Turn`).
    `apart` tells everybody who signs which boxes are missing and which came that should not.
    """

    yes: bool = False
    reason: str | None = None
    happened: str | None = None
    basis: str = "now"
    offer: bool = False
    text: str | None = None
    answers: Answers = field(default_factory=Answers)
    turn: Callable[[int], Turn | None] | None = None
    apart: Callable[[], None] | None = None


@dataclass(frozen=True)
class Done:
    """How it ended: what was signed, what became of it, and the findings that stand."""

    statements: tuple[Statement, ...]
    submitted: Submitted
    found: tuple[Finding, ...]
    how: str = "complete"  # complete, unsigned, found, claimed, offered, loaded, acknowledged, differs, or idle: recorded without counting
    by: str | None = None  # key of who signed later

    @property
    def boxes(self) -> int:
        return sum(len(one.body.get("boxes", ())) for one in self.statements)
