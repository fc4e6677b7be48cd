"""The small code at the foot of every page of a report or deed (spec chapter 13, PAGE-4); all of one size, whatever they hold."""

from collections.abc import Iterable

from custody.paper.canvas import qr
from custody.paper.canvas.qr import QUIET
from custody.paper.canvas.sheet import Sheet
from custody.paper.codes.pagecode import of_page
from custody.paper.proven.evidence import Reading

SIDE = 22.0  # millimetres, white included: a dark square is half a millimetre, three dots of a scan at 150 dpi
_VERSION, _LEVEL = 4, "M"  # as `pagecode.MOST` says
_MODULES = 17 + 4 * _VERSION


def put(sheet: Sheet, reading: Reading, x: float, y: float, shown: Iterable[int]) -> None:
    """Put the code of the page that is being drawn, its lower left corner at x, y. shown: the entries that the page shows."""
    own, size, page, entries = reading.own, reading.head.size, sheet.pages + 1, tuple(shown)
    sheet.later(lambda pages: _operators(x, y, of_page(own.entry, own.sid, size, (page, pages), entries).format()))


def _operators(x: float, y: float, payload: str) -> str:
    module = SIDE / (_MODULES + 2 * QUIET)
    rows = qr.quick_rows(payload, _VERSION, _LEVEL)
    return qr.mask_operators(x + QUIET * module, y + QUIET * module, _MODULES * module, _MODULES, rows)
