"""Which links do not count for a box (docs/spec/09-state.md, FOLD-3 to FOLD-5, FOLD-7, FOLD-12)."""

import pytest

from custody.core.bearing import Bearing, Told, bearings
from custody.core.findings import Finding, finding
from custody.core.holding import BoxState, Holding

BOX = "PEM24-5307192008-001-DPR-1"


def state(tip: str | None, **more: tuple[str, ...]) -> BoxState:
    """A box whose last link that counts is `tip`."""
    holding = Holding(tip, 0, "seal", "x", "p", "p", 0, None, 0, 0, 0, "", True, 0, 0, 0, 0, (), ()) if tip is not None else None
    return BoxState(BOX, "ok", holding, **more)


CHAIN = {"a": Told(None), "b": Told("a"), "c": Told("b")}
VOID = finding("correction.void", 1, box=BOX, about="c", holder="-")
CASES: dict[str, tuple[BoxState, list[Finding], dict[str, Told], dict[str, Bearing]]] = {
    "all count": (state("c"), [], CHAIN, {}),
    "the last was taken back": (state("b"), [VOID], CHAIN, {"c": "void"}),
    "two after one, and more": (
        state("a", branches=("b", "d")),
        [],
        {**CHAIN, "d": Told("a"), "e": Told("d")},
        {"b": "contradicted", "c": "after", "d": "contradicted", "e": "after"},
    ),
    "one fell": (state("d", fallen=("b", "c")), [], {**CHAIN, "d": Told("a")}, {"b": "fallen", "c": "fallen"}),
    "follows what fell": (
        state("d", fallen=("b", "c"), orphans=("e",)),
        [],
        {**CHAIN, "d": Told("a"), "e": Told("c")},
        {"b": "fallen", "c": "fallen", "e": "orphan"},
    ),
    "follows what is not here": (state("c", orphans=("e",)), [], {**CHAIN, "e": Told("x"), "f": Told("e")}, {"e": "orphan", "f": "orphan"}),
    "an offer waits": (state("c", offers=("e",)), [], {**CHAIN, "e": Told("c")}, {}),
    "an offer was withdrawn": (state("f"), [], {**CHAIN, "e": Told("c"), "f": Told("c", ("e",))}, {"e": "withdrawn"}),
    "a withdrawal that fell takes nothing back": (
        state("c", offers=("e",), fallen=("f",)),
        [],
        {**CHAIN, "e": Told("c"), "f": Told("c", ("e",))},
        {"f": "fallen"},
    ),
    "a ring": (state("c"), [], {**CHAIN, "x": Told("y"), "y": Told("x")}, {}),
    "nothing counts": (state(None, orphans=("e",)), [], {"e": Told("z")}, {"e": "orphan"}),
}


@pytest.mark.parametrize("name", CASES)
def test_what_does_not_count(name: str) -> None:
    judged, found, links, expected = CASES[name]
    assert bearings(judged, found, links) == expected
