"""Boxes as lines: by polling station or desa, with their types or only how many (no chapter of the spec)."""

from collections.abc import Sequence

from custody.core.boxid import BoxId
from custody.core.errors import CustodyError
from custody_cli.boxes.named import Names


def grouped(boxes: Sequence[str], names: Names, by: str = "tps") -> list[str]:
    """Boxes as lines by polling station or desa: `TPS 003 Habi: DPD, DPR` or `Habi: 35 (DPD 7, …)`."""
    found: dict[str, dict[str, int]] = {}
    for box in boxes:
        one = BoxId.parse(box)
        place = one.place if by == "tps" else one.place.partition("-")[0]
        kinds = found.setdefault(place, {})
        kinds[one.type] = kinds.get(one.type, 0) + 1
    lines = []
    for place, kinds in found.items():
        if by == "tps":
            lines.append(f"{names.place(place)}: {', '.join(sorted(kinds))}")
        else:
            lines.append(
                f"{names.place(place)}: {sum(kinds.values())} ({', '.join(f'{kind} {count}' for kind, count in sorted(kinds.items()))})"
            )
    return lines


def told_by_area(boxes: Sequence[str], names: Names) -> str:
    """Boxes by desa in one line: `Watumilok 40, Habi 35`."""
    found: dict[str, int] = {}
    for box in boxes:
        area = BoxId.parse(box).place.partition("-")[0]
        found[area] = found.get(area, 0) + 1
    return ", ".join(f"{names.place(area)} {count}" for area, count in found.items())


def is_box(text: str) -> bool:
    """Whether a text is the id of a box."""
    try:
        BoxId.parse(text)
    except CustodyError:
        return False
    return True
