"""What a person sees who opens docs/spec/verifier/verify.html from a stick and chooses files: one answer for each, in both languages."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import pytest

from custody.conformance import questions
from custody.ledger.export import Wanted, export
from custody.ledger.exportfolder import ExportFolder
from tests.bench.ground import Ground
from tests.paper import stories
from tests.verifier import chromium
from tests.verifier.second import FILE, verify
from tests.verifier.test_papers import EDITS

pytestmark = pytest.mark.skipif(chromium.PROGRAM is None, reason="chromium is not here")
PAGE = FILE.parent / "verify.html"
EVIDENCE = [f"bukti/{name}" for name in verify.FILES]
HOSTILE = "<b>surat<img src=x>.txt"
DONE = "at('state').textContent.startsWith('Selesai')"


class Shown(NamedTuple):
    answers: list[tuple[str, str]]  # verdict and code of each card, from the top
    text: str


class Sheet:
    """The page, as a person uses it."""

    def __init__(self, browser: chromium.Chromium) -> None:
        self._browser = browser

    def show(self, *files: Path, trust: Path | None = None, folder: Path | None = None) -> Shown:
        self._browser.run("at('clear').click()")
        self._browser.wait("desk.brought.size === 0 && at('state').textContent === ''")
        if trust is not None:
            self._browser.choose("#trust", trust)
            self._browser.wait("desk.trust !== null")
        if folder is not None:
            self._browser.choose("#folder", folder)
        if folder is not None and files:
            self._browser.wait(DONE)
            self._browser.run("at('state').textContent = ''")
        if files:
            self._browser.choose("#files", *files)
        return self.read()

    def drop(self, *paths: Path) -> Shown:
        self._browser.run("at('clear').click()")
        self._browser.wait("desk.brought.size === 0 && at('state').textContent === ''")
        held: dict[str, Any] = {"items": [], "files": [str(path.resolve()) for path in paths], "dragOperationsMask": 1}
        for step in ("dragEnter", "dragOver", "drop"):
            self._browser.send("Input.dispatchDragEvent", type=step, x=200, y=200, data=held)
        return self.read()

    def read(self) -> Shown:
        self._browser.wait(DONE)
        answers = self._browser.run("[...document.querySelectorAll('.result')].map((one) => [one.dataset.verdict, one.dataset.code])")
        return Shown([(verdict, code) for verdict, code in answers], self._browser.run("document.querySelector('main').innerText"))


@pytest.fixture(scope="module")
def sheet() -> Iterator[Sheet]:
    with chromium.Chromium() as browser:
        browser.open(PAGE)
        yield Sheet(browser)


@pytest.fixture(scope="module")
def stick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stick with an export, altered ones, the evidence of a report, reports as PDF, receipts and trust files."""
    stick = tmp_path_factory.mktemp("stik")
    export = json.loads((questions.folder() / "25-export.json").read_bytes())["files"]
    for name in ("ekspor", "diubah", "kurang"):
        for path, data in export.items():
            (stick / name / path).parent.mkdir(parents=True, exist_ok=True)
            (stick / name / path).write_bytes(verify.base64.b64decode(data))
    (stick / "kurang" / "log" / "checkpoint").unlink()
    bundle = next((stick / "diubah" / "log" / "tile" / "entries").rglob("*/14"))
    bundle.write_bytes(bundle.read_bytes().replace(b'"happened":{"at":"2024-11-27T10:05', b'"happened":{"at":"2024-11-27T10:06', 1))
    report = json.loads((questions.folder() / "13-report.json").read_bytes())["reports"]["box"]
    for name, field in zip(verify.FILES, ("facts", "excerpt", "proof"), strict=True):
        (stick / "bukti").mkdir(exist_ok=True)
        (stick / "bukti" / name).write_bytes(report[field].encode())
    (stick / "percaya.txt").write_text(report["policy"], encoding="utf-8")
    (stick / "windows.txt").write_bytes(b"\xef\xbb\xbf" + report["policy"].rstrip("\n").replace("\n", "\r\n").encode())
    paper = stories.short()
    (stick / "laporan.pdf").write_bytes(paper.pdf)
    (stick / "diubah.pdf").write_bytes(EDITS["a name in an entry"][0](paper.pdf))
    (stick / "percaya-laporan.txt").write_bytes(paper.trust.format())
    receipt = next(one for one in questions.questions("14-receipt") if one.ask["what"] == "receipt.verify")
    data = verify.base64.b64decode(receipt.ask["data"])
    (stick / "terima.tlog-proof").write_bytes(data)
    (stick / "diubah.tlog-proof").write_bytes(data.replace(b"index 2", b"index 1"))
    (stick / "policy").write_bytes(verify.base64.b64decode(receipt.ask["policy"]))
    for name, chapter, what in (("petikan", "16-excerpt", "excerpt.replay"), ("bukaan", "25-export", "reveal.check")):
        good = next(one.ask for one in questions.questions(chapter) if one.ask["what"] == what and one.want["verdict"] == "accepted")
        (stick / name).write_bytes(verify.base64.b64decode(good["data"]))
        (stick / f"percaya-{name}.txt").write_bytes(verify.base64.b64decode(good["policy"]))
    (stick / "diubah-bukaan").write_bytes((stick / "bukaan").read_bytes().replace(b'"value":"', b'"value":"x', 1))
    other = next(one for one in questions.questions("10-steps") if one.name == "a trust file of another ledger")
    (stick / "lain.txt").write_bytes(verify.base64.b64decode(other.ask["policy"]))
    (stick / "rusak.txt").write_text("log custody.contoh/salah\nquorum none\n", encoding="utf-8")
    (stick / HOSTILE).write_text("Bukan berkas kita.\n", encoding="utf-8")
    return stick


# What is chosen -> trust file, folder, files; the answers, and words that stand on the page.
CASES: dict[str, tuple[str | None, str | None, list[str], list[tuple[str, str]], list[str]]] = {
    "an export with nothing else": (None, "ekspor", [], [("consistent", "")], ["KONSISTEN", "CONSISTENT", "hanya dengan dirinya sendiri"]),
    "an export and a trust file": ("percaya.txt", "ekspor", [], [("consistent", "")], ["KONSISTEN", "belum disaksikan sejak entri 0"]),
    "an export, of another ledger": ("lain.txt", "ekspor", [], [("undecided", "founding.other-ledger")], ["untuk buku besar lain"]),
    "an altered export": (
        "percaya.txt",
        "diubah",
        [],
        [("altered", "signature.bad")],
        ["DIUBAH", "langkah · step 3, entri · entry ", "berubah sesudah ditandatangani"],
    ),
    "an export without its head": (
        None,
        "kurang",
        [],
        [("undecided", "export.incomplete")],
        ["log/checkpoint", "Salin lagi"],
    ),
    "an export and a head kept from it": (None, "ekspor", ["ekspor/old.checkpoint"], [("consistent", "")], ["1 berkas yang Anda simpan"]),
    "an export and a receipt of another history": (
        None,
        "ekspor",
        ["terima.tlog-proof"],
        [("altered", "outside.root"), ("undecided", "check.no-trust")],
        ["riwayatnya ditulis ulang"],
    ),
    "evidence": (
        "percaya.txt",
        None,
        EVIDENCE,
        [("intact", "check.evidence")],
        ["UTUH"],
    ),
    "evidence, a file short": ("percaya.txt", None, EVIDENCE[:2], [("undecided", "check.unproven")], ["pilih ketiganya"]),
    "a folder of evidence": ("percaya.txt", "bukti", [], [("intact", "check.evidence")], ["kotak PEM24-5307192001-001-DPR-1"]),
    "a trust file saved by Windows": ("windows.txt", "bukti", [], [("intact", "check.evidence")], ["tanda BOM"]),
    "a report": (
        "percaya-laporan.txt",
        None,
        ["laporan.pdf"],
        [("undecided", "check.not-compared")],
        ["TIDAK DAPAT DIPUTUSKAN", "bukti utuh, halaman tidak dibandingkan", "evidence intact, page not compared", "Isi buktinya"],
    ),
    "a report, without a trust file": (None, None, ["laporan.pdf"], [("undecided", "check.no-trust")], ["Pilih milik Anda di langkah 1"]),
    "a report, of another ledger": ("lain.txt", None, ["laporan.pdf"], [("undecided", "check.other-ledger")], ["Dari buku besar lain"]),
    "an altered report": ("percaya-laporan.txt", None, ["diubah.pdf"], [("altered", "excerpt.root")], ["DIUBAH", "ALTERED"]),
    "a receipt with its trust file": (
        None,
        None,
        ["terima.tlog-proof", "policy"],
        [("intact", "")],
        ["datang bersama", "bukan dari Anda"],
    ),
    "an altered receipt": ("policy", None, ["diubah.tlog-proof"], [("altered", "merkle.inclusion")], ["DIUBAH"]),
    "an excerpt": ("percaya-petikan.txt", None, ["petikan"], [("intact", "")], ["Entri yang dibawa", "Petikan · Excerpt"]),
    "a reveal": ("percaya-bukaan.txt", None, ["bukaan"], [("intact", "")], ["Dibuka", "Bukaan · Reveal"]),
    "a reveal, and the export that it is of": (
        "ekspor/policy",
        "ekspor",
        ["bukaan"],
        [("consistent", ""), ("intact", "")],
        ["Dibuka", "memuat entri itu", "The export has this entry."],
    ),
    "a reveal, and an altered export": (
        "ekspor/policy",
        "diubah",
        ["bukaan"],
        [("altered", "signature.bad"), ("intact", "")],
        ["DIUBAH", "Dibuka"],
    ),
    "an altered reveal": ("percaya-bukaan.txt", None, ["diubah-bukaan"], [("altered", "private.opening")], ["bukan yang ditandatangani"]),
    "two trust files": (None, None, ["terima.tlog-proof", "policy", "lain.txt"], [("undecided", "check.no-trust")], ["Lebih dari satu"]),
    "a trust file that is none": ("rusak.txt", None, ["terima.tlog-proof"], [("undecided", "check.no-trust")], ["policy.key"]),
    "something else": (
        None,
        None,
        [HOSTILE],
        [("undecided", "outside.form")],
        ["Bukan berkas yang", "<b>surat<img"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_shown(sheet: Sheet, stick: Path, name: str) -> None:
    trust, folder, files, answers, words = CASES[name]
    shown = sheet.show(*(stick / one for one in files), trust=stick / trust if trust else None, folder=stick / folder if folder else None)
    assert shown.answers == answers
    assert [one for one in words if one not in shown.text] == []
    assert ("Yang tidak dibuktikan" in shown.text) == any(one in {("consistent", ""), ("intact", ""), ("intact", "check.evidence"),
                                                                ("undecided", "check.not-compared")} for one in answers)  # fmt: skip


def test_a_folder_and_files_that_are_dropped(sheet: Sheet, stick: Path) -> None:
    shown = sheet.drop(stick / "ekspor", stick / "laporan.pdf", stick / "percaya-laporan.txt")
    assert shown.answers == [("consistent", ""), ("undecided", "check.not-compared")]
    assert "belum disaksikan sejak entri 0" in shown.text  # judged under the trust file that was dropped with it


@pytest.mark.parametrize(("own", "look"), [(True, "good"), (False, "open")])
def test_a_trust_file_that_came_along_is_not_ones_own(sheet: Sheet, stick: Path, own: bool, look: str) -> None:
    receipt, trust = stick / "terima.tlog-proof", stick / "policy"
    shown = sheet.show(receipt, trust=trust) if own else sheet.show(receipt, trust)
    assert shown.answers == [("intact", "")]
    assert sheet._browser.run("document.querySelector('.result').className") == f"result {look}"
    assert ("Berkas kepercayaan Anda. " in shown.text, "bukan dari Anda" in shown.text) == (own, not own)


def test_without_the_browsers_own_ed25519_the_answer_is_the_same(sheet: Sheet, stick: Path) -> None:
    sheet._browser.run("KNOWN.clear(); subtleIsOurs = false")
    for folder in ("ekspor", "diubah"):
        shown = sheet.show(folder=stick / folder, trust=stick / "percaya.txt")
        assert shown.answers == {"ekspor": [("consistent", "")], "diubah": [("altered", "signature.bad")]}[folder]
    sheet._browser.run("subtleIsOurs = null")


def test_signatures_are_judged_ahead_and_only_once(sheet: Sheet, stick: Path) -> None:
    assert sheet._browser.run("trySubtle()") is True
    sheet._browser.run("KNOWN.clear(); asked = 0; ours = holds; holds = (...given) => { asked++; return ours(...given); }")
    sheet.show(folder=stick / "ekspor", trust=stick / "percaya.txt")
    by_hand, judged = sheet._browser.run("[asked, KNOWN.size]")
    sheet._browser.run("holds = ours")
    assert judged > 20
    assert by_hand < 5  # those of checkpoints


@pytest.mark.soak
def test_a_district_in_the_browser(sheet: Sheet, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    ground = Ground(tmp_path / "ledger", 2_000, 20_000, later=1)
    ledger = ground.ledger()
    export(ledger, ledger._store, ground.trust, ExportFolder(tmp_path / "ekspor"), Wanted())
    (tmp_path / "percaya.txt").write_bytes(ground.trust.format())
    began = perf_counter()
    shown = sheet.show(folder=tmp_path / "ekspor", trust=tmp_path / "percaya.txt")
    record_property("20,000 entries judged by the page in seconds", round(perf_counter() - began, 1))
    assert shown.answers == [("consistent", "")]


def test_names_of_files_are_text_and_nothing_else(sheet: Sheet, stick: Path) -> None:
    sheet.show(stick / HOSTILE)
    assert sheet._browser.run("document.querySelectorAll('.result b, .result img').length") == 0


@pytest.mark.parametrize("name", EDITS)
def test_a_report_is_judged_as_verify_py_does(sheet: Sheet, name: str) -> None:
    report, (edit, want) = stories.short(), EDITS[name]
    ask = {"case": "1", "what": "report.check", "data": _text(edit(report.pdf)), "policy": _text(report.trust.format())}
    found = json.loads(sheet._browser.run(f"verifyCase({json.dumps(json.dumps(ask))})"))
    assert (found["verdict"], found["code"]) == want
    assert found == verify.answer_to(json.dumps(ask))


def _text(data: bytes) -> str:
    return verify.base64.b64encode(data).decode()


@pytest.mark.parametrize("width", [360, 1100])
def test_nothing_stands_beyond_the_edge(stick: Path, width: int) -> None:
    with chromium.Chromium() as browser:
        browser.open(PAGE)
        browser.send("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width < 600)
        shown = Sheet(browser).show(folder=stick / "diubah", trust=stick / "percaya.txt")
        assert shown.answers[0][0] == "altered"
        assert browser.run("document.documentElement.scrollWidth") <= width
