"""The books of a ledger in its store, judged together: over all boxes, or only what concerns some (spec chapters 17 to 20)."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache

from custody.core import consignments
from custody.core.act import Act, completion
from custody.core.books import INCIDENTS, LOADS, PLENARIES
from custody.core.findings import Finding
from custody.core.rows import BoxRow
from custody.core.state import State
from custody.core.statement import boxes_of
from custody.ledger.ports import Reader
from custody.ledger.projection import shelf, trail

Read = Callable[[int], Act]  # the act of an entry


def judged(reader: Reader, read: Read, state: State) -> list[Finding]:
    """What is found of all books. Raises `Altered("projection.damaged")`."""
    told, read = shelf(reader), cache(read)
    if told.empty and not state.profile.plenary:  # who waits for no plenary is found without any entry of a book
        return []
    settled(told.acts(LOADS, read), state, reader)
    return told.judge(read, trail(reader.boxes()), state)


def judged_of(rows: Iterable[BoxRow], reader: Reader, read: Read, state: State) -> list[Finding]:
    """Only what is found of the boxes of these rows; of other boxes no more is read than those that travelled with them."""
    these, told, read = {row.box: row for row in rows}, shelf(reader), cache(read)
    if told.empty and not state.profile.plenary:
        return []
    alone = trail(these.values())
    found = told.found(PLENARIES, read, alone, state) + told.found(INCIDENTS, read, alone, state)
    loads = list(travelling(these.keys(), settled(told.acts(LOADS, read), state, reader)))
    others = sorted({box for act in loads for box in boxes_of(act.statement)} - these.keys())
    more = (row for box in others if (row := reader.box(box)) is not None)
    found += consignments.judge(loads, trail((*these.values(), *more)), state) if loads else []
    return [one for one in found if one.box in these]


def settled(loads: list[Act], state: State, reader: Reader) -> list[Act]:
    """The acts of the loads. Of boxes that only a giver has signed away `state.holding` answers then: who holds them counts (LOAD-3)."""
    alone = (act for act in loads if act.statement.kind.name == "handoff" and completion(act, state) == "offered")
    state.settle(lambda index: reader.row(index).body, sorted({box for act in alone for box in boxes_of(act.statement)}))
    return loads


def travelling(boxes: Iterable[str], acts: list[Act]) -> Iterator[Act]:
    """The acts of every consignment of which one names one of these boxes, and the acks about them."""
    wanted = frozenset(boxes)
    ids = {_id(act) for act in acts if not wanted.isdisjoint(boxes_of(act.statement))} - {None}
    sids = {act.sid for act in acts if _id(act) in ids}
    for act in acts:
        if act.sid in sids or not sids.isdisjoint(act.body.get("about", ())):
            yield act


def _id(act: Act) -> str | None:
    """The consignment that a manifest or a handoff belongs to."""
    consignment = act.body.get("consignment")
    return str(consignment["id"]) if consignment is not None else act.body.get("id")
