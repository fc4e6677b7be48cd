"""The same bytes in another build of zlib (docs/spec/13-report.md, REPORT-10, DRAW-1): nothing on our papers is packed by it."""

import sys
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from types import ModuleType
from typing import Any

import pytest

from custody.core.policy import Policy
from custody.paper import drawings
from custody.paper.deeds import blank, drawn
from custody.paper.label.stocks import STOCKS
from custody.paper.proven import evidence
from custody.paper.proven.scope import NAMING
from fixtures import deeds, make_gallery, reportstories
from fixtures.reports import from_text
from tests.paper import stories

zlib_ng = pytest.importorskip("zlib_ng.zlib_ng")
PACKING = ("compress", "compressobj")


def packers() -> Iterator[tuple[ModuleType, str]]:
    """Every name in a loaded module under which zlib packs something."""
    own = {id(getattr(zlib, name)) for name in PACKING}
    for module in list(sys.modules.values()):
        if isinstance(module, ModuleType) and module.__name__ != "zlib":
            yield from ((module, name) for name, value in vars(module).items() if id(value) in own)
    yield from ((zlib, name) for name in PACKING)


@pytest.fixture
def other(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Another zlib packs from here on."""

    def swap() -> None:
        for module, name in list(packers()):
            kind = "compress" if getattr(module, name) is zlib.compress else "compressobj"
            monkeypatch.setattr(module, name, getattr(zlib_ng, kind))

    return swap


def test_the_other_build_gives_other_bytes() -> None:
    """Else the comparison below says nothing."""
    text = b"".join(b"baris %d dari buku besar; " % number for number in range(5_000))
    assert zlib_ng.compress(text) != zlib.compress(text) and zlib_ng.decompress(zlib.compress(text)) == text


def reported(name: str) -> Callable[[], bytes]:
    """A report of the vectors, drawn from the same evidence each time."""
    story = reportstories.reports()[name]
    reading = evidence.read(from_text(story), Policy.parse(story["policy"].encode()))
    return lambda: drawings.draw(reading)


def deed(kind: str, **changes: Any) -> Callable[[], bytes]:
    reading = deeds.reading(kind, **changes)
    return lambda: drawings.draw(reading)


REPORTS = ("box", "box in English", "drill", *(f"{kind} of a day" for kind in NAMING))
PAPERS: dict[str, Callable[[], Callable[[], bytes]]] = {
    **{f"report: {name}": partial(reported, name) for name in REPORTS},
    **{f"deed: {kind}": partial(deed, kind) for kind in deeds.KINDS},
    **{f"drawing {name}": partial(deed, "handoff", drawing=name) for name in drawn.FORMS},
    **{f"form: {kind}": partial(partial, make_gallery.filled_by_hand, kind) for kind in blank.FORMS},
    **{f"labels: {name}": partial(partial, make_gallery.sheet, stock) for name, stock in STOCKS.items()},
    "cover of labels": lambda: make_gallery.cover,
    "founding deed": lambda: make_gallery.founding,
    "page of an incident": lambda: make_gallery.incident_page,
    "a long report": lambda: lambda: drawings.draw(stories.long().reading),
}


@pytest.mark.parametrize("name", PAPERS)
def test_every_paper_is_the_same_bytes(name: str, other: Callable[[], None]) -> None:
    draw = PAPERS[name]()
    before = draw()
    other()
    assert draw() == before
    assert b"/FlateDecode" not in before
