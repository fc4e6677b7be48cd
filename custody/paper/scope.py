"""Which boxes a report is about, seen from a state of the ledger (spec chapter 13, REPORT-5)."""

from collections.abc import Callable

from custody.core.boxid import BoxId
from custody.core.state import State


def boxes(scope: tuple[str, str], state: State, note: Callable[[int], bytes]) -> list[str]:
    """The boxes a scope means, sorted: by home for places, for a warehouse those that are there or on the way to it.

    `note` gives the bytes of an entry that speaks of one of the boxes, by index.
    """
    kind, code = scope
    registered = {box for box, known in state.register.boxes.items() if known.since < state.size}
    known = sorted(registered.union(state.chains))
    if kind == "operation":
        return known
    if kind == "box":
        return [code] if code in known else []
    if kind == "warehouse":
        settled = state.settle(note, known)
        return [box for box, (standing, _) in settled.items() if standing.holding is not None and standing.holding.to == code]
    return [box for box in known if code in state.places.path(home(box, state), state.size)]


def home(box: str, state: State) -> str:
    """The place a box belongs to: as registered, or as the id of an unregistered one says."""
    registered = state.register.get(box, state.size)
    return registered.place if registered is not None else BoxId.parse(box).place
