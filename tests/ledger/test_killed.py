"""Pull the plug: writers of handoffs are killed at random moments, two at once; what was acknowledged is there, and the ledger verifies."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from threading import Timer

import pytest

from custody.core.verify import Outside
from custody.ledger.audit import audit
from custody.ledger.receipt import Receipt
from custody.store.sqlite import SqliteStore
from fixtures.office import again, in_folder
from fixtures.smallworld import World, ready

ROOT = Path(__file__).resolve().parents[2]
BOXES = [f"PEM24-5307192001-001-{kind}-{round_}" for kind in ("DPR", "PPWP") for round_ in range(2, 12)]

# One writer: moves its own boxes between desa and kecamatan for ever, and says so only once it holds the receipt.
WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tests.ledger.test_killed import BOXES, busy
busy(Path(sys.argv[2]), int(sys.argv[3]))
"""


def laid_out(folder: Path) -> World:
    """A ledger in a folder with twenty sealed boxes."""
    world = ready()
    world.register(*BOXES)
    world.put(world.seal(*(world.line(box, None) for box in sorted(BOXES))), "kpps-1", "guard-1")
    made = world.handoff(
        *(world.line(box, _last(world)) for box in sorted(BOXES)),
        giver="kpps-1", receiver="pps-1", start="5307192001-001", end="5307192001",
    )  # fmt: skip
    world.put(made, "kpps-1", "pps-1")
    ledger = in_folder(world, folder)
    ledger.append(world.entries[1:])
    ledger.close()
    return world


def _last(world: World) -> str:
    from custody.core.entry import parse

    return parse(world.entries[-1]).statement.sid


def busy(folder: Path, half: int) -> None:
    """Hand over boxes one after the other until somebody pulls the plug."""
    world = ready()
    ledger = again(world, folder)
    mine = BOXES[half::2]
    turn = 0
    while True:
        box = mine[turn % len(mine)]
        turn += 1
        ledger.refresh()
        ledger.judge([box])
        holding = ledger.state.holding(box)
        assert holding is not None
        giver, receiver, start, end = (
            ("pps-1", "ppk-1", "5307192001", "530719") if holding.holder == "pps-1" else ("ppk-1", "pps-1", "530719", "5307192001")
        )
        world.clock = holding.at + turn
        made = world.handoff(world.line(box, holding.sid), giver=giver, receiver=receiver, start=start, end=end)
        (receipt,) = ledger.append([world.sign(made, giver, receiver)])
        sys.stdout.write(receipt.format().hex() + ".\n")
        sys.stdout.flush()


def kill_again_and_again(folder: Path, times: int, seed: int) -> int:
    """Start two writers and kill both, `times` times; returns how many handoffs were acknowledged in all."""
    random, world = Random(seed), laid_out(folder)
    receipts: list[Receipt] = []
    for _ in range(times):
        receipts += _round(folder, random.uniform(0.0, 0.8))
        _all_there(folder, world, receipts)
    return len(receipts)


def _round(folder: Path, seconds: float) -> list[Receipt]:
    """Let both get going, wait a moment, kill both."""
    command = [sys.executable, "-c", WRITER, str(ROOT), str(folder)]
    writers = [subprocess.Popen([*command, str(half)], stdout=subprocess.PIPE, cwd=ROOT) for half in (0, 1)]
    said = []
    for one in writers:
        assert one.stdout is not None
        said.append(one.stdout.readline())
    plug = Timer(seconds, _killed, [writers])
    plug.start()
    said += [one.communicate()[0] for one in writers]
    plug.join()
    return [Receipt.parse(bytes.fromhex(line.decode()[:-1])) for out in said for line in out.splitlines() if _whole(line)]


def _killed(writers: "list[subprocess.Popen[bytes]]") -> None:
    for one in writers:
        one.kill()


def _whole(line: bytes) -> bool:
    """The last line of a killed writer may be torn; what was not said whole was not acknowledged."""
    return line.endswith(b".")


def _all_there(folder: Path, world: World, receipts: list[Receipt]) -> None:
    store = SqliteStore.open(folder)
    try:
        held = [Outside(f"receipt {one.index}", one.proof.checkpoint, one.proof, one.leaf) for one in receipts[-40:]]
        verdict, _ = audit(store, world.policy(), held)  # type: ignore[arg-type]
        assert verdict.integrity == "consistent", verdict.faults
        assert {one.code for one in verdict.findings if one.severity != "note"} <= {"leg.reversed"}
        assert all(store.row(one.index).body == one.note for one in receipts)
    finally:
        store.close()


def test_two_writers_killed_3_times(tmp_path: Path) -> None:
    assert kill_again_and_again(tmp_path / "ledger", 3, 20240214) > 3


@pytest.mark.soak
def test_two_writers_killed_50_times(tmp_path: Path, seed: int, record_property: Callable[[str, object], None]) -> None:
    record_property("kills", 50)
    record_property("acknowledged", kill_again_and_again(tmp_path / "ledger", 50, seed))
