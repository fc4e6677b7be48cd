"""Label stocks of one's own (docs/spec/12-label.md, LABEL-14): what the program's own table holds passes the same checks."""

import re
from pathlib import Path

import pytest

from custody.core.errors import Malformed
from custody.i18n import words
from custody.paper.label import stockfile
from custody.paper.label.labels import sheets
from custody.paper.label.stocks import STOCKS, Stock
from tests.paper.rendering import codes, pages
from tests.paper.samples import labels

GOOD = """# our sheets
[sheet-of-16]
page = [210, 297]
columns = 2
rows = 8
label = [99.1, 33.9]
gap = [2.5, 0]
module = 0.593
inset = [3.0, 2.0]
"""


def changed(old: str, new: str) -> bytes:
    assert GOOD.count(old) == 1
    return GOOD.replace(old, new).encode()


@pytest.mark.parametrize("stock", STOCKS.values(), ids=STOCKS)
def test_what_comes_with_the_program_can_be_printed(stock: Stock) -> None:
    assert list(stockfile.problems(stock)) == []


def test_labels_of_an_own_stock_are_read_twice() -> None:
    stock = stockfile.read(GOOD.encode(), "own.toml")["sheet-of-16"]
    assert (stock.per_page, stock.corner(15)[0]) == (16, pytest.approx(4.65 + 99.1 + 2.5))
    facts = list(labels(20))
    (data,) = sheets(facts, stock, "Label", "id")
    read = sum((codes(page) for page in pages(data)), start=codes(pages(data)[0]) - codes(pages(data)[0]))
    assert read == {one.payload: 2 for one in facts}


def test_the_example_of_the_chapter_is_a_good_one() -> None:
    chapter = (Path(__file__).parents[2] / "docs" / "spec" / "12-label.md").read_text("utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", chapter, re.DOTALL)
    assert stockfile.read(example.encode(), "x") == stockfile.read(GOOD.encode(), "x")


# What is wrong in a file, and the code, line and field of the answer.
WRONG: dict[str, tuple[bytes, str, int | None, str | None]] = {
    "not UTF-8": (b"[a]\npage = '\xff'", "stock.file", None, None),
    "too large": (b"#" * (stockfile.LARGEST + 1), "stock.file", None, None),
    "no TOML": (changed("columns = 2", "columns 2"), "stock.syntax", 4, None),
    "the same field twice": (changed("rows = 8", "rows = 8\nrows = 9"), "stock.syntax", 6, None),
    "a field in no table": (b"page = [210, 297]\n", "stock.name", 1, None),
    "capitals in a name": (changed("[sheet-of-16]", "[Sheet]"), "stock.name", 2, None),
    "a name that is taken": (changed("[sheet-of-16]", "[a4-24]"), "stock.taken", 2, None),
    "an unknown field": (changed("inset =", "margin ="), "stock.unknown", 9, "margin"),
    "a field that lacks": (changed("rows = 8\n", ""), "stock.missing", 2, "rows"),
    "one length of two": (changed("[99.1, 33.9]", "[99.1]"), "stock.value", 6, "label"),
    "a length in words": (changed("0.593", '"0.593"'), "stock.value", 8, "module"),
    "a count with a fraction": (changed("rows = 8", "rows = 8.5"), "stock.value", 5, "rows"),
    "no columns": (changed("columns = 2", "columns = 0"), "stock.value", 4, "columns"),
    "true for a count": (changed("columns = 2", "columns = true"), "stock.value", 4, "columns"),
    "a length that is no number": (changed("0.593", "nan"), "stock.value", 8, "module"),
    "one for true": (changed("inset =", "mono = 1\ninset ="), "stock.value", 9, "mono"),
    "more rows than fit": (changed("rows = 8", "rows = 9"), "stock.page", 6, "label"),
    "small modules": (changed("0.593", "0.55"), "stock.module", 8, "module"),
    "modules of a roll under five dots": (changed("inset =", "mono = true\ninset ="), "stock.module", 8, "module"),
    "no white at the edge": (changed("[3.0, 2.0]", "[3.0, 0.0]").replace(b"33.9", b"37"), "stock.white", 9, "inset"),
    "codes larger than the label": (changed("0.593", "1.2"), "stock.room", 8, "module"),
    "no room for words": (changed("[99.1, 33.9]", "[99.1, 26]"), "stock.room", 8, "module"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_with_file_line_and_field(name: str) -> None:
    data, code, line, field = WRONG[name]
    with pytest.raises(Malformed) as refusal:
        stockfile.read(data, "punya-kami.toml")
    facts = refusal.value.facts
    assert (refusal.value.code, facts["file"], facts.get("line"), facts.get("field")) == (code, "punya-kami.toml", line, field)
    for lang in words.LANGUAGES:
        said = words.say(code, facts, lang)
        assert "punya-kami.toml" in said and (line is None or str(line) in said) and "{" not in said
