"""Stations and an office that serves, in processes of their own: what is brought arrives once, whatever the line does (spec chapter 24)."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("uvicorn")
pytest.importorskip("httpx2")

from custody.assembly import syncing
from custody.core.errors import Undecided
from fixtures.daydesk import DayDesk
from fixtures.laptops import Laptop, judged
from fixtures.ports import free_port
from fixtures.served import Runner, Served
from tests.line import Line

HABI = "5307192008"
TPS, TPS2 = f"{HABI}-001", f"{HABI}-002"
DPR, PPWP, DPR2 = f"PEM24-{TPS}-DPR-1", f"PEM24-{TPS}-PPWP-1", f"PEM24-{TPS2}-DPR-1"


class Field:
    """The office that serves, and its two stations."""

    def __init__(self, root: Path, **changes: Any) -> None:
        self.desk = DayDesk(root / "desk", (HABI,), **changes)
        stick = root / "stick"
        self.ndao = Runner(Laptop(self.desk, "ndao", HABI, stick=stick))
        self.rote = Runner(Laptop(self.desk, "rote", stick=stick))

    def serve(self, *options: str) -> Served:
        return Served(self.desk.folder, self.desk.state, *options)

    def office(self, *boxes: str) -> dict[str, Any]:
        with self.desk.open(write=False) as office:
            return {
                box: (state.status, state.holding and state.holding.holder, found) for box, (state, found) in judged(office, *boxes).items()
            }

    def size(self) -> int:
        with self.desk.open(write=False) as office:
            return office.ledger.size


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Field:
    return Field(tmp_path_factory.mktemp("net"))


@pytest.fixture(scope="module")
def served(field: Field) -> Iterator[Served]:
    with field.serve() as served:
        yield served


def test_what_is_signed_away_arrives_once_and_is_told(field: Field, served: Served) -> None:
    field.ndao.laptop.hand("kpps-08-1", "pps-08", TPS, HABI, [DPR, PPWP])
    told = field.ndao.round(served.port)
    assert (told.sent, told.entries, told.delivered, told.waits.count) == (1, 1, 1, 0)
    assert field.office(DPR)[DPR][:2] == ("ok", "pps-08")
    size = field.size()
    told = field.ndao.round(served.port)
    assert (told.sent, told.entries, len(told.found), field.size()) == (0, 0, 0, size)
    assert served.tells("ndao: 1 pernyataan baru")
    told = field.rote.round(served.port)
    assert told.entries == 1 and field.rote.laptop.judge(DPR)[DPR][0].status == "ok"


def test_a_line_that_is_slow_and_cut_delays_and_loses_nothing(field: Field, served: Served) -> None:
    """600 ms there and back; cut in the midst of a push, and of a pull."""
    line = Line(served.port, 0.3)
    for number in range(3):
        field.desk.enrol(f"pps-2{number}", "pps", [HABI])
    field.ndao.laptop.hand("pps-08", "ppk-1", HABI, "530719", [DPR])
    stop = threading.Event()

    def scissors() -> None:
        while not stop.wait(1.1):
            line.cut()

    cutting = threading.Thread(target=scissors)
    cutting.start()
    cut = 0
    try:
        for _ in range(6):
            try:
                field.ndao.round(line.port)
            except Undecided as error:
                assert error.code == "network.away"
                cut += 1
    finally:
        stop.set()
        cutting.join()
    told = field.ndao.round(line.port)
    line.close()
    assert cut > 0 and told.waits.count == 0
    assert field.office(DPR)[DPR][:2] == ("ok", "ppk-1")


def test_a_fetch_that_was_cut_goes_on_at_its_byte(field: Field, served: Served, tmp_path: Path) -> None:
    field.desk.enrol("pps-30", "pps", [HABI])
    target = tmp_path / "pull.bundle"
    with field.rote.line(served.port) as line:
        tag = line.pull(0, None, target)
        whole = target.read_bytes()
        note = target.with_suffix(".tag")
        for size in (1, len(whole) // 2, len(whole) - 1):
            target.write_bytes(whole[:size])
            note.write_text(str(tag))
            assert line.pull(0, None, target) == tag and target.read_bytes() == whole
        half = b"x" * (len(whole) // 2)  # what is here is not asked for again, whatever it is
        target.write_bytes(half)
        note.write_text(str(tag))
        line.pull(0, None, target)
        assert target.read_bytes() == half + whole[len(half) :]
        target.write_bytes(whole)  # all of it was here already
        note.write_text(str(tag))
        assert line.pull(0, None, target) == tag and target.read_bytes() == whole
        target.write_bytes(b"anything")  # of one that the office has no more
        note.write_text("ab-1-1")
        assert line.pull(0, None, target) == tag and target.read_bytes() == whole


def test_a_laptop_with_a_wrong_clock_works_and_is_told(field: Field, served: Served) -> None:
    with field.rote.line(served.port, clock=lambda: time.time() - 7200) as line:
        field.rote.courier.round(line)
        assert abs(line.ahead - 7200) < 60


def test_everything_is_one_set_though_the_server_is_killed_again_and_again(field: Field) -> None:
    before = field.size()
    fixed = free_port()
    for number in range(4):
        field.ndao.laptop.sign("correction", "pps-08", **remark(number))
        with Served(field.desk.folder, field.desk.state, port=fixed) as served:
            killer = threading.Timer(0.05 * number, served.kill)
            killer.start()
            with suppress(Undecided):
                field.ndao.round(fixed)
            killer.join()
    with Served(field.desk.folder, field.desk.state, port=fixed):
        told = field.ndao.round(fixed)
    assert told.waits.count == 0 and field.size() == before + 4


def test_many_statements_go_in_several_bundles_and_each_once(field: Field, served: Served) -> None:
    for number in range(10, 16):
        field.ndao.laptop.sign("correction", "pps-08", **remark(number))
    before = field.size()
    syncing.MOST_BYTES, kept = 1_500, syncing.MOST_BYTES  # of one or two statements
    try:
        told = field.ndao.round(served.port)
    finally:
        syncing.MOST_BYTES = kept
    assert (told.sent, told.delivered, field.size()) == (6, 6, before + 6)


def test_a_key_that_signed_more_than_a_day_holds_is_named_on_the_screen_of_who_serves(tmp_path: Path) -> None:
    """1,001 statements in bundles of 256: no bundle has too many, the day has; it is told once, and nothing is refused for it."""
    field = Field(tmp_path / "crowd")
    with field.ndao.laptop.open() as office:
        office.submit([field.desk.signed(office.draft("correction", **remark(number)), "pps-08") for number in range(1_001)])
    before = field.size()
    with field.serve() as served:
        told = field.ndao.round(served.port)
        assert served.tells("Kunci pps-08 menandatangani 1.001 pernyataan baru") and served.tells("custody key revoke pps-08")
        assert (told.sent, told.delivered, told.waits.count, field.size()) == (1_001, 1_001, 0, before + 1_001)
        field.ndao.laptop.sign("correction", "pps-08", **remark(2_000))
        assert field.ndao.round(served.port).delivered == 1
        assert served.said().count(b"Kunci pps-08 menandatangani") == 1


def test_while_the_ledger_key_is_locked_what_comes_is_kept_and_enters_later(tmp_path: Path) -> None:
    field = Field(tmp_path, use="unlocked", passphrase=b"sandi contoh")
    field.ndao.laptop.hand("kpps-08-1", "pps-08", TPS, HABI, [DPR])
    size = field.size()
    with field.serve() as served:
        assert b"terkunci" in served.said()
        told = field.ndao.round(served.port)
        assert (told.sent, told.delivered, told.waits.count, field.size()) == (1, 0, 1, size)
        assert field.ndao.round(served.port).sent == 0  # the office has taken it over
        field.ndao.now += 3_601
        assert field.ndao.round(served.port).sent == 1  # and is told again, in case that it was lost there
    with field.desk.open() as office:
        assert len(office.flush()) == 1
    with field.serve() as served:
        assert field.ndao.round(served.port).delivered == 1


def test_stations_at_once_share_a_commit(field: Field) -> None:
    """Eight bundles at the same time, through the office as the server has it."""
    from custody.assembly.serving import Serving

    runners = [Runner(Laptop(field.desk, f"s{at}", HABI, stick=field.desk.root / f"stick-{at}")) for at in range(8)]
    paths = []
    for at, one in enumerate(runners):
        one.laptop.sign("correction", "pps-08", **remark(100 + at))
        paths.append(one.laptop.out())
    with field.desk.open() as office:
        before = office.ledger.size
        desk = Serving(office, os.urandom)
        threads = [threading.Thread(target=desk.hear, args=(path,)) for path in paths]
        with office.store.write():  # another process writes and holds them up, so that they gather
            for thread in threads:
                thread.start()
            time.sleep(1.0)
        for thread in threads:
            thread.join()
        with office.store.read() as reader:
            heads = [size for size, _ in reader.checkpoints(before + 1)]
        assert office.ledger.size == before + 8 and len(heads) < 8


def remark(number: int) -> dict[str, Any]:
    """A statement that says next to nothing."""
    return {"about": [f"{number:064x}"], "boxes": [], "effect": "remark", "instead": None, "note": None, "reason": "other"}
