"""Verification: of the whole, by two processes, from a snapshot; its memory."""

import gc
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from nacl.bindings import crypto_sign_open

from custody.core import note
from custody.ledger import snapshots
from custody.ledger.audit import audit
from custody.ledger.shares import key_table
from custody.ledger.snapshots import Verified
from custody.store.sqlite import SqliteStore
from tests.bench.ground import Ground
from tests.bench.measure import Row, Rows, beside, cpu, peak, wall

MICROSECONDS = 1e6
SAMPLE = 50_000  # signatures that are checked alone, for all


def signatures(store: SqliteStore, start: int = 0) -> list[tuple[bytes, bytes]]:
    """Every signature of the entries from `start` and of the checkpoints that cover them: what PyNaCl wants, and the key."""
    table = key_table(store)
    found = []
    notes = [row.body for row in store.rows(start)] + [head for _, head in store.checkpoints(start)]
    for data in notes:
        text, lines = note.split(data)
        found += [(line.signature + text, table[line.name, line.key_id]) for line in lines]
    return found


def bare(signed: list[tuple[bytes, bytes]]) -> Callable[[], object]:
    """Nothing but the signature checks."""

    def run() -> None:
        for message, key in signed:
            crypto_sign_open(message, key)

    return run


def whole(ground: Ground) -> Rows:
    """By one process and by two."""
    yield _beside_checks(ground, "verify {} entries, a box each, {} signatures", 60)
    store, trust = ground.store(), ground.trust
    gc.collect()
    one, two = beside(wall, lambda: audit(store, trust), lambda: audit(store, trust, workers=2, reopen=ground.reopen()), runs=3)
    yield Row("the same by two processes, wall time", f"{two / one:.2f} x one process ({one:.1f} s)", "0.65 x", two <= 0.65 * one)
    store.close()


def grouped(ground: Ground) -> Rows:
    """Boxes in groups, as they travel."""
    yield _beside_checks(ground, "verify {} entries, two boxes each, {} signatures", None)


def _beside_checks(ground: Ground, work: str, bound: int | None) -> Row:
    """Against the bare signature checks, which are run in turn with it."""
    store, trust = ground.store(), ground.trust
    signed = signatures(store)
    count = len(signed)
    del signed[SAMPLE:]  # all of them would fill the memory in which the other works
    gc.freeze()
    ours, checks = beside(cpu, lambda: _consistent(audit(store, trust)), bare(signed))
    store.close()
    checks *= count / len(signed)
    rest, each = ((seconds / ground.entries * MICROSECONDS) for seconds in (ours - checks, checks))
    return Row(
        work.format(f"{ground.entries:,}", f"{count / ground.entries:.2f}"),
        f"{ours / checks:.2f} x bare checks; {rest:.0f} µs an entry beside {each:.0f}",
        f"{bound} µs an entry (about 1.45 x)" if bound else "-",
        rest <= bound if bound else None,
    )


def again(ground: Ground, folder: Path) -> Rows:
    """From a snapshot, after a thousand new entries."""
    store = ground.store()
    verdict, verified = audit(store, ground.trust)
    assert verdict.integrity == "consistent"
    snapshots.save(folder / "snapshot", verified)
    size = verified.tree.size
    ledger = ground.ledger()
    for at in range(0, 1000, 100):
        ledger.append(ground.later[at : at + 100])
    ledger.close()
    signed = signatures(store, size)
    loading, loaded, checks = [], [], []
    for _ in range(5):
        taken, start = cpu(lambda: snapshots.load(folder / "snapshot"))
        gc.collect()
        gc.freeze()
        loading.append(taken)
        loaded.append(cpu(lambda start=start: _read(audit(store, ground.trust, start=start), 1000))[0])  # type: ignore[misc]
        checks.append(cpu(bare(signed))[0])
    ratio = sorted(loaded)[2] / sorted(checks)[2]
    yield Row("verify again after 1,000 new entries, once loaded", f"{ratio:.2f} x bare checks", "2 x", ratio <= 2)
    yield Row("loading the snapshot", f"{sorted(loading)[2]:.2f} s CPU")
    store.close()


def memory(small: Ground, large: Ground) -> Rows:
    """Each in a process of its own."""
    one, other = (_peak_of(ground) for ground in (small, large))
    yield Row(
        f"memory of {large.entries:,} against {small.entries:,}, as many boxes",
        f"{other / one:.2f} x ({other:.0f} MB)",
        "1.3 x",
        other <= 1.3 * one,
    )


def _peak_of(ground: Ground) -> float:
    policy = ground.folder / "policy"
    policy.write_bytes(ground.trust.format())
    said = subprocess.run([sys.executable, "-m", "tests.bench.verifying", str(ground.folder)], capture_output=True, text=True, check=True)
    return float(said.stdout)


def _consistent(answer: tuple[object, Verified]) -> object:
    assert answer[0].integrity == "consistent", answer[0].faults  # type: ignore[attr-defined]
    return answer


def _read(answer: tuple[object, Verified], count: int) -> object:
    assert answer[0].reread == count  # type: ignore[attr-defined]
    return _consistent(answer)


def _alone(folder: Path) -> Iterator[str]:
    from custody.core.policy import Policy

    audit(SqliteStore.open(folder), Policy.parse((folder / "policy").read_bytes()))
    yield str(peak())


if __name__ == "__main__":
    print(*_alone(Path(sys.argv[1])))
