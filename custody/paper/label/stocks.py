"""Label stocks: what sheets and rolls there are, and how large a module of the code is on each (spec chapter 12, LABEL-3).

A new stock is one entry of the table, or of a file of one's own (stockfile.py); both are held to the same rules.
"""

from dataclasses import dataclass
from functools import cached_property

from custody.core.labelcode import LENGTH, PREFIX
from custody.paper.canvas.sheet import A4

MODULES = 25  # of version 2, which holds 29 symbols at level Q
LEAST_DOTS = 5  # of a printer, in the side of a module
assert len(PREFIX) + LENGTH + 1 <= 24


@dataclass(frozen=True)
class Stock:
    """A page of labels, all lengths in millimetres.

    module: side of one dark square of the code. inset: what an office printer may leave white at the edge of a label, left and right,
    above and below (it cannot print the last four millimetres of a sheet). gap: between two labels, across and down.
    mono: one black colour only, no grey, no fills.
    """

    name: str
    page: tuple[float, float]
    columns: int
    rows: int
    label: tuple[float, float]
    module: float
    inset: tuple[float, float]
    mono: bool = False
    pages_per_file: int = 100
    gap: tuple[float, float] = (0.0, 0.0)

    @cached_property
    def per_page(self) -> int:
        """Labels on one page."""
        return self.columns * self.rows

    @cached_property
    def margin(self) -> tuple[float, float]:
        """White at the left and at the top of the page."""
        wide, high = self.needed
        return (self.page[0] - wide) / 2, (self.page[1] - high) / 2

    @property
    def needed(self) -> tuple[float, float]:
        """Width and height of all labels of a page with what lies between them."""
        wide = self.columns * self.label[0] + (self.columns - 1) * self.gap[0]
        return wide, self.rows * self.label[1] + (self.rows - 1) * self.gap[1]

    def corner(self, position: int) -> tuple[float, float]:
        """Lower left corner of a label; positions run in rows from the top left."""
        row, column = divmod(position, self.columns)
        left, top = self.margin
        across, down = self.label[0] + self.gap[0], self.label[1] + self.gap[1]
        return left + column * across, self.page[1] - top - row * down - self.label[1]


# Modules are whole dots of the printer: 7 dots at 300 dpi, 14 at 600 (0.593 mm); 7 and 10 dots at 203 dpi (0.125 mm each).
STOCKS = {
    stock.name: stock
    for stock in (
        Stock("a4-24", A4, 3, 8, (70.0, 37.0), 7 * 25.4 / 300, (4.6, 3.6)),
        Stock("a4-21", A4, 3, 7, (70.0, 42.3), 7 * 25.4 / 300, (4.6, 3.6)),
        Stock("a4-14", A4, 2, 7, (99.1, 38.1), 8 * 25.4 / 300, (3.0, 2.5), gap=(2.5, 0.0)),
        Stock("a4-10", A4, 2, 5, (99.1, 57.0), 10 * 25.4 / 300, (3.0, 2.5), gap=(2.5, 0.0)),
        Stock("a4-8", A4, 2, 4, (105.0, 74.0), 1.0, (5.0, 5.0)),
        Stock("thermal-100x50", (100.0, 50.0), 1, 1, (100.0, 50.0), 0.875, (2.5, 2.0), mono=True, pages_per_file=1000),
        Stock("thermal-100x150", (100.0, 150.0), 1, 1, (100.0, 150.0), 1.25, (4.0, 4.0), mono=True, pages_per_file=1000),
    )
}
