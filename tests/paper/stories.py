"""Reports to be attacked: each world is told once, its report drawn once."""

from dataclasses import dataclass
from functools import cache

from custody.core.policy import Policy
from custody.paper import drawings
from custody.paper.proven import evidence
from custody.paper.proven.evidence import Evidence, Reading
from custody.paper.reports import report
from fixtures.reports import Told, trusting


@dataclass(frozen=True)
class Report:
    """A report with what is needed to check it."""

    world: Told
    evidence: Evidence
    reading: Reading
    trust: Policy
    pdf: bytes


def told(world: Told, given: Evidence) -> Report:
    """Read the evidence and draw it."""
    trust = trusting(world)
    reading = evidence.read(given, trust)
    return Report(world, given, reading, trust, report.draw(reading))


@cache
def short() -> Report:
    """One box, one page."""
    world = Told()
    return told(world, world.report(renderer=drawings.renderer("id")))


@cache
def long() -> Report:
    """One box that went to and fro thirty times: several pages."""
    world = Told()
    prev = world.at_ppk
    for _ in range(15):
        prev = world.put(world.to_ppk(world.back_to_pps(prev)), "pps-1", "ppk-1", "guard-1")
    return told(world, world.report(renderer=drawings.renderer("id")))


@cache
def other() -> Report:
    """Another report of the same long story, in English."""
    world = long().world
    return told(world, world.report(lang="en", renderer=drawings.renderer("en")))
