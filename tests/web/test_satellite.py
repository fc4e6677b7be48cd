"""Two laptops and an office in network namespaces of their own, a satellite between them: 600 ms there and back, 2 % loss, cuts."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("uvicorn")
pytest.importorskip("httpx2")

import fixtures.laptops
from custody.assembly import Office
from custody.assembly.stations import undelivered
from custody.ledger.guard import machine_id
from fixtures.daydesk import DayDesk
from fixtures.laptops import Laptop, judged, office_out
from fixtures.served import Served, environ_of
from tests.web.satellite import Sky, missing

HABI = "5307192008"
TPS, TPS2 = f"{HABI}-001", f"{HABI}-002"
DPR, DPR2 = f"PEM24-{TPS}-DPR-1", f"PEM24-{TPS2}-DPR-1"
WHY = missing()


class Here(Laptop):
    """A laptop whose folder is at home on this very machine, as the program finds it."""

    @contextmanager
    def open(self, write: bool = True, **_: Any) -> Iterator[Office]:
        with super().open(write, machine=machine_id()) as office:
            yield office


@pytest.mark.skipif(WHY is not None, reason=f"not allowed here: {WHY}")
def test_two_laptops_over_a_satellite_that_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`custody serve` and `custody sync --watch` as people start them, with the office's own certificate."""
    desk = DayDesk(tmp_path / "desk", (HABI,))
    monkeypatch.setattr(fixtures.laptops, "MACHINE", machine_id())
    laptops = [Here(desk, name, HABI, stick=tmp_path / name) for name in ("ndao", "rote")]
    with Sky(0.3, 0.02, 7, ["kantor", "ndao", "rote"]) as sky:
        made = [sys.executable, "-m", "custody_cli", "serve", "--make-ca", sky.address("kantor"), "--port", "8427"]
        subprocess.run(made, env=environ_of(desk.folder, desk.state), check=True, capture_output=True)
        for one in laptops:
            one.take(office_out(desk, one.stick, one.name))
        size = _size(desk)
        with Served(desk.folder, desk.state, "--host", "0.0.0.0", port=8427, before=sky.prefix("kantor")) as served:
            laptops[0].hand("kpps-08-1", "pps-08", TPS, HABI, [DPR])
            laptops[1].hand("kpps-08-2", "pps-08", TPS2, HABI, [DPR2])
            running = [_courier(sky, one) for one in laptops]
            try:
                time.sleep(4)
                sky.silent.set()  # in the midst of it
                time.sleep(3)
                sky.silent.clear()
                ended = time.monotonic() + 180
                while any(_waits(one) for one in laptops) or any(_size_of(one) < size + 2 for one in laptops):
                    assert time.monotonic() < ended and all(process.poll() is None for process in running), [
                        served.said(),
                        *((one.root / "sync.log").read_bytes() for one in laptops),
                    ]
                    time.sleep(1)
            finally:
                for process in running:
                    process.terminate()
                for process in running:
                    process.wait(20)
        assert sky.lost > 0
    with desk.open(write=False) as office:
        assert [one[0].status for one in judged(office, DPR, DPR2).values()] == ["ok", "ok"] and office.ledger.size == size + 2
    assert all(one.judge(DPR, DPR2)[DPR2][0].status == "ok" for one in laptops)


def _courier(sky: Sky, laptop: Laptop) -> "subprocess.Popen[bytes]":
    command = [*sky.prefix(laptop.name), sys.executable, "-m", "custody_cli", "sync", "--watch"]
    environ = environ_of(laptop.folder, laptop.state)
    with (laptop.root / "sync.log").open("wb") as log:
        return subprocess.Popen(command, env=environ, stdout=log, stderr=log)


def _waits(laptop: Laptop) -> int:
    with laptop.open(write=False) as office:
        return undelivered(office).count


def _size(desk: DayDesk) -> int:
    with desk.open(write=False) as office:
        return office.ledger.size


def _size_of(laptop: Laptop) -> int:
    with laptop.open(write=False) as office:
        return office.ledger.size
