"""`custody check --scan` and `--line`: from a photographed page to the ledger, for who has a ledger, a PDF, a receipt, or nothing."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pypdfium2
import pytest

from custody.core.checkpoint import Checkpoint
from custody.paper.canvas import qr
from custody.paper.canvas.sheet import A4, Sheet
from custody.paper.codes import headcode, pagecode
from fixtures.pdfedits import edited, in_content
from fixtures.reports import Told
from tests.cli.daily_kit import HABI, TPS, Evening
from tests.cli.harness import Desk, Ended
from tests.paper import scanning

pytest.importorskip("zxingcpp", reason="zxing-cpp is not installed: codes on paper are not read back")
PHOTOGRAPH = "telephone"


class Desks:
    """The office with two reports and their photographs, and somebody outside who has the trust file."""

    def __init__(self, root: Path) -> None:
        self.root, self.evening = root, Evening(root, desa=(HABI,))
        self.evening.labels()
        self.evening.seal()
        self.evening.hand()
        self.report(HABI, "--out", "habi.pdf")
        self.report(f"PEM24-{TPS}-PPWP-1", "--out", "kotak.pdf")
        self.photograph("habi.pdf", "habi")
        self.photograph("kotak.pdf", "kotak")
        self.policy = root / "percaya.txt"
        self.policy.write_bytes((self.evening.office.folder / "policy").read_bytes())

    def report(self, *argv: str) -> None:
        office = self.evening.office
        made = self.evening.desk.run(
            "report", *argv, "--key", str(office.own_key("kasatops-1")), "--passphrase-file", str(office.word_file())
        )
        assert made.exit == 0, made.err

    def photograph(self, pdf: str, name: str) -> None:
        """Every page as it comes out of a telephone."""
        with pypdfium2.PdfDocument(self.root / pdf) as document:
            for number in range(len(document)):
                page = document[number].render(scale=150 / 72, grayscale=True).to_pil()
                scanning.CASES[PHOTOGRAPH](page, Random(number)).save(self.root / f"{name}-{number + 1}.jpg", quality=80)

    def head(self) -> Checkpoint:
        with self.evening.office.open(write=False) as office:
            return office.ledger.head()

    def inside(self, *argv: str) -> Ended:
        """Typed where the ledger is."""
        return self.evening.desk.run("check", *argv)

    def outside(self, *argv: str) -> Ended:
        """Typed elsewhere, with the trust file."""
        return Desk(self.root).run("check", *argv, "--trust", str(self.policy))


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Desks:
    return Desks(tmp_path_factory.mktemp("scan"))


def told(ended: Ended) -> dict[str, Any]:
    return json.loads(ended.out or ended.err.splitlines()[-1])  # type: ignore[no-any-return]


def forged(desks: Desks, name: str, *codes: str) -> str:
    """A page with these codes and nothing else, drawn by anybody."""
    sheet = Sheet(A4, "x", "x", "id")
    for number, text in enumerate(codes):
        qr.draw(sheet, 20, 40 + 60 * number, 0.8, text)
    sheet.next_page()
    (desks.root / name).write_bytes(sheet.finish())
    return name


def code_of(desks: Desks, photograph: str) -> str:
    """The page code on a photograph."""
    (picture,) = told(desks.inside("--scan", photograph, "--json"))["pictures"]
    return str(picture["pages"][0])


@pytest.mark.parametrize("beside", ["ledger", "report"])
def test_a_report_of_a_desa_is_told_as_one_of_the_desa(desks: Desks, beside: str) -> None:
    """Not of its PPS, which is only where boxes are kept in it."""
    ended = desks.inside("--scan", "habi-1.jpg") if beside == "ledger" else desks.outside("--scan", "habi-1.jpg", "--against", "habi.pdf")
    assert "Tentang: desa Habi;" in ended.out, ended.out


def test_with_the_ledger_at_hand(desks: Desks) -> None:
    ended = desks.inside("--scan", "habi-2.jpg", "habi-1.jpg", "habi-2.jpg", "kotak-1.jpg")
    assert ended.exit == 0, ended.out
    assert "Tentang: desa Habi" in ended.out and "Tentang: kotak TPS 001 Habi · PPWP" in ended.out
    assert "Halaman 2 ada beberapa kali: habi-2.jpg, habi-2.jpg" in ended.out
    assert "27 November 2024 pukul 18.00 WITA · serah terima" in ended.out
    assert "pemberi: kpps-08-1" in ended.out and "penerima: pps-08" in ended.out
    assert f"TPS 001 Habi · PPWP · PEM24-{TPS}-PPWP-1: tutup utuh" in ended.out
    assert "TIDAK dibuktikan pindaian" in ended.out and "UTUH per" not in ended.out


def test_the_answer_comes_first_and_says_at_once_what_it_leaves_to_the_reader(desks: Desks) -> None:
    """A page put together of right codes and wrong words gets the same answer: so that is said in one breath, first and last."""
    rows = desks.outside("--scan", "kotak-1.jpg", "--against", "kotak.pdf").out.rstrip().splitlines()
    for row in (rows[0], rows[-1]):
        assert row.startswith("SEMUA KODE COCOK, TETAPI") and "BELUM terbukti: bandingkan sendiri" in row
    code = pagecode.parse(code_of(desks, "habi-2.jpg"))
    page = forged(desks, "salah-entri.pdf", code._replace(shown=((0, 3),)).format())
    wrong = desks.outside("--scan", page, "--against", "habi.pdf").out.splitlines()
    assert wrong[0].startswith("BERTENTANGAN") and "Kode halaman 2 bukan yang ada di berkas PDF" in wrong[1]


@pytest.mark.parametrize("against", [(), ("--against", "kotak.pdf")], ids=["ledger", "report"])
def test_of_one_box_nothing_is_told_of_boxes_that_are_not_on_the_paper(desks: Desks, against: tuple[str, ...]) -> None:
    ended = (desks.outside if against else desks.inside)("--scan", "kotak-1.jpg", *against)
    assert f"PEM24-{TPS}-PPWP-1: tutup utuh" in ended.out and "bersama 4 kotak lain" in ended.out
    assert f"PEM24-{TPS}-DPR-1" not in ended.out


def test_a_paper_that_sums_up_is_told_in_sums(desks: Desks) -> None:
    ended = desks.inside("--scan", "habi-2.jpg")
    assert "5 kotak; kertas ini hanya menyebut banyaknya" in ended.out and "tutup utuh" not in ended.out


def test_a_page_that_names_no_entry_is_not_left_without_a_word(desks: Desks) -> None:
    code = pagecode.parse(code_of(desks, "habi-2.jpg"))
    page = forged(desks, "kosong-entri.pdf", code._replace(shown=()).format())
    assert "halaman ini tidak menyebut entri" in desks.inside("--scan", page).out


def test_pages_that_lack_are_named(desks: Desks) -> None:
    ended = desks.inside("--scan", "habi-2.jpg")
    (paper,) = told(desks.inside("--scan", "habi-2.jpg", "--json"))["papers"]
    behind = [[3, paper["page_count"]]] if paper["page_count"] > 2 else []
    assert paper["lacking"] == [[1, 1], *behind]
    lacking = ", ".join(dict.fromkeys(str(one) if one == two else f"{one}–{two}" for one, two in paper["lacking"]))
    assert ended.exit == 0 and f"Halaman yang TIDAK ada: {lacking}." in ended.out


def test_what_must_stand_at_the_foot_stands_there(desks: Desks) -> None:
    line = next(row for row in desks.inside("--scan", "habi-2.jpg").out.splitlines() if row.startswith("Di kaki setiap halaman"))
    wanted = [part.strip() for part in line.partition(": ")[2].split("·")]
    with pypdfium2.PdfDocument(desks.root / "habi.pdf") as document:
        words = "".join(document[1].get_textpage().get_text_bounded().split())
    assert all(part in words for part in wanted), wanted


def test_the_words_of_entries_are_those_of_the_paper(desks: Desks) -> None:
    """What a person is told to compare is on the paper: the places, the keys, the boxes' seals of the entries named."""
    with pypdfium2.PdfDocument(desks.root / "kotak.pdf") as document:
        paper = " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())
    for word in ("kpps-08-1", "pps-08", "guard-1", "TPS 001 Habi", "27-11-2024 18.00"):
        assert word in paper
    assert "kpps-08-1" in desks.inside("--scan", "kotak-1.jpg").out


def test_what_is_new_since_a_report_says_what_is_not_counted(desks: Desks) -> None:
    """A judge may ask for labels printed again, which tell no story of a box: the answer says that it leaves them out."""
    assert "Label yang dicetak ulang tidak dihitung: lihat custody trace" in desks.inside("kotak.pdf").out


def test_in_english(desks: Desks) -> None:
    ended = desks.inside("--scan", "habi-1.jpg", "--lang", "en")
    assert ended.exit == 0 and "ALL CODES CONFIRMED" in ended.out and "What a scan does NOT prove" in ended.out


def test_with_nothing_at_hand_it_says_which_report_and_what_to_get(desks: Desks) -> None:
    ended = Desk(desks.root).run("check", "--scan", "habi-1.jpg")
    assert ended.exit == 4
    assert "Kode besar menyebut buku besar custody." in ended.out and "akta pendirian" in ended.out
    assert "Kertas yang diterbitkan pada entri" in ended.out and "COCOK" not in ended.out


def test_with_the_trust_file_alone(desks: Desks) -> None:
    ended = desks.outside("--scan", "habi-1.jpg")
    assert ended.exit == 4 and "--against" in ended.out


def test_with_the_pdf_itself_its_page_is_compared(desks: Desks) -> None:
    ended = desks.outside("--scan", "habi-2.jpg", "--against", "habi.pdf")
    assert ended.exit == 0 and "Kode halaman 2 sama dengan yang ada di berkas PDF." in ended.out
    assert "serah terima" in ended.out and "TPS 001 Habi" in ended.out


def test_with_the_pdf_of_another_report(desks: Desks) -> None:
    older = desks.outside("--scan", "kotak-1.jpg", "--against", "habi.pdf", "--json")
    assert (older.exit, told(older)["papers"][0]["told"][0]["code"]) == (4, "scan.longer")
    newer = desks.outside("--scan", "habi-2.jpg", "--against", "kotak.pdf", "--json")
    assert (newer.exit, told(newer)["papers"][0]["told"][0]["code"]) == (4, "scan.entry.absent")


def test_with_an_excerpt(desks: Desks) -> None:
    with pypdfium2.PdfDocument(desks.root / "habi.pdf") as document:
        files = [document.get_attachment(number) for number in range(document.count_attachments())]
        (excerpt,) = [one.get_data() for one in files if one.get_name() == "ledger.excerpt"]
    (desks.root / "petikan").write_bytes(bytes(excerpt))
    ended = desks.outside("--scan", "habi-1.jpg", "--against", "petikan", "--json")
    assert (ended.exit, told(ended)["papers"][0]["outcome"]) == (0, "confirmed")


def test_a_page_put_together_of_codes_of_the_pdf_is_found_with_it(desks: Desks) -> None:
    code = pagecode.parse(code_of(desks, "habi-2.jpg"))
    page = forged(desks, "palsu-entri.pdf", code._replace(shown=((0, 3),)).format())
    assert desks.inside("--scan", page).exit == 0, "a ledger knows no pages; that the letters must be compared is said"
    ended = desks.outside("--scan", page, "--against", "habi.pdf", "--json")
    assert (ended.exit, [one["code"] for one in told(ended)["papers"][0]["told"]]) == (3, ["scan.entry", "scan.page.other"])


def test_every_seal_and_way_of_the_entries_is_listed(desks: Desks) -> None:
    """What was changed on paper is caught only where the list says the right thing; numbers of all kinds: test_pagefields."""
    ended = desks.inside("--scan", "kotak-1.jpg")
    for word in ("tutup utuh", "Pengawalan: ", "Dari: ", "Ke: ", "Diserahkan di: ", "tidak dicatat, jadi di kertas pun tidak boleh ada: "):
        assert word in ended.out, word
    assert "TIDAK termuat dalam daftar" in ended.out


def test_an_altered_file_to_compare_with_is_told_first(desks: Desks) -> None:
    import pikepdf

    with pikepdf.open(desks.root / "habi.pdf") as document:
        document.pages[0].Rotate = 180
        document.save(desks.root / "diubah.pdf")
    ended = desks.outside("--scan", "habi-1.jpg", "--against", "diubah.pdf")
    first = ended.out.splitlines()[0]
    assert ended.exit == 3 and "diubah.pdf" in first and "DIUBAH" in first
    assert ended.out.count("DIUBAH") == 1
    assert told(desks.outside("--scan", "habi-1.jpg", "--against", "diubah.pdf", "--json"))["against"]["altered"] is True


CONTRADICTED = {
    "another id": lambda code, head: [code._replace(sid="0123456789abcdef").format()],
    "an entry that is no report": lambda code, head: [code._replace(entry=1).format()],
    "another root": lambda code, head: [code.format(), head._replace(size=code.size, root="f" * 32).format()],
}


@pytest.mark.parametrize("name", CONTRADICTED)
def test_a_code_that_contradicts_the_ledger(desks: Desks, name: str) -> None:
    code = pagecode.parse(code_of(desks, "habi-2.jpg"))
    page = forged(desks, "palsu.pdf", *CONTRADICTED[name](code, headcode.of(desks.head())))
    ended = desks.inside("--scan", page)
    assert ended.exit == 3, ended.out
    assert "BERTENTANGAN" in ended.out and "SEMUA KODE COCOK" not in ended.out and "serah terima" not in ended.out


def test_a_file_that_carries_evidence_is_judged_by_it_and_not_by_its_codes(desks: Desks) -> None:
    pdf = (desks.root / "habi.pdf").read_bytes()
    (desks.root / "lain.pdf").write_bytes(edited(pdf, in_content(b"Desa Habi", b"Desa Lain")))
    ended = desks.inside("--scan", "lain.pdf")
    assert ended.exit == 3 and ended.out.startswith("lain.pdf membawa buktinya sendiri") and "DIUBAH: halaman 1" in ended.out
    ended = desks.inside("--scan", "habi.pdf")
    assert ended.exit == 0 and ended.out.startswith("habi.pdf bukan foto")
    ended = desks.inside("--scan", "habi-1.jpg", "--json")
    assert json.loads(ended.out)["itself"] == []


def test_a_newer_paper_is_told_once_and_that_its_entries_are_not_shown(desks: Desks) -> None:
    ended = desks.outside("--scan", "kotak-1.jpg", "--against", "habi.pdf")
    assert ended.exit == 4
    assert ended.out.count("Kertas ini dari titik periksa") == 1 and "isinya tidak diperlihatkan" in ended.out


def test_evidence_that_fails_is_called_altered_once_with_a_next_step(desks: Desks) -> None:
    import pikepdf

    with pikepdf.open(desks.root / "habi.pdf") as document:
        stream = pikepdf.NameTree(document.Root.Names.EmbeddedFiles)["ledger.excerpt"].EF.F
        stream.write(stream.read_bytes().replace(b"pps-08", b"pps-07"))
        document.save(desks.root / "petikan-diubah.pdf")
    ended = desks.outside("petikan-diubah.pdf")
    assert ended.exit == 3 and ended.out.count("DIUBAH") == 1, ended.out
    assert "Langkah berikut: Minta laporan asli" in ended.out


def test_a_large_code_without_a_page_decides_nothing(desks: Desks) -> None:
    ended = desks.inside("--scan", forged(desks, "besar.pdf", headcode.of(desks.head()).format()))
    assert ended.exit == 4 and "hanya menyebut titik periksa" in ended.out


def test_a_paper_of_another_ledger_is_no_contradiction(desks: Desks) -> None:
    code = pagecode.parse(code_of(desks, "habi-2.jpg"))
    page = forged(
        desks, "lain.pdf", code.format(), headcode.of(desks.head())._replace(size=code.size, origin="custody.lain/" + "0" * 32).format()
    )
    ended = desks.inside("--scan", page)
    assert ended.exit == 4 and "custody.lain/" in ended.out


def test_a_trust_file_of_another_ledger_decides_nothing(desks: Desks) -> None:
    (desks.root / "lain.txt").write_text(f"log {Told().ledger_key}\nquorum none\n")
    ended = desks.inside("--scan", "habi-1.jpg", "--trust", "lain.txt")
    assert ended.exit == 4 and "COCOK" not in ended.out
    assert "laporan ini dari buku besar" in ended.out


def test_one_picture_without_a_code_leaves_the_others(desks: Desks) -> None:
    from PIL import Image

    Image.new("L", (400, 400), 255).save(desks.root / "kosong.png")
    (desks.root / "rusak.jpg").write_bytes(b"\xff\xd8\xff rusak")
    ended = desks.inside("--scan", "kosong.png", "habi-1.jpg", "rusak.jpg")
    assert ended.exit == 4
    assert "SEMUA KODE COCOK" in ended.out and "kosong.png: tidak ada kode" in ended.out and "rusak.jpg: Berkasnya rusak" in ended.out


def test_the_label_of_a_box_is_no_page(desks: Desks) -> None:
    ended = desks.inside("--scan", forged(desks, "label.pdf", next(iter(desks.evening.code.values()))))
    assert ended.exit == 4 and "kode label kotak, bukan halaman" in ended.out


def test_the_founding_deed_says_what_its_code_is(desks: Desks) -> None:
    assert desks.evening.desk.run("init", "--deed", "--out", "akta.pdf").exit == 0
    ended = desks.inside("--scan", "akta.pdf")
    assert ended.exit == 4 and "kode akta pendirian" in ended.out and "--trust" in ended.out


def test_a_deed_of_two_copies(desks: Desks) -> None:
    key = ("--key", desks.evening.key("kasatops-1"), "--passphrase-file", desks.evening.word())
    assert desks.evening.desk.run("deed", "serah-terima", "--copies", "2", "--out", "ba.pdf", *key).exit == 0
    desks.photograph("ba.pdf", "ba")
    ended = desks.inside("--scan", "ba-1.jpg", "--json")
    (paper,) = told(ended)["papers"]
    assert (ended.exit, paper["outcome"], paper["page_count"] - paper["pages"][0]["page"]) == (0, "confirmed", paper["lacking"][0][1] - 1)
    alone = desks.inside("--scan", "ba-1.jpg").out
    assert "Kertas ini: Berita acara serah terima kotak suara, entri " in alone and "mungkin rangkap lain" in alone


def test_a_ledger_alone_says_that_it_does_not_know_the_copies(desks: Desks) -> None:
    """It holds the hash of the facts; of a report, and where the file is at hand, there is nothing not to know."""
    key = ("--key", desks.evening.key("kasatops-1"), "--passphrase-file", desks.evening.word())
    assert desks.evening.desk.run("deed", "serah-terima", "--copies", "2", "--out", "dua.pdf", *key).exit == 0
    whole = desks.inside("--scan", "dua.pdf")
    assert whole.exit == 0 and "Halaman yang TIDAK ada" not in whole.out
    said = "Berapa rangkap dicetak dan untuk siapa TIDAK diketahui di sini"
    assert said in whole.out and "hanya memuat sidik jarinya" in whole.out
    assert said not in desks.outside("--scan", "dua.pdf", "--against", "dua.pdf").out
    assert said not in desks.inside("--scan", "habi-1.jpg").out


def test_one_whole_copy_is_called_whole_and_which_paper_it_is_is_told(desks: Desks) -> None:
    key = ("--key", desks.evening.key("kasatops-1"), "--passphrase-file", desks.evening.word())
    made = desks.evening.desk.run("deed", "tanda-terima", "--copies", "2", "--for", "KPU", "--for", "Bawaslu", "--out", "tt.pdf", *key)
    assert made.exit == 0, made.err
    desks.photograph("tt.pdf", "tt")
    with pypdfium2.PdfDocument(desks.root / "tt.pdf") as document:
        each = len(document) // 2
    first = [f"tt-{page}.jpg" for page in range(1, each + 1)]
    ended = desks.outside("--scan", *first, "--against", "tt.pdf")
    assert ended.exit == 0, ended.out
    assert "Rangkap 1 dari 2: KPU: LENGKAP, halaman 1" in ended.out and "Tidak ada di foto: Rangkap 2 dari 2: Bawaslu." in ended.out
    assert "Kertas ini: Tanda terima, entri " in ended.out and "TIDAK ada: " not in ended.out
    part = desks.outside("--scan", f"tt-{each + 1}.jpg", "--against", "tt.pdf").out
    assert "Rangkap 2, halaman 1 dari " in part and "Tidak ada di foto: Rangkap 1 dari 2: KPU." in part
    assert ("TIDAK LENGKAP" in part) == (each > 1)
    file = desks.outside("tt.pdf").out
    assert "Kertas ini: Tanda terima, entri " in file and "memuat 2 rangkap: Rangkap 1 dari 2: KPU; Rangkap 2 dari 2: Bawaslu" in file


def replaced(folder: Path, entry: int, old: bytes, new: bytes) -> None:
    """Somebody writes other bytes into an entry, in the database itself, and puts its triggers back."""
    with closing(sqlite3.connect(folder / "ledger.db", isolation_level=None)) as database:
        triggers = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            database.execute(f"DROP TRIGGER {name}")
        database.execute("UPDATE entry SET body = CAST(replace(body, ?, ?) AS BLOB) WHERE idx = ?", (old, new, entry))
        for _, sql in triggers:
            database.execute(sql)


@pytest.fixture
def rewritten(desks: Desks) -> Iterator[None]:
    """The entry that a page shows last names another receiver."""
    folder = desks.evening.office.folder
    entry = told(desks.inside("--scan", "habi-2.jpg", "--json"))["papers"][0]["entries"][-1]["entry"]
    replaced(folder, entry, b"pps-08", b"pps-07")
    yield
    replaced(folder, entry, b"pps-07", b"pps-08")


@pytest.mark.usefixtures("rewritten")
def test_an_entry_that_was_changed_in_the_database_is_never_shown_as_true(desks: Desks) -> None:
    ended = desks.inside("--scan", "habi-2.jpg")
    assert ended.exit == 3, (ended.out, ended.err)
    assert "pps-07" not in ended.out


def test_a_line_that_was_typed(desks: Desks) -> None:
    line = desks.head().short
    assert desks.inside("--line", line).exit == 0
    assert desks.inside("--line", line.replace("-", "").upper()).exit == 0
    size, _, digits = line.partition(" ")
    wrong = f"{size} {'0' if digits[0] != '0' else '1'}{digits[1:]}"
    assert desks.inside("--line", wrong).exit == 4
    assert "TIDAK COCOK" in desks.inside("--line", wrong).out
    assert desks.inside("--line", line, "--line", wrong).exit == 4
    assert told(desks.inside("--line", "satu", "--json"))["code"] == "cli.verify.line"


def test_a_line_against_a_receipt_that_somebody_kept(desks: Desks) -> None:
    with desks.evening.office.open(write=False) as office:
        receipt = office.ledger.receipt(2)
    (desks.root / "tanda-terima.tlog-proof").write_bytes(receipt.format())
    line = desks.head().short
    agrees = desks.outside("--line", line, "--against", "tanda-terima.tlog-proof")
    assert agrees.exit == 0 and "COCOK" in agrees.out
    other = desks.outside("--line", "3 " + line.partition(" ")[2], "--against", "tanda-terima.tlog-proof")
    assert other.exit == 4 and "tidak dapat dibandingkan" in other.out


def test_a_report_and_a_receipt_are_compared_by_the_line_at_the_foot(desks: Desks) -> None:
    """`check report.pdf --against RECEIPT` is wrong use; the way that there is stands in the answer."""
    ended = desks.outside("habi.pdf", "--against", "kotak.pdf")
    assert ended.exit == 2 and "--against TANDA-TERIMA" in ended.err, ended.err


def test_a_line_without_anything_to_compare(desks: Desks) -> None:
    ended = Desk(desks.root).run("check", "--line", desks.head().short)
    assert ended.exit == 4 and "tidak dapat dibandingkan" in ended.out


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        ((), "cli.check.one"),
        (("habi.pdf", "kotak.pdf"), "cli.check.one"),
        (("--scan",), "cli.check.one"),
        (("habi-1.jpg",), "cli.check.picture"),
        (("habi.pdf", "--against", "kotak.pdf"), "cli.check.no-scan"),
    ],
)
def test_wrong_use(desks: Desks, argv: tuple[str, ...], code: str) -> None:
    ended = desks.inside(*argv, "--json")
    assert (ended.exit, told(ended)["code"]) == (2, code)


def test_without_the_extra_it_says_what_to_do(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "zxingcpp", None)
    ended = desks.inside("--scan", "habi-1.jpg", "--json")
    assert (ended.exit, told(ended)["code"]) == (4, "scan.extra")
    assert "pip install '.[scan]'" in desks.inside("--scan", "habi-1.jpg").err
    assert desks.inside("--line", desks.head().short).exit == 0
