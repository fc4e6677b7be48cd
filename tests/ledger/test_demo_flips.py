"""The ledger of the demonstration (265 boxes), one bit changed at a random place in the rows: found, and the place is named."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from secrets import token_bytes
from shutil import copytree
from sqlite3 import IntegrityError

import pytest

from custody.assembly import Office, open_office
from custody.assembly.auditing import verify_office
from custody.core.verdict import Verdict
from custody_cli.demo import journey
from custody_cli.demo.journey import Stage
from custody_cli.demo.people import Cast, Clock
from fixtures.tamper import Cell, Intruder

Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """The demonstration up to the handoffs of three desa, with labels told to the ledger."""
    root = tmp_path_factory.mktemp("demo")
    made = Stage(root / "ledger", root / "state", Cast(root / "keys", token_bytes), Clock("2024-02-10T09:00:00+08:00"), token_bytes, "id")
    journey.found(made)
    with made.open() as office:
        journey.lay_out(made, office)
        journey.print_labels(made, office, root / "paper")
        for home, boxes in list(journey.by_home(office).items())[:14]:
            journey.seal(made, office, home, boxes)
            journey.to_pps(made, office, home, boxes)
    return made


def test_a_copy_without_its_guard_still_verifies(stage: Stage, tmp_path: Path) -> None:
    """An outsider has no guard of this ledger: reading and judging need none."""
    copytree(stage.ledger, tmp_path / "copy")
    with open_office(tmp_path / "copy", state_dir=tmp_path / "nowhere", clock=stage.clock) as office:
        assert verify_office(office, office.policy, []).integrity == "consistent"


class Ground:
    """The ledger open for reading, and an intruder at its file. It is opened first: without its triggers no door would open it."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.office, self.intruder = office, Intruder(folder)
        tables = ("entry", "checkpoint", "tile", "box", "touch", "fact")
        self.cells = [cell for table in tables for cell in self.intruder.cells(table) if cell.value not in (None, b"", "")]

    def verdict(self) -> Verdict:
        return verify_office(self.office, self.office.policy, [])


@pytest.fixture(scope="module")
def ground(stage: Stage) -> Iterator[Ground]:
    with open_office(stage.ledger, state_dir=stage.state, clock=stage.clock) as office:
        made = Ground(office, stage.ledger)
        yield made
        made.intruder.close()


def flipped(cell: Cell, random: Random) -> bytes | str | int:
    if isinstance(cell.value, int):
        return cell.value ^ (1 << random.randrange(10, 20))
    data = bytearray(cell.value.encode() if isinstance(cell.value, str) else cell.value or b"")
    data[random.randrange(len(data))] ^= 1 << random.randrange(7)
    return data.decode("latin-1") if isinstance(cell.value, str) else bytes(data)


@contextmanager
def changed(intruder: Intruder, cell: Cell, random: Random) -> Iterator[None]:
    """One bit changed; another bit where the file itself refuses the first, since two rows would bear one name."""
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(intruder.changed(cell, flipped(cell, random)))
                break
            except IntegrityError:
                continue
        yield


def flip_and_look(ground: Ground, count: int, seed: int) -> None:
    """Change `count` random cells, weighted by their size, one at a time; a changed body of an entry is found at that entry."""
    random = Random(seed)
    sizes = [8 if isinstance(cell.value, int) else len(cell.value or "") for cell in ground.cells]
    for cell in random.choices(ground.cells, sizes, k=count):
        with changed(ground.intruder, cell, random):
            verdict = ground.verdict()
            assert verdict.integrity == "altered", (cell.table, cell.key, cell.column)
            if (cell.table, cell.column) == ("entry", "body"):
                assert dict(cell.key)["idx"] in {fault.entry for fault in verdict.faults}
    assert ground.verdict().integrity == "consistent"


def test_the_demonstration_is_whole_before_anybody_touches_it(ground: Ground) -> None:
    assert ground.verdict().faults == ()


def test_30_random_bits_of_the_demonstration(ground: Ground) -> None:
    flip_and_look(ground, 30, 20240214)


@pytest.mark.soak
def test_1000_random_bits_of_the_demonstration(ground: Ground, seed: int, record_property: Record) -> None:
    record_property("bits", 1000)
    flip_and_look(ground, 1000, seed)
