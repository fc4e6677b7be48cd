"""A province's database as it is meant to run: three machines, Patroni, etcd, strict synchronous mode. What dies, hangs or is cut off."""

import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from custody.store.postgres import PostgresStore
from custody.store.postgres_base import Patience
from tests.faults.load import Load, figures, lost_at
from tests.faults.patroni import VERSION, Machines, running

pytestmark = pytest.mark.faults
Note = Callable[[str, object], None]


@pytest.fixture(scope="module")
def machines() -> Iterator[Machines]:
    with running() as made:
        yield made


def opened(url: str) -> Callable[[], PostgresStore]:
    return lambda: PostgresStore.open(url, Patience(wait=5.0, commit=5.0))


def judged(load: Load, url: str, record_property: Note) -> None:
    load.stop()
    missing = lost_at(load.acknowledged, opened(url))
    figures(load, missing, record_property)
    record_property("Patroni", VERSION)
    assert missing == 0


def test_the_machine_of_the_leader_dies(machines: Machines, record_property: Note) -> None:
    machines.whole()
    url, leader = machines.database("killed"), machines.leader()
    load = Load(opened(url)).start()
    load.until(200)
    machines.kill(leader)
    load.until(200, seconds=120)
    judged(load, url, record_property)
    assert machines.leader() != leader
    machines.back(leader)
    assert lost_at(load.acknowledged, opened(url)) == 0  # also after the dead one has come back


def test_the_leaders_patroni_stands_still_and_goes_on(machines: Machines, record_property: Note) -> None:
    """Its PostgreSQL keeps running meanwhile; only the missing standby keeps it from acknowledging."""
    machines.whole()
    url, leader = machines.database("paused"), machines.leader()
    load = Load(opened(url)).start()
    load.until(200)
    paused = machines.patroni_pid(leader)
    os.kill(paused, signal.SIGSTOP)
    try:
        pinned = Load(opened(machines.url_of(leader, "paused")), writers=1).start()
        time.sleep(50)
        load.until(100, seconds=60)
    finally:
        os.kill(paused, signal.SIGCONT)
    time.sleep(15)
    pinned.stop()
    judged(load, url, record_property)
    machines.whole(120)
    assert lost_at({**load.acknowledged, **pinned.acknowledged}, opened(url)) == 0
    record_property("acknowledged by the paused leader", len(pinned.acknowledged))


def test_the_leader_is_cut_off_from_the_others(machines: Machines, record_property: Note) -> None:
    machines.whole()
    url, leader = machines.database("parted"), machines.leader()
    load = Load(opened(url)).start()
    load.until(200)
    machines.unplug(leader)
    try:
        load.until(200, seconds=120)
        time.sleep(20)
        assert machines.leader() != leader
    finally:
        machines.plug(leader)
    load.until(100, seconds=60)
    judged(load, url, record_property)
    machines.whole(120)
    assert lost_at(load.acknowledged, opened(url)) == 0


def test_etcd_is_lost_on_all_machines(machines: Machines, record_property: Note) -> None:
    """With failsafe_mode the leader goes on while all Patronis still answer each other."""
    machines.whole()
    url, leader = machines.database("no_etcd"), machines.leader()
    load = Load(opened(url)).start()
    load.until(100)
    for process in machines.etcds.values():
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    time.sleep(40)
    load.until(100, seconds=60)
    for n in list(machines.etcds):
        machines.start_etcd(n)
    time.sleep(5)
    load.until(100, seconds=120)
    judged(load, url, record_property)
    machines.whole(120)
    assert machines.leader() == leader and load.longest_gap < 30
