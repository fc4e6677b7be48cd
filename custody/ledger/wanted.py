"""What statements will ask of the projections when they become entries, so that it is asked at once (ADR 0019, "one question a batch").

Nothing is decided by it: what is missing here is asked for when it is needed, and what is here in vain is thrown away.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from custody.core.crossing import SEAL, SPARE
from custody.core.state import State
from custody.core.statement import Statement, boxes_of


class Wanted(NamedTuple):
    """Names of boxes, and the keys of facts by topic; ordered sets."""

    boxes: dict[str, None]
    facts: dict[str, dict[str, None]]


def wanted(statements: Iterable[Statement], state: State) -> Wanted:
    """What the state before these statements has not at hand and will be asked for."""
    found = Wanted({}, {SEAL: {}, SPARE: {}})
    for statement in statements:
        if statement.kind.takes_effect == "box" or statement.kind.name in ("inspection", "register"):
            found.boxes.update((box, None) for box in boxes_of(statement) if box not in state.chains)
        if statement.kind.name in ("seal", "opening"):
            found.facts[SEAL].update(dict.fromkeys(_numbers(statement)))
        found.facts[SPARE].update(dict.fromkeys(_codes(statement, state)))
    return found


def _numbers(statement: Statement) -> Iterator[str]:
    """The seal numbers that a statement puts on boxes."""
    for line in statement.body["boxes"]:
        yield from (seal["number"] for seal in line["seals"] if seal["number"] is not None)


def _codes(statement: Statement, state: State) -> Iterator[str]:
    """The codes that were read on boxes and are not theirs as far as the state knows, and those that are printed now."""
    printed = state.register.codes
    if statement.kind.link or statement.kind.name == "inspection":
        for line in statement.body["boxes"]:
            code = line["by"]["label"]
            if code is not None and (code not in printed or printed[code].box != line["box"]):
                yield code
    elif statement.kind.name == "label":
        yield from (item["code"] for item in statement.body["labels"] if item["code"] not in printed)
