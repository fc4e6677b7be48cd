"""Seals at a handoff: nobody who was not asked has seen one (spec chapter 10, LAW-5), and reads what he says."""

import codecs
import json

import pytest

from custody.core import entry
from fixtures.daydesk import WORD
from tests.cli.daily_kit import LANGIR, TPS, Evening
from tests.cli.harness import Ended

DPR = f"PEM24-{TPS}-DPR-1"
WHY = ("--reason", "darkness")


def hand(evening: Evening, *words: str, answers: list[str] | None = None) -> Ended:
    keys = ("--giver", evening.key("kpps-08-1"), "--receiver", evening.key("pps-08"), "--no-escort", "--passphrase-file", evening.word())
    return evening.desk.run("handoff", "TPS 1 Habi", *keys, *words, answers=answers or [])


def told(evening: Evening, box: str = DPR) -> list[dict[str, str]]:
    """The seals of a box in the last entry."""
    with evening.office.open(write=False) as office:
        body = entry.parse(office.ledger.note(office.ledger.size - 1)).statement.body
    return next(line["seals"] for line in body["boxes"] if line["box"] == box)


def states(evening: Evening, box: str = DPR) -> set[str]:
    return {seal["state"] for seal in told(evening, box)}


def codes(evening: Evening) -> list[str]:
    return sorted(one.code for one in evening.state(DPR)[1] if one.code.startswith(("seal", "receipt")))


# what is typed, the answers at the table, the states that are recorded, the line that the signer reads
ANSWERS = {
    "seen, said": (("--yes", "--seals-seen"), [], {"intact"}, "Segel: 5 kotak utuh seperti tercatat"),
    "seen, answered": ((), ["", "ya", "y"], {"intact"}, "Segel: 5 kotak utuh seperti tercatat"),
    "not seen, said": (("--yes", "--seals-unseen", *WHY), [], set(), "Segel: tidak dilihat: 5"),
    "not seen, answered": (WHY, ["tidak dilihat", "y"], set(), "Segel: tidak dilihat: 5"),
    "one torn, answered": (
        WHY,
        ["ada yang beda", "selesai", "TPS 1 Habi DPR", "bagus", "tali 1 robek", "selesai", "y"],
        {"intact", "torn"},
        "Segel: 4 kotak utuh seperti tercatat · beda atau tidak utuh: 1",
    ),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_what_is_said_of_seals_is_recorded_and_read(evening: Evening, case: str) -> None:
    words, answers, recorded, page = ANSWERS[case]
    ended = hand(evening, *words, answers=answers)
    assert "SELESAI" in ended.out, ended.err
    assert states(evening) == recorded and page in ended.err, ended.err
    assert codes(evening) == (["seal.unseen"] if not recorded else ["seal.changed"] if "torn" in recorded else [])
    if not recorded:
        state = evening.state(DPR)[0]
        assert state.holding.seals and {seal[1] for seal in state.holding.seals} == {"intact"}, "as last seen"


@pytest.mark.parametrize("words", [(), ("--offer",), ("--complete", "9"), ("--acknowledge", "9")])
def test_seals_are_never_taken_from_silence(evening: Evening, words: tuple[str, ...]) -> None:
    ended = hand(evening, "--yes", *words)
    assert ended.exit == 2 and "--seals-unseen" in ended.err, ended.err


def test_two_answers_about_seals_contradict_each_other(evening: Evening) -> None:
    ended = hand(evening, "--yes", "--seals-seen", "--seals-unseen")
    assert ended.exit == 2 and "Pakai salah satu" in ended.err, ended.err


# a sheet of seals as programs save it
SHEETS = {
    "commas": b"kotak,titik,nomor,keadaan\n{box},tali 1,,robek\n",
    "Excel with semicolons and a mark": codecs.BOM_UTF8 + b"Kotak;Titik;Nomor;Keadaan\r\n{box};tali 1;;robek\r\n",
    "tabs": b"box\tpoint\tnumber\tstate\n{box}\ttie-1\t\ttorn\n",
    "Unicode text of Excel": "kotak\ttitik\tnomor\tkeadaan\r\n{box}\ttali 1\t\trobek\r\n".encode("utf-16"),
}


@pytest.mark.parametrize("name", SHEETS)
def test_seals_that_differ_come_from_a_sheet(evening: Evening, name: str) -> None:
    sheet, data = evening.root / "segel.csv", SHEETS[name]
    codec = "utf-16" if data.startswith(codecs.BOM_UTF16) else "utf-8"
    sheet.write_bytes(data.decode(codec).replace("{box}", DPR).encode(codec))
    ended = hand(evening, "--yes", "--seals", str(sheet), *WHY)
    assert "temuan (1): Segel " in ended.out, ended.err
    assert [seal["point"] for seal in told(evening) if seal["state"] == "torn"] == ["tie-1"]
    assert states(evening, f"PEM24-{TPS}-DPD-1") == {"intact"}


def test_a_sheet_names_boxes_as_people_do(evening: Evening) -> None:
    sheet = evening.root / "segel.csv"
    sheet.write_text("kotak,titik,nomor,keadaan\nTPS 1 Habi DPR,tali 1,,robek\n", "utf-8")
    ended = hand(evening, "--yes", "--seals", str(sheet), *WHY)
    assert [seal["point"] for seal in told(evening) if seal["state"] == "torn"] == ["tie-1"], ended.err


def test_a_sheet_that_names_no_box_is_refused(evening: Evening) -> None:
    sheet = evening.root / "segel.csv"
    sheet.write_text("kotak,titik,nomor,keadaan\nTPS 99 Habi DPR,tali 1,,robek\n", "utf-8")
    assert hand(evening, "--yes", "--seals", str(sheet), *WHY).exit == 2


def offered(evening: Evening, *words: str) -> str:
    ended = hand(evening, "--yes", "--offer", "--json", *words)
    return str(json.loads(ended.out)["statements"][0])


# what the giver says, what the receiver answers, the findings, whether all is as it was offered
COMPLETED = {
    "both saw them": (("--seals-seen",), ["ya", "y"], [], True),
    "the receiver did not look": (("--seals-seen",), ["tidak dilihat", "y"], ["seal.unseen"], False),
    "neither looked": (("--seals-unseen", *WHY), ["tidak dilihat", "y"], ["seal.unseen"], True),
    "the receiver alone saw them": (("--seals-unseen", *WHY), ["ya", "y"], ["seal.unseen"], False),
    "the receiver saw one torn": (
        ("--seals-seen",),
        ["beda", "TPS 1 Habi DPR", "tutup robek", "selesai", "y"],
        ["receipt.differs", "seal.changed"],
        False,
    ),
}


@pytest.mark.parametrize("case", COMPLETED)
def test_a_receiver_says_himself_what_he_saw(evening: Evening, case: str) -> None:
    words, answers, found, same = COMPLETED[case]
    sid = offered(evening, *words)
    ended = evening.desk.run(
        "handoff", "--complete", sid, "--receiver", evening.key("pps-08"), "--passphrase-file", evening.word(), answers=answers
    )
    assert "Segel: " in ended.err, ended.err
    assert evening.state(DPR)[0].holding.holder == "pps-08" and codes(evening) == found, ended.err
    assert ("DITERIMA DENGAN PERBEDAAN" not in ended.out) == same


def test_a_giver_who_signs_later_says_himself_what_he_saw(evening: Evening) -> None:
    keys = ("--receiver", evening.key("pps-08"), "--giver-key-name", "kpps-08-1", "--no-escort", "--passphrase-file", evening.word())
    made = evening.desk.run("handoff", "TPS 1 Habi", *keys, "--yes", "--seals-seen", "--unsigned", "left", "--json")
    sid = json.loads(made.out)["statements"][0]
    ended = evening.desk.run("handoff", "--acknowledge", sid, "--giver", evening.key("kpps-08-1"), answers=["tidak dilihat", WORD])
    assert "Segel: tidak dilihat: 5" in ended.err, ended.err
    assert told(evening) == [] and codes(evening) == ["seal.unseen"]


def test_a_step_without_a_look_is_never_told_as_whole(evening: Evening) -> None:
    hand(evening, "--yes", "--seals-unseen", *WHY)
    status, trace = evening.desk.run("status", DPR).out, evening.desk.run("trace", DPR).out
    assert "Segel: tidak dilihat pada langkah terakhir; menurut entri" in status, status
    assert "segel: tidak dilihat" in trace and "tidak dilihat pada serah terima ini" in trace, trace


# what is typed at the guard's screen after the box, what is read back, the states that are recorded
SCANNED = {
    "nothing": ((), "Segel 1 kotak: utuh seperti tercatat", {"intact"}),
    "not looked at": (("tidak dilihat",), "Segel 1 kotak: TIDAK DILIHAT", set()),
    "not looked at, in other words": (("segel tidak dilihat",), "Segel 1 kotak: TIDAK DILIHAT", set()),
    "looked at after all": (("tidak dilihat", "dilihat"), "Segel 1 kotak: utuh seperti tercatat", {"intact"}),
    "one named, the others not": (("segel 1 robek", "tidak dilihat"), "beda atau tidak utuh: 1", {"intact", "torn"}),
}


@pytest.mark.parametrize("case", SCANNED)
def test_a_run_reads_back_what_it_says_of_seals(evening: Evening, case: str) -> None:
    words, told_back, recorded = SCANNED[case]
    answers = ("lanjut", "tidak ada", "tidak ada", *(("seal-damaged",) if recorded != {"intact"} else ()), "y", WORD, WORD)
    ended = evening.scan(evening.code[DPR], *words, end=answers)
    assert "SELESAI" in ended.out and told_back in ended.err, ended.err
    assert states(evening) == recorded and "Segel: " in ended.err


def test_other_boxes_are_other_than_one_of_which_something_was_said(evening: Evening) -> None:
    other = next(box for box in evening.of(TPS) if box != DPR)
    ended = evening.scan(evening.code[DPR], "segel 1 robek", evening.code[other], end=("berhenti",))
    assert "Segel 1 kotak lain: utuh seperti tercatat" in ended.err, ended.err


# -- boxes on which no seal is recorded ----------------------------------------------------------------------------------------

BARE = f"{LANGIR}-001"  # nobody has sealed its boxes
BARE_DPR = f"PEM24-{BARE}-DPR-1"
NONE_THERE = "TIDAK ADA SEGEL TERCATAT pada 5 kotak"


def hand_bare(evening: Evening, *words: str, answers: tuple[str, ...] = ()) -> Ended:
    keys = ("--giver", evening.key("kpps-09-1"), "--receiver", evening.key("pps-09"), "--no-escort", "--passphrase-file", evening.word())
    return evening.desk.run("handoff", "TPS 1 Langir", *keys, *words, *WHY, answers=answers)


# what is typed, the answers at the table, the seals that are recorded of the box of the DPR, the line that the signer reads
UNRECORDED = {
    "said to be as recorded": (("--yes", "--seals-seen"), (), {}, "Segel: TANPA SEGEL TERCATAT, tidak dilihat: 5"),
    "answered so, and not named": ((), ("ya", "", "tidak", "y"), {}, "Segel: TANPA SEGEL TERCATAT, tidak dilihat: 5"),
    "named one by one": (
        (),
        ("ya", "sebut", "TPS 1 Langir DPR", "tali 1 utuh AB12", "selesai", "y"),
        {"tie-1": "intact"},
        "Segel: beda atau tidak utuh: 1 · TANPA SEGEL TERCATAT, tidak dilihat: 4",
    ),
}


@pytest.mark.parametrize("case", UNRECORDED)
def test_a_box_never_sealed_has_no_seals_as_recorded(evening: Evening, case: str) -> None:
    words, answers, recorded, page = UNRECORDED[case]
    ended = hand_bare(evening, *words, answers=answers)
    assert "SELESAI" in ended.out and NONE_THERE in ended.err and page in ended.err, ended.err
    assert "utuh seperti tercatat" not in ended.err.partition("Tanda tangan")[2], ended.err
    assert {seal["point"]: seal["state"] for seal in told(evening, BARE_DPR)} == recorded
    assert evening.state(BARE_DPR)[0].holding.seals == tuple((point, state, "AB12") for point, state in recorded.items())


# what is typed at the guard's screen after the box, what is read back, the points that are recorded
SCANNED_BARE = {
    "nothing": ((), "Segel 1 kotak tidak pernah tercatat", []),
    "looked at one by one": (("utuh",), "tali 1 utuh", ["lid", "slot", "tie-1", "tie-2"]),
}


@pytest.mark.parametrize("case", SCANNED_BARE)
def test_the_screen_says_where_no_seal_is_recorded(evening: Evening, case: str) -> None:
    words, said, recorded = SCANNED_BARE[case]
    keys = ("--giver", evening.key("kpps-09-1"), "--receiver", evening.key("pps-09"), *WHY)
    screen = ("y", evening.code[BARE_DPR], *words, "selesai", "lanjut", "tidak ada", "tidak ada", "y", WORD, WORD)
    ended = evening.desk.run("scan", *keys, answers=screen)
    assert "BELUM DISEGEL" in ended.err and said in ended.err and "utuh seperti tercatat" not in ended.err, ended.err
    assert [seal["point"] for seal in told(evening, BARE_DPR)] == recorded


def test_a_box_left_open_is_an_alarm_when_it_is_unloaded(evening: Evening) -> None:
    """Also where it was loaded so and is awaited; and nobody's seals on it are as recorded."""
    hand(evening, "--yes", "--seals-seen")
    opened = ("open", DPR, "--officer", evening.key("pps-08"), "--present", evening.key("guard-1"), "--why", "kpu-order")
    more = ("--order", "contoh/1", "--left-open", "--taken", "tidak ada", "--place", "Habi", "--reason", "order", "--yes")
    ended = evening.desk.run(*opened, *more, "--passphrase-file", evening.word())
    assert evening.state(DPR)[0].holding.shut is False, ended.err
    keys = ("--giver", evening.key("pps-08"), "--receiver", evening.key("ppk-1"), "--escort", "2", "--passphrase-file", evening.word())
    ended = evening.desk.run("handoff", DPR, *keys, "--offer", "--seals-seen", "--yes", *WHY)
    assert "TIDAK ADA SEGEL TERCATAT pada 1 kotak" in ended.err and "DITAWARKAN" in ended.out, ended.err
    screen = ("y", evening.code[DPR], "selesai", "y", WORD)
    ended = evening.desk.run("scan", "bongkar", "--receiver", evening.key("ppk-1"), answers=screen)
    assert "TERBUKA: TPS 001 Habi · DPR belum disegel kembali" in ended.err, ended.err
    assert "terbuka, belum disegel kembali" in ended.err and "Segel 1 kotak tidak pernah tercatat" in ended.err, ended.err
    assert told(evening) == [] and evening.state(DPR)[0].holding.holder == "ppk-1"
