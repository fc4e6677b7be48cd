"""trace tells offers, later records and corrections as what they are (docs/spec/09-state.md, FOLD-7 and FOLD-8)."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from custody.station.manifest import Escort, Journey
from custody_cli.boxes import daily
from custody_cli.papers import labelling
from tests.cli.daily_kit import HABI, TPS, Evening

DPR = f"PEM24-{TPS}-DPR-1"


@pytest.fixture()
def evening(tmp_path: Path) -> Evening:
    made = Evening(tmp_path)
    made.seal()
    return made


def hand(evening: Evening, *slots: tuple[str, str], **how: str) -> str:
    """The KPPS hands to the PPS, signed by these; returns the number of the entry."""
    journey = Journey(TPS, HABI, HABI, "kpps-08-1", "pps-08", escort=Escort(1))
    with evening.office.open() as office:
        seats = [evening.office.seat(slot, name) for slot, name in slots]
        daily.record_handoff(office, journey, [evening.seen(box) for box in evening.of(TPS)], seats, random=evening.random, **how)
        return str(office.ledger.size - 1)


def traced(evening: Evening) -> str:
    return evening.desk.run("trace", DPR).out


def test_an_offer_is_told_as_an_offer_and_its_completion_as_that(evening: Evening) -> None:
    entry = hand(evening, ("giver", "kpps-08-1"))
    assert "DITAWARKAN: baru ditandatangani pemberi" in traced(evening)
    with evening.office.open() as office:
        daily.submit(office, [daily.recorded(office, entry)], [evening.office.seat("receiver", "pps-08")])
    told = traced(evening)
    assert f"waktu tanda tangan tidak dinyatakan · serah terima · entri {int(entry) + 1}" in told
    assert f"Diterima: tawaran entri {entry} sekarang lengkap." in told
    assert f"(entri {int(entry) + 1})" in told.split("\n\n")[0], "held since the entry that completed it"


def test_a_time_that_was_stated_later_says_so_in_the_head_and_in_the_story(evening: Evening) -> None:
    hand(evening, ("giver", "kpps-08-1"), ("receiver", "pps-08"), happened="2024-11-27T11:30:00Z", basis="memory")
    head, _, story = traced(evening).partition("\n\n")
    assert "Waktu itu menurut ingatan; dicatat 27 November 2024 pukul" in head
    assert "pukul 19.30 WITA (menurut ingatan; dicatat 27 November 2024 pukul" in story


def correct(evening: Evening, entry: str, signer: str) -> None:
    with evening.office.open() as office:
        one = daily.recorded(office, entry)
        made = daily.correction(office, one, [DPR], effect="void", reason="double")
        daily.submit(office, [made], [evening.office.seat("correction", signer)])


def test_a_label_that_was_printed_again_is_told_as_that(evening: Evening) -> None:
    evening.labels()
    assert "DICETAK ULANG" not in traced(evening)
    with evening.office.open() as office:
        drawn = labelling.draw(office, evening.of(TPS)[:3], evening.random)
        labelling.log(office, drawn, evening.office.seat("label", "kasatops-1"), "torn")
    told = traced(evening)
    assert "Label DICETAK ULANG: salinan ke-2, alasan " in told and "bersama label 2 kotak lain" in told, told
    assert told.count("Label dicetak.") == 1


def test_a_correction_says_whether_it_had_an_effect(evening: Evening) -> None:
    entry = hand(evening, ("giver", "kpps-08-1"), ("receiver", "pps-08"))
    correct(evening, entry, "pps-08")
    told = traced(evening)
    assert "Pembatalan diminta atas" in told and "TIDAK BERLAKU: tanda tangannya kurang" in told and "DIBATALKAN" not in told
    correct(evening, entry, "kasatops-1")
    told = traced(evening)
    assert "DIBATALKAN karena salah; kembali kepada" in told and "kpps-08-1" in told.split("DIBATALKAN karena")[1].splitlines()[0]


def test_who_gave_and_who_received_acknowledge_under_different_names(evening: Evening) -> None:
    entry = hand(evening, ("giver", "kpps-08-1"))
    with evening.office.open() as office:
        boxes = [evening.seen(box) for box in evening.of(TPS)]
        daily.acknowledge(office, [daily.recorded(office, entry)], evening.office.seat("receiver", "pps-08"), "receiver", boxes)
    assert "penegasan terima" in traced(evening)


def test_a_receipt_of_a_statement_that_was_taken_back_says_so(evening: Evening) -> None:
    entry, policy = hand(evening, ("giver", "kpps-08-1"), ("receiver", "pps-08")), str(evening.office.folder / "policy")
    assert evening.desk.run("receipt", entry, "--out", "bukti.proof").exit == 0
    before = evening.desk.run("receipt", "check", "bukti.proof", "--trust", policy)
    assert before.exit == 0 and "DIBATALKAN" not in before.out, before.err
    correct(evening, entry, "kasatops-1")
    after = evening.desk.run("receipt", "check", "bukti.proof", "--trust", policy)
    assert after.exit == 1 and "DIBATALKAN oleh koreksi: catatan ini tidak dihitung untuk kotak ini. (1 dari 5 kotak)" in after.out, (
        after.out
    )


def receipt(evening: Evening, entry: str) -> list[str]:
    """A receipt checked beside the ledger, line by line."""
    file, policy = f"bukti-{entry}.proof", str(evening.office.folder / "policy")
    assert evening.desk.run("receipt", entry, "--out", file).exit == 0
    return evening.desk.run("receipt", "check", file, "--trust", policy).out.splitlines()


def test_a_receipt_of_many_boxes_names_each_on_its_own_line(evening: Evening) -> None:
    shown = receipt(evening, hand(evening, ("giver", "kpps-08-1"), ("receiver", "pps-08")))
    at = shown.index("  5 kotak:")
    assert [line.startswith("    TPS 001 Habi · ") for line in shown[at + 1 : at + 6]] == [True] * 5
    assert "\\x" not in "".join(shown)


def test_a_receipt_of_a_correction_says_what_it_takes_back_and_why(evening: Evening) -> None:
    entry = hand(evening, ("giver", "kpps-08-1"), ("receiver", "pps-08"))
    correct(evening, entry, "kasatops-1")
    with evening.office.open(write=False) as office:
        last, sid = office.ledger.size - 1, daily.recorded(office, entry).sid
    shown = "\n".join(receipt(evening, str(last)))
    assert f"meminta pernyataan {sid[:12]} ({entry}) dibatalkan" in shown, shown


def test_a_paper_held_against_the_ledger_says_which_of_its_records_was_taken_back_since(evening: Evening) -> None:
    entry, policy = hand(evening, ("giver", "kpps-08-1"), ("receiver", "pps-08")), str(evening.office.folder / "policy")
    words = ("--key", str(evening.office.own_key("kasatops-1")), "--passphrase-file", str(evening.office.word_file()))
    assert evening.desk.run("report", DPR, "--out", "kotak.pdf", *words).exit == 0
    before = evening.desk.run("check", "kotak.pdf", "--trust", policy)
    assert before.exit == 0 and "TIDAK BERLAKU LAGI" not in before.out
    correct(evening, entry, "kasatops-1")
    with evening.office.open(write=False) as office:
        last = office.ledger.size - 1
    after = evening.desk.run("check", "kotak.pdf", "--trust", policy)
    assert after.exit == 1 and f"ENTRI {entry} TIDAK BERLAKU LAGI: DIBATALKAN oleh koreksi" in after.out, after.out
    assert f"entri {last} · " in after.out


def test_a_story_that_is_not_in_order_of_time_says_so(evening: Evening) -> None:
    """A handoff of 17.00 that was entered only after what followed the sealing stands behind it."""
    hand(evening, ("giver", "kpps-08-1"), ("receiver", "pps-08"))
    assert "Urut menurut nomor entri" not in traced(evening)
    journey = Journey(HABI, "530719", "530719", "pps-08", "ppk-1", escort=Escort(2, (), "Sprin/1/I/2024"))
    with evening.office.open() as office:
        seats = [evening.office.seat("giver", "pps-08"), evening.office.seat("receiver", "ppk-1")]
        told = {"reason": "unknown", "happened": "2024-11-27T09:00:00Z"}
        daily.record_handoff(office, journey, [evening.seen(DPR)], seats, random=evening.random, **told)
    assert "Urut menurut nomor entri" in traced(evening)


def test_a_paper_deed_and_photographs_are_told_by_their_hashes(evening: Evening, tmp_path: Path) -> None:
    files = {name: tmp_path / f"{name}.jpg" for name in ("deed", "load", "lid", "other")}
    for name, file in files.items():
        file.write_bytes(name.encode())
    other = next(box for box in evening.of(TPS) if box != DPR)
    photos = (f"{files['load']}", f"{DPR}:tutup={files['lid']}", f"{other}={files['other']}")
    ended = evening.desk.run(
        "handoff", "TPS 1 Habi", "--receiver", evening.key("pps-08"), "--passphrase-file", evening.word(), "--yes", "--no-escort",
        "--seals-seen", "--from", "TPS 1 Habi", "--unsigned", "no-key", "--giver-name", "Petugas Contoh", "--deed", str(files["deed"]),
        *(word for photo in photos for word in ("--photo", photo)),
    )  # fmt: skip
    assert "SELESAI TANPA TANDA TANGAN PEMBERI" in ended.out and "BA kertasnya sudah dipotret" in ended.err, ended.err
    hashes = {name: sha256(name.encode()).hexdigest() for name in files}
    told = traced(evening)
    assert f"Berita acara kertasnya dipotret; sidik (SHA-256) {hashes['deed']}" in told, told
    assert f"Foto seluruhnya; sidik (SHA-256) {hashes['load']}" in told and hashes["other"] not in told, told
    assert f"Foto segel tutup TPS 001 Habi · DPR; sidik (SHA-256) {hashes['lid']}" in told, told
    event = json.loads(evening.desk.run("trace", DPR, "--json").out)["events"][-1]
    assert event["deed"] == hashes["deed"] and {one["sha256"] for one in event["photos"]} == {hashes["load"], hashes["lid"]}
