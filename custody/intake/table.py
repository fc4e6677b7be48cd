"""A hardened CSV reader: foreign bytes to rows with line numbers, or a refusal with every place (docs/adr/0002-intake-room.md)."""

import csv
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

from custody.core.errors import Malformed
from custody.intake.cells import tidy
from custody.intake.faults import Faults, shown
from custody.intake.sheettext import LIMITS, Limits, decode, gather, split_lines
from custody.intake.spelling import nearest

DELIMITERS = {",": ",", ";": ";", "\t": "TAB", "|": "|"}  # and how a message shows them
UNUSED = frozenset({"no", "nomor_urut", "no_urut", "keterangan", "ket", "catatan", "note", "notes"})
_TITLE_LINES = 10  # lines above the header in which a spreadsheet may carry its title
_SEPARATOR = re.compile(r"sep=([,;|\t])", re.IGNORECASE)  # Excel writes and reads this first line


@dataclass(frozen=True)
class Column:
    """A column that a reader knows: its name, other headers for it, whether it must be there, whether it holds numbers."""

    name: str
    also: tuple[str, ...] = ()
    needed: bool = True
    number: bool = False


@dataclass(frozen=True)
class Row:
    """A row: the line on which it starts (1 is the first of the file) and its cells by column name, tidied."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, name: str) -> str:
        """The text of a cell, empty where the sheet has no such column."""
        return self.cells.get(name, "")


@dataclass(frozen=True)
class Table:
    """A sheet as read. `spots` names each known column as a person finds it: letter and header."""

    file: str
    encoding: str
    delimiter: str
    rows: tuple[Row, ...]
    spots: dict[str, str]

    def has(self, name: str) -> bool:
        """Tell whether the sheet has this column."""
        return name in self.spots

    def spot(self, name: str) -> str:
        """Where a column is, for a message."""
        return self.spots.get(name, name)


def heading(text: str) -> str:
    """A header as it is compared: lower case, words joined by `_`, marks and accents dropped."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "_".join(re.findall(r"[a-z0-9]+", plain))


def read_table(
    source: bytes | BinaryIO,
    columns: Sequence[Column],
    faults: Faults,
    limits: Limits = LIMITS,
    unused: frozenset[str] = UNUSED,
) -> Table:
    """Read a sheet with a header. Rows with a faulty cell are left out and noted in `faults`, which the caller closes.

    Raises `ImportRefused` at once where reading on has no sense: size, encoding, separator, header, quotes, too many faults.
    """
    text, encoding = decode(gather(source, faults, limits), faults)
    feed = _Feed(split_lines(text, faults, limits), faults, limits)
    known = {heading(name): column for column in columns for name in (column.name, *column.also)}
    raw, delimiter = _find_header(feed, known, faults)
    line = feed.start
    if len(raw) > limits.columns:
        faults.stop("import.columns", line, count=len(raw), limit=limits.columns)
    header = _titles(raw, line, faults, limits)
    sheet = _Sheet(_columns(header, known, line, faults, unused), [_spot(at, text) for at, text in enumerate(header)])
    rows = tuple(_rows(feed.records(delimiter), feed, sheet, faults, limits))
    spots = {column.name: sheet.spots[at] for at, column in sheet.columns.items()}
    return Table(faults.file, encoding, delimiter, rows, spots)


@dataclass(frozen=True)
class _Sheet:
    """What the header says: the known columns by position, and how each position is named in a message."""

    columns: dict[int, Column]
    spots: list[str]


class _Feed:
    """Hands lines to the csv module one at a time and knows on which line a record began; bounds what one record may swallow."""

    def __init__(self, lines: Iterator[str], faults: Faults, limits: Limits) -> None:
        self._lines, self._faults, self._limits = lines, faults, limits
        self._put_back: list[str] = []
        self.line = self.start = 0
        self._length = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        text = self._put_back.pop() if self._put_back else next(self._lines)
        self.line += 1
        self._length += len(text)
        if self.line - self.start >= self._limits.record_lines or self._length > self._limits.line:
            self._faults.stop("import.quote", self.start)
        return text + "\n"

    def begin(self) -> None:
        """The next line begins a record."""
        self.start, self._length = self.line + 1, 0

    def back(self, lines: list[str]) -> None:
        """Take back lines that were only looked at."""
        self._put_back.extend(reversed([line[:-1] for line in lines]))
        self.line -= len(lines)

    def records(self, delimiter: str) -> Iterator[list[str]]:
        """Records as lists of raw cells. Raises `ImportRefused` with `import.quote` where quotes do not pair."""
        reader = csv.reader(self, delimiter=delimiter, strict=True, skipinitialspace=True)
        while True:
            self.begin()
            try:
                yield next(reader)
            except StopIteration:
                return
            except csv.Error:
                self._faults.stop("import.quote", self.start)


def _find_header(feed: _Feed, known: dict[str, Column], faults: Faults) -> tuple[list[str], str]:
    """Find the header line and the separator by the columns we know; lines above it are a title and are named in a warning."""
    ahead = _look_ahead(feed)
    told = _SEPARATOR.fullmatch(ahead[0].strip(" \r\n")) if ahead else None
    choices = (told[1],) if told else tuple(DELIMITERS)
    for least in (2, 1):
        for at in range(1 if told else 0, len(ahead)):
            fitting = [mark for mark in choices if _known(ahead[at:], mark, known) >= least]
            if len(fitting) > 1:
                first, second = (DELIMITERS[mark] for mark in fitting[:2])
                faults.stop("import.separator", at + 1, first=first, second=second)
            if fitting:
                _pass_titles(feed, ahead[:at], 1 if told else 0, faults)
                return next(feed.records(fitting[0])), fitting[0]
    return _no_header(ahead, known, faults)


def _look_ahead(feed: _Feed) -> list[str]:
    lines: list[str] = []
    while len(lines) < _TITLE_LINES:
        feed.begin()
        try:
            lines.append(next(feed))
        except StopIteration:
            break
    feed.back(lines)
    return lines


def _known(lines: list[str], delimiter: str, known: dict[str, Column]) -> int:
    """How many different known columns the first record of these lines names."""
    try:
        cells = next(csv.reader(iter(lines), delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return 0
    return len({known[name].name for name in map(heading, cells) if name in known})


def _pass_titles(feed: _Feed, lines: list[str], told: int, faults: Faults) -> None:
    for number, line in enumerate(lines, 1):
        feed.begin()
        next(feed)
        if number > told and line.strip(" \t\r\n,;|"):
            faults.warn("import.title", number, value=shown(line.strip()))


def _no_header(ahead: list[str], known: dict[str, Column], faults: Faults) -> NoReturn:
    needed = tuple(column.name for column in dict.fromkeys(known.values()) if column.needed)
    number, line = next(((number, line) for number, line in enumerate(ahead, 1) if line.strip()), (1, ""))
    faults.stop("import.header", number, value=shown(line.strip()), needed=needed)


def _columns(header: list[str], known: dict[str, Column], line: int, faults: Faults, unused: frozenset[str]) -> dict[int, Column]:
    """Columns by position. Raises `ImportRefused` naming every header that is unknown, double or missing."""
    places: dict[int, Column] = {}
    meant: set[str] = set()
    for at, text in enumerate(header):
        column = known.get(heading(text))
        if column is not None and column in places.values():
            faults.add("import.column.twice", line, _spot(at, text), name=column.name)
        elif column is not None:
            places[at] = column
        elif heading(text) in unused:
            faults.warn("import.column.unused", line, _spot(at, text))
        else:
            meant.add(_strange(_spot(at, text), heading(text), known, line, faults))
    for column in dict.fromkeys(known.values()):
        if column.needed and column not in places.values() and column.name not in meant:
            faults.add("import.column.missing", line, column.name)
    faults.close()
    return places


def _titles(header: list[str], line: int, faults: Faults, limits: Limits) -> list[str]:
    """The headers, tidied; a header may hold a line break, as spreadsheets write narrow columns. Empty ones at the end fall away."""
    texts: list[str] = []
    for at, raw in enumerate(header):
        try:
            texts.append(tidy(raw.replace("\n", " "), limits.field))
        except Malformed as error:
            faults.take(error, line, _spot(at, raw))
    faults.close()
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _strange(spot: str, name: str, known: dict[str, Column], line: int, faults: Faults) -> str:
    """Refuse a header that nobody knows; returns the column that was probably meant, or nothing."""
    near = nearest(name, known)
    if near is None:
        faults.add("import.column.unknown", line, spot, known=tuple(sorted({column.name for column in known.values()})))
        return ""
    faults.add("import.column.near", line, spot, near=known[near].name)
    return known[near].name


def _spot(at: int, raw: str) -> str:
    """A column as a person finds it: `C (jumlah_tps)`."""
    letters = ""
    number = at + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters} ({shown(' '.join(raw.split()), 30)})"


def _rows(records: Iterator[list[str]], feed: _Feed, sheet: _Sheet, faults: Faults, limits: Limits) -> Iterator[Row]:
    width = len(sheet.spots)
    for cells in records:
        if not any(cell.strip() for cell in cells):
            continue
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        if len(cells) != width:
            faults.add("import.ragged", feed.start, count=len(cells), expected=width)
            continue
        before = len(faults.found)
        row = Row(feed.start, _cells(cells, sheet, feed.start, faults, limits))
        if len(faults.found) == before:
            yield row


def _cells(cells: list[str], sheet: _Sheet, line: int, faults: Faults, limits: Limits) -> dict[str, str]:
    """Every cell is looked at, also those of columns that are not used: nothing hidden passes."""
    tidied: dict[str, str] = {}
    for at, raw in enumerate(cells):
        column = sheet.columns.get(at)
        try:
            text = tidy(raw, limits.field, column is not None and column.number)
        except Malformed as error:
            faults.take(error, line, sheet.spots[at])
            continue
        if column is not None:
            tidied[column.name] = text
    return tidied
