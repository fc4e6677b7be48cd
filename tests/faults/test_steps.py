"""The fault table: each step that a work takes on the disk fails once, before and after it landed; then the whole is looked at.

Nothing acknowledged is lost, nothing is half, the ledger verifies, and the same command typed again does its work. `make faults` takes
every step and writes the table; `make test` takes the steps at which something becomes lasting (commit, rename, sync of the guard).
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from custody.ledger.folder import Folder
from fixtures.disksteps import Disk
from tests.cli.harness import Desk, Ended
from tests.cli.office_kit import OfficeDesk
from tests.faults import steps
from tests.faults.beginnings import BEGINNING_STEPS, BEGINNINGS
from tests.faults.steps import Ground, Work, watched

WORKS = {**steps.WORKS, **BEGINNINGS}
STEPS = {**steps.STEPS, **BEGINNING_STEPS}
Note = Callable[[str, object], None]
LASTING = ("commit ledger.db", "sync guard", "rename backup", "rename export checkpoint")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with pytest.MonkeyPatch.context() as patch:
        OfficeDesk.cheap(patch)  # keys and a backup that cost little to open
        yield Ground(tmp_path_factory.mktemp("langkah"))


@pytest.fixture
def ground(made: Ground) -> Iterator[Ground]:
    made.put_back()
    yield made


def steps_of(name: str) -> list[str]:
    """The steps of a work as `Disk` names them."""
    return [f"{call} {what}" for what, calls in STEPS[name].items() for call in calls.split()]


CASES = [
    pytest.param(
        name,
        step,
        landed,
        id=f"{name}: {step}, {'after' if landed else 'before'}",
        marks=() if step in LASTING and WORKS[name].around is Work.around else (pytest.mark.faults,),
    )
    for name in WORKS
    for step in steps_of(name)
    for landed in (False, True)
]


@pytest.mark.parametrize("name", WORKS)
def test_the_list_names_every_step_that_is_taken(name: str, ground: Ground) -> None:
    """A write that is new stands in no list: it must be given a name, and then it is broken with the others."""
    work, disk = WORKS[name], Disk(ground.root)
    work.before(ground)
    ended = watched(ground, work, disk)
    assert ended.exit in (0, 1), ended.err
    assert work.done(ground)
    assert sorted(set(disk.steps)) == sorted(set(steps_of(name)))


@pytest.mark.parametrize("name", ["take a station's bundle", "take a bundle at a station", "record a handoff"])
def test_what_is_acknowledged_costs_two_syncs(name: str, ground: Ground) -> None:
    """One of the entries, one of the guard; the folding of the log belongs to the end of the command, not to the bundle."""
    work, disk = WORKS[name], Disk(ground.root)
    work.before(ground)
    watched(ground, work, disk)
    assert [one for one in disk.steps if one.split()[0] in ("commit", "sync")] == ["commit ledger.db", "sync guard"]


def test_every_work_has_a_list() -> None:
    assert list(STEPS) == list(WORKS)


@pytest.mark.parametrize(("name", "step", "landed"), CASES)
def test_a_step_that_fails_leaves_everything_whole(name: str, step: str, landed: bool, ground: Ground, record_property: Note) -> None:
    work, disk = WORKS[name], Disk(ground.root)
    work.before(ground)
    before = ground.bodies()
    disk.fail(step, landed)
    ended = watched(ground, work, disk)
    assert disk.fired
    in_words(ended)
    if ended.exit in (0, 1):
        assert work.done(ground), "acknowledged, and not there"
    looked_at(ground, work, before)
    told = started(ground, work)
    with work.around(ground):
        again = work.do(ground)
    in_words(again)
    assert work.done(ground), again.err
    looked_at(ground, work, before)
    record_property("said", f"{ended.exit} {first(ended)}".strip())
    record_property("next start", told)
    record_property("again", again.exit)


def in_words(ended: Ended) -> None:
    """Whatever went wrong was said in a sentence."""
    assert ended.exit != 9, ended.err
    assert "Traceback" not in ended.err


def first(ended: Ended) -> str:
    """What was said, in short and without the folders of this run."""
    lines = [line for line in ended.err.splitlines() if line.startswith("Galat:")]
    return re.sub(r"/\S*/", "", lines[0][7:])[:70] if lines else ""


def desks(ground: Ground, work: Work) -> list[Desk]:
    """The office, and the desk that the work is about."""
    return list({id(one): one for one in (ground.evening.desk, work.where(ground))}.values())


def looked_at(ground: Ground, work: Work, before: list[bytes]) -> None:
    """All that was there is there, and the whole verifies; a ledger that is not there yet is wholly not there."""
    assert ground.bodies()[: len(before)] == before
    for desk in desks(ground, work):
        if Folder(Path(desk.environ["CUSTODY_LEDGER"])).whole:
            assert ground.integrity(desk) == "consistent"
        else:
            in_words(desk.run("verify"))


def started(ground: Ground, work: Work) -> str:
    """What the next start says: the exit code of `custody status`, and the first line beside its answer."""
    shown = [desk.run("status") for desk in desks(ground, work)]
    for one in shown:
        in_words(one)
    return " and ".join(f"{one.exit} {re.sub(r'/[^ ]*/', '', next(iter(one.err.splitlines()), ''))[:60]}".strip() for one in shown)
