"""Recording: one handoff, durable, with its proof in hand; batches against raw SQLite; the same with git and pymerkle."""

import re
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path
from statistics import median

from custody.core.merkle import Tree, leaf_hash
from custody.ledger.tiles import TileTree
from custody.store.sqlite import SqliteStore
from fixtures.bigworld import BigWorld
from tests.bench.ground import Ground, rows, signed
from tests.bench.measure import Row, Rows, cpu, wall

ONE_BY_ONE = 200
TRACED = (5, 25)


def one_handoff(ground: Ground) -> Rows:
    """Processor time of an append by itself; syncs counted from outside."""
    ledger = ground.ledger()
    ledger.refresh()
    notes = iter(ground.later)
    for _ in range(20):
        ledger.append([next(notes)])
    taken = [(cpu(lambda: ledger.append([next(notes)]))[0]) for _ in range(ONE_BY_ONE)]
    ground.later = list(notes)
    ledger.close()
    yield Row("record one handoff, CPU", f"{median(taken) * 1e3:.2f} ms (least {min(taken) * 1e3:.2f})", "1.5 ms", median(taken) <= 1.5e-3)


def syncs(folder: Path) -> Rows:
    """What the disk is asked to make durable for one more handoff, by file."""
    if shutil.which("strace") is None:
        yield Row("syncs of one handoff", "strace is not installed", "1 database, 1 guard")
        return
    few, many = (_traced(folder / f"traced-{count}" / "ledger", count) for count in TRACED)
    each = {name: (many[name] - few[name]) / (TRACED[1] - TRACED[0]) for name in many if many[name] != few[name]}
    database = sum(count for name, count in each.items() if "ledger.db" in name)
    yield Row(
        "syncs of one handoff",
        f"{database:g} database, {sum(each.values()) - database:g} guard",
        "exactly 1 and 1",
        (database, sum(each.values())) == (1, 2),
    )


def _traced(folder: Path, count: int) -> Counter[str]:
    """Syncs by the last part of the file's name, while `count` handoffs are appended one by one."""
    folder.parent.mkdir()
    log = folder.parent / "strace"
    command = ["strace", "-f", "-y", "-e", "trace=fsync,fdatasync,sync_file_range", "-o", str(log)]
    subprocess.run([*command, sys.executable, "-m", "tests.bench.recording", str(folder), str(count)], check=True)
    found = re.findall(r"(?:fsync|fdatasync|sync_file_range)\(\d+<([^>]*)>", log.read_text("utf-8"))
    return Counter(Path(name).name for name in found)


def _append_some(folder: Path, count: int) -> None:
    ground = Ground(folder, 40, 250, 40)
    ledger = ground.ledger()
    ledger.refresh()
    for data in ground.later[:count]:
        ledger.append([data])


def batches(folder: Path, world: BigWorld, notes: list[bytes]) -> Rows:
    """Verified notes in batches of a hundred: store, tree and checkpoint, against the same rows in a bare table."""
    parts = [notes[at : at + 100] for at in range(0, len(notes), 100)]
    ours, raw = [], []
    for run in range(5):
        ours.append(wall(lambda run=run: _through_store(folder / f"ours{run}", world, parts))[0])  # type: ignore[misc]
        raw.append(wall(lambda run=run: _raw(folder / f"raw{run}.db", parts))[0])  # type: ignore[misc]
    ratio = median(raw) / median(ours)
    yield Row("append batches of 100, store and tree alone", f"{ratio:.0%} of raw executemany", "at least 50 %", ratio >= 0.5)


def _through_store(folder: Path, world: BigWorld, parts: list[list[bytes]]) -> None:
    folder.mkdir()
    store = SqliteStore.create(folder)
    tree = TileTree(store)
    head = signed(world, tree)
    for part in parts:
        with store.write() as writer:
            tree.reader = writer
            writer.append(rows(part, tree.size))
            for data in part:
                tree.append(leaf_hash(data))
            writer.put_tiles(tree.taken())
            writer.put_checkpoint(tree.size, head)
        tree.reader = store
        store.tidy()
    store.close()


def _raw(path: Path, parts: list[list[bytes]]) -> None:
    base = sqlite3.connect(path, isolation_level=None)
    base.execute("PRAGMA journal_mode=WAL")
    base.execute("PRAGMA synchronous=FULL")
    base.execute("CREATE TABLE entry (idx INTEGER PRIMARY KEY, leaf BLOB UNIQUE, sid BLOB, kind TEXT, body BLOB)")
    base.execute("CREATE INDEX by_sid ON entry (sid)")
    size = 0
    for part in parts:
        base.execute("BEGIN IMMEDIATE")
        made = [(row.idx, row.leaf, row.sid, row.kind, row.body) for row in rows(part, size)]
        base.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", made)
        base.execute("COMMIT")
        size += len(part)
    base.close()


def beside_git(folder: Path, ground: Ground) -> Rows:
    """One commit for one statement, with git's own durability on."""
    if shutil.which("git") is None:
        yield Row("git, one commit a statement", "git is not installed")
        return
    folder.mkdir()
    git = ["git", "-C", str(folder), "-c", "user.name=Contoh", "-c", "user.email=contoh@example.org", "-c", "core.fsync=all"]
    subprocess.run([*git, "init", "-q"], check=True)
    notes, ledger = iter(ground.later), ground.ledger()
    ledger.refresh()

    def commit(number: int) -> None:
        (folder / f"{number}.note").write_bytes(ground.later[number])
        subprocess.run([*git, "add", f"{number}.note"], check=True)
        subprocess.run([*git, "commit", "-q", "-m", str(number)], check=True)

    theirs, ours = [], []
    for number in range(40):
        theirs.append(wall(lambda number=number: commit(number))[0])  # type: ignore[misc]
        ours.append(wall(lambda: ledger.append([next(notes)]))[0])
    ground.later = list(notes)
    ledger.close()
    ratio = f"{median(ours) / median(theirs):.2f} x git ({median(ours) * 1e3:.1f} ms)"
    yield Row("one statement, durable, against a git commit (wall)", ratio)


def beside_pymerkle(notes: list[bytes]) -> Rows:
    """Append and inclusion proofs of the tree alone."""
    try:
        from pymerkle import InmemoryTree
    except ImportError:
        yield Row("pymerkle", "is not installed")
        return
    ours, theirs = Tree(), InmemoryTree(algorithm="sha256")
    mine = cpu(lambda: [ours.append(leaf_hash(data)) for data in notes])[0]
    other = cpu(lambda: [theirs.append_entry(data) for data in notes])[0]
    yield Row(f"tree: {len(notes):,} appends against pymerkle", f"{mine / other:.2f} x")
    some = range(0, len(notes), max(1, len(notes) // 200))
    mine = cpu(lambda: [ours.inclusion(index) for index in some])[0]
    other = cpu(lambda: [theirs.prove_inclusion(index + 1) for index in some])[0]
    yield Row(f"tree: {len(some)} inclusion proofs against pymerkle", f"{mine / other:.2f} x")


if __name__ == "__main__":
    _append_some(Path(sys.argv[1]), int(sys.argv[2]))
