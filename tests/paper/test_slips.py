"""Markers of seal points and badges (docs/spec/12-label.md, LABEL-15 and LABEL-16)."""

from dataclasses import replace

import pytest

from custody.paper.label.labels import HAND
from custody.paper.label.slips import Slip, pages
from custody.paper.label.stocks import STOCKS, Stock
from tests.paper import rendering
from tests.paper.rendering import DPI, codes, text

MARK = Slip("seal-point", "Titik segel 4: tali 2", "TPS 003 Nagari Contoh Persiapan Sungai Gunung Tengah", "PEM24-5307192008-003-DPRDP-12")
PLACE = Slip("place", "Gudang KPU Kepulauan Contoh dengan Nama Panjang", "", "5307-GUDANG", "5307-GUDANG")
OFFICER = Slip("officer", "pengawas-kecamatan-123", "pengawas", "Ajun Inspektur Polisi Contoh Satu", "pengawas-kecamatan-123")
STOCK = pytest.mark.parametrize("stock", STOCKS.values(), ids=STOCKS)
SLIP = pytest.mark.parametrize("slip", [MARK, PLACE, OFFICER], ids=["marker", "place", "officer"])


def drawn(slip: Slip, stock: Stock, lang: str = "id") -> bytes:
    (data,) = pages([slip], stock, "x", lang)
    return data


@STOCK
@SLIP
@pytest.mark.parametrize("lang", ["id", "en"])
def test_all_words_are_there_and_none_is_cut(slip: Slip, stock: Stock, lang: str) -> None:
    shown = text(drawn(slip, stock, lang))
    read = "".join(shown.split()).upper()
    assert [part for part in (slip.big, slip.above, slip.below) if "".join(part.split()).upper() not in read] == [] and "…" not in shown


@STOCK
@SLIP
def test_nothing_lies_where_a_printer_leaves_white(slip: Slip, stock: Stock) -> None:
    (page,) = rendering.pages(drawn(slip, stock))
    (x, y), dots = stock.corner(0), DPI / 25.4
    left, right = x + stock.inset[0], x + stock.label[0] - stock.inset[0]
    low, high = y + stock.inset[1], y + stock.label[1] - stock.inset[1]
    inner = (
        round(left * dots) - 1,
        round((stock.page[1] - high) * dots) - 1,
        round(right * dots) + 1,
        round((stock.page[1] - low) * dots) + 1,
    )
    page.paste(255, inner)
    assert page.getextrema()[0] > 250


@STOCK
@pytest.mark.parametrize("slip", [PLACE, OFFICER], ids=["place", "officer"])
def test_a_badge_types_what_a_hand_would_type(slip: Slip, stock: Stock) -> None:
    (page,) = rendering.pages(drawn(slip, stock))
    assert codes(page) == {slip.typed: 1}


@STOCK
def test_a_marker_has_no_code_no_fill_and_room_for_a_number(stock: Stock) -> None:
    data = drawn(MARK, stock)
    (page,) = rendering.pages(data)
    assert codes(page) == {} and b" re f" not in data and b" re B" not in data and b" re S" not in data
    assert "BUKAN SEGEL" in " ".join(text(data).split()) and stock.label[1] * 0.7 > HAND


@SLIP
def test_a_drill_says_so(slip: Slip) -> None:
    said = {drill: "LATIHAN" in text(drawn(replace(slip, drill=drill), STOCKS["a4-24"])) for drill in (True, False)}
    assert said == {True: True, False: False}


def test_pages_and_files() -> None:
    stock = replace(STOCKS["a4-24"], pages_per_file=2)
    files = list(pages(iter([MARK] * 49), stock, "x", "id"))
    assert [len(rendering.pages(data, 20)) for data in files] == [2, 1]
