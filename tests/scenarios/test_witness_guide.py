"""The guide for a witness (docs/id/saksi.md, docs/en/witness.md), played line by line, with an office that goes on and then cheats."""

import re
import shutil
from pathlib import Path

import pytest

from custody.station import keyfile
from tests.cli.daily_kit import HABI, TPS, Evening
from tests.cli.harness import Desk, Ended

ROOT = Path(__file__).resolve().parents[2]
GUIDES = {"id": ROOT / "docs" / "id" / "saksi.md", "en": ROOT / "docs" / "en" / "witness.md"}
WORD = ["sandi saksi yang panjang"] * 2


def commands(lang: str) -> list[list[str]]:
    """What the guide says to type, without the program's name."""
    blocks = re.findall(r"```sh\n(.*?)```", GUIDES[lang].read_text("utf-8"), re.DOTALL)
    return [line.split()[1:] for block in blocks for line in block.splitlines()]


class Played:
    """An office, and the laptop of an agent on which the lines of the guide are typed one after the other."""

    def __init__(self, root: Path, lang: str) -> None:
        self.lang = lang
        self.office = Evening(root / "kantor", desa=(HABI,))
        self.laptop = Desk(root / "laptop", {"CUSTODY_STATE": str(root / "laptop" / "keadaan")}, self.office.desk.now)
        self.laptop.folder.mkdir()
        self.lines = iter(commands(lang))
        shutil.copy(self.office.office.folder / "policy", self.laptop.folder / "policy")

    def type(self, *expected: str, answers: tuple[str, ...] = ()) -> Ended:
        """The next line of the guide, which must begin so."""
        line = next(self.lines)
        assert tuple(line[: len(expected)]) == expected
        found = {word: sorted(map(str, self.laptop.folder.glob(word))) for word in line if "*" in word}
        words = [one for word in line for one in found.get(word, [word])]
        return self.laptop.run("--lang", self.lang, *words, answers=answers)

    def carry(self, name: str, since: int = 0) -> int:
        """The office writes a request, and somebody carries it to the laptop under the name of the guide."""
        ended = self.office.desk.run("witness", "request", "--since", str(since), "--out", f"{name}.req")
        assert ended.exit == 0, ended.err
        shutil.copy(self.office.root / f"{name}.req", self.laptop.folder / "consistency.req")
        with self.office.office.open(write=False) as office:
            return int(office.ledger.size)


@pytest.mark.parametrize("lang", GUIDES)
def test_the_guide_as_it_stands(tmp_path: Path, lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(keyfile.new_key.__kwdefaults__ or {}, "rounds", 1)
    assert len(commands(lang)) <= 10
    played = Played(tmp_path, lang)
    made = played.type("witness", "new", "saksi", answers=tuple(WORD))
    assert made.exit == 0 and "saksi.contoh.example/partai+" in made.out
    size = played.carry("satu")
    signed = played.type("witness", "cosign", "saksi", "consistency.req", answers=(WORD[0],))
    assert signed.exit == 0 and (played.laptop.folder / "consistency.cosigned").exists()
    serve = next(played.lines)
    assert serve[:3] == ["witness", "serve", "saksi"]  # played in tests/cli/test_witness.py, over a real line
    shown = played.type("witness", "show", "saksi")
    assert shown.exit == 0 and f" {size} " in shown.out.replace(":", " ")

    evening = played.office
    before = {name: tmp_path / name for name in ("buku", "keadaan")}
    shutil.copytree(evening.office.folder, before["buku"])
    shutil.copytree(evening.office.state, before["keadaan"])
    evening.labels()
    later = played.carry("dua", size)
    assert played.laptop.run("witness", "cosign", "saksi", "consistency.req", answers=(WORD[0],)).exit == 0
    _take_home(played)
    _put_back(evening, before)
    evening.labels()  # other labels under the same heads: the office has begun a second history of the same length
    assert played.carry("tiga", size) == later
    forked = played.laptop.run("witness", "cosign", "saksi", "consistency.req", answers=(WORD[0],))
    assert forked.exit != 0
    proof = played.type("gossip", "check")
    assert proof.exit == 3 and ("DUA SEJARAH TERBUKTI" if lang == "id" else "TWO HISTORIES PROVEN") in proof.out

    _publish(played)
    assert played.type("verify", "ekspor").exit == 0
    told = played.type("gossip", "add")
    assert told.exit == 3 and ("DUA SEJARAH" if lang == "id" else "TWO HISTORIES") in told.out
    assert next(played.lines, None) is None


def _take_home(played: Played) -> None:
    """The agent's people hold a receipt and a report."""
    evening, folder = played.office, played.laptop.folder
    assert evening.desk.run("receipt", "12", "--out", str(folder / "tanda-terima-12.tlog-proof")).exit == 0
    key, word = str(evening.office.own_key("kasatops-1")), str(evening.office.word_file())
    made = evening.desk.run("report", TPS, "--key", key, "--passphrase-file", word, "--out", str(folder / "laporan-lama.pdf"))
    assert made.exit == 0, made.err


def _put_back(evening: Evening, before: dict[str, Path]) -> None:
    for folder, kept in ((evening.office.folder, before["buku"]), (evening.office.state, before["keadaan"])):
        shutil.rmtree(folder)
        shutil.copytree(kept, folder)


def _publish(played: Played) -> None:
    ended = played.office.desk.run("export", str(played.laptop.folder / "ekspor"))
    assert ended.exit == 0, ended.err
