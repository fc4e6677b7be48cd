"""How a thing is measured: median of several runs, always beside what it is compared with."""

import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TypeVar

T = TypeVar("T")
RUNS = 5


@dataclass(frozen=True)
class Row:
    """One line of the table: what was measured, what it came to, its bound, and whether that holds (None: no bound)."""

    work: str
    measured: str
    bound: str = "-"
    holds: bool | None = None

    def __str__(self) -> str:
        mark = {True: "yes", False: "NO", None: ""}[self.holds]
        return f"{self.work:58}  {self.measured:46}  {self.bound:34}  {mark}"


Rows = Iterator[Row]


def cpu(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds of processor time of this process, system time included."""
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def wall(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds by the clock."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def beside(meter: Callable[[Callable[[], object]], tuple[float, object]], *works: Callable[[], object], runs: int = RUNS) -> list[float]:
    """The median of each of several works, run in turn so that a busy machine is busy for all of them."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(runs):
        for times, work in zip(taken, works, strict=True):
            times.append(meter(work)[0])
    return [median(times) for times in taken]


def peak() -> float:
    """The most memory that this process has held so far, in MB. On Linux, getrusage would count the process that began it too."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM"))) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1 << 20 if sys.platform == "darwin" else 1 << 10)
