"""Every kind of paper that is drawn carries the mark of a drill on each of its pages, and none of a real ledger carries it."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import custody.paper
from custody.paper import drawings
from custody.paper.deeds import founding, incident, strip
from custody.paper.deeds.founding import Signer
from custody.paper.deeds.strip import StripFacts
from custody.paper.label.labels import sheets
from custody.paper.label.slips import Slip
from custody.paper.label.slips import pages as slips
from custody.paper.label.stocks import STOCKS
from custody.paper.proven import evidence
from custody.paper.reports import report
from fixtures.reports import Told, trusting
from tests.paper import rendering
from tests.paper.samples import labels
from tests.paper.test_founding import facts as founding_facts
from tests.paper.test_incident import LONG


def _labels(drill: bool) -> list[bytes]:
    return list(sheets((replace(one, drill=drill) for one in labels(60)), STOCKS["a4-24"], "Label", "id"))


def _slips(drill: bool) -> list[bytes]:
    shown = [
        Slip(*words, drill=drill)
        for words in (("place", "Gudang Contoh", "", "5307-GUDANG", "5307-GUDANG"), ("seal-point", "Titik segel 1"))
    ]
    return [page for one in shown for page in slips([one], STOCKS["a4-24"], "x", "id")]


def _founding(drill: bool) -> list[bytes]:
    signers = tuple(Signer("kpu", f"kpu-{at}", "0a1b2c3d", f"Pejabat Contoh {at}", True) for at in range(15))
    return [founding.draw(founding_facts(drill=drill, signers=signers))]


def _incident(drill: bool) -> list[bytes]:
    return [incident.draw(replace(LONG, drill=drill))]


def _report(drill: bool) -> list[bytes]:
    world = Told(drill=drill)
    prev = world.at_ppk
    for _ in range(15):
        prev = world.put(world.to_ppk(world.back_to_pps(prev)), "pps-1", "ppk-1", "guard-1")
    reading = evidence.read(world.report(renderer=drawings.renderer("id")), trusting(world))
    return [report.draw(reading)]


def _page(drill: bool) -> list[bytes]:
    world = Told(drill=drill)
    scope = "deed", world.at_pps
    given = world.report(
        scope=scope,
        sids=world.named_sids(scope),
        drawing="deed-1",
        copies=("", "Bawaslu", "KPU"),
        renderer=drawings.renderer("id", "deed-1"),
    )
    return [drawings.draw(evidence.read(given, trusting(world)))]


def _strip(drill: bool) -> list[bytes]:
    rows = (("Kotak", "TPS 001 Contoh"),)
    told = StripFacts(
        "id", "Operasi Contoh", drill, "Serah terima", 7, "ab" * 32, rows, "custody.contoh/" + "ab" * 16, "8 3f9a-77c1", "proof"
    )
    return [strip.draw(told)]


PAPERS: dict[str, Callable[[bool], list[bytes]]] = {
    "labels": _labels, "slips": _slips, "founding": _founding, "incident": _incident, "report": _report, "page": _page, "strip": _strip,
}  # fmt: skip


def test_these_are_all_kinds_of_paper() -> None:
    """Whoever begins a sheet is tried here."""
    folder = Path(custody.paper.__file__).parent
    drawing = {path.stem for path in folder.rglob("*.py") if re.search(r"(?<!class )\bSheet\(", path.read_text("utf-8"))}
    assert drawing == set(PAPERS)


@pytest.mark.parametrize("name", PAPERS)
def test_a_drill_stands_on_every_page(name: str) -> None:
    pages = [page for pdf in PAPERS[name](True) for page in rendering.texts(pdf)]
    assert all("LATIHAN" in page for page in pages)
    assert len(pages) > 1 or name in ("incident", "strip"), "a page that follows is tried too"


@pytest.mark.parametrize("name", PAPERS)
def test_what_is_real_says_nothing_of_a_drill(name: str) -> None:
    pages = [page for pdf in PAPERS[name](False) for page in rendering.texts(pdf)]
    assert not any("LATIHAN" in page.replace("BUKAN LATIHAN", "") for page in pages)


def test_every_label_of_a_drill_says_so() -> None:
    (pdf,) = sheets((replace(one, drill=True) for one in labels(24)), STOCKS["a4-24"], "Label", "id")
    assert rendering.text(pdf).count("LATIHAN") >= 24
