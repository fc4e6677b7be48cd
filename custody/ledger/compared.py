"""Projections compared row by row with what the entries add up to (spec chapter 10, VERIFY-8), and built anew.

A difference here is no altered history: the signed bytes do not depend on it. It is told all the same, because people search by these rows.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice, repeat
from typing import TypeVar

from custody.core.holding import BoxState
from custody.core.rows import BoxRow
from custody.core.state import State
from custody.core.verdict import Fault, Step
from custody.ledger.ports import Reader
from custody.ledger.projection import FORM, book_key, box_row, kind_of, once_facts, replay_key, told_facts

Tell = Callable[[Fault], None]
Key = TypeVar("Key", str, tuple[str, int])
_COLUMNS = BoxRow._fields
_END = None


def compare_boxes(reader: Reader, state: State, judged: dict[str, BoxState], tell: Tell) -> None:
    """The rows of all boxes. `judged`: the settled state of every box."""
    wanted = ((box, box_row(judged[box], state)) for box in sorted(judged))
    for box, want, kept in paired(wanted, ((row.box, row) for row in reader.boxes())):
        for column in _differences(want, kept):
            tell(_fault("projection.box", box=box, column=column))


def compare_touches(reader: Reader, state: State, others: dict[str, list[int]], tell: Tell) -> None:
    """Which entry speaks of which box: what the chains say, and `others` for the kinds that make no chain."""
    wanted = chain.from_iterable(zip(repeat(box), _touching(box, state, others)) for box in sorted({*state.chains, *others}))
    for (box, index), want, kept in paired(zip(wanted, repeat(True)), zip(reader.touches(), repeat(True))):
        if want != kept:
            tell(_fault("projection.touch", index, box=box))


def compare_facts(reader: Reader, state: State, replayed: Mapping[int, bytes], tell: Tell) -> None:
    """Everything under every topic. `replayed`: the notes that a ledger reads again when it opens."""
    replay = {replay_key(index): kind_of(note) for index, note in replayed.items()}
    books = {book_key(book, index): b"" for book, index in state.shelf}
    rest = {"told": told_facts(state), "replay": replay, "book": books, "form": {"projections": FORM}}
    wanted: dict[str, dict[str, bytes]] = {**once_facts(state), **rest}
    for topic in sorted({*reader.topics(), *wanted}):
        for key, want, kept in paired(sorted(wanted.get(topic, {}).items()), reader.facts(topic)):
            if want != kept:
                tell(_fault("projection.fact", topic=topic, key=key))


Kept = TypeVar("Kept")
Want = TypeVar("Want")
Pair = TypeVar("Pair")
Other = TypeVar("Other")
_AT_ONCE = 64


def paired(wanted: Iterable[tuple[Key, Want]], kept: Iterable[tuple[Key, Kept]]) -> Iterator[tuple[Key, Want | None, Kept | None]]:
    """Two sorted streams side by side, from where they differ on; None where one of them has nothing under that key."""
    ours, theirs = _differing(iter(wanted), iter(kept))
    one, two = next(ours, _END), next(theirs, _END)
    while one is not None or two is not None:
        if two is None or (one is not None and one[0] < two[0]):
            assert one is not None
            yield one[0], one[1], None
            one = next(ours, _END)
        elif one is None or two[0] < one[0]:
            yield two[0], None, two[1]
            two = next(theirs, _END)
        else:
            yield one[0], one[1], two[1]
            one, two = next(ours, _END), next(theirs, _END)


def _differing(ours: Iterator[Pair], theirs: Iterator[Other]) -> tuple[Iterator[Pair], Iterator[Other]]:
    """The rest of two streams, some items before they differ first: what is equal is passed over many at a time."""
    while True:
        one, two = list(islice(ours, _AT_ONCE)), list(islice(theirs, _AT_ONCE))
        if one != two or not one:
            return chain(one, ours), chain(two, theirs)


def _touching(box: str, state: State, others: dict[str, list[int]]) -> Iterable[int]:
    """Ascending, each once."""
    chain = state.chains.get(box)
    indexes = dict.fromkeys(chain.indexes if chain is not None else ())
    return sorted({*indexes, *others[box]}) if box in others else indexes


def _differences(want: BoxRow | None, kept: BoxRow | None) -> list[str]:
    if want is None or kept is None:
        return ["box"] if want is not kept else []
    return [column for column in _COLUMNS if getattr(want, column) != getattr(kept, column)]


def _fault(code: str, index: int | None = None, **facts: str) -> Fault:
    return Fault(Step.KEPT, code, tuple(sorted(facts.items())), entry=index)
