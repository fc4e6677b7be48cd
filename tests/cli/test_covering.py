"""What status opens with: plenaries, the vulnerable and remote first; coverage and its holes; late boxes of vulnerable places first."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from custody.core.coverage import percent, together
from custody.core.holding import Coverage
from custody.station import guardroom
from custody.station.manifest import Escort, Journey, Seen
from custody_cli.boxes import daily
from fixtures.smalloffice import election
from fixtures.smallworld import place
from tests.cli.daily_kit import LANGIR, TPS, Evening

OTHER = f"{LANGIR}-001"
MORE = {"530701": ("Contoh Gunung", True, "high"), "530702": ("Contoh Pantai", False, "high"), "530703": ("Contoh Kota", False, None)}


@pytest.fixture()
def evening(tmp_path: Path) -> Evening:
    return Evening(tmp_path)


def run(evening: Evening, *words: str):  # type: ignore[no-untyped-def]
    return json.loads(evening.desk.run("status", *words, "--json").out)


def go(evening: Evening, home: str, at: str, giver: str | None, end: str | None = None) -> None:
    """The boxes of a polling station go to their PPS, the giver signing or not; `end`: where the handoff takes place."""
    evening.office.clock.now = datetime.fromisoformat(at)
    area, pps, boxes = home[:10], evening.pps(home), [Seen(box) for box in evening.of(home)]
    with evening.office.open() as office:
        journey = Journey(home, area, end or area, giver, pps, escort=Escort(1))
        seats = [evening.office.seat("receiver", pps)]
        if giver is None:
            journey = daily.without_giver(office, journey, "left", None, evening.random)
        else:
            seats.append(evening.office.seat("giver", giver))
        daily.record_handoff(office, journey, boxes, seats, random=evening.random)


# -- coverage ------------------------------------------------------------------------------------------------------------------


def test_coverage_is_the_first_number(evening: Evening) -> None:
    assert "Cakupan: belum ada kotak yang berpindah tangan." in evening.desk.run("status").out
    evening.seal(TPS)
    evening.seal(OTHER)
    go(evening, TPS, "2024-11-27T11:00:00Z", evening.kpps(TPS))
    whole = run(evening)["coverage"]
    assert (whole["spans"], whole["covered_spans"], whole["order_percent"], whole["minutes_percent"], whole["holes"]) == (5, 5, 100, 100, 0)
    assert evening.desk.run("status").out.splitlines()[0] == "Cakupan 100 % urutan terbukti, 100 % menit yang diakui; 0 celah."


def test_a_hole_is_counted_and_listed(evening: Evening) -> None:
    evening.seal(TPS)
    evening.seal(OTHER)
    go(evening, TPS, "2024-11-27T12:00:00Z", None)
    go(evening, OTHER, "2024-11-27T12:00:00Z", evening.kpps(OTHER))
    evening.desk.now = datetime(2024, 11, 27, 13, tzinfo=UTC)
    told = run(evening)
    assert (told["coverage"]["order_percent"], told["coverage"]["holes"], len(told["holes"])) == (50, 5, 5)
    assert told["holes"][0]["code"] == "custody.gap" and len(told["holes"][0]["entries"]) == 2
    assert run(evening, "Langir")["coverage"]["holes"] == 0 and run(evening, "Habi")["coverage"]["order_percent"] == 0
    shown = evening.desk.run("status", "Habi", "--holes").out
    assert "5 celah" in shown and "CELAH: 5 waktu" in shown and "TANPA PEMEGANG" in shown
    assert "CELAH" not in evening.desk.run("status", "Habi").out
    assert run(evening, f"PEM24-{TPS}-DPR-1")["coverage"]["holes"] == 1


SHARES = [("all", 3, 3, 100), ("never rounded up to all", 999, 1000, 99), ("nothing", 0, 4, 0), ("of nothing", 0, 0, None)]


@pytest.mark.parametrize(("covered", "whole", "expected"), [row[1:] for row in SHARES], ids=[row[0] for row in SHARES])
def test_percent(covered: int, whole: int, expected: int | None) -> None:
    assert percent(covered, whole) == expected


def test_coverage_of_several_boxes() -> None:
    assert together([Coverage(2, 1, 100, 40), Coverage(3, 3, 50, 50)]) == Coverage(5, 4, 150, 90)
    assert together([]) == Coverage(0, 0, 0, 0)


# -- plenaries -----------------------------------------------------------------------------------------------------------------


def lay_out(evening: Evening) -> None:
    """Three kecamatan more, of which two are vulnerable, and one of these remote."""
    with evening.office.open() as office:
        rows = [place(code, "kecamatan", name, "5307", remote=far, vulnerability=level) for code, (name, far, level) in MORE.items()]
        office.submit([evening.office.signed(office.draft("places", legs=[], places=rows), "kpu-1", "polri-1")])
    for code in MORE:
        evening.office.enrol(f"ppk-{code}", "ppk", [code])


def step(evening: Evening, code: str, *steps: str) -> None:
    officer = "ppk-1" if code == "530719" else f"ppk-{code}"
    for one in steps:
        with evening.office.open() as office:
            drafted = guardroom.plenary(office.common(), place=code, officer=officer, step=one, panels=3, witness="guard-1")
            office.submit([evening.office.signed(drafted, officer, "guard-1")])


def test_status_opens_with_the_plenaries(tmp_path: Path) -> None:
    evening = Evening(tmp_path, changes={"profile": election(plenary=True)})
    lay_out(evening)
    step(evening, "530719", "begun", "finished")
    step(evening, "530702", "begun")
    told = run(evening)["plenaries"]
    assert [(one["place"], one["stage"]) for one in told] == [
        ("530701", "none"),
        ("530702", "session"),
        ("530703", "none"),
        ("530719", "finished"),
    ]
    line, coverage, title = evening.desk.run("status").out.splitlines()[:3]
    assert coverage.startswith("Cakupan") and title.startswith("Operasi Contoh · ")
    assert line == (
        "1 dari 4 kecamatan selesai pleno; belum: Contoh Gunung (sangat rawan, terpencil); "
        "Contoh Pantai (sangat rawan, sedang pleno, 3 panel); Contoh Kota."
    )
    assert evening.desk.run("status", "Kangae").out.splitlines()[0] == "Semua 1 kecamatan selesai pleno."
    assert run(evening, "Habi")["plenaries"] == [] == run(evening, "gudang")["plenaries"]


def test_no_plenary_where_the_profile_records_none(evening: Evening) -> None:
    assert run(evening)["plenaries"] == [] and "pleno" not in evening.desk.run("status").out


# -- what is late --------------------------------------------------------------------------------------------------------------


def test_late_boxes_of_a_vulnerable_place_come_first(evening: Evening) -> None:
    with evening.office.open() as office:
        rows = [place(OTHER, "tps", "TPS 001", LANGIR, vulnerability="high", remote=True)]
        office.submit([evening.office.signed(office.draft("places", legs=[], places=rows), "kpu-1", "polri-1")])
    for home in (TPS, OTHER):
        evening.seal(home)
        go(evening, home, "2024-11-27T11:00:00Z", evening.kpps(home), home)
    evening.desk.now = datetime(2024, 11, 27, 22, tzinfo=UTC)
    shown = evening.desk.run("status").out
    late = [line for line in shown.splitlines() if "seharusnya tiba" in line]
    assert len(late) == 2 and "Langir" in late[0] and late[0].endswith("sangat rawan · terpencil") and "Habi" in late[1]


def test_status_shows_the_class_of_a_place(evening: Evening) -> None:
    """In the head of the place, in the row of the area around it, and at its boxes."""
    with evening.office.open() as office:
        rows = [place(OTHER, "tps", "TPS 001", LANGIR, vulnerability="low", remote=True)]
        office.submit([evening.office.signed(office.draft("places", legs=[], places=rows), "kpu-1", "polri-1")])
    evening.seal(OTHER)
    for words in (("status", "TPS 1 Langir"), ("status", "TPS 1 Langir DPR")):
        assert "Kelas kerawanan: kurang rawan · terpencil" in evening.desk.run(*words).out, words
        assert run(evening, *words[1:])["class"] == {"vulnerability": "low", "remote": True}
    assert "(kurang rawan · terpencil)" in evening.desk.run("status", "Langir").out
    assert "Kelas kerawanan" not in evening.desk.run("status", "TPS 1 Habi").out
