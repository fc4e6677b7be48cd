"""Files in which two readers find different things (docs/spec/13-report.md, CHECK-4), and files as honest programs save them."""

import re
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from shutil import which

import pikepdf
import pypdfium2
import pytest

from custody.paper.checking.check import check
from custody.paper.checking.onereading import one_reading
from custody.paper.checking.pdfsyntax import Unclear, value
from fixtures import pdfedits as edits
from fixtures import pdfraw as raw
from tests.paper import stories

Attack = Callable[[bytes], bytes]
ROOT = Path(__file__).parent.parent.parent


def by(edit: raw.Edit) -> Attack:
    """An edit of the objects as text."""
    return lambda pdf: raw.rebuilt(pdf, edit)


def told(**fields: object) -> Attack:
    """Other bytes around the objects."""
    return by(lambda given: given.__dict__.update(fields))


def put(where: str, old: bytes, new: bytes) -> Attack:
    """Other text in the first page, the catalogue, the tree or the information."""
    return by(lambda given: given.put(given.pages[0] if where == "page" else getattr(given, where), old, new))


def one_more(body: bytes) -> raw.Edit:
    return lambda given: given.objects.__setitem__(given.free(), body)


def unlisted(given: raw.Parts) -> None:
    one_more(b"<< /Type /Page >>")(given)
    given.last = 1


def hung_elsewhere(given: raw.Parts) -> None:
    """The first page says that it hangs on the second."""
    given.put(given.pages[0], b"/Parent %d 0 R" % given.tree, b"/Parent %d 0 R" % given.pages[1])


def shadowed(given: raw.Parts) -> None:
    """Another object of the number of the content, which the table does not name."""
    given.before = raw.object_(given.contents[0], raw.other_content(given))


def shadowed_in_a_comment(given: raw.Parts) -> None:
    given.before = b"%" + raw.object_(given.contents[0], raw.other_content(given)).replace(b"\n", b"\r") + b"\n"


def another_number(given: raw.Parts) -> None:
    """The content of the first page is an object that is nothing but the number of the content."""
    number, content = given.free(), given.contents[0]
    given.objects[number] = b"%d 0 R" % content
    given.put(given.pages[0], b"/Contents %d 0 R" % content, b"/Contents %d 0 R" % number)


def parted_otherwise(pdf: bytes) -> bytes:
    """The numbers at the head of an object stream, parted by a sign that is white space to some."""
    out = raw.in_a_stream(pdf)
    return re.sub(rb"(stream\n\d+) (0 <<)", b"\\1\x0b\\2", out, count=1)


def beyond_a_byte(given: raw.Parts) -> None:
    """A letter of the title as \\514: some cut it to a byte, others may not."""
    given.put(given.info, b"/Title (L", b"/Title (\\514")


def numbered_far(given: raw.Parts) -> None:
    """The content of the first page has a number that no paper has."""
    content = given.contents[0]
    given.objects[400_000] = given.objects.pop(content)
    given.put(given.pages[0], b"/Contents %d 0 R" % content, b"/Contents 400000 0 R")


# Readers show the same pages as drawn, or others; nobody can say which.
TWO_READINGS: dict[str, Attack] = {
    "a linearized file, its name escaped": raw.linear,
    "a linearized file": lambda pdf: raw.linear(pdf, b"/Linearized"),
    "pages hang on a node outside the tree": by(raw.decoy_parent),
    "a page hangs on another page": by(hung_elsewhere),
    "a page hangs nowhere": by(lambda given: given.put(given.pages[0], b"/Parent %d 0 R" % given.tree, b"")),
    "fewer pages said than there are": by(raw.count(1)),
    "more pages said than there are": by(raw.count(9)),
    "no page said at all": by(raw.count(0)),
    "a lower node says fewer": by(raw.nested(said=1)),
    "a lower node with a name of its own": by(raw.nested(more=b"/PieceInfo << >>")),
    "two tables of contents (XRefStm)": raw.hybrid,
    "an object that is the number of another": by(another_number),
    "an object numbered beyond what readers know": by(numbered_far),
    "an object that begins where the word before it ends": lambda pdf: raw.rebuilt(pdf).replace(b"\nendobj\n", b"\n\nendobj", 1),
    "numbers parted otherwise in an object stream": parted_otherwise,
    "a letter beyond a byte": by(beyond_a_byte),
    "an object twice in an object stream": lambda pdf: raw.in_a_stream(pdf, doubled=True),
    "another object of a number, not in the table": by(shadowed),
    "another object of a number, in a comment": by(shadowed_in_a_comment),
    "an object that the table does not name": by(unlisted),
    "an object that nothing leads to": by(one_more(b"<< /Type /Page >>")),
    "a key twice in a page": by(raw.said(b"/Rotate 0", "page")),
    "a key twice in the catalogue": by(raw.said(b"/PageMode /UseNone")),
    "a key that is empty": by(raw.said(b"/CropBox null", "page")),
    "a key that leads nowhere": by(raw.said(b"/CropBox 9999 0 R", "page")),
    "a name with an escaped letter": put("page", b"/MediaBox", b"/Medi#61Box"),
    "a comment in an object": put("page", b"/MediaBox", b"%\r/CropBox [ 0 0 9 9 ]\n/MediaBox"),
    "a version that does not exist": by(raw.said(b"/Version /9.9")),
    "a version that is no name": by(raw.said(b"/Version (1.7)")),
    "another generation in the table": told(generation=1),
    "the table begins elsewhere": told(start=-1, before=b"\n"),
    "a table before": told(trailer=b"/Prev 9"),
    "a table before, at nought": told(trailer=b"/Prev 0"),
    "a lock that is empty": told(trailer=b"/Encrypt null"),
    "a trailer with more": told(trailer=b"/Custom 1"),
    "the root of the trailer twice": told(trailer=b"/Root 1 0 R"),
    "two trailers": told(behind=b"trailer\n<< /Size 1 >>\n"),
    "a version nobody knows": told(header=b"%PDF-1.9\n"),
    "two headers": told(header=b"%PDF-1.4\n%PDF-1.7\n% <</Linearized 1>>\n"),
    "bytes before the header": lambda pdf: b"\n" + raw.rebuilt(pdf),
    "a lot of white behind the end": lambda pdf: raw.rebuilt(pdf) + b"\n" * 2000,
    "something that looks like an object in the second line": told(header=b"%PDF-1.4\n%\x80\x80\x80\x80 1 0 obj <</Linearized 1>>\n"),
    "bytes behind the end": lambda pdf: raw.rebuilt(pdf) + b"\0",
    "a second end": lambda pdf: raw.rebuilt(pdf) + b"startxref\n0\n%%EOF\n",
    "something between the objects": told(before=b"<< /Type /Catalog >>\n"),
    "a length that is too small": lambda pdf: re.sub(rb"/Length (\d)(?=\d{4} )", b"/Length 0", raw.rebuilt(pdf), count=1),
}


@pytest.mark.parametrize("name", TWO_READINGS)
def test_what_readers_could_read_differently_is_never_vouched_for(name: str) -> None:
    given = stories.long()
    changed = TWO_READINGS[name](given.pdf)
    assert not one_reading(changed)
    assert one_reading(raw.rebuilt(given.pdf)), "what is edited is sound before"
    assert check(changed, given.trust).outcome in ("undecided", "altered")


def test_the_parser_writes_nothing_on_a_screen() -> None:
    """In a process of its own: here the tests catch what is logged."""
    program = """
from fixtures import pdfraw as raw
from tests.paper import stories
from custody.paper.checking.check import check
given = stories.short()
print(check(raw.rebuilt(given.pdf, lambda one: one.put(one.tree, b"/Kids [", b"/Kids [ null")), given.trust).outcome)
"""
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert (ran.stdout.strip(), ran.stderr) == ("undecided", "")


SEEN_BY_ONE = ("a linearized file, its name escaped", "pages hang on a node outside the tree", "fewer pages said than there are")


@pytest.mark.parametrize("name", SEEN_BY_ONE)
def test_pages_that_only_one_reader_sees_cannot_be_decided(name: str) -> None:
    given = stories.long()
    verdict = check(TWO_READINGS[name](given.pdf), given.trust)
    assert (verdict.outcome, verdict.code) == ("undecided", "check.views")


_ACTION = b"<< /S /URI /URI (http://contoh.example) >>"
CATALOGUE = {
    "PageLabels": b"<< /Nums [ 0 << /P (x) >> ] >>",
    "OpenAction": _ACTION,
    "AA": b"<< /WC %s >>" % _ACTION,
    "OCProperties": b"<< /OCGs [ ] /D << >> >>",
    "Extensions": b"<< /ADBE << /BaseVersion /1.7 /ExtensionLevel (3) >> >>",
    "ViewerPreferences": b"<< /HideToolbar true >>",
    "Outlines": b"<< /Type /Outlines >>",
    "Dests": b"<< >>",
    "Threads": b"[ ]",
    "URI": b"<< /Base (http://contoh.example) >>",
    "AcroForm": b"<< /Fields [ ] /NeedAppearances true >>",
    "StructTreeRoot": b"<< /Type /StructTreeRoot >>",
    "Collection": b"<< /View /H >>",
    "Perms": b"<< >>",
    "Requirements": b"[ ]",
    "DSS": b"<< >>",
    "NeedsRendering": b"true",
    "PageLayout": b"/TwoColumnLeft",
    "OutputIntents": b"[ ]",
}
PAGE = {
    "CropBox": b"[ 0 400 595 842 ]",
    "TrimBox": b"[ 0 400 595 842 ]",
    "UserUnit": b"2",
    "Annots": b"[ << /Type /Annot /Subtype /Square /Rect [ 0 0 600 900 ] /IC [ 1 1 1 ] >> ]",
    "AA": b"<< /O %s >>" % _ACTION,
    "Group": b"<< /S /Transparency >>",
    "OC": b"<< /Type /OCG /Name (x) >>",
    "Metadata": b"(x)",
    "PieceInfo": b"<< >>",
    "Dur": b"1",
    "Thumb": b"<< >>",
    "VP": b"[ ]",
}


@pytest.mark.parametrize("key", CATALOGUE)
def test_nothing_may_stand_in_the_catalogue_that_was_not_drawn(key: str) -> None:
    given = stories.long()
    verdict = check(raw.rebuilt(given.pdf, raw.said(b"/%s %s" % (key.encode(), CATALOGUE[key]))), given.trust)
    assert (verdict.outcome, verdict.code) == ("altered", "check.outside-pages")


@pytest.mark.parametrize("key", PAGE)
def test_nothing_may_stand_in_a_page_that_was_not_drawn(key: str) -> None:
    given = stories.long()
    verdict = check(raw.rebuilt(given.pdf, raw.said(b"/%s %s" % (key.encode(), PAGE[key]), "page")), given.trust)
    assert (verdict.outcome, verdict.page) == ("altered", 1)


def font_without_its_outlines(document: pikepdf.Pdf) -> None:
    """A dictionary where a stream was drawn: readers take a font of their own."""
    for one in document.objects:
        if isinstance(one, pikepdf.Dictionary) and "/FontFile2" in one:
            one.FontFile2 = document.make_indirect(pikepdf.Dictionary(dict(one.FontFile2.items())))


OTHER_KINDS: dict[str, Attack] = {
    "a dictionary for a stream": lambda pdf: edits.edited(pdf, font_without_its_outlines),
    "0.0 for 0": put("page", b"/Rotate 0", b"/Rotate 0.0"),
    "a string for a name": put("page", b"/Text", b"(/Text)"),
    "false for 0": put("page", b"/Rotate 0", b"/Rotate false"),
    "a dictionary for an array": put("page", b"[ /PDF /Text /ImageB /ImageC /ImageI ]", b"<< /PDF /Text /ImageB /ImageC >>"),
}


@pytest.mark.parametrize("name", OTHER_KINDS)
def test_a_value_of_another_kind_is_altered(name: str) -> None:
    given = stories.long()
    verdict = check(OTHER_KINDS[name](given.pdf), given.trust)
    assert (verdict.outcome, verdict.page) == ("altered", 1)


def test_a_date_of_saving_is_a_string() -> None:
    given = stories.long()
    held = raw.rebuilt(given.pdf, lambda one: one.put(one.info, b"/Producer (", b"/Producer [ ] /Maker ("))
    assert check(held, given.trust).outcome == "altered"


def few(size: bytes) -> Attack:
    """A trailer that tells fewer rows than the table has, as poppler writes it."""
    return lambda pdf: re.sub(rb"trailer\n<< /Size [0-9]+ ", b"trailer\n<< /Size %s " % size, raw.rebuilt(pdf))


def first_row(text: bytes) -> Attack:
    return lambda pdf: raw.rebuilt(pdf).replace(raw.FREE, text, 1)


TABLES: dict[str, tuple[Attack, bool]] = {
    "fewer rows told, the catalogue beyond them": (few(b"3"), True),
    "fewer rows told, the catalogue among them": (few(b"900"), False),
    "more rows told": (few(b"5000"), False),
    "the row of nothing counted one further": (first_row(b"0000000000 65536 f \n"), True),
    "the row of nothing counted otherwise": (first_row(b"0000000000 00001 f \n"), False),
    "white behind the rows": (lambda pdf: raw.rebuilt(pdf).replace(b"trailer", b"\n \ntrailer", 1), True),
    "words behind the rows": (lambda pdf: raw.rebuilt(pdf).replace(b"trailer", b"1 0 obj\ntrailer", 1), False),
}


@pytest.mark.parametrize("name", TABLES)
def test_what_a_table_may_say(name: str) -> None:
    attack, plain = TABLES[name]
    made = attack(stories.long().pdf)
    assert made != raw.rebuilt(stories.long().pdf), "the edit must hit"
    assert one_reading(made) is plain


HONEST: dict[str, Attack] = {
    "by hand": raw.rebuilt,
    "by hand, in an object stream": raw.in_a_stream,
    "a tree of another shape": by(raw.nested()),
    "with numbers of the file": told(trailer=b"/ID [ <00> <01> ]"),
    "object streams": lambda pdf: edits.edited(pdf, object_stream_mode=pikepdf.ObjectStreamMode.generate),
    "object streams, laid out": lambda pdf: edits.edited(pdf, qdf=True, object_stream_mode=pikepdf.ObjectStreamMode.generate),
    "described": lambda pdf: edits.edited(pdf, edits.described(), object_stream_mode=pikepdf.ObjectStreamMode.generate),
}


@pytest.mark.parametrize("name", HONEST)
def test_what_honest_programs_save_is_read_in_one_way(name: str) -> None:
    given = stories.long()
    assert check(HONEST[name](given.pdf), given.trust).outcome == "resaved"


OPTIONS = ([], ["--qdf"], ["--normalize-content=y"], ["--object-streams=generate"], ["--compress-streams=n"], ["--min-version=1.7"])


@pytest.mark.parametrize("options", OPTIONS, ids=[" ".join(["qpdf", *options]) for options in OPTIONS])
def test_what_qpdf_saves_is_read_in_one_way(options: list[str], tmp_path: Path) -> None:
    if which("qpdf") is None:
        pytest.skip("qpdf is not installed")
    given = stories.long()
    (tmp_path / "in.pdf").write_bytes(given.pdf)
    subprocess.run(["qpdf", *options, tmp_path / "in.pdf", tmp_path / "out.pdf"], check=True)
    assert check((tmp_path / "out.pdf").read_bytes(), given.trust).outcome == "resaved"


def test_what_pdfium_saves_is_read_in_one_way() -> None:
    """It writes most signs otherwise, and every object where it was."""
    given, out = stories.long(), BytesIO()
    with pypdfium2.PdfDocument(given.pdf) as document:
        document.save(out)
    assert check(out.getvalue(), given.trust).outcome == "resaved"


def test_what_is_drawn_is_read_in_one_way() -> None:
    assert all(one_reading(one.pdf) for one in (stories.short(), stories.long(), stories.other()))


def test_white_space_without_end_costs_no_time() -> None:
    assert not one_reading(raw.rebuilt(stories.short().pdf, lambda given: given.__dict__.update(before=b" " * 100_000 + b"x")))
    assert not one_reading(edits.bare(b"<< /Type /Catalog /Pages " + b"[" * 5000 + b" >>"))


def test_object_streams_that_hold_little_but_white_are_no_report() -> None:
    """Each unpacks to less than the bound of one; nobody reads all of them."""
    assert one_reading(raw.white_streams(1, 1)), "what is multiplied is sound before"
    assert not one_reading(raw.white_streams(9, 2))


@pytest.mark.parametrize("text", [b"[ " + b"[] " * 1_000_000 + b"]", b"[ " * 50 + b"] " * 50], ids=["long", "deep"])
def test_a_value_that_nobody_draws_is_not_read_to_its_end(text: bytes) -> None:
    with pytest.raises(Unclear):
        value(text, 0)
