"""Snapshots: a box's chain, or a whole verified state, as JSON and back (spec chapter 10, SNAP-1 to SNAP-3).

A snapshot is the reader's own note to himself. It is never evidence, and never read without the hash kept beside it.
What the authorities laid down and which labels were printed is not taken apart: those entries are kept whole and taken again in order.
"""

from array import array
from collections.abc import Iterable, Mapping
from typing import Any

from custody.core import entry as entries
from custody.core.findings import Finding
from custody.core.holding import Holding
from custody.core.state import Chain, Recall, Recalled, State
from custody.core.trail import Loose, Step

REPLAYED = frozenset(("founding", "enrol", "revoke", "places", "register", "label"))


def state_to_json(state: State, replayed: Mapping[int, bytes]) -> dict[str, Any]:
    """A state as plain JSON values.

    :param replayed: index and note of every entry of a kind in `REPLAYED`.
    """
    return {
        "books": state.shelf.to_json(),
        "chains": {box: chain_to_json(bare(chain), *_trail(state, box, chain)) for box, chain in state.chains.items()},
        "entries": [[index, note.decode()] for index, note in sorted(replayed.items())],
        "facts": [[topic, value, box] for (topic, value), box in state.facts.known.items()],
        "size": state.size,
        "told": [finding_to_json(one) for one in state.said],
    }


def state_from_json(value: dict[str, Any]) -> tuple[State, dict[int, bytes]]:
    """The state again, and the entries it was made from; `value` must come from `state_to_json`."""
    replayed = {index: note.encode() for index, note in value["entries"]}
    state = replay(replayed, None)
    state.size = value["size"]
    state.shelf.from_json(value["books"])
    for box, kept in value["chains"].items():
        state.chains[box], steps, loose = chain_from_json(box, kept)
        state.trail.put(box, steps, loose)
    state.facts.known = {(topic, key): box for topic, key, box in value["facts"]}
    state.said = dict.fromkeys(finding_from_json(one) for one in value["told"])
    return state, replayed


def replay(notes: Mapping[int, bytes], recall: Recall | None) -> State:
    """A state that knows of these entries only, each taken at its own index; authentic entries of kinds in `REPLAYED`, ascending."""
    state = State(recall)
    for index, note in notes.items():
        take_again(state, note, index)
    return state


def take_again(state: State, note: bytes, index: int) -> None:
    """Apply an entry that was authenticated before, at its own index. Raises `Malformed` or `BadSignature` for one that was not."""
    state.size = index
    entry = entries.parse(note)
    state.apply(entry, entries.signers(entry, state.roster, index))


def bare(chain: Chain) -> Chain:
    """A chain without what can be folded anew from its entries, which is how a tangled one is kept."""
    return Chain(None, 0, True, chain.indexes) if chain.tangled else chain


def _trail(state: State, box: str, chain: Chain) -> tuple[list[Step], tuple[Loose, ...]]:
    """The trail of a box; of a tangled one nothing, since it is folded anew."""
    return ([], ()) if chain.tangled else (state.trail.of(box), state.trail.loose(box))


def chain_to_json(chain: Chain, steps: Iterable[Step] = (), loose: Iterable[Loose] = ()) -> dict[str, Any]:
    """A chain and its trail as plain JSON values."""
    return {
        "findings": [finding_to_json(one) for one in chain.findings],
        "holding": list(chain.holding) if chain.holding is not None else None,
        "indexes": chain.indexes.tolist(),
        "links": chain.links,
        "loose": [[*one.step[1:], one.until, one.takes] for one in loose],
        "seen": chain.seen,
        "steps": [list(step[1:]) for step in steps],
        "tangled": chain.tangled,
    }


def chain_from_json(box: str, value: dict[str, Any]) -> Recalled:
    """The chain of a box and its trail again; `value` must come from `chain_to_json`."""
    chain = Chain(
        _holding(value["holding"]),
        value["links"],
        value["tangled"],
        array("Q", value["indexes"]),
        tuple(finding_from_json(one) for one in value["findings"]),
        value["seen"],
    )
    return Recalled(chain, steps_kept(box, value), [Loose(Step(box, *told), until, takes) for *told, until, takes in value["loose"]])


def steps_kept(box: str, value: dict[str, Any]) -> list[Step]:
    """Only the links of a box, from its chain as `chain_to_json` gave it."""
    return [Step(box, *told) for told in value["steps"]]


def _holding(value: list[Any] | None) -> Holding | None:
    return None if value is None else Holding._make([*value[:-2], tuple(value[-2]), tuple(tuple(seal) for seal in value[-1])])


def finding_to_json(one: Finding) -> list[Any]:
    """A finding as plain JSON values."""
    return [one.code, list(one.entries), one.box, [list(fact) for fact in one.facts], one.stated]


def finding_from_json(value: list[Any]) -> Finding:
    """The finding again."""
    code, entries, box, facts, stated = value
    return Finding(code, tuple(entries), box, tuple((name, fact) for name, fact in facts), stated)
