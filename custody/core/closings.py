"""Closings: that a box is not disposed of before its term (spec chapter 10, LAW-18)."""

from collections.abc import Iterator

from custody.core.act import Act
from custody.core.findings import Finding, finding
from custody.core.holding import Holding
from custody.core.known import Known
from custody.core.moment import to_seconds

DAY = 86_400  # seconds
_DONE_AWAY = frozenset(("disposed", "destroyed"))  # ends that somebody chooses and nothing undoes


def of_line(act: Act, box: str, parent: Holding | None, known: Known) -> Iterator[Finding]:
    """Disposed of sooner than the founding allows, counted from the first sealing."""
    days = known.profile.retention
    if days is None or parent is None or act.body["end"] not in _DONE_AWAY:
        return
    kept = to_seconds(act.body["happened"]["at"]) - parent.first
    if kept < days * DAY - known.skew:
        yield finding("closing.early", parent.entry, act.entry, box=box, days=max(kept, 0) // DAY, retention=days)
