"""Labels as text for a label printer (docs/spec/12-label.md, LABEL-11 to LABEL-13), drawn back to dots and read."""

from collections import Counter
from dataclasses import replace
from random import Random
from shutil import which

import pytest

from custody.core.errors import Malformed
from custody.paper.canvas import qr
from custody.paper.canvas.qr import QUIET
from custody.paper.label import zpl
from custody.paper.label.frame import Rect, frame
from custody.paper.label.labels import LabelFacts
from custody.paper.label.stocks import MODULES, STOCKS, Stock
from tests.paper import worn, zplview
from tests.paper.rendering import codes, text
from tests.paper.samples import labels
from tests.paper.test_labels import _one

ROLLS = [stock for stock in STOCKS.values() if stock.mono]
SOME = [one for number, one in enumerate(labels(24)) if number in (3, 6, 8, 10, 13, 14, 18)]  # long names, reprint, drill, spare, recap
EACH = pytest.mark.parametrize(
    ("stock", "dpi"), [(stock, dpi) for stock in ROLLS for dpi in zpl.DOTS], ids=lambda one: getattr(one, "name", one)
)


def drawn(facts: LabelFacts, stock: Stock, dpi: int, lang: str = "id") -> zplview.View:
    (data,) = zpl.labels([facts], stock, dpi, lang)
    (view,) = zplview.views(data)
    return view


@EACH
def test_the_graphic_fields_are_the_code_twice(stock: Stock, dpi: int) -> None:
    for facts in labels(12):
        assert codes(drawn(facts, stock, dpi).codes) == {facts.payload: 2}


@pytest.mark.soak
@EACH
def test_every_code_of_20_000_labels_of_a_roll_is_read_twice(stock: Stock, dpi: int, record_property: object) -> None:
    """The full figure of the text for label printers, drawn back to dots; `record_property` puts it into the record of the run."""
    facts = list(labels(20_000))
    read = sum(codes(drawn(one, stock, dpi).picture) == {one.payload: 2} for one in facts)
    assert callable(record_property)
    record_property("read", read)
    assert read == len(facts)


@EACH
@pytest.mark.skipif(which("zbarimg") is None, reason="the program zbarimg is not installed: the second decoder is missing")
def test_a_whole_label_is_read_by_two_decoders(stock: Stock, dpi: int) -> None:
    pictures = [drawn(one, stock, dpi).picture for one in SOME]
    assert [set(codes(one)) for one in pictures] == list(worn.zbar_reads(pictures)) == [{one.payload} for one in SOME]


@EACH
def test_a_module_is_whole_dots_and_at_least_five(stock: Stock, dpi: int) -> None:
    facts = next(labels(1))
    picture, dots = drawn(facts, stock, dpi).codes, int(stock.module * zpl.DOTS[dpi] + 1e-6)
    left, top, right, foot = picture.point(lambda grey: 255 - grey).getbbox() or (0, 0, 0, 0)
    assert dots >= 5
    first = picture.crop((left, top, left + MODULES * dots, top + MODULES * dots)).resize((MODULES, MODULES), 0)
    rows = [[first.getpixel((x, y)) == 0 for x in range(MODULES)] for y in range(MODULES)]
    assert qr.rows_hex(rows) == qr.label_rows(facts.payload)
    assert right <= picture.width - QUIET * dots + dots and foot <= picture.height


@EACH
def test_nothing_lies_in_the_white_of_a_code(stock: Stock, dpi: int) -> None:
    dots = zpl.DOTS[dpi]
    for facts in SOME:
        picture, parts = drawn(facts, stock, dpi).picture, frame(zpl.fitted(stock, dpi))
        for place, zone in zip(parts.codes, parts.zones, strict=True):
            at = _pixels(zone, stock, dots, 1)
            ring = picture.crop(at)
            inner = _pixels(place, stock, dots, -1)
            ring.paste(255, (inner[0] - at[0], inner[1] - at[1], inner[2] - at[0], inner[3] - at[1]))
            assert ring.getextrema()[0] == 255, facts


def _pixels(area: Rect, stock: Stock, dots: float, less: int) -> tuple[int, int, int, int]:
    high = stock.label[1]
    left, top = round(area.x * dots) + less, round((high - area.top) * dots) + less
    return left, top, round(area.right * dots) - less, round((high - area.y) * dots) - less


@EACH
@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_same_words_as_on_a_sheet(stock: Stock, dpi: int, lang: str) -> None:
    for facts in SOME:
        facts = replace(facts, drill=False)  # in a drill a sheet has the large word below the text as well
        sheet = zpl.ascii_only(" ".join(text(_one(facts, stock, lang)).split())).split()
        roll = " ".join(one.text for one in drawn(facts, stock, dpi, lang).texts).split()
        assert Counter(roll) == Counter(sheet)


@EACH
def test_all_text_stays_on_the_label(stock: Stock, dpi: int) -> None:
    """Drawn with the font of the sheets, which is wider than the printer's."""
    for facts in SOME:
        view = drawn(facts, stock, dpi)
        edge = round(1.5 * zpl.DOTS[dpi])
        inner = view.picture.copy()
        inner.paste(255, (edge, edge, inner.width - edge, inner.height - edge))
        assert inner.getextrema()[0] == 255, facts


@pytest.mark.parametrize("name", ["desa", "kecamatan", "kabupaten", "type_name", "operation", "later"])
def test_no_name_is_a_command(name: str) -> None:
    """A caret or a tilde in a name would begin a command of the printer."""
    bad = "A^XZ^XA^JUN~JR_5E\n^FD"
    facts = replace(next(labels(1)), **{name: bad})
    (data,) = zpl.labels([facts], ROLLS[0], 203, "id")
    assert (data.count(b"^XA"), data.count(b"^XZ"), data.count(b"~")) == (1, 1, 0) and b"^JU" not in data
    (view,) = zplview.views(data)
    assert "^XZ" in "".join(one.text for one in view.texts).upper()


def test_names_are_plain_ascii() -> None:
    assert zpl.ascii_only("T’Eba · Ñuñoa – “Höhe” 東 70×37…") == 'T\'Eba - Nunoa - "Hohe" ? 70x37...'


def test_a_drill_a_reprint_and_a_spare_say_so() -> None:
    one = next(labels(1))
    said = {
        "LATIHAN": replace(one, drill=True),
        "CETAK ULANG 3": replace(one, copy=3),
        "CADANGAN": next(facts for facts in labels(24) if facts.spare),
    }
    for stock in ROLLS:
        for word, facts in said.items():
            shown = {word: word in " ".join(line.text for line in drawn(facts, stock, 203).texts) for word in said}
            assert shown == {other: other == word for other in said}, stock.name


def test_what_is_white_on_black_is_reversed() -> None:
    (data,) = zpl.labels([replace(next(labels(1)), drill=True)], ROLLS[0], 203, "id")
    assert b"^FR^FH^FDLATIHAN" in data


def test_files_hold_as_many_labels_as_the_stock_says_and_keep_the_order() -> None:
    facts = list(labels(25))
    files = list(zpl.labels(iter(facts), replace(ROLLS[0], pages_per_file=10), 203, "id"))
    assert [data.count(b"^XA") for data in files] == [10, 10, 5]
    typed = [
        line.text for data in files for view in zplview.views(data) for line in view.texts if line.text in {one.typed for one in facts}
    ]
    assert typed == [one.typed for one in facts]


@pytest.mark.parametrize(
    ("stock", "code"),
    [(STOCKS["a4-24"], "label.roll"), (replace(ROLLS[0], module=0.6), "label.dots")],
    ids=["a sheet", "modules too small"],
)
def test_what_no_label_printer_can_print_is_refused(stock: Stock, code: str) -> None:
    with pytest.raises(Malformed) as refusal:
        next(zpl.labels(labels(1), stock, 203, "id"))
    assert refusal.value.code == code


def test_a_line_is_cut_at_the_edge_of_its_area() -> None:
    area, random = Rect(2, 3, 5, 4), Random(5)
    for _ in range(500):
        x1, y1, x2, y2 = (random.uniform(0, 10) for _ in range(4))
        cut = zpl.clipped((x1, y1, x2, y2), area)
        steps = [(x1 + (x2 - x1) * part / 200, y1 + (y2 - y1) * part / 200) for part in range(201)]
        within = [(x, y) for x, y in steps if area.x <= x <= area.right and area.y <= y <= area.top]
        if cut is None:
            assert within == []
            continue
        assert all(area.x - 1e-9 <= x <= area.right + 1e-9 and area.y - 1e-9 <= y <= area.top + 1e-9 for x, y in (cut[:2], cut[2:]))
        assert all(min(cut[0], cut[2]) - 1e-9 <= x <= max(cut[0], cut[2]) + 1e-9 for x, _ in within)
