"""Checking a report (docs/spec/13-report.md, CHECK): what an attacker can do to the paper, and what is called what."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from custody.core.policy import Policy
from custody.core.private import Opening
from custody.i18n import words
from custody.paper import drawings
from custody.paper.canvas import typeface
from custody.paper.checking import pagesigns
from custody.paper.checking.check import check
from custody.paper.proven.evidence import NAMES
from fixtures import pdfedits as edits
from fixtures.reports import Told, trusting
from fixtures.smallworld import BOX
from tests.paper import rendering, stories

DAY, NEXT = b"(27 November 2024", b"(28 November 2024"
Attack = Callable[[bytes], bytes]


def by(edit: edits.Edit) -> Attack:
    """An edit with a PDF library, saved again."""
    return lambda pdf: edits.edited(pdf, edit)


# Name: attack, page that is named (0: outside the pages).
ALTERED: dict[str, tuple[Attack, int]] = {
    "A: text edited with a library": (by(edits.in_content(DAY, NEXT)), 1),
    "A: text on the second page": (by(edits.in_content(b"pengawal 2", b"pengawal 9", 1)), 2),
    "B: text edited in place, no byte more or less": (lambda pdf: pdf.replace(DAY, NEXT, 1), 1),
    "C: page content replaced by an incremental update": (lambda pdf: edits.page_replaced(pdf, DAY, NEXT), 1),
    "D: stamp laid over the page": (edits.stamped, 1),
    "E: outlines of an embedded font changed": (by(edits.swap_glyphs), 1),
    "F: rows cropped away": (by(edits.crop), 1),
    "page dropped": (by(edits.drop_page), 2),
    "page doubled": (by(edits.double_page), 7),
    "pages in another order": (by(edits.reorder_pages), 1),
    "page of another report": (lambda pdf: edits.edited(pdf, edits.page_of(stories.other().pdf)), 2),
    "script at opening": (by(edits.script), 0),
    "script of a page": (by(edits.page_action), 1),
    "script among the names": (by(edits.named_script), 0),
    "form field": (by(edits.form_field), 0),
    "one attachment more": (by(edits.more_attached), 0),
    "other title": (by(edits.retitled), 0),
    "other title, in place": (lambda pdf: pdf.replace(b"/Title (Laporan", b"/Title (laporan", 1), 0),
}

RESAVED: dict[str, Attack] = {
    "plain": edits.edited,
    "object streams": lambda pdf: edits.edited(pdf, object_stream_mode=pikepdf.ObjectStreamMode.generate),
    "packed": lambda pdf: edits.edited(pdf, compress_streams=True, recompress_flate=True),
    "packed, then unpacked": lambda pdf: edits.edited(edits.edited(pdf), stream_decode_level=pikepdf.StreamDecodeLevel.generalized),
    "version raised": lambda pdf: edits.edited(pdf, force_version="1.7"),
    "line end added by mail": lambda pdf: pdf + b"\r\n",
    "described by a mail gateway": by(edits.described()),
    "content written otherwise": lambda pdf: edits.edited(pdf, normalize_content=True),
    "laid out for reading (qpdf --qdf)": lambda pdf: edits.edited(pdf, qdf=True),
    "all of it at once": lambda pdf: edits.edited(pdf, edits.described(), qdf=True),
}


def test_a_report_is_intact() -> None:
    for one in (stories.short(), stories.long(), stories.other()):
        verdict = check(one.pdf, one.trust)
        assert (verdict.outcome, verdict.code, verdict.page, verdict.holds) == ("intact", "check.intact", None, True)
        assert dict(verdict.details) == {"size": one.reading.head.size, "entry": one.reading.own.entry}


@pytest.mark.parametrize("name", ALTERED)
def test_what_is_altered_is_called_altered(name: str) -> None:
    attack, page = ALTERED[name]
    given = stories.long()
    verdict = check(attack(given.pdf), given.trust)
    assert (verdict.outcome, verdict.code, verdict.page) == ("altered", "check.page" if page else "check.outside-pages", page)


@pytest.mark.parametrize("name", RESAVED)
def test_what_is_only_packed_anew_is_called_saved_again(name: str) -> None:
    given = stories.long()
    changed = RESAVED[name](given.pdf)
    assert changed != given.pdf
    assert (verdict := check(changed, given.trust)).outcome == "resaved", verdict.code


TWO_VIEWS: dict[str, Attack] = {
    "linearized": lambda pdf: edits.edited(pdf, linearize=True),
    "locked with an empty password": lambda pdf: edits.edited(pdf, encryption=pikepdf.Encryption(owner="x", user="")),
    "bytes before the beginning": lambda pdf: b"%\n" + edits.edited(pdf),
    "bytes behind the end": lambda pdf: edits.edited(pdf) + b"% more",
    "two ends": lambda pdf: edits.edited(pdf) + b"startxref\n0\n%%EOF\n",
}


@pytest.mark.parametrize("name", TWO_VIEWS)
def test_a_file_that_readers_may_see_differently_is_never_vouched_for(name: str) -> None:
    given = stories.long()
    verdict = check(TWO_VIEWS[name](given.pdf), given.trust)
    assert verdict.outcome in ("undecided", "altered"), verdict.code


TITLE = '<dc:title xmlns:dc="http://purl.org/dc/elements/1.1/">Laporan Lain</dc:title>'
DESCRIBED: dict[str, tuple[edits.Edit, str]] = {
    "another title": (edits.described(TITLE), "undecided"),
    "another title, hidden in an entity": (edits.described("&#60;dc:title>x"), "undecided"),
    "a declaration": (edits.described('<!DOCTYPE x SYSTEM "http://contoh.example">'), "undecided"),
    "a packet too long to look at": (edits.described(" " * 70_000), "undecided"),
    "something else beside it": (lambda document: document.Root.__setitem__("/PieceInfo", pikepdf.Dictionary()), "altered"),
}


@pytest.mark.parametrize("name", DESCRIBED)
def test_a_description_that_a_window_could_show_is_never_vouched_for(name: str) -> None:
    """The pages are the same, so it is not altered; but a reader may show this title above them."""
    (edit, outcome), given = DESCRIBED[name], stories.long()
    verdict = check(by(edit)(given.pdf), given.trust)
    assert (verdict.outcome, verdict.code) == (outcome, "check.metadata" if outcome == "undecided" else "check.outside-pages")


def test_a_description_hides_no_edit() -> None:
    def both(document: pikepdf.Pdf) -> None:
        edits.described()(document)
        edits.in_content(DAY, NEXT)(document)

    given = stories.long()
    assert check(edits.edited(given.pdf, both, qdf=True), given.trust).code == "check.page"


SAID = b"BT 1 0 0 1 7 9.5 Tm /F1+0 8 Tf (a\\(b\\)\\001\\\\) Tj ET q BI /W 8 /F /AHx ID ff00> EI Q\n"
SAME = {
    "line ends": SAID.replace(b" T", b"\r\nT"),
    "more white": SAID.replace(b"Tm ", b"Tm \t  "),
    "a string in hex": SAID.replace(b"(a\\(b\\)\\001\\\\)", b"<612862290 15c>".replace(b" ", b"")),
    "escaped otherwise": SAID.replace(b"a", b"\\141"),
}
NOT_SAME = {
    "another number": SAID.replace(b"9.5", b"9.6"),
    "the same number, written longer": SAID.replace(b"9.5", b"9.50"),
    "another letter": SAID.replace(b"(a", b"(b"),
    "white within a string": SAID.replace(b"(a", b"(a "),
    "a line end within a string": SAID.replace(b"(a", b"(a\n"),
    "another picture": SAID.replace(b"ff00", b"ff01"),
    "white within a picture": SAID.replace(b"ff00", b"ff 00"),
    "an operator more": SAID + b"f\n",
    "an operator less": SAID.replace(b" ET", b""),
    "joined": SAID.replace(b"8 Tf", b"8Tf"),
    "a comment": SAID + b"% 1 g\n",
    "a comment that some readers end sooner": b"%\r1 g 0 0 9 9 re f\n" + SAID,
    "a nought": SAID.replace(b"ET", b"ET\0"),
    "an escaped name": SAID.replace(b"/F1", b"/F#31"),
    "brackets within a string": SAID.replace(b"(a", b"((a)"),
    "a string that does not end": SAID.replace(b") Tj", b" Tj"),
    "hex of an odd length": SAID.replace(b"(a", b"<6> Tj (a"),
}


@pytest.mark.parametrize("name", SAME)
def test_content_that_is_only_written_otherwise_is_the_same(name: str) -> None:
    assert SAME[name] != SAID
    assert pagesigns.same([SAME[name]], SAID)


@pytest.mark.parametrize("name", NOT_SAME)
def test_content_that_could_look_otherwise_is_not_the_same(name: str) -> None:
    assert NOT_SAME[name] != SAID
    assert not pagesigns.same([NOT_SAME[name]], SAID)


def test_a_content_in_two_parts_is_the_same_only_where_it_is_cut_between_signs_at_white_space() -> None:
    whole = b"BT (a b) Tj 12 Tf ET"
    cuts = {at for at in range(len(whole) + 1) if pagesigns.same([whole[:at], whole[at:]], whole)}
    assert cuts == {
        at for at in range(1, len(whole)) if b" " in whole[at - 1 : at + 1] and not whole[:at].count(b"(") - whole[:at].count(b")")
    }


def test_content_behind_a_lot_of_white_is_not_overlooked() -> None:
    given = stories.long()

    def stretched(document: pikepdf.Pdf) -> None:
        contents = document.pages[0].Contents
        content = contents.read_bytes()
        contents.write(content + b" " * (3 * len(content)) + b"1 g 0 400 600 40 re f\n")

    assert check(edits.edited(given.pdf, stretched), given.trust).code == "check.page"


def test_evidence_of_another_report_does_not_fit_the_page() -> None:
    given, other = stories.long(), stories.other()
    swapped = edits.edited(given.pdf, edits.attached(dict(zip(NAMES, other.evidence, strict=True))))
    assert check(swapped, given.trust).code == "check.page"


@pytest.mark.parametrize("name", NAMES)
def test_one_attachment_of_another_report_does_not_fit_the_others(name: str) -> None:
    given, other = stories.long(), stories.other()
    part = dict(zip(NAMES, other.evidence, strict=True))[name]
    verdict = check(edits.edited(given.pdf, edits.attached({name: part})), given.trust)
    assert verdict.outcome == "altered"
    assert verdict.code in ("check.not-logged", "check.proof")


def test_every_byte_of_the_excerpt_counts_sample_of_40() -> None:
    given = stories.short()
    excerpt = given.evidence.excerpt
    for at in range(len(b"custody/excerpt/v1\n"), len(excerpt), len(excerpt) // 40):
        changed = excerpt[:at] + bytes([excerpt[at] ^ 1]) + excerpt[at + 1 :]
        verdict = check(given.pdf.replace(excerpt, changed), given.trust)
        assert verdict.outcome == "altered" or verdict.code == "check.broken", at


@pytest.mark.parametrize("trust", [None, Policy.parse(b"quorum none\n")], ids=["none", "without a log"])
def test_without_a_trust_file_nothing_is_decided(trust: Policy | None) -> None:
    given = stories.short()
    for pdf in (given.pdf, ALTERED["A: text edited with a library"][0](given.pdf)):
        assert (check(pdf, trust).outcome, check(pdf, trust).code) == ("undecided", "check.no-trust")


def test_the_trust_file_of_another_ledger_decides_nothing() -> None:
    given, stranger = stories.short(), trusting(Told(domain="lain"))
    verdict = check(given.pdf, stranger)
    assert (verdict.outcome, verdict.code) == ("undecided", "check.other-ledger")


def test_a_ledger_of_the_same_name_under_another_key_is_not_this_ledger() -> None:
    given = stories.short()
    impostor = Policy.parse(f"log {given.world.key_named(given.world.origin)}\nquorum none\n".encode())
    assert check(given.pdf, impostor).outcome == "altered"


def test_witnesses_that_the_trust_file_asks_for_and_that_have_not_signed() -> None:
    given = stories.short()
    witness = given.world.witness_key()
    demanding = trusting(given.world, witnesses=f"witness w {witness}\nquorum w\n")
    verdict = check(given.pdf, demanding)
    assert (verdict.outcome, verdict.code) == ("undecided", "check.unwitnessed")
    edited = ALTERED["A: text edited with a library"][0](given.pdf)
    assert check(edited, demanding).outcome == "altered", "an edit is never hidden behind a missing witness"


def test_an_unknown_drawing_version_is_told_apart_from_an_alteration(monkeypatch: pytest.MonkeyPatch) -> None:
    given = stories.short()
    monkeypatch.setattr(drawings, "DRAWINGS", {})
    verdict = check(given.pdf, given.trust)
    assert (verdict.outcome, verdict.code) == ("undecided", "check.drawing")
    assert verdict.reading is not None


def test_another_renderer_draws_the_same_or_cannot_compare() -> None:
    """Equal pages are intact all the same; of other pages nobody here can say why they differ."""
    world = Told()
    given = stories.told(world, world.report(renderer="reportlab 0.1, words 000000000000"))
    assert given.reading.facts.renderer != drawings.renderer("id")
    assert check(given.pdf, given.trust).outcome == "intact"
    verdict = check(ALTERED["A: text edited with a library"][0](given.pdf), given.trust)
    assert (verdict.outcome, verdict.code) == ("undecided", "check.renderer")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A later release: what is changed here is changed after the paper was drawn."""
    stories.short()
    yield monkeypatch
    monkeypatch.undo()
    for asked in (drawings.renderer, words.find):
        asked.cache_clear()


def reworded(later: pytest.MonkeyPatch, code: str) -> None:
    """Another word under a code that stands on reports, wherever the catalogues keep it."""
    found = words.catalogue
    changed = {"id": "Kata Lain", "en": "Another Word"}
    later.setattr(words, "catalogue", lambda room: {**found(room), code: changed} if code in found(room) else found(room))
    for asked in (drawings.renderer, words.find):
        asked.cache_clear()


@pytest.mark.parametrize("code", ["report.title", "status.ok", "law.unit", "report.read.sight", "sealstate.intact", "unsigned.refused"])
def test_an_honest_paper_of_an_earlier_release_is_never_called_altered(code: str, later: pytest.MonkeyPatch) -> None:
    """Its words are no longer known here: then the page cannot be compared. A word that it does not use changes nothing."""
    given, before = stories.short(), drawings.renderer("id")
    reworded(later, code)
    verdict = check(given.pdf, given.trust)
    assert words.known(code) == (drawings.renderer("id") != before), "every word that can stand on a report is in its renderer"
    assert (verdict.outcome, verdict.code) in (("intact", "check.intact"), ("undecided", "check.renderer"))
    if code in ("report.title", "status.ok", "sealstate.intact"):
        assert verdict.code == "check.renderer"
        assert verdict.reading is not None, "the evidence holds all the same"


def test_another_font_is_another_renderer(later: pytest.MonkeyPatch) -> None:
    before = drawings.renderer("id")
    later.setitem(typeface.HASHES, typeface.BOLD, "0" * 64)
    drawings.renderer.cache_clear()
    assert drawings.renderer("id") != before


def test_words_of_the_other_language_are_not_in_the_renderer(later: pytest.MonkeyPatch) -> None:
    assert drawings.renderer("id") != drawings.renderer("en")


# -- files that are no report, or meant to hurt -------------------------------------------------------------------------------------

DEEP = 60_000
HOSTILE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "text": lambda: b"bukan PDF",
    "only a header": lambda: b"%PDF-1.7\n",
    "a PDF without attachments": lambda: edits.bare(b"<< /Type /Catalog /Pages 2 0 R >>"),
    "locked with a password": lambda: edits.edited(stories.short().pdf, encryption=pikepdf.Encryption(owner="x", user="x")),
    "an attachment bomb of 400 MB": lambda: edits.carrying(edits.packed(edits.bomb(400))),
    "a bomb in a bomb": lambda: edits.carrying(edits.packed(edits.bomb(300), b"/Filter [/FlateDecode /FlateDecode]")),
    "an attachment packed otherwise": lambda: edits.carrying(edits.packed(b"~>", b"/Filter /ASCII85Decode")),
    "an attachment that is broken": lambda: edits.carrying(edits.packed(b"no flate")),
    "attachments that are nothing": lambda: edits.carrying(edits.packed(b"", b"")),
    "an attachment without a file": lambda: edits.bare(edits.NAMED, b"<< /Names [ (facts.json) 5 0 R ] >>", b"<< /Type /Filespec >>"),
    "an attachment that is a number": lambda: edits.bare(edits.NAMED, b"<< /Names [ (facts.json) 4 ] >>"),
    "names that are a number": lambda: edits.bare(b"<< /Type /Catalog /Pages 2 0 R /Names 7 >>"),
    "a name tree that holds itself": lambda: edits.bare(edits.NAMED, b"<< /Kids [ 4 0 R 4 0 R ] >>"),
    "a deep array": lambda: edits.bare(edits.NAMED, b"[" * DEEP + b"]" * DEEP),
    "a long chain of kids": lambda: edits.bare(edits.NAMED, *(b"<< /Kids [ %d 0 R ] >>" % (5 + at) for at in range(20_000))),
    "control characters in names": lambda: edits.bare(
        edits.NAMED, b"<< /Names [ (\x1b]0;x\x07facts.json) 4 0 R (\xff\xfe\x00) 5 0 R ] >>", b"<< /EF << /F 2 0 R >> >>"
    ),
    "a million objects": lambda: edits.bare(edits.NAMED, *[b"0"] * 1_000_000),
    "a table of half a million rows": lambda: edits.bare(edits.NAMED).replace(
        b"xref\n0 4\n", b"xref\n0 500004\n" + b"0000000000 00001 f \n" * 500_000
    ),
    "an object stream that is a bomb": lambda: edits.bomb_in_an_object_stream(400),
    "a report cut in the middle": lambda: stories.short().pdf[: len(stories.short().pdf) // 2],
    "a report with the attachments cut off": lambda: stories.short().pdf[: stories.short().pdf.find(b"/EmbeddedFile")],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_no_report_gets_a_code(name: str) -> None:
    verdict = check(HOSTILE[name](), stories.short().trust)
    assert verdict.outcome in ("undecided", "altered")
    assert verdict.code.startswith(("check.", "json.", "excerpt.", "report."))


def test_a_bomb_costs_no_memory_beyond_the_bound() -> None:
    """In a process of its own, since the most memory ever used is what the system tells."""
    program = """
import sys
from tests.paper.test_check import HOSTILE, stories
from custody.paper.checking.check import check
for name in ("an attachment bomb of 400 MB", "an object stream that is a bomb", "a bomb in a bomb", "a deep array", "a long chain of kids"):
    print(name, check(HOSTILE[name](), stories.short().trust).code)
print(next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) // 1024)
"""
    root = Path(__file__).parent.parent.parent
    ended = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert int(ended.stdout.splitlines()[-1]) < 600, ended.stdout


@pytest.mark.parametrize("share", range(1, 20, 2))
def test_a_truncated_report_is_never_intact(share: int) -> None:
    given = stories.short()
    verdict = check(given.pdf[: len(given.pdf) * share // 20], given.trust)
    assert (verdict.outcome, verdict.code) == ("undecided", "check.cut")


@pytest.mark.parametrize("bytes_", [2, 6, 20, 30, 100, 200, 1_000, 5_000])
def test_a_report_without_its_end_is_cut_and_not_altered(bytes_: int) -> None:
    """The parser can mend some of them; what another reader makes of them, nobody knows. A download that broke off is no forgery."""
    given = stories.short()
    verdict = check(given.pdf[:-bytes_], given.trust)
    assert (verdict.outcome, verdict.code) == ("undecided", "check.cut")


def test_a_report_with_a_false_table_of_contents_is_damaged() -> None:
    given = stories.short()
    at = given.pdf.rfind(b"startxref\n") + 10
    verdict = check(given.pdf[:at] + b"9" + given.pdf[at + 1 :], given.trust)
    assert (verdict.outcome, verdict.code) == ("undecided", "check.damaged")


def test_a_verdict_about_evidence_carries_no_reading() -> None:
    given = stories.short()
    verdict = check(given.pdf.replace(given.evidence.proof, given.evidence.proof[:-1] + b"?"), given.trust)
    assert verdict.outcome == "altered"
    assert verdict.reading is None
    assert not replace(verdict, outcome="undecided").holds


MOMENTS = {"an hour before it was signed": "2024-11-27T09:00:00Z", "a day after": "2024-11-29T00:00:00Z"}


@pytest.mark.parametrize("name", MOMENTS)
def test_the_moment_of_the_facts_is_that_of_the_statement(name: str) -> None:
    """The page shows when the report was made; nobody can log it today and print yesterday."""
    world = Told()
    facts = world.facts(made=MOMENTS[name])
    own = world.log_report(facts, at="2024-11-27T12:34:56Z")
    honest = stories.short()
    files = dict(zip(NAMES, world.bundle(facts, own), strict=True))
    verdict = check(edits.edited(honest.pdf, edits.attached(files)), trusting(world))
    assert (verdict.outcome, verdict.code) == ("altered", "check.moment")


def test_facts_that_were_changed_are_altered_though_they_can_no_longer_be_read() -> None:
    given = stories.short()
    files = {"facts.json": b"{" + given.evidence.facts[1:-1] + b"?"}
    assert check(edits.edited(given.pdf, edits.attached(files)), given.trust).code == "check.not-logged"


def test_an_excerpt_that_is_cut_or_of_another_version_cannot_be_decided() -> None:
    given = stories.short()
    for excerpt in (given.evidence.excerpt[:-40], given.evidence.excerpt.replace(b"/v1", b"/v2", 1)):
        verdict = check(edits.edited(given.pdf, edits.attached({"ledger.excerpt": excerpt})), given.trust)
        assert (verdict.outcome, verdict.code, dict(verdict.details)) == ("undecided", "check.broken", {"why": "excerpt.form"})


ODD: dict[str, dict[str, Any]] = {
    "made at the end of time": {"made": "9999-12-31T23:59:59Z"},
    "made at its beginning": {"made": "0001-01-01T00:00:00Z"},
    "a renderer of strange letters": {"renderer": "\u202e(\\)\u6f22"},
    "a title without end": {"titles": (("guard", "\u0174" * 5000),)},
    "a box that is no box": {"scope": ("box", "x y"), "sids": ()},
    "a drawing nobody knows": {"drawing": "report-9"},
    "an opening without salt": {"openings": (("a", Opening("name", "", "")),)},
}


@pytest.mark.parametrize("name", ODD)
def test_odd_facts_that_were_logged_get_an_answer(name: str) -> None:
    """Who may sign may log any facts; nothing that stands in them may end in a traceback."""
    world = Told()
    given = world.report(**ODD[name])
    honest = stories.short()
    pdf = edits.edited(honest.pdf, edits.attached(dict(zip(NAMES, given, strict=True))))
    assert check(pdf, trusting(world)).outcome in ("altered", "undecided")


def test_a_handoff_at_the_end_of_time_is_still_drawn() -> None:
    world = Told()
    line, late = world.line(BOX, world.at_ppk), {"at": "9999-12-31T23:59:59Z", "basis": "now"}
    world.put(world.handoff(line, giver="ppk-1", receiver="pps-1", start="530719", end="5307192001", happened=late), "ppk-1", "pps-1")
    given = stories.told(world, world.report())
    assert check(given.pdf, given.trust).outcome == "intact"
    assert late["at"] in rendering.text(given.pdf)
