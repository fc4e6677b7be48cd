"""Visits, rounds, counts, plenaries and the duty book of a room."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from custody.assembly import duty
from custody.core import shapes
from custody.station import table
from custody.station.manifest import Escort, Journey
from custody_cli.boxes import daily
from custody_cli.boxes.known import Known
from custody_cli.boxes.named import Names
from custody_cli.commands import plenary, visit
from custody_cli.room import doors, visitors
from tests.cli.harness import Ended
from tests.cli.room_kit import WAREHOUSE, WORD, Warehouse
from tests.cli.spreadsheet import sheet


@pytest.fixture
def room(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path, figure=7, desa=("5307192008",))


def visited(room: Warehouse, who: str, *options: str, leave: str = "keeper-1", why: str = "clean") -> Ended:
    signer = ("--officer", room.key("regu-a"), "--passphrase-file", room.evening.word(), "--yes")
    return room.run("visit", "--who", who, "--why", why, "--leave", leave, *signer, *options)


# -- visits --------------------------------------------------------------------------------------------------------------------


def test_who_goes_in_is_asked(room: Warehouse) -> None:
    stick = str(Path(room.key("regu-a")).parent)
    answers = ("keeper-1, Teknisi Contoh (PLN)", "4", "", "y", "", WORD)
    ended = room.desk.run("visit", answers=answers, environ={"CUSTODY_KEYS": stick})
    assert ended.exit == 0 and "SELESAI: kunjungan masuk buku besar" in ended.out, ended.err
    assert (
        "Izin siapa? (nama kunci, atau: tidak ada) [y: keeper-1]" in ended.err
        and ended.err.startswith("Kunjungan ke Gudang KPU Sikka")
        and "custody visit --out" in ended.out
    )
    body = room.last("visit")
    assert (body["why"], body["leave"], body["left"], body["officer"]) == ("repair", "keeper-1", None, "regu-a")
    known, other = body["persons"]
    assert (known["key"], known["name"], known["role"]) == ("keeper-1", None, "keeper")
    assert (other["key"], other["institution"]) == (None, "pln") and re.fullmatch("[0-9a-f]{64}", other["name"]["c"])


@pytest.mark.parametrize(("along", "count"), [("guard-1", 2), ("sendirian", 1)])
def test_of_one_alone_it_is_asked_at_once_who_goes_with_him(room: Warehouse, along: str, count: int) -> None:
    ended = room.run("visit", "--officer", room.key("regu-a"), answers=("keeper-1", "", along, "clean", "y", WORD))
    assert ended.err.index("SENDIRIAN") < ended.err.index("Untuk apa") and len(room.last("visit")["persons"]) == count, ended.err


def test_no_name_stands_in_the_ledger(room: Warehouse) -> None:
    assert visited(room, "Teknisi Contoh (PLN), keeper-1").exit == 0
    with room.evening.office.open(write=False) as office:
        assert b"Teknisi" not in b"".join(office.ledger.note(index) for index in range(office.ledger.size))
    assert "Teknisi Contoh" in room.run("book").out


# Who, by whose leave, and what is marked.
MARKED: dict[str, tuple[str, str, list[str]]] = {
    "two with leave": ("keeper-1, guard-1", "keeper-1", []),
    "one alone": ("keeper-1", "keeper-1", ["visit.alone"]),
    "without leave": ("keeper-1, guard-1", "tidak ada", ["visit.no-leave"]),
    "alone and without leave": ("Orang Contoh", "none", ["visit.alone", "visit.no-leave"]),
}


@pytest.mark.parametrize("name", MARKED)
def test_what_is_marked(room: Warehouse, name: str) -> None:
    who, leave, codes = MARKED[name]
    ended = visited(room, who, leave=leave)
    assert ended.exit == 0, ended.err
    with room.evening.office.open(write=False) as office:
        assert sorted(one.code for one in office.ledger.books() if one.code.startswith("visit.")) == codes
    assert ("SENDIRIAN" in ended.err) == ("visit.alone" in codes)


def test_those_who_went_in_come_out(room: Warehouse) -> None:
    visited(room, "keeper-1, guard-1")
    visited(room, "Tukang Contoh, Kernet Contoh")
    room.go(30)
    which = room.run("visit", "--out", "--officer", room.key("regu-a"), "--yes")
    assert which.exit == 2 and "Tukang Contoh, Kernet Contoh" in which.err
    ended = room.run("visit", "--out", "--who", "tukang", "--officer", room.key("regu-a"), answers=(WORD,))
    assert ended.exit == 0, ended.err
    entered, left = room.told("visit")[1].body, room.last("visit")
    assert left["persons"] == entered["persons"] and left["happened"] == entered["happened"] and left["left"] == "2024-11-27T12:12:00Z"
    again = room.run("visit", "--out", "--officer", room.key("regu-a"), answers=(WORD,))
    assert again.exit == 0 and len(room.told("visit")) == 4, again.err  # only one visit was left, and needed no name
    assert room.run("visit", "--out", "--officer", room.key("regu-a")).exit == 8


def test_in_and_out_at_once(room: Warehouse) -> None:
    assert visited(room, "keeper-1, guard-1", "--happened", "27-11-2024 18.00", "--left", "18.30").exit == 0
    body = room.last("visit")
    assert (body["happened"]["at"], body["left"]) == ("2024-11-27T10:00:00Z", "2024-11-27T10:30:00Z")


def test_out_before_in_is_refused(room: Warehouse) -> None:
    visited(room, "keeper-1, guard-1")
    ended = room.run("visit", "--out", "--left", "18.00", "--officer", room.key("regu-a"))
    assert ended.exit == 2 and "Keluar tidak bisa sebelum masuk" in ended.err


def test_silence_is_no_leave(room: Warehouse) -> None:
    ended = room.run("visit", "--who", "keeper-1", "--why", "clean", "--officer", room.key("regu-a"), "--yes")
    assert ended.exit == 2 and "Diam bukan izin" in ended.err


# How a person is typed, and what is made of it: key, name, role, institution.
PERSONS: dict[str, tuple[str, tuple[str | None, ...]]] = {
    "a key": ("guard-1", ("guard-1", None, "guard", None)),
    "a name": ("Budi Contoh", (None, "Budi Contoh", None, None)),
    "a name and an institution": ("Budi Contoh (PLN)", (None, "Budi Contoh", None, "pln")),
    "a name and a role": ("Budi Contoh (PPK)", (None, "Budi Contoh", "ppk", None)),
}


@pytest.mark.parametrize("name", PERSONS)
def test_how_a_person_is_typed(room: Warehouse, name: str) -> None:
    typed, made = PERSONS[name]
    with room.evening.office.open(write=False) as office:
        assert tuple(visitors.persons(Names(office), typed)[0]) == made


# -- rounds and counts ---------------------------------------------------------------------------------------------------------


def test_a_round_takes_one_keystroke(room: Warehouse) -> None:
    room.first()
    ended = room.run("round", "--officer", room.key("regu-a"), answers=("", WORD))
    assert ended.exit == 0, ended.err
    body = room.last("inspection")
    assert (body["door"], body["lock"], body["defects"], body["counted"], body["boxes"]) == ("locked", "intact", [], None, [])


@pytest.mark.parametrize(("options", "basis"), [((), "ingatan"), (("--basis", "kertas"), "berita acara kertas")])
def test_the_hour_of_a_round_is_typed_as_guards_write_it_and_stands_on_the_page(
    room: Warehouse, options: tuple[str, ...], basis: str
) -> None:
    room.first()
    ended = room.run("round", "--happened", "02.00", *options, "--officer", room.key("regu-a"), answers=("", WORD))
    assert f"TERJADI 27 November 2024 pukul 02.00 WITA, menurut {basis}" in ended.err, ended.err
    assert room.last("inspection")["happened"]["at"] == "2024-11-26T18:00:00Z"


@pytest.mark.parametrize("command", ["round", "visit", "incident"])
def test_an_hour_that_cannot_be_read_is_told_before_anything_is_asked(room: Warehouse, command: str) -> None:
    ended = room.run(command, "--happened", "tadi malam")
    assert ended.exit == 2 and "?" not in ended.err.partition("Galat")[0], ended.err


@pytest.mark.parametrize(("argv", "again"), [(("inspect", "--count"), "custody inspect"), (("shift",), "custody shift")])
def test_a_count_that_was_left_is_finished_by_the_command_that_began_it(room: Warehouse, argv: tuple[str, ...], again: str) -> None:
    who = ("--officer", room.key("keeper-1")) if argv[0] == "inspect" else tuple(room.keys(None, "regu-a"))
    left = room.run(*argv, *who, answers=("", "5") if argv[0] == "inspect" else ("",))  # counted, and left at the next question
    refused = room.run("status", WAREHOUSE)
    assert refused.exit == 8 and f"Selesaikan hitungannya: {again}" in refused.err, left.err + refused.err


def test_a_defect_stands_alone(room: Warehouse) -> None:
    room.first()
    ended = room.run("round", "--officer", room.key("regu-a"), answers=("bocor, tanpa lampu", "", WORD))
    assert ended.exit == 0 and room.last("inspection")["defects"] == ["leak", "no-light"], ended.err


def test_a_round_finds_defects(room: Warehouse, tmp_path: Path) -> None:
    room.first()
    photo = tmp_path / "atap.jpg"
    photo.write_bytes(b"contoh")
    answers = ("pintu terbuka", "rusak bocor, tanpa lampu", "rusak zz9!", "", WORD)
    ended = room.run("round", "--photo", str(photo), "--officer", room.key("regu-a"), answers=answers)
    assert ended.exit == 0, ended.err
    body = room.last("inspection")
    assert body["door"] == "open" and {"leak", "no-light"} <= set(body["defects"]) and len(body["photos"]) == 1


def test_a_round_without_questions_says_what_was_seen(room: Warehouse) -> None:
    quick = ("--officer", room.key("regu-a"), "--passphrase-file", room.evening.word(), "--yes")
    assert room.run("round", *quick).exit == 2
    ended = room.run("round", *quick, "--door", "disegel", "--lock", "tidak ada", "--defect", "atap", "--json")
    assert ended.exit == 0 and json.loads(ended.out)["defects"] == ["roof"], ended.err


def test_a_count_that_differs(room: Warehouse) -> None:
    quick = ("--officer", room.key("regu-a"), "--passphrase-file", room.evening.word(), "--yes")
    ended = room.run("inspect", "--count", "6", *quick)
    assert ended.exit == 1 and "BEDA: dihitung 6, tercatat 7, KURANG 1" in ended.out, ended.err
    assert room.last("inspection")["counted"] == 6
    with room.evening.office.open(write=False) as office:
        assert "count.differs" in [one.code for one in office.ledger.books()]
    assert room.run("inspect", *quick).exit == 2


def test_a_count_is_blind_and_survives_a_crash(room: Warehouse) -> None:
    begun = room.run("inspect", "--officer", room.key("regu-a"), answers=("", "6"))  # differs: to be counted again?
    assert begun.exit == 2 and len(room.drafts()) == 1 and room.run("status").exit == 8
    ended = room.run("inspect", answers=("", "", "7", WORD))
    assert ended.exit == 0 and "COCOK: dihitung 7" in ended.out and room.drafts() == [], ended.err


@pytest.mark.parametrize("typed", [("",), ("", "berhenti")], ids=["cut off", "stopped"])
def test_a_count_that_was_left_before_a_figure_leaves_nothing(room: Warehouse, typed: tuple[str, ...]) -> None:
    left = room.run("inspect", "--officer", room.key("regu-a"), answers=typed)
    assert left.exit != 0 and room.drafts() == [] and room.run("status", WAREHOUSE).exit == 0, left.err
    assert "tersimpan" not in left.err
    again = room.run("inspect", "--officer", room.key("regu-a"), answers=("", "7", WORD))
    assert again.exit == 0 and "Lanjutkan" not in again.err, again.err


def test_a_box_reported_gone_is_not_missed_again(room: Warehouse) -> None:
    with room.evening.office.open() as office:
        fields = {"about": [], "code": "stolen", "due": None, "irregular": [], "note": None, "owner": None, "photos": [], "settles": []}
        said = office.draft("incident", **fields, boxes=[room.inside[0]], place=WAREHOUSE)
        office.submit([room.evening.office.signed(said, "regu-a")])
    ended = room.run("inspect", "--count", "6", "--officer", room.key("regu-a"), "--passphrase-file", room.evening.word(), "--yes")
    assert ended.exit == 0 and "COCOK: dihitung 6, tercatat 6" in ended.out and "1 kotak sudah dilaporkan hilang" in ended.out, ended.err


# -- plenaries -----------------------------------------------------------------------------------------------------------------


def test_steps_of_a_plenary(room: Warehouse) -> None:
    keys = ("--officer", room.key("ppk-1"), "--witness", room.key("panwas-1"), "--passphrase-file", room.evening.word(), "--yes")
    for step in ("dimulai", "finished"):
        ended = room.run("plenary", step, "Kangae", "--panels", "3", *keys)
        assert ended.exit == 0 and "SELESAI: langkah pleno masuk buku besar" in ended.out, ended.err
        room.go(60)
    body = room.last("plenary")
    assert (body["step"], body["place"], body["panels"], body["witness"]) == ("finished", "530719", 3, "panwas-1")


def test_the_end_of_a_plenary_tells_of_boxes_that_never_came(room: Warehouse) -> None:
    keys = ("--officer", room.key("ppk-1"), "--alone", "--passphrase-file", room.evening.word(), "--yes")
    assert "BELUM PERNAH TIBA" not in room.run("plenary", "dimulai", "Kangae", *keys).err
    ended = room.run("plenary", "selesai", "Kangae", *keys)
    with room.evening.office.open(write=False) as office:
        count = len(office.ledger.state.register.boxes)
    assert f"{count} kotak BELUM PERNAH TIBA di Kangae" in ended.err and room.last("plenary")["step"] == "finished", ended.err


def test_the_end_of_a_plenary_tells_of_boxes_that_stand_open(room: Warehouse) -> None:
    keys = ("--officer", room.key("keeper-1"), "--passphrase-file", room.evening.word(), "--yes")
    cut = ("--why", "emergency", "--taken", "-", "--left-open", "--place", "5307-GUDANG", "--reason", "emergency")
    ended = room.run("open", room.inside[0], *keys, "--present", room.key("guard-1"), *cut)
    assert "PEMBUKAAN TERCATAT" in ended.out, ended.err
    keys = ("--officer", room.key("ppk-1"), "--alone", "--passphrase-file", room.evening.word(), "--yes")
    ended = room.run("plenary", "selesai", "Kangae", *keys)
    assert "1 kotak masih TERBUKA" in ended.err, ended.err


def test_a_plenary_without_a_witness_is_said_in_words(room: Warehouse) -> None:
    ended = room.run("plenary", "dimulai", "--officer", room.key("ppk-1"), answers=("", "tidak ada", WORD))
    assert room.last("plenary")["witness"] is None and "TIDAK DIHITUNG" in ended.err, ended.err
    assert "Masih harus menandatangani: seorang saksi" in ended.out and "custody plenary dimulai Kangae" in ended.out, ended.out
    assert room.run("plenary", "moved", "--officer", room.key("ppk-1")).exit == 2


# How the witness is named; who still has to sign, and with what command.
ALONE = {
    "nobody watches": (("--alone",), (WORD,), ("seorang saksi", "custody plenary dimulai Kangae")),
    "he forgot his passphrase": (("--witness", "panwas-1"), (WORD, "a", "b", "c", "y"), ("panwas-1, dengan:", "custody plenary --sign ")),
}


@pytest.mark.parametrize("name", ALONE)
def test_a_step_that_does_not_count_says_so_and_who_must_still_sign(room: Warehouse, name: str) -> None:
    options, answers, told = ALONE[name]
    options = tuple(room.key(one) if one == "panwas-1" else one for one in options)
    ended = room.run("plenary", "dimulai", "Kangae", "--officer", room.key("ppk-1"), *options, answers=answers)
    assert "BELUM DIHITUNG" in ended.out and all(one in ended.out for one in told), ended.err
    paused = room.run("plenary", "diskors", "Kangae", "--officer", room.key("ppk-1"), "--alone", answers=(WORD,))
    assert paused.exit == 0 and "TIDAK DIHITUNG" not in paused.err and "BELUM DIHITUNG" not in paused.out, paused.err


def test_the_witness_of_a_plenary_signs_later(room: Warehouse) -> None:
    options = ("--officer", room.key("ppk-1"), "--witness", room.key("panwas-1"))
    ended = room.run("plenary", "dimulai", "Kangae", *options, answers=(WORD, "a", "b", "c", "y"))
    sid = re.findall(r"plenary --sign (\w+)", ended.out)[0]
    assert room.run("plenary", "--sign", sid, "--witness", room.key("regu-a"), answers=("y", WORD)).exit == 8
    ended = room.run("plenary", "--sign", sid, "--witness", room.key("panwas-1"), answers=("y", WORD))
    assert ended.exit == 0 and "BELUM DIHITUNG" not in ended.out, ended.err
    with room.evening.office.open(write=False) as office:
        assert "plenary.unsigned" not in {one.code for one in office.ledger.books()}


# A command that is cut off after its first answers; the same again; what is recorded then, and the answers that are not asked twice.
CUT = {
    "visit": (("visit",), ("keeper-1, guard-1", "1"), ("", "-", "", WORD), "Untuk apa", ("why", "deliver")),
    "round": (("round",), ("gembok rusak",), ("", "", "", WORD), None, ("lock", "broken")),
    "plenary": (("plenary", "diskors", "Kangae"), ("",), ("", "tidak ada", WORD), "Kunci PPK", ("step", "paused")),
}


@pytest.mark.parametrize("kind", CUT)
def test_what_was_answered_is_there_after_a_power_cut(room: Warehouse, kind: str) -> None:
    room.first()
    argv, first, rest, asked_once, (field, value) = CUT[kind]
    around = {"CUSTODY_KEYS": str(Path(room.key("ppk-1")).parent) if kind == "plenary" else str(Path(room.key("regu-a")).parent)}
    cut = room.desk.run(*argv, answers=first, environ=around)
    assert cut.exit != 0 and len(room.drafts()) == 1, cut.err
    ended = room.desk.run(*argv, answers=rest, environ=around)
    assert "yang belum selesai" in ended.err and room.drafts() == [], ended.err
    body = room.last({"round": "inspection"}.get(kind, kind))
    assert body[field] == value and (asked_once is None or asked_once not in ended.err), ended.err


def test_what_fails_without_a_question_leaves_no_draft(room: Warehouse) -> None:
    room.first()
    ended = room.run("visit", "--who", "keeper-1", "--why", "fetch", "--leave", "-", "--officer", "tidak-ada", "--yes")
    assert ended.exit != 0 and room.drafts() == [], ended.err


# -- the duty book -------------------------------------------------------------------------------------------------------------


def written(room: Warehouse) -> None:
    """An evening in the warehouse."""
    room.first("--equipment", "senter 2", "--team", "4", "--note", "=1+1")
    visited(room, "keeper-1, guard-1")
    room.go(10)
    visited(room, "keeper-1")


def lines(room: Warehouse, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(room.run("book", *options, "--json").out)["lines"]
    return found


def test_the_book_opens_with_what_was_taken_over(room: Warehouse) -> None:
    written(room)
    told = room.run("book").out
    assert "BUKU MUTASI JAGA · Gudang KPU Sikka" in told and "Regu regu-a, 4 orang, menerima jaga 27 November 2024 pukul 19.42 WITA" in told
    assert "perlengkapan: senter 2" in told and "keadaan yang diterima: dihitung 7 kotak, pintu terkunci, gembok utuh" in told
    assert [one["number"] for one in lines(room)] == [1, 2, 3, 4] and lines(room)[0]["kind"] == "seal"
    assert "TEMUAN: " in lines(room)[3]["action"] and lines(room)[3]["who"] == ["regu-a"]


def test_no_line_is_ever_removed(room: Warehouse) -> None:
    written(room)
    before = lines(room)
    fixed = ("--void", "--reason", "wrong-place", "--key", room.key("kasatops-1"), "--passphrase-file", room.evening.word(), "--yes")
    ended = room.run("correct", before[0]["sid"][:12], *fixed)
    assert ended.exit == 0, ended.err
    after = lines(room)
    assert [one["sid"] for one in after[:4]] == [one["sid"] for one in before] and after[4]["kind"] == "correction"
    assert after[0]["corrected_by"] == [5] and after[0]["void"] and after[0]["what"] == before[0]["what"]
    told = room.run("book").out
    assert "~~penyegelan, 7 kotak~~ DICORET, lihat no. 5" in told and "Koreksi: no. 1 dibatalkan" in told, told


def test_a_supervisor_of_another_desa_strikes_no_line(room: Warehouse) -> None:
    room.first()
    shift = room.told("shift")[-1]
    room.evening.office.enrol("kasatops-9", "supervisor", ["5307192008"])
    with room.evening.office.open() as office:
        said = {"about": [shift.sid], "boxes": [room.inside[0]], "effect": "void", "instead": None, "note": None, "reason": "double"}
        for key in ("kasatops-9", "kasatops-1"):
            made = office.draft("correction", **said)
            office.submit([room.evening.office.signed(made, key)])
            told = duty.told(office, ("correction",))[-1:]
            assert duty.void(office, shift, told) == (key == "kasatops-1")


def test_a_line_that_was_taken_back_for_one_box_is_not_struck(room: Warehouse) -> None:
    written(room)
    with room.evening.office.open() as office:
        one = daily.recorded(office, lines(room)[0]["sid"])
        made = daily.correction(office, one, [room.inside[0]], effect="void", reason="double")
        daily.submit(office, [made], [room.evening.office.seat("correction", "kasatops-1")])
    first = lines(room)[0]
    assert not first["void"] and first["undone"] == [1, 7] and first["corrected_by"] == [5]
    told = room.run("book").out
    assert "penyegelan, 7 kotak DIBATALKAN UNTUK 1 DARI 7 KOTAK, lihat no. 5" in told and "~~" not in told


def test_a_line_that_fell_by_a_ruling_is_struck(room: Warehouse) -> None:
    """The store gives one box twice; a supervisor lets the second stand."""
    box, office = room.inside[0], room.evening.office
    with office.open() as opened:
        drafts = []
        for receiver in ("ppk-1", "pps-08"):
            end = "530719" if receiver == "ppk-1" else "5307192008"
            journey = Journey(WAREHOUSE, end, WAREHOUSE, "keeper-1", receiver, escort=Escort(2, (), "Sprin/1"))
            drafts.append(daily.handoff_drafts(opened, Known(opened), journey, [room.evening.seen(box)], room.evening.random)[0])
        seats = [[office.seat("giver", "keeper-1"), office.seat("receiver", name)] for name in ("ppk-1", "pps-08")]
        opened.submit([table.notes([one], [table.sign([one], seat) for seat in pair])[0] for one, pair in zip(drafts, seats, strict=True)])
        row = {"box": box, "falls": [drafts[0].sid], "prev": drafts[0].body["boxes"][0]["prev"], "stands": drafts[1].sid}
        said = opened.draft("ruling", boxes=[row], note=None, order=None, supersedes=[])
        opened.submit([office.signed(said, "kasatops-1")])
    found = {one["sid"]: one for one in lines(room)}
    assert found[drafts[0].sid]["void"] and not found[drafts[1].sid]["void"]
    assert found[drafts[0].sid]["corrected_by"] == [found[said.sid]["number"]]


@pytest.mark.parametrize(
    ("signers", "said"),
    [
        (("ppk-1",), "1 kotak berangkat dari Kangae ke Gudang KPU Sikka; belum ditandatangani penerima dengan entri ini"),
        (("ppk-1", "keeper-1"), "1 kotak datang dari Kangae"),
    ],
)
def test_what_nobody_received_has_not_arrived(room: Warehouse, signers: tuple[str, ...], said: str) -> None:
    """The giver of an offer names the warehouse as the place where it will be handed over."""
    box, office = room.inside[0], room.evening.office
    with office.open() as opened:
        journey = Journey("530719", WAREHOUSE, WAREHOUSE, "ppk-1", "keeper-1", escort=Escort(2, (), "Sprin/1"))
        draft = daily.handoff_drafts(opened, Known(opened), journey, [room.evening.seen(box)], room.evening.random)[0]
        seats = [office.seat(role, name) for role, name in zip(("giver", "receiver"), signers, strict=False)]
        opened.submit([table.notes([draft], [table.sign([draft], seat) for seat in seats])[0]])
    last = lines(room)[-1]
    assert f"{last['what']}; {last['action']}".startswith(said), last


def test_an_incident_about_a_line_stands_beside_it(room: Warehouse) -> None:
    written(room)
    shift = lines(room)[1]["sid"]
    with room.evening.office.open() as office:
        fields = {"boxes": [], "code": "other", "due": None, "irregular": [], "note": None, "owner": None, "photos": [], "settles": []}
        said = office.draft("incident", **fields, about=[shift], place="530719")
        office.submit([room.evening.office.signed(said, "regu-a")])
    assert lines(room)[1]["corrected_by"] == [5] and not lines(room)[1]["void"]
    assert "DIKOREKSI, lihat no. 5" in room.run("book").out and "tentang no. 2" in lines(room)[4]["action"]


def test_a_part_of_the_book_keeps_its_numbers(room: Warehouse) -> None:
    written(room)
    assert [one["number"] for one in lines(room, "--since", "19.50")] == [4]
    assert [one["number"] for one in lines(room, "--until", "19.45")] == [1, 2, 3]


def test_no_cell_becomes_a_formula(room: Warehouse) -> None:
    written(room)
    visited(room, '=HYPERLINK("x"), @b')
    rows = sheet(room.run("book", "--csv").out)
    assert len(rows) == 5 and (rows[0]["zona waktu"], rows[0]["waktu"][10:]) == ("WITA", f" {rows[0]['waktu'][11:]}")
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_those_who_leave_stand_in_the_book(room: Warehouse) -> None:
    visited(room, "keeper-1, guard-1")
    room.go(30)
    room.run("visit", "--out", "--officer", room.key("regu-a"), answers=(WORD,))
    assert lines(room)[-1]["what"] == "Keluar 20.12 WITA: keeper-1 (Petugas gudang KPU), guard-1 (Petugas jaga), masuk 19.42 WITA"


def test_words_as_in_the_core() -> None:
    assert visit.WHY == shapes.VISITS and plenary.STEPS == shapes.STEPS
    assert all(shapes.CODE.ok(one) for one in doors.DEFECTS)


def test_a_count_that_differs_is_told_wherever_the_room_is_asked_for(room: Warehouse) -> None:
    quick = ("--officer", room.key("regu-a"), "--passphrase-file", room.evening.word(), "--yes")
    room.run("inspect", "--count", "6", *quick)
    room.run("round", *quick, "--door", "terbuka", "--lock", "rusak")
    for words in (("status",), ("status", "gudang"), ("reconcile", "gudang"), ("reconcile",)):
        ended = room.run(*words)
        assert ended.exit == 1 and "[count.differs]" in ended.out and "[room.lock]" in ended.out, (words, ended.out)
        assert "Tidak ada yang terlambat" not in ended.out
        assert {one["code"] for one in json.loads(room.run(*words, "--json").out)["rooms"]} >= {"count.differs", "room.lock"}
    other = room.run("status", "Habi")
    assert "[count.differs]" not in other.out and other.exit == 0


def test_a_book_in_a_file_fits_a_page(room: Warehouse) -> None:
    """What goes to a file, a pager or a printer is broken between words, and nothing of it is lost."""
    room.first()
    note = "pintu belakang macet, engsel berkarat, sudah dilaporkan kepada pengelola gedung dan akan diperbaiki besok pagi pukul 08.00"
    quick = ("--door", "terkunci", "--lock", "utuh", "--note", note, "--passphrase-file", room.evening.word(), "--yes")
    assert room.run("round", "--officer", room.key("regu-a"), *quick).exit == 0
    told = room.run("book").out
    assert max(map(len, told.splitlines())) <= 78, told
    assert note in " ".join(told.split()) and "Petugas:" in told and "Tindakan:" in told, told
