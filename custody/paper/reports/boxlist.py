"""Many boxes in few words: `12 kotak: TPS 001–012 Habi DPR` (spec chapter 13, REPORT-8)."""

from collections.abc import Iterable

from custody.core.boxid import BoxId
from custody.paper.proven.scope import home
from custody.paper.reports.teller import Teller

_MOST = 24  # parts that are named; a part is what of one desa has the same types


def told(teller: Teller, boxes: Iterable[str]) -> str:
    """How many boxes, and which: those of one desa that are of the same types together."""
    known = sorted(set(boxes))
    types: dict[str, list[str]] = {}
    for box in known:
        types.setdefault(home(box, teller.state), []).append(BoxId.parse(box).type)
    alike: dict[tuple[str, str], list[str]] = {}
    for place, kinds in types.items():
        alike.setdefault((place.partition("-")[0], ", ".join(kinds)), []).append(place)
    parts = list(alike.items())
    said = "; ".join(f"{teller.homes(places)} {kinds}" for (_, kinds), places in parts[:_MOST])
    left = sum(len(types[place]) for _, places in parts[_MOST:] for place in places)
    return teller.say("report.list.more" if left else "report.list", count=len(known), boxes=said, more=left)


def numbers(teller: Teller, indexes: Iterable[int], most: int = 8) -> str:
    """Entries in order, those that follow each other as `8–19`; of very many how many more there are."""
    runs = list[list[int]]()
    for index in sorted(set(indexes)):
        if runs and index == runs[-1][1] + 1:
            runs[-1][1] = index
        else:
            runs.append([index, index])
    said = [str(first) if first == last else f"{first}, {last}" if last == first + 1 else f"{first}–{last}" for first, last in runs]
    left = sum(last - first + 1 for first, last in runs[most:])
    return f"{', '.join(said[:most])} {teller.say('report.entries.more', count=left)}" if left else ", ".join(said)
