"""Every kind of report as a page (docs/spec/13-report.md): with names as long as they come, few rows and a thousand, in both languages."""

import re
from functools import cache
from typing import Any

import pytest

from custody.core.moment import from_seconds
from custody.core.private import seal
from custody.paper import drawings
from custody.paper.canvas.sheet import MM
from custody.paper.proven.evidence import Reading, read
from custody.paper.proven.scope import NAMING, boxes
from custody.paper.reports import report
from fixtures.reports import NEIGHBOUR, Told, _All, trusting
from fixtures.smallworld import BOX, place, seed
from tests.bench.printing import made
from tests.paper import rendering

LANGUAGES = ("id", "en")
DESA = "Nagari Persiapan Contoh Sungai Gunung Tengah"  # 44 letters
PLACES = (
    ("5307", "kabupaten", "Kabupaten Kepulauan Contoh dengan Nama Panjang X", None),
    ("5307-GUDANG", "warehouse", "Gudang Logistik Kabupaten Kepulauan Contoh No. 2", "5307"),
    ("530719", "kecamatan", "Contoh Persiapan Barat Daya dan Sekitarnya Raya", "5307"),
    ("5307192001", "desa", DESA, "530719"),
)
VULNERABLE = {"vulnerability": "high", "remote": True}
KINDS = ("box", "tps", "desa", "kecamatan", "warehouse", "operation", "consignment", "incident", "officer", "shift")
CODES = {"box": BOX, "tps": BOX[6:20], "desa": "5307192001", "kecamatan": "530719", "warehouse": "5307-GUDANG", "operation": "-"}


class Full(Told):
    """A world in which something of every kind happened; its boxes are stolen, disputed, on the way. long: with the longest names."""

    def __init__(self, long: bool = False, drill: bool = False) -> None:
        self.long = long
        super().__init__(drill=drill)
        rows = [place(*row) for row in PLACES if long]
        rows.append(place("5307192001-001", "tps", "TPS 001", "5307192001", **VULNERABLE))
        self.put(self.draft("places", legs=[], places=rows), "kpu-1", "polri-1")
        self.codes = {**CODES, **self.a_day()}
        self.put(self.to_ppk(self.at_pps, vehicle="X" * 32), "pps-1", "ppk-1", "guard-1")
        self.codes["incident"] = self.incident(NEIGHBOUR, code="stolen", signer="ppk-1", owner="kasatops-1")

    def card(self, name: str) -> dict[str, Any]:
        """With names as long as they come."""
        if not self.long:
            return super().card(name)
        fields = {}
        for part, value in (
            ("name", f"Petugas Contoh yang Bernama Panjang Sekali dari Ujung Pulau Contoh {name}"[:80]),
            ("rank", "Kombes Pol."),
        ):
            fields[part], opening = seal(part, value, seed(f"{part} {name}")[:16])
            self.openings[fields[part]["c"]] = opening
        return fields

    def drawn(self, kind: str, lang: str) -> tuple[Reading, bytes]:
        """A report of that kind, proven and drawn."""
        scope, archive = (kind, self.codes[kind]), _All(self)
        some = boxes(scope, archive.state, archive.notes.__getitem__) if kind not in NAMING else ()
        sids = self.named_sids(scope) if kind in NAMING else self.scoped_sids(some)
        evidence = self.report(scope=scope, sids=sids, lang=lang, renderer=drawings.renderer(lang), made=from_seconds(self.clock))
        reading = read(evidence, trusting(self))
        return reading, drawings.draw(reading)


@cache
def drawn(kind: str, lang: str, long: bool) -> tuple[Reading, bytes]:
    return Full(long).drawn(kind, lang)


def whole(pdf: bytes) -> None:
    """Every line lies inside the margins, none upon another, no page is empty, nothing was left without words."""
    assert rendering.overlapping(pdf) == []
    for page in rendering.lines(pdf):
        assert len(page) > 3, "no page is empty"
        for left, bottom, right, top in page:
            assert left >= report.LEFT * MM - 1 and right <= report.RIGHT * MM + 1
            assert bottom > 12 and top < 297 * MM - 12
    sizes = {float(size) for size in re.findall(rb"/F[^ ]+ ([0-9.]+) Tf", pdf)}
    assert min(sizes) >= 6, "the smallest type can be read"
    text = rendering.text(pdf)
    for sign in ("{", "}", "report.", "status."):
        assert sign not in text.replace("report.tlog-proof", ""), sign


@pytest.mark.parametrize("long", [False, True], ids=["plain names", "longest names"])
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_report_is_whole(kind: str, lang: str, long: bool) -> None:
    reading, pdf = drawn(kind, lang, long)
    whole(pdf)
    text = "".join(rendering.text(pdf).split())
    for part in (reading.head.root.hex(), reading.head.origin, *(one.sid for one in reading.told)):
        assert part in text, part
    if long and kind != "officer":
        assert "".join(DESA.split()) in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_thousand_rows(lang: str) -> None:
    """A thousand records of boxes of one kecamatan: over thirty pages."""
    evidence, trust = made(lines=1_000, lang=lang)
    pdf = drawings.draw(read(evidence, trust))
    whole(pdf)
    assert len(rendering.lines(pdf)) > 30


@pytest.mark.parametrize("kind", KINDS)
def test_a_drill_says_so_on_every_page_of_every_kind(kind: str) -> None:
    _, pdf = Full(drill=True).drawn(kind, "id")
    assert all("LATIHAN" in page for page in rendering.texts(pdf))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_lines_that_lie_upon_each_other_are_found(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above can fail: with rows half as high it does."""
    monkeypatch.setattr(report, "_LEADING", 1.6)
    reading, _ = drawn("operation", lang, True)
    assert rendering.overlapping(report.draw(reading)) != []
