"""custody init: guided, from a file, and over days with signatures that come back as files."""

from pathlib import Path

import pytest

from custody.ledger.deed import halves
from tests.cli.office_kit import AUTHORITIES, PASSPHRASE, OfficeDesk


def test_at_one_table_from_a_plan(office: OfficeDesk) -> None:
    answer = office.found()
    assert answer["stage"] == "founded" and answer["missing"] == [] and answer["index"] == 0
    ledger = Path(answer["folder"])
    assert (ledger / "policy").read_text().startswith("log " + answer["log"])
    assert (ledger / "keys" / "ledger").stat().st_mode & 0o777 == 0o600
    deed = (ledger / "founding" / "deed.txt").read_text("utf-8")
    assert "Pejabat Contoh kpu" in deed and answer["log"] in deed and "bawaslu-1" in deed
    assert office.json("ledger", "status")["guard"] == "here"


def test_signatures_that_come_back_one_by_one(office: OfficeDesk) -> None:
    begun = office.json("init", "--from", office.plan(), "--key", "kpu-1", "--passphrase-file", office.word, "--yes")
    assert begun["stage"] == "waiting" and begun["signed"] == ["kpu-1"] and not begun["enough"]
    sent = Path(begun["text"]).read_bytes()
    (office.folder / "sent").write_bytes(sent)
    signed = office.json("init", "--sign", "sent", "--key", "polri-1", "--passphrase-file", office.word, "--yes")
    assert signed["file"] == "polri-1.note"
    added = office.json("init", "--add", "polri-1.note")
    assert added["stage"] == "waiting" and added["enough"] and added["missing"] == ["bawaslu-1"]
    assert office.json("init", "--finish")["stage"] == "founded"
    deed = office.folder / "ledger" / "founding" / "deed.txt"
    first = deed.read_text("utf-8")
    deed.unlink()
    again = office.run("init", "--deed").out
    for said in (first, deed.read_text("utf-8"), again):
        told = [line for line in said.splitlines() if line.startswith("   ") and "menandatangani" in line]
        assert ["TIDAK" in line for line in told] == [True, False, False]
        assert "Presiden dan Wakil Presiden (PPWP)" in " ".join(said.split())


def test_asked_again_it_says_who_is_missing(office: OfficeDesk) -> None:
    office.json("init", "--from", office.plan(), "--key", "kpu-1", "--passphrase-file", office.word, "--yes")
    ended = office.run("init")
    assert ended.exit == 0 and "polri-1" in ended.out and "--add" in ended.out
    assert office.refused("init", "--finish") == (8, "founding.incomplete")
    assert office.refused("init", "--from", "plan.toml") == (8, "founding.begun")


def test_guided_with_all_at_the_table(office: OfficeDesk) -> None:
    """Three authorities; one brings a public half only and signs later."""
    answers = (
        "Operasi Contoh", "Contoh Kita", "contoh", "pemilu-2024", "wita", "y", "t",
        "", "AKBP", "Pejabat Contoh Satu", "", "", "kpu-1", "y",
        "", "", "Pejabat Contoh Dua", "", "", "polri-1", "y",
        "", "", "", "", "", "bawaslu-1.pub", "t",
        "", "", "y",
        PASSPHRASE, "salah", PASSPHRASE,
    )  # fmt: skip
    ended = office.run("init", answers=answers)
    assert ended.exit == 0, ended.err
    assert "Siapkan" in ended.err and "x0a" not in ended.err
    assert '"contoh kita"' in ended.err and "bawaslu-1" in ended.out
    assert office.json("init", "--finish")["stage"] == "founded"


def test_guided_makes_a_key_that_is_not_there_yet(office: OfficeDesk) -> None:
    answers = (
        "Latihan Contoh", "contoh", "pemilu-2024", "", "t", "t",
        "kpu", "", "", "", "", "baru.key", "kpu-9", PASSPHRASE, PASSPHRASE, "t",
        "1", "1", "y", PASSPHRASE,
    )  # fmt: skip
    ended = office.run("init", answers=answers)
    assert ended.exit == 0, ended.err
    assert (office.folder / "baru.key").stat().st_mode & 0o777 == 0o600
    assert "satu otoritas (hanya untuk latihan)" in ended.out and "lebih dari satu lembaga" not in ended.out
    status = office.json("ledger", "status")
    assert status["drill"] is True


def test_a_text_that_is_not_agreed_leaves_nothing(office: OfficeDesk) -> None:
    assert office.refused("init", "--from", office.plan(), answers=("t",)) == (2, "cli.authorise.stopped")
    assert not (office.folder / "ledger" / "founding" / "text").exists()
    assert office.refused("ledger", "status") == (5, "ledger.none")


def test_the_signer_sees_what_is_signed(office: OfficeDesk) -> None:
    begun = office.json("init", "--from", office.plan(), "--yes")
    ended = office.run("init", "--sign", begun["text"], "--key", "kpu-1", answers=("y", PASSPHRASE))
    assert ended.exit == 0, ended.err
    for shown in ("Operasi Contoh", "kpu-1", "Asia/Makassar", *halves(begun["founding"]).values(), "Pejabat Contoh polri", "SUNGGUHAN"):
        assert shown in ended.err
    assert "2 dari 3 otoritas, dari lebih dari satu lembaga" in ended.err and "Presiden dan Wakil Presiden (PPWP)" in ended.err


def test_names_in_a_packet_are_held_against_the_text(office: OfficeDesk) -> None:
    begun = office.json("init", "--from", office.plan(), "--yes")
    packet = Path(begun["text"])
    assert packet.stat().st_mode & 0o777 == 0o600
    packet.write_bytes(packet.read_bytes().replace(b"Pejabat Contoh polri", b"Pejabat Contoh paslu"))
    assert office.refused("init", "--sign", str(packet), "--key", "kpu-1", "--yes") == (2, "founding.openings")
    bare = (packet.parent / "text").as_posix()
    ended = office.run("init", "--sign", bare, "--key", "kpu-1", "--passphrase-file", office.word, "--yes")
    assert ended.exit == 0 and "Pejabat" not in ended.err


@pytest.mark.parametrize(("typed", "zone"), [("wit", "Asia/Jayapura"), ("WIB", "Asia/Jakarta"), ("Asia/Pontianak", "Asia/Pontianak")])
def test_time_zones_as_people_say_them(office: OfficeDesk, typed: str, zone: str) -> None:
    plan = (office.folder / office.plan()).read_text("utf-8").replace("Asia/Makassar", typed)
    (office.folder / "plan.toml").write_text(plan, "utf-8")
    ended = office.run("init", "--from", "plan.toml", "--yes")
    assert ended.exit == 0 and f"zona {zone}" in ended.err


def test_a_key_that_is_missing_is_said_before_anybody_signs(office: OfficeDesk) -> None:
    argv = ["init", "--from", office.plan(), "--key", "kpu-1", "--key", "hilang", "--passphrase-file", office.word, "--yes"]
    assert office.refused(*argv) == (7, "key.missing")
    assert not (office.folder / "ledger").exists()


def test_the_deed_is_a_page_and_can_be_printed_again(office: OfficeDesk) -> None:
    answer = office.found()
    deed = Path(answer["deed"])
    assert deed.name == "deed.pdf" and deed.read_bytes().startswith(b"%PDF")
    first = deed.read_bytes()
    deed.unlink()
    ended = office.run("init", "--deed")
    assert ended.exit == 0 and "Pejabat Contoh kpu" in ended.out and answer["log"] in ended.out
    assert deed.read_bytes() == first
    office.json("init", "--deed", "--out", "akta.pdf")
    assert (office.folder / "akta.pdf").read_bytes() == first
    assert office.refused("init", "--deed", "--out", "akta.pdf") == (2, "cli.file.exists")


def test_the_next_step_names_the_ledger_where_nothing_else_does(office: OfficeDesk) -> None:
    del office.desk.environ["CUSTODY_LEDGER"]
    ended = office.run("init", "--ledger", "buku besar", "--from", office.plan(), *office.signers(*AUTHORITIES))
    assert ended.exit == 0 and "custody import DAFTAR.csv --ledger 'buku besar' --key KUNCI --key KUNCI" in ended.out


REFUSALS = [
    ("unknown key in the plan", {"colour": "red"}, "plan.field"),
    ("a setting twice", {"zone": "Asia/Jakarta"}, "plan.form"),
    ("clocks that differ by less than nothing", {"skew": -1}, "statement.field"),
    ("procedure that is no hash", {"procedure": "SOP"}, "statement.field"),
]


@pytest.mark.parametrize(("name", "more", "code"), REFUSALS, ids=[case[0] for case in REFUSALS])
def test_plans_that_are_refused(office: OfficeDesk, name: str, more: dict[str, object], code: str) -> None:
    assert office.refused("init", "--from", office.plan(**more), "--yes") == (2, code)
    assert not (office.folder / "ledger" / "founding" / "text").exists()


def test_a_plan_without_a_bottom_is_no_plan(office: OfficeDesk) -> None:
    (office.folder / "deep.toml").write_text("a = " + "[" * 20_000)
    assert office.refused("init", "--from", "deep.toml", "--yes") == (2, "plan.form")


def test_a_plan_with_too_few_signatures_is_refused_unless_a_drill(office: OfficeDesk) -> None:
    (office.folder / "one.toml").write_text((office.folder / office.plan()).read_text().replace("threshold = 2", "threshold = 1"), "utf-8")
    assert office.refused("init", "--from", "one.toml", "--yes") == (2, "founding.threshold")
    drill = (office.folder / "one.toml").read_text().replace("threshold = 1", "threshold = 1\ndrill = true")
    (office.folder / "one.toml").write_text(drill, "utf-8")
    assert office.json("init", "--from", "one.toml", "--yes")["stage"] == "waiting"


def test_signatures_that_are_not_taken(office: OfficeDesk) -> None:
    begun = office.json("init", "--from", office.plan(), "--yes")
    office.key("orang-lain")
    assert office.refused("init", "--sign", begun["text"], "--key", "orang-lain", "--yes") == (8, "founding.not-named")
    office.json("init", "--sign", begun["text"], "--key", "kpu-1", "--passphrase-file", office.word, "--yes")
    good = (office.folder / "kpu-1.note").read_bytes()
    changed = good.replace(b"Operasi Contoh", b"Operasi Condoh")
    (office.folder / "other.note").write_bytes(changed)
    assert office.refused("init", "--add", "other.note") == (8, "founding.other-text")
    flipped = bytearray(good)
    flipped[-10] ^= 1 if flipped[-10] != 43 else 2
    (office.folder / "bad.note").write_bytes(bytes(flipped))
    assert office.refused("init", "--add", "bad.note")[0] in (2, 3)
    assert office.json("init")["signed"] == []


def test_a_founded_folder_is_not_founded_again(office: OfficeDesk) -> None:
    office.found()
    assert office.refused("init") == (8, "founding.done")
    (office.folder / "ledger" / "founding" / "text").unlink()
    assert office.refused("init", "--from", "plan.toml", "--yes") == (8, "founding.done")


def test_finishing_a_ledger_that_stands_says_so(office: OfficeDesk) -> None:
    office.found()
    ended = office.run("init", "--finish")
    assert ended.exit == 8 and "sudah berdiri" in ended.err and "custody init --deed" in ended.err


def test_finishing_again_after_a_crash_gives_the_same_ledger(office: OfficeDesk) -> None:
    first = office.found()
    for name in ("policy", "custody.toml", "private.db"):
        (office.folder / "ledger" / name).unlink()
    again = office.json("init", "--finish")
    assert again["stage"] == "founded" and again["origin"] == first["origin"]
    assert office.json("ledger", "status")["size"] == 1
    assert office.json("key", "list")["keys"][0]["name"].startswith("Pejabat Contoh")


def test_all_authorities_stand_in_the_list(office: OfficeDesk) -> None:
    office.found()
    listed = office.json("key", "list")["keys"]
    assert [item["key"] for item in listed] == sorted(AUTHORITIES)
    assert {item["name"] for item in listed} == {f"Pejabat Contoh {house}" for house in AUTHORITIES.values()}
