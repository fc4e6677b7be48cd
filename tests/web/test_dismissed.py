"""`custody serve`, `custody sync`, `custody station dismiss` as they are typed (docs/id/stasiun.md, pusat-data.md)."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("uvicorn")
pytest.importorskip("httpx2")

from custody.core.bundle import Address
from custody.station.address import keep_address
from custody_cli.commands import sync as program
from fixtures.ports import free_port
from fixtures.served import Served
from tests.cli.daily_kit import HABI, TPS, Evening
from tests.cli.harness import Ended
from tests.cli.laptop_kit import Laptop, office_out

DPR = f"PEM24-{TPS}-DPR-1"


class Field:
    """An office with an evening's ledger, and a laptop."""

    def __init__(self, root: Path) -> None:
        self.evening = Evening(root, desa=(HABI,))
        self.evening.labels()
        self.evening.seal()
        self.stick = root / "stik"
        self.port = free_port()
        self.ndao = Laptop(self.evening, "ndao", self.stick)
        told = self.evening.desk.run("serve", "--make-ca", "127.0.0.1", "--port", str(self.port))
        assert told.exit == 0 and f"https://127.0.0.1:{self.port}" in told.out, told.err
        self.ndao.begin("Habi")

    @contextmanager
    def served(self, port: int | None = None) -> Iterator[Served]:
        with Served(self.evening.office.folder, self.evening.office.state, port=port or self.port) as one:
            yield one

    def sync(self, *options: str, lang: str = "id") -> Ended:
        return self.ndao.run("sync", *options, "--lang", lang)


@pytest.fixture
def field(tmp_path: Path) -> Field:
    return Field(tmp_path)


def test_the_address_comes_with_the_first_bundle_and_one_word_is_enough(field: Field) -> None:
    assert field.ndao.hand("kpps-08-1", "pps-08", TPS, HABI, DPR).exit == 0
    away = field.sync()
    assert away.exit == 4 and "tidak terjangkau" in away.err and "BELUM SAMPAI DI KANTOR: 1 pernyataan" in away.err, away.err
    with field.served():
        told = field.sync()
        assert told.exit == 0 and "1 pernyataan terkirim" in told.out and "SAMPAI: 1 pernyataan" in told.out, told.out + told.err
        again = field.sync("--json")
        assert json.loads(again.out)["sent"] == 0 and json.loads(again.out)["undelivered"] == 0
        assert "reached" in field.sync(lang="en").out
        assert field.evening.desk.run("station", "dismiss", "ndao").exit == 0
        out = field.sync()
        assert out.exit == 8 and "menolak" in out.err and "403" in out.err
        assert field.evening.desk.run("station", "dismiss", "ndao").exit == 8
    assert "ndao" in field.evening.desk.run("station", "list").out


def test_watching_waits_longer_while_nobody_answers_and_loses_nothing(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    naps: list[float] = []
    monkeypatch.setattr(program, "sleep", naps.append)
    field.ndao.hand("kpps-08-1", "pps-08", TPS, HABI, DPR)
    told = field.sync("--watch", "--rounds", "11")
    assert told.exit == 4 and told.err.count("Dicoba lagi") == 11
    assert len(naps) == 10 and naps[0] <= 5 and all(2.5 * 2**at <= nap <= 5.0 * 2**at for at, nap in enumerate(naps[:7]))
    assert max(naps) <= 900
    naps.clear()
    with field.served():
        told = field.sync("--watch", "--every", "3", "--rounds", "2")
    assert told.exit == 0 and naps == [180.0] and "SAMPAI: 1 pernyataan" in told.out


def test_a_false_office_is_told_as_that(field: Field) -> None:
    tls = field.evening.office.folder / "tls"
    shutil.rmtree(tls)
    assert field.evening.desk.run("serve", "--make-ca", "127.0.0.1", "--url", f"https://127.0.0.1:{free_port()}").exit == 0
    with field.served() as one:
        told = field.sync()
        assert told.exit == 4 and "bukan kantor" in told.err and b"ndao" not in one.said()
    office_out(field.evening, field.stick, "ndao")  # the office tells its new certificate by stick
    assert field.ndao.take().exit == 0
    with field.served() as one:
        assert field.sync("--url", f"https://127.0.0.1:{one.port}").exit == 0


CASES = {
    "at the office": ("office", ("sync",), 8, "network.office"),
    "at a laptop": ("ndao", ("serve",), 8, "network.station"),
    "without a certificate, to everybody": ("office", ("serve", "--host", "0.0.0.0"), 8, "network.bare"),
    "half a certificate": ("office", ("serve", "--cert", "x.pem"), 2, "cli.serve.which"),
    "a file that is no certificate": ("office", ("serve", "--cert", "x.pem", "--cert-key", "x.pem"), 7, "network.certificate-file"),
    "a name that is none": ("office", ("serve", "--make-ca", "https://kantor.contoh"), 2, "network.name"),
    "an address that is none": ("office", ("serve", "--make-ca", "kantor.contoh", "--url", "kantor.contoh"), 2, "cli.serve.url"),
    "http to another machine": ("ndao", ("sync", "--url", "http://192.0.2.7:8427"), 8, "network.plain"),
    "no address": ("ndao", ("sync",), 4, "network.nowhere"),
    "an address that was edited": ("ndao", ("sync",), 2, "network.address"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_cannot_be_done_is_said(field: Field, name: str) -> None:
    where, argv, exit, code = CASES[name]
    address = field.ndao.folder / "address.json"
    if name.startswith(("without a", "an address that is none")):
        shutil.rmtree(field.evening.office.folder / "tls")
    if code == "network.nowhere":
        address.unlink()
    if code == "network.address":
        address.write_text("{}")
    ended = (field.ndao if where == "ndao" else field.evening.desk).run(*argv, "--json")
    assert (ended.exit, json.loads(ended.err.splitlines()[-1])["code"]) == (exit, code)


def test_two_services_at_one_port_and_an_end_in_order(field: Field) -> None:
    with field.served() as one:
        told = field.evening.desk.run("serve", "--port", str(field.port), "--json")
        assert (told.exit, json.loads(told.err.splitlines()[-1])["code"]) == (8, "network.port")
        assert one.process is not None
        one.process.terminate()
        assert one.process.wait(30) == 0


def test_other_names_need_another_authority(field: Field) -> None:
    told = field.evening.desk.run("serve", "--make-ca", "kantor.contoh")
    assert told.exit == 8 and "127.0.0.1" in told.err
    keep_address(field.ndao.folder / "address.json", Address("https://127.0.0.1:1"))
    assert field.evening.desk.run("serve", "--make-ca", "127.0.0.1").exit == 0


def test_a_disk_that_is_full_is_told_on_both_screens_and_ends_nothing(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder stands where a file would be written, or none where it would lie: as good as a full disk."""
    field.ndao.hand("kpps-08-1", "pps-08", TPS, HABI, DPR)
    here = field.ndao.folder / ".device.json.new"
    there = field.evening.office.folder / "network" / "in"  # where the office puts what comes
    gone = there.with_name("gone")
    turns = iter(((here.mkdir, None), (lambda: there.rename(gone), here.rmdir), (None, lambda: gone.rename(there))))

    def nap(seconds: float) -> None:
        for act in next(turns)[::-1]:
            if act is not None:
                act()

    monkeypatch.setattr(program, "sleep", nap)
    nap(0.0)
    with field.served() as one:
        told = field.sync("--watch", "--rounds", "3")
        assert told.exit == 0 and "SAMPAI: 1 pernyataan" in told.out, told.err
        assert "Disk laptop ini" in told.err and "507" in told.err and told.err.count("Dicoba lagi") == 2
        assert one.tells("Kantor tidak dapat menyimpan")
