"""labels, seal, handoff, status, find, trace and correct, typed at a desk with real files."""

import json
import re
from pathlib import Path

import pytest

from custody.core import entry, shapes
from custody_cli import handing, labelling
from tests.cli.daily_kit import HABI, TPS, Evening

DPR = f"PEM24-{TPS}-DPR-1"


@pytest.fixture
def evening(tmp_path: Path) -> Evening:
    made = Evening(tmp_path)
    made.labels()
    return made


def sealed(evening: Evening) -> Evening:
    evening.seal()
    return evening


def handoff(evening: Evening, *words: str, giver: str = "kpps-08-1", receiver: str = "pps-08"):  # type: ignore[no-untyped-def]
    keys = ("--giver", evening.key(giver), "--receiver", evening.key(receiver), "--passphrase-file", evening.word())
    return evening.desk.run("handoff", *keys, *words)


def test_words_that_commands_offer_are_those_of_the_statements() -> None:
    assert (handing.CARRIERS, handing.UNSIGNED) == (shapes.CARRIERS, shapes.UNSIGNED_REASONS)


# -- labels --------------------------------------------------------------------------------------------------------------------


def labels(evening: Evening, *words: str):  # type: ignore[no-untyped-def]
    key = ("--key", evening.key("kasatops-1"), "--passphrase-file", evening.word(), "--yes", "--json")
    return evening.desk.run("labels", *words, *key)


def test_labels_of_everything_are_logged_before_they_are_drawn(tmp_path: Path) -> None:
    evening = Evening(tmp_path)
    ended = labels(evening, "--out", "kertas")
    assert ended.exit == 0, ended.err
    document = json.loads(ended.out)
    assert document["labels"] == len(evening.office.boxes) == 70
    assert [Path(file).name for file in document["files"]] == ["label-530719-kangae-1.pdf"]
    assert (tmp_path / "kertas" / "label-530719-kangae-1.pdf").read_bytes().startswith(b"%PDF")
    with evening.office.open(write=False) as office:
        printed = office.ledger.state.register.codes
        assert {one.box for one in printed.values()} == set(evening.office.boxes)
        assert all(office.private.code(bytes.fromhex(code)) is not None for code in printed)


def test_labels_are_printed_once(evening: Evening) -> None:
    ended = labels(evening)
    assert ended.exit == 8 and "labels.printed" in ended.err


@pytest.mark.parametrize(
    ("words", "count"),
    [(("TPS 1 Habi",), 5), (("habi",), 35), (("Kangae", "--type", "DPR"), 14), (("Habi", "--page", "2", "--by", "desa"), 11), ((DPR,), 1)],
    ids=["TPS", "desa", "type", "page", "box"],
)
def test_reprints(evening: Evening, words: tuple[str, ...], count: int) -> None:
    ended = labels(evening, *words, "--reprint", "--out", "kertas")
    assert ended.exit == 0, ended.err
    assert json.loads(ended.out)["labels"] == count
    with evening.office.open(write=False) as office:
        assert sorted(copy for copy in labelling.copies(office).values())[-count:] == [2] * count


def test_a_page_needs_one_area(evening: Evening) -> None:
    ended = labels(evening, "Habi", "Langir", "--reprint", "--page", "1", "--by", "desa")
    assert ended.exit == 2 and "cli.labels.page-area" in ended.err


def test_spares(evening: Evening) -> None:
    ended = labels(evening, "--spare", "8", "--stock", "a4-8", "--out", "cadangan")
    assert ended.exit == 0, ended.err
    with evening.office.open(write=False) as office:
        assert sum(one.box is None for one in office.ledger.state.register.codes.values()) == 8
        assert len(office.private.spares()) == 8


# -- seal ----------------------------------------------------------------------------------------------------------------------


def test_a_sealing_with_numbers(evening: Evening) -> None:
    seals = evening.root / "nomor.csv"
    seals.write_text(f"box,point,number,state\n{DPR},tie-1,ab123,intact\n")
    keys = ("--sealer", evening.key("kpps-08-1"), "--witness", evening.key("guard-1"), "--passphrase-file", evening.word(), "--yes")
    ended = evening.desk.run("seal", *keys, "--seals", str(seals))
    assert ended.exit == 0 and "SELESAI: 5 kotak" in ended.out, ended.err
    state, _ = evening.state(DPR)
    assert state.holding.holder == "kpps-08-1" and ("tie-1", "intact", "AB123") in state.holding.seals
    found = json.loads(evening.desk.run("find", "AB123", "--json").out)
    assert found["seals"] == [{"number": "AB123", "box": DPR}]


def test_a_file_of_seals_with_a_fault_names_the_line(evening: Evening) -> None:
    seals = evening.root / "nomor.csv"
    seals.write_text(f"box,point,number,state\n{DPR},tie-1,,bagus\n")
    keys = ("--sealer", evening.key("kpps-08-1"), "--witness", evening.key("guard-1"), "--yes", "--passphrase-file", evening.word())
    ended = evening.desk.run("seal", *keys, "--seals", str(seals))
    assert ended.exit == 2 and "baris 2" in ended.err


# -- handoff -------------------------------------------------------------------------------------------------------------------


def test_a_handoff_with_everything_named(evening: Evening) -> None:
    sealed(evening)
    ended = handoff(evening, "TPS 1 Habi", "--escort", "2", "--order", "Sprin/1", "--vehicle", "dh 1234 ab", "--yes", "--json")
    document = json.loads(ended.out)
    assert (ended.exit, document["boxes"], document["how"], document["sealed"]) == (0, 5, "complete", True), ended.err
    with evening.office.open(write=False) as office:
        body = entry.parse(office.ledger.note(document["entries"][0])).statement.body
    assert (body["from"], body["to"], body["vehicle"], body["escort"]["count"]) == (TPS, HABI, "DH-1234-AB", 2)
    found = json.loads(evening.desk.run("find", "dh", "1234", "ab", "--json").out)
    assert [one["entry"] for one in found["entries"]] == document["entries"]


def test_findings_need_a_reason(evening: Evening) -> None:
    wrong = handoff(evening, "TPS 1 Langir", "--yes")
    assert wrong.exit == 2 and "memerlukan alasan" in wrong.err
    stated = handoff(evening, "TPS 1 Langir", "--reason", "emergency", "--yes")
    assert stated.exit == 1 and "temuan place.wrong: 5" in stated.out, stated.err


def test_a_giver_without_a_key(evening: Evening) -> None:
    sealed(evening)
    keys = ("--receiver", evening.key("pps-08"), "--passphrase-file", evening.word(), "--yes")
    ended = evening.desk.run(
        "handoff", "TPS 1 Habi", *keys, "--from", "TPS 1 Habi", "--unsigned", "no-key", "--giver-name", "Petugas Contoh"
    )
    assert "SELESAI TANPA TANDA TANGAN PEMBERI" in ended.out, ended.err
    assert [one.code for one in evening.state(DPR)[1] if one.severity != "note"] == ["giver.unsigned"]


def test_what_the_screen_says_to_type_can_be_typed(evening: Evening) -> None:
    sealed(evening)
    keys = ("--giver-key-name", "kpps-08-1", "--receiver", evening.key("pps-08"), "--passphrase-file", evening.word(), "--yes")
    ended = evening.desk.run("handoff", "TPS 1 Habi", *keys, "--from", "TPS 1 Habi", "--unsigned", "left")
    own = evening.key("kpps-08-1")
    told = [ended.out, evening.desk.run("trace", DPR).out]
    typed = [re.search(r"custody (handoff --acknowledge \S+ --giver) KUNCI", one) for one in told]
    assert all(typed), told
    for one in typed:
        assert one is not None
        signed = evening.desk.run(*one[1].split(), own, "--passphrase-file", evening.word())
        assert signed.exit == 0, signed.err


def test_a_story_in_words(evening: Evening) -> None:
    sealed(evening)
    keys = ("--receiver", evening.key("pps-08"), "--passphrase-file", evening.word(), "--yes", "--order", "Sprin/9", "--escort", "1")
    evening.desk.run("handoff", "TPS 1 Habi", *keys, "--from", "TPS 1 Habi", "--unsigned", "no-key")
    key = ("--key", evening.key("kasatops-1"), "--passphrase-file", evening.word(), "--yes")
    with evening.office.open(write=False) as office:
        last = office.ledger.size - 1
    assert evening.desk.run("correct", str(last), "--remark", "--reason", "wrong-seal", *key).exit == 0
    told = evening.desk.run("trace", DPR).out
    for words in ("Dari pemberi tanpa kunci kepada", "segel: tutup utuh, celah utuh", "perintah Sprin/9", "segel yang salah"):
        assert words in told, told


@pytest.mark.parametrize(
    ("words", "exit", "told"),
    [
        (("status", "gudang"), 2, "Gudang KPU Sikka (5307-GUDANG)"),
        (("status", "zzz"), 2, "Tidak ada tempat atau kotak bernama"),
        (("trace", "zzz"), 2, "Tidak ada tempat atau kotak bernama"),
        (("trace", "Habi"), 2, "35 kotak, di antaranya: PEM24-5307192008-001-DPD-1"),
    ],
)
def test_words_that_name_no_single_thing(evening: Evening, words: tuple[str, ...], exit: int, told: str) -> None:
    ended = evening.desk.run(*words)
    assert (ended.exit, told in ended.err) == (exit, True), ended.err


def test_an_entry_that_is_not_there(evening: Evening) -> None:
    ended = evening.desk.run("correct", "9999999", "--void", "--reason", "double", "--key", evening.key("kasatops-1"))
    assert (ended.exit, "9999999" in ended.err) == (8, True), ended.err


def test_an_offer_is_completed_with_differences(evening: Evening) -> None:
    sealed(evening)
    keys = ("--giver", evening.key("kpps-08-1"), "--receiver", evening.key("pps-08"), "--passphrase-file", evening.word(), "--yes")
    offered = json.loads(evening.desk.run("handoff", "TPS 1 Habi", *keys, "--offer", "--json").out)
    assert offered["how"] == "offered" and evening.state(DPR)[0].status == "offered"
    own = ("--receiver", evening.key("pps-08"), "--passphrase-file", evening.word(), "--yes")
    four = [word for kind in ("PPWP", "DPD", "DPR", "DPRDP") for word in (f"PEM24-{TPS}-{kind}-1",)]
    done = evening.desk.run("handoff", *four, "--complete", offered["statements"][0], "--differs", *own)
    assert done.exit == 1 and "DITERIMA DENGAN PERBEDAAN" in done.out, done.err
    assert evening.state(DPR)[0].holding.holder == "pps-08"
    assert evening.state(f"PEM24-{TPS}-DPRDK-1")[0].status == "offered"


def test_an_offer_is_withdrawn_by_the_next_handoff(evening: Evening) -> None:
    sealed(evening)
    both = ("--giver", evening.key("kpps-08-1"), "--receiver", evening.key("pps-08"), "--passphrase-file", evening.word(), "--yes")
    offered = json.loads(evening.desk.run("handoff", "TPS 1 Habi", *both, "--offer", "--json").out)["statements"][0]
    done = handoff(evening, "TPS 1 Habi", "--withdraw", offered, "--yes")
    assert "SELESAI" in done.out, done.err
    state, found = evening.state(DPR)
    assert (state.holding.holder, state.status) == ("pps-08", "ok") and not [one for one in found if one.severity != "note"]


def test_another_person_cannot_complete_an_offer(evening: Evening) -> None:
    sealed(evening)
    both = ("--giver", evening.key("kpps-08-1"), "--receiver", evening.key("pps-08"), "--passphrase-file", evening.word(), "--yes")
    offered = json.loads(evening.desk.run("handoff", "TPS 1 Habi", *both, "--offer", "--json").out)["statements"][0]
    ended = evening.desk.run(
        "handoff", "--complete", offered, "--receiver", evening.key("pps-09"), "--passphrase-file", evening.word(), "--yes"
    )
    assert ended.exit == 8 and "pps-08" in ended.err


def test_keys_in_one_folder_are_told(evening: Evening) -> None:
    sealed(evening)
    for name in ("kpps-08-1", "pps-08"):
        evening.office.key_file(name, "sandi contoh")
    keys = ("--giver", "kpps-08-1", "--receiver", "pps-08", "--passphrase-file", evening.word(), "--yes")
    ended = evening.desk.run("handoff", "TPS 1 Habi", *keys)
    assert "berada di satu folder" in ended.err


def test_a_locked_ledger_keeps_what_was_signed(tmp_path: Path) -> None:
    evening = Evening(tmp_path, use="unlocked")
    evening.labels()
    evening.seal()
    ended = handoff(evening, "TPS 1 Habi", "--yes")
    assert "TERCATAT, MENUNGGU KUNCI BUKU BESAR: 5 kotak" in ended.out and "custody ledger unlock" in ended.out, ended.err
    assert evening.state(DPR)[0].holding.holder == "kpps-08-1"
    assert "1 pernyataan TERCATAT, MENUNGGU KUNCI BUKU BESAR" in evening.desk.run("status").out
    with evening.office.open() as office:
        assert len(office.flush()) == 1
    assert evening.state(DPR)[0].holding.holder == "pps-08"
    locked = labels(evening, "--spare", "4")
    assert locked.exit == 6


# -- looking -------------------------------------------------------------------------------------------------------------------


def test_status_counts(evening: Evening) -> None:
    evening.seal()
    evening.seal(f"{HABI}-002")
    evening.hand()
    whole = json.loads(evening.desk.run("status", "--json").out)
    assert whole["total"] == {"expected": 70, "held": 10, "transit": 0, "unaccounted": 60, "late": 0, "trouble": 0, "offered": 0}
    habi = json.loads(evening.desk.run("status", "Habi", "--json").out)
    assert [(row["code"], row["held"], row["unaccounted"]) for row in habi["areas"]][:3] == [
        (f"{HABI}-001", 5, 0),
        (f"{HABI}-002", 5, 0),
        (f"{HABI}-003", 0, 5),
    ]
    store = json.loads(evening.desk.run("status", "5307-GUDANG", "--json").out)
    assert (store["here"], store["coming"], store["total"]["expected"]) == (0, 0, 70)
    shown = evening.desk.run("status").out
    assert "JUMLAH" in shown and "Belum pernah ada cadangan" in shown


def test_a_late_leg_is_told(evening: Evening) -> None:
    sealed(evening)
    ended = handoff(evening, "TPS 1 Habi", "--place", "TPS 1 Habi", "--yes")
    assert ended.exit == 0, ended.err
    moving = json.loads(evening.desk.run("status", "--json").out)
    assert (moving["total"]["transit"], moving["total"]["late"]) == (5, 0)
    evening.desk.now = evening.desk.now.replace(hour=15)
    late = evening.desk.run("status")
    assert late.exit == 1 and "TERLAMBAT" in late.out
    assert "DI JALAN dari TPS 001 Habi ke Habi" in evening.desk.run("status", "TPS", "1", "Habi", "DPR").out


def test_the_story_of_a_box(evening: Evening) -> None:
    evening.seal()
    evening.hand()
    ended = evening.desk.run("trace", "TPS", "1", "Habi", "DPR")
    assert ended.exit == 0, ended.err
    for said in (
        "Dipegang pps-08 di Habi",
        "Disegel di TPS 001 Habi oleh kpps-08-1",
        "Dari kpps-08-1 kepada pps-08",
        "WITA",
        "label dipindai",
        "entri",
    ):
        assert said in ended.out
    document = json.loads(evening.desk.run("trace", DPR, "--json").out)
    assert [one["kind"] for one in document["events"]] == ["register", "label", "seal", "handoff"]
    assert document["holding"]["holder"] == "pps-08"


@pytest.mark.parametrize(
    ("words", "where"),
    [("hab", "places"), ("TPS 3 Habi", "places"), ("tps 1 habi dpr", "boxes"), ("pps-08", "people"), ("27-11-2024", "entries")],
)
def test_find(evening: Evening, words: str, where: str) -> None:
    found = json.loads(evening.desk.run("find", *words.split(), "--json").out)
    assert found[where], found


def test_find_nothing(evening: Evening) -> None:
    ended = evening.desk.run("find", "qqqq zzzz")
    assert ended.exit == 1 and "Tidak ada yang cocok" in ended.out


# -- correct -------------------------------------------------------------------------------------------------------------------


def test_a_supervisor_takes_a_handoff_back(evening: Evening) -> None:
    evening.seal()
    evening.hand()
    sid = evening.state(DPR)[0].holding.sid
    key = ("--key", evening.key("kasatops-1"), "--passphrase-file", evening.word(), "--yes")
    ended = evening.desk.run("correct", sid, "TPS 1 Habi DPR", "--void", "--reason", "wrong-box", *key)
    assert ended.exit == 0 and "dari pps-08, Habi kembali kepada kpps-08-1" in ended.out, ended.err
    assert evening.state(DPR)[0].holding.holder == "kpps-08-1"
    assert evening.state(f"PEM24-{TPS}-DPD-1")[0].holding.holder == "pps-08"


def test_a_correction_that_comes_too_late_says_so(evening: Evening) -> None:
    evening.seal()
    sid = evening.state(DPR)[0].holding.sid
    evening.hand()
    key = ("--key", evening.key("kasatops-1"), "--passphrase-file", evening.word(), "--yes")
    ended = evening.desk.run("correct", sid[:10], DPR, "--void", "--reason", "wrong-box", *key)
    assert ended.exit == 1 and "TIDAK BERLAKU" in ended.err, ended.out


def test_a_remark_changes_nothing(evening: Evening) -> None:
    evening.seal()
    sid = evening.state(DPR)[0].holding.sid
    key = ("--key", evening.key("kasatops-1"), "--passphrase-file", evening.word(), "--yes")
    ended = evening.desk.run("correct", sid, DPR, "--reason", "wrong-seal", *key)
    assert ended.exit == 0 and "tetap pada kpps-08-1" in ended.out, ended.err


# -- a giver who signs later, and one whose signature does not count -----------------------------------------------------------


def without_giver(evening: Evening, *words: str) -> str:
    keys = ("--receiver", evening.key("pps-08"), "--passphrase-file", evening.word(), "--yes", *words)
    ended = evening.desk.run("handoff", "TPS 1 Habi", *keys, "--from", "TPS 1 Habi", "--unsigned", "left", "--json")
    return str(json.loads(ended.out)["statements"][0])


def acknowledges(evening: Evening, sid: str, who: str):  # type: ignore[no-untyped-def]
    return evening.desk.run("handoff", "--acknowledge", sid[:12], "--giver", evening.key(who), "--passphrase-file", evening.word())


# Who signs; what the handoff says of its giver; whether it counts, and what is told.
LATER = {
    "the named giver": ("kpps-08-1", ("--giver-key-name", "kpps-08-1"), True, "Pemberi telah menandatangani"),
    "not the named giver": ("kpps-08-2", ("--giver-key-name", "kpps-08-1"), False, "menyebut kpps-08-1 sebagai pemberi"),
    "who held it before": ("kpps-08-1", (), True, "Pemberi telah menandatangani"),
    "the receiver": ("pps-08", (), False, "pps-08 adalah penerimanya"),
    "a stranger": ("ppk-1", (), False, "Sebelumnya kotak itu dipegang kpps-08-1"),
}


@pytest.mark.parametrize("name", LATER)
def test_an_acknowledgement_says_whether_it_counts(evening: Evening, name: str) -> None:
    who, words, counts, told = LATER[name]
    sealed(evening)
    sid = without_giver(evening, *words)
    ended = acknowledges(evening, sid, who)
    said = ended.out + ended.err
    assert told in said, said
    assert ("TERCATAT, TETAPI TIDAK DIHITUNG" in ended.out, ended.exit) == (not counts, 0 if counts else 1), said
    assert ("Pemberi telah menandatangani" in said) == counts
    assert ("giver.unsigned" in {one.code for one in evening.state(DPR)[1]}) != counts
    if not counts:
        assert f"custody handoff --acknowledge {sid[:12]}" in said


def test_nobody_can_acknowledge_for_a_box_that_nobody_held(evening: Evening) -> None:
    keys = ("--receiver", evening.key("pps-08"), "--passphrase-file", evening.word(), "--yes", "--reason", "unknown")
    ended = evening.desk.run("handoff", DPR, *keys, "--from", "TPS 1 Habi", "--unsigned", "left", "--json")
    ended = acknowledges(evening, json.loads(ended.out)["statements"][0], "kpps-08-1")
    assert ended.exit == 1 and "Tidak tercatat siapa yang memegang" in ended.err, ended.err
