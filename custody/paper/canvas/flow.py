"""Going down the pages of a sheet: how much room is left, and when the page is turned (spec chapter 13)."""

from abc import ABC, abstractmethod

from custody.paper.canvas.sheet import Sheet


class Flow(ABC):
    """Something that is written from top to bottom. y: millimetres up to which a page is filled; bottom: how far down it may be."""

    def __init__(self, sheet: Sheet, bottom: float) -> None:
        """The first page is begun by whoever is built on this."""
        self.sheet, self.bottom = sheet, bottom
        self.y = sheet.size[1]

    @abstractmethod
    def begin(self) -> None:
        """Begin a page: what stands at its head, and `y` below that."""

    @abstractmethod
    def end(self) -> None:
        """End a page: what stands at its foot."""

    def left(self) -> float:
        """Millimetres left on this page."""
        return self.y - self.bottom

    def room(self, height: float) -> bool:
        """Turn the page unless so many millimetres are left; tells whether it was turned."""
        if self.left() >= height:
            return False
        self.end()
        self.begin()
        return True
