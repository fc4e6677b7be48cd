"""`custody incident`: few keystrokes, a page and a radio message at once, settled by who may, found in the list of open ones."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from custody.core import shapes
from custody.station import radio
from custody_cli.table import happening
from fixtures.daydesk import KANGAE, WORD
from tests.cli.daily_kit import HABI, LANGIR, TPS, Evening
from tests.cli.harness import Ended


@pytest.fixture
def evening(tmp_path: Path) -> Evening:
    made = Evening(tmp_path, desa=(HABI,))
    made.labels()
    made.seal()
    made.hand()
    return made


def report(evening: Evening, *argv: str, who: str = "guard-1", exit: int = 0, answers: tuple[str, ...] = ()) -> dict[str, Any]:
    """The answer of a report that is signed without questions."""
    ended = evening.desk.run("incident", *argv, "--key", evening.key(who), "--passphrase-file", evening.word(), "--yes", "--json")
    assert ended.exit == exit, ended.err
    found = json.loads(ended.out if exit == 0 else ended.err.splitlines()[-1])
    assert isinstance(found, dict)
    return found


def opened(evening: Evening) -> list[dict[str, Any]]:
    ended = evening.desk.run("incident", "--open", "--json")
    rows = json.loads(ended.out)["open"]
    assert ended.exit == (1 if rows else 0)
    return list(rows)


def body(evening: Evening, entry: int) -> dict[str, Any]:
    from custody.core import entry as entries

    with evening.office.open(write=False) as office:
        return entries.parse(office.ledger.note(entry)).statement.body


def test_the_codes_are_those_of_the_statements() -> None:
    assert happening.CODES == shapes.INCIDENTS


def test_said_on_one_line(evening: Evening) -> None:
    told = report(evening, "TPS 1 Habi DPR", "--code", "wet", "--note", "basah waktu turun dari perahu")
    assert Path(evening.root / told["page"]).read_bytes().startswith(b"%PDF-") and (evening.root / told["page"]).stat().st_mode & 0o077 == 0
    assert told["message"].startswith("KEJADIAN 27/11 19.42 kotak basah - Habi - 1 kotak: TPS 001 Habi DPR Entri ")
    said = body(evening, told["entry"])
    assert (said["code"], said["place"], said["boxes"]) == ("wet", HABI, [f"PEM24-{TPS}-DPR-1"])
    assert "basah waktu turun" not in json.dumps(said) and said["note"] is not None


# How it is typed at sea: which boxes, and where.
AT_SEA = {
    "by Enter": ("muatan {id}", "selesai", ""),
    "by its vehicle": ("KM DOA IBU", "selesai", "di laut dekat Palue"),
    "where it put in": ("{id}", "selesai", "Kangae"),
}


@pytest.mark.parametrize("name", AT_SEA)
def test_what_happens_at_sea_is_said_where_it_was(evening: Evening, name: str) -> None:
    """A boat with twelve boxes and a dead engine: the load by one word, the leg by Enter, no place that is not so."""
    typed = AT_SEA[name]
    load = ("--giver", evening.key("pps-08"), "--to", "Kangae", "--escort", "1", "--order", "X1", "--vehicle", "KM DOA IBU")
    codes = [evening.code[one] for one in evening.of(TPS)]
    sent = evening.desk.run(
        "scan", "muat", *load, "--seals-seen", "--passphrase-file", evening.word(), "--yes", answers=(*codes, "selesai")
    )
    with evening.office.open(write=False) as office:
        number = json.loads(evening.desk.run("manifest", "list", "--json").out)["consignments"][0]["id"][:8]
        offer = office.ledger.size - 1
    answers = (*(one.format(id=number) for one in typed), "mesin mati jam delapan", "tidak ada", "y", WORD)
    ended = evening.desk.run("incident", "--key", evening.key("guard-1"), answers=("mesin mati", *answers))
    assert ended.exit == 0, sent.err + ended.err
    told = body(evening, offer + 1)
    under_way = told["place"] == HABI
    assert told["code"] == "delay" and told["boxes"] == evening.of(TPS) and bool(told["about"]) == under_way == (name != "where it put in")
    assert ("di perjalanan" in ended.out) == under_way and "Habi" in ended.out
    assert ("Palue" in evening.desk.run("trace", "TPS 1 Habi DPR").out) == (name == "by its vehicle")


def test_the_message_carries_the_short_line_of_the_checkpoint_that_holds_the_entry(evening: Evening) -> None:
    told = report(evening, "--code", "power", "--place", "PPK Kangae")
    with evening.office.open(write=False) as office:
        head = office.ledger.head()
    assert head.size == told["entry"] + 1 and told["message"].endswith(head.short)
    assert len(told["message"]) == told["length"] <= 160 and set(told["message"]) <= radio.ALPHABET


@pytest.mark.parametrize("name", ["ada.pdf", "tidak-ada/baru.pdf"])
def test_where_the_page_cannot_lie_nothing_is_recorded(evening: Evening, name: str) -> None:
    (evening.root / "ada.pdf").write_bytes(b"lama")
    report(evening, "--code", "power", "--place", "PPK Kangae", "--out", name, exit=2)
    assert opened(evening) == [] and (evening.root / "ada.pdf").read_bytes() == b"lama"


def test_a_term_that_has_passed_is_none(evening: Evening) -> None:
    told = report(evening, "--code", "power", "--place", "PPK Kangae", "--owner", "kasatops-1", "--due", "26-11-2024 08.00", exit=2)
    assert told["code"] == "cli.incident.past" and opened(evening) == []


def test_asked_for_at_the_table(evening: Evening) -> None:
    lines = ("1", evening.code[evening.of(TPS)[0]], "TPS 1 Habi PPWP", "selesai", "", "tali putus", "kasatops-1 08.00", "y", WORD)
    ended = evening.desk.run("incident", "--key", evening.key("guard-1"), answers=lines)
    assert ended.exit == 0, ended.err
    (row,) = opened(evening)
    assert (row["code"], row["owner"], row["due"]) == ("seal", "kasatops-1", "2024-11-28T00:00:00Z")  # 08.00 WITA of the next day
    assert len(row["boxes"]) == 2 and row["place"] == HABI


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("10", "sunk"),
        ("tenggelam", "sunk"),
        ("listrik", "power"),
        ("wet", "wet"),
        ("kotak dic", "stolen"),
        ("basah", "wet"),
        ("bocor", "defect"),
        ("Atap bocor", "defect"),
        ("listrik mati", "power"),
    ],
)
def test_what_happened_by_number_or_word(evening: Evening, typed: str, code: str) -> None:
    answers = (typed, "tidak ada", "PPK Kangae", "tidak ada", "tidak ada", "y", WORD)
    ended = evening.desk.run("incident", "--key", evening.key("guard-1"), answers=answers)
    assert ended.exit == 0, ended.err
    assert opened(evening)[0]["code"] == code


def test_who_said_what_happened_and_a_sentence_is_not_asked_who_sees_to_it(evening: Evening) -> None:
    key = ("--key", evening.key("guard-1"), "--passphrase-file", evening.word())
    ended = evening.desk.run("incident", "--code", "power", "--place", "PPK Kangae", "--note", "padam", *key, answers=("-", "y"))
    assert ended.exit == 0 and "Siapa menangani" not in ended.err, ended.err


def test_status_tells_of_open_ones_also_without_boxes(evening: Evening) -> None:
    assert "Kejadian yang belum selesai" not in evening.desk.run("status").out
    report(evening, "--code", "power", "--place", "PPK Kangae")
    assert "Kejadian yang belum selesai: 1" in evening.desk.run("status").out


def test_settled_by_who_reported_it(evening: Evening) -> None:
    first = report(evening, "TPS 1 Habi", "--code", "missing", "--due", "20.00")
    assert [row["late"] for row in opened(evening)] == [False]
    second = report(evening, "--settles", str(first["entry"]), "--note", "sudah ditemukan")
    assert opened(evening) == []
    assert body(evening, second["entry"])["place"] == HABI and second["message"].startswith("SELESAI")
    again = evening.desk.run("incident", "--page", str(first["entry"]), "--out", "lagi.pdf", "--json")
    assert again.exit == 0 and (evening.root / "lagi.pdf").exists()


def test_not_settled_by_a_stranger(evening: Evening) -> None:
    evening.office.enrol("guard-2", "guard", [HABI])
    first = report(evening, "--code", "threat", "--place", "PPK Kangae")
    refused = report(evening, "--settles", str(first["entry"]), who="guard-2", exit=8)
    assert refused["code"] == "cli.incident.unentitled"
    assert [row["entry"] for row in opened(evening)] == [first["entry"]]


def test_a_settlement_without_effect_never_says_that_it_is_settled(evening: Evening) -> None:
    evening.office.enrol("guard-2", "guard", [HABI])
    first = report(evening, "--code", "threat", "--place", "PPK Kangae")
    with evening.office.open() as office:  # as another station would have sent it
        fields = {"about": [], "boxes": [], "code": "threat", "due": None, "irregular": [], "note": None, "owner": None, "photos": []}
        said = office.draft("incident", **fields, place=body(evening, first["entry"])["place"], settles=[first["sid"]])
        office.submit([evening.office.signed(said, "guard-2")])
    again = evening.desk.run("incident", "--page", said.sid, "--out", "lagi.pdf", "--json")
    told = json.loads(again.out)
    assert told["message"].startswith("KEJADIAN") and "SELESAI" not in told["message"]


def test_settling_asks_for_no_place_and_names_the_entry(evening: Evening) -> None:
    first = report(evening, "--code", "power", "--place", "PPK Kangae")
    ended = evening.desk.run(
        "incident", "--settles", str(first["entry"]), "--key", evening.key("guard-1"), answers=("nyala lagi", "y", WORD)
    )
    assert ended.exit == 0 and f"menyelesaikan entri {first['entry']} · listrik" in ended.err, ended.err
    assert opened(evening) == []


@pytest.mark.parametrize(
    ("typed", "who", "when"),
    [
        ("Kasatops Contoh Satu 08.00", "Kasatops Contoh Satu", "08.00"),
        ("Kasatops Contoh Satu", None, None),
        ("Kasatops Contoh 28-11-2024 08.00", "Kasatops Contoh", "28-11-2024 08.00"),
    ],
)
def test_who_sees_to_it_by_a_name_of_several_words(typed: str, who: str | None, when: str | None) -> None:
    found = happening.DUE.fullmatch(typed)
    assert (found and found["who"], found and found["when"]) == (who, when)


def test_until_a_moment_of_another_day(evening: Evening) -> None:
    answers = ("listrik", "tidak ada", "PPK Kangae", "padam", "kasatops-1 29-11-2024 08.00", "y", WORD)
    assert evening.desk.run("incident", "--key", evening.key("guard-1"), answers=answers).exit == 0
    assert [(row["owner"], row["due"]) for row in opened(evening)] == [("kasatops-1", "2024-11-29T00:00:00Z")]


def test_a_store_full_of_boxes_burns_at_once_and_is_settled_at_once(tmp_path: Path) -> None:
    evening = Evening(tmp_path, desa=tuple(KANGAE))
    first = report(evening, "Kangae", "--code", "burnt", "--place", "PPK Kangae")
    assert "265 kotak dari 53 TPS" in first["message"]
    assert sorted(len(row["boxes"]) for row in opened(evening)) == [15, 250]
    report(evening, "--settles", str(first["entry"]))
    assert opened(evening) == []


def test_late_ones_say_so(evening: Evening) -> None:
    report(evening, "--code", "delay", "--place", "PPK Kangae", "--due", "27-11-2024 19.50")
    evening.desk.now += timedelta(minutes=10)
    ended = evening.desk.run("incident", "--open")
    assert "TERLAMBAT, sampai 27 November 2024 pukul 19.50 WITA" in ended.out and ended.exit == 1


def test_photographs_go_in_by_their_hash(evening: Evening) -> None:
    (evening.root / "foto.jpg").write_bytes(b"gambar")
    told = report(evening, "--code", "seal", "--place", "PPK Kangae", "--photo", "foto.jpg")
    assert [photo["sha256"] for photo in body(evening, told["entry"])["photos"]] == [hashlib.sha256(b"gambar").hexdigest()]


REFUSED = {
    "something else without a word of what": (("--code", "other", "--place", "PPK Kangae"), "cli.incident.other-note"),
    "nobody of that name": (("--code", "power", "--place", "PPK Kangae", "--owner", "siapa"), "cli.incident.nobody"),
    "an empty photograph": (("--code", "seal", "--place", "PPK Kangae", "--photo", "kosong.jpg"), "cli.photo.empty"),
    "settling what is no incident": (("--settles", "1"), "cli.incident.other"),
    "no place": (("--code", "power"), "cli.handoff.who"),
    "no code": (("--place", "PPK Kangae"), "cli.handoff.who"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_recorded_as_it_was_typed(evening: Evening, name: str) -> None:
    argv, code = REFUSED[name]
    (evening.root / "kosong.jpg").touch()
    exit_ = 8 if code == "cli.incident.other" else 2
    assert report(evening, *argv, exit=exit_)["code"] == code
    assert opened(evening) == []


def test_it_waits_for_the_ledger_key_and_says_so(tmp_path: Path) -> None:
    evening = Evening(tmp_path, use="unlocked", desa=(HABI,))
    ended: Ended = evening.desk.run(
        "incident",
        "--code",
        "power",
        "--place",
        "PPK Kangae",
        "--key",
        evening.key("guard-1"),
        "--passphrase-file",
        evening.word(),
        "--yes",
    )
    assert ended.exit == 0 and "MENUNGGU KUNCI BUKU BESAR" in ended.out and "Menunggu kunci CP" in ended.out, ended.err
    assert next(evening.root.glob("kejadian-*.pdf"))


def test_boxes_that_are_no_concern_of_the_reporter_are_told_before_he_signs(tmp_path: Path) -> None:
    evening = Evening(tmp_path, desa=(HABI,))
    evening.office.enrol("pps-away", "pps", [LANGIR])
    argv = ("--code", "wet", "--place", "Habi", "--note", "-", "--yes", "--passphrase-file", evening.word(), "--key")
    away = evening.desk.run("incident", "TPS 1 Habi", *argv, evening.key("pps-away"))
    own = evening.desk.run("incident", "TPS 1 Habi", *argv, evening.key("guard-1"))
    assert away.exit == own.exit == 0, away.err
    assert "TIDAK ditandai oleh laporan ini" in away.err and "TPS 001 Habi · DPD" in away.err
    assert "TIDAK ditandai" not in own.err
