"""custody shift: counted blind, by a figure or by scanning; the door; both leaders sign; nothing is lost by a crash."""

import base64
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from custody.core import shapes
from custody.station import guardroom
from custody.station.draft import Draft
from custody_cli.ground import blind
from custody_cli.main import COMMANDS
from custody_cli.room import doors
from tests.cli.harness import Ended
from tests.cli.room_kit import FIGURE, WAREHOUSE, WORD, Warehouse


def telling(figure: int) -> re.Pattern[str]:
    """This figure by itself, but for the number that pytest gives to its own folder, which messages name."""
    return re.compile(rf"(?<![0-9A-Za-z])(?<!/pytest-){figure}(?![0-9A-Za-z])")


SHOWN = telling(FIGURE)
DONE = "SELESAI: pergantian regu jaga masuk buku besar"


@pytest.fixture
def room(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path)


# -- the blind count -----------------------------------------------------------------------------------------------------------


def spoken(ended: Ended) -> str:
    return ended.out + ended.err


def commands(room: Warehouse, taken: int) -> Iterator[tuple[str, ...]]:
    """Every command, in every way that might tell a figure of the room. taken: a port at which something answers already."""
    yield ("serve", "--port", str(taken))  # says what it says and ends; at a free port it would go on for ever
    for name in COMMANDS:
        if name not in ("demo", "drill", "simulate", "serve"):  # the first three found ledgers of their own
            yield (name,)
            yield (name, "--json")
    box = room.inside[0]
    yield from (("status", WAREHOUSE), ("find", "Gudang"), ("trace", box), ("report", "Gudang KPU Sikka"), ("receipt", "3"))
    yield from (("where", box), ("reconcile", WAREHOUSE), ("labels", WAREHOUSE, "--reprint"))
    yield ("correct", "3", WAREHOUSE, "--reason", "other", "--key", room.key("kasatops-1"))
    yield ("book", WAREHOUSE, "--csv")
    yield ("key", "list")
    yield ("ledger", "status")
    yield ("scan", "--giver", room.key("keeper-1"), "--receiver", room.key("ppk-1"), "--to", "530719")
    yield ("scan", "--giver", room.key("keeper-1"), "--receiver", room.key("ppk-1"), "--from", "5307", "--to", "530719")
    yield ("seal", "--sealer", room.key("keeper-1"), "--witness", room.key("guard-1"))
    yield ("incident", "missing", WAREHOUSE)
    yield ("handoff", WAREHOUSE, "--giver", room.key("keeper-1"), "--receiver", room.key("ppk-1"), "--no-escort", "--seals-seen")
    yield ("shift", "--yes")
    yield ("shift", "--new", "--yes")
    yield ("inspect", "--new")
    yield ("visit", "--who", "guard-1", "--why", "clean", "--leave", "keeper-1", "--officer", room.key("regu-a"))
    yield ("round", "--door", "locked", "--lock", "intact", "--officer", room.key("regu-a"))


def files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("figure", [FIGURE, 265])  # some of the boxes; all that were ever registered
def test_before_the_count_nothing_anywhere_tells_the_figure(tmp_path: Path, figure: int) -> None:
    room, shown = Warehouse(tmp_path, figure), telling(figure)
    before = files(room.root)
    begun = room.shift()
    assert len(room.drafts()) == 1 and "HITUNG kotaknya sekarang" in begun.err
    assert not shown.search(spoken(begun)), spoken(begun)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        for argv in commands(room, taken.getsockname()[1]):
            for lang in ("id", "en"):
                ended = room.run(*argv, "--lang", lang, answers=("", "", "", ""))
                assert not shown.search(spoken(ended)), (argv, spoken(ended))
    for path, data in files(room.root).items():
        if before.get(path) != data and not path.name.startswith(("ledger.db", "private.db")):
            assert not shown.search(data.decode("latin-1")), path


def test_the_search_itself_finds_the_figure(room: Warehouse) -> None:
    told = room.run("status", WAREHOUSE)
    assert told.exit != 8 and SHOWN.search(spoken(told))


def test_after_the_signature_it_is_told(room: Warehouse) -> None:
    room.shift()
    refused = room.run("status", WAREHOUSE)
    assert refused.exit == 8 and "Gudang KPU Sikka sedang dihitung sejak pukul 19.42 WITA" in refused.err
    assert "custody shift --drop" in refused.err
    room.run("shift", answers=("", "", str(FIGURE)))  # the figure is in the draft; the page is still to be confirmed
    assert len(room.drafts()) == 1 and room.run("status", WAREHOUSE).exit == 8
    room.run("shift", answers=("", "", "terkunci, utuh", "", WORD))
    told = room.run("status", WAREHOUSE)
    assert told.exit != 8 and SHOWN.search(spoken(told))


@pytest.mark.parametrize("place", ["5307", "Sikka", "5307-GUDANG"])
def test_no_list_of_a_place_around_it_tells_the_figure(room: Warehouse, place: str) -> None:
    room.shift()
    ended = room.run("trace", place)
    assert ended.exit == 8 and not SHOWN.search(spoken(ended)), ended.err


def test_a_second_count_is_blind_again(room: Warehouse) -> None:
    ended = room.shift("186", "y")
    assert "BEDA dengan catatan. Angka tercatat belum ditampilkan." in ended.err and not SHOWN.search(spoken(ended))
    assert "186" not in spoken(ended) and room.run("status").exit == 8


def test_a_count_that_differs_is_told_without_its_figure_until_it_is_signed(room: Warehouse) -> None:
    ended = room.shift("186", "t", "", WORD)
    assert not SHOWN.search(ended.err) and "Dihitung 186: BEDA dengan catatan" in ended.err, ended.err
    assert ended.exit == 1 and "BEDA: dihitung 186, tercatat 187, KURANG 1" in ended.out
    assert "custody incident --code kotak-hilang" in ended.out and 'custody inspect "Gudang KPU Sikka"' in ended.out
    assert 'custody reconcile "Gudang KPU Sikka"' in ended.out
    assert "kotak mana? Hitung dengan memindai SETIAP kotak, hanya itu yang menyebutnya: custody inspect" in spoken(ended)


def test_a_figure_is_not_guessed(room: Warehouse) -> None:
    ended = room.shift("180", "y", "181", "y", "182", "", WORD)
    assert "KURANG 5" in ended.out and ended.err.count("Hitung sekali lagi?") == 2, ended.err
    assert room.last("shift")["counted"] == 182
    told = room.run("book", "--json").out
    assert "Dihitung 3 kali: 180, 181, 182" in told, told
    assert "Catatan yang ikut ditandatangani: Dihitung 3 kali: 180, 181, 182" in ended.err, "nobody signs words that he has not seen"


def test_where_one_box_is_is_told_by_no_story_while_its_room_is_counted(room: Warehouse) -> None:
    room.shift()
    ended = room.run("trace", room.inside[0])
    assert ended.exit == 8 and "sedang dihitung sejak" in ended.err and "Gudang" not in ended.out, spoken(ended)
    elsewhere = next(box for box in sorted(room.evening.office.boxes) if box not in room.inside)
    assert room.run("trace", elsewhere).exit != 8


def test_boxes_do_not_leave_while_they_are_counted(room: Warehouse) -> None:
    room.shift()
    keys = ("--giver", room.key("keeper-1"), "--receiver", room.key("ppk-1"))
    listed = ("handoff", WAREHOUSE, *keys, "--to", "530719", "--no-escort", "--seals-seen", "--yes")
    for argv in (("scan", *keys, "--to", "530719"), listed):
        ended = room.run(*argv, answers=("", "", ""))
        assert ended.exit == 8 and "kotak di dalamnya tidak didaftar dan tidak dipindah" in ended.err, (argv, spoken(ended))


def test_every_command_has_been_judged() -> None:
    assert not blind.QUIET & blind.TELLING
    assert set(COMMANDS) <= blind.QUIET | blind.TELLING, set(COMMANDS) - blind.QUIET - blind.TELLING


def test_a_count_that_nobody_goes_on_with_is_dropped(room: Warehouse) -> None:
    room.shift()
    assert room.run("shift", "--drop", answers=("t",)).exit == 0 and len(room.drafts()) == 1
    ended = room.run("shift", "--drop", "--yes")
    assert "Hitungan yang dibuang: 1. Gudang KPU Sikka" in ended.out and room.drafts() == []
    assert room.run("status").exit != 8


# -- the handover --------------------------------------------------------------------------------------------------------------


def test_a_first_shift_reads_the_door_itself(room: Warehouse) -> None:
    """Nobody has recorded door and lock yet, so nothing is proposed; Enter alone signs nothing of them."""
    ended = room.run("shift", *room.keys(None, "regu-a"), answers=("", str(FIGURE), "", "terkunci, utuh", "", WORD))
    assert ended.err.count("BELUM DIBACA (lihat, lalu ketik)") == 2 and "Gembok belum dibaca" in ended.err
    assert ended.exit == 0 and DONE in ended.out and "COCOK: dihitung 187, tercatat 187" in ended.out, spoken(ended)
    assert "Ini jaga pertama di Gudang KPU Sikka" in ended.err
    body = room.last("shift")
    assert (body["counted"], body["outgoing"], body["incoming"], body["door"], body["lock"]) == (187, None, "regu-a", "locked", "intact")
    assert room.told("shift")[0].signed == ("regu-a",) and room.drafts() == []


def test_the_next_shift_is_signed_by_both(room: Warehouse) -> None:
    room.first("--equipment", "senter 2, APAR 1", "--team", "4", "--door", "disegel A12")
    room.go(480)
    ended = room.shift("187", "segel A12", "", WORD, WORD, outgoing="regu-a", incoming="regu-b")
    assert ended.exit == 0 and DONE in ended.out, spoken(ended)
    body = room.last("shift")
    assert (body["outgoing"], body["incoming"], body["team"], body["door"], body["door_seal"]) == ("regu-a", "regu-b", 4, "sealed", "A12")
    assert body["equipment"] == [{"count": 1, "thing": "apar"}, {"count": 2, "thing": "senter"}]
    assert set(room.told("shift")[-1].signed) == {"regu-a", "regu-b"}


def sticks(room: Warehouse, *names: str) -> dict[str, str]:
    return {"CUSTODY_KEYS": ":".join(str(Path(room.key(name)).parent) for name in names)}


def test_a_handover_takes_three_keystrokes_beside_the_figure(room: Warehouse) -> None:
    room.first()
    room.go(480)
    answers = ("", "", "187", "", WORD, WORD)  # the clock, the people, the page: Enter each
    ended = room.desk.run("shift", answers=answers, environ=sticks(room, "regu-a", "regu-b"))
    assert "Menyerahkan: regu-a · menerima: regu-b. Benar? [Y/t]" in ended.err
    assert DONE in ended.out and set(room.told("shift")[-1].signed) == {"regu-a", "regu-b"}, spoken(ended)


def test_who_took_over_last_is_proposed(room: Warehouse) -> None:
    room.first()
    room.go(480)
    answers = ("", "t", "", "regu-b", "187", "", WORD, WORD)
    ended = room.desk.run("shift", answers=answers, environ=sticks(room, "regu-a", "regu-b"))
    for asked in ("MENYERAHKAN jaga (nomor, nama atau berkas): [regu-a]", "MENERIMA jaga (nomor, nama atau berkas): [regu-b]"):
        assert asked in ended.err
    assert DONE in ended.out and room.last("shift")["incoming"] == "regu-b", spoken(ended)


def test_among_three_keys_who_takes_over_is_asked(room: Warehouse) -> None:
    room.first()
    room.go(480)
    answers = ("", "", "regu-c", "187", "", WORD, WORD)
    ended = room.desk.run("shift", answers=answers, environ=sticks(room, "regu-a", "regu-b", "regu-c"))
    assert DONE in ended.out and room.last("shift")["incoming"] == "regu-c", spoken(ended)
    assert "Yang bertugas menurut catatan" not in ended.err


def test_who_hands_over_and_is_not_on_duty_is_told(room: Warehouse) -> None:
    room.first()
    room.go(480)
    ended = room.run("shift", *room.keys("regu-b", "regu-c"), answers=("", "187", "", WORD, WORD))
    assert "Yang bertugas menurut catatan: regu-a" in ended.err and "ubah orang" in ended.err, ended.err


def test_one_person_does_not_hand_over_to_himself(room: Warehouse) -> None:
    room.first()
    ended = room.run("shift", "--outgoing", room.key("regu-a"), answers=("", room.key("regu-a"), room.key("regu-b")))
    assert "tidak boleh kunci yang sama" in ended.err and len(room.drafts()) == 1


def test_the_seal_on_the_door_is_read_and_then_compared(room: Warehouse) -> None:
    room.first("--door", "disegel Q12")
    room.go(480)
    ended = room.shift("187", "", "Q13", "", WORD, WORD, outgoing="regu-a", incoming="regu-b")
    assert "segel         BELUM DIBACA" in ended.err and "Segel pintu belum dibaca" in ended.err
    assert "Q12" not in ended.err and "SEGEL PINTU BEDA: sekarang Q13, terakhir dicatat Q12" in ended.out and ended.exit == 1, spoken(ended)
    assert room.last("shift")["door_seal"] == "Q13"


@pytest.mark.parametrize("said, known", [("segel Q12", True), ("pintu rusak", False)])
def test_the_one_key_of_the_card_is_known_on_every_shift(room: Warehouse, said: str, known: bool) -> None:
    """The card says the number of the seal, then t; where the last shift proposes door and lock, t says the same and signs nothing."""
    room.first("--door", "disegel Q12")
    room.go(480)
    ended = room.shift("187", said, "t", "", WORD, WORD, outgoing="regu-a", incoming="regu-b")
    assert ("Tidak terbaca" in ended.err) is not known and DONE in ended.out, spoken(ended)
    body = room.last("shift")
    assert (body["door"], body["lock"]) == (("sealed" if known else "damaged"), "intact")


# What is typed on the page, and what then stands in the statement.
PAGE = {
    "the door": ("pintu tertutup", {"door": "closed"}),
    "the door in English": ("door open", {"door": "open"}),
    "a sealed door": ("pintu disegel b 77", {}),
    "a sealed door with its number": ("pintu disegel b77", {"door": "sealed", "door_seal": "B77"}),
    "a seal alone seals the door": ("segel b77", {"door": "sealed", "door_seal": "B77"}),
    "the lock": ("gembok rusak", {"lock": "broken"}),
    "no lock": ("gembok tidak ada", {"lock": "none"}),
    "equipment": (
        "perlengkapan senter 2, kunci gembok",
        {"equipment": [{"count": 1, "thing": "kunci-gembok"}, {"count": 2, "thing": "senter"}]},
    ),
    "no equipment": ("alat tidak ada", {"equipment": []}),
    "the team": ("regu 6", {"team": 6}),
    "a team of nobody": ("regu 0", {"team": 1}),
    "nonsense": ("zzz", {"door": "locked"}),
    "the door in one word": ("tertutup", {"door": "closed"}),
    "the lock in one word": ("dibongkar", {"lock": "broken"}),
    "both without a comma": ("tertutup diganti", {"door": "closed", "lock": "changed"}),
    "all on a line": ("pintu disegel P0001234, gembok diganti", {"door": "sealed", "door_seal": "P0001234", "lock": "changed"}),
    "a word that fits both": ("rusak", {"door": "locked", "lock": "intact"}),
    "the seal as the page says it": ("segel pintu P0001234", {"door": "sealed", "door_seal": "P0001234"}),
    "the seal with the word number": ("segel nomor P0001234", {"door": "sealed", "door_seal": "P0001234"}),
    "the seal, its door and number": ("segel pintu nomor P0001234", {"door": "sealed", "door_seal": "P0001234"}),
    "the seal's number alone": ("P0001234", {"door": "sealed", "door_seal": "P0001234"}),
    "two words are no number": ("segel merah P0001234", {"door": "locked", "door_seal": None}),
    "a figure alone is no seal": ("4", {"door": "locked", "door_seal": None}),
}


@pytest.mark.parametrize("name", PAGE)
def test_what_is_not_as_usual_is_typed(room: Warehouse, name: str) -> None:
    typed, said = PAGE[name]
    ended = room.shift("187", typed, "", WORD)
    assert DONE in ended.out, spoken(ended)
    body = room.last("shift")
    assert {field: body[field] for field in said} == said


def test_what_was_read_of_the_seal_is_not_wiped_by_the_door(room: Warehouse) -> None:
    ended = room.shift("187", "segel P0001234", "pintu terkunci", "", WORD)
    assert "Pintu tetap dicatat disegel P0001234" in ended.err and room.last("shift")["door_seal"] == "P0001234"


@pytest.mark.parametrize("by", ["shift", "round"])
@pytest.mark.parametrize(("said", "what"), [("gembok rusak", "lock"), ("pintu terbuka", "door")])
def test_nothing_is_proposed_that_was_not_so_when_it_was_recorded_last(room: Warehouse, by: str, said: str, what: str) -> None:
    """A broken lock twelve minutes ago: whoever presses Enter on the next round or shift does not sign that it is whole."""
    if by == "shift":
        room.shift("187", said, "", WORD)
    else:
        room.first()
        room.run("round", "--officer", room.key("regu-a"), answers=(said, "", WORD))
    room.go(12)
    for argv in (("shift", *room.keys("regu-a", "regu-b")), ("round", "--officer", room.key("regu-a"))):
        ended = room.run(*argv, answers=("", "187", "", "") if argv[0] == "shift" else ("", ""))
        name = {"lock": "Gembok", "door": "Pintu"}[what]
        assert f"{name} belum dibaca" in ended.err and ended.out == "", spoken(ended)


def test_an_incident_that_is_open_is_not_recorded_twice(room: Warehouse) -> None:
    room.shift("187", "gembok rusak", "", WORD)
    word = ("--passphrase-file", room.evening.word(), "--yes")
    code, here = "orang-masuk-tanpa-izin", ("--place", WAREHOUSE)
    ended = room.run("incident", "--code", code, *here, "--key", room.key("regu-a"), *word)
    assert ended.exit == 0, spoken(ended)
    told = room.run("round", "--officer", room.key("regu-a"), answers=("gembok rusak", "", WORD)).out
    entry = room.told("incident")[-1].entry
    assert f"masih terbuka, entri {entry}" in told and f"custody incident --settles {entry}" in told and "--code" not in told, told


def test_nobody_is_there_to_hand_over(room: Warehouse) -> None:
    room.first()
    room.go(480)
    ended = room.shift("187", "", WORD, incoming="regu-b", options=("--nobody",))
    assert DONE in ended.out and room.last("shift")["outgoing"] is None, spoken(ended)
    with room.evening.office.open(write=False) as office:
        assert "shift.unrelieved" in [one.code for one in office.ledger.books()]
    assert "TEMUAN" in room.run("book").out


def test_a_count_that_was_signed_before_a_crash_is_only_sent_again(room: Warehouse) -> None:
    room.shift("187")
    with room.evening.office.open() as office:
        taken = guardroom.Handover(WAREHOUSE, "regu-a", None, 187, guardroom.Door("locked", "intact"))
        note = room.evening.office.signed(guardroom.shift(office.common(), taken), "regu-a")
        with Draft.open(room.drafts()[0]) as draft:
            draft.add(do="signed", notes=[base64.b64encode(note).decode()])
    assert room.run("status").exit != 8  # nobody is led any more
    ended = room.run("shift", answers=("", ""))
    assert DONE in ended.out and "COCOK" in ended.out and room.drafts() == [], spoken(ended)


def test_from_the_door_people_turn_back_to_the_count(room: Warehouse) -> None:
    ended = room.shift("180", "t", "kembali", "187", "selesai", WORD)
    assert DONE in ended.out and room.last("shift")["counted"] == 187, spoken(ended)


def test_who_counted_often_enough_counts_no_more(room: Warehouse) -> None:
    ended = room.shift("180", "y", "181", "y", "182", "kembali", "", WORD)
    assert DONE in ended.out and room.last("shift")["counted"] == 182 and "Sudah dihitung 3 kali" in ended.err, spoken(ended)


@pytest.mark.parametrize(("typed", "told"), [("gembok rusak", True), ("pintu terbuka", True), ("gembok utuh", False)])
def test_a_broken_lock_ends_with_what_to_do(room: Warehouse, typed: str, told: bool) -> None:
    ended = room.shift("187", typed, "", WORD)
    assert ("custody incident --code orang-masuk-tanpa-izin" in ended.out) is told, spoken(ended)


def test_people_can_be_changed_and_the_count_stays(room: Warehouse) -> None:
    ended = room.shift("187", "ubah orang", room.key("regu-b"), "", WORD)
    assert DONE in ended.out and ended.err.count("HITUNG kotaknya") == 1, spoken(ended)
    assert room.last("shift")["incoming"] == "regu-b" and room.told("shift")[0].signed == ("regu-b",)


def test_who_stops_finds_everything_again(room: Warehouse) -> None:
    stopped = room.shift("187", "regu 4", "berhenti")
    assert stopped.exit == 2 and "hitungan dan jawaban tersimpan" in stopped.err
    ended = room.run("shift", answers=("", "", "", WORD))
    assert DONE in ended.out and room.last("shift")["team"] == 4, spoken(ended)


def test_open_incidents_and_visits_are_taken_in(room: Warehouse) -> None:
    room.first()
    word = room.evening.word()
    entered = ("--who", "keeper-1, Teknisi Contoh (PLN)", "--why", "repair", "--leave", "keeper-1", "--officer", room.key("regu-a"))
    assert room.run("visit", *entered, "--passphrase-file", word, "--yes").exit == 0
    with room.evening.office.open() as office:
        fields = {"about": [], "boxes": [], "code": "defect", "due": None, "irregular": [], "note": None, "owner": None, "photos": []}
        said = office.draft("incident", **fields, place=WAREHOUSE, settles=[])
        office.submit([room.evening.office.signed(said, "regu-a")])
    room.go(60)
    ended = room.shift("187", "", WORD, WORD, outgoing="regu-a", incoming="regu-b")
    assert "insiden terbuka yang ikut diterima: 1" in ended.err and "kunjungan sejak jaga sebelumnya: 1" in ended.err, ended.err
    assert "Teknisi Contoh (PLN), untuk memperbaiki, BELUM KELUAR" in ended.err
    body = room.last("shift")
    assert body["incidents"] == [said.sid] and body["visitors"] == 1


def test_who_leaves_and_cannot_sign_signs_later(room: Warehouse) -> None:
    room.first()
    room.go(60)
    wrong = ("salah", "salah", "salah", "y")
    ended = room.shift("187", "", *wrong, WORD, outgoing="regu-a", incoming="regu-b")
    sid = room.told("shift")[-1].sid
    assert "SELESAI, TANPA SEMUA TANDA TANGAN" in ended.out and f"custody shift --sign {sid[:12]} --outgoing regu-a\n" in ended.out
    assert room.told("shift")[-1].signed == ("regu-b",)
    later = room.run("shift", "--sign", sid[:12], "--outgoing", room.key("regu-a"), answers=(WORD,))
    assert later.exit == 0 and set(room.told("shift")[-1].signed) == {"regu-a", "regu-b"}, spoken(later)
    other = room.run("shift", "--sign", sid, "--outgoing", room.key("regu-c"), answers=(WORD,))
    assert other.exit == 8 and "regu-c tidak disebut" in other.err


def test_who_takes_over_must_sign(room: Warehouse) -> None:
    ended = room.shift("187", "", "salah", "salah", "salah", "y")
    assert ended.exit == 7 and room.told("shift") == [] and len(room.drafts()) == 1


def test_without_questions_what_was_seen_must_be_said(room: Warehouse) -> None:
    keys = (*room.keys(None, "regu-a"), "--passphrase-file", room.evening.word(), "--yes")
    assert room.run("shift", *keys, "--counted", "187").exit == 2
    assert "--door --lock" in room.run("shift", *keys, "--counted", "187", "--new").err.replace(",", "")
    ended = room.run("shift", *keys, "--counted", "186", "--door", "locked", "--lock", "intact", "--new", "--json")
    assert ended.exit == 1 and '"difference": -1' in ended.out and '"recorded": 187' in ended.out, spoken(ended)


def test_while_the_ledger_key_is_locked_it_waits(tmp_path: Path) -> None:
    room = Warehouse(tmp_path, use="unlocked")
    ended = room.shift("187", "", WORD)
    assert ended.exit == 0 and "MENUNGGU KUNCI BUKU BESAR" in ended.out and "COCOK" in ended.out, spoken(ended)
    room.go(60)
    again = room.shift("187", "", WORD, WORD, outgoing="regu-a", incoming="regu-b")
    assert "MENUNGGU KUNCI BUKU BESAR" in again.out and [one.entry for one in room.told("shift")] == [None, None], spoken(again)


@pytest.mark.parametrize("new", [(), ("--new",)])
def test_a_room_under_count_is_not_counted_a_second_time(room: Warehouse, new: tuple[str, ...]) -> None:
    room.shift()  # begun and left at the first question
    quick = ("--officer", room.key("regu-b"), "--passphrase-file", room.evening.word(), "--yes")
    second = room.run("inspect", "--count", "3", *quick, *new)
    assert second.exit == 8 and "sudah sedang dihitung" in second.err and not SHOWN.search(spoken(second)), spoken(second)
    assert room.told("inspection") == []


def test_a_count_that_another_screen_has_is_not_begun_anew(room: Warehouse) -> None:
    room.shift()
    with Draft.open(room.drafts()[0]):
        ended = room.first("--new", incoming="regu-b")
    assert ended.exit == 8 and "sudah sedang dihitung" in ended.err and room.told("shift") == [], spoken(ended)


# -- scanning ------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def few(tmp_path: Path) -> Warehouse:
    """Seven boxes with labels."""
    room = Warehouse(tmp_path, figure=7, desa=("5307192008",))
    room.evening.labels()
    return room


def test_every_box_scanned(few: Warehouse) -> None:
    codes = [few.evening.code[box] for box in few.inside]
    ended = few.shift(*codes, "selesai", "", WORD)
    assert ended.exit == 0 and "COCOK: dihitung 7, tercatat 7" in ended.out, spoken(ended)
    look = few.last("inspection")
    assert [line["box"] for line in look["boxes"]] == few.inside and look["counted"] == 7
    assert few.last("shift")["counted"] == 7 and {line["by"]["how"] for line in look["boxes"]} == {"scanned"}


def test_a_typed_code_begins_the_scan(few: Warehouse) -> None:
    codes = [few.evening.code[box] for box in few.inside]
    ended = few.shift(codes[0].lower().replace("ksu1", "", 1), *codes[1:], "selesai", "", WORD)
    assert ended.exit == 0 and few.last("inspection")["counted"] == 7, spoken(ended)


def test_a_foreign_label_in_place_of_a_figure_is_told(few: Warehouse) -> None:
    assert "BUKAN LABEL KITA: KPU-5307-0001" in few.shift("KPU-5307-0001").err
    assert "BUKAN LABEL" not in few.run("shift", "--new", *few.keys(None, "regu-a"), answers=("", "tujuh")).err


def test_boxes_by_name_where_they_differ(few: Warehouse) -> None:
    others = [box for box in few.evening.office.boxes if box not in few.inside]
    codes = [few.evening.code[box] for box in [*few.inside[:-1], others[0]]]
    ended = few.shift(*codes, "kurang", "selesai", "t", "", WORD, "y", WORD)
    assert "Hitung buta: hitung dulu." in ended.err, ended.err
    before, _, after = ended.err.partition("Catat juga kotak-kotak ini satu per satu")
    assert "tidak ditemukan (1)" in before.rpartition("Kata sandi")[2] and after  # only once the count is signed
    assert ended.exit == 1 and "angkanya sama (7), tetapi bukan kotak yang sama" in ended.out, spoken(ended)
    count, look = (one.body for one in few.told("inspection"))
    assert count["counted"] == 7 and count["missing"] == [] and len(count["boxes"]) == 7
    assert (look["missing"], look["extra"], look["counted"]) == ([few.inside[-1]], [others[0]], None)


def test_boxes_are_named_by_who_wants_to(few: Warehouse) -> None:
    ended = few.shift(few.evening.code[few.inside[0]], "selesai", "t", "", WORD, "t")
    assert ended.exit == 1 and len(few.told("inspection")) == 1 and "tidak ditemukan (6)" in ended.out, spoken(ended)


def test_who_counts_by_scanning_again_keeps_what_was_scanned(few: Warehouse) -> None:
    codes = [few.evening.code[box] for box in few.inside]
    ended = few.shift(*codes[:5], "selesai", "y", *codes[5:], "selesai", "", WORD)
    assert ended.exit == 0 and "COCOK: dihitung 7" in ended.out and few.last("shift")["counted"] == 7, spoken(ended)


def test_a_figure_among_scans_is_told_to_be_none(few: Warehouse) -> None:
    codes = [few.evening.code[box] for box in few.inside]
    ended = few.shift(*codes[:5], "selesai", "y", "7", *codes[5:], "selesai", "", WORD)
    assert "angka tidak dicatat di sini" in ended.err and "Desa atau kelurahan belum disebut" not in ended.err, ended.err
    assert few.last("shift")["counted"] == 7


def test_a_seal_that_differs_is_told_with_the_others(few: Warehouse) -> None:
    codes = [few.evening.code[box] for box in few.inside]
    ended = few.shift(codes[0], "segel 2 robek", *codes[1:], "selesai", "", WORD)
    assert DONE in ended.out, spoken(ended)
    first, *rest = few.last("inspection")["boxes"]
    assert {one["point"]: one["state"] for one in first["seals"]} == {"lid": "intact", "slot": "torn", "tie-1": "intact", "tie-2": "intact"}
    assert all(line["seals"] == [] for line in rest)
    with few.evening.office.open(write=False) as office:
        found = office.ledger.judge([few.inside[0]])[few.inside[0]][1]
    assert [dict(one.facts)["point"] for one in found if one.code == "seal.changed"] == ["slot"]


def test_scanning_tells_nothing_of_where_a_box_should_be(few: Warehouse) -> None:
    others = [box for box in few.evening.office.boxes if box not in few.inside]
    ended = few.shift(few.evening.code[few.inside[0]], few.evening.code[others[0]])
    assert "terhitung 2" in ended.err and not re.search("dari 7|BELUM DISEGEL|DI LUAR|TIDAK COCOK", ended.err), ended.err


# -- crashes -------------------------------------------------------------------------------------------------------------------

WHOLE = ("180", "y", "187", "gembok utuh", "perlengkapan senter 2", "regu 4", "pintu disegel A12", "", WORD)


@pytest.mark.parametrize("after", range(len(WHOLE)))
def test_a_crash_loses_nothing(room: Warehouse, after: int) -> None:
    room.shift(*WHOLE[:after])
    left = WHOLE[after:] if after < len(WHOLE) - 1 else WHOLE[-2:]  # the page is shown once more before the signature
    ended = room.run("shift", answers=("", "", *left))
    assert DONE in ended.out, (after, spoken(ended))
    body = room.last("shift")
    assert (body["counted"], body["team"], body["door_seal"]) == (187, 4, "A12")
    assert body["equipment"] == [{"count": 2, "thing": "senter"}] and room.drafts() == []


def test_a_crash_while_scanning_loses_no_box(few: Warehouse) -> None:
    codes = [few.evening.code[box] for box in few.inside]
    few.shift(*codes[:4])
    ended = few.run("shift", answers=("", "", *codes[4:], "selesai", "terkunci, utuh", "", WORD))
    assert "terhitung 7" in ended.err and "COCOK: dihitung 7" in ended.out, spoken(ended)


def test_words_as_in_the_core() -> None:
    assert (doors.DOORS, doors.LOCKS) == (shapes.DOORS, shapes.LOCKS)
