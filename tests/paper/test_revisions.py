"""Signed revisions appended to a report, fonts exchanged, and changed bytes anywhere: what a certificate or luck cannot make true."""

import re
from collections import Counter
from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest
from pikepdf import Dictionary

from custody.paper.checking.check import check
from fixtures import pdfedits as edits
from tests.paper import rendering, stories

PAINTED = b"<< /Length 23 >>\nstream\n1 g 0 400 600 40 re f \n\nendstream"
FIELD = b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (tanda) /Rect [0 0 0 0] /V 9001 0 R >>"
SIGNATURE = b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /ByteRange [0 1 2 3] /Contents <00> >>"


def first_page(pdf: bytes) -> tuple[int, bytes]:
    """Number and text of the newest object of the first page, without its closing brackets."""
    with pikepdf.open(BytesIO(pdf)) as document:
        page = document.pages[0].obj
        return page.objgen[0], page.unparse(resolved=True).rstrip()[:-2]


def signed(pdf: bytes) -> bytes:
    """A revision with a signature, as a signing program appends one. Whether the certificate is trusted makes no difference here."""
    number, page = first_page(pdf)
    return edits.update(pdf, {number: page + b"/Annots [ 9000 0 R ] >>", 9000: FIELD, 9001: SIGNATURE})


def painted(pdf: bytes) -> bytes:
    """A revision in which the first page has other content."""
    number, page = first_page(pdf)
    return edits.update(pdf, {number: re.sub(rb"/Contents \d+ 0 R", b"/Contents 9002 0 R", page) + b">>", 9002: PAINTED})


def signed_and_painted(pdf: bytes) -> bytes:
    """Both in one revision: readers then say that the signature covers the whole file."""
    number, page = first_page(pdf)
    page = re.sub(rb"/Contents \d+ 0 R", b"/Contents 9002 0 R", page) + b"/Annots [ 9000 0 R ] >>"
    return edits.update(pdf, {number: page, 9000: FIELD, 9001: SIGNATURE, 9002: PAINTED})


REVISIONS: dict[str, Callable[[bytes], bytes]] = {
    "painted over": painted,
    "painted over, then signed": lambda pdf: signed(painted(pdf)),
    "signed, then painted over": lambda pdf: painted(signed(pdf)),
    "signed and painted over at once": signed_and_painted,
}


@pytest.mark.parametrize("revise", REVISIONS.values(), ids=REVISIONS)
def test_a_revision_is_altered_though_the_first_bytes_are_ours(revise: Callable[[bytes], bytes]) -> None:
    given = stories.long()
    data = revise(given.pdf)
    assert data.startswith(given.pdf)
    with pikepdf.open(BytesIO(data)) as document:
        assert not document.get_warnings(), "the revision must be one that readers take without a word"
    verdict = check(data, given.trust)
    assert (verdict.outcome, verdict.code, verdict.page) == ("altered", "check.page", 1)


def test_a_signature_alone_is_never_called_intact() -> None:
    """The file is no longer the one that was drawn; what else to call it is for the version that signs (today: altered)."""
    given = stories.short()
    assert not check(signed(given.pdf), given.trust).holds


def test_fonts_exchanged_for_each_other_are_altered() -> None:
    """Text and content stay as they were; the page looks otherwise."""

    def exchange(document: pikepdf.Pdf) -> None:
        fonts = [item for item in document.objects if isinstance(item, Dictionary) and item.get("/Type") == "/FontDescriptor"]
        fonts[0].FontFile2 = fonts[1].FontFile2

    given = stories.long()
    assert check(edits.edited(given.pdf, exchange), given.trust).outcome == "altered"


def test_a_page_turned_upside_down_is_altered() -> None:
    def turn(document: pikepdf.Pdf) -> None:
        document.pages[1].obj["/Rotate"] = 180

    given = stories.long()
    verdict = check(edits.edited(given.pdf, turn), given.trust)
    assert (verdict.outcome, verdict.page) == ("altered", 2)


def wrappings() -> list[bytes]:
    """The report as it was drawn, and as other programs write it."""
    pdf = stories.short().pdf
    return [pdf, edits.edited(pdf, qdf=True), edits.edited(pdf, edits.described(), normalize_content=True)]


def judged(pdf: bytes, changed: bytes) -> str:
    """The outcome for a changed file; whatever is vouched for must look as it did."""
    outcome = check(changed, stories.short().trust).outcome
    if outcome in ("intact", "resaved"):
        assert [one.tobytes() for one in rendering.pages(changed, 50)] == [one.tobytes() for one in rendering.pages(pdf, 50)]
    return outcome


@pytest.mark.parametrize("wrapping", range(3), ids=["as drawn", "laid out for reading", "by a mail gateway"])
def test_200_single_bytes_changed_are_never_intact(wrapping: int) -> None:
    """A changed byte may leave the document as it was (a space in the cross-reference table); then it is called saved again."""
    pdf = wrappings()[wrapping]
    step = len(pdf) // 200
    outcomes: Counter[str] = Counter()
    for at in range(step // 2, step * 200, step):
        changed = pdf[:at] + bytes([pdf[at] ^ 0x10]) + pdf[at + 1 :]
        outcomes[judged(pdf, changed)] += 1
    assert outcomes.total() == 200 and outcomes["intact"] == 0
    assert outcomes["altered"] >= 40 and outcomes["resaved"] <= 20, outcomes
