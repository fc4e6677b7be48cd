"""When a statement says that it happened, against clocks and the link before (spec chapter 10)."""

from collections.abc import Iterator

from custody.core.act import Act
from custody.core.findings import Finding, finding
from custody.core.holding import Holding
from custody.core.known import Known
from custody.core.moment import to_seconds


def of_statement(act: Act, known: Known) -> list[Finding]:
    """Told as happening after the drafter's own clock; told from paper or memory."""
    body, found = act.statement.body, list[Finding]()
    at, happened, basis = body["at"], body["happened"]["at"], body["happened"]["basis"]
    if happened != at and to_seconds(happened) > to_seconds(at) + known.skew:
        found.append(finding("time.future", act.entry, happened=happened, at=at))
    if basis != "now":
        found.append(finding("time.paper", act.entry, basis=basis))
    return found


def of_line(act: Act, box: str, parent: Holding, known: Known) -> Iterator[Finding]:
    """Told as happening before the link that it follows."""
    if to_seconds(act.body["happened"]["at"]) < parent.at - known.skew:
        yield finding("time.backwards", parent.entry, act.entry, box=box)
