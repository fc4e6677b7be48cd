"""When a statement says that it happened, against clocks and the link before (spec chapter 10)."""

from collections.abc import Iterator
from typing import Any

from custody.core.act import Act
from custody.core.findings import Finding, finding
from custody.core.holding import Holding
from custody.core.known import Known
from custody.core.moment import from_seconds, to_seconds

# Kinds with a second moment, that of an end: no earlier than when it happened.
_ENDS = {"opening": "closed", "visit": "left", "handoff": "due", "manifest": "due", "incident": "due"}


def of_statement(act: Act, known: Known) -> list[Finding]:
    """Told as happening after the drafter's own clock; told from paper or memory; told as over before it happened."""
    found: list[Finding] = []
    body = act.statement.body
    at, happened, basis = body["at"], body["happened"]["at"], body["happened"]["basis"]
    if happened != at and to_seconds(happened) > to_seconds(at) + known.skew:
        found.append(finding("time.future", act.entry, happened=happened, at=at))
    if basis != "now":
        found.append(finding("time.paper", act.entry, basis=basis))
    end = _ENDS.get(act.statement.kind.name)
    if end is not None and body[end] is not None and body[end] < happened and not _arrived(body):
        found.append(finding("time.reversed", act.entry, end=end, happened=happened, until=body[end]))
    return found


def _arrived(body: dict[str, Any]) -> bool:
    """A handoff where its leg ends may be after the time by which it was due: it is only late (LAW-8)."""
    return "giver" in body and body["place"] == body["to"]


def of_line(act: Act, box: str, parent: Holding, known: Known) -> Iterator[Finding]:
    """Told as happening before the link that it follows."""
    if to_seconds(act.body["happened"]["at"]) < parent.at - known.skew:
        yield backwards(box, parent, act)


def backwards(box: str, parent: Holding, act: Act) -> Finding:
    """A link that claims an earlier time than the one that it follows; both are named."""
    times = {"happened": act.body["happened"]["at"], "before": from_seconds(parent.at)}
    return finding("time.backwards", parent.entry, act.entry, box=box, **times)
