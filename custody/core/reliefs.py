"""What a team takes over, held against what the team before it told: the door's seal, the equipment (spec chapter 17, ROOM-18, ROOM-19)."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence

from custody.core.act import Act
from custody.core.books import happened
from custody.core.findings import Finding, finding
from custody.core.law import stated

Opened = Callable[[int, int], bool]  # whether the door may have been opened between two seconds, by what is on record


def judge(shifts: Sequence[Act], opened: Opened, skew: int) -> Iterator[Finding]:
    """What is found of a room.

    shifts: those that count, in order of the times claimed. skew: seconds that clocks may differ.
    """
    yield from _seals([act for act in shifts if act.body["door_seal"] is not None], opened, skew)
    yield from _equipment([act for act in shifts if act.body["equipment"]], skew)


def _seals(shifts: list[Act], opened: Opened, skew: int) -> Iterator[Finding]:
    """Another number on the door, and nothing on record that opened it."""
    for act, may in _befores(shifts, skew):
        number, last = act.body["door_seal"], may[-1]
        if any(one.body["door_seal"] == number for one in may) or opened(happened(last), happened(act)):
            continue
        facts = {"place": act.body["place"], "last": last.body["door_seal"], "found": number}
        yield from stated(act, [finding("room.seal", last.entry, act.entry, **facts)])


def _equipment(shifts: list[Act], skew: int) -> Iterator[Finding]:
    """Less of a thing than the last team had, whichever team that was."""
    for act, may in _befores(shifts, skew):
        now, before = _things(act), [_things(one) for one in may]
        for thing, last in before[-1].items():
            found = now.get(thing, 0)
            if all(found < one.get(thing, 0) for one in before):
                facts = {"place": act.body["place"], "thing": thing, "last": last, "found": found}
                yield from stated(act, [finding("room.equipment", may[-1].entry, act.entry, **facts)])


def _things(act: Act) -> dict[str, int]:
    return {one["thing"]: one["count"] for one in act.body["equipment"]}


def _befores(shifts: list[Act], skew: int) -> Iterator[tuple[Act, list[Act]]]:
    """Every shift but the first, with those that may have been the last before it: the one before it in order, and all within the skew of
    it or of the last that surely was earlier. Only earlier ones in that order, so that no two excuse each other (ROOM-2)."""
    times = [happened(act) for act in shifts]
    for number, act in enumerate(shifts):
        surely = bisect_left(times, times[number] - skew)
        first = bisect_left(times, times[surely - 1] - skew) if surely else 0
        if first < number:
            yield act, shifts[first:number]
