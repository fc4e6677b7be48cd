"""`custody gossip`: what others held, against ledgers that are honest, rewritten, cut and forked; kept for whoever verifies later."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from custody.core.checkpoint import Checkpoint
from custody.core.fork import Fork
from custody.core.note import split
from custody.core.policy import Policy
from custody.paper.codes import headcode
from tests.cli.daily_kit import HABI, TPS, Evening
from tests.cli.harness import Ended


class Night:
    """An evening's ledger; what a PPS took home; and the same ledger rewritten by its owner, who has key and guard."""

    def __init__(self, root: Path) -> None:
        self.evening = Evening(root, desa=(HABI,))
        self.root, self.folder, self.state = root, self.evening.office.folder, self.evening.office.state
        self.trust = root / "dari-akta"
        shutil.copy(self.folder / "policy", self.trust)
        self.copy("awal")
        self.evening.labels()
        self.evening.seal()
        self.evening.hand()
        self.take_home()
        self.copy("jujur")
        self.put_back("awal")
        self.evening.labels()  # other codes, so another history of the same length and under the same key
        self.evening.seal()
        self.evening.hand()
        self.evening.seal()
        self.copy("ditulis-ulang")

    def take_home(self) -> None:
        with self.evening.office.open(write=False) as office:
            self.size = office.ledger.size
            (self.root / "titik").write_bytes(office.ledger.checkpoint())
            head = office.ledger.head()
            self.line, self.head = head.short, headcode.of(head).format()
            early = office.ledger.receipt(self.size - 1)
        (self.root / "terima.tlog-proof").write_bytes(early.format())
        self.bare = early.proof.format().decode()
        key, word = str(self.evening.office.own_key("kasatops-1")), str(self.evening.office.word_file())
        made = self.evening.desk.run("report", TPS, "--key", key, "--passphrase-file", word, "--out", "lama.pdf")
        assert made.exit == 0, made.err
        for name, start in (("isi.bundle", 0), ("kepala.bundle", self.size)):
            assert self.evening.desk.run("bundle", "out", str(self.root / name), "--from", str(start)).exit == 0

    def copy(self, name: str) -> None:
        for part, folder in (("buku", self.folder), ("keadaan", self.state)):
            shutil.copytree(folder, self.root / name / part)

    def put_back(self, name: str) -> None:
        for part, folder in (("buku", self.folder), ("keadaan", self.state)):
            shutil.rmtree(folder)
            shutil.copytree(self.root / name / part, folder)

    def run(self, *argv: str, ledger: str, state: Path) -> Ended:
        environ = {"CUSTODY_STATE": str(state), "CUSTODY_LEDGER": str(self.root / ledger / "buku")}
        return self.evening.desk.run(*argv, environ=environ)

    def told(self, *argv: str, ledger: str, state: Path) -> tuple[int, list[tuple[str, str]]]:
        ended = self.run("gossip", *argv, "--json", ledger=ledger, state=state)
        assert ended.out, ended.err
        return ended.exit, [(one["outcome"], one["code"]) for one in json.loads(ended.out)["things"]]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    return Night(tmp_path_factory.mktemp("malam"))


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """The state folder of somebody who verifies."""
    return tmp_path / "keadaan"


HELD = {
    "checkpoint": "titik",
    "receipt": "terima.tlog-proof",
    "report": "lama.pdf",
    "bundle": "isi.bundle",
    "bundle without entries": "kepala.bundle",
}


@pytest.fixture(autouse=True)
def unkept(night: Night) -> Any:
    """Each test begins with ledger folders in which nothing is kept."""
    yield
    for name in ("awal", "jujur", "ditulis-ulang"):
        shutil.rmtree(night.root / name / "buku" / "evidence", ignore_errors=True)


@pytest.mark.parametrize("held", HELD.values(), ids=HELD)
def test_the_honest_ledger_agrees(night: Night, state: Path, held: str) -> None:
    assert night.told("add", str(night.root / held), ledger="jujur", state=state) == (0, [("agrees", "gossip.agrees")])


@pytest.mark.parametrize("held", HELD.values(), ids=HELD)
def test_a_rewritten_ledger_is_proven_to_have_two_histories(night: Night, state: Path, held: str) -> None:
    assert night.told("add", str(night.root / held), ledger="ditulis-ulang", state=state) == (3, [("fork", "gossip.fork")])
    (file,) = state.glob("*.evidence/*.fork")
    earlier, later = Fork.parse(file.read_bytes()).verify(Policy.parse(night.trust.read_bytes()))
    assert earlier.size <= later.size and earlier.origin == later.origin
    ended = night.run("gossip", "check", str(file), "--trust", str(night.trust), ledger="jujur", state=state)
    assert ended.exit == 3 and "DUA SEJARAH TERBUKTI" in ended.out


@pytest.mark.parametrize("held", HELD.values(), ids=HELD)
@pytest.mark.parametrize(("ledger", "code"), [("ditulis-ulang", "outside.root"), ("awal", "outside.longer")], ids=["rewritten", "cut"])
def test_verification_says_it_too(night: Night, state: Path, held: str, ledger: str, code: str) -> None:
    verify = ("verify", "--against", str(night.root / held), "--trust", str(night.trust), "--json")
    ended = night.run(*verify, ledger=ledger, state=state)
    assert ended.exit == 3 and code in {fault["code"] for fault in json.loads(ended.out)["faults"]}
    assert night.run(*verify, ledger="jujur", state=state).exit == 0


def test_a_bundle_whose_head_did_not_come_over_decides_nothing(night: Night, state: Path, tmp_path: Path) -> None:
    half = tmp_path / "separuh.bundle"
    half.write_bytes((night.root / "isi.bundle").read_bytes()[:300])
    exit, ((outcome, code),) = night.told("add", str(half), ledger="jujur", state=state)
    assert (exit, outcome, code) == (4, "undecided", "outside.form")


@pytest.mark.parametrize("held", HELD.values(), ids=HELD)
def test_a_cut_ledger_has_lost_its_end(night: Night, state: Path, held: str) -> None:
    exit, told = night.told("add", str(night.root / held), ledger="awal", state=state)
    assert (exit, told) == (3, [("cut", "gossip.cut")])


def test_what_was_kept_is_read_by_every_later_verification(night: Night, state: Path, tmp_path: Path) -> None:
    verify = ("verify", "--trust", str(night.trust))
    assert night.run(*verify, ledger="ditulis-ulang", state=state).exit in (0, 1)
    night.run("gossip", "add", str(night.root / "titik"), ledger="ditulis-ulang", state=state)
    ended = night.run(*verify, ledger="ditulis-ulang", state=state)
    assert ended.exit == 3 and "outside.root" in ended.out
    stranger = night.run(*verify, ledger="ditulis-ulang", state=tmp_path / "lain")  # it lies in the ledger folder as well
    assert stranger.exit == 3
    shutil.rmtree(night.root / "ditulis-ulang" / "buku" / "evidence")  # whoever cleans the folder cannot clean the machines of others
    assert night.run(*verify, ledger="ditulis-ulang", state=state).exit == 3
    assert night.run(*verify, ledger="jujur", state=state).exit == 3  # a fork stays one, whichever side is shown
    listed = night.run("gossip", "list", ledger="ditulis-ulang", state=state)
    assert listed.exit == 3 and "DUA SEJARAH" in listed.out


def test_what_agreed_is_remembered_against_a_later_rewrite(night: Night, state: Path) -> None:
    night.run("gossip", "add", str(night.root / "titik"), ledger="jujur", state=state)
    shutil.rmtree(night.root / "jujur" / "buku" / "evidence", ignore_errors=True)
    assert "Cocok dengan 1 bukti" in night.run("verify", ledger="jujur", state=state).out
    assert night.run("verify", ledger="ditulis-ulang", state=state).exit == 3
    assert night.run("verify", ledger="awal", state=state).exit == 3


def test_check_keeps_nothing(night: Night, state: Path) -> None:
    assert night.told("check", str(night.root / "titik"), ledger="ditulis-ulang", state=state)[0] == 3
    assert list(state.glob("*.evidence/*")) == []


@pytest.mark.parametrize("ledger", ["jujur", "ditulis-ulang", "awal"])
@pytest.mark.parametrize("what", ["line", "head"])
def test_a_line_without_signature_binds_or_decides_nothing(night: Night, state: Path, what: str, ledger: str) -> None:
    wanted = {"jujur": (0, "gossip.line.agrees"), "ditulis-ulang": (4, "gossip.line.differs"), "awal": (4, "gossip.line.longer")}
    exit, told = night.told("add", str(getattr(night, what)), ledger=ledger, state=state)
    assert (exit, told[0][1]) == wanted[ledger]
    assert list(state.glob("*.evidence/*")) == []


def test_a_proof_from_a_code_is_signed_and_so_proves(night: Night, state: Path) -> None:
    assert night.told("add", night.bare, ledger="jujur", state=state)[0] == 0
    assert night.told("add", night.bare, ledger="ditulis-ulang", state=state)[1][0][0] == "fork"


def test_without_a_ledger_two_receipts_convict_each_other(night: Night, state: Path, tmp_path: Path) -> None:
    heads = {name: _head_at(night, name) for name in ("jujur", "ditulis-ulang")}
    for name, data in heads.items():
        (tmp_path / name).write_bytes(data)
    environ = {"CUSTODY_STATE": str(state), "CUSTODY_LEDGER": ""}
    argv = ("gossip", "add", *(str(tmp_path / name) for name in heads), "--trust", str(night.trust), "--json")
    ended = night.evening.desk.run(*argv, environ=environ)
    assert [one["code"] for one in json.loads(ended.out)["things"]] == ["gossip.alone", "gossip.alone", "gossip.pair"]
    assert ended.exit == 3
    assert len(list(state.glob("*.evidence/*.fork"))) == 1


def _head_at(night: Night, ledger: str) -> bytes:
    """The checkpoint of the size that both histories have."""
    from custody.store.sqlite import SqliteStore

    store = SqliteStore.open(night.root / ledger / "buku")
    note = store.checkpoint(_common(night))
    store.close()
    assert note is not None
    return note


def _common(night: Night) -> int:
    from custody.store.sqlite import SqliteStore

    sizes = []
    for ledger in ("jujur", "ditulis-ulang"):
        store = SqliteStore.open(night.root / ledger / "buku")
        sizes.append({size for size, _ in store.checkpoints()})
        store.close()
    start = Checkpoint.parse(split((night.root / "titik").read_bytes())[0]).size
    return max(size for size in sizes[0] & sizes[1] if size <= start)


def test_an_edited_copy_differs_and_is_no_fork(night: Night, state: Path, tmp_path: Path) -> None:
    """Somebody without the key changes rows: the copy is altered, but the ledger key signed one history only."""
    from fixtures.tamper import Intruder

    copy = tmp_path / "disunting" / "buku"
    shutil.copytree(night.root / "jujur" / "buku", copy)
    intruder = Intruder(copy)
    intruder.run("UPDATE entry SET leaf = zeroblob(32) WHERE idx = 3")
    intruder.run("DELETE FROM tile")
    intruder.close()
    environ = {"CUSTODY_STATE": str(state), "CUSTODY_LEDGER": str(copy)}
    ended = night.evening.desk.run("gossip", "add", str(night.root / "titik"), environ=environ)
    assert ended.exit == 3
    assert list(state.glob("*.evidence/*.fork")) == []


FOREIGN = {
    "another ledger": ("foreign", "outside.other-ledger"),
    "no evidence": ("bukan apa-apa", "outside.form"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_not_of_this_ledger_decides_nothing(night: Night, state: Path, tmp_path: Path, name: str) -> None:
    from tests.witness.test_witness import head

    data, code = FOREIGN[name]
    (tmp_path / "aneh").write_bytes(head(5) if data == "foreign" else data.encode())
    assert night.told("add", str(tmp_path / "aneh"), ledger="jujur", state=state) == (4, [("undecided", code)])


@pytest.mark.parametrize("ledger", ["jujur", "ditulis-ulang", "awal"])
def test_against_an_export_without_a_ledger(night: Night, state: Path, tmp_path: Path, ledger: str) -> None:
    """What an outsider can do with a stick: the office's export, his own trust file, his old receipt."""
    wanted = {"jujur": (0, "gossip.agrees"), "ditulis-ulang": (3, "gossip.fork"), "awal": (3, "gossip.cut")}
    folder = tmp_path / "ekspor"
    assert night.run("export", str(folder), ledger=ledger, state=night.root / ledger / "keadaan").exit == 0
    environ = {"CUSTODY_STATE": str(state), "CUSTODY_LEDGER": ""}
    argv = ("gossip", "add", str(night.root / "titik"), "--export", str(folder), "--trust", str(night.trust), "--json")
    ended = night.evening.desk.run(*argv, environ=environ)
    assert (ended.exit, json.loads(ended.out)["things"][0]["code"]) == wanted[ledger]
    again = night.evening.desk.run("verify", str(folder), "--trust", str(night.trust), "--json", environ=environ)
    told = json.loads(again.out)
    assert told["integrity"] == ("consistent" if ledger == "jujur" else "altered")  # what was kept is read for exports too
    assert told["outside"] == (1 if ledger == "jujur" else told["outside"])
    page = night.evening.desk.run(
        "gossip", "check", _page_code(night), "--export", str(folder), "--trust", str(night.trust), environ=environ
    )
    assert page.exit == (0 if ledger == "jujur" else 4)


def _page_code(night: Night) -> str:
    """The code at the foot of the report's first page, as a scanner types it."""
    from custody.paper.codes import pagecode
    from custody.paper.codes.pagesight import page_texts

    pytest.importorskip("zxingcpp")
    texts = page_texts((night.root / "lama.pdf").read_bytes(), 1) or ()
    return next(text for text in texts if text.startswith(pagecode.HEAD))


def test_a_text_that_is_nothing_of_ours_is_said(night: Night, state: Path) -> None:
    ended = night.run("gossip", "add", "halo", "--json", ledger="jujur", state=state)
    assert (ended.exit, json.loads(ended.err.splitlines()[-1])["code"]) == (2, "cli.gossip.text")
