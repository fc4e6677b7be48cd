"""The verdict: what a verification found, step by step; integrity and procedure are separate answers (spec chapter 10)."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from custody.core.errors import CustodyError, Fact
from custody.core.findings import Finding
from custody.core.holding import BoxState

MOST_FAULTS = 20  # more are counted, not listed

Integrity = Literal["consistent", "altered", "undecided"]


class Step(IntEnum):
    """The steps of a verification, in their order (VERIFY-1 to VERIFY-9)."""

    FOUNDING = 1
    ENTRIES = 2
    SIGNATURES = 3
    TREE = 4
    CHECKPOINTS = 5
    SEEN = 6
    OUTSIDE = 7
    KEPT = 8
    LAW = 9


@dataclass(frozen=True)
class Fault:
    """One thing that is not as it was signed: the step that found it, a code, facts, and where it stands."""

    step: Step
    code: str
    facts: tuple[tuple[str, Fact], ...] = ()
    entry: int | None = None
    checkpoint: int | None = None

    @classmethod
    def of(cls, step: Step, error: CustodyError, entry: int | None = None, checkpoint: int | None = None) -> "Fault":
        """The fault that an error tells of."""
        return cls(step, error.code, tuple(sorted(error.facts.items(), key=lambda item: item[0])), entry, checkpoint)


@dataclass(frozen=True)
class Verdict:
    """The judgment over one ledger.

    size, root: what was recomputed. covered: size of the last checkpoint. witnessed: the largest size that the quorum of the
    trust file has cosigned and when (Unix seconds), None without witnesses. reread: entries whose bodies were read; smaller
    than size after a start from a snapshot. outside: pieces of outside evidence that agree. undecided: those that prove nothing about this
    ledger, and why; they are told beside the judgment and never change it (SAY-3). faults: at most `MOST_FAULTS` of `fault_count`, in the
    order of the steps.
    """

    origin: str
    size: int
    root: bytes
    covered: int
    trusted: bool
    witnessed: tuple[int, int] | None
    outside: int
    reread: int
    fault_count: int
    faults: tuple[Fault, ...]
    findings: tuple[Finding, ...]
    boxes: dict[str, BoxState]
    undecided: tuple[Fault, ...] = ()

    @property
    def integrity(self) -> Integrity:
        """`altered` when any step found a fault; `undecided` where the trust file is of another ledger (VERIFY-1); else `consistent`."""
        if self.fault_count:
            return "altered"
        return "undecided" if any(one.step == Step.FOUNDING for one in self.undecided) else "consistent"

    @property
    def procedure(self) -> bool:
        """Whether any finding is a breach or a warning."""
        return any(one.severity != "note" for one in self.findings)

    @property
    def reached(self) -> Step | None:
        """The first step that found a fault."""
        return self.faults[0].step if self.faults else None
