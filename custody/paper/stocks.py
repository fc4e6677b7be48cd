"""Label stocks: what sheets and rolls there are, and how large a module of the code is on each (spec chapter 12, LABEL-3)."""

from dataclasses import dataclass
from functools import cached_property

from custody.core.labelcode import PREFIX
from custody.paper.sheet import A4

MODULES = 25  # version 2
WITH_QUIET = MODULES + 8
assert len(PREFIX) + 17 <= 24


@dataclass(frozen=True)
class Stock:
    """A page of labels, all lengths in millimetres. `module` is the side of one dark square of the code."""

    name: str
    page: tuple[float, float]
    columns: int
    rows: int
    label: tuple[float, float]
    module: float
    pages_per_file: int = 100

    @cached_property
    def per_page(self) -> int:
        """Labels on one page."""
        return self.columns * self.rows

    @cached_property
    def margin(self) -> tuple[float, float]:
        """White at the left and at the top of the page."""
        return (self.page[0] - self.columns * self.label[0]) / 2, (self.page[1] - self.rows * self.label[1]) / 2

    def corner(self, position: int) -> tuple[float, float]:
        """Lower left corner of a label; positions run in rows from the top left."""
        row, column = divmod(position, self.columns)
        left, top = self.margin
        return left + column * self.label[0], self.page[1] - top - (row + 1) * self.label[1]


STOCKS = {
    stock.name: stock
    for stock in (
        Stock("a4-24", A4, 3, 8, (70.0, 37.0), 0.5),
        Stock("a4-8", A4, 2, 4, (105.0, 74.0), 1.0),
        Stock("thermal-100x50", (100.0, 50.0), 1, 1, (100.0, 50.0), 0.75, 1000),
        Stock("thermal-100x150", (100.0, 150.0), 1, 1, (100.0, 150.0), 1.0, 1000),
    )
}
