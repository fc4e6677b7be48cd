"""Snapshots: a box's chain, or a whole verified state, as JSON and back (spec chapter 10, SNAP-1 to SNAP-3).

A snapshot is the reader's own note to himself. It is never evidence, and never read without the hash kept beside it.
"""

from array import array
from typing import Any

from custody.core.box import Holding
from custody.core.findings import Finding
from custody.core.state import Chain


def chain_to_json(chain: Chain) -> dict[str, Any]:
    """A chain as plain JSON values."""
    return {
        "findings": [_finding_to_json(one) for one in chain.findings],
        "holding": list(chain.holding) if chain.holding is not None else None,
        "indexes": chain.indexes.tolist(),
        "links": chain.links,
        "tangled": chain.tangled,
    }


def chain_from_json(value: dict[str, Any]) -> Chain:
    """The chain again; `value` must come from `chain_to_json`."""
    return Chain(
        _holding(value["holding"]),
        value["links"],
        value["tangled"],
        array("Q", value["indexes"]),
        tuple(_finding_from_json(one) for one in value["findings"]),
    )


def _holding(value: list[Any] | None) -> Holding | None:
    return None if value is None else Holding._make([*value[:-1], tuple(tuple(seal) for seal in value[-1])])


def _finding_to_json(one: Finding) -> list[Any]:
    return [one.code, list(one.entries), one.box, [list(fact) for fact in one.facts], one.stated]


def _finding_from_json(value: list[Any]) -> Finding:
    code, entries, box, facts, stated = value
    return Finding(code, tuple(entries), box, tuple((name, fact) for name, fact in facts), stated)
