"""Asking: one box, a kecamatan, from the projection; how long a ledger takes to open; how long the command line takes to speak."""

import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from custody.assembly import arrivals
from custody.assembly.arrivals import Tally
from custody.assembly.reconciling import reconcile
from custody.core.moment import from_seconds
from custody.ledger.ledger import Ledger
from tests.bench.ground import Ground
from tests.bench.measure import Row, Rows, beside, wall

if TYPE_CHECKING:
    from custody.assembly import Office

LATER = "2025-01-01T00:00:00Z"


def boxes(ground: Ground) -> Rows:
    """Every box, where is it."""
    ledger = ground.ledger()
    ledger.refresh()
    names = [row.box for row in ledger.boxes()]
    touched = len(ledger.touching(names[0]))
    middle = iter(names[len(names) // 2 :])
    (one,) = beside(wall, lambda: _trace(ledger, next(middle)))
    about = f"{len(names):,} boxes x {touched} entries"
    yield Row(f"one box and its whole story, {about}", f"{one * 1e3:.1f} ms", "50 ms", one <= 0.05)
    office = cast("Office", SimpleNamespace(ledger=ledger, store=ground.store(), now=lambda: LATER))
    code = str(next(ledger.boxes()).kecamatan)
    count = arrivals.total(_reconciled(office, code)).expected
    (all_of,) = beside(wall, lambda: _reconciled(office, code))
    yield Row(f"status of a kecamatan of {count:,} boxes, {about}", f"{all_of * 1e3:.0f} ms", "500 ms", all_of <= 0.5)
    now, then = beside(wall, lambda: reconcile(office, code), lambda: reconcile(office, code, _middle(ledger, names[0])))
    yield Row(f"reconciliation of the same kecamatan, {about}", f"{now * 1e3:.0f} ms", "500 ms", now <= 0.5)
    yield Row("the same at a minute that has passed", f"{then * 1e3:.0f} ms", "500 ms", then <= 0.5)
    ledger.close()


def _middle(ledger: Ledger, box: str) -> str:
    """A minute in the middle of a box's way."""
    steps = ledger.trail().of(box)
    return from_seconds(steps[len(steps) // 2].at)


def opening(ground: Ground) -> Rows:
    """A fresh process opens the ledger to append."""

    def opened() -> None:
        ledger = ground.ledger()
        ledger.refresh()
        ledger.close()

    (taken,) = beside(wall, opened)
    yield Row(f"open a ledger of {ground.entries:,} entries", f"{taken:.2f} s")


def help_page() -> Rows:
    """The command line before it does anything."""

    def run(*command: str) -> object:
        return subprocess.run([sys.executable, *command], check=True, capture_output=True)

    ours, theirs = beside(wall, lambda: run("-m", "custody_cli", "--help"), lambda: run("-c", "import click"), runs=9)
    yield Row("custody --help against python -c 'import click'", f"{ours / theirs:.2f} x", "3 x", ours <= 3 * theirs)


def _trace(ledger: Ledger, box: str) -> object:
    found = ledger.judge([box])[box]
    return found, [ledger.note(index) for index in ledger.touching(box)]


def _reconciled(office: "Office", code: str) -> list[Tally]:
    """What `custody status` asks for a kecamatan: here, coming, passed on, missing, late, in trouble, by desa."""
    asked = arrivals.area(office, code)
    found = reconcile(office, code).accounts
    return arrivals.tallies(office, found, arrivals.below(asked.kind), arrivals.stands(asked, found))
