"""A primary that dies under load, and a standby that takes over: nothing acknowledged is lost; and the traps by which it could be."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from custody.core.errors import CustodyError, Undecided
from custody.store.postgres import PostgresStore
from custody.store.postgres_base import Patience
from tests.cluster import require_server
from tests.faults.load import Load, figures, lost_at
from tests.faults.pair import Pair
from tests.store.rows import row, rows

Note = Callable[[str, object], None]


@pytest.fixture
def made() -> Iterator[Callable[..., Pair]]:
    require_server()
    pairs: list[Pair] = []

    def new(delay: float = 0.0, synchronous: bool = True) -> Pair:
        pairs.append(Pair.made(delay, synchronous))
        return pairs[-1]

    yield new
    for pair in pairs:
        pair.throw_away()


def opened(url: str, commit: float = 5.0) -> Callable[[], PostgresStore]:
    return lambda: PostgresStore.open(url, Patience(wait=5.0, commit=commit))


def failed_over(pair: Pair, before: int, after: int, writers: int = 4) -> Load:
    """Load, kill -9 of the primary and all its children, promotion, more load."""
    load = Load(opened(pair.url), writers).start()
    load.until(before)
    pair.primary.kill()
    pair.standby.promote()
    load.until(after, seconds=120)
    load.stop()
    return load


def test_the_primary_is_killed_under_load(made: Callable[..., Pair], record_property: Note) -> None:
    pair = made()
    load = failed_over(pair, 150, 100)
    missing = lost_at(load.acknowledged, opened(pair.url))
    figures(load, missing, record_property)
    assert missing == 0
    assert sum(load.refused.values()) > 0  # the writers that were in the middle were told


@pytest.mark.faults
def test_the_primary_is_killed_under_load_with_a_slow_line_to_the_standby_3_times(made: Callable[..., Pair], record_property: Note) -> None:
    for _ in range(3):
        pair = made(delay=0.05)
        load = failed_over(pair, 40, 100)
        missing = lost_at(load.acknowledged, opened(pair.url))
        figures(load, missing, record_property)
        assert missing == 0


@pytest.mark.faults
def test_control_without_waiting_for_the_standby_entries_are_lost(made: Callable[..., Pair], record_property: Note) -> None:
    """The same with an asynchronous standby: if nothing is lost here, the runs above prove nothing."""
    pair = made(delay=0.05, synchronous=False)
    load = failed_over(pair, 200, 100)
    missing = lost_at(load.acknowledged, opened(pair.url))
    figures(load, missing, record_property)
    assert missing > 0


def test_a_wait_for_the_standby_that_somebody_cancels_is_no_answer(made: Callable[..., Pair], record_property: Note) -> None:
    """PostgreSQL reports success then, the row is visible, and it is gone after the failover."""
    pair = made()
    told: list[CustodyError] = []
    with closing(opened(pair.url, commit=60.0)()) as store:
        with store.write() as writer:
            writer.append(rows(0, 5))
        for one in pair.standby.family():
            os.kill(one, signal.SIGSTOP)

        def append() -> None:
            try:
                with store.write() as writer:
                    writer.append([row(5, "ditunggu")])
            except CustodyError as error:
                told.append(error)

        thread = threading.Thread(target=append)
        thread.start()
        waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        end = time.monotonic() + 20
        while not (pid := pair.primary.sql(waiting)) and time.monotonic() < end:
            time.sleep(0.05)
        pair.primary.sql(f"SELECT pg_cancel_backend({pid})")
        thread.join(timeout=30)
        assert [(type(error), error.code, error.facts["reason"]) for error in told] == [(Undecided, "database.unconfirmed", "01000")]
        assert store.size() == 6  # visible, and not acknowledged
    pair.primary.kill()
    for one in pair.standby.family():
        os.kill(one, signal.SIGCONT)
    pair.standby.promote()
    with closing(opened(pair.url)()) as store:
        record_property("rows after the failover", store.size())
        assert lost_at({row(at).leaf: at for at in range(5)}, opened(pair.url)) == 0


def test_a_standby_that_hangs_is_told_in_time_and_the_same_row_is_found_later(made: Callable[..., Pair], record_property: Note) -> None:
    pair = made()
    with closing(opened(pair.url, commit=1.0)()) as store, closing(opened(pair.url)()) as other:
        for one in pair.standby.family():
            os.kill(one, signal.SIGSTOP)
        began = time.monotonic()
        with pytest.raises(Undecided) as caught, store.write() as writer:
            writer.append(rows(0, 1))
        record_property("answered after", f"{time.monotonic() - began:.1f} s")
        assert caught.value.code == "database.unconfirmed"
        assert other.size() == 0  # to nobody else is it there
        with pytest.raises(CustodyError) as busy, other.write():
            pass
        assert busy.value.code == "store.locked"  # the wait on the server still holds the head row
        for one in pair.standby.family():
            os.kill(one, signal.SIGCONT)
        load = Load(opened(pair.url), writers=2).start()
        load.until(5)
        load.stop()
        assert store.by_leaf(row(0).leaf) == row(0)
        assert lost_at({**load.acknowledged, row(0).leaf: 0}, opened(pair.url)) == 0
