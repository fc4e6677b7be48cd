"""The code of a page (docs/spec/13-report.md, PAGE-1 to PAGE-3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core.errors import Malformed
from custody.paper.canvas import qr
from custody.paper.codes import pagecode
from custody.paper.codes.pagecode import MOST, PageCode, of_page, parse

SID = "0123456789abcdef" * 4
CODE = "CP1/11/0123456789ABCDEF/12/1-2/3.8-10"
ENTRIES = st.lists(st.one_of(st.integers(0, 60), st.integers(0, 2**40)), max_size=40)


def test_a_code_says_what_it_was_made_of() -> None:
    code = of_page(11, SID, 12, (1, 2), [10, 8, 9, 3, 3])
    assert code == PageCode(11, "0123456789abcdef", 12, 1, 2, ((3, 3), (8, 10)))
    assert code.format() == CODE
    assert parse(CODE) == code
    assert [index for index in range(12) if code.shows(index)] == [3, 8, 9, 10]


def test_a_page_without_entries() -> None:
    assert of_page(0, SID, 1, (1, 1), []).format() == "CP1/0/0123456789ABCDEF/1/1-1/-"


@given(ENTRIES, st.integers(0, 2**40), st.integers(1, 99_999))
def test_what_fits_stands_there_and_the_rest_is_told_of(shown: list[int], entry: int, page: int) -> None:
    size = max([entry, *shown]) + 1
    code = of_page(entry, SID, size, (page, 99_999), shown)
    text = code.format()
    assert parse(text) == code
    assert len(text) <= MOST
    named = {index for index in shown if code.shows(index)}
    assert code.more == (named != set(shown))
    assert all(index in named for index in shown if named and index < max(named)), "the lowest first"
    assert qr.matrix(text, 4, "M"), "a code of one size for every page"


REFUSED = {
    "empty": "",
    "of another kind": "CP2" + CODE[3:],
    "small letters": CODE.replace("ABCDEF", "abcdef"),
    "a number with a zero before it": CODE.replace("/11/", "/011/"),
    "digits of another script": CODE.replace("/11/", "/1١/"),
    "one digit of the id too few": CODE.replace("0123456789ABCDEF", "0123456789ABCDE"),
    "the entry is not under the checkpoint": CODE.replace("/11/", "/12/"),
    "an entry shown is not under the checkpoint": CODE.replace("8-10", "8-12"),
    "page nought": CODE.replace("1-2", "0-2"),
    "a page beyond the last": CODE.replace("/1-2/", "/3-2/"),
    "runs that descend": CODE.replace("3.8-10", "8-10.3"),
    "runs that touch": CODE.replace("3.8-10", "3-7.8-10"),
    "runs that overlap": CODE.replace("3.8-10", "3-9.8-10"),
    "a run backwards": CODE.replace("8-10", "10-8"),
    "a run of one written as two": CODE.replace("3.", "3-3."),
    "nothing where something should stand": CODE.replace("3.8-10", ""),
    "a run left empty": CODE.replace("3.", "3.."),
    "a mark too many": CODE + "++",
    "a mark with nothing": CODE.replace("3.8-10", "-+"),
    "a line end": CODE + "\n",
    "space": " " + CODE,
    "longer than a page has room for": CODE + "".join(f".{at}" for at in range(20, 80, 2)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_every_other_text_is_refused(name: str) -> None:
    parse(CODE)
    with pytest.raises(Malformed, match=r"pagecode\.form"):
        parse(REFUSED[name])


@given(st.text(alphabet="CP1/-.+0123456789ABCDEF", max_size=MOST))
def test_whatever_is_read_is_written_back(text: str) -> None:
    try:
        assert parse("CP1/" + text).format() == "CP1/" + text
    except Malformed:
        return


def test_only_more_where_not_one_run_fits() -> None:
    long = PageCode(2**53 - 2, "0" * 16, 2**53 - 1, 99_999, 99_999, (), True)
    assert parse(long.format()) == long
    assert pagecode.HEAD == "CP1/"
