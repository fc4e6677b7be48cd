"""Every kind of paper is PDF/A-3b, as an independent validator judges it (docs/spec/13-report.md, DRAW-5; ISO 19005-3)."""

from collections.abc import Callable
from functools import cache
from io import BytesIO

import pikepdf
import pytest
from pikepdf import pdfa

from custody.paper import drawings
from custody.paper.deeds import blank, drawn, founding, incident
from custody.paper.deeds.blank import BlankFacts
from custody.paper.label.labels import sheets
from custody.paper.label.stocks import STOCKS
from fixtures import deeds
from tests.paper import samples, stories
from tests.paper.test_founding import facts as deed_facts
from tests.paper.test_incident import FACTS as INCIDENT


def _label(stock: str) -> bytes:
    return next(iter(sheets(samples.labels(30), STOCKS[stock], "Label", "id")))


def _form(kind: str) -> BlankFacts:
    return BlankFacts(kind, "id", ("Operasi Contoh", "Kabupaten Contoh"), True, "custody.contoh/" + "ab" * 16, "128 3f9a-77c1-0b2e-44d1")


PAPERS: dict[str, Callable[[], bytes]] = {
    "a report": lambda: stories.long().pdf,
    "a report of one box": lambda: stories.short().pdf,
    "a founding deed": lambda: founding.draw(deed_facts()),
    "an incident": lambda: incident.draw(INCIDENT),
    **{f"deed {kind}": lambda kind=kind: drawings.draw(deeds.reading(kind)) for kind in deeds.KINDS},
    **{f"deed {name}": lambda name=name: drawings.draw(deeds.reading("handoff", drawing=name)) for name in drawn.FORMS},
    **{f"form {kind}": lambda kind=kind: blank.draw(_form(kind)) for kind in blank.FORMS},
    **{f"labels {stock}": lambda stock=stock: _label(stock) for stock in STOCKS},
}


@cache
def _paper(name: str) -> bytes:
    return PAPERS[name]()


def _found(data: bytes, change: Callable[[pikepdf.Pdf], object] = lambda _: None) -> list[str]:
    with pikepdf.open(BytesIO(data)) as document:
        change(document)
        return [f"{one}" for one in pdfa.check(document, "3b").findings]


@pytest.mark.parametrize("name", PAPERS)
def test_the_validator_finds_nothing(name: str) -> None:
    assert _found(_paper(name)) == []


def _without(key: str) -> Callable[[pikepdf.Pdf], object]:
    return lambda document: document.Root.__delitem__(key)


def _unembedded(document: pikepdf.Pdf) -> None:
    for one in document.objects:
        if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/FontDescriptor":
            del one["/FontFile2"]


BROKEN = {"no colours": _without("/OutputIntents"), "no description": _without("/Metadata"), "a font left out": _unembedded}


@pytest.mark.parametrize("name", BROKEN)
def test_the_validator_would_find_it(name: str) -> None:
    assert _found(_paper("a report"), BROKEN[name])


@pytest.mark.parametrize("name", PAPERS)
def test_language_and_title_are_said(name: str) -> None:
    with pikepdf.open(BytesIO(_paper(name))) as document:
        described = document.open_metadata()
        assert described["dc:title"] == str(document.docinfo["/Title"]) != ""
        assert document.Root.Lang == "id-ID"
        assert "/CreationDate" not in document.docinfo
