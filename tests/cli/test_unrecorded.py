"""A box of which there is no record: nobody looks for it before it should have one, and then it is said by what (chapter 19, ADR 0031)."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from custody_cli.boxes import daily
from fixtures.smalloffice import election
from tests.cli.daily_kit import HABI, LANGIR, TPS, Evening

KANGAE, WAREHOUSE = "530719", "5307-GUDANG"
FIFTH = f"PEM24-{TPS}-PPWP-1"


@pytest.fixture
def evening(tmp_path: Path) -> Evening:
    made = Evening(tmp_path, changes={"profile": election(plenary=True)})
    made.labels()
    return made


def told(evening: Evening, *words: str) -> tuple[dict[str, Any], str, int]:
    """The answer for programs, for people, and the exit of a reconciliation."""
    shown = evening.desk.run("reconcile", *words)
    return json.loads(evening.desk.run("reconcile", *words, "--json").out), shown.out, shown.exit


def seal_four(evening: Evening) -> None:
    """All boxes of TPS 1 Habi but one are sealed."""
    with evening.office.open() as office:
        seats = [evening.office.seat("sealer", "kpps-08-1"), evening.office.seat("witness", "guard-1")]
        seen = [evening.seen(box) for box in evening.of(TPS) if box != FIFTH]
        daily.record_seal(office, seen, seats, place=TPS, sealer="kpps-08-1", witness="guard-1")


def on(evening: Evening, giver: str, receiver: str, where: str = "TPS 1 Habi") -> None:
    """What the giver holds of it goes on."""
    keys = ("--giver", evening.key(giver), "--receiver", evening.key(receiver), "--passphrase-file", evening.word())
    boxes = [box for box in evening.of(TPS) if box != FIFTH]
    more = ("--escort", "2", "--seals-seen", "--reason", "order", "--yes")
    ended = evening.desk.run("handoff", *boxes, *keys, *more)
    assert ended.exit in (0, 1), ended.err + where


def plenary(evening: Evening, *steps: str) -> None:
    for step in steps:
        keys = ("--officer", evening.key("ppk-1"), "--witness", evening.key("guard-1"), "--passphrase-file", evening.word(), "--yes")
        ended = evening.desk.run("plenary", step, "Kangae", *keys)
        assert ended.exit == 0, ended.err


def test_before_the_first_sealing_nobody_is_alarmed(evening: Evening) -> None:
    for words, count in (((), 70), (("Kangae",), 70), (("Habi",), 35), (("TPS 1 Habi",), 5)):
        answer, shown, code = told(evening, *words)
        assert (answer["untold"], answer["sought"], answer["unaccounted"]) == (count, {}, []), words
        assert answer["total"]["unaccounted"] == count, "in the sums it stays what it is"
        assert code == 0 and f"Belum ada catatan: {count} kotak, belum waktunya" in shown and "harus dicari" not in shown, shown


def test_what_is_sealed_later_is_not_looked_for(evening: Evening) -> None:
    """Four counts are over, the fifth is not, and the plenary has only begun."""
    seal_four(evening)
    plenary(evening, "begun")
    answer, shown, code = told(evening, "Kangae")
    assert (answer["untold"], answer["sought"], code) == (66, {}, 0), shown


def test_a_box_that_stayed_behind_is_looked_for(evening: Evening) -> None:
    seal_four(evening)
    on(evening, "kpps-08-1", "pps-08")
    for words in ((), ("Kangae",), ("Habi",), ("TPS 1 Habi",)):
        answer, shown, code = told(evening, *words)
        assert answer["sought"] == {FIFTH: "left"} and [one["box"] for one in answer["unaccounted"]] == [FIFTH], words
        assert code == 1 and "Tanpa catatan, CARI: 1 kotak. Kotak lain dari TPS yang sama sudah berangkat." in shown, shown
    answer, _, code = told(evening, "TPS 2 Habi")
    assert (answer["sought"], answer["untold"], code) == ({}, 5, 0)


def test_what_the_kecamatan_leaves_behind_is_looked_for(evening: Evening) -> None:
    seal_four(evening)
    for giver, receiver in (("kpps-08-1", "pps-08"), ("pps-08", "ppk-1"), ("ppk-1", "keeper-1")):
        on(evening, giver, receiver)
    answer, shown, code = told(evening, "Kangae")
    assert answer["sought"].pop(FIFTH) == "left" and set(answer["sought"].values()) == {"gone-on"} and len(answer["sought"]) == 65
    assert code == 1 and "sudah keluar dari kecamatan" in shown, shown
    desa = told(evening, "Langir")[0]["sought"]
    assert desa == {box: why for box, why in answer["sought"].items() if f"-{LANGIR}-" in box} and desa, "a desa as its kecamatan"
    store = told(evening, "gudang")[0]
    assert (store["sought"], store["unaccounted"]) == ({}, []), "nobody looks for them at the store"


def test_after_the_plenary_all_are_looked_for(evening: Evening) -> None:
    plenary(evening, "begun", "finished")
    answer, shown, code = told(evening, "Kangae")
    assert set(answer["sought"].values()) == {"plenary"} and len(answer["sought"]) == 70 and answer["untold"] == 0
    assert code == 1 and "Pleno kecamatannya sudah selesai." in shown, shown


def test_a_minute_of_the_past_is_asked_as_it_was(evening: Evening) -> None:
    seal_four(evening)
    evening.desk.now += timedelta(hours=2)
    evening.office.clock.now = evening.desk.now
    on(evening, "kpps-08-1", "pps-08")
    plenary(evening, "begun", "finished")
    evening.desk.now += timedelta(hours=2)
    assert told(evening, "Kangae", "--at", "19.30")[0]["sought"] == {}
    assert len(told(evening, "Kangae", "--at", "22.30")[0]["sought"]) == 66


def test_what_a_manifest_names_is_looked_for_once_it_is_past_due(evening: Evening) -> None:
    keys = ("--officer", evening.key("pps-08"), "--passphrase-file", evening.word(), "--yes")
    made = evening.desk.run("manifest", "make", "TPS 1 Habi", "--from", HABI, "--to", "Kangae", "--due", "27-11-2024 23.00", *keys)
    assert made.exit == 0, made.err
    assert told(evening, "Kangae")[0]["sought"] == {}
    evening.desk.now += timedelta(hours=5)
    answer, shown, code = told(evening, "Kangae")
    assert answer["sought"] == dict.fromkeys(evening.of(TPS), "due") and code == 1 and "sudah lewat waktu" in shown, shown


def test_on_the_way_out_nothing_has_left_its_home(evening: Evening) -> None:
    """Four boxes are packed in the warehouse and set out; the fifth is packed tomorrow."""
    with evening.office.open() as office:
        seats = [evening.office.seat("sealer", "keeper-1"), evening.office.seat("witness", "guard-1")]
        seen = [evening.seen(box) for box in evening.of(TPS) if box != FIFTH]
        who = {"place": WAREHOUSE, "sealer": "keeper-1", "witness": "guard-1", "phase": "packed"}
        daily.record_seal(office, seen, seats, reason="order", **who)
    on(evening, "keeper-1", "ppk-1")
    answer, shown, _ = told(evening, "Kangae")
    assert (answer["sought"], answer["untold"]) == ({}, 66), shown
