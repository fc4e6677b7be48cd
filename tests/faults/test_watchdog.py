"""Each machine has a watchdog, and a leader without one is none: whose Patroni hangs is reset before anybody else may lead.

The watchdog is played (`watchdog.py`): that a chip resets a real machine was not seen here.
"""

import os
import signal
import time
from collections.abc import Iterator

import pytest

from tests.faults.load import Load, lost_at
from tests.faults.patroni import Machines, running
from tests.faults.test_patroni import Note, judged, opened

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def machines() -> Iterator[Machines]:
    with running(watched=True) as made:
        yield made


def test_a_leader_whose_patroni_hangs_is_reset_before_there_is_another(machines: Machines, record_property: Note) -> None:
    """Without a watchdog its PostgreSQL goes on, and acknowledges, beside the new leader (tests/faults/test_patroni.py)."""
    machines.whole()
    url, leader = machines.database("watched"), machines.leader()
    assert machines.watchdogs[leader].armed
    load = Load(opened(url)).start()
    pinned = Load(opened(machines.url_of(leader, "watched")), writers=1, name="pinned").start()
    load.until(200)
    os.kill(machines.patroni_pid(leader), signal.SIGSTOP)
    end = time.monotonic() + 120
    while machines.watchdogs[leader].fired is None and time.monotonic() < end:
        time.sleep(0.1)
    then = machines.watchdogs[leader].fired
    assert [one["name"] for one in then if one["role"] == "leader"] == [f"n{leader}"], "nobody else led when it was reset"
    load.until(200, seconds=120)
    pinned.stop()
    judged(load, url, record_property)
    assert machines.leader() != leader
    assert lost_at({**load.acknowledged, **pinned.acknowledged}, opened(url)) == 0
    record_property("watchdog", "played by a pipe")
    record_property("acknowledged by the one that hung", len(pinned.acknowledged))
    machines.back(leader)
    assert lost_at({**load.acknowledged, **pinned.acknowledged}, opened(url)) == 0
