"""Every word that a paper says is among those that its renderer names (docs/spec/13-report.md, DRAW-3): other words are never "altered"."""

from collections.abc import Iterator

import pytest

from custody.i18n import words
from custody.paper import drawings
from custody.paper.deeds import drawn
from custody.paper.proven import evidence
from custody.paper.proven.scope import NAMING
from fixtures import deeds
from fixtures.reports import NEIGHBOUR, Told, trusting
from fixtures.smallworld import BOX

PLACES = {"box": BOX, "tps": "5307192001-001", "desa": "5307192001", "kecamatan": "530719"}


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """The codes that are looked up and found."""
    found, find = set[str](), words.find

    def spy(code: str) -> object:
        fields = find(code)
        if fields is not None:
            found.add(code)
        return fields

    monkeypatch.setattr(words, "find", spy)
    yield found


def unnamed(said: set[str], lang: str, drawing: str) -> list[str]:
    return sorted(said - drawings._sentences(lang, drawings.DRAWINGS[drawing].words).keys())


@pytest.mark.parametrize("lang", words.LANGUAGES)
@pytest.mark.parametrize("kind", [*PLACES, *NAMING])
def test_of_reports(kind: str, lang: str, said: set[str]) -> None:
    for world, opened in ((Told(drill=True), {}), (deeds.Deeds(), {}), (deeds.Deeds(), {"openings": ()})):
        codes = {**PLACES, **(world.a_day() if not isinstance(world, deeds.Deeds) else world.kinds), "officer": "guard-2"}
        if kind == "deed" or kind not in codes:
            continue
        boxes = (BOX,) if kind in ("box", "tps") else (BOX, NEIGHBOUR)
        sids = world.scoped_sids(boxes) if kind in PLACES else world.named_sids((kind, codes[kind]))
        given = world.report(scope=(kind, codes[kind]), sids=sids, lang=lang, renderer=drawings.renderer(lang), **opened)
        reading = evidence.read(given, trusting(world))
        said.clear()
        drawings.draw(reading)
        assert unnamed(said, lang, "report-1") == []


@pytest.mark.parametrize("lang", words.LANGUAGES)
@pytest.mark.parametrize(
    ("kind", "drawing"), [*((kind, "deed-1") for kind in deeds.KINDS), ("handoff offered", "deed-waybill-1"), ("handoff", "deed-receipt-1")]
)
def test_of_deeds(kind: str, drawing: str, lang: str, said: set[str]) -> None:
    assert drawing in drawn.FORMS
    reading = deeds.reading(kind, lang=lang, drawing=drawing, drill=True)
    said.clear()
    drawings.draw(reading)
    assert unnamed(said, lang, drawing) == []
