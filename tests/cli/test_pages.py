"""The database file spoiled page by page, and its log cut: never the old answer over changed facts, never a traceback, the entries named.

A disk fails in pages: one is all zeros, half of one is old and half is new, two have changed places, the file ends too early, the log was
not on the disk when the power went. (Single bits of rows: tests/ledger/test_tampering.py, tests/ledger/test_demo_flips.py.)
"""

import gc
import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from custody.store.sqlite import SqliteStore
from tests.cli.daily_kit import HABI, LANGIR, Evening
from tests.cli.harness import Ended

FRAME = 4096 + 24  # of the log: a page and its head (SQLite, database file format, 4.1)
LEAF = 0x0D  # the first byte of a page that holds rows of a table (1.6)
UNFORESEEN = 9


class Ground:
    """A closed ledger whose file can be spoiled and put back; what `custody verify` says of it when it is whole."""

    def __init__(self, evening: Evening) -> None:
        self.evening = evening
        self.folder = Path(evening.desk.environ["CUSTODY_LEDGER"])
        self.file = self.folder / "ledger.db"
        self.data, self.whole = self.file.read_bytes(), json.loads(self.typed("verify", "--json").out)
        self.size = int.from_bytes(self.data[16:18], "big")
        self.pages = [self.data[at : at + self.size] for at in range(0, len(self.data), self.size)]

    def typed(self, *argv: str) -> Ended:
        return self.evening.desk.run(*argv)

    def lay(self, data: bytes) -> None:
        gc.collect()  # a command that ended with an error may hold the file open until then: in a test all of them are one process
        self.file.write_bytes(data)
        for beside in ("ledger.db-wal", "ledger.db-shm"):
            (self.folder / beside).unlink(missing_ok=True)

    def with_page(self, number: int, page: bytes) -> bytes:
        return b"".join([*self.pages[:number], page, *self.pages[number + 1 :]])


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    evening = Evening(tmp_path_factory.mktemp("pages"), desa=(HABI, LANGIR))
    evening.labels()
    evening.seal()
    evening.hand()
    return Ground(evening)


@pytest.fixture
def ground(whole: Ground) -> Iterator[Ground]:
    yield whole
    whole.lay(whole.data)


def zeroed(ground: Ground, at: int, random: Random) -> bytes:
    return ground.with_page(at, bytes(ground.size))


def torn(ground: Ground, at: int, random: Random) -> bytes:
    """The first half of this page, the second half of another."""
    other = ground.pages[random.randrange(len(ground.pages))]
    return ground.with_page(at, ground.pages[at][: ground.size // 2] + other[ground.size // 2 :])


def swapped(ground: Ground, at: int, random: Random) -> bytes:
    pages, other = list(ground.pages), random.randrange(len(ground.pages))
    pages[at], pages[other] = pages[other], pages[at]
    return b"".join(pages)


def cut(ground: Ground, at: int, random: Random) -> bytes:
    return ground.data[: at * ground.size + random.randrange(ground.size)]


def ended_early(ground: Ground, at: int, random: Random) -> bytes:
    """Whole pages are gone, and the head of the file says so: nothing but what is missing betrays it."""
    return ground.data[:28] + max(at, 1).to_bytes(4, "big") + ground.data[32 : max(at, 1) * ground.size]


def rotten(ground: Ground, at: int, random: Random) -> bytes:
    """A sector of 512 bytes in this page holds anything."""
    page, start = bytearray(ground.pages[at]), random.randrange(0, ground.size, 512)
    page[start : start + 512] = random.randbytes(512)
    return ground.with_page(at, bytes(page))


DAMAGE: dict[str, Callable[[Ground, int, Random], bytes]] = {
    "zeroed": zeroed,
    "torn": torn,
    "swapped": swapped,
    "cut": cut,
    "ended early": ended_early,
    "rotten": rotten,
}


def fair(ground: Ground, ended: Ended, data: bytes) -> str:
    """What was said, made sure to be fair: the old answer only over the old facts, else that it is altered or damaged."""
    assert ended.exit in (0, 1, 3, 5), (ended.exit, ended.err)
    if ended.exit in (0, 1):
        assert json.loads(ended.out) == ground.whole
        return "same"
    if not ended.out:
        told = json.loads(ended.err.splitlines()[-1])
        assert told["code"] in ("store.damaged", "store.schema", "store.foreign", "store.empty", "ledger.replay", "ledger.unfounded")
        return "unreadable"
    document = json.loads(ended.out)
    assert (document["integrity"], bool(document["faults"])) == ("altered", True)
    return "named" if any(fault["entry"] is not None for fault in document["faults"]) else "told"


@pytest.mark.parametrize("how", DAMAGE)
def test_a_spoiled_page_is_told_whichever_it_is(how: str, ground: Ground, record_property: Callable[[str, object], None]) -> None:
    random, said = Random(20240214), dict.fromkeys(("same", "told", "named", "unreadable"), 0)
    for at in range(len(ground.pages)):
        data = DAMAGE[how](ground, at, random)
        ground.lay(data)
        said[fair(ground, ground.typed("verify", "--json"), data)] += 1
    record_property("said", " ".join(f"{name} {count}" for name, count in said.items()))
    assert said["told"] + said["named"] + said["unreadable"] > len(ground.pages) // 2
    if how in ("zeroed", "swapped", "rotten"):
        assert said["named"] > 3


COMMANDS = [("status",), ("doctor",), ("doctor", "--rebuild"), ("trace", "TPS 1 Habi DPR"), ("find", "habi"), ("receipt", "3")]


@pytest.mark.parametrize("argv", COMMANDS)
def test_no_command_ends_in_a_traceback_over_a_spoiled_page(argv: tuple[str, ...], ground: Ground) -> None:
    random = Random(20240215)
    for at in range(len(ground.pages)):
        ground.lay(DAMAGE[random.choice(("zeroed", "torn", "swapped", "rotten"))](ground, at, random))
        ended = ground.typed(*argv)
        assert ended.exit != UNFORESEEN, ended.err
        assert "Traceback" not in ended.err


def pages_of(ground: Ground, table: str) -> list[int]:
    """The first page of a table and of each of its indexes."""
    connection = sqlite3.connect(ground.file)
    try:
        return [page - 1 for (page,) in connection.execute("SELECT rootpage FROM sqlite_master WHERE tbl_name = ? AND rootpage", (table,))]
    finally:
        connection.close()


def named(ended: Ended) -> list[tuple[str, Any]]:
    return [(fault["code"], fault["entry"]) for fault in json.loads(ended.out)["faults"]]


def entry_pages(ground: Ground) -> list[int]:
    """The pages that hold entries with boxes, in the order of the entries."""
    pages = [at for at, page in enumerate(ground.pages) if page[0] == LEAF and b"custody/" in page and b'"boxes":' in page]
    return sorted(pages, key=lambda at: first_row(ground.pages[at]))


def first_row(page: bytes) -> int:
    """The number of the first row of a leaf: a varint after that of the row's length (SQLite, database file format, 1.6)."""
    at = int.from_bytes(page[8:10], "big")
    while page[at] & 0x80:
        at += 1
    number = 0
    for byte in page[at + 1 :]:
        number = number << 7 | byte & 0x7F
        if not byte & 0x80:
            return number
    raise AssertionError("no row")


def test_a_page_of_entries_that_is_gone_names_each_of_them(ground: Ground) -> None:
    """And those on the other pages are still judged, each for itself."""
    pages = entry_pages(ground)[:-1]
    assert len(pages) > 1
    for page in pages:
        ground.lay(zeroed(ground, page, Random(1)))
        told = named(ground.typed("verify", "--json"))
        lost = [entry for code, entry in told if code == "entry.unreadable"]
        assert lost == list(range(lost[0], lost[-1] + 1))
        assert ("store.damaged", None) in told
        assert f"entri {lost[0]}" in (shown := ground.typed("verify").out)
        assert "berkas basis data rusak di situ" in shown


def test_without_the_page_of_the_last_entries_each_of_them_is_named(ground: Ground) -> None:
    """The ledger does not open any more; how many entries there were, its newest checkpoint tells."""
    first = first_row(ground.pages[entry_pages(ground)[-1]])
    size = json.loads(ground.typed("verify", "--json").out)["size"]
    ground.lay(zeroed(ground, entry_pages(ground)[-1], Random(1)))
    ended = ground.typed("verify", "--json")
    told = named(ended)
    assert [entry for code, entry in told if code == "entry.unreadable"] == list(range(first, size))
    assert (ended.exit, "store.damaged" in [code for code, _ in told], "Traceback" in ended.err) == (3, True, False)
    assert f"entri {size - 1}" in ground.typed("verify").out


@pytest.mark.parametrize("table", ["box", "touch", "fact"])
def test_lists_that_are_gone_while_every_entry_is_good_are_told_as_that(table: str, ground: Ground) -> None:
    for page in pages_of(ground, table):
        ground.lay(zeroed(ground, page, Random(1)))
        ended = ground.typed("verify", "--json")
        assert ended.exit == 3
        if ended.out:
            assert {code for code, entry in named(ended)} <= {"store.damaged", f"projection.{table}", "projection.touch"}
            assert all(entry is None or code == "projection.touch" for code, entry in named(ended))


@pytest.mark.parametrize(("how", "tps"), [("cut", "002"), ("zeros", "003"), ("another bit", "004")])
def test_a_log_that_lost_its_end_is_held_against_the_guard(how: str, tps: str, whole: Ground) -> None:
    """Whatever SQLite can still read is a good and shorter ledger; that there was more, this machine remembers elsewhere."""
    kept = SqliteStore.open(whole.folder)
    with kept.read() as reader:  # while somebody reads, the log stays beside the file
        before = reader.size()
        whole.evening.seal(f"{HABI}-{tps}")
        full = json.loads(whole.typed("verify", "--json").out)
        file, log = whole.file.read_bytes(), whole.file.with_name("ledger.db-wal").read_bytes()
    kept.close()
    assert full["size"] > before
    assert len(log) > 3 * FRAME
    shorter = 0
    for at in range(32, len(log), FRAME // 2):
        spoilt = {"cut": log[:at], "zeros": log[:at] + bytes(64) + log[at + 64 :], "another bit": _flipped(log, at)}[how]
        whole.lay(file)
        whole.file.with_name("ledger.db-wal").write_bytes(spoilt)
        ended = whole.typed("verify", "--json")
        document = json.loads(ended.out)
        if document["size"] == full["size"]:
            assert document == full
        else:
            shorter += 1
            assert (ended.exit, document["integrity"]) == (3, "altered")
            assert "outside.longer" in {fault["code"] for fault in document["faults"]}
    whole.lay(file)
    whole.file.with_name("ledger.db-wal").write_bytes(log)
    assert shorter > 1


def _flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :]
