"""A province's night against one office: `python -m tests.bench.night --share 1` plays the full size, 9,714 TPS and 19,428 boxes.

The office is the one that `custody serve` opens, asked in this process: TLS, requests and the writing of bodies are left out; reading the
bundles, the law, the database, the guard and every sync are in. Three ways to play the same night:

- `paced`: bundle after bundle as the simulated clock has them reach the office, one at a time; how long each takes is measured, and who
  comes meanwhile waits. So a delay in simulated time says what the clocks in the kecamatan would have said on this machine.
- `rush`: everybody gets through in the same second, and so many at once as the server lets in.
- `growth`: arrays of one size, kecamatan after kecamatan: the same work on a ledger that grows.
"""

import argparse
import platform
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any

from custody import assembly
from custody.assembly import joining, placing, sending, serving, stations
from custody.core.moment import from_seconds
from custody.ledger.folder import Folder
from custody.ledger.receipt import Receipt
from custody.simulator.night import Night
from custody.station import keyfile
from tests.bench import province
from tests.bench.measure import Row, Rows, cpu, peak
from tests.bench.province import Delivery, Laptop, Signed
from tests.cluster import Server, own_place, why_not
from tests.faults.pair import Pair

ENGINES, WAYS = ("sqlite", "postgres", "pair"), ("paced", "rush", "growth")
AT_ONCE = 8  # bundles that come in at once (spec chapter 24)
TENTHS, ARRAY, LAID = 10, 64, 250
LINE = 0.010  # seconds each way to the standby of `pair`


@dataclass
class Played:
    """One pass. took: seconds of each delivery by the clock; cpu: seconds of this process and the servers, by tenth of the growth."""

    wall: float = 0.0
    cpu: float = 0.0
    took: dict[Delivery, float] = field(default_factory=dict)
    tenths: dict[int, tuple[int, float]] = field(default_factory=dict)
    commits: int = 0
    grown: int = 0  # bytes of the ledger's files, the night alone
    logged: int = 0  # bytes of PostgreSQL's log of changes
    root: str = ""
    boxes: list[Any] = field(default_factory=list)


@dataclass
class Play:
    """The night as all passes need it, made once."""

    share: float
    folder: Path
    seed: int = province.SEED

    @cached_property
    def night(self) -> Night:
        return province.province(self.share, self.seed)

    @cached_property
    def signed(self) -> list[Signed]:
        return province.signed(self.night)

    @cached_property
    def deliveries(self) -> list[Delivery]:
        return province.deliveries(self.signed)


@dataclass
class Engine:
    """Where the rows lie: a file, a server, or a server with a synchronous standby 20 ms away (there and back)."""

    name: str
    servers: list[Server] = field(default_factory=list)
    url: str | None = None
    begins: Callable[[], None] = lambda: None  # called when the evening comes

    @classmethod
    @contextmanager
    def ready(cls, name: str) -> "Iterator[Engine]":
        """Servers lie on the disk, not in memory: a sync costs what it costs."""
        with ExitStack() as stack:
            if name == "sqlite":
                yield cls(name)
            elif name == "postgres":
                server = Server(own_place(Path(gettempdir())))
                stack.callback(server.throw_away)
                server.make()
                server.start()
                yield cls(name, [server], server.prepared("ledger"))
            else:
                pair = Pair.made(place=Path(gettempdir()))
                stack.callback(pair.throw_away)
                yield cls(name, [pair.primary, pair.standby], pair.url, lambda: setattr(pair.line, "delay", LINE))

    def cpu(self) -> float:
        """Seconds of processor time of this process and of the servers' processes that live."""
        ticks = [int(part) for server in self.servers for one in server.family() for part in _stat(one)]
        return time.process_time() + sum(ticks) / 100

    def size(self, folder: Path) -> int:
        if not self.servers:
            with closing(sqlite3.connect(folder / "ledger.db")) as file:  # without the log, which is written over again and again
                return int(file.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()[0])
        return int(self.servers[0].sql("SELECT pg_database_size('ledger')"))

    def logged(self) -> int:
        """Bytes of changes that went to the disk, and to a standby."""
        return int(self.servers[0].sql("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')")) if self.servers else 0


def _stat(process: int) -> list[str]:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
    except OSError:
        return ["0", "0"]


@contextmanager
def office(play: Play, engine: Engine, folder: Path) -> Iterator[assembly.Office]:
    """An office whose ledger stands as on the evening before: founding, places, people, boxes, labels."""
    ready, where, state = play.night.preparation, folder / "ledger", folder / "state"
    (where / "keys").mkdir(parents=True, mode=0o700)
    seed = iter([ready.ledger_seed])
    keyfile.new_key(where / "keys" / "ledger", "ledger", None, random=lambda size: next(seed, b"\0" * size)[:size].ljust(size, b"\0"))
    if engine.url is not None:
        placing.name_database(where, engine.url)
    signer = assembly.file_key(where / "keys" / "ledger", ready.origin, bytes)
    assembly.found(where, play.night.laid[0], signer, (), state_dir=state)
    with assembly.open_office(where, state_dir=state, clock=_clock, write=True) as opened:
        for at in range(1, len(play.night.laid), LAID):
            opened.submit(play.night.laid[at : at + LAID])
        engine.begins()
        yield opened


def _clock() -> datetime:
    return datetime.now(UTC)


def _random(size: int) -> bytes:
    return bytes(size)


class Post:
    """The bundles of all deliveries as files, written before anything is measured, and the office that reads them."""

    def __init__(self, play: Play, opened: assembly.Office, folder: Path) -> None:
        seen, own = opened.ledger.checkpoint(), stations.own_key(opened, _random)
        self.serving = serving.Serving(opened, _random)
        laptops: dict[str, Laptop] = {}
        self.files: dict[Delivery, Path] = {}
        folder.mkdir()
        for number, one in enumerate(play.deliveries):
            laptop = laptops.setdefault(one.station, Laptop(one.station, seen, opened.founding.sid, own))
            if laptop.counter == 0:
                stations.admit(opened, laptop.key, [])
            self.files[one] = folder / f"{number}.bundle"
            self.files[one].write_bytes(laptop.writes(one, from_seconds(one.at)))

    def brings(self, one: Delivery) -> float:
        """Seconds until the office has all of it on disk. RuntimeError where it did not take it."""
        start = time.perf_counter()
        found = self.serving.hear(self.files[one])
        took = time.perf_counter() - start
        if found.notes != len(one.signed) or found.refused or not found.whole:
            raise RuntimeError(f"{one.station} brought {len(one.signed)}: {found}")
        return took


def paced(play: Play, opened: assembly.Office, folder: Path, engine: Engine, played: Played) -> None:
    """One after the other, as the simulated clock has them come."""
    post = Post(play, opened, folder / "post")
    with _measured(play, opened, engine, played):
        for one in play.deliveries:
            played.took[one] = post.brings(one)
    played.root = opened.ledger.root().hex()


def rush(play: Play, opened: assembly.Office, folder: Path, engine: Engine, played: Played, at_once: int = AT_ONCE) -> None:
    """All at once: the bundles of a laptop one after the other, `at_once` laptops at a time."""
    post = Post(play, opened, folder / "post")
    left: dict[str, list[Delivery]] = {}
    for one in play.deliveries:
        left.setdefault(one.station, []).append(one)
    queue, broken = list(left.values()), list[BaseException]()

    def work() -> None:
        try:
            while queue and not broken:
                for one in queue.pop(0):
                    played.took[one] = post.brings(one)
        except IndexError:
            return
        except BaseException as error:
            broken.append(error)

    threads = [threading.Thread(target=work) for _ in range(at_once)]
    with _measured(play, opened, engine, played):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if broken:
        raise broken[0]


def growth(play: Play, opened: assembly.Office, folder: Path, engine: Engine, played: Played) -> None:
    """Arrays of one size; the processor time of each tenth of the kecamatan."""
    blocks = groupby(province.blocks(play.signed, TENTHS, ARRAY), key=lambda one: one[0])
    with _measured(play, opened, engine, played):
        for block, arrays in blocks:
            start, count = engine.cpu(), 0
            for _, notes in arrays:
                if not all(isinstance(answer, Receipt) for answer in opened.ledger.offer(notes)):
                    raise RuntimeError("an array was refused")
                count += len(notes)
            played.tenths[block] = count, engine.cpu() - start


@contextmanager
def _measured(play: Play, opened: assembly.Office, engine: Engine, played: Played) -> Iterator[None]:
    """Around a pass: what it cost; and that afterwards the ledger holds the night, all of it, once."""
    before, size, logged = opened.ledger.size, engine.size(opened.folder.path), engine.logged()
    busy, start = engine.cpu(), time.perf_counter()
    yield
    played.wall, played.cpu = time.perf_counter() - start, engine.cpu() - busy
    played.grown, played.logged = engine.size(opened.folder.path) - size, engine.logged() - logged
    opened.ledger.refresh()
    with opened.store.read() as reader:
        played.commits = sum(1 for _ in reader.checkpoints(before + 1))
        columns = ("box", "status", "holder", "place", "tip", "since", "due")
        played.boxes = [tuple(getattr(row, name) for name in columns) for row in reader.boxes()]
    wanted = {one.note for one in play.signed}
    if opened.ledger.size != before + len(wanted) or set(opened.ledger.notes(before)) != wanted:
        raise RuntimeError("something of the night is lost, or there twice")


PASSES: dict[str, Callable[[Play, assembly.Office, Path, Engine, Played], None]] = {"paced": paced, "rush": rush, "growth": growth}


def plays(play: Play, engines: list[str], ways: list[str]) -> Rows:
    """Every way on every engine, each on an office of its own; in the end every box stands alike in all of them."""
    note = f"{len(play.night.laid):,} entries before it, {len(play.signed):,} in it, {len(play.deliveries):,} bundles"
    laptops = len({one.station for one in play.deliveries})
    yield Row(f"the night of {len(play.night.truth.boxes):,} boxes, {laptops} laptops", note)
    ends: dict[tuple[str, str], Played] = {}
    for name in engines:
        if name != "sqlite" and (reason := why_not()):
            yield Row(name, reason)
            continue
        for way in ways:
            played = ends[name, way] = Played()
            folder = play.folder / f"{name}-{way}"
            with Engine.ready(name) as engine, office(play, engine, folder) as opened:
                PASSES[way](play, opened, folder, engine, played)
                yield from _ROWS[way](f"{name}, {way}", play, played)
                if (name, way) == ("sqlite", "paced"):
                    yield from _copy(opened, folder)
    yield from _alike(ends)


def _alike(ends: dict[tuple[str, str], Played]) -> Rows:
    first = next(iter(ends.values()))
    alike = all(one.boxes == first.boxes for one in ends.values())
    yield Row(f"every box stands alike after all {len(ends)} passes", f"{len(first.boxes):,} boxes", "alike", alike)
    roots = {one.root for one in ends.values() if one.root}
    if roots:
        yield Row("the paced night has one root on every engine", min(roots)[:16], "one", len(roots) == 1)
    yield Row("memory of this process at most", f"{peak():.0f} MB")


# -- what is told of a pass ------------------------------------------------------------------------------------------------------------


def _of_paced(name: str, play: Play, played: Played) -> Rows:
    yield _cost(name, play, played)
    free, office_delay, whole, hours = 0.0, list[float](), list[float](), dict[int, float]()
    for one in play.deliveries:
        free = max(float(one.at), free) + played.took[one]
        office_delay += [free - one.at] * len(one.signed)
        whole += [free - each.written for each in one.signed]
        hours[one.at // 3600] = hours.get(one.at // 3600, 0.0) + played.took[one]
    yield Row(f"{name}: one bundle, by the clock", _spread(list(played.took.values())))
    yield Row(f"{name}: delay at the office, simulated clock", _spread(office_delay))
    yield Row(f"{name}: delay from the signature on, simulated clock", _spread(whole))
    yield Row(f"{name}: the office's busiest hour", f"at work {max(hours.values()):.1f} s of 3,600")
    yield Row(f"{name}: on disk", _disk(play, played))


def _of_rush(name: str, play: Play, played: Played) -> Rows:
    yield _cost(name, play, played)
    yield Row(f"{name}: from the office's door to the answer", _spread(list(played.took.values())))
    yield Row(f"{name}: entries under one checkpoint", f"{len(play.signed) / played.commits:.1f}")


def _of_growth(name: str, play: Play, played: Played) -> Rows:
    yield _cost(name, play, played)
    each = [busy / count * 1e3 for block, (count, busy) in sorted(played.tenths.items()) if block < TENTHS]
    if len(each) > 1:
        yield Row(f"{name}: CPU an entry, tenth by tenth", " ".join(f"{one:.2f}" for one in each) + " ms")
        yield Row(f"{name}: last tenth against first", f"{each[-1] / each[0]:.2f} x")


_ROWS = {"paced": _of_paced, "rush": _of_rush, "growth": _of_growth}


def _cost(name: str, play: Play, played: Played) -> Row:
    count = len(play.signed)
    return Row(f"{name}: the whole night", f"{count / played.wall:.0f} entries/s; CPU {played.cpu / count * 1e3:.2f} ms an entry")


def _disk(play: Play, played: Played) -> str:
    logged = f", {played.logged / len(play.signed):,.0f} of its log" if played.logged else ""
    return f"{played.grown / len(play.signed):,.0f} bytes an entry{logged}"


def _spread(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    return ", ".join(f"{name} {_time(ordered[min(int(len(ordered) * at), len(ordered) - 1)])}" for name, at in _MARKS)


_MARKS = (("median", 0.5), ("p99", 0.99), ("most", 1.0))


def _time(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds * 1e3:,.0f} ms"
    return f"{seconds:,.0f} s" if seconds < 600 else f"{seconds / 3600:.1f} h"


def _copy(opened: assembly.Office, folder: Path) -> Rows:
    """What one laptop more costs: it takes the ledger from entry 0 and checks all of it."""
    place = folder / "laptop"
    key = stations.request(place, "laptop", lambda size: bytes([7]) * size)
    stations.admit(opened, key, [])
    path = folder / "all.bundle"
    written, sent = cpu(lambda: sending.write(opened, path, key, _random))
    taken, joined = cpu(lambda: joining.join(place, path, state_dir=folder / "laptop-state", clock=_clock))
    disk = sum(one.stat().st_size for one in Folder(place).path.glob("ledger.db*"))
    yield Row("a laptop that joins after the night: carried", f"{sent.bytes / 1e6:.1f} MB, {sent.bytes / joined.size:,.0f} bytes an entry")
    yield Row("the office's CPU for its bundle", f"{written / joined.size * 1e6:.0f} µs an entry")
    yield Row("its own CPU, disk", f"{taken / joined.size * 1e3:.2f} ms an entry, {disk / joined.size:,.0f} bytes an entry")


def rows(folder: Path, share: float = 0.1) -> Rows:
    """The part of the benchmark: a tenth of a province on SQLite and PostgreSQL."""
    folder.mkdir()
    return plays(Play(share, folder), ["sqlite", "postgres"], list(WAYS))


def main() -> None:
    """Play and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.night", description=__doc__)
    parser.add_argument("--share", type=float, default=0.1, help="of 9,714 TPS and 19,428 boxes; the full figure: 1")
    parser.add_argument("--engines", nargs="*", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--ways", nargs="*", choices=WAYS, default=list(WAYS))
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {platform.machine()}; share {options.share}\n")
    with TemporaryDirectory(prefix="custody-night-") as folder:
        for row in plays(Play(options.share, Path(folder)), options.engines, options.ways):
            print(row, flush=True)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
