"""Chapter 9 of the guide for a Kasatops, "Bila sesuatu rusak atau hilang", played line by line in both languages, and what follows from it.

The keys of the guide lie on sticks below /media; here below a folder of that name. A phone is lost with a key on it, the computer burns,
the ledger key is replaced and then lost, an authority loses its key: each time the record goes on, and everything is still proven.
"""

import json
import re
import shlex
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.daily_kit import Evening
from tests.cli.harness import Desk, Ended
from tests.cli.laptop_kit import Laptop
from tests.cli.office_kit import KANGAE, PASSPHRASE, OfficeDesk

ROOT = Path(__file__).resolve().parents[2]
GUIDES = {"id": ROOT / "docs" / "id" / "kasatops.md", "en": ROOT / "docs" / "en" / "kasatops.md"}
RECEIPT = {"id": "tanda-terima.tlog-proof", "en": "receipt.tlog-proof"}
STICK = {"id": "flashdisk", "en": "stick"}
HABI = "5307192008"


def lines_of(lang: str) -> list[list[str]]:
    """What chapter 9 says to type, without the program's name."""
    chapter = re.split(r"(?m)^## ", GUIDES[lang].read_text("utf-8"))[9]
    assert chapter.startswith("9. ")
    blocks = re.findall(r"```sh\n(.*?)```", chapter, re.DOTALL)
    return [shlex.split(line)[1:] for block in blocks for line in block.splitlines()]


class Played:
    """An office with its keys on sticks; the lines of the guide are typed there one after the other."""

    def __init__(self, desk: Desk, lang: str) -> None:
        self.office, self.lang, self.lines = OfficeDesk(desk), lang, iter(lines_of(lang))
        self.folder = self.office.folder
        self.media = self.folder / "media"
        self._found()
        for stick, name in (("kpu", "kpu-1"), ("polri", "polri-1")):
            (self.media / stick).mkdir(parents=True)
            shutil.copy(self.folder / name, self.media / stick / name)
            shutil.copy(self.folder / f"{name}.pub", self.media / stick / f"{name}.pub")
        (self.media / STICK[lang]).mkdir()

    def _found(self) -> None:
        office = self.office
        office.found()
        office.kangae()
        for role, place, name in (("pps", HABI, "pps-habi"), ("kpps", f"{HABI}-001", "kpps-habi")):
            argv = ["key", "add", "--role", role, "--place", place, "--key-name", name, "--out", f"{name}.key"]
            office.json(*argv, "--new-passphrase-file", office.word, *office.signers())
        self.desk.now += timedelta(minutes=1)

    @property
    def desk(self) -> Desk:
        return self.office.desk

    def type(self, *expected: str, answers: tuple[str, ...] = (), yes: bool = True) -> Ended:
        """The next line of the guide, which must begin so; its sticks are here, and questions for a passphrase are answered by files."""
        line = next(self.lines)
        assert tuple(line[: len(expected)]) == expected
        words = [self._here(word) for word in line]
        if yes and "--key" in words:
            words += ["--passphrase-file", self.office.word, "--yes"]
        ended = self.desk.run("--lang", self.lang, *words, answers=answers)
        assert ended.exit == 0, ended.err
        return ended

    def _here(self, word: str) -> str:
        if not word.startswith("/media/"):
            return word
        path = self.folder / word[1:]
        return str(max(path.parent.glob("*.backup"))) if path.suffix == ".backup" else str(path)

    def verdict(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.office.run("verify", "--json").out)
        assert found["integrity"] == "consistent", found["faults"]
        return found


@pytest.fixture(params=GUIDES)
def played(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Played:
    OfficeDesk.cheap(monkeypatch)
    return Played(Desk(tmp_path), request.param)


def test_the_chapter_as_it_stands(played: Played) -> None:
    office, lang = played.office, played.lang
    size = played.verdict()["size"]
    office.json("receipt", str(size - 1), "--out", RECEIPT[lang])

    played.type("backup", answers=(PASSPHRASE, PASSPHRASE))
    shutil.rmtree(played.folder / "ledger")  # the computer burns
    shutil.rmtree(played.folder / "state")
    played.desk.environ.pop("CUSTODY_LEDGER")
    played.type("restore", answers=(PASSPHRASE,))
    proven = played.type("verify", "--ledger")
    assert ("Cocok dengan 1 bukti dari luar" if lang == "id" else "Agrees with 1 piece of outside evidence") in proven.out
    played.desk.environ["CUSTODY_LEDGER"] = str(played.folder / ("pulih" if lang == "id" else "restored"))
    assert played.verdict()["size"] == size

    played.desk.now += timedelta(days=1)
    played.type("key", "revoke", "pps-habi")  # a phone is lost, and the key on it
    assert "pps-habi" not in {one["key"] for one in office.json("key", "list")["keys"] if one["until"] is None}

    replaced = played.type("ledger", "rotate", "--revoke")
    assert replaced.out.count("\nlog ") == 2
    assert played.verdict()["size"] == size + 3

    keys = Path(played.desk.environ["CUSTODY_LEDGER"]) / "keys"
    (keys / "ledger").unlink()  # and then it is lost
    refused = office.refused("key", "revoke", "bawaslu-1", "--reason", "hilang", *office.signers())
    assert refused == (7, "ledger.key.missing")
    played.type("ledger", "rotate", "--revoke")
    assert played.verdict()["size"] == size + 5

    played.type("key", "revoke", "bawaslu-1")
    played.type("key", "add", answers=(PASSPHRASE, PASSPHRASE))
    found = played.verdict()
    assert found["size"] == size + 7
    assert next(played.lines, None) is None
    fresh = str(played.media / STICK[lang] / "bawaslu-2")
    argv = ["key", "add", "--role", "guard", "--place", "530719", "--out", "g.key", "--new-passphrase-file", office.word]
    assert office.json(*argv, "--key", fresh, "--key", "kpu-1", "--passphrase-file", office.word, "--yes")["sealed"], "the new one counts"
    assert office.refused(*argv[:-3], "h.key", *argv[-2:], *office.signers("bawaslu-1", "kpu-1"))[0] in (7, 8), "the old one does not"
    against = office.json("verify", "--against", str(played.folder / RECEIPT[lang]))
    assert (against["integrity"], against["outside"]) == ("consistent", 1), "a receipt under the first ledger key still proves"


def codes(ended: Ended) -> dict[str, list[list[int]]]:
    """The findings of `custody verify --json`: code -> the entries of each."""
    document = json.loads(ended.out)
    assert document["integrity"] == "consistent", document["faults"]
    found: dict[str, list[list[int]]] = {}
    for one in document["findings"]:
        found.setdefault(one["code"], []).append(one["entries"])
    return found


def test_a_lost_phone_what_was_signed_since_is_marked_and_what_comes_later_moves_nothing(tmp_path: Path) -> None:
    """The PPS signed at 19.42 at the table and once more on a laptop without signal; its phone was gone since 18.00, it says at eight."""
    evening = Evening(tmp_path, desa=(HABI,))
    evening.seal()
    evening.seal(f"{HABI}-002")
    laptop = Laptop(evening, "ndao", evening.root / "stick")
    laptop.begin(HABI)
    evening.hand()
    with evening.office.open(write=False) as office:
        handed = office.ledger.size - 1
    away = laptop.hand("kpps-08-2", "pps-08", f"{HABI}-002", HABI, f"PEM24-{HABI}-002-DPR-1")
    assert away.exit == 0, away.err
    before = codes(evening.desk.run("verify", "--json"))
    assert not {"key.suspect", "statement.late"} & before.keys()

    evening.desk.now += timedelta(minutes=20)
    signers = ("--key", evening.key("kpu-1"), "--key", evening.key("polri-1"), "--passphrase-file", evening.word(), "--yes")
    gone = evening.desk.run("key", "revoke", "pps-08", "--reason", "hilang", "--since", "27-11-2024 18.00", *signers)
    assert gone.exit == 0, gone.err
    after = codes(evening.desk.run("verify", "--json"))
    assert [handed] in after["key.suspect"]

    assert laptop.out().exit == 0
    taken = evening.desk.run("bundle", "in", str(evening.root / "stick"))
    assert taken.exit in (0, 1), taken.err
    late = codes(evening.desk.run("verify", "--json"))
    assert len(late["statement.late"]) == 1
    judged, _ = evening.state(f"PEM24-{HABI}-002-DPR-1")
    assert judged.holding is not None
    assert judged.holding.holder == "kpps-08-2", "it stays where it was"
    shown = evening.desk.run("verify")
    assert shown.exit == 1
    assert "pps-08" in shown.out


def test_what_waited_for_a_ledger_key_that_is_lost_is_sealed_with_the_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key file is there and nobody knows its passphrase any more; places and boxes wait in the outbox."""
    OfficeDesk.cheap(monkeypatch)
    office = OfficeDesk(Desk(tmp_path))
    argv = ["init", "--from", office.plan("unlocked"), "--ledger-passphrase-file", office.word]
    office.json(*argv, *office.signers("kpu-1", "polri-1", "bawaslu-1"))
    (office.folder / "kangae.csv").write_bytes(KANGAE.read_bytes())
    assert office.json("import", "kangae.csv", *office.signers())["sealed"] is False
    fresh = ["--new-passphrase-file", office.secret("baru", "kata sandi yang baru")]
    assert office.refused("ledger", "rotate", *fresh, *office.signers()) == (2, "cli.ledger.rotate.outbox")
    assert office.json("ledger", "status")["outbox"] == 2
    office.json("ledger", "rotate", "--revoke", "hilang", *fresh, *office.signers())
    assert office.json("ledger", "unlock", "--hours", "1", "--passphrase-file", "baru")["sealed"] == 2
    status = office.json("ledger", "status")
    assert (status["size"], status["outbox"]) == (5, 0)
    office.json("ledger", "lock")
    assert office.json("verify")["integrity"] == "consistent"


def test_two_of_three_go_on_and_one_alone_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One authority is gone; when a second one goes, nothing that needs the threshold can be done, and the command says so."""
    OfficeDesk.cheap(monkeypatch)
    office = OfficeDesk(Desk(tmp_path))
    office.found()
    office.kangae()
    office.json("key", "revoke", "bawaslu-1", "--reason", "hilang", *office.signers("kpu-1", "polri-1"))
    argv = ["key", "add", "--role", "guard", "--place", "530719", "--new-passphrase-file", office.word]
    assert office.json(*argv, "--out", "a.key", *office.signers("kpu-1", "polri-1"))["sealed"]
    assert office.refused(*argv, "--out", "b.key", *office.signers("kpu-1", "bawaslu-1")) == (8, "authorise.unknown")
    assert office.refused(*argv, "--out", "c.key", *office.signers("kpu-1")) == (8, "authorise.short")
    assert office.json("verify")["integrity"] == "consistent"
