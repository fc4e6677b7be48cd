"""`custody open`: everything of an opening in one statement; what is lacking is shown before anybody signs, and recorded all the same."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from custody.core import entry as entries
from custody.core import shapes
from custody_cli.occasions import opening
from fixtures.daydesk import WORD
from tests.cli.daily_kit import HABI, TPS, Evening
from tests.cli.harness import Ended

DPR = f"PEM24-{TPS}-DPR-1"
SEALS = "kotak,titik,nomor,keadaan\n" + "".join(f"{DPR},{point},BARU-{at},utuh\n" for at, point in enumerate(("tali 1", "tali 2")))
PEOPLE = ("--guest", "saksi/bawaslu Saksi Contoh", "--invited", "saksi/bawaslu", "--invited", "guard-1")
WHOLE = (
    "--why",
    "plenary",
    "--order",
    "12/PL/2024",
    *PEOPLE,
    "--taken",
    "c hasil 1",
    "--returned",
    "c hasil 1",
    "--seals",
    "segel.csv",
    "--uncut",
)


@pytest.fixture
def evening(tmp_path: Path) -> Evening:
    made = Evening(tmp_path, desa=(HABI,))
    made.labels()
    made.seal()
    made.hand()
    with made.office.open() as office:
        from custody.station.manifest import Escort, Journey
        from custody_cli.boxes import daily

        seats = [made.office.seat("giver", "pps-08"), made.office.seat("receiver", "ppk-1")]
        journey = Journey(HABI, "530719", "530719", "pps-08", "ppk-1", escort=Escort(2, (), "Sprin/1"))
        daily.record_handoff(office, journey, [made.seen(box) for box in made.of(TPS)], seats, random=made.random)
    (tmp_path / "segel.csv").write_text(SEALS, "utf-8")
    return made


def opened(evening: Evening, *argv: str, present: tuple[str, ...] = ("guard-1",), reason: str | None = None) -> Ended:
    """An opening of one box, without questions."""
    keys = ("--officer", evening.key("ppk-1"), *(word for name in present for word in ("--present", evening.key(name))))
    why = ("--reason", reason) if reason else ()
    return evening.desk.run("open", "TPS 1 Habi DPR", *keys, "--passphrase-file", evening.word(), *argv, *why, "--yes", "--json")


def body(evening: Evening) -> dict[str, Any]:
    """The newest statement."""
    with evening.office.open(write=False) as office:
        return entries.parse(office.ledger.note(office.ledger.size - 1)).statement.body


def found(ended: Ended) -> set[str]:
    return {one["code"] for one in json.loads(ended.out)["findings"] if one["severity"] != "note"}


def code(ended: Ended) -> str:
    assert ended.out == ""
    return str(json.loads(ended.err.splitlines()[-1])["code"])


def test_the_bases_are_those_of_the_statements() -> None:
    assert opening.BASES == shapes.OPENING_BASES


def test_all_that_the_rules_ask_for_in_one_statement(evening: Evening) -> None:
    ended = opened(evening, *WHOLE)
    assert ended.exit == 0 and found(ended) == set(), ended.err
    said = body(evening)
    assert (said["basis"], said["order"], said["officer"], said["place"]) == ("plenary", "12/PL/2024", "ppk-1", "530719")
    assert [(one["role"], one["key"], one["institution"]) for one in said["present"]] == [
        ("guard", "guard-1", None),
        ("witness", None, "bawaslu"),
    ]
    assert said["present"][1]["name"] is not None and "Saksi Contoh" not in json.dumps(said)
    assert said["taken_out"] == said["put_back"] == [{"count": 1, "thing": "c-hasil"}] and said["closed"] is not None
    seals = {seal["point"]: (seal["state"], seal["number"]) for seal in said["boxes"][0]["seals"]}
    assert seals["tie-1"] == ("intact", "BARU-0") and seals["lid"] == ("intact", None)


def test_the_box_is_with_new_seals_afterwards(evening: Evening) -> None:
    opened(evening, *WHOLE)
    state, _ = evening.state(DPR)
    assert ("tie-1", "intact", "BARU-0") in state.holding.seals and state.holding.kind == "opening"
    assert state.holding.holder == "ppk-1"


LACKING = {
    "no basis at all": (("--why", "none", *PEOPLE), ("guard-1",), "opening.basis"),
    "no number of the order": (("--why", "court-order", *PEOPLE), ("guard-1",), "opening.basis"),
    "nobody was invited": (("--why", "plenary", "--order", "12/PL"), ("guard-1",), "opening.invited"),
    "no guard was there": (("--why", "plenary", "--order", "12/PL", *PEOPLE), ("pps-08",), "opening.present"),
    "the officer was alone": (("--why", "plenary", "--order", "12/PL", *PEOPLE), (), "opening.alone"),
}


@pytest.mark.parametrize("name", LACKING)
def test_what_is_lacking_is_recorded_with_its_reason_and_never_refused(evening: Evening, name: str) -> None:
    argv, present, lacks = LACKING[name]
    rest = ("--taken", "-", "--seals", "segel.csv", "--uncut")
    assert code(opened(evening, *argv, *rest, present=present)) == "cli.handing.reason"
    ended = opened(evening, *argv, *rest, present=present, reason="emergency")
    assert ended.exit == 1 and lacks in found(ended), ended.err
    assert {"finding": lacks, "reason": "emergency"} in body(evening)["irregular"]


UNSAID = {
    "why": ((), "cli.handoff.who"),
    "what was taken": (("--why", "emergency"), "cli.handoff.who"),
    "what was put back": (("--why", "emergency", "--taken", "amplop 1"), "cli.handoff.who"),
    "the new seals": (("--why", "emergency", "--taken", "-"), "cli.open.seals"),
    "what became of lid and slot": (("--why", "emergency", "--taken", "-"), "cli.open.uncut"),
    "who that is": (("--why", "emergency", "--taken", "-", "--left-open", "--guest", "siapa itu"), "cli.open.person"),
}


@pytest.mark.parametrize("name", UNSAID)
def test_silence_is_no_testimony(evening: Evening, name: str) -> None:
    argv, refused = UNSAID[name]
    seals = () if name in ("the new seals", "who that is") else ("--seals", "segel.csv")
    assert code(opened(evening, *argv, *seals)) == refused


def test_boxes_left_open_have_no_seals_and_no_hour_of_closing(evening: Evening) -> None:
    opened(evening, "--why", "emergency", "--taken", "-", "--left-open", reason="emergency")
    said = body(evening)
    assert said["boxes"][0]["seals"] == [] and said["closed"] is None


CUT = "18.00"  # when the seals were cut: asked before anything is scanned
TABLE = ("tali 1 BARU-1", "tali 2 BARU-2", "TPS 1 Habi PPWP", "selesai")
SHUT = ""  # when the boxes were shut again: asked when all are read
BASIS = "plen"  # on which basis: asked before anything else, as it decides who must be there
ANSWERS = ("12/PL", "selesai", "saksi/bawaslu", "selesai", "c hasil 1", "", "lama", "ya")


def at_table(evening: Evening, *lines: str, options: tuple[str, ...] = ()) -> Ended:
    keys = ("--officer", evening.key("ppk-1"), "--present", evening.key("guard-1"))
    return evening.desk.run("open", *keys, *options, answers=lines)


def test_who_must_be_there_is_told_before_anybody_is_asked_for(evening: Evening) -> None:
    ended = evening.desk.run("open", answers=(BASIS, "berhenti"))
    basis, told, people = ended.err.partition("Pembukaan untuk rapat pleno rekapitulasi: harus hadir Petugas jaga.")
    assert told and "Kunci" not in basis and "Harus diundang: Saksi." in people.partition("penanggung jawab")[0], ended.err
    assert evening.drafts() == []


def test_back_asks_for_the_basis_again(evening: Evening) -> None:
    ended = evening.desk.run("open", answers=(BASIS, "kembali", "darurat", "berhenti"))
    assert ended.err.count("Apa dasar pembukaan?") == 2, ended.err


def test_at_the_table_boxes_and_their_new_seals_are_scanned(evening: Evening) -> None:
    ended = at_table(evening, BASIS, CUT, evening.code[DPR], *TABLE, "y", SHUT, *ANSWERS, WORD, WORD)
    assert "PEMBUKAAN TERCATAT: 2 kotak" in ended.out, ended.err
    said = body(evening)
    assert [bool(line["seals"]) for line in said["boxes"]] == [True, False]
    assert said["happened"] == {"at": "2024-11-27T10:00:00Z", "basis": "memory"} and said["closed"] == "2024-11-27T11:42:00Z"
    assert evening.drafts() == []


def test_what_was_opened_is_not_shut_before(evening: Evening) -> None:
    ended = at_table(evening, BASIS, "18.34", evening.code[DPR], *TABLE, "y", "18.33", "18.40", *ANSWERS, WORD, WORD)
    said = body(evening)
    assert "tidak bisa lebih awal" in ended.err, ended.err
    assert (said["happened"]["at"], said["closed"]) == ("2024-11-27T10:34:00Z", "2024-11-27T10:40:00Z")


def test_opened_just_now_and_shut_just_now_stay_in_order_while_people_answer(evening: Evening, monkeypatch: pytest.MonkeyPatch) -> None:

    from custody.assembly.office import Office

    plain = Office.now

    def slow(office: Office) -> str:
        evening.desk.now += timedelta(seconds=20)
        return plain(office)

    monkeypatch.setattr(Office, "now", slow)
    at_table(evening, BASIS, "", evening.code[DPR], *TABLE, "y", "", *ANSWERS, WORD, WORD)
    said = body(evening)
    assert said["happened"]["at"] < said["closed"] <= said["at"] and said["happened"]["basis"] == "now"


def test_shut_before_it_was_opened_is_refused_as_an_option(evening: Evening) -> None:
    argv = ("--closed", "18.33", "--happened", "27-11-2024 18.34", "--basis", "memory")
    assert code(opened(evening, *WHOLE, *argv)) == "cli.open.closed"


def test_what_was_done_is_shown_to_each_signer(evening: Evening) -> None:
    ended = at_table(evening, BASIS, CUT, evening.code[DPR], *TABLE, "y", SHUT, *ANSWERS, WORD, WORD)
    for part in ("PEMBUKAAN 2 kotak di Kangae", "dasar: rapat pleno", "Diambil: c hasil 1", "1 kotak dibiarkan TERBUKA"):
        assert ended.err.count(part) == 2, part


POINTS = {
    "the old seals, not cut": (("lama",), ("intact", None), ("intact", None), []),
    "no seal on them": (("terbuka",), ("missing", None), ("missing", None), ["seal.broken"]),
    "new ones without a number": (("baru",), ("replaced", None), ("replaced", None), []),
    "not alike": (("satu per satu", "lama", "baru"), ("intact", None), ("replaced", None), []),
}


@pytest.mark.parametrize("name", POINTS)
def test_points_without_a_new_number_are_asked_for_and_each_signer_reads_them(evening: Evening, name: str) -> None:
    """Nobody signs by saying nothing that the lid of an opened box bears its old seal."""
    said, lid, slot, codes = POINTS[name]
    lines = (evening.code[DPR], "tali 1 BARU-1", "tali 2 BARU-2", "selesai")
    reason = ("5",) if codes else ()
    ended = at_table(evening, BASIS, CUT, *lines, SHUT, *ANSWERS[:-2], *said, *reason, "ya", WORD, WORD)
    assert "PEMBUKAAN TERCATAT: 1 kotak" in ended.out, ended.err
    assert "TPS 001 Habi · DPR: tutup, celah tanpa nomor baru. Bagaimana titik itu sekarang?" in ended.err
    seals = {seal["point"]: (seal["state"], seal["number"]) for seal in body(evening)["boxes"][0]["seals"]}
    assert (seals["lid"], seals["slot"], seals["tie-1"]) == (lid, slot, ("intact", "BARU-1"))
    assert ended.err.count("tali 1 utuh BARU-1, tali 2 utuh BARU-2") >= 2, ended.err
    assert sorted(one["finding"] for one in body(evening)["irregular"]) == codes


def test_a_power_cut_asks_nothing_twice(evening: Evening) -> None:
    cut = at_table(evening, BASIS, CUT, evening.code[DPR], *TABLE, "y", SHUT, *ANSWERS[:4])
    assert cut.exit == 2 and len(evening.drafts()) == 1
    ended = at_table(evening, "y", "selesai", "y", *ANSWERS[4:], WORD, WORD)
    assert "PEMBUKAAN TERCATAT: 2 kotak" in ended.out, ended.err
    assert body(evening)["basis"] == "plenary"


def test_who_forgot_his_passphrase_signs_later(evening: Evening) -> None:
    wrong = ("salah",) * 3
    ended = at_table(evening, BASIS, CUT, evening.code[DPR], *TABLE, "y", SHUT, *ANSWERS, WORD, *wrong, "y")
    assert "PEMBUKAAN TERCATAT" in ended.out, ended.err
    assert "opening.alone" in {one.code for one in evening.state(DPR)[1]}
    sid = str(json.loads(evening.desk.run("trace", "TPS 1 Habi DPR", "--json").out)["events"][-1]["sid"])
    word = ("--passphrase-file", evening.word(), "--yes", "--json")
    stranger = evening.desk.run("open", "--sign", sid, "--present", evening.key("pps-08"), *word)
    assert code(stranger) == "cli.open.stranger"
    assert evening.desk.run("open", "--sign", sid, "--present", evening.key("guard-1"), *word).exit == 0
    state, told = evening.state(DPR)
    assert "opening.alone" not in {one.code for one in told} and state.holding.kind == "opening"


def test_enter_means_the_moment_of_the_question_and_not_that_of_signing(evening: Evening) -> None:
    """Cut at 19.42, all read at 20.42, signed at 21.42."""
    at_table(evening, BASIS, "", evening.code[DPR])
    evening.desk.now += timedelta(hours=1)
    at_table(evening, "y", *TABLE, "y", "")
    evening.desk.now += timedelta(hours=1)
    ended = at_table(evening, "y", "selesai", "y", *ANSWERS[:-1], "ubah", "y", "", "", BASIS, *ANSWERS, WORD, WORD)
    said = body(evening)
    assert said["happened"] == {"at": "2024-11-27T11:42:00Z", "basis": "now"} and said["closed"] == "2024-11-27T12:42:00Z", ended.err
    assert said["at"] == "2024-11-27T13:42:00Z"
