"""The entries about one box in the order of its chain: each link after the one that it follows (spec chapter 13, REPORT-8)."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate

from custody.core.act import Act
from custody.core.moment import to_seconds
from custody.paper.proven.evidence import Reading, Told

_BACK = ("about", "settles", "supersedes")  # fields that name statements which came before


def along(reading: Reading, box: str) -> list[Told]:
    """All that is told of a box, the entries of one statement together.

    What is no link, or follows none that is here, stands where its claimed time falls, and never before what it is about.
    """
    entries = dict[str, list[Told]]()
    for one in reading.told:
        entries.setdefault(one.sid, []).append(one)
    acts = {sid: reading.act(some[0].entry) for sid, some in entries.items()}
    links = list(_chain(acts, box, frozenset(step.entry for step in reading.state.trail.of(box))))
    slots = _slots(acts, links)
    ordered = [sid for at, slot in enumerate(slots) for sid in (*links[at - 1 : at], *slot)]
    return [one for sid in ordered for one in entries[sid]]


def _chain(acts: Mapping[str, Act], box: str, kept: frozenset[int]) -> Iterator[str]:
    """The links from the first on; of those that follow the same one, what the chain went on with (`kept`) comes last."""
    following = dict[str | None, list[str]]()
    for sid, act in acts.items():
        for line in act.body["boxes"] if act.statement.kind.link else ():
            if line["box"] == box:
                following.setdefault(line["prev"], []).append(sid)
    waiting: list[str | None] = [None]
    while waiting:
        before = waiting.pop()
        if before is not None:
            yield before
        waiting += sorted(following.get(before, ()), key=lambda one: (acts[one].entry in kept, acts[one].entry), reverse=True)


def _slots(acts: Mapping[str, Act], links: list[str]) -> list[list[str]]:
    """What else there is, by how many links stand before it."""
    reached = list(accumulate((_at(acts[sid]) for sid in links), max))
    places = {sid: number for number, sid in enumerate(links, 1)}
    slots = [list[str]() for _ in range(len(links) + 1)]
    others = sorted(acts.keys() - places.keys(), key=lambda sid: (_at(acts[sid]), acts[sid].entry))
    for sid in others:
        places[sid] = max((bisect_right(reached, _at(acts[sid])), *(places.get(one, 0) for one in _before(acts[sid]))))
        slots[places[sid]].append(sid)
    return slots


def _at(act: Act) -> int:
    """When it happened, as its signers claim; of what has no such time, when it was written down. Unix seconds."""
    return to_seconds(act.body["happened"]["at"] if "happened" in act.body else act.body["at"])


def _before(act: Act) -> Iterable[str]:
    """The ids of the statements that it speaks of."""
    for field in _BACK:
        yield from act.body.get(field, ())
    for line in act.body["boxes"] if act.statement.kind.name == "ruling" else ():
        yield from (line["stands"] or "", *line["falls"])
