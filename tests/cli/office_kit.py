"""An office at which commands are typed: key files with passphrases in files, a plan, a state folder of its own."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from custody.ledger import strongbox
from custody.station import keyfile, people
from fixtures.smallworld import seed
from tests.cli.harness import Desk, Ended

ROOT = Path(__file__).parent.parent.parent
KANGAE = ROOT / "fixtures" / "kangae.csv"
PASSPHRASE = "sandi contoh"
AUTHORITIES = {"kpu-1": "kpu", "polri-1": "polri", "bawaslu-1": "bawaslu"}

PLAN = """
operation = "Operasi Contoh"
domain = "contoh"
zone = "Asia/Makassar"
profile = "pemilu-2024"
ledger_key = "{use}"
threshold = 2
"""
SEAT = """
[[authority]]
key = "{name}.pub"
institution = "{institution}"
name = "Pejabat Contoh {institution}"
number = "1990{number}"
"""


@dataclass
class OfficeDesk:
    """A desk whose ledger folder is `ledger`, with the keys of three authorities (cheap to open) and their passphrase file."""

    desk: Desk

    def __post_init__(self) -> None:
        self.folder = self.desk.folder
        self.desk.environ |= {"CUSTODY_STATE": str(self.folder / "state"), "CUSTODY_LEDGER": str(self.folder / "ledger")}
        for name in AUTHORITIES:
            self.key(name)
        self.word = self.secret("word", PASSPHRASE)

    def secret(self, name: str, text: str) -> str:
        """A passphrase file."""
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text + "\n", "utf-8")
        return name

    def key(self, name: str) -> str:
        """A key file of that name; one bcrypt round, so that opening it costs nothing."""
        path = self.folder / name
        if not path.exists():
            keyfile.new_key(path, name, PASSPHRASE.encode(), random=lambda size: seed(name)[:size], rounds=1)
        return name

    def plan(self, use: str = "file", **more: Any) -> str:
        """A founding plan in a file."""
        seats = "".join(SEAT.format(name=name, institution=house, number=at) for at, (name, house) in enumerate(AUTHORITIES.items()))
        lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in more.items())
        (self.folder / "plan.toml").write_text(PLAN.format(use=use) + lines + seats, "utf-8")
        return "plan.toml"

    @staticmethod
    def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
        """Keys and backups that cost little to open: what a passphrase is turned into stays the same work, done fewer times."""
        for function in (keyfile.new_key, people.answer):
            monkeypatch.setitem(function.__kwdefaults__, "rounds", 1)
        monkeypatch.setattr(strongbox, "LOG_N", 4)

    def run(self, *argv: str, answers: tuple[str, ...] = ()) -> Ended:
        return self.desk.run(*argv, answers=answers)

    def json(self, *argv: str, exit: int = 0, answers: tuple[str, ...] = ()) -> dict[str, Any]:
        """The answer of a command that must end with this code."""
        ended = self.run(*argv, "--json", answers=answers)
        assert ended.exit == exit, ended.err
        found = json.loads(ended.out)
        assert isinstance(found, dict)
        return found

    def refused(self, *argv: str, answers: tuple[str, ...] = ()) -> tuple[int, str]:
        """Exit code and error code of a command that must not succeed."""
        ended = self.run(*argv, "--json", answers=answers)
        assert ended.out == "", ended.out
        return ended.exit, json.loads(ended.err.splitlines()[-1])["code"]

    def signers(self, *names: str) -> list[str]:
        """Options that let these sign without questions."""
        keys = [option for name in names or ("kpu-1", "polri-1") for option in ("--key", name)]
        return [*keys, "--passphrase-file", self.word, "--yes"]

    def found(self, use: str = "file") -> dict[str, Any]:
        """A founded ledger."""
        return self.json("init", "--from", self.plan(use), *self.signers(*AUTHORITIES))

    def kangae(self) -> dict[str, Any]:
        """With the real list of polling stations in it."""
        (self.folder / "kangae.csv").write_bytes(KANGAE.read_bytes())
        return self.json("import", "kangae.csv", *self.signers())
