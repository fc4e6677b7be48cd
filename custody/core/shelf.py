"""The shelf: which entries belong to each book of a state, and the judgment on all books (spec chapters 17 to 20; `books`)."""

from array import array
from collections.abc import Callable, Iterator

from custody.core import consignments, incidents, plenaries, rooms
from custody.core.act import Act
from custody.core.books import BOOKS, INCIDENTS, LOADS, PLENARIES, ROOMS, Judge, World, books_of, gathered
from custody.core.findings import Finding
from custody.core.statement import Statement
from custody.core.trail import Trail

Read = Callable[[int], Act]  # the act of an entry, read again
_JUDGES: dict[str, Judge] = {
    ROOMS: rooms.judge,
    LOADS: consignments.judge,
    PLENARIES: plenaries.judge,
    INCIDENTS: incidents.judge,
}


class Shelf:
    """The entries of each book, ascending; eight bytes each."""

    def __init__(self) -> None:
        self.books: dict[str, array[int]] = {book: array("Q") for book in BOOKS}

    def take(self, statement: Statement, index: int) -> None:
        """Enter an entry into the books that it belongs to; of most it is none."""
        for book in books_of(statement):
            self.books[book].append(index)

    def __iter__(self) -> Iterator[tuple[str, int]]:
        """Every book with each of its entries."""
        return ((book, index) for book, indexes in self.books.items() for index in indexes)

    @property
    def empty(self) -> bool:
        """Whether no entry belongs to any book."""
        return not any(self.books.values())

    def to_json(self) -> dict[str, list[int]]:
        """The shelf as plain JSON values."""
        return {book: indexes.tolist() for book, indexes in self.books.items()}

    def from_json(self, value: dict[str, list[int]]) -> None:
        """The same again; `value` must come from `to_json`."""
        self.books = {book: array("Q", value[book]) for book in BOOKS}

    def judge(self, read: Read, trail: Trail, world: World) -> list[Finding]:
        """What is found of all books. The trail holds every box, as it is settled."""
        return [one for book in BOOKS for one in self.found(book, read, trail, world)]

    def found(self, book: str, read: Read, trail: Trail, world: World) -> list[Finding]:
        """What is found of one book."""
        return _JUDGES[book](self.acts(book, read), trail, world)

    def acts(self, book: str, read: Read, size: int | None = None) -> list[Act]:
        """The acts of a book, each statement once with all its signatures, in the order of the times claimed.

        :param size: only of the entries before this one.
        """
        return gathered(read(index) for index in self.books[book] if size is None or index < size)
