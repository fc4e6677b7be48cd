"""`custody export`, `custody verify FOLDER`, `custody reveal`: what the public gets, and one name for a court (docs/spec/25-export.md)."""

import base64
import json
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from custody.assembly import Office
from custody.core import private
from custody.core.private import Opening
from custody.ledger import enrolment
from custody.store.private import PrivateRegister
from custody_cli.boxes.daily import private_text
from fixtures.smallworld import Person
from tests.cli.daily_kit import HABI, Evening
from tests.cli.harness import Ended

NAME, NUMBER, RANK = "Penjaga Contohrahasia", "7908123456", "Bripda Contohan"
TEXT = "Terpal basah, telepon 0812-3456-7890, lapor kepada Bapak Contoh Tetangga"
PUBLIC = ("Contoh", "bawaslu")  # words of names here that the founding says openly
NOTHING: dict[str, Any] = {"about": [], "due": None, "irregular": [], "owner": None, "photos": [], "settles": []}


@dataclass
class Told:
    """A ledger whose private register holds a name, a number, a rank, a free text and the codes of labels; entries that commit to them."""

    evening: Evening
    person: int
    incident: int

    def run(self, *argv: str) -> Ended:
        return self.evening.desk.run(*argv)

    def json(self, *argv: str) -> tuple[int, dict[str, Any]]:
        ended = self.run(*argv, "--json")
        return ended.exit, json.loads(ended.out or ended.err.splitlines()[-1])


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    evening = Evening(tmp_path_factory.mktemp("evening"), desa=(HABI,))
    evening.labels()
    evening.seal()
    evening.hand()
    with evening.office.open() as office:
        person = _enrolled(evening, office)
        note = private_text(office, "note", TEXT, secrets.token_bytes)
        made = office.draft("incident", **NOTHING, boxes=[], code="wet", place=HABI, note=note)
        incident = office.submit([evening.office.signed(made, "guard-1")]).receipts[0].index
    policy = evening.office.folder / "policy"
    policy.write_bytes(f"# Disimpan oleh {NAME}\n".encode() + policy.read_bytes())
    return Told(evening, person, incident)


def _enrolled(evening: Evening, office: Office) -> int:
    """A guard more, whose name, number and rank are committed to."""
    who = evening.office.people.setdefault("guard-9", Person("guard-9"))
    personal = {"name": NAME, "number": NUMBER, "rank": RANK, "unit": None}
    fixed = enrolment.terms(office.common(), who.person, personal, secrets.token_bytes)
    office.private.put_openings(enrolment.openings(fixed))
    made = enrolment.statement(office.founding.sid, who.key, "guard", None, ["5307"], fixed)
    return office.submit([evening.office.signed(made, "kpu-1", "polri-1", "guard-9")]).receipts[0].index


@pytest.fixture
def folder(told: Told, tmp_path: Path) -> Path:
    ended = told.run("export", str(tmp_path / "ekspor"), "--entries", f"0,{told.person}", "--entries", "3-4", "--since", "1")
    assert ended.exit == 0, ended.err
    return tmp_path / "ekspor"


# -- export and verify ---------------------------------------------------------------------------------------------------------


def test_what_is_said_of_it(told: Told, tmp_path: Path) -> None:
    where = str(tmp_path / "ekspor")
    first = told.run("export", where)
    assert first.exit == 0
    assert first.out.startswith("Ekspor selesai: ")
    assert f"custody verify {where} --trust" in first.out
    assert "sudah memuat semuanya" in told.run("export", where).out
    exit, document = told.json("export", where, "--entries", "0")
    assert (exit, document["files"], document["before"]) == (0, 2, document["size"])


def test_the_same_answer_without_a_ledger(told: Told, folder: Path) -> None:
    exit, there = told.json("verify", str(folder))
    assert (exit, there["integrity"], there["own_trust"]) == (1, "consistent", True)  # an incident is open
    assert told.json("verify") == (exit, there)
    assert told.json("verify", str(folder), "--workers", "2") == (exit, there)
    assert told.run("verify", str(folder), "--ledger", "tidak-ada").out.startswith("KONSISTEN, tanpa saksi")


def test_against_what_was_heard_and_held(told: Told, folder: Path) -> None:
    line = told.json("export", str(folder))[1]["line"]
    exit, document = told.json("verify", str(folder), "--line", line, "--against", str(folder / "old.checkpoint"))
    assert (exit, document["outside"], document["lines"][0]["outcome"]) == (1, 1, "agrees")
    assert told.json("verify", str(folder), "--line", line[:-1] + ("0" if line[-1] != "0" else "1"))[0] == 4


HARM = {
    "a bit of an entry": ("log/tile/entries/000.p", 3, "DIUBAH"),
    "no list of keys": ("officers.vkeys", 4, "belum lengkap"),
}


@pytest.mark.parametrize("name", HARM)
def test_a_copy_that_was_harmed(name: str, told: Told, folder: Path) -> None:
    where, code, words = HARM[name]
    if code == 4:
        (folder / where).unlink()
    else:
        path = next((folder / where).iterdir())
        data = bytearray(path.read_bytes())
        data[2000] ^= 1
        path.write_bytes(data)
    ended = told.run("verify", str(folder))
    assert ended.exit == code
    assert words in ended.out + ended.err


WRONG: dict[str, tuple[tuple[str, ...], int, str]] = {
    "two old sizes": (("--since", "1", "--old", "policy"), 2, "cli.export.one"),
    "no number": (("--entries", "5,lima"), 2, "cli.export.entries"),
    "a range backwards": (("--entries", "9-5"), 2, "cli.export.entries"),
    "an entry that is not there": (("--entries", "99999"), 8, "export.entry"),
    "too many": (("--entries", "0-999999999999"), 8, "export.many"),
    "a size without a head": (("--since", "99999"), 8, "ledger.checkpoint"),
    "a file that is no head": (("--old", "policy"), 8, "export.foreign"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_exported(name: str, told: Told, tmp_path: Path) -> None:
    argv, code, error = WRONG[name]
    shutil.copy(told.evening.office.folder / "policy", told.evening.desk.folder / "policy")
    exit, document = told.json("export", str(tmp_path / "ekspor"), *argv)
    assert (exit, document["code"]) == (code, error)
    assert not (tmp_path / "ekspor/log/checkpoint").exists()


def test_a_folder_that_is_no_export(told: Told, tmp_path: Path) -> None:
    assert told.json("verify", str(tmp_path))[1]["code"] == "export.none"
    exit, document = told.json("verify", str(told.evening.office.folder))
    assert (exit, document["code"]) == (5, "export.is-ledger")
    assert told.json("export", str(told.evening.office.folder))[1]["code"] == "export.ledger"


# -- nothing personal ----------------------------------------------------------------------------------------------------------


def forms(value: bytes) -> Iterator[bytes]:
    """How bytes could hide in a file: plain, in hex, in base64 at each of the three offsets, as UTF-16."""
    yield from (value, value.lower(), value.upper(), value.hex().encode(), value.hex().upper().encode())
    yield value.decode("utf-8", "replace").encode("utf-16-le")
    for shift in range(3):  # only the characters that do not depend on the neighbours
        encoded = base64.b64encode(bytes(shift) + value)
        yield encoded[-(-shift * 8 // 6) : (shift + len(value)) * 8 // 6]
        yield base64.urlsafe_b64encode(bytes(shift) + value)[-(-shift * 8 // 6) : (shift + len(value)) * 8 // 6]


def private_values(register: PrivateRegister) -> Iterator[bytes]:
    """Everything that the private register knows, and each longer word of it; salts as they are and as hex."""
    for _, opening in register.openings():
        yield from (opening.value.encode(), bytes.fromhex(opening.salt), opening.salt.encode())
        yield from (word.encode() for word in opening.value.split() if len(word) > 5 and word not in PUBLIC)


def leaks(root: Path, wanted: list[bytes]) -> list[tuple[str, bytes]]:
    """Which of these stand in which file, in any form."""
    shapes = {form: one for one in wanted for form in forms(one)}
    found = []
    for path in sorted(root.rglob("*")):
        data = path.read_bytes() + path.relative_to(root).as_posix().encode() if path.is_file() else b""
        found += [(path.name, one) for form, one in shapes.items() if form in data]
    return found


def known(told: Told) -> list[bytes]:
    with told.evening.office.open(write=False) as office:
        wanted = list(private_values(office.private))
        codes = [code.symbols.encode() for box in told.evening.office.boxes for code in office.private.codes_of(box)]
    assert {NAME.encode(), NUMBER.encode(), RANK.encode(), TEXT.encode()} <= set(wanted)
    assert len(codes) >= 5
    return [*wanted, *codes]


def test_nothing_of_the_private_register_is_in_it(told: Told, folder: Path) -> None:
    assert leaks(folder, known(told)) == []


def test_nothing_of_it_is_in_documents_for_others(told: Told, tmp_path: Path) -> None:
    wanted = [f"--{name}={tmp_path / name}" for name in ("epcis", "nist", "csv", "jsonl")]
    assert told.run("export", *wanted).exit == 0
    assert len(list(tmp_path.rglob("*"))) == 11
    assert leaks(tmp_path, known(told)) == []


HIDDEN = {
    "plain": lambda one: one,
    "capitals": lambda one: one.upper(),
    "hex": lambda one: one.hex().encode(),
    "base64": lambda one: base64.b64encode(b"xx" + one + b"y"),
    "UTF-16": lambda one: one.decode().encode("utf-16-le"),
}


@pytest.mark.parametrize("way", HIDDEN)
def test_the_scan_would_find_it(way: str, told: Told, folder: Path) -> None:
    path = folder / "log/tile/0/000.p"
    part = next(path.iterdir())
    part.write_bytes(part.read_bytes() + HIDDEN[way](NAME.encode()))
    assert (part.name, NAME.encode()) in leaks(folder, known(told))


# -- one name for a court ------------------------------------------------------------------------------------------------------


def test_a_name_for_a_court(told: Told, folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "bukaan"
    listed = told.json("reveal", str(told.person))[1]["places"]
    assert listed == {"name": True, "number": True, "rank": True}
    assert NAME not in told.run("reveal", str(told.person)).out
    made = told.run("reveal", str(told.person), "name", "--out", str(file))
    assert made.exit == 0
    assert "data pribadi" in made.out
    assert file.stat().st_mode & 0o077 == 0
    assert leaks_of(file, NAME) and not leaks_of(file, NUMBER) and not leaks_of(file, RANK)
    ended = told.run("reveal", str(file), "--check", "--trust", str(folder / "policy"), "--export", str(folder), "--ledger", "tidak-ada")
    assert (ended.exit, f"name: {NAME}" in ended.out, "kunci guard-9" in ended.out) == (0, True, True)


def leaks_of(file: Path, value: str) -> bool:
    return any(form in file.read_bytes() for form in forms(value.encode()))


def test_a_text_for_a_court(told: Told, folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "bukaan"
    assert told.run("reveal", str(told.incident), "note", "--out", str(file)).exit == 0
    exit, document = told.json("reveal", str(file), "--check", "--trust", str(folder / "policy"))
    assert (exit, document["openings"]) == (0, [{"place": "note", "field": "note", "value": TEXT}])


def test_what_cannot_be_opened(told: Told, tmp_path: Path) -> None:
    assert told.json("reveal", str(told.person), "nama")[1]["code"] == "reveal.place"
    assert told.json("reveal", "1", "name")[1]["code"] == "reveal.nothing"
    copy = tmp_path / "copy"
    shutil.copytree(told.evening.office.folder, copy)
    (copy / "private.db").unlink()
    PrivateRegister.create(copy).close()
    exit, document = told.json("reveal", str(told.person), "name", "--ledger", str(copy))
    assert (exit, document["code"]) == (8, "reveal.closed")
    assert told.json("reveal", str(told.person), "--ledger", str(copy))[1]["places"]["name"] is False


def test_a_guess_cannot_be_tried_against_a_commitment(told: Told) -> None:
    """Whoever knows field and value lacks the salt: 128 bits that no two commitments share."""
    with told.evening.office.open(write=False) as office:
        body = json.loads(office.ledger.note(told.person).split(b"\n")[1])
        opened = [opening for _, opening in office.private.openings()]
    committed = body["name"]["c"]
    guesses = [
        Opening("name", salt, NAME) for salt in ("00" * 16, "ff" * 16, body["person"], committed[:32], *[one.salt for one in opened])
    ]
    right = [one for one in guesses if one.commitment() == committed]
    assert [one.salt for one in right] == [one.salt for one in opened if one.value == NAME]
    assert len({one.salt for one in opened}) == len(opened)
    assert all(len(bytes.fromhex(one.salt)) == private.SALT_BYTES == 16 for one in opened)


def _altered(file: Path, old: bytes, new: bytes) -> None:
    data = file.read_bytes()
    assert old in data
    file.write_bytes(data.replace(old, new, 1))


FORGED: dict[str, tuple[bytes, bytes, int, str]] = {
    "another value": (b"Contohrahasia", b"Contohpalsu", 3, "private.opening"),
    "another field": (b'"field":"name"', b'"field":"rank"', 3, "private.opening"),
    "another form": (b"custody/reveal/v1", b"custody/reveal/v2", 4, "reveal.form"),
    "a field more": (b'{"openings"', b'{"also":1,"openings"', 4, "reveal.form"),
    "another index": (b"\nindex ", b"\nindex 1", 3, "merkle.inclusion"),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_file_that_was_changed(name: str, told: Told, folder: Path, tmp_path: Path) -> None:
    old, new, code, error = FORGED[name]
    file = tmp_path / "bukaan"
    assert told.run("reveal", str(told.person), "name", "--out", str(file)).exit == 0
    _altered(file, old, new)
    exit, document = told.json("reveal", str(file), "--check", "--trust", str(folder / "policy"))
    assert (exit, document["code"]) == (code, error)


def test_an_opening_of_something_else_proves_nothing(told: Told, folder: Path, tmp_path: Path) -> None:
    """The opening holds and the entry stands in the ledger, but the one was never committed to in the other."""
    one, two = tmp_path / "satu", tmp_path / "dua"
    assert told.run("reveal", str(told.person), "name", "--out", str(one)).exit == 0
    assert told.run("reveal", str(told.incident), "note", "--out", str(two)).exit == 0
    mixed = one.read_bytes().partition(b"\n\n")[0] + b"\n\n" + two.read_bytes().partition(b"\n\n")[2]
    two.write_bytes(mixed)
    exit, document = told.json("reveal", str(two), "--check", "--trust", str(folder / "policy"))
    assert (exit, document["code"]) == (3, "reveal.elsewhere")


def test_places_have_names_there_too_and_people_their_keys(tmp_path: Path) -> None:
    """What the ledger tells everybody is shown as the office shows it; what only the register knows is not."""
    other = Evening(tmp_path / "other", desa=(HABI,))
    other.hand()
    assert other.desk.run("export", "ekspor").exit == 0
    ended = other.desk.run("verify", "ekspor")
    assert ended.exit == 1
    assert "TPS 001 Habi · " in ended.out
