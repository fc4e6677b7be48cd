"""Labels: where the parts lie, what is written, that every code is read from the printed sheet, files and order."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from io import BytesIO
from itertools import combinations
from typing import Any

import pikepdf
import pytest

from custody.paper.canvas.qr import QUIET
from custody.paper.canvas.sheet import BLACK, MM, WHITE
from custody.paper.label import tincture
from custody.paper.label.frame import Frame, Rect, frame
from custody.paper.label.labels import HAND, LabelFacts, sheets
from custody.paper.label.stocks import MODULES, STOCKS, Stock
from tests.paper.rendering import DPI, codes, pages, text
from tests.paper.samples import labels

BY_NAME = pytest.mark.parametrize("stock", STOCKS.values(), ids=STOCKS)
SAMPLE = 120
PRINTED = [(stock, dpi) for stock in STOCKS.values() for dpi in ((203, 300) if stock.mono else (300,))]  # dots to the inch


def overlap(one: Rect, other: Rect) -> bool:
    close = 1e-6
    return one.x < other.right - close and other.x < one.right - close and one.y < other.top - close and other.y < one.top - close


def everything(stock: Stock) -> dict[str, Rect]:
    found: Frame = frame(stock)
    return {**found.parts, "code 1": found.zones[0], "code 2": found.zones[1]}


@BY_NAME
def test_no_part_lies_over_another_nor_in_the_white_of_a_code(stock: Stock) -> None:
    parts = everything(stock)
    assert [(one, other) for one, other in combinations(parts, 2) if overlap(parts[one], parts[other])] == []


@BY_NAME
def test_a_spare_has_room_to_write_on(stock: Stock) -> None:
    """TPS and type each have a line of their own, high enough for a hand and long enough for PPWP or DPRDK."""
    spare = next(one for one in labels(24) if one.spare)
    data = next(sheets([spare], stock, "Label", "id"))
    rules = [tuple(map(float, found)) for found in re.findall(rb"0 0 0 RG 0\.567 w (\S+) (\S+) m (\S+) (\S+) l S", data)]
    lines = sorted({(x1 / MM, y1 / MM, x2 / MM) for x1, y1, x2, _ in rules}, key=lambda one: -one[1])
    (tps_from, tps_at, tps_to), (type_from, type_at, type_to), *_ = lines
    assert (tps_at - type_at >= HAND and frame(stock).band.y - tps_at >= HAND - 0.5) or stock.name == "thermal-100x150"
    assert min(tps_to - tps_from, type_to - type_from) >= 13


@BY_NAME
def test_nothing_lies_where_a_printer_leaves_white(stock: Stock) -> None:
    (width, height), (side, end) = stock.label, stock.inset
    written = {**frame(stock).parts, "code 1": frame(stock).codes[0], "code 2": frame(stock).codes[1]}
    room = Rect(side - 1e-6, end - 1e-6, width - 2 * side + 2e-6, height - 2 * end + 2e-6)
    outside = [name for name, at in written.items() if at.x < room.x or at.y < room.y or at.right > room.right or at.top > room.top]
    assert outside == []


@BY_NAME
def test_the_white_of_a_code_lies_on_its_label(stock: Stock) -> None:
    for zone in frame(stock).zones:
        assert zone.x >= -1e-6 and zone.y >= -1e-6 and zone.right <= stock.label[0] + 1e-6 and zone.top <= stock.label[1] + 1e-6


@BY_NAME
def test_a_module_is_at_least_five_whole_dots(stock: Stock) -> None:
    dots = [stock.module * 8] if stock.mono else [stock.module * dpi / 25.4 for dpi in (300, 600)]
    assert all(count >= 5 for count in dots)
    if stock.mono or stock.name == "a4-24":
        assert dots == pytest.approx([round(count) for count in dots])


@BY_NAME
def test_labels_fill_the_page_and_stay_on_it(stock: Stock) -> None:
    corners = [stock.corner(position) for position in range(stock.per_page)]
    places = [Rect(x, y, *stock.label) for x, y in corners]
    assert [pair for pair in combinations(places, 2) if overlap(*pair)] == []
    assert all(at.x > -1e-6 and at.y > -1e-6 and at.right < stock.page[0] + 1e-6 and at.top < stock.page[1] + 1e-6 for at in places)
    assert corners == sorted(corners, key=lambda corner: (-corner[1], corner[0]))


@BY_NAME
def test_every_code_of_120_labels_is_read_twice_at_150_dpi(stock: Stock) -> None:
    facts = list(labels(SAMPLE))
    read = _read(facts, stock)
    assert {one.payload: read[one.payload] for one in facts} == {one.payload: 2 for one in facts}
    assert len(read) == SAMPLE


@pytest.mark.soak
@BY_NAME
def test_every_code_of_20_000_labels_is_read_twice_at_150_dpi(stock: Stock, record_property: object) -> None:
    """The full figure; `record_property` puts it into the record of the run."""
    _full_figure(stock, DPI, record_property)


@pytest.mark.soak
@pytest.mark.parametrize(("stock", "dpi"), PRINTED, ids=lambda one: getattr(one, "name", one))
def test_every_code_of_20_000_labels_is_read_twice_in_black_dots_of_its_printer(stock: Stock, dpi: int, record_property: object) -> None:
    """As the printer of a stock puts them down: nothing between black and white, a module not always the same number of dots."""
    _full_figure(stock, dpi, record_property, dots=True)


def _full_figure(stock: Stock, dpi: int, record_property: object, dots: bool = False) -> None:
    wanted, facts = 0, list(labels(20_000))
    for start in range(0, len(facts), 240):
        some = facts[start : start + 240]
        read = _read(some, stock, dpi, dots)
        wanted += sum(read[one.payload] == 2 for one in some)
    assert callable(record_property)
    record_property("read", wanted)
    assert wanted == len(facts)


@pytest.mark.parametrize(("stock", "dpi"), PRINTED, ids=lambda one: getattr(one, "name", one))
def test_every_code_of_48_labels_is_read_twice_in_black_dots_of_its_printer(stock: Stock, dpi: int) -> None:
    facts = list(labels(48))
    read = _read(facts, stock, dpi, dots=True)
    assert read == {one.payload: 2 for one in facts}


def _read(facts: Iterable[LabelFacts], stock: Stock, dpi: int = DPI, dots: bool = False) -> Counter[str]:
    """What is read on all sheets of these labels, and how often. dots: as a printer that knows black and white alone puts them down."""
    read: Counter[str] = Counter()
    for data in sheets(facts, stock, "Label", "id"):
        for page in pages(data, dpi):
            read.update(codes(page.point(lambda grey: 255 * (grey > 127)) if dots else page))
    return read


def _one(facts: LabelFacts, stock: Stock, lang: str = "id") -> bytes:
    (data,) = sheets([facts], stock, "Label", lang)
    return data


@BY_NAME
def test_the_white_around_the_codes_is_white_even_in_a_drill(stock: Stock) -> None:
    one = replace(next(labels(1)), drill=True)
    (page,) = pages(_one(one, stock))
    dot, (left, foot) = DPI / 25.4, stock.corner(0)
    for zone, code in zip(frame(stock).zones, frame(stock).codes, strict=True):
        edges = [round((left + at) * dot) for at in (zone.x, code.x, code.right, zone.right)]
        levels = [round((stock.page[1] - foot - at) * dot) for at in (zone.top, code.top, code.y, zone.y)]
        ring = page.crop((edges[0] + 1, levels[0] + 1, edges[3] - 1, levels[3] - 1))
        inner = (edges[1] - edges[0] - 2, levels[1] - levels[0] - 2, edges[2] - edges[0], levels[2] - levels[0])
        ring.paste(255, inner)
        assert ring.getextrema()[0] > 250


@BY_NAME
def test_what_is_written_is_in_the_text_of_the_page(stock: Stock) -> None:
    facts = next(one for one in labels(24) if one.desa.startswith("Nagari"))
    read = " ".join(text(_one(facts, stock)).split())
    wanted = (facts.desa.upper(), facts.kecamatan, facts.kabupaten, facts.typed, facts.box, facts.type_name.upper(), facts.station)
    missing = [part for part in wanted if part not in read]
    assert missing == [] and "…" not in read


@pytest.mark.parametrize("lang", ["id", "en"])
@BY_NAME
def test_no_sentence_of_a_label_is_cut(stock: Stock, lang: str) -> None:
    for facts in labels(24):
        assert "…" not in text(_one(facts, stock, lang)), facts


def test_a_reprint_and_a_first_print_look_different() -> None:
    first = next(labels(1))
    assert "CETAK ULANG 3" in text(_one(replace(first, copy=3), STOCKS["a4-24"]))
    assert "CETAK ULANG" not in text(_one(first, STOCKS["a4-24"]))


def test_a_spare_names_no_box_and_a_drill_says_so() -> None:
    spare = next(one for one in labels(24) if one.spare)
    read = text(_one(spare, STOCKS["a4-24"]))
    assert "CADANGAN" in read and spare.typed in read and "PEM24" not in read
    assert "LATIHAN" in text(_one(replace(spare, drill=True), STOCKS["a4-24"])) and "LATIHAN" not in read


def test_a_roll_is_printed_in_one_black() -> None:
    for name, stock in STOCKS.items():
        data = b"\n".join(sheets(labels(24), stock, "Label", "id"))
        inks = set(re.findall(rb"(?<![\d.])([\d.]+ [\d.]+ [\d.]+) (?:rg|RG)\b", data)) - {b"0.45 0.45 0.45"}  # crosses for cutting
        assert (inks <= {b"0 0 0", b"1 1 1"}) == stock.mono, (name, inks)


@pytest.mark.parametrize("colour", [known for known, _ in tincture.HATCHES.values()], ids=tincture.HATCHES)
def test_the_words_in_a_band_stand_out(colour: tuple[float, float, float]) -> None:
    assert tincture.contrast(colour, tincture.ink(colour)) >= 4.5
    assert tincture.ink(colour) in (BLACK, WHITE)


def test_every_colour_has_a_hatching_of_its_own() -> None:
    area = Rect(0, 0, 5, 5)
    drawn = {name: tuple(tincture.strokes(name, area, 1)) for _, name in tincture.HATCHES.values()}
    assert len(drawn) == len(set(drawn.values())) == len(tincture.HATCHES) and all(drawn.values())


def test_contrast_is_that_of_wcag() -> None:
    assert tincture.contrast(BLACK, WHITE) == pytest.approx(21)
    assert tincture.contrast((0.5, 0.5, 0.5), WHITE) == pytest.approx(3.95, abs=0.05)


def test_files_hold_as_many_pages_as_the_stock_says_and_keep_the_order() -> None:
    stock = replace(STOCKS["a4-24"], pages_per_file=2)
    facts = list(labels(2 * 24 * 2 + 3))
    files = list(sheets(iter(facts), stock, "Label", "id"))
    assert [len(pikepdf.open(BytesIO(data)).pages) for data in files] == [2, 2, 1]
    read = [found for data in files for found in re.findall(r"\w{4}-\w{4}-\w{4}-\w{4}-\w", text(data))]
    assert read == [one.typed for one in facts]


def test_no_label_shows_what_belongs_to_another() -> None:
    """What recurs is drawn once and used again: here each label differs from another in one fact only."""
    one = next(labels(1))
    changes: list[dict[str, Any]] = [{}, {"desa": "Lain"}, {"kecamatan": "Lain"}, {"kabupaten": "Lain"}, {"station": "099"}]
    changes += [{"copy": 2}, {"copy": 3}]
    changes += [{"drill": True}, {"spare": True}, {"type": "LAIN"}, {"type_name": "Lain"}, {"colour_name": "lain"}, {"operation": "Lain"}]
    changes += [{"box": "LAIN"}, {"typed": "0000"}]
    for stock in STOCKS.values():
        facts = [replace(one, **change) for change in changes]
        (together,) = sheets(facts, replace(stock, columns=1, rows=1), "Label", "id")
        alone = [text(_one(each, replace(stock, columns=1, rows=1))) for each in facts]
        assert len(set(alone)) == len(changes)
        assert text(together) == "\n".join(alone)


def test_each_colour_is_drawn() -> None:
    one = next(labels(1))
    (together,) = sheets([one, replace(one, colour=(1.0, 0.0, 0.0)), replace(one, colour=(0.0, 1.0, 0.0))], STOCKS["a4-24"], "Label", "id")
    assert [together.count(colour) for colour in (b"\n0.62 0.62 0.62 rg", b"\n1 0 0 rg", b"\n0 1 0 rg")] == [1, 1, 1]


def test_files_are_drawn_one_after_the_other() -> None:
    taken = []

    def counted() -> object:
        for one in labels(50):
            taken.append(one)
            yield one

    first = next(sheets(counted(), replace(STOCKS["thermal-100x50"], pages_per_file=10), "Label", "id"))
    assert first.startswith(b"%PDF") and len(taken) == 10


def test_no_labels_no_file() -> None:
    assert list(sheets([], STOCKS["a4-24"], "Label", "id")) == []


def test_sizes_are_those_of_a_code_of_version_2() -> None:
    assert (MODULES, QUIET) == (25, 4) and round(MM, 6) == 2.834646
