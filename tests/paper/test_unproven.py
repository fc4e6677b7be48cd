"""Papers of ours that carry no evidence: named as what they call themselves, never called false (docs/spec/13-report.md, CHECK-13)."""

from io import BytesIO

import pikepdf
import pytest

from custody.i18n import words
from custody.paper.canvas.sheet import A4, Sheet
from custody.paper.checking.check import check
from tests.paper import stories


def sheet(title: str, subject: str, lang: str = "id") -> bytes:
    made = Sheet(A4, title, subject, lang)
    made.text(20, 20, "isi")
    made.next_page()
    return made.finish()


def pages_taken() -> bytes:
    """Our report without what is attached to it."""
    with pikepdf.open(BytesIO(stories.short().pdf)) as pdf:
        del pdf.Root.Names
        saved = BytesIO()
        pdf.save(saved)
    return saved.getvalue()


def foreign() -> bytes:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        saved = BytesIO()
        pdf.save(saved)
    return saved.getvalue()


CASES = {
    "a blank form": (lambda: sheet("Tanda terima", words.say("deed.blank.subject", {"title": "Tanda terima"}, "id")), ".form"),
    "a blank form in English": (lambda: sheet("Receipt", words.say("deed.blank.subject", {"title": "Receipt"}, "en"), "en"), ".form"),
    "the page of an incident": (lambda: sheet(words.say("paper.incident.title", {}, "id"), "x"), ".incident"),
    "a sheet of labels": (lambda: sheet("Label", words.say("label.subject", {}, "id")), ".label"),
    "badges": (lambda: sheet("Lencana", words.say("slip.subject", {}, "en"), "en"), ".label"),
    "a founding deed": (lambda: sheet(words.say("paper.deed.title", {}, "id"), "x"), ".founding"),
    "pages of a report": (pages_taken, ""),
}


@pytest.mark.parametrize("name", CASES)
def test_what_a_paper_without_evidence_calls_itself(name: str) -> None:
    made, kind = CASES[name]
    verdict = check(made(), stories.short().trust)
    assert (verdict.outcome, verdict.code) == ("undecided", f"check.unproven{kind}")
    for lang in ("id", "en"):
        facts = dict(verdict.details)
        assert words.next_step(verdict.code, facts, lang), "the next step is told"


def test_a_file_of_others_is_told_so_with_a_next_step() -> None:
    verdict = check(foreign(), stories.short().trust)
    assert (verdict.outcome, verdict.code) == ("undecided", "check.not-a-report")
    assert words.next_step(verdict.code, dict(verdict.details), "id")
