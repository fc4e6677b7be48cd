"""Three machines where any one of the two standbys is enough (`synchronous_mode: quorum`): what dies or hangs costs no answer."""

import os
import signal
from collections.abc import Iterator

import pytest

from tests.faults.load import Load, lost_at
from tests.faults.patroni import Machines, running
from tests.faults.test_patroni import Note, judged, opened

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def machines() -> Iterator[Machines]:
    with running(mode="quorum") as made:
        yield made


def test_the_machine_of_the_leader_dies(machines: Machines, record_property: Note) -> None:
    machines.whole()
    assert [one["role"] for one in machines.members()].count("quorum_standby") == 2
    url, leader = machines.database("killed"), machines.leader()
    load = Load(opened(url)).start()
    load.until(200)
    machines.kill(leader)
    load.until(200, seconds=120)
    judged(load, url, record_property)
    assert machines.leader() != leader
    machines.back(leader)
    assert lost_at(load.acknowledged, opened(url)) == 0


def test_one_standby_hangs_nobody_waits_for_it_and_then_the_leader_dies(machines: Machines, record_property: Note) -> None:
    """The one that hung lacks what the other one has, and comes back just when a new leader is looked for: it must not be the one."""
    machines.whole()
    url, leader = machines.database("hangs"), machines.leader()
    hung, other = [n for n in machines.patronis if n != leader]
    stopped = machines.pids(hung)
    for one in stopped:
        os.kill(one, signal.SIGSTOP)
    try:
        load = Load(opened(url)).start()
        load.until(300, seconds=120)
        machines.kill(leader)
    finally:
        for one in stopped:
            os.kill(one, signal.SIGCONT)
    load.until(200, seconds=120)
    judged(load, url, record_property)
    assert machines.leader() == other
    machines.back(leader)
    assert lost_at(load.acknowledged, opened(url)) == 0
