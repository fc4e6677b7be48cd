"""Going down a page (custody/paper/canvas/flow.py)."""

import pytest

from custody.paper.canvas.flow import Flow
from custody.paper.canvas.sheet import A4, Sheet


class Pages(Flow):
    """Pages of 100 mm over a foot that ends at 20."""

    def __init__(self) -> None:
        super().__init__(Sheet(A4, "x", "x", "id"), 20)
        self.ended = 0
        self.begin()

    def begin(self) -> None:
        self.y = 120

    def end(self) -> None:
        self.ended += 1


# Name: what was written before, what is wanted; whether the page is turned for it.
ROOM = {
    "a page is empty": (0, 50, False),
    "it just fits": (40, 60, False),
    "a hair too much": (40, 60.001, True),
    "the page is full": (100, 1, True),
    "higher than any page": (0, 101, True),
}


@pytest.mark.parametrize("name", ROOM)
def test_a_page_is_turned_when_there_is_no_room(name: str) -> None:
    written, wanted, turned = ROOM[name]
    page = Pages()
    page.y -= written
    assert (page.room(wanted), page.ended, page.left()) == (turned, int(turned), 100 if turned else 100 - written)
