"""A ledger in PostgreSQL: writers that commit together against one entry a commit over a delayed line; arrays against single posts."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir

from custody.ledger.commits import Commits
from custody.ledger.ledger import Ledger
from custody.store.carry import carry
from custody.store.postgres import PostgresStore
from custody.store.postgres_base import Patience
from fixtures.office import key_of
from tests.bench.ground import Ground
from tests.bench.measure import Row, Rows, wall
from tests.cluster import why_not
from tests.faults.pair import Pair

DELAY = 0.010  # seconds each way between primary and synchronous standby: 20 ms there and back
FEW, MANY, WRITERS, ARRAY = 40, 1_280, 128, 256


class _NoGuard:
    """The guard costs the same in all of these; it is measured in `record`."""

    def check(self, head: bytes | None, root_at: Callable[[int], bytes]) -> None: ...
    def advance(self, note: bytes) -> None: ...
    def adopt(self, head: bytes, root_at: Callable[[int], bytes]) -> None: ...


def writing(folder: Path, ground: Ground) -> Rows:
    """Ratios of one run; each line is measured on the same ledger as it grows."""
    if reason := why_not():
        yield Row("PostgreSQL", reason)
        return
    later = ground.later
    for name, delay in (("20 ms to the standby", DELAY), ("standby beside it", 0.0)):
        ground.later = later  # of a new ledger: in the middle of what it does not have, every note would be one out of order
        with _ledger(folder, ground, delay) as ledger:
            yield from _measured(name, ledger, ground, bound=delay > 0)


def _measured(name: str, ledger: Ledger, ground: Ground, bound: bool) -> Rows:
    single = FEW / wall(lambda: _threads(8, _taken(ground, FEW), lambda note: ledger.append([note])))[0]
    commits = Commits(ledger)
    group = MANY / wall(lambda: _threads(WRITERS, _taken(ground, MANY), commits.append))[0]
    array = ARRAY / wall(lambda: ledger.append(_taken(ground, ARRAY)))[0]
    fact = f"{group:.0f}/s against {single:.0f}/s: {group / single:.1f} x"
    holds = {"bound": "at least 5 x", "holds": group >= 5 * single} if bound else {}
    yield Row(f"PostgreSQL, {name}: {WRITERS} writers together", fact, **holds)  # type: ignore[arg-type]
    holds = {"bound": "at least 5 x", "holds": array >= 5 * single} if bound else {}
    yield Row(f"PostgreSQL, {name}: an array of {ARRAY}", f"{array:.0f}/s: {array / single:.1f} x", **holds)  # type: ignore[arg-type]


@contextmanager
def _ledger(folder: Path, ground: Ground, delay: float) -> Iterator[Ledger]:
    """The ground's ledger, carried into a new pair of servers on the disk of this machine."""
    pair = Pair.made(place=Path(gettempdir()))
    try:
        source, target = ground.store(), PostgresStore.open(pair.url, Patience(commit=60.0))
        with source.write(moved=True) as writer:
            writer.mark(moved=False)  # it was carried before: here it stays where it is as well
        carry(source, target, lambda: None)
        source.close()
        pair.line.delay = delay
        ledger = Ledger(target, _NoGuard(), key_of(ground.world))
        ledger.refresh()
        yield ledger
        ledger.close()
    finally:
        pair.throw_away()


def _taken(ground: Ground, count: int) -> list[bytes]:
    taken, ground.later = ground.later[:count], ground.later[count:]
    assert len(taken) == count, "the ground has too few notes"
    return taken


def _threads(count: int, notes: Sequence[bytes], append: Callable[[bytes], object]) -> None:
    """Every thread appends its share, one note after the other."""

    def work(share: Sequence[bytes]) -> None:
        for note in share:
            append(note)

    threads = [threading.Thread(target=work, args=(notes[at::count],)) for at in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
