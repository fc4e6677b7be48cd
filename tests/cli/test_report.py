"""`custody report` and `custody check`: a report is made, and anybody can tell what became of it (docs/spec/13-report.md)."""

import errno
import json
import re
import shlex
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from custody.assembly.reporting import issue_report
from custody.core import note
from custody.core.statement import Statement
from custody.station.manifest import Journey, Seen
from custody_cli.boxes import daily
from fixtures import pdfedits
from fixtures.pdfedits import edited, in_content
from fixtures.smalloffice import SmallOffice
from tests.cli.daily_kit import HABI, TPS, Evening
from tests.cli.harness import Desk, Ended

BOX = f"PEM24-{TPS}-PPWP-1"


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    """One polling station sealed and handed over, and a report of its desa."""
    evening = Evening(tmp_path_factory.mktemp("evening"), desa=(HABI,))
    evening.labels()
    evening.seal()
    evening.hand()
    made = report(evening, HABI, "--out", "habi.pdf")
    assert made.exit == 0, made.err
    return evening


def report(evening: Evening, *argv: str) -> Ended:
    """Typed by the Kasatops."""
    key = str(evening.office.own_key("kasatops-1"))
    return evening.desk.run("report", *argv, "--key", key, "--passphrase-file", str(evening.office.word_file()))


def outside(evening: Evening) -> Desk:
    """The desk of somebody who has the file and the trust file, and nothing else."""
    return Desk(evening.root)


def check(desk: Desk, file: str, *argv: str) -> tuple[int, dict[str, Any]]:
    ended = desk.run("check", file, *argv, "--json")
    return ended.exit, json.loads(ended.out or ended.err.splitlines()[-1])


@pytest.fixture
def policy(evening: Evening) -> str:
    return str(evening.office.folder / "policy")


def test_a_report_is_named_and_logged(evening: Evening) -> None:
    ended = report(evening, BOX, "--json", "--out", "box.pdf")
    told = json.loads(ended.out)
    assert ended.exit == 0
    assert told["scope"] == {"kind": "box", "code": BOX}
    assert told["entry"] == told["upto"]
    assert (evening.root / "box.pdf").stat().st_size == told["bytes"]


def test_a_report_with_the_names_of_people_is_for_its_owner_alone(evening: Evening) -> None:
    assert b'"openings":[{' in (evening.root / "habi.pdf").read_bytes(), "it opens names"
    assert (evening.root / "habi.pdf").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("scope", "kind"),
    [(HABI, "desa"), ("53.07.19.2008", "desa"), (TPS, "tps"), ("530719", "kecamatan"), ("5307", "operation"), (BOX.lower(), "box")],
)
def test_what_a_report_may_be_about(evening: Evening, scope: str, kind: str) -> None:
    out = f"{kind}-{len(scope)}.pdf"
    told = json.loads(report(evening, scope, "--json", "--out", out).out)
    assert told["scope"]["kind"] == kind
    assert check(outside(evening), out, "--trust", str(evening.office.folder / "policy"))[1]["outcome"] == "intact"


@pytest.mark.parametrize(
    ("scope", "code", "exit"),
    [("9999", "cli.place.unknown", 2), (BOX.replace("001", "099"), "cli.meant.id.unknown", 2), ("gudang", "report.scope", 8)],
)
def test_a_report_of_nothing(evening: Evening, scope: str, code: str, exit: int) -> None:
    ended = report(evening, scope, "--json", "--out", "none.pdf")
    assert (ended.exit, json.loads(ended.err.splitlines()[-1])["code"]) == (exit, code)
    assert not (evening.root / "none.pdf").exists()


@pytest.mark.parametrize(
    ("words", "code", "name"),
    [
        ("Habi", HABI, "laporan-habi-"),
        ("TPS 1 Habi", TPS, "laporan-tps-001-habi-"),
        ("tps 1 habi presiden", BOX, "laporan-tps-001-habi-ppwp-"),
        ("", "-", "laporan-operasi-"),
    ],
)
def test_a_report_is_asked_for_and_named_in_words(evening: Evening, words: str, code: str, name: str) -> None:
    told = json.loads(report(evening, *words.split(), "--json").out)
    assert (told["scope"]["code"], told["path"]) == (code, f"{name}{told['entry']}.pdf")
    assert (evening.root / told["path"]).stat().st_size == told["bytes"]


def test_a_scope_that_is_not_sure_says_what_to_type(evening: Evening) -> None:
    ended = report(evening, "Hobi")
    step = ended.err.splitlines()[-1].partition("Ketik: custody ")[2]
    assert ended.exit == 2 and step.startswith("report Habi --key "), ended.err
    assert evening.desk.run(*shlex.split(step)).exit == 0


def test_the_name_of_a_giver_without_a_key_is_among_the_facts(tmp_path: Path) -> None:
    evening = Evening(tmp_path, desa=(HABI,))
    evening.seal()
    with evening.office.open() as office:
        journey = daily.without_giver(office, Journey(TPS, HABI, HABI, None, "pps-08"), "no-key", "Petugas Contoh Sembilan", evening.random)
        daily.record_handoff(office, journey, [Seen(BOX)], [evening.office.seat("receiver", "pps-08")], random=evening.random)
        line = evening.office.people["kasatops-1"].line
        made = issue_report(office, ("box", BOX), "kasatops-1", lambda one: note.join(one.text, [line(one.text)]), "id", {})
    assert "Petugas Contoh Sembilan" in [one.value for _, one in made.facts.openings]


def test_a_report_never_overwrites(evening: Evening) -> None:
    before = (evening.root / "habi.pdf").read_bytes()
    ended = report(evening, HABI, "--out", "habi.pdf")
    assert ended.exit == 2
    assert "habi.pdf" in ended.err and "--out" in ended.err
    assert (evening.root / "habi.pdf").read_bytes() == before


def test_a_report_that_cannot_be_written_is_not_logged(evening: Evening) -> None:
    with evening.office.open(write=False) as office:
        before = office.ledger.size
    assert report(evening, HABI, "--out", "habi.pdf").exit == 2
    with evening.office.open(write=False) as office:
        assert office.ledger.size == before


def test_checked_by_an_outsider(evening: Evening, policy: str) -> None:
    ended = outside(evening).run("check", "habi.pdf", "--trust", policy)
    assert ended.exit == 0
    assert ended.out.startswith("UTUH per titik periksa")
    assert "tidak dapat dilihat apakah semua catatan" in ended.out


@pytest.mark.parametrize(("how", "said"), [("{0}\n{1}", "sambung tanpa spasi"), ("1 {0}{1}", "nomornya tidak ikut")])
def test_a_trust_file_copied_wrongly_from_the_deed_decides_nothing(evening: Evening, policy: str, how: str, said: str) -> None:
    line, _, rest = Path(policy).read_text("utf-8").partition("\n")
    (evening.root / "salin.txt").write_text(how.format(line[:60], line[60:]) + "\n" + rest, "utf-8")
    ended = outside(evening).run("check", "habi.pdf", "--trust", str(evening.root / "salin.txt"))
    assert ended.exit == 4 and said in ended.err, ended.err


def test_checked_in_english(evening: Evening, policy: str) -> None:
    ended = outside(evening).run("check", "habi.pdf", "--trust", policy, "--lang", "en")
    assert ended.out.startswith("INTACT as of checkpoint")
    assert "cannot be seen whether every record" in ended.out


def test_it_says_what_it_is_about_and_one_number(evening: Evening, policy: str) -> None:
    """Scope, moment, drill or not; and the checkpoint of the answer is the one that stands on the paper."""
    ended = outside(evening).run("check", "habi.pdf", "--trust", policy)
    told = check(outside(evening), "habi.pdf", "--trust", policy)[1]
    paper = "".join(text(evening.root / "habi.pdf").split())
    assert f"titikperiksa{told['checkpoint']}·" in paper
    assert ended.out.startswith(f"UTUH per titik periksa {told['checkpoint']}.")
    assert "Tentang: Desa Habi" in ended.out and "Sungguhan, bukan latihan." in ended.out
    assert "Dibuat " in ended.out and f"entri {told['entry']}; titik periksa {told['checkpoint']}" in ended.out
    assert (told["scope"], told["drill"], told["by"]) == ({"kind": "desa", "code": HABI}, False, "kasatops-1")


def text(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def test_what_a_file_alone_cannot_show_is_said_with_counts(evening: Evening, policy: str) -> None:
    ended = outside(evening).run("check", "habi.pdf", "--trust", policy)
    told = check(outside(evening), "habi.pdf", "--trust", policy)[1]["carried"]
    assert "juga pencabutan kunci" in ended.out and "--ledger FOLDER" in ended.out
    assert f"ada 0 pencabutan kunci dan {told['places']} daftar tempat" in ended.out
    assert "daftar tempat" not in evening.desk.run("check", "habi.pdf").out, "the ledger answers that itself"


def test_every_revocation_is_in_the_evidence_and_counted(tmp_path: Path) -> None:
    """Also that of a key which nobody in the report ever met; an issuer who hides it makes a count that others know to be false."""
    evening = Evening(tmp_path, desa=(HABI,))
    evening.seal()
    with evening.office.open() as office:
        drafted = office.draft("revoke", key="pps-08", reason="lost", since=None)
        lines = [evening.office.line(name, drafted.text) for name in ("kpu-1", "polri-1")]
        assert office.submit([note.join(drafted.text, lines)]).receipts
    assert report(evening, TPS, "--out", "after.pdf").exit == 0
    told = check(outside(evening), "after.pdf", "--trust", str(evening.office.folder / "policy"))[1]
    assert (told["outcome"], told["carried"]["revoke"]) == ("intact", 1)
    assert check(evening.desk, "after.pdf")[0] == 0


def test_an_altered_page_is_told_beside_what_its_evidence_says(evening: Evening, policy: str) -> None:
    pdf = (evening.root / "habi.pdf").read_bytes()
    (evening.root / "paged.pdf").write_bytes(edited(pdf, in_content(b"Desa Habi", b"Desa Lain")))
    ended = outside(evening).run("check", "paged.pdf", "--trust", policy)
    assert ended.exit == 3
    assert "Menurut bukti di dalamnya" in ended.out and "Tentang: Desa Habi" in ended.out
    assert "Menurut buku besar di sini tertulis" in ended.out and "Desa Lain" in ended.out
    place = check(outside(evening), "paged.pdf", "--trust", policy)[1]["place"]
    assert (place["code"], place["page"]) == ("check.at.line", 1)
    assert "Desa Habi" in place["ledger"] and "Desa Lain" in place["given"] and place["given"] in place["message"]


def test_what_was_added_behind_the_whole_paper_is_told_and_can_be_cut_off(evening: Evening, policy: str) -> None:
    pdf = (evening.root / "habi.pdf").read_bytes()
    for name, added, exit_ in (("stamped", pdfedits.stamped(pdf), 3), ("mail", pdf + b"-- surel --", 4), ("nuls", pdf + bytes(5_000), 4)):
        (evening.root / f"{name}.pdf").write_bytes(added)
        ended = outside(evening).run("check", f"{name}.pdf", "--trust", policy)
        assert ended.exit == exit_ and f"head -c {len(pdf)} {name}.pdf" in ended.out and "terpotong" not in ended.out
        assert check(outside(evening), f"{name}.pdf", "--trust", policy)[1]["ahead"] == len(pdf)
        (evening.root / "cut.pdf").write_bytes(added[: len(pdf)])
        assert check(outside(evening), "cut.pdf", "--trust", policy)[1]["outcome"] == "intact"


def test_broken_evidence_is_no_answer(evening: Evening, policy: str) -> None:
    """Exit 3 is for what is altered; what cannot be read proves nothing either way."""
    pdf = (evening.root / "habi.pdf").read_bytes()
    cut = pdfedits.attached({"ledger.excerpt": b"custody/excerpt/v1\ncut"})
    (evening.root / "broken.pdf").write_bytes(edited(pdf, cut))
    ended = outside(evening).run("check", "broken.pdf", "--trust", policy)
    assert ended.exit == 4
    assert ended.out.startswith("TIDAK DAPAT DIPUTUSKAN") and "DIUBAH" not in ended.out
    false = pdfedits.attached({"ledger.excerpt": evidence(pdf).replace(b"Contoh", b"contoh", 1)})
    (evening.root / "false.pdf").write_bytes(edited(pdf, false))
    ended = outside(evening).run("check", "false.pdf", "--trust", policy)
    assert (ended.exit, ended.out.startswith("DIUBAH")) == (3, True)


def evidence(pdf: bytes) -> bytes:
    from custody.paper.checking.pdffile import attachments

    return attachments(pdf, ("ledger.excerpt",))["ledger.excerpt"]


def test_a_receipt_given_to_check_and_a_report_to_receipt(evening: Evening, policy: str) -> None:
    evening.desk.run("receipt", "3", "--out", "tiga.tlog-proof")
    ended = outside(evening).run("check", "tiga.tlog-proof", "--trust", policy)
    assert (ended.exit, "custody receipt check tiga.tlog-proof" in ended.err) == (2, True)
    ended = outside(evening).run("receipt", "check", "habi.pdf", "--trust", policy)
    assert (ended.exit, "custody check habi.pdf" in ended.err) == (2, True)


COPIED = {
    "Windows line ends": (lambda data: data.replace(b"\n", b"\r\n"), "akhir baris Windows"),
    "a byte order mark": (lambda data: b"\xef\xbb\xbf" + data, "BOM"),
    "out of PowerShell": (lambda data: b"\xff\xfe" + data.decode().encode("utf-16-le"), "BOM"),
    "no end of the last line": (lambda data: data.rstrip(b"\n"), "Dibaca sebagai: quorum none"),
}


@pytest.mark.parametrize("name", COPIED)
def test_a_trust_file_as_people_copy_it(evening: Evening, policy: str, name: str) -> None:
    change, said = COPIED[name]
    (evening.root / "percaya.txt").write_bytes(change(Path(policy).read_bytes()))
    for argv in (["check", "habi.pdf"], ["verify", "--ledger", str(evening.office.folder)]):
        ended = outside(evening).run(*argv, "--trust", "percaya.txt")
        assert ended.exit in (0, 1), ended.err
        assert said in ended.err


def test_a_trust_file_that_is_as_it_was_written_is_not_spoken_of(evening: Evening, policy: str) -> None:
    assert "percaya" not in outside(evening).run("check", "habi.pdf", "--trust", policy).err


def test_checked_where_the_ledger_is(evening: Evening) -> None:
    exit, told = check(evening.desk, "habi.pdf")
    assert (exit, told["outcome"], told["left_out"]) == (0, "intact", [])
    assert told["since"] == []


def test_without_a_trust_file(evening: Evening) -> None:
    ended = outside(evening).run("check", "habi.pdf")
    assert ended.exit == 4
    assert "TIDAK DAPAT DIPUTUSKAN" in ended.out
    assert "--trust" in ended.out


def test_edited(evening: Evening, policy: str) -> None:
    pdf = (evening.root / "habi.pdf").read_bytes()
    (evening.root / "edited.pdf").write_bytes(edited(pdf, in_content(b"Operasi Contoh", b"Operasi Palsu!")))
    ended = outside(evening).run("check", "edited.pdf", "--trust", policy)
    assert ended.exit == 3
    assert ended.out.startswith("DIUBAH: halaman 1")
    assert "barang bukti" in ended.out


def test_saved_again_by_mail(evening: Evening, policy: str) -> None:
    pdf = (evening.root / "habi.pdf").read_bytes()
    (evening.root / "mail.pdf").write_bytes(edited(pdf))
    exit, told = check(outside(evening), "mail.pdf", "--trust", policy)
    assert (exit, told["outcome"]) == (0, "resaved")
    (evening.root / "web.pdf").write_bytes(edited(pdf, linearize=True))
    exit, told = check(outside(evening), "web.pdf", "--trust", policy)
    assert (exit, told["code"]) == (4, "check.views")


def test_the_trust_file_of_another_ledger(evening: Evening, tmp_path: Path) -> None:
    other = SmallOffice(tmp_path, domain="lain")
    exit, told = check(outside(evening), "habi.pdf", "--trust", str(other.folder / "policy"))
    assert (exit, told["code"]) == (4, "check.other-ledger")


def test_a_trust_file_that_is_not_there(evening: Evening) -> None:
    assert outside(evening).run("check", "habi.pdf", "--trust", "tiada").exit in (2, 4)


@pytest.mark.parametrize(
    "data", [b"", b"bukan PDF", b"%PDF-1.7\n\x1b]0;x\x07", pdfedits.carrying(b"7")], ids=["nothing", "text", "escape", "odd"]
)
def test_a_file_that_is_no_report(evening: Evening, policy: str, data: bytes) -> None:
    name = "aneh\x1b[31m.pdf"
    (evening.root / name).write_bytes(data)
    ended = outside(evening).run("check", name, "--trust", policy)
    assert ended.exit == 4
    assert "\x1b" not in ended.out + ended.err and "\x07" not in ended.out + ended.err
    assert "Traceback" not in ended.err


def test_what_was_left_out_shows_only_against_the_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An insider hides the handoff: told so by the facts, logged, drawn. The file alone is intact; the ledger tells."""
    from custody.assembly import reporting

    evening = Evening(tmp_path, desa=(HABI,))
    evening.seal()
    evening.hand()

    class Hiding(reporting.Past):
        def telling(self, boxes: Any) -> list[int]:
            return super().telling(boxes)[:-1]

    monkeypatch.setattr(reporting, "Past", Hiding)
    with evening.office.open() as office:

        def sign(statement: Statement) -> bytes:
            return note.join(statement.text, [evening.office.line("kasatops-1", statement.text)])

        issued = issue_report(office, ("box", BOX), "kasatops-1", sign, "id", {})
    monkeypatch.undo()
    (tmp_path / "hidden.pdf").write_bytes(issued.pdf)
    assert check(outside(evening), "hidden.pdf", "--trust", str(evening.office.folder / "policy"))[1]["outcome"] == "intact"
    ended = evening.desk.run("check", "hidden.pdf")
    assert ended.exit == 1
    assert "TIDAK dimuat" in ended.out
    (tmp_path / "again.pdf").write_bytes(edited(issued.pdf))
    assert check(evening.desk, "again.pdf")[0] == 1


def test_what_happened_since(tmp_path: Path) -> None:
    evening = Evening(tmp_path, desa=(HABI,))
    evening.seal()
    report(evening, TPS, "--out", "before.pdf")
    evening.hand()
    exit, told = check(evening.desk, "before.pdf")
    assert (exit, told["outcome"], told["left_out"], len(told["since"])) == (0, "intact", [], 1)


def test_a_report_proves_that_the_ledger_was_rolled_back(tmp_path: Path) -> None:
    import shutil

    evening = Evening(tmp_path, desa=(HABI,))
    evening.seal()
    shutil.copytree(evening.office.folder, tmp_path / "older")
    report(evening, TPS, "--out", "newer.pdf")
    ended = evening.desk.run("check", "newer.pdf", "--ledger", str(tmp_path / "older"))
    assert ended.exit == 3
    assert "Traceback" not in ended.err


def test_with_the_ledger_key_locked(tmp_path: Path) -> None:
    evening = Evening(tmp_path, use="unlocked", desa=(HABI,))
    ended = report(evening, TPS, "--out", "locked.pdf")
    assert ended.exit == 6
    assert "custody ledger unlock" in ended.err


@pytest.mark.parametrize("kind", ["report", "deed", "labels"])
def test_a_paper_that_was_logged_and_not_written_says_so(evening: Evening, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full after the entry: which one it is and what to type next is told beside the error."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "stik/kertas.pdf")

    key, word = str(evening.office.own_key("kasatops-1")), str(evening.office.word_file())
    typed = {
        "report": ("report", HABI, "--out", "penuh.pdf"),
        "deed": ("ba", "serah-terima", "--out", "penuh.pdf"),
        "labels": ("labels", BOX, "--reprint", "--reason", "lain", "--out", "penuh", "--yes"),
    }
    monkeypatch.setattr("custody.durable.write_new", full)
    monkeypatch.setattr("custody_cli.papers.labelling.write_new", full)
    ended = evening.desk.run(*typed[kind], "--key", key, "--passphrase-file", word)
    assert ended.exit == 10 and "Disk penuh" in ended.err
    assert re.search(r"SUDAH TERCATAT \(entri \d+\)", ended.err), ended.err
