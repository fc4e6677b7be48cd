"""labels, seal, handoff, status, find, trace and correct, typed at a desk with real files."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from custody.core import entry, shapes
from custody.station import manifest
from custody_cli.boxes import daily
from custody_cli.boxes.named import Names
from custody_cli.commands import labels as printing
from custody_cli.papers import labelling
from custody_cli.table import handing, reasons
from fixtures.daydesk import WORD
from tests.cli.daily_kit import HABI, LANGIR, TPS, Evening
from tests.cli.harness import Ended
from tests.paper.rendering import text

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
    words = words if "--escort" in words else ("--no-escort", *words)
    words = words if "--seals" in words or "--seals-unseen" in words else ("--seals-seen", *words)
    keys = ("--giver", evening.key(giver), "--receiver", evening.key(receiver), "--passphrase-file", evening.word())
    return evening.desk.run("handoff", *keys, *words)


def test_words_that_commands_offer_are_those_of_the_statements() -> None:
    assert (handing.CARRIERS, handing.UNSIGNED, reasons.REASONS) == (shapes.CARRIERS, shapes.UNSIGNED_REASONS, manifest.REASONS)
    assert printing.REPRINTS == shapes.REPRINTS


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
    cover = text((tmp_path / document["cover"]).read_bytes())
    with evening.office.open(write=False) as office:
        head = office.ledger.head()
        assert head.short in cover and f"entri {office.ledger.size - 1}" in cover, cover
        assert "label-530719-kangae-1.pdf" in cover and "JANGAN DITEMPEL" in cover and document["cover"].endswith("pengantar-label-1.pdf")
        codes = [office.private.code(bytes.fromhex(code)) for code in office.ledger.state.register.codes]
    assert not any(str(code.symbols) in cover.replace("-", "") for code in codes if code is not None) and any(codes)
    assert {one.stat().st_mode & 0o777 for one in (tmp_path / "kertas").iterdir()} == {0o600}, "it holds the codes"
    assert (tmp_path / "kertas").stat().st_mode & 0o777 == 0o700
    with evening.office.open(write=False) as office:
        printed = office.ledger.state.register.codes
        assert {one.box for one in printed.values()} == set(evening.office.boxes)
        assert all(office.private.code(bytes.fromhex(code)) is not None for code in printed)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (("Habi",), ["label-5307192008-habi-1.pdf"]),
        (("TPS 1 Habi",), ["label-5307192008-001-tps-001-habi-1.pdf"]),
        (("Habi", "Langir"), ["label-530719-kangae-1.pdf"]),
        (("Habi", "Langir", "--by", "desa"), ["label-5307192008-habi-1.pdf", "label-5307192009-langir-1.pdf"]),
        (("--spare", "3"), ["label-cadangan-1.pdf"]),
    ],
    ids=["desa", "TPS", "two desa", "desa by desa", "spares"],
)
def test_a_file_of_labels_is_named_for_what_is_in_it(tmp_path: Path, words: tuple[str, ...], names: list[str]) -> None:
    """Two desa of one kecamatan, printed one after the other, must not look like one kecamatan printed twice."""
    evening = Evening(tmp_path)
    document = json.loads(labels(evening, *words, "--out", "kertas").out)
    assert [Path(file).name for file in document["files"]] == names
    if "--spare" not in words:
        again = json.loads(labels(evening, *words, "--reprint", "--reason", "torn", "--out", "kertas").out)
        assert all("-ulang-" in Path(file).name for file in again["files"])


def test_a_label_says_of_which_operation_it_is_and_has_its_colour(tmp_path: Path) -> None:
    from custody.paper.label.tincture import HATCHES

    evening = Evening(tmp_path)
    with evening.office.open() as office:
        drawn = labelling.draw(office, [DPR], evening.random)
        (facts,) = labelling.label_facts(office, drawn, "id")
        assert facts.operation == office.founding.body["operation"]
        assert facts.colour == HATCHES["yellow"][0]


def test_labels_are_printed_once(evening: Evening) -> None:
    ended = labels(evening)
    assert ended.exit == 8 and "labels.printed" in ended.err


@pytest.mark.parametrize(
    ("words", "count"),
    [(("TPS 1 Habi",), 5), (("habi",), 35), (("Kangae", "--type", "DPR"), 14), (("Habi", "--page", "2", "--by", "desa"), 11), ((DPR,), 1)],
    ids=["TPS", "desa", "type", "page", "box"],
)
def test_reprints(evening: Evening, words: tuple[str, ...], count: int) -> None:
    ended = labels(evening, *words, "--reprint", "--reason", "torn", "--out", "kertas")
    assert ended.exit == 0, ended.err
    assert json.loads(ended.out)["labels"] == count and json.loads(ended.out)["reason"] == "torn"
    with evening.office.open(write=False) as office:
        assert sorted(copy for copy in labelling.copies(office).values())[-count:] == [2] * count


def last_label(evening: Evening) -> dict[str, Any]:
    """What the last entry says, which is one of printed labels."""
    with evening.office.open(write=False) as office:
        body: dict[str, Any] = entry.parse(office.ledger.note(office.ledger.size - 1)).statement.body
        return body


@pytest.mark.parametrize(("answer", "reason"), [("2", "torn"), ("salah", "wrong-box"), ("diduga disalin", "copied")])
def test_a_reprint_is_asked_for_its_reason_which_the_ledger_keeps(evening: Evening, answer: str, reason: str) -> None:
    ended = evening.desk.run("labels", DPR, "--reprint", "--key", evening.key("kasatops-1"), answers=["mengapa", answer, "y", WORD])
    assert ended.exit == 0, ended.err
    assert "robek atau basah" in ended.err and last_label(evening)["reason"] == reason


@pytest.mark.parametrize(
    ("words", "code"),
    [((DPR, "--reprint"), "cli.labels.reason"), (("--spare", "2", "--reason", "torn"), "cli.labels.reason-alone")],
    ids=["without reason", "reason of no reprint"],
)
def test_a_reason_belongs_to_every_reprint_and_to_nothing_else(evening: Evening, words: tuple[str, ...], code: str) -> None:
    ended = labels(evening, *words)
    assert ended.exit == 2 and code in ended.err


def test_a_page_needs_one_area(evening: Evening) -> None:
    ended = labels(evening, "Habi", "Langir", "--reprint", "--reason", "torn", "--page", "1", "--by", "desa")
    assert ended.exit == 2 and "cli.labels.page-area" in ended.err


@pytest.mark.parametrize("dpi", ["203", "300"])
def test_labels_for_a_label_printer(evening: Evening, dpi: str) -> None:
    words = ("--reprint", "--reason", "lost", "--format", "zpl", "--dpi", dpi, "--stock", "thermal-100x50", "--out", "kertas")
    ended = labels(evening, DPR, *words)
    assert ended.exit == 0, ended.err
    (file,) = json.loads(ended.out)["files"]
    text = (evening.root / file).read_bytes()
    assert file.endswith("-ulang-1.zpl") and text.startswith(b"^XA^PW800" if dpi == "203" else b"^XA^PW1181")
    assert b"CETAK ULANG 2" in text and (evening.root / file).stat().st_mode & 0o777 == 0o600


def test_labels_on_a_stock_of_ones_own(evening: Evening) -> None:
    own = evening.root / "kertas.toml"
    own.write_text("[kami]\npage=[210,297]\ncolumns=2\nrows=8\nlabel=[99.1,33.9]\ngap=[2.5,0]\nmodule=0.6\ninset=[3,2]\n")
    assert labels(evening, "--spare", "20", "--stock", "kami", "--stock-file", str(own)).exit == 0
    own.write_text(own.read_text().replace("rows=8", "rows=9"))
    before, ended = last_label(evening), labels(evening, "--spare", "20", "--stock", "kami", "--stock-file", str(own))
    assert ended.exit != 0 and "kertas.toml baris 5" in ended.err and last_label(evening) == before
    ended = labels(evening, "--spare", "20", "--stock", "a4-99")
    assert ended.exit == 2 and "thermal-100x150" in ended.err


def test_a_sheet_is_no_roll_and_no_code_is_drawn_for_it(evening: Evening) -> None:
    before = last_label(evening)
    ended = labels(evening, "--spare", "2", "--format", "zpl", "--stock", "a4-24")
    assert "label.roll" in ended.err and ended.exit != 0 and last_label(evening) == before


# What is asked for, how many papers it gives, words on them, the name of the file.
SLIPS: dict[str, tuple[tuple[str, ...], int, tuple[str, ...], str]] = {
    "seal points": ((DPR, "--seal-points"), 4, ("TPS 001", "BUKAN SEGEL", "TITIK SEGEL 4"), "titik-segel-1.pdf"),
    "a place": (("Habi", "--badges", "places"), 1, ("HABI", HABI), "lencana-tempat-1.pdf"),
    "all places": (("--badges", "places"), -1, ("HABI", "LANGIR", "5307"), "lencana-tempat-1.pdf"),
    "officers": (("--badges", "officers"), -1, ("PPS-08", "GUARD-1", "KASATOPS-1"), "lencana-petugas-1.pdf"),
}


@pytest.mark.parametrize("name", SLIPS)
def test_markers_and_badges_need_no_key_and_are_in_no_ledger(evening: Evening, name: str) -> None:
    words, count, said, file = SLIPS[name]
    before = last_label(evening)
    ended = evening.desk.run("labels", *words, "--out", "kertas", "--json")
    assert ended.exit == 0, ended.err
    document = json.loads(ended.out)
    shown = " ".join(text((evening.root / document["files"][0]).read_bytes()).split())
    assert (Path(document["files"][0]).name, last_label(evening)) == (file, before)
    assert [one for one in said if one not in shown] == [] and count in (-1, document["slips"])
    cover = text((evening.root / document["cover"]).read_bytes())
    with evening.office.open(write=False) as office:
        assert file in cover and office.ledger.head().short in cover and "JANGAN DITEMPEL" in cover
        assert [one for one in Names(office).people.values() if one in cover] == []


def test_a_badge_bears_a_name_only_where_that_was_asked_for(evening: Evening) -> None:
    shown = {}
    for named in ((), ("--names",)):
        document = json.loads(evening.desk.run("labels", "--badges", "officers", *named, "--out", f"k{len(named)}", "--json").out)
        shown[bool(named)] = " ".join(" ".join(text((evening.root / one).read_bytes()).split()) for one in document["files"])
    with evening.office.open(write=False) as office:
        people = sorted(Names(office).people.values())
    assert people and [(one in shown[True], one in shown[False]) for one in people] == [(True, False)] * len(people)


def test_labels_need_who_prints(evening: Evening) -> None:
    ended = evening.desk.run("labels", DPR, "--reprint")
    assert ended.exit == 2 and "--key" in ended.err


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
    assert stated.exit == 1 and "temuan (5): SALAH TUJUAN" in stated.out, stated.err


def test_an_escort_is_never_taken_from_silence(evening: Evening) -> None:
    sealed(evening)
    keys = ("--giver", evening.key("kpps-08-1"), "--receiver", evening.key("pps-08"), "--passphrase-file", evening.word())
    keys = (*keys, "--seals-seen")
    silent = evening.desk.run("handoff", "TPS 1 Habi", *keys, "--yes")
    assert silent.exit == 2 and "--no-escort" in silent.err
    both = evening.desk.run("handoff", "TPS 1 Habi", *keys, "--yes", "--no-escort", "--escort", "2")
    assert both.exit == 2 and "Pakai salah satu" in both.err
    asked = evening.desk.run("handoff", "TPS 1 Habi", *keys, answers=["", "3", "y"])
    assert "SELESAI" in asked.out and "Belum terjawab" in asked.err, asked.err
    body = last_body(evening)
    assert body["escort"]["count"] == 3


def last_body(evening: Evening):  # type: ignore[no-untyped-def]
    with evening.office.open(write=False) as office:
        return entry.parse(office.ledger.note(office.ledger.size - 1)).statement.body


@pytest.mark.parametrize(
    ("words", "exit"), [(("--reason", "other"), 2), (("--reason", "other", "--note", "banjir"), 1), (("--reason", "hujan"), 2)]
)
def test_another_reason_needs_its_words(evening: Evening, words: tuple[str, ...], exit: int) -> None:
    ended = handoff(evening, "TPS 1 Langir", "--yes", *words)
    assert ended.exit == exit, ended.err
    if exit == 1:
        assert last_body(evening)["note"] is not None


def test_a_giver_without_a_key(evening: Evening) -> None:
    sealed(evening)
    keys = ("--receiver", evening.key("pps-08"), "--passphrase-file", evening.word(), "--yes", "--no-escort", "--seals-seen")
    ended = evening.desk.run(
        "handoff", "TPS 1 Habi", *keys, "--from", "TPS 1 Habi", "--unsigned", "no-key", "--giver-name", "Petugas Contoh"
    )
    assert "SELESAI TANPA TANDA TANGAN PEMBERI" in ended.out, ended.err
    assert sorted(one.code for one in evening.state(DPR)[1] if one.severity != "note") == ["custody.gap", "giver.unsigned"]


def test_a_receiver_without_duty_on_the_way_is_told_that_his_receipt_waits(evening: Evening) -> None:
    """Before he signs, and at the end: the box is not recorded as received (ACT-2)."""
    sealed(evening)
    holder = evening.state(DPR)[0].holding.holder
    keys = ("--receiver", evening.key("pps-09"), "--passphrase-file", evening.word(), "--yes", "--no-escort", "--seals-seen")
    ended = evening.desk.run("handoff", "TPS 1 Habi", *keys, "--from", "TPS 1 Habi", "--unsigned", "no-key", "--reason", "cuaca")
    assert "akan MENUNGGU" in ended.err and "MENUNGGU:" in ended.out, (ended.err, ended.out)
    assert "SELESAI" not in ended.out
    assert evening.state(DPR)[0].holding.holder == holder


def test_what_the_screen_says_to_type_can_be_typed(evening: Evening) -> None:
    """Exactly as printed: whose key it is, is asked for; with the ledger option where the command before had it."""
    sealed(evening)
    folder = evening.desk.environ.pop("CUSTODY_LEDGER")
    keys = ("--giver-key-name", "kpps-08-1", "--receiver", evening.key("pps-08"), "--passphrase-file", evening.word(), "--yes")
    words = ("--no-escort", "--seals-seen", "--from", "TPS 1 Habi", "--unsigned", "left", "--ledger", folder)
    ended = evening.desk.run("handoff", "TPS 1 Habi", *keys, *words)
    typed = re.findall(r"custody (handoff --acknowledge .*|receipt .*)", ended.out)
    assert len(typed) == 2 and all(one.endswith(f"--ledger {folder}") for one in typed), ended.out
    signed = evening.desk.run(*shlex.split(typed[0]), answers=["", evening.key("kpps-08-1"), "ya", WORD])
    assert "telah menandatangani penyerahan" in signed.out, signed.err
    assert evening.desk.run(*shlex.split(typed[1])).exit == 0


def test_a_story_in_words(evening: Evening) -> None:
    sealed(evening)
    keys = ("--receiver", evening.key("pps-08"), "--passphrase-file", evening.word(), "--yes", "--order", "Sprin/9", "--escort", "1")
    evening.desk.run("handoff", "TPS 1 Habi", *keys, "--seals-seen", "--from", "TPS 1 Habi", "--unsigned", "no-key")
    key = ("--key", evening.key("kasatops-1"), "--passphrase-file", evening.word(), "--yes")
    with evening.office.open(write=False) as office:
        last = office.ledger.size - 1
    assert evening.desk.run("correct", str(last), "--remark", "--reason", "wrong-seal", *key).exit == 0
    told = evening.desk.run("trace", DPR).out
    for words in ("Dari pemberi tanpa kunci kepada", "segel: tutup utuh, celah utuh", "perintah Sprin/9", "segel yang salah"):
        assert words in told, told


def test_an_entry_that_is_not_there(evening: Evening) -> None:
    ended = evening.desk.run("correct", "9999999", "--void", "--reason", "double", "--key", evening.key("kasatops-1"))
    assert (ended.exit, "9999999" in ended.err) == (8, True), ended.err


def test_an_offer_is_completed_with_differences(evening: Evening) -> None:
    sealed(evening)
    keys = ("--giver", evening.key("kpps-08-1"), "--receiver", evening.key("pps-08"), "--passphrase-file", evening.word(), "--yes")
    offered = json.loads(evening.desk.run("handoff", "TPS 1 Habi", *keys, "--no-escort", "--seals-seen", "--offer", "--json").out)
    assert offered["how"] == "offered" and evening.state(DPR)[0].status == "offered"
    own = ("--receiver", evening.key("pps-08"), "--passphrase-file", evening.word(), "--yes")
    four = [word for kind in ("PPWP", "DPD", "DPR", "DPRDP") for word in (f"PEM24-{TPS}-{kind}-1",)]
    done = evening.desk.run("handoff", *four, "--complete", offered["statements"][0], "--differs", "--seals-seen", *own)
    assert done.exit == 1 and "SELESAI: DITERIMA DENGAN PERBEDAAN" in done.out, done.err
    assert evening.state(DPR)[0].holding.holder == "pps-08"
    assert evening.state(f"PEM24-{TPS}-DPRDK-1")[0].status == "offered"


def test_an_offer_is_withdrawn_by_the_next_handoff(evening: Evening) -> None:
    sealed(evening)
    both = ("--giver", evening.key("kpps-08-1"), "--receiver", evening.key("pps-08"), "--passphrase-file", evening.word(), "--yes")
    both = (*both, "--no-escort", "--seals-seen")
    offered = json.loads(evening.desk.run("handoff", "TPS 1 Habi", *both, "--offer", "--json").out)["statements"][0]
    done = handoff(evening, "TPS 1 Habi", "--withdraw", offered, "--yes")
    assert "SELESAI" in done.out, done.err
    state, found = evening.state(DPR)
    assert (state.holding.holder, state.status) == ("pps-08", "ok") and not [one for one in found if one.severity != "note"]


def test_an_offer_of_boxes_that_have_moved_on_is_shouted_at_before_the_signature(evening: Evening) -> None:
    sealed(evening)
    keys = ("--giver", evening.key("kpps-08-1"), "--receiver", evening.key("pps-08"), "--passphrase-file", evening.word(), "--yes")
    offered = json.loads(evening.desk.run("handoff", "TPS 1 Habi", *keys, "--no-escort", "--seals-seen", "--offer", "--json").out)
    other = handoff(evening, "TPS 1 Habi", "--yes", "--reason", "emergency", "--to", LANGIR, receiver="pps-09")
    assert "masih ditawarkan" in other.err and f"--withdraw {offered['statements'][0][:12]}" in other.err, other.err
    own = ("--receiver", evening.key("pps-08"), "--passphrase-file", evening.word(), "--seals-seen")
    ended = evening.desk.run("handoff", "--complete", offered["statements"][0], *own, answers=["t"])
    assert "JANGAN TERUSKAN" in ended.err and "pps-09" in ended.err and evening.state(DPR)[0].status == "ok", ended.err
    ended = evening.desk.run("handoff", "--complete", offered["statements"][0], *own, "--yes")
    assert ended.exit == 1 and "box.disputed" in ended.out and evening.state(DPR)[0].status == "disputed", ended.err


def test_the_same_receipt_is_not_recorded_twice(evening: Evening) -> None:
    """After a power cut people type the same command again; that is no contradiction of what they said before."""
    sealed(evening)
    both = ("--giver", evening.key("kpps-08-1"), "--receiver", evening.key("pps-08"), "--passphrase-file", evening.word(), "--yes")
    offered = json.loads(evening.desk.run("handoff", "TPS 1 Habi", *both, "--no-escort", "--seals-seen", "--offer", "--json").out)
    own = ("--complete", offered["statements"][0], "--receiver", evening.key("pps-08"), "--passphrase-file", evening.word(), "--yes")
    done = json.loads(evening.desk.run("handoff", *own, "--seals-seen", "--json").out)
    again = evening.desk.run("handoff", *own, "--seals-seen")
    assert again.exit == 8 and f"sudah diterima persis seperti ini, entri {done['entries'][0]}" in again.err, again.err
    assert "ack.twice" not in {one.code for one in evening.state(DPR)[1]}
    other = evening.desk.run("handoff", *own, "--seals-unseen")  # says something else: kept, and told as a contradiction
    assert other.exit == 1 and "ack.twice" in {one.code for one in evening.state(DPR)[1]}, other.err


def test_a_receipt_that_waits_for_the_ledger_key_is_not_kept_twice(tmp_path: Path) -> None:
    evening = Evening(tmp_path, use="unlocked")
    evening.seal()
    journey = manifest.Journey(TPS, HABI, HABI, "kpps-08-1", "pps-08", escort=manifest.Escort(1))
    with evening.office.open() as office:
        seats = [evening.office.seat("giver", "kpps-08-1")]
        daily.record_handoff(office, journey, [evening.seen(box) for box in evening.of(TPS)], seats, random=evening.random)
        offered = daily.recorded(office, str(office.ledger.size - 1)).sid
    own = ("--complete", offered, "--receiver", evening.key("pps-08"), "--passphrase-file", evening.word(), "--yes")
    first, again = (evening.desk.run("handoff", *own, "--seals-seen") for _ in range(2))
    assert "MENUNGGU KUNCI BUKU BESAR" in first.out, first.err
    assert again.exit == 8 and "sudah diterima persis seperti ini, dan menunggu kunci" in again.err, again.err
    with evening.office.open() as office:
        assert len(office.outbox.pending()) == 1


def test_another_person_cannot_complete_an_offer(evening: Evening) -> None:
    sealed(evening)
    both = ("--giver", evening.key("kpps-08-1"), "--receiver", evening.key("pps-08"), "--passphrase-file", evening.word(), "--yes")
    both = (*both, "--no-escort", "--seals-seen")
    offered = json.loads(evening.desk.run("handoff", "TPS 1 Habi", *both, "--offer", "--json").out)["statements"][0]
    ended = evening.desk.run(
        "handoff", "--complete", offered, "--receiver", evening.key("pps-09"), "--passphrase-file", evening.word(), "--yes", "--seals-seen"
    )
    assert ended.exit == 8 and "pps-08" in ended.err


def test_keys_in_one_folder_are_told(evening: Evening) -> None:
    sealed(evening)
    for name in ("kpps-08-1", "pps-08"):
        evening.office.key_file(name, "sandi contoh")
    keys = ("--giver", "kpps-08-1", "--receiver", "pps-08", "--passphrase-file", evening.word(), "--yes", "--no-escort", "--seals-seen")
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


def voided(evening: Evening, sid: str, *who: str) -> Ended:
    keys = [word for name in who for word in ("--key", evening.key(name))]
    return evening.desk.run("correct", sid, DPR, "--void", "--reason", "wrong-box", *keys, "--passphrase-file", evening.word(), "--yes")


def test_a_correction_that_comes_too_late_is_refused_before_it_is_signed(evening: Evening) -> None:
    evening.seal()
    sid = evening.state(DPR)[0].holding.sid
    evening.hand()
    after = evening.state(DPR)[0].holding.entry
    ended = voided(evening, sid[:10], "kasatops-1")
    assert ended.exit == 8 and f"Sudah ada catatan sesudahnya (entri {after})" in ended.err, ended.err
    with evening.office.open(write=False) as office:
        assert office.ledger.size == after + 1


def test_taking_back_says_whose_signature_is_lacking(evening: Evening) -> None:
    """Both sides must sign again; a recorder is not needed, and is not enough."""
    evening.seal()
    handoff(evening, "TPS 1 Habi", "--recorder", evening.key("guard-1"), "--yes")
    sid = evening.state(DPR)[0].holding.sid
    ended = voided(evening, sid, "kpps-08-1")
    assert ended.exit == 8 and "penerima pps-08" in ended.err and "pemberi" not in ended.err, ended.err
    ended = voided(evening, sid, "guard-1")
    assert ended.exit == 8 and "pemberi kpps-08-1" in ended.err and "penerima pps-08" in ended.err, ended.err
    assert not any(one.code.startswith("correction") for one in evening.state(DPR)[1])
    ended = voided(evening, sid, "kpps-08-1", "pps-08")
    assert ended.exit == 0 and "kembali kepada kpps-08-1" in ended.out, ended.err


def test_a_supervisor_without_a_duty_there_is_told_so(evening: Evening) -> None:
    evening.seal()
    evening.hand()
    evening.office.enrol("kasatops-langir", "supervisor", [LANGIR])
    sid = evening.state(DPR)[0].holding.sid
    ended = voided(evening, sid, "kasatops-langir")
    assert ended.exit == 8 and "Kasatops kasatops-langir tidak bertugas di Habi" in ended.err, ended.err
    assert "penerima pps-08" in ended.err and evening.state(DPR)[0].holding.sid == sid


def test_what_is_no_link_cannot_be_taken_back(evening: Evening) -> None:
    evening.seal()
    sid = evening.state(DPR)[0].holding.sid
    key = ("--key", evening.key("kasatops-1"), "--passphrase-file", evening.word(), "--yes")
    made = json.loads(evening.desk.run("correct", sid, DPR, "--reason", "wrong-seal", *key, "--json").out)
    ended = evening.desk.run("correct", str(made["entries"][0]), DPR, "--void", "--reason", "double", *key)
    assert ended.exit == 8, ended.err


def test_a_remark_changes_nothing(evening: Evening) -> None:
    evening.seal()
    sid = evening.state(DPR)[0].holding.sid
    key = ("--key", evening.key("kasatops-1"), "--passphrase-file", evening.word(), "--yes")
    ended = evening.desk.run("correct", sid, DPR, "--reason", "wrong-seal", *key)
    assert ended.exit == 0 and "tetap pada kpps-08-1" in ended.out, ended.err


# -- a giver who signs later, and one whose signature does not count -----------------------------------------------------------


def without_giver(evening: Evening, *words: str) -> str:
    keys = ("--receiver", evening.key("pps-08"), "--passphrase-file", evening.word(), "--yes", "--no-escort", "--seals-seen", *words)
    ended = evening.desk.run("handoff", "TPS 1 Habi", *keys, "--from", "TPS 1 Habi", "--unsigned", "left", "--json")
    return str(json.loads(ended.out)["statements"][0])


def acknowledges(evening: Evening, sid: str, who: str):  # type: ignore[no-untyped-def]
    keys = ("--giver", evening.key(who), "--passphrase-file", evening.word())
    return evening.desk.run("handoff", "--acknowledge", sid[:12], *keys, "--seals-seen")


# Who signs; what the handoff says of its giver; whether it counts, and what is told.
LATER = {
    "the named giver": ("kpps-08-1", ("--giver-key-name", "kpps-08-1"), True, "kpps-08-1 disebut sebagai pemberi: 5 kotak"),
    "not the named giver": ("kpps-08-2", ("--giver-key-name", "kpps-08-1"), False, "menyebut kpps-08-1 sebagai pemberi"),
    "who held it before": ("kpps-08-1", (), True, "kpps-08-1 memegang 5 kotak ini sebelumnya"),
    "his colleague": ("kpps-08-1b", (), True, "BUKAN pemegang sebelumnya (kpps-08-1), melainkan rekannya, kpps-08-1b"),
    "the receiver": ("pps-08", (), False, "pps-08 adalah penerimanya"),
    "a stranger": ("ppk-1", (), False, "Sebelumnya kotak itu dipegang kpps-08-1"),
}


def test_who_signs_later_is_not_asked_of_seals_that_came_after(evening: Evening) -> None:
    """The boxes got new ties since; the giver speaks of those that he gave, as the handoff tells them."""
    sealed(evening)
    sid = without_giver(evening)
    seals = evening.root / "nomor.csv"
    seals.write_text("box,point,number,state\n" + "".join(f"{box},tie-1,N{at},\n" for at, box in enumerate(evening.of(TPS))))
    keys = ("--sealer", evening.key("pps-08"), "--witness", evening.key("guard-1"), "--passphrase-file", evening.word(), "--place", HABI)
    again = evening.desk.run("seal", "TPS 1 Habi", *keys, "--seals", str(seals), "--phase", "transit", "--yes", "--reason", "emergency")
    first = evening.state(evening.of(TPS)[0])[0].holding
    assert again.exit in (0, 1) and ("tie-1", "intact", "N0") in first.seals, again.err
    ended = acknowledges(evening, sid, "kpps-08-1")
    assert "beda atau tidak utuh" not in ended.err and "utuh seperti tercatat" in ended.err, ended.err


@pytest.mark.parametrize("name", LATER)
def test_an_acknowledgement_says_whether_it_counts(evening: Evening, name: str) -> None:
    who, words, counts, told = LATER[name]
    if who not in evening.office.people:
        evening.office.enrol(who, "kpps", [TPS])
    sealed(evening)
    sid = without_giver(evening, *words)
    ended = acknowledges(evening, sid, who)
    said = ended.out + ended.err
    assert told in said, said
    assert ("TERCATAT, TETAPI TIDAK DIHITUNG" in ended.out, ended.exit) == (not counts, 0 if counts else 1), said
    assert (f"{who} telah menandatangani penyerahan 5 kotak" in said) == counts and "Pemberi telah" not in said
    assert counts or f"tanda tangan {who}" in said
    assert ("giver.unsigned" in {one.code for one in evening.state(DPR)[1]}) != counts
    if not counts:
        assert f"custody handoff --acknowledge {sid[:12]}" in said


def test_nobody_can_acknowledge_for_a_box_that_nobody_held(evening: Evening) -> None:
    keys = ("--receiver", evening.key("pps-08"), "--passphrase-file", evening.word(), "--yes", "--no-escort", "--seals-seen")
    keys = (*keys, "--reason", "unknown")
    ended = evening.desk.run("handoff", DPR, *keys, "--from", "TPS 1 Habi", "--unsigned", "left", "--json")
    ended = acknowledges(evening, json.loads(ended.out)["statements"][0], "kpps-08-1")
    assert ended.exit == 1 and "Tidak tercatat siapa yang memegang" in ended.err, ended.err


def test_a_handoff_says_until_when_the_boxes_must_be_there(evening: Evening) -> None:
    """Signed where they set out; the handoff states it, whatever the plan says."""
    sealed(evening)
    ended = handoff(evening, "TPS 1 Habi", "--escort", "2", "--yes", "--place", "TPS 1 Habi", "--due", "27-11-2024 23.15")
    assert ended.exit == 0, ended.err
    assert last_body(evening)["due"] == "2024-11-27T15:15:00Z"


def test_an_hour_before_the_record_that_it_follows_is_refused_with_both(evening: Evening) -> None:
    """It is 19.42: a clock that has not shown 19.45 yet today means yesterday, before the sealing."""
    sealed(evening)
    ended = handoff(evening, "TPS 1 Habi", "--escort", "2", "--yes", "--happened", "19.45")
    assert ended.exit == 2 and "time.backwards" in ended.err, ended.err
    assert "26 November 2024 pukul 19.45 WITA, lebih awal dari jam catatan sebelumnya, 27 November 2024" in ended.err, ended.err
