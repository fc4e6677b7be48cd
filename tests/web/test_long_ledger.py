"""A ledger of 40,000 entries goes out in one bundle, into a new laptop, and over the network to one that has hardly any (spec 23 and 24).

`make test` does it with 600. Figures come into the record of `make soak`.
"""

import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("uvicorn")
pytest.importorskip("httpx2")

from custody.assembly import joining, stations
from custody.core.bundle import MOST_NOTES
from fixtures.daydesk import DayDesk
from fixtures.laptops import MACHINE, Laptop, office_out
from fixtures.served import Runner, Served

HABI = "5307192008"
Take = Callable[[str, object], None]


def remark(number: int) -> dict[str, Any]:
    """A statement that says next to nothing."""
    return {"about": [f"{number:064x}"], "boxes": [], "effect": "remark", "instead": None, "note": None, "reason": "other"}


@pytest.mark.parametrize(("entries", "waiting"), [(600, 300), pytest.param(40_000, 4_000, marks=pytest.mark.soak)])
def test_a_long_ledger_travels_whole(tmp_path: Path, entries: int, waiting: int, record_property: Take) -> None:
    desk = DayDesk(tmp_path / "desk", (HABI,))
    first = Laptop(desk, "ndao", HABI, stick=tmp_path / "stick")
    late = Laptop(desk, "rote", HABI, stick=tmp_path / "stick", begin=False)
    with desk.open() as office:
        stations.admit(office, late.key, [HABI])
        for at in range(0, entries, 500):
            some = range(at, min(at + 500, entries))
            office.submit([desk.signed(office.draft("correction", **remark(one)), "pps-08") for one in some])
        size, root = office.ledger.size, office.ledger.root()

    timed = _timed(record_property)
    with timed("out"):
        path = office_out(desk, tmp_path / "stick", "rote", 0)
    record_property("MB", round(path.stat().st_size / 1e6, 1))
    with timed("in"):
        joining.join(late.folder, path, state_dir=late.state, clock=late.clock, machine=MACHINE)
    with late.open(write=False) as office:
        assert (office.ledger.size, office.ledger.root()) == (size, root)

    with first.open() as office:
        office.outbox.save_all([desk.signed(office.draft("correction", **remark(entries + one)), "pps-08") for one in range(waiting)])
    runner = Runner(first)
    with Served(desk.folder, desk.state) as served:
        with timed("sync"):
            told = runner.round(served.port)
        assert told.trouble is None and (told.sent, told.delivered, told.waits.count) == (waiting, waiting, 0)
        again = runner.round(served.port)
        assert (again.sent, again.entries, again.waits.count) == (0, 0, 0)
    with first.open(write=False) as office, desk.open(write=False) as whole:
        assert (office.ledger.size, office.ledger.root()) == (whole.ledger.size, whole.ledger.root())
        assert office.ledger.size == size + waiting
    assert -(-waiting // MOST_NOTES) >= 2
    record_property("memory MB", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1 << 10 if sys.platform != "darwin" else 1 << 20))


def _timed(take: Take) -> Callable[[str], Any]:
    @contextmanager
    def timed(name: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        take(f"{name} s", round(time.monotonic() - begun, 1))

    return timed
