"""What is found of the boxes of a report where boxes are judged together: loads, plenaries, incidents (spec chapters 13 and 18 to 20)."""

from collections.abc import Callable, Iterable

from custody.core.act import Act
from custody.core.books import INCIDENTS, LOADS, PLENARIES
from custody.core.findings import Finding
from custody.core.state import State
from custody.core.trail import Trail


def booked(state: State, read: Callable[[int], Act], boxes: frozenset[str], beside: Iterable[str], spoken: frozenset[int]) -> list[Finding]:
    """What loads, plenaries and incidents say of these boxes, and incidents without a box that are told of in these entries.

    :param beside: other boxes of which every statement is at hand. Of a box that is half known nothing is concluded.
    """
    whole = Trail()
    for box in sorted({*boxes, *beside}):
        whole.put(box, state.trail.of(box), state.trail.loose(box))
    found = [one for book in (LOADS, PLENARIES) for one in state.shelf.found(book, read, whole, state) if one.box in boxes]
    told = (one for one in state.shelf.found(INCIDENTS, read, whole, state) if spoken.intersection(one.entries))
    return found + [one for one in told if one.box is None or one.box in boxes]
