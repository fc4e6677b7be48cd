"""The course of boxes over time, for plots: how many were at which stage, and who held each when (spec chapter 13, REPORT-11).

Everything follows from the proven entries; the times are those that their signers claimed. Where a chain and its times disagree the chain
is right: a link is drawn no earlier than the one before it, and nothing after the report was made. A report made long after the last link
shows only the beginning of the rest, in which no box moves; an arrow stands there instead of a time that is none of anything.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from custody.core.books import INCIDENTS
from custody.core.boxid import BoxId
from custody.core.incidents import gone
from custody.core.moment import from_seconds, to_seconds
from custody.core.trail import NOWHERE, Step
from custody.i18n import dates
from custody.paper.proven.evidence import Reading
from custody.paper.proven.scope import home
from custody.paper.reports.teller import Teller

# From the bottom of a plot to its top.
STAGES = ("warehouse", "kecamatan", "desa", "tps", "other", "transit", "unsettled", "gone", "closed")
COLUMNS = 120
_MOST_TICKS = 8
_MOST_STRIPS = 60
_REST = 8  # of the time from the first link to the last, so much is shown after it: a part in eight
SMALL = ("box", "tps", "desa")  # scopes of which every box gets its strip; of others those with a hole, or not in order
_HOUR, _DAY = 3600, 86400
_TICKS = (900, 1800, _HOUR, 2 * _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR, *(_DAY * days for days in (1, 2, 7, 14, 30, 91, 365, 1825, 3650)))


class Span(NamedTuple):
    """From one link to the next: Unix seconds, the stage, who held it where. hole: no signed holder covers it (FOLD-15)."""

    start: int
    end: int
    stage: str
    holder: str
    place: str
    hole: bool


class Strip(NamedTuple):
    """Boxes that went the same way at the same times, and that way."""

    boxes: tuple[str, ...]
    spans: tuple[Span, ...]


class Tick(NamedTuple):
    """A mark under a plot."""

    at: int
    label: str


class Course(NamedTuple):
    """What is plotted between two moments (Unix seconds).

    counts: for each column of time, how many boxes were at each of `STAGES`; total: boxes in scope. strips: who held which boxes when;
    more: strips that are not drawn.
    """

    first: int
    last: int
    ends: tuple[Tick, Tick]
    ticks: tuple[Tick, ...]
    total: int
    counts: tuple[tuple[int, ...], ...]
    strips: tuple[Strip, ...]
    more: int


def course(teller: Teller, reading: Reading) -> Course | None:
    """The course of the boxes in scope; None where no time passes between their first link and the report."""
    made = to_seconds(reading.facts.made)
    trail = reading.state.trail
    times = [min(step.at, made) for box in reading.settled for step in (*trail.of(box), *(one.step for one in trail.loose(box)))]
    if not times or min(times) >= made:
        return None
    lost = gone(reading.state.shelf.acts(INCIDENTS, reading.act), trail, reading.state)
    times += [min(at, made) for box in lost.keys() & reading.settled.keys() for at in lost[box]]
    first, newest = min(times), max(times)
    last = min(made, newest + max((newest - first) // _REST, _HOUR))
    spans = {box: tuple(_ended(reading, box, list(_spans(reading, box, last)), last, lost.get(box, []))) for box in reading.settled}
    strips = _strips(reading, spans)
    ends = Tick(first, _label(teller, first)), Tick(last, _label(teller, last) if last == made else "→")
    ticks = tuple(_ticks(teller, first, last))
    counts = tuple(_counts(spans.values(), first, last))
    return Course(first, last, ends, ticks, len(reading.settled), counts, tuple(strips[:_MOST_STRIPS]), max(len(strips) - _MOST_STRIPS, 0))


def _spans(reading: Reading, box: str, last: int) -> Iterator[Span]:
    """The way of a box; who held it is told of those only whose strip is drawn."""
    steps, at = reading.state.trail.of(box), 0
    gaps = [one.entries for one in reading.settled[box][1] if one.code == "custody.gap"]
    closed = reading.settled[box][0].status == "closed"  # wherever it is kept
    for number, step in enumerate(steps):
        following = steps[number + 1] if number + 1 < len(steps) else None
        at = min(max(step.at, at), last)
        end = min(max(following.at, at), last) if following is not None else last
        hole = following is not None and any(step.entry in gap and following.entry in gap for gap in gaps)
        yield Span(at, end, "closed" if closed and following is None else _stage(reading, step), "", step.place, hole)


def _ended(reading: Reading, box: str, found: list[Span], last: int, lost: list[int]) -> list[Span]:
    """From the first record on that contradicts another, or follows none that is here, nobody can say where a box is; and it is gone from
    where a look missed it, or an open incident says so (`lost`, Unix seconds), as long as nothing that moves it is later.
    """
    loose, unclear = reading.state.trail.loose(box), reading.settled[box][0].status in ("disputed", "orphan")
    missed = (one.step.at for one in loose if one.step.place == NOWHERE and one.until is None)
    newest = max((step.at for step in reading.state.trail.of(box)), default=0)
    told = [one.step.at for one in loose] if unclear else [at for at in (*missed, *lost) if at >= newest]
    if not (unclear or told) or reading.settled[box][0].status == "closed":
        return found
    since = min(max(min(told, default=last), found[-1].start if found else 0), last)
    kept = [*found[:-1], found[-1]._replace(end=since)] if found else []
    return [*kept, Span(since, last, "unsettled" if unclear else "gone", "", "", False)]


def _held(reading: Reading, box: str, found: Iterable[Span], takers: dict[int, tuple[str, str]]) -> Iterator[Span]:
    """The same with who held the box. takers: what entries say of it, each read once."""
    holder, steps = "", reading.state.trail.of(box)
    for number, span in enumerate(found):
        if number == len(steps):  # unsettled or gone
            yield span
            return
        step = steps[number]
        if step.entry not in takers:
            takers[step.entry] = _takers(reading.act(step.entry).body)
        receiver, beginner = takers[step.entry]
        holder = receiver or holder or beginner
        yield span._replace(holder=holder)


def _takers(body: dict[str, Any]) -> tuple[str, str]:
    """Who holds a box after a link: its receiver; else who held it before, and if nobody did, who sealed or opened it."""
    return str(body.get("receiver") or ""), str(body.get("sealer") or body.get("officer") or "")


def _stage(reading: Reading, step: Step) -> str:
    if step.to == NOWHERE:
        return "closed"
    if step.place != step.to:
        return "transit"
    places, size = reading.state.places, reading.state.size
    kinds = [place.kind for code in places.path(step.place, size) if (place := places.get(code, size)) is not None]
    if kinds[:1] == ["store"]:  # it belongs to whom it lies under
        kinds = ["warehouse" if kinds[1:2] == ["kabupaten"] else one for one in kinds[1:2]]
    return kinds[0] if kinds and kinds[0] in STAGES else "other"


def _strips(reading: Reading, spans: dict[str, tuple[Span, ...]]) -> list[Strip]:
    """Boxes of one place that went alike share a strip; those with a hole come first."""
    alike: dict[tuple[str, tuple[Span, ...]], list[str]] = {}
    takers: dict[int, tuple[str, str]] = {}
    for box, found in spans.items():
        if found and (reading.facts.scope[0] in SMALL or _matters(reading, box, found)):
            alike.setdefault((home(box, reading.state), tuple(_held(reading, box, found, takers))), []).append(box)
    strips = [Strip(tuple(boxes), found) for (_, found), boxes in alike.items()]
    return sorted(strips, key=lambda one: (not any(span.hole for span in one.spans), one.boxes))


def _matters(reading: Reading, box: str, found: Iterable[Span]) -> bool:
    unclear = any(span.hole or span.stage in ("unsettled", "gone") for span in found)
    return unclear or reading.settled[box][0].status not in ("ok", "registered", "closed")


def _counts(spans: Iterable[tuple[Span, ...]], first: int, last: int) -> Iterator[tuple[int, ...]]:
    """How many boxes are at each stage at the end of each column."""
    changes: list[tuple[int, int, int]] = []
    for found in spans:
        before = -1
        for span in found:
            stage = STAGES.index(span.stage)
            changes.append((span.start, before, stage))
            before = stage
    changes.sort(key=lambda change: change[0])
    now, done = [0] * len(STAGES), 0
    for column in range(1, COLUMNS + 1):
        until = first + (last - first) * column // COLUMNS
        while done < len(changes) and changes[done][0] <= until:
            _, before, stage = changes[done]
            now[stage] += 1
            if before >= 0:
                now[before] -= 1
            done += 1
        yield tuple(now)


def _ticks(teller: Teller, first: int, last: int) -> Iterator[Tick]:
    """Round hours or days of the ledger's zone."""
    step = next((one for one in _TICKS if (last - first) // one < _MOST_TICKS), _TICKS[-1])
    offset = dates.local(from_seconds(first), teller.zone).utcoffset()
    shift = int(offset.total_seconds()) if offset is not None else 0
    day = ""
    for number in range(-(-(first + shift) // step), (last + shift) // step + 1):
        at = number * step - shift
        told, clock = _label(teller, at).rsplit(" ", 1)
        before, day = day, told
        yield Tick(at, day if step >= _DAY else clock if day == before else f"{day} {clock}")


def _label(teller: Teller, at: int) -> str:
    moment = dates.local(from_seconds(at), teller.zone)
    return f"{moment:%d-%m-%Y} {moment.hour:02d}{'.' if teller.lang == 'id' else ':'}{moment.minute:02d}"


def types(boxes: Iterable[str]) -> str:
    """The types of boxes that share a strip."""
    return " ".join(BoxId.parse(box).type for box in boxes)
