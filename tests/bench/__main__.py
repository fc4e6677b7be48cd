"""`python -m tests.bench`: builds invented ledgers, measures, prints one table. Figures of one machine on one day; the ratios travel."""

import argparse
import platform
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from fixtures.bigworld import MIXED, SINGLE
from tests.bench import asking, night, postgres, printing, recording, verifying
from tests.bench.ground import Ground
from tests.bench.measure import Rows


def main() -> None:
    """Measure and print."""
    options = _options()
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {platform.machine()}; {options.entries:,} entries\n")
    with TemporaryDirectory(prefix="custody-bench-") as folder:
        for name, part in parts(Path(folder), options.entries).items():
            if not options.only or name in options.only:
                _print(part)


def parts(folder: Path, entries: int) -> dict[str, Callable[[], Rows]]:
    """What can be measured. A tenth as many boxes as entries: each has ten, a box an entry; `grouped` has them travel in groups."""
    made: dict[str, Ground] = {}

    def ground(name: str, size: int, later: int = 0, boxes: int = entries // 10, sizes: tuple[int, ...] = SINGLE) -> Ground:
        if name not in made:
            print(f"  making {size:,} entries …", file=sys.stderr)
            made[name] = Ground(folder / name, boxes, size, later, sizes)
        return made[name]

    def large() -> Ground:
        return ground("large", entries, 3_000)

    return {
        "verify": lambda: verifying.whole(large()),
        "grouped": lambda: verifying.grouped(ground("grouped", entries, boxes=entries // 5, sizes=MIXED)),
        "snapshot": lambda: verifying.again(large(), folder),
        "memory": lambda: verifying.memory(ground("small", entries), ground("four", 4 * entries)),
        "record": lambda: recording.one_handoff(large()),
        "syncs": lambda: recording.syncs(folder),
        "batches": lambda: recording.batches(folder, large().world, large().later[:1_000]),
        "postgres": lambda: postgres.writing(folder, ground("postgres", min(entries, 20_000), 1_600, boxes=min(entries, 20_000) // 10)),
        "night": lambda: night.rows(folder / "night"),
        "ask": lambda: asking.boxes(large()),
        "open": lambda: asking.opening(large()),
        "help": asking.help_page,
        "labels": printing.labels,
        "report": printing.report,
        "git": lambda: recording.beside_git(folder / "git", large()),
        "pymerkle": lambda: recording.beside_pymerkle(large().later),
    }


def _print(part: Callable[[], Rows]) -> None:
    for row in part():
        print(row, flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--entries", type=int, default=50_000, help="entries of the ledger that is measured (the full figure: 200000)")
    parser.add_argument("only", nargs="*", help="names of what to measure; all when none is given")
    return parser.parse_args()


if __name__ == "__main__":
    main()
