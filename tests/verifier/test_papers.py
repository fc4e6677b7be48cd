"""The evidence in a report that the program drew, found and judged by the second verifier; the page is never called intact."""

import re
from collections.abc import Callable

import pytest

from tests.paper import stories
from tests.verifier.second import verify

NOT_COMPARED = ("undecided", "check.not-compared")
EDITS: dict[str, tuple[Callable[[bytes], bytes], tuple[str, str]]] = {
    "as it was drawn": (lambda pdf: pdf, NOT_COMPARED),
    "a word on the page": (lambda pdf: pdf.replace(b"(Operasi Contoh)", b"(oPERASI cONTOH)"), NOT_COMPARED),
    "a name in an entry": (lambda pdf: pdf.replace(b'"kpps-1"', b'"kpps-2"', 1), ("altered", "excerpt.root")),
    "the facts": (lambda pdf: pdf.replace(b'"lang":"id"', b'"lang":"en"'), ("altered", "check.not-logged")),
    "the proof": (lambda pdf: pdf.replace(b"tlog-proof@v1\nindex ", b"tlog-proof@v1\nindex 1", 1), ("altered", "check.proof")),
    "a later excerpt": (lambda pdf: pdf.replace(b"excerpt/v1", b"excerpt/v2"), ("undecided", "check.broken")),
    "no PDF": (lambda pdf: pdf[1:], ("undecided", "check.unreadable")),
    "another name of a file": (lambda pdf: pdf.replace(b"[ (facts.json)", b"[ (facts.jsom)"), ("undecided", "check.unproven")),
    "a file twice": (lambda pdf: pdf + pdf, ("undecided", "check.unproven")),
    "a length of 5,000 digits": (
        lambda pdf: re.sub(rb"/Length \d+(?= (?:(?!endobj)[^\0]){0,400}?/EmbeddedFile)", b"/Length " + b"9" * 5000, pdf, count=1),
        ("undecided", "check.unproven"),
    ),
    "cut in the middle of a file": (lambda pdf: pdf[: pdf.index(b"/EmbeddedFile") + 600], ("undecided", "check.unproven")),
}


@pytest.mark.parametrize("name", EDITS)
def test_a_report(name: str) -> None:
    report = stories.short()
    edit, want = EDITS[name]
    found = verify.judge_paper(edit(report.pdf), verify.read_policy(report.trust.format()))
    assert (found["verdict"], found["code"]) == want


def test_without_a_trust_file_nothing_is_decided() -> None:
    assert verify.judge_paper(stories.short().pdf, None) == {"verdict": "undecided", "code": "check.no-trust"}


def test_what_it_takes_out_is_what_was_put_in() -> None:
    report = stories.long()
    assert verify.read_attachments(report.pdf) == [report.evidence.facts, report.evidence.excerpt, report.evidence.proof]
