"""Group commit: many threads, one checkpoint for many of them, to each its own answer."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event

import pytest

from custody.core.errors import BadSignature, CustodyError, Refused, Undecided
from custody.ledger.commits import MOST, Commits
from custody.ledger.ledger import Answer, Ledger
from custody.ledger.receipt import Receipt
from fixtures.office import MemoryGuard, in_folder, in_memory, refuses
from fixtures.smallworld import World


def labels(world: World, count: int) -> list[bytes]:
    """Notes that have nothing to do with each other."""
    drafts = [world.draft("label", labels=[{"box": None, "code": f"{n:064x}", "copy": 1}], reason="spare") for n in range(count)]
    return [world.sign(one, "kpu-1") for one in drafts]


class Counting(Ledger):
    """A ledger that counts its commits, and can be held before each."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger._store, ledger._guard, ledger.signer)
        self.sizes: list[int] = []
        self.pause = 0.0  # seconds that a disk takes
        self.free = Event()
        self.free.set()
        self.reached = Event()

    def offer(self, notes: list[bytes]) -> list[Answer]:
        self.reached.set()
        self.free.wait(10)
        self.sizes.append(len(notes))
        time.sleep(self.pause)
        return super().offer(notes)


def test_alone_nobody_lingers() -> None:
    world = World()
    ledger = Counting(in_memory(world))
    commits = Commits(ledger)
    for index, data in enumerate(labels(world, 3), 1):
        assert commits.append(data).index == index
    assert ledger.sizes == [1, 1, 1]


def test_who_waits_behind_a_commit_shares_the_next_one() -> None:
    world = World()
    ledger = Counting(in_memory(world))
    commits, notes = Commits(ledger), labels(world, MOST + 10)
    ledger.free.clear()
    with ThreadPoolExecutor(len(notes)) as pool:
        first = pool.submit(commits.append, notes[0])
        assert ledger.reached.wait(10)
        rest = [pool.submit(commits.append, data) for data in notes[1:]]
        while len(commits._queue) < len(rest):
            pass
        ledger.free.set()
        receipts = [one.result() for one in (first, *rest)]
    assert ledger.sizes == [1, MOST, 9]
    assert {receipt.index for receipt in receipts} == set(range(1, len(notes) + 1))
    assert [receipt.note for receipt in receipts] == notes
    assert {receipt.verify(world.policy()).size for receipt in receipts} == {2, MOST + 2, len(notes) + 1}


def test_a_bad_note_is_answered_to_its_own_thread_only(tmp_path: Path) -> None:
    world = World()
    commits = Commits(in_folder(world, tmp_path / "ledger"))
    notes = labels(world, 24)
    for number in range(0, 24, 3):
        notes[number] = notes[number].replace(b'"copy":1', b'"copy":2')  # signed as something else
    start = Barrier(len(notes))

    def one(data: bytes) -> Receipt | CustodyError:
        start.wait(10)
        try:
            return commits.append(data)
        except CustodyError as error:
            return error

    with ThreadPoolExecutor(len(notes)) as pool:
        answers = list(pool.map(one, notes))
    for number, answer in enumerate(answers):
        assert isinstance(answer, BadSignature if number % 3 == 0 else Receipt)
        if isinstance(answer, Receipt):
            assert answer.note == notes[number]
            answer.verify(world.policy())


def test_when_the_commit_fails_everybody_in_it_is_told() -> None:
    world = World()
    guard = MemoryGuard()
    made = in_memory(world)
    guard.note = made.checkpoint()
    ledger = Ledger(made._store, guard, made.signer)
    commits, (first, second) = Commits(ledger), labels(world, 2)
    guard.note = None
    with refuses(Refused, "guard.missing"):
        commits.append(first)
    guard.note = made.checkpoint()
    assert commits.append(second).index == 1
    assert commits.append(first).index == 2


def test_a_leader_who_is_stopped_leaves_nobody_waiting() -> None:
    world = World()
    made = in_memory(world)

    class Stopped(Counting):
        def offer(self, notes: list[bytes]) -> list[Answer]:
            self.reached.set()
            self.free.wait(10)
            raise KeyboardInterrupt

    ledger = Stopped(made)
    ledger.free.clear()
    commits, notes = Commits(ledger), labels(world, 3)
    with ThreadPoolExecutor(3) as pool:
        calls = [pool.submit(commits.append, notes[0])]
        assert ledger.reached.wait(10)
        calls += [pool.submit(commits.append, data) for data in notes[1:]]
        while len(commits._queue) < 2:
            pass
        ledger.free.set()
        for call in calls:
            with pytest.raises((KeyboardInterrupt, Undecided)):
                call.result()


def test_the_one_who_led_does_not_overtake_those_who_wait_16_by_6() -> None:
    """Sixteen threads with six notes each: had they to race for the lead, the last leader would win it and commit its notes one by one."""
    world = World()
    ledger = Counting(in_memory(world))
    ledger.pause = 0.005  # else nobody has the time to queue up
    commits, notes, start = Commits(ledger), labels(world, 96), Barrier(16)

    def work(at: int) -> None:
        start.wait(10)
        for data in notes[at::16]:
            commits.append(data)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, range(16)))
    assert sum(ledger.sizes) == 96
    assert len(ledger.sizes) < 48
    assert not commits._led and not commits._queue
