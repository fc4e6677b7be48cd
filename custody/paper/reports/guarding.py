"""How the polling stations of a report are classed and guarded: vulnerability, pattern, what is hard to reach (spec chapter 13)."""

from collections.abc import Iterator

from custody.core.boxid import BoxId
from custody.core.shapes import VULNERABILITIES
from custody.paper.proven.evidence import Reading
from custody.paper.reports.teller import Teller


def pairs(teller: Teller, reading: Reading) -> Iterator[tuple[str, str]]:
    """One line where the authorities have classed any polling station of these boxes; none where they have not."""
    state = reading.state
    homes = {BoxId.parse(box).place for box in reading.settled}
    places = [place for code in sorted(homes) if (place := state.places.get(code, state.size)) is not None and place.kind == "tps"]
    parts = []
    for level in reversed(VULNERABILITIES):
        if count := sum(place.vulnerability == level for place in places):
            parts.append(teller.say("report.class", count=count, level=teller.say(f"vulnerability.{level}")) + _pattern(teller, level))
    far = sum(place.remote for place in places)
    parts += [teller.say("report.class.remote", count=far)] if far else []
    if parts:
        yield teller.say("report.classes"), "; ".join(parts)


def _pattern(teller: Teller, level: str) -> str:
    pattern = teller.state.profile.patterns.get(level)
    return teller.say("report.class.pattern", **pattern._asdict()) if pattern is not None else ""
