"""Stations and an office that serves, in processes of their own: what is brought arrives once, whatever the line does (spec chapter 24)."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("uvicorn")
pytest.importorskip("httpx2")

from custody.core.errors import Undecided
from fixtures.daydesk import DayDesk
from fixtures.laptops import Laptop, judged
from fixtures.served import Runner, Served
from tests.line import Line

HABI = "5307192008"
TPS, TPS2 = f"{HABI}-001", f"{HABI}-002"
DPR, PPWP, DPR2 = f"PEM24-{TPS}-DPR-1", f"PEM24-{TPS}-PPWP-1", f"PEM24-{TPS2}-DPR-1"


class Field:
    """The office that serves, and its two stations."""

    def __init__(self, root: Path) -> None:
        self.desk = DayDesk(root / "desk", (HABI,))
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
    assert b"ndao: 1 pernyataan baru" in served.said()
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
