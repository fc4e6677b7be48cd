"""Checking a report (docs/spec/13-report.md, CHECK): what an attacker can do to the paper, and what is called what."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from custody.core.policy import Policy
from custody.core.private import Opening
from custody.paper import report
from custody.paper.check import check
from custody.paper.evidence import NAMES
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
    "page doubled": (by(edits.double_page), 6),
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
}


def test_a_report_is_intact() -> None:
    for one in (stories.short(), stories.long(), stories.other()):
        verdict = check(one.pdf, one.trust)
        assert (verdict.outcome, verdict.code, verdict.page, verdict.holds) == ("intact", "check.intact", None, True)
        assert dict(verdict.details) == {"upto": one.reading.facts.upto, "entry": one.reading.own.entry}


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


def test_metadata_that_another_program_put_in_is_altered() -> None:
    given = stories.long()
    assert check(by(edits.by_another_producer)(given.pdf), given.trust).outcome == "altered"


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
        assert check(given.pdf.replace(excerpt, changed), given.trust).outcome == "altered", at


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
    monkeypatch.setattr(report, "DRAWINGS", {})
    verdict = check(given.pdf, given.trust)
    assert (verdict.outcome, verdict.code) == ("undecided", "check.drawing")
    assert verdict.reading is not None


def test_another_renderer_draws_the_same_or_cannot_compare() -> None:
    """Equal pages are intact all the same; of other pages nobody here can say why they differ."""
    world = Told()
    given = stories.told(world, world.report(renderer="reportlab 0.1, words 000000000000"))
    assert given.reading.facts.renderer != report.renderer()
    assert check(given.pdf, given.trust).outcome == "intact"
    verdict = check(ALTERED["A: text edited with a library"][0](given.pdf), given.trust)
    assert (verdict.outcome, verdict.code) == ("undecided", "check.renderer")


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
import resource, sys
from tests.paper.test_check import HOSTILE, stories
from custody.paper.check import check
for name in ("an attachment bomb of 400 MB", "an object stream that is a bomb", "a bomb in a bomb", "a deep array", "a long chain of kids"):
    print(name, check(HOSTILE[name](), stories.short().trust).code)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
    root = Path(__file__).parent.parent.parent
    ended = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert int(ended.stdout.splitlines()[-1]) < 600, ended.stdout


@pytest.mark.parametrize("share", range(1, 20, 2))
def test_a_truncated_report_is_never_intact(share: int) -> None:
    given = stories.short()
    verdict = check(given.pdf[: len(given.pdf) * share // 20], given.trust)
    assert verdict.outcome in ("undecided", "altered")


def test_a_report_without_its_end_is_damaged() -> None:
    """The parser can mend it; what another reader makes of it, nobody knows."""
    given = stories.short()
    verdict = check(given.pdf[:-20], given.trust)
    assert (verdict.outcome, verdict.code) == ("undecided", "check.damaged")


def test_a_verdict_about_evidence_carries_no_reading() -> None:
    given = stories.short()
    verdict = check(given.pdf.replace(given.evidence.proof, given.evidence.proof[:-1] + b"?"), given.trust)
    assert verdict.outcome == "altered"
    assert verdict.reading is None
    assert not replace(verdict, outcome="undecided").holds


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
