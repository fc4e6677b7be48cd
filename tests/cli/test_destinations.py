"""Where a load goes when nobody said so, what is asked before it is signed, and what a receiver reads whose load was sent elsewhere."""

import json
from pathlib import Path

import pytest

from fixtures.daydesk import WORD
from tests.cli.daily_kit import HABI, TPS, Evening

KANGAE, WAREHOUSE = "530719", "5307-GUDANG"


@pytest.fixture
def evening(tmp_path: Path) -> Evening:
    """The boxes of TPS 1 Habi are with the PPK of Kangae."""
    made = Evening(tmp_path, desa=(HABI,))
    made.labels()
    made.seal()
    made.hand()
    with made.office.open() as office:
        assert office.ledger.state.places.onward(TPS, office.ledger.size) == [HABI]
    made.pass_on(TPS, "pps-08", "ppk-1", HABI, KANGAE)
    return made


def manifest(evening: Evening, *argv: str, answers: tuple[str, ...] = ("y", WORD)):  # type: ignore[no-untyped-def]
    return evening.desk.run("manifest", "make", "--officer", evening.key("ppk-1"), *argv, answers=answers)


def test_a_manifest_goes_where_the_plan_leads_and_says_so_before_it_is_signed(evening: Evening) -> None:
    ended = manifest(evening, "--due", "20.22")
    assert ended.exit == 0, ended.err
    asked = ended.err.partition("Catat dan tanda tangani?")[0]
    assert "Kangae → Gudang KPU Sikka" in asked and "20.22" in asked, ended.err
    assert "custody scan muat --manifest" in ended.out
    shown = json.loads(evening.desk.run("manifest", "list", "--json").out)["consignments"][0]
    assert (shown["from"], shown["to"], shown["due"]) == (KANGAE, WAREHOUSE, "2024-11-27T12:22:00Z")


def test_a_due_time_that_cannot_be_read_is_told_before_anything_is_asked(evening: Evening) -> None:
    ended = manifest(evening, "--due", "sore", answers=())
    assert ended.exit == 2 and "Catat" not in ended.err, ended.err


def test_where_the_plan_leads_nowhere_people_are_asked(evening: Evening) -> None:
    argv = ("TPS 1 Habi", "--from", "Gudang KPU Sikka")
    ended = manifest(evening, *argv, answers=("Kangae", "5", "5", "y", WORD))
    assert "Ke mana kotaknya?" in ended.err, ended.err
    assert manifest(evening, *argv, "--yes", answers=()).exit == 2


def test_a_load_that_was_sent_elsewhere_is_named_to_its_receiver(evening: Evening) -> None:
    load = ("--giver", evening.key("ppk-1"), "--for", "keeper-1", "--from", "Kangae", "--to", "Sikka", "--escort", "1", "--yes")
    codes = [evening.code[one] for one in evening.of(TPS)]
    options = (*load, "--seals-seen", "--passphrase-file", evening.word(), "--reason", "perintah-atasan", "--order", "X1")
    sent = evening.desk.run("scan", "muat", *options, answers=(*codes, "selesai"))
    assert "DITAWARKAN" in sent.out, sent.err
    keys = ("--receiver", evening.key("keeper-1"))
    ended = evening.desk.run("scan", "bongkar", *keys, "--to", WAREHOUSE, answers=("y",))
    assert "Untuk kunci ini, tetapi ditujukan ke Sikka: 5 kotak dari Kangae" in ended.err, ended.err
    assert "custody scan bongkar --to 5307" in ended.err and "DITEMUKAN" in ended.err
    taken = evening.desk.run("scan", "bongkar", *keys, "--to", "5307", answers=("y", *codes, "selesai", "y", WORD))
    assert "Ditunggu: 5 kotak dari Kangae" in taken.err, taken.err


def test_what_was_not_loaded_has_not_failed_to_come(evening: Evening) -> None:
    """Two of five go; the giver signs that the others were not loaded, and reads at the end that the boat may leave."""
    manifest(evening)
    codes = [evening.code[one] for one in evening.of(TPS)][:2]
    keys = ("--giver", evening.key("ppk-1"), "--escort", "1", "--order", "X1", "--vehicle", "EB 1 A")
    ended = evening.desk.run("scan", "muat", *keys, answers=("y", *codes, "selesai", "lanjut", "1", "y", WORD))
    assert "BELUM DIMUAT: 3 kotak" in ended.err and "BELUM DATANG" not in ended.err, ended.err
    assert "SELESAI DIMUAT, BOLEH BERANGKAT: 2 kotak" in ended.out and "custody scan bongkar" in ended.out, ended.err


def test_what_should_come_is_what_the_manifest_says(evening: Evening) -> None:
    few = evening.of(TPS)[:2]
    manifest(evening, *few)
    keys = ("--giver", evening.key("ppk-1"), "--receiver", evening.key("keeper-1"))
    ended = evening.desk.run("scan", *keys, answers=("y", evening.code[few[0]]))
    assert "Ditunggu 2 kotak menurut daftar muatan (Habi 2)" in ended.err and "1 dari 2 · kurang 1" in ended.err, ended.err


def test_without_a_manifest_it_is_said_that_all_of_the_givers_boxes_count_and_how_to_say_fewer(evening: Evening) -> None:
    evening.seal(f"{HABI}-002")
    evening.hand(f"{HABI}-002")
    evening.pass_on(f"{HABI}-002", "pps-08", "ppk-1", HABI, KANGAE)
    keys = ("--giver", evening.key("ppk-1"), "--receiver", evening.key("keeper-1"))
    codes = [evening.code[one] for one in evening.of(TPS)]
    ended = evening.desk.run("scan", *keys, answers=("y", codes[0], "hanya TPS 1 Habi", "hanya TPS 3 Habi", *codes[1:]))
    assert "Ditunggu 10 kotak: SEMUA yang dipegang ppk-1 (Habi 10)" in ended.err, ended.err
    assert "Sekarang ditunggu 5 kotak: Habi 5" in ended.err and "5 dari 5 · kurang 0" in ended.err
    assert "Tidak ada kotak yang ditunggu dari TPS 3 Habi" in ended.err
    again = evening.desk.run("scan", *keys, answers=("y", "y", "kurang", "hanya"))
    assert "Tidak ada yang kurang" in again.err and "5 dari 10 · kurang 5" in again.err, again.err


def test_a_scan_into_a_yes_or_no_question_is_said_not_to_count(evening: Evening) -> None:
    keys = ("--giver", evening.key("ppk-1"), "--receiver", evening.key("keeper-1"))
    ended = evening.desk.run("scan", *keys, answers=(evening.code[evening.of(TPS)[0]], "y"))
    assert "PINDAIAN INI TIDAK DIHITUNG" in ended.err, ended.err


def test_nobody_to_receive_is_said_in_words(evening: Evening) -> None:
    ended = evening.desk.run("scan", "muat", "--giver", evening.key("ppk-1"), "--to", "Sikka", answers=("y", "keeper-1"))
    assert "DI Sikka TIDAK ADA PENERIMA YANG TERDAFTAR" in ended.err and "()" not in ended.err, ended.err
