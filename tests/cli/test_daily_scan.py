"""The guard's screen, typed from beginning to end: alarms, undo, torn seals, two signers, crashes, forgotten passphrases, spares."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from custody.core import entry, labelcode
from custody_cli.boxes.choosing import Choosing
from custody_cli.papers import labelling
from fixtures.daydesk import KANGAE, WORD
from tests.cli.daily_kit import LANGIR, TPS, Evening
from tests.paper import rendering

NONE = ("lanjut", "tidak ada")  # some are missing, no escort: what is asked at the end; order and vehicle stand on the page
SIGN = ("y", WORD, WORD)
AT_ONCE = (WORD, WORD)  # who says how many go along has the page before him, and signs


def box(kind: str, tps: str = TPS) -> str:
    return f"PEM24-{tps}-{kind}-1"


def test_a_whole_handoff(evening: Evening) -> None:
    codes = [evening.code[one] for one in evening.of(TPS)]
    ended = evening.scan(*codes, end=("sprin", "Sprin/12/XI/2024", "pelat", "dh 1234 ab", "2", *AT_ONCE))
    assert ended.exit == 0, ended.err
    assert "Jam komputer: 19.42 WITA" in ended.err and "5 dari 5 · kurang 0" in ended.err
    assert "SELESAI: 5 kotak" in ended.out
    state, found = evening.state(box("DPR"))
    assert (state.holding.holder, state.holding.to, state.status) == ("pps-08", "5307192008", "ok")
    assert found == () and evening.drafts() == []


# What is typed or scanned beside the good ones, and what the screen says to it.
SAID = {
    "twice": (["{DPR}", "{DPR}"], "SUDAH DIPINDAI: TPS 001 Habi · DPR"),
    "wrong desa": (["{LANGIR}"], "SALAH TUJUAN: TPS 001 Langir · DPR"),
    "KPU's code, not registered": (["https://silog.example/?k=77"], "BUKAN LABEL KAMI"),
    "KPU's code, registered": (["SILOG-5307192008-001-DPD"], "dikenali dari kode KPU"),
    "typed words": (["tps 1 habi presiden"], "TPS 001 Habi · PPWP: diketik"),
    "typed code": (["{typed}"], "TPS 001 Habi · DPR: terhitung"),
    "not with this giver": (["TPS 2 Habi DPR"], "BELUM DISEGEL"),
    "never printed": (["{stranger}"], "KODE TIDAK DIKENAL"),
    "never printed, then typed": (["{stranger}", "TPS 1 Habi DPR"], "menempel pada TPS 001 Habi · DPR?"),
    "never printed, waits": (["{stranger}"], "MENUNGGU NAMA KOTAK untuk kode"),
    "never printed, then a good one": (["{stranger}", "{DPR}"], "dilewati: tidak dicatat pada kotak mana pun"),
    "never printed, then a misreading": (["{stranger}", "KSU1ABCD"], "dilewati: tidak dicatat pada kotak mana pun"),
    "never printed, and on the box": (["{stranger}", "TPS 1 Habi DPR", "menempel"], "yang tidak pernah dicetak untuk buku besar ini"),
    "broken": (["KSU1ABCD"], "tidak terbaca utuh"),
    "undo": (["{DPR}", "batal"], "Dibatalkan: TPS 001 Habi · DPR"),
    "undo nothing": (["batal"], "Belum ada kotak yang dipindai."),
    "our code, mistyped": (["{wrong}"], "Kode kami tidak terbaca utuh"),
    "our code, mistyped in groups": (["{wrong groups}"], "Kode kami tidak terbaca utuh"),
    "missing": (["kurang"], "TPS 001 Habi: DPD, DPR, DPRDK, DPRDP, PPWP"),
    "torn": (["{DPR}", "segel 2 robek"], "segel celah robek"),
    "torn, by its name alone": (["{DPR}", "tali 2 hilang"], "segel tali 2 tidak ada"),
    "torn, of nothing": (["segel 9"], "Tulis: segel NOMOR KEADAAN"),
    "unclear words": (["tps 1 habi dprd"], "TPS 001 Habi · DPRDK"),
    "torn, scanned again": (["{DPR}", "tps 1 habi dpd", "{DPR}", "segel 2 robek"], "TPS 001 Habi · DPR: segel celah robek"),
    "undo a box scanned again": (["{DPR}", "tps 1 habi dpd", "{DPR}", "batal"], "Dibatalkan: TPS 001 Habi · DPR."),
    "scanned again": (["{DPR}", "{DPR}"], "Segel dan batal sekarang untuk kotak INI"),
    "torn, of a named box": (["{DPR}", "tps 1 habi dpd", "segel 2 robek TPS 1 Habi DPR"], "TPS 001 Habi · DPR: segel celah robek"),
    "torn, of a box that is not here": (["{DPR}", "segel 2 robek TPS 1 Habi DPD"], "Tidak ada kotak itu dalam daftar ini: TPS 001"),
    "torn, with words that name nothing": (["{DPR}", "segel 2 robek sekali"], "Tulis: segel NOMOR KEADAAN"),
    "replaced, of a named box": (["{DPR}", "segel 2 diganti A9 TPS 1 Habi DPR"], "DPR: segel celah diganti A9"),
    "gone, in two words": (["{DPR}", "segel 1 tidak ada"], "segel tutup tidak ada"),
    "snapped": (["{DPR}", "segel 3 putus"], "segel tali 1 robek"),
    "open": (["{DPR}", "segel 1 terbuka"], "segel tutup robek"),
    "another number": (["{DPR}", "segel 3 WM99999"], "TPS 001 Habi · DPR: segel tali 1 utuh WM99999"),
    "another number, in words": (["{DPR}", "segel 3 nomornya lain WM99999"], "segel tali 1 utuh WM99999"),
    "another number, by its point alone": (["{DPR}", "tali 1 beda WM99999"], "segel tali 1 utuh WM99999"),
    "another number, of a named box": (["{DPR}", "segel 3 WM9 TPS 1 Habi DPR"], "DPR: segel tali 1 utuh WM9"),
    "another number, and not which": (["{DPR}", "segel 3 nomornya lain"], "BELUM DICATAT. Nomor berapa yang terlihat?"),
    "torn, unclear, and scanned on": (["{DPR}", "segel 3 aneh", "{DPR}"], 'BELUM DICATAT: "segel 3 aneh"'),
    "the states": (["{DPR}", "segel 1 aneh"], "hilang (tidak ada)"),
    "nonsense": (["zzzzzz qqq"], "bantuan"),
    "caps lock": (["{lower}"], "Caps Lock"),
    "a badge of an officer": (["guard-1"], "ITU LENCANA PETUGAS (guard-1), bukan label kotak"),
    "help": (["bantuan"], "batal: kotak terakhir"),
}


@pytest.mark.parametrize("name", SAID)
def test_what_the_screen_says(evening: Evening, name: str) -> None:
    lines, said = SAID[name]
    code = evening.code
    known = {
        "DPR": code[box("DPR")],
        "LANGIR": code[box("DPR", f"{LANGIR}-001")],
        "typed": labelcode.printed(labelcode.parse(code[box("DPR")])),
        "stranger": labelcode.payload("0123456789ABCDE0"),
        "wrong": code[box("DPR")][4:].replace(code[box("DPR")][6], "Z" if code[box("DPR")][6] != "Z" else "Y", 1),
        "wrong groups": "ABCD EFGH 1234 5678 9",
        "lower": code[box("DPR")].lower(),
    }
    ended = evening.scan(*(line.format(**known) for line in lines))
    assert said in ended.err, ended.err


def test_a_code_that_was_laid_aside_is_not_signed_for_a_box(evening: Evening) -> None:
    """An unknown code, set aside; good labels; then a worn one, typed: nobody signs that its label was scanned."""
    code = evening.code
    lines = (labelcode.payload("0123456789ABCDE0"), code[box("DPD")], code[box("DPRDK")], "TPS 1 Habi DPR")
    ended = evening.scan(*lines, end=(*NONE, *AT_ONCE))
    assert "SELESAI: 3 kotak" in ended.out and "{label}" not in ended.err, ended.err
    with evening.office.open(write=False) as office:
        body = entry.parse(office.ledger.note(office.ledger.size - 1)).statement.body
    assert {line["box"]: line["by"] for line in body["boxes"]}[box("DPR")] == {"how": "sight", "label": None}
    assert "label.unknown" not in [one.code for one in evening.state(box("DPR"))[1]]


def test_another_desas_box_is_recorded_with_its_findings_and_a_reason(evening: Evening) -> None:
    strange = box("DPR", f"{LANGIR}-001")
    reasons = ("9",) * 4
    ended = evening.scan(evening.code[box("DPR")], evening.code[strange], end=(*NONE, *reasons, *SIGN))
    assert "SELESAI: 2 kotak" in ended.out, ended.err
    assert ended.exit == 1
    _, found = evening.state(strange)
    stated = {one.code: one.stated for one in found}
    assert stated["place.wrong"] == "unknown"


def test_a_torn_seal_is_in_the_record(evening: Evening) -> None:
    ended = evening.scan(evening.code[box("DPR")], "segel 2 robek", end=(*NONE, "5", *SIGN))
    assert "SELESAI" in ended.out, ended.err
    state, found = evening.state(box("DPR"))
    assert ("slot", "torn", None) in state.holding.seals
    assert [one.code for one in found] == ["seal.changed"] and found[0].stated == "seal-damaged"


def test_a_scan_into_the_passphrase_is_thrown_away(evening: Evening) -> None:
    code = evening.code[box("DPR")]
    ended = evening.scan(code, end=(*NONE, "y", code, WORD, WORD))
    assert "SELESAI" in ended.out, ended.err
    assert "Itu pindaian label" in ended.err


def test_three_wrong_passphrases_offer_the_way_without_the_giver(evening: Evening) -> None:
    wrong = ("salah satu", "salah dua", "salah tiga")
    ended = evening.scan(evening.code[box("DPR")], end=(*NONE, "y", *wrong, "y", "3", WORD))
    assert "SELESAI TANPA TANDA TANGAN PEMBERI" in ended.out, ended.err
    state, found = evening.state(box("DPR"))
    assert state.holding.holder == "pps-08"
    assert sorted(one.code for one in found) == ["custody.gap", "giver.unsigned"]


def test_a_giver_without_a_key_is_named_in_words(evening: Evening) -> None:
    """Enter says nothing of him: neither that he has no key, nor that nobody knows his name."""
    key = ("--receiver", evening.key("pps-08"), "--from", "TPS 1 Habi", "--unsigned", "no-key")
    answers = ["y", evening.code[box("DPR")], "selesai", *NONE, "", "", "Petugas Contoh Satu", "y", WORD]
    ended = evening.desk.run("scan", *key, answers=answers)
    assert "SELESAI TANPA TANDA TANGAN PEMBERI" in ended.out, ended.err
    with evening.office.open(write=False) as office:
        assert [one.value for _, one in office.private.openings() if one.field == "name" and "Contoh Satu" in one.value]


def test_the_giver_signs_later(evening: Evening) -> None:
    wrong = ("salah satu", "salah dua", "salah tiga")
    evening.scan(evening.code[box("DPR")], end=(*NONE, "y", *wrong, "y", "3", WORD))
    state, _ = evening.state(box("DPR"))
    sid = state.unsigned[0]
    keys = ("--giver", evening.key("kpps-08-1"), "--passphrase-file", evening.word(), "--seals-seen")
    ended = evening.desk.run("handoff", "--acknowledge", sid[:12], *keys)
    assert ended.exit == 0, ended.err
    assert [one.code for one in evening.state(box("DPR"))[1]] == ["giver.acknowledged"]


def test_nobody_wants_the_unsigned_way_and_the_draft_stays(evening: Evening) -> None:
    wrong = ("salah satu", "salah dua", "salah tiga")
    ended = evening.scan(evening.code[box("DPR")], end=(*NONE, "y", *wrong, "t"))
    assert ended.exit == 7, ended.err
    assert len(evening.drafts()) == 1
    again = evening.desk.run("scan", answers=["y", "y", "selesai", *NONE, "y", WORD, WORD])
    assert "1 kotak dari konsep tadi masih ada" in again.err and "SELESAI: 1 kotak" in again.out, again.err
    assert evening.drafts() == []


def test_a_receiver_who_cannot_sign_leaves_an_offer(evening: Evening) -> None:
    wrong = ("salah satu", "salah dua", "salah tiga")
    ended = evening.scan(evening.code[box("DPR")], end=(*NONE, "y", WORD, *wrong, "y"))
    assert "DITAWARKAN" in ended.out, ended.err
    state, _ = evening.state(box("DPR"))
    assert (state.status, state.holding.holder) == ("offered", "kpps-08-1")
    keys = ("--receiver", evening.key("pps-08"), "--passphrase-file", evening.word(), "--yes", "--seals-seen")
    done = evening.desk.run("handoff", "--complete", state.offers[0], *keys)
    assert done.exit == 0, done.err
    assert evening.state(box("DPR"))[0].holding.holder == "pps-08"


def test_a_spare_label_is_bound_by_two_signers(evening: Evening) -> None:
    with evening.office.open() as office:
        (spare,) = labelling.draw(office, [None], evening.random)
        labelling.log(office, [spare], evening.office.seat("label", "kasatops-1"), "spare")
    code = labelcode.payload(spare.symbols)
    ended = evening.scan(code, "TPS 1 Habi DPRD kab", code, end=(*NONE, *AT_ONCE))
    assert "LABEL CADANGAN: untuk kotak mana?" in ended.err and "label cadangan dipasang" in ended.err
    assert "SUDAH DIPINDAI: TPS 001 Habi · DPRDK" in ended.err
    assert "SELESAI: 1 kotak" in ended.out, ended.err
    with evening.office.open(write=False) as office:
        assert (office.store.fact("spare", spare.hash.hex()) or b"").split()[0] == box("DPRDK").encode()
    assert evening.state(box("DPRDK"))[1] == ()


def test_an_old_label_after_its_reprint(evening: Evening) -> None:
    with evening.office.open() as office:
        (fresh,) = labelling.draw(office, [box("DPR")], evening.random)
        labelling.log(office, [fresh], evening.office.seat("label", "kasatops-1"), "reprint")
    assert fresh.copy == 2
    ended = evening.scan(labelcode.payload(fresh.symbols), end=(*NONE, *AT_ONCE))
    assert "SELESAI" in ended.out, ended.err
    keys = ("--giver", evening.key("pps-08"), "--receiver", evening.key("ppk-1"))
    old = evening.desk.run("scan", *keys, answers=["y", evening.code[box("DPR")], "selesai", "4", *SIGN])
    assert "LABEL LAMA: TPS 001 Habi · DPR" in old.err, old.err
    assert "label.void" in {one.code for one in evening.state(box("DPR"))[1]}


@pytest.mark.parametrize(
    ("typed", "kind"),
    [(TPS, "place"), ("5307192008", "place"), ("guard-1", "officer"), ("https://silog.example/?k=77", None), ("guard-", None)],
)
def test_what_a_badge_types_is_known_as_such(evening: Evening, typed: str, kind: str | None) -> None:
    """A place code comes as fast as a scanner types: it is no KPU label."""
    with evening.office.open(write=False) as office:
        found = Choosing(office).known.badge(typed)
        assert (found.kind if found is not None else None) == kind and (found is None or found.code == typed)


def test_four_labels_that_are_not_the_right_one_are_told_in_four_ways(evening: Evening) -> None:
    """An old copy, a code never printed, KPU's own code, and a code whose box is elsewhere: each at once, no two alike."""
    with evening.office.open() as office:
        (fresh,) = labelling.draw(office, [box("DPR")], evening.random)
        labelling.log(office, [fresh], evening.office.seat("label", "kasatops-1"), "torn")
    evening.scan(labelcode.payload(fresh.symbols), evening.code[box("DPD")], end=(*NONE, *AT_ONCE))
    keys = ("--giver", evening.key("pps-08"), "--receiver", evening.key("ppk-1"))
    shown = {
        "old": (evening.code[box("DPR")], "LABEL LAMA"),
        "never printed": (labelcode.payload("0123456789ABCDE0"), "KODE TIDAK DIKENAL"),
        "KPU's": ("https://silog.example/?k=77", "BUKAN LABEL KAMI"),
        "elsewhere": (evening.code[box("PPWP")], "TEMPAT TIDAK COCOK"),
    }
    ended = {name: evening.desk.run("scan", "--new", *keys, answers=["y", code]).err for name, (code, _) in shown.items()}
    words = [said for _, said in shown.values()]
    assert {name: [one for one in words if one in ended[name]] for name in shown} == {name: [said] for name, (_, said) in shown.items()}


def test_the_end_of_the_input_is_not_the_end_of_the_work(evening: Evening) -> None:
    keys = ("--giver", evening.key("kpps-08-1"), "--receiver", evening.key("pps-08"))
    ended = evening.desk.run("scan", *keys, answers=["y", evening.code[box("DPR")]])
    assert ended.exit == 2 and "konsep dengan 1 kotak tersimpan" in ended.err


def test_a_pipe_with_everything_named(evening: Evening) -> None:
    files = ("--passphrase-file", evening.word(), "--yes", "--seals-seen", "--json", "--no-escort")
    keys = ("--giver", evening.key("kpps-08-1"), "--receiver", evening.key("pps-08"), *files)
    ended = evening.desk.run("scan", *keys, answers=[evening.code[one] for one in evening.of(TPS)])
    assert ended.exit == 0, ended.err
    document = json.loads(ended.out)
    assert (document["schema"], document["boxes"], document["sealed"], document["how"]) == ("custody.scan/1", 5, True, "complete")


def test_a_clock_that_is_wrong_is_stated(evening: Evening) -> None:
    keys = ("--giver", evening.key("kpps-08-1"), "--receiver", evening.key("pps-08"))
    answers = ["t", "27-11-2024 19.30", evening.code[box("DPR")], "selesai", *NONE, *SIGN]
    ended = evening.desk.run("scan", *keys, answers=answers)
    assert "SELESAI" in ended.out, ended.err
    assert [one.code for one in evening.state(box("DPR"))[1]] == ["time.paper"] or evening.state(box("DPR"))[1] == ()
    with evening.office.open(write=False) as office:
        body = entry.parse(office.ledger.note(office.ledger.size - 1)).statement.body
    assert body["happened"] == {"at": "2024-11-27T11:30:00Z", "basis": "memory"}


SCRIPT = "import sys; sys.path[:0] = {path!r}; from custody_cli.main import main; main()"


def test_a_kill_in_the_middle_loses_no_scan(evening: Evening) -> None:
    """SIGKILL after three scans were told; the draft is offered again with all three."""
    root = Path(__file__).parent.parent.parent
    keys = ["--giver", evening.key("kpps-08-1"), "--receiver", evening.key("pps-08")]
    environ = {**os.environ, **evening.desk.environ, "HOME": str(evening.root), "PYTHONDONTWRITEBYTECODE": "1"}
    script = SCRIPT.format(path=[str(root), str(root / "cli")])
    run = subprocess.Popen(
        [sys.executable, "-c", script, "scan", *keys], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environ
    )
    assert run.stdin is not None and run.stderr is not None
    first = evening.of(TPS)[:3]
    run.stdin.write(("y\n" + "".join(evening.code[one] + "\n" for one in first)).encode())
    run.stdin.flush()
    for line in run.stderr:
        if b"3 dari 5" in line:
            break
    run.send_signal(signal.SIGKILL)
    run.wait()
    run.stdin.close()
    run.stderr.close()
    assert len(evening.drafts()) == 1
    rest = [evening.code[one] for one in evening.of(TPS)[3:]]
    again = evening.desk.run("scan", answers=["y", "y", *rest, "selesai", *NONE, *SIGN])
    assert "3 kotak dari konsep tadi masih ada" in again.err, again.err
    assert "SELESAI: 5 kotak" in again.out


def test_signed_before_the_crash_is_sent_without_new_signatures(evening: Evening) -> None:
    """The draft with everybody's signatures is left over: nobody is asked again, and nothing is recorded twice."""
    draft = None
    ended = evening.scan(evening.code[box("DPR")])
    assert ended.exit == 2  # nobody answers the last questions
    draft = evening.drafts()[0].read_bytes()
    evening.desk.run("scan", answers=["y", "y", "selesai", *NONE, *SIGN])
    with evening.office.open(write=False) as office:
        size, note = office.ledger.size, office.ledger.note(office.ledger.size - 1)
    import base64

    event = json.dumps({"do": "signed", "notes": [base64.b64encode(note).decode()]}).encode() + b"\n"
    (evening.office.folder / "drafts" / "20241127T114200-00000000.jsonl").write_bytes(draft + event)
    again = evening.desk.run("scan", answers=["y", "y"])
    assert "SELESAI: 1 kotak" in again.out, again.err
    with evening.office.open(write=False) as office:
        assert office.ledger.size == size
    assert evening.drafts() == []


# -- the way back, and questions that Enter does not answer ----------------------------------------------------------------------


def test_something_is_missing_and_they_go_back_to_scanning(evening: Evening) -> None:
    codes = [evening.code[one] for one in evening.of(TPS)]
    ended = evening.scan(*codes[:4], end=("entah", "", "kembali", codes[4], "selesai", "tidak ada", *SIGN))
    assert ended.err.count("KURANG 1. Ketik: kembali") == 3 and "Yang dapat dijawab: kembali · lanjut" in ended.err, ended.err
    assert "SELESAI: 5 kotak" in ended.out and ended.exit == 0


def test_the_missing_box_is_scanned_right_into_the_question(evening: Evening) -> None:
    codes = [evening.code[one] for one in evening.of(TPS)]
    ended = evening.scan(*codes[:4], end=(codes[4], "selesai", "tidak ada", *SIGN))
    assert "SELESAI: 5 kotak" in ended.out, ended.err


def test_back_to_scanning_from_the_last_question(evening: Evening) -> None:
    one, other = evening.code[box("DPR")], evening.code[box("DPD")]
    ended = evening.scan(one, end=("lanjut", "kembali", other, "selesai", *NONE, *AT_ONCE))
    assert "SELESAI: 2 kotak" in ended.out, ended.err
    assert ended.err.count("Lain dulu: sprin") == 2


def test_an_order_and_a_plate_look_like_what_they_are(evening: Evening) -> None:
    """A `y` or a reason that slipped into the next question is asked again; a boat has two words."""
    ended = evening.scan(evening.code[box("DPR")], end=("lanjut", "ubah", "2", "y", "CUACA", "Sprin/1", "y", "CUACA", "KM Contoh", *SIGN))
    assert "SELESAI: 1 kotak" in ended.out, ended.err
    assert escort_of(evening)["order"] == "Sprin/1" and "KM-CONTOH" in ended.err


def test_answers_are_changed_before_signing(evening: Evening) -> None:
    ended = evening.scan(evening.code[box("DPR")], end=("lanjut", "ubah", "3", "Sprin/2", "", "dh 1", *SIGN))
    assert "SELESAI: 1 kotak" in ended.out, ended.err
    assert escort_of(evening) == {"count": 3, "keys": [], "order": "Sprin/2", "present": True}


def test_they_stop_and_the_draft_stays(evening: Evening) -> None:
    ended = evening.scan(evening.code[box("DPR")], end=("lanjut", "berhenti"))
    assert ended.exit == 2 and "konsep dengan 1 kotak tersimpan" in ended.err and len(evening.drafts()) == 1


def escort_of(evening: Evening) -> dict[str, object]:
    with evening.office.open(write=False) as office:
        found: dict[str, object] = entry.parse(office.ledger.note(office.ledger.size - 1)).statement.body["escort"]
    return found


@pytest.mark.parametrize("said", [("", "", "", "tidak ada"), ("0", "nol", "-1", "tanpa"), ("", "1000", "ndak", "nihil")])
def test_an_escort_is_answered_in_words(evening: Evening, said: tuple[str, ...]) -> None:
    """Enter records nothing; it is asked again, kindly, as often as need be."""
    ended = evening.scan(evening.code[box("DPR")], end=("lanjut", *said, "nihil", *SIGN))
    assert "SELESAI" in ended.out, ended.err
    assert ended.err.count("Belum terjawab. Tulis jumlahnya") == 3
    assert escort_of(evening) == {"count": 0, "keys": [], "order": None, "present": False}


def test_the_reason_of_a_missing_signature_has_no_default(evening: Evening) -> None:
    wrong = ("salah satu", "salah dua", "salah tiga")
    end = (*NONE, "y", *wrong, "y", "", "11", "tidak suka", "menolak menandatangani", WORD)
    ended = evening.scan(evening.code[box("DPR")], end=end)
    assert ended.err.count("Yang dapat dijawab: nomor 1 sampai 7") == 3 and "SELESAI TANPA" in ended.out, ended.err
    found = {one.code: dict(one.facts) for one in evening.state(box("DPR"))[1]}
    assert found["giver.unsigned"]["reason"] == "refused"


def test_another_reason_is_told_in_words(evening: Evening) -> None:
    wrong = ("salah satu", "salah dua", "salah tiga")
    end = (*NONE, "10", "", "terjepit pintu", "y", *wrong, "y", "7", "", "pingsan", WORD)
    ended = evening.scan(evening.code[box("DPR")], "segel 2 robek", end=end)
    assert "SELESAI TANPA" in ended.out, ended.err
    with evening.office.open(write=False) as office:
        notes = [one.value for _, one in office.private.openings() if one.field == "note"]
    assert any("terjepit pintu" in one and "pingsan" in one for one in notes), notes


def test_everything_that_was_answered_is_read_back_after_a_crash(evening: Evening) -> None:
    """The input ends at the last question: escort, order, plate, reason and the free text are in the draft."""
    end = ("lanjut", "2", "10", "terjepit pintu", "2", "Sprin/12/XI/2024", "3", "dh 1234 ab")
    evening.scan(evening.code[box("DPR")], "segel 2 robek", end=end)
    again = evening.desk.run("scan", answers=["y", "y", "selesai", "lanjut", *SIGN])
    said = "pengawal 2 · perintah Sprin/12/XI/2024 · kendaraan DH-1234-AB · alasan: lain-lain [seal.changed] · terjepit pintu"
    assert f"Sudah dijawab: {said}" in again.err and "SELESAI: 1 kotak" in again.out, again.err
    assert escort_of(evening)["order"] == "Sprin/12/XI/2024"


def test_a_giver_who_forgot_is_not_asked_again_after_a_crash(evening: Evening) -> None:
    wrong = ("salah satu", "salah dua", "salah tiga")
    evening.scan(evening.code[box("DPR")], end=(*NONE, "y", *wrong, "y", "3"))
    again = evening.desk.run("scan", answers=["y", "y", "selesai", "lanjut", "y", WORD])
    assert "pemberi tidak menandatangani: lupa kata sandi" in again.err and "SELESAI TANPA" in again.out, again.err


def test_the_name_of_who_gave_is_kept(evening: Evening) -> None:
    key = ("--receiver", evening.key("pps-08"), "--from", "TPS 1 Habi", "--unsigned", "tidak-punya-kunci")
    evening.desk.run("scan", *key, answers=["y", evening.code[box("DPR")], "selesai", *NONE, "Petugas Contoh Satu"])
    again = evening.desk.run("scan", answers=["y", "y", "selesai", "lanjut", "y", WORD])
    assert "yang menyerahkan Petugas Contoh Satu" in again.err and "SELESAI TANPA" in again.out, again.err


def test_the_moment_that_was_stated_is_kept(evening: Evening) -> None:
    keys = ("--giver", evening.key("kpps-08-1"), "--receiver", evening.key("pps-08"))
    evening.desk.run("scan", *keys, answers=["t", "19.30", evening.code[box("DPR")]])
    again = evening.desk.run("scan", answers=["y", "selesai", *NONE, *SIGN])
    assert "waktu kejadian 27 November 2024 pukul 19.30 WITA" in again.err and "SELESAI" in again.out, again.err


def test_a_scan_into_a_question_is_no_answer(evening: Evening) -> None:
    code = evening.code[box("DPR")]
    ended = evening.scan(code, end=("lanjut", code, "sprin", code, "Sprin/1", "pelat", code, "dh 1", "2", *AT_ONCE))
    assert "SELESAI" in ended.out and ended.err.count("PINDAIAN INI TIDAK DIHITUNG") == 3, ended.err


def test_no_key_is_said_in_words(evening: Evening) -> None:
    """Enter at the giver's key accuses nobody of having none."""
    answers = ["y", "", "tidak ada", "", "zzz", str(evening.root), evening.key("pps-08"), "tidak ada", "", "zzz", "TPS 1 Habi"]
    answers += [evening.code[box("DPR")], "selesai", *NONE, "tidak tahu", "y", WORD]
    ended = evening.desk.run("scan", answers=answers)
    assert "SELESAI TANPA TANDA TANGAN PEMBERI" in ended.out, ended.err
    assert "Tulis nama atau kode tempatnya" in ended.err
    assert "adalah folder, bukan berkas kunci" in ended.err and '"zzz" bukan berkas kunci' in ended.err


def test_all_265_boxes_of_kangae_in_one_run(tmp_path: Path) -> None:
    """PPK to warehouse: one run, two parts of one consignment, one transaction; the order of scanning is not that of the list."""
    evening = Evening(tmp_path, desa=tuple(KANGAE))
    evening.labels()
    for code, (_, stations) in KANGAE.items():
        for number in range(1, stations + 1):
            evening.seal(f"{code}-{number:03d}")
        evening.pass_on(code, evening.pps(f"{code}-001"), "ppk-1", code, "530719", sealed_by_kpps=True)
    boxes = evening.office.boxes[::-1]
    keys = ("--giver", evening.key("ppk-1"), "--receiver", evening.key("keeper-1"), "--recorder", evening.key("guard-1"))
    more = ("--escort", "18", "--order", "Sprin/1", "--vehicle", "EB 8001 AA", "--passphrase-file", evening.word())
    more = (*more, "--yes", "--seals-seen", "--json")
    ended = evening.desk.run("scan", *keys, *more, answers=[evening.code[one] for one in boxes])
    assert ended.exit == 0, ended.err[-800:]
    document = json.loads(ended.out)
    assert (document["boxes"], len(document["entries"]), document["findings"]) == (265, 2, [])
    with evening.office.open(write=False) as office:
        assert {state.holding.holder for state, _ in office.ledger.judge(boxes).values() if state.holding} == {"keeper-1"}
        parts = [entry.parse(office.ledger.note(index)).statement.body["consignment"] for index in document["entries"]]
        assert [part["part"] for part in parts] == [1, 2] and len({part["id"] for part in parts}) == 1
    one_paper(evening, [str(index) for index in document["entries"]])


def one_paper(evening: Evening, entries: list[str]) -> None:
    """The deed of the load: one file, whichever part is named, with all boxes and both entries; intact, and whole for the ledger."""
    key = ("--key", evening.key("kasatops-1"), "--passphrase-file", evening.word())
    for which in (entries, entries[1:]):
        ended = evening.desk.run("ba", *which, *key, "--json", "--out", f"muatan-{len(which)}.pdf")
        (made,) = json.loads(ended.out)["deeds"]
        text = " ".join(rendering.text((evening.root / made["path"]).read_bytes()).split())
        assert f"entri {', '.join(entries)} · satu muatan dalam 2 pernyataan" in text and "265 kotak suara" in text
    checked = evening.desk.run("check", "muatan-2.pdf")
    assert checked.exit == 0 and checked.out.startswith("UTUH"), checked.out


# -- while the ledger key is locked ----------------------------------------------------------------------------------------------


@pytest.fixture
def shut(tmp_path: Path) -> Evening:
    """A sealed polling station in a ledger whose key nobody has unlocked."""
    made = Evening(tmp_path, use="unlocked")
    made.labels()
    made.seal()
    return made


def test_a_box_that_waits_for_the_ledger_key_is_not_signed_over_twice(shut: Evening) -> None:
    code = shut.code[box("DPR")]
    first = shut.scan(code, end=(*NONE, *AT_ONCE))
    assert "KUNCI BUKU BESAR TERKUNCI" in first.err and "custody ledger unlock" in first.err, first.err
    assert "MENUNGGU KUNCI BUKU BESAR: 1 kotak" in first.out
    again = shut.scan(code)
    assert "SUDAH DITANDATANGANI pukul 19.42 WITA, MENUNGGU KUNCI BUKU BESAR: TPS 001 Habi · DPR. Tidak dihitung." in again.err, again.err
    keys = ("--giver", shut.key("kpps-08-1"), "--receiver", shut.key("pps-08"), "--no-escort", "--seals-seen")
    keys = (*keys, "--passphrase-file", shut.word(), "--yes", "--seals-seen")
    listed = shut.desk.run("handoff", box("DPR"), *keys)
    assert listed.exit == 8 and "SUDAH DITANDATANGANI pukul 19.42 WITA" in listed.err, listed.err
    assert "custody trace TPS 001 Habi DPR" in shut.desk.run("status", "TPS", "1", "Habi", "DPR").out
    for command in ("trace", "status"):
        assert "MENUNGGU KUNCI BUKU BESAR" in shut.desk.run(command, "TPS", "1", "Habi", "DPR").out


def test_who_received_gives_on_while_the_ledger_key_is_locked(shut: Evening) -> None:
    """The second handoff names the first, which waits: both go in, in order, and nothing is wrong with either."""
    code = shut.code[box("DPR")]
    shut.scan(code, end=(*NONE, *AT_ONCE))
    keys = ("--giver", shut.key("pps-08"), "--receiver", shut.key("ppk-1"))
    on = shut.desk.run("scan", *keys, answers=["y", code, "selesai", "2", "Sprin/1", "tidak ada", *SIGN])
    assert "Yang ini dicatat sesudahnya" in on.err and "MENUNGGU KUNCI BUKU BESAR: 1 kotak" in on.out, on.err
    with shut.office.open() as office:
        office.flush()
    state, found = shut.state(box("DPR"))
    assert (state.status, state.holding.holder, found) == ("ok", "ppk-1", ())


# -- the same hands, the same place, and words of command ------------------------------------------------------------------------


def test_one_key_on_both_sides_is_refused_at_once(evening: Evening) -> None:
    giver, receiver = evening.key("kpps-08-1"), evening.key("pps-08")
    asked = evening.desk.run("scan", answers=["y", giver, giver, receiver, "tidak ada", evening.code[box("DPR")]])
    assert "tidak boleh kunci yang sama" in asked.err and "TPS 001 Habi · DPR: terhitung" in asked.err, asked.err
    named = evening.desk.run("scan", "--new", "--giver", giver, "--receiver", giver, answers=["y"])
    assert named.exit == 2 and "tidak boleh kunci yang sama" in named.err and len(evening.drafts()) == 1
    listed = evening.desk.run("handoff", box("DPR"), "--giver", giver, "--receiver", giver, "--no-escort", "--to", "Habi", "--yes")
    assert listed.exit == 2, listed.err
    sealing = evening.desk.run("seal", "--sealer", giver, "--witness", giver, answers=["y"])
    assert sealing.exit == 2 and "tidak boleh kunci yang sama" in sealing.err


def test_origin_and_destination_are_two_places(evening: Evening) -> None:
    keys = ("--giver", evening.key("kpps-08-1"), "--receiver", evening.key("pps-08"))
    ended = evening.desk.run("scan", *keys, "--to", "TPS 1 Habi", answers=["y"])
    assert ended.exit == 2 and "Asal dan tujuan tidak boleh tempat yang sama" in ended.err and evening.drafts() == []
    answers = ["y", "tidak ada", evening.key("keeper-1"), "tidak ada", "Habi", evening.code[box("DPR")]]
    assert "Habi → " in evening.desk.run("scan", answers=answers).err


def test_people_are_changed_at_the_last_question_and_the_boxes_stay(evening: Evening) -> None:
    again = ("ubah orang", evening.key("kpps-08-1"), "kembali", evening.key("kpps-08-1"), evening.key("pps-08"), "tidak ada")
    keys = ("--giver", evening.key("kpps-08-1"), "--receiver", evening.key("pps-09"))
    code = evening.code[box("DPR")]
    reasons = ("9",) * 1
    answers = ["y", code, "selesai", "lanjut", "tidak ada", *reasons, *again, "selesai", *NONE, *SIGN]
    ended = evening.desk.run("scan", *keys, answers=answers)
    assert "SELESAI: 1 kotak" in ended.out, ended.err
    assert evening.state(box("DPR"))[0].holding.holder == "pps-08"


@pytest.mark.parametrize("word", ["batal", "selesai", "Selesai"])
def test_a_word_of_command_is_no_answer(evening: Evening, word: str) -> None:
    end = ("lanjut", "sprin", word, "Sprin/1", word, "pelat", "tidak ada", "2", *AT_ONCE)
    ended = evening.scan(evening.code[box("DPR")], end=end)
    assert ended.err.count("adalah perintah, bukan jawaban") == 2 and "SELESAI" in ended.out, ended.err
    assert "1 Pengawal: BELUM DISEBUT · 2 Sprin: Sprin/1 · 3 kendaraan: tidak ada" in ended.err and "Pemberi: kpps-08-1" in ended.err


def test_back_to_scanning_from_any_question(evening: Evening) -> None:
    one, other = evening.code[box("DPR")], evening.code[box("DPD")]
    end = (
        "lanjut",
        "kembali",
        other,
        "selesai",
        "lanjut",
        "sprin",
        "Sprin/1",
        "pelat",
        "kembali",
        "selesai",
        "lanjut",
        "pelat",
        "dh 1",
        "2",
        *AT_ONCE,
    )
    ended = evening.scan(one, end=end)
    assert "SELESAI: 2 kotak" in ended.out and ended.err.count("BELUM DISEBUT · 2 Sprin: Sprin/1") == 3, ended.err
    stopped = evening.scan(evening.code[box("PPWP")], end=("lanjut", "berhenti"))
    assert stopped.exit == 2 and "konsep dengan 1 kotak tersimpan" in stopped.err


def test_a_refusal_by_the_word_of_the_card(evening: Evening) -> None:
    wrong = ("salah satu", "salah dua", "salah tiga")
    ended = evening.scan(evening.code[box("DPR")], end=(*NONE, "y", *wrong, "y", "menolak", WORD))
    assert "SELESAI TANPA" in ended.out, ended.err


def test_what_was_said_of_a_seal_and_not_understood_is_told_until_it_is_settled(evening: Evening) -> None:
    said = 'BELUM DICATAT: "segel 3 aneh"'
    left = evening.scan(evening.code[box("DPR")], "segel 3 aneh", evening.code[box("DPD")], end=("kembali", "berhenti"))
    assert left.err.count(said) == 3, "at the next scan, at the list that is read back, and back at the scanner"


def test_it_is_told_no_more_once_it_is_settled(evening: Evening) -> None:
    said = 'BELUM DICATAT: "segel 3 aneh"'
    left = evening.scan(evening.code[box("DPR")], "segel 3 aneh", "segel 3 robek", evening.code[box("DPD")], end=("kembali", "berhenti"))
    assert said not in left.err and "segel tali 1 robek" in left.err


# -- reasons, and who cannot sign ------------------------------------------------------------------------------------------------


def test_two_different_things_seen_are_two_looks_before_anybody_signs(evening: Evening) -> None:
    """A torn slit and another number on a tie have one code; the number that was recorded, and the new one, are told before signing."""
    lines = (evening.code[box("DPR")], "segel 2 robek", evening.code[box("DPD")], "segel 2 robek", evening.code[box("PPWP")], "segel 3 WM9")
    ended = evening.scan(*lines, end=(*NONE, "5", *SIGN))
    asked = ended.err.index("Mengapa segel")
    for said in ("Segel celah kotak TPS 001 Habi · DPD berubah", "Segel tali 1 kotak TPS 001 Habi · PPWP berubah", "ditemukan utuh WM9"):
        assert 0 < ended.err.find(said) < asked, said
    assert "… dan 1 kotak lain dengan temuan yang sama" in ended.err
    assert "temuan (2): Segel celah kotak" in ended.out and "temuan (1): Segel tali 1 kotak" in ended.out, ended.out


def test_a_reason_is_asked_for_a_box_and_not_used_for_another(evening: Evening) -> None:
    """The second torn seal came after the answer: the question is put again, with its list."""
    torn = ("segel 2 robek",)
    end = ("lanjut", "tidak ada", "5", "kembali", evening.code[box("DPD")], *torn, "selesai", "lanjut", "2", *SIGN)
    ended = evening.scan(evening.code[box("DPR")], *torn, end=end)
    assert "Mengapa segel TPS 001 Habi · DPR berbeda? (nomor):" in ended.err, ended.err
    assert "Mengapa segel TPS 001 Habi · DPD dan 1 kotak lain berbeda? (nomor):" in ended.err, ended.err
    assert "Segel celah kotak TPS 001 Habi · DPR berubah" in ended.err, ended.err
    assert ended.err.count("Kotaknya salah pindai? Ketik: kembali") == 2
    assert ended.err.count("10  lain-lain") == 2 and "SELESAI: 2 kotak" in ended.out
    assert {one.stated for one in evening.state(box("DPR"))[1]} == {"transport"}


def test_a_dropped_answer_stays_dropped_after_a_crash(evening: Evening) -> None:
    torn = ("segel 2 robek",)
    end = ("lanjut", "tidak ada", "10", "terjepit", "kembali", evening.code[box("DPD")], *torn, "selesai", "lanjut")
    evening.scan(evening.code[box("DPR")], *torn, end=end)
    again = evening.desk.run("scan", answers=["y", "y", "selesai", "lanjut", "2", *SIGN])
    assert "terjepit" not in again.err and "SELESAI: 2 kotak" in again.out, again.err


def test_the_receiver_is_told_loudly_that_the_giver_does_not_sign(evening: Evening) -> None:
    wrong = ("salah satu", "salah dua", "salah tiga")
    ended = evening.scan(evening.code[box("DPR")], end=(*NONE, "y", *wrong, "y", "4", WORD))
    before = ended.err.index("PEMBERI TIDAK MENANDATANGANI: menolak menandatangani. Siapkan BA kertas.")
    assert before < ended.err.index("Kata sandi pps-08"), ended.err
    keys = ("--giver", evening.key("kpps-08-1"))
    sid = evening.state(box("DPR"))[0].unsigned[0]
    later = evening.desk.run("handoff", "--acknowledge", sid[:12], *keys, "--seals-seen", answers=[WORD])
    assert later.exit == 0 and later.err.index("TPS 001 Habi · DPR") < later.err.index("Kata sandi kpps"), later.err


def test_a_recorder_who_cannot_sign_stops_nobody(evening: Evening) -> None:
    wrong = ("salah satu", "salah dua", "salah tiga")
    record = ("--recorder", evening.key("guard-1"))
    ended = evening.scan(evening.code[box("DPR")], end=(*NONE, "y", WORD, WORD, *wrong, "y"), options=record)
    assert "SELESAI: 1 kotak" in ended.out and "Pindaian dan jawaban tetap tersimpan" in ended.err, ended.err
    assert evening.state(box("DPR"))[0].holding.holder == "pps-08"


# -- what is done is told, what is lost is shouted -------------------------------------------------------------------------------


def test_strangers_are_not_counted_among_those_that_should_come(evening: Evening) -> None:
    codes = [evening.code[one] for one in (*evening.of(TPS), *evening.of(f"{LANGIR}-001")[:2])]
    ended = evening.scan(*codes)
    assert "5 dari 5 · 2 DI LUAR DAFTAR · kurang 0" in ended.err and "7 dari 7" not in ended.err, ended.err
    assert "DI LUAR DAFTAR: 2 kotak." in ended.err


def test_the_last_handoff_of_today_is_told_and_its_boxes_are_received(evening: Evening) -> None:
    first = evening.scan(evening.code[box("DPR")], end=(*NONE, *AT_ONCE))
    assert "Terakhir:" not in first.err
    again = evening.scan(evening.code[box("DPR")])
    assert "Terakhir: TPS 001 Habi → Habi, 1 kotak, pukul 19.42 WITA SELESAI (entri" in again.err, again.err
    assert "SUDAH DITERIMA pukul 19.42 WITA (entri" in again.err and "BUKAN PADA PEMBERI" not in again.err, again.err


def test_a_full_disk_shouts_and_the_screen_stays(evening: Evening, monkeypatch: pytest.MonkeyPatch) -> None:
    from custody.core.errors import Refused
    from custody.station.draft import Draft

    add, full = Draft.add, [1]

    def fails_once(self: Draft, **event: object) -> None:
        if event.get("do") == "read" and full:
            full.pop()
            raise Refused("draft.unwritable", path="x", reason="ENOSPC")
        add(self, **event)

    monkeypatch.setattr(Draft, "add", fails_once)
    code = evening.code[box("DPR")]
    ended = evening.scan(code, code, end=(*NONE, *AT_ONCE))
    assert "TIDAK TERSIMPAN, TIDAK DIHITUNG" in ended.err and "SELESAI: 1 kotak" in ended.out, ended.err


@pytest.mark.parametrize("command", [["scan"], ["seal"], ["handoff", "TPS 1 Habi"]])
def test_without_a_ledger_the_kasatops_is_called(evening: Evening, command: list[str]) -> None:
    ended = evening.desk.run(*command, environ={"CUSTODY_LEDGER": str(evening.root / "kosong")})
    assert ended.exit == 5 and "Panggil Kasatops" in ended.err and "custody init" not in ended.err, ended.err


def test_a_pipe_says_whether_the_seals_were_looked_at(evening: Evening) -> None:
    """Nobody is asked with --yes, so silence is refused before anything is scanned."""
    keys = ("--giver", evening.key("kpps-08-1"), "--receiver", evening.key("pps-08"), "--yes", "--no-escort")
    ended = evening.desk.run("scan", *keys, answers=[evening.code[box("DPR")]])
    assert ended.exit == 2
    assert "--seals-unseen" in ended.err
