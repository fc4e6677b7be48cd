"""Tables as CSV for a spreadsheet: opens in columns by a double click, and no cell of it can become a formula (RFC 4180; OWASP).

One rule for every command (docs/cli.md): semicolon between cells, as spreadsheets of Indonesia expect, UTF-8 with its mark, CR LF. A
moment takes two columns, by the clock of the operation and in UTC; the zone stands in a column of its own.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from custody.durable import write_durably
from custody.i18n.screen import clean
from custody_cli.ground.app import App
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.frame import gathered, option
from custody_cli.ground.target import free

ZONE = "zone"  # the column that tells by which clock the others are
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # what begins a formula; the wide forms in Asian versions
_BLANKS = " \t\r\n\u00a0\u200b\ufeff"  # a spreadsheet may drop these, and then find a formula behind them
_SCREEN = "-"  # --csv without a file


@dataclass(frozen=True)
class Csv:
    """Where a table was asked for: csv is None for nowhere, "-" for stdout, else the name of a new file."""

    csv: str | None = None

    @property
    def asked(self) -> bool:
        """Whether a table is to come instead of words."""
        return self.csv is not None

    def check(self, app: App) -> None:
        """Before any work. Raises `WrongUse`: `cli.csv.both`, `cli.csv.name`; `OSError` where no new file can lie there."""
        if self.csv is None:
            return
        if app.json:
            raise WrongUse("cli.csv.both")
        if self.csv != _SCREEN:
            if not self.csv.casefold().endswith(".csv"):  # a place that was meant, not a file
                raise WrongUse("cli.csv.name", name=self.csv)
            free(Path(self.csv))


with_csv = gathered("table", Csv, option("--csv", "csv", is_flag=False, flag_value=_SCREEN, metavar="[FILE]"), room="cli.csv")


def put(app: App, table: Csv, heads: Sequence[str], rows: Iterable[Sequence[object]], drill: bool) -> None:
    """The table to stdout or whole into a new file. heads: names of columns (`cli.csv.column.*`). Raises `OSError`."""
    listed = list(rows)
    text = "".join(lines([app.say(f"cli.csv.column.{name}") for name in heads], listed, app.say("paper.drill") if drill else ""))
    if table.csv in (None, _SCREEN):
        app.console.exact(text)
        return
    path = Path(str(table.csv))
    free(path)
    write_durably(path, text.encode())
    app.console.answer(app.say("cli.csv.written", file=path, count=len(listed)))


def moment(at: str | None, zone: str) -> tuple[str | None, str | None]:
    """Two cells of a moment: `2024-11-27 18:00` by the clock of a zone, and in UTC as the ledger has it; both empty for None."""
    from custody.i18n.dates import local

    return (f"{local(at, zone):%Y-%m-%d %H:%M}", at) if at is not None else (None, None)


def zone(app: App, at: str, name: str) -> str:
    """The cell of the column `ZONE`: WIB, WITA or WIT."""
    return app.say("cli.csv.zone", at=at, zone=name).rpartition(" ")[2]


def cell(value: object) -> str:
    """One cell: numbers as they are; text that a spreadsheet could run is led by an apostrophe; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, int):
        return str(int(value))
    told = str(value)
    risky = told.startswith(("\t", "\r")) or told.lstrip(_BLANKS).startswith(_FORMULA)
    return clean(f"'{told}" if risky else told)


def lines(heads: Sequence[str], rows: Iterable[Sequence[object]], mark: str = "") -> Iterator[str]:
    """The lines of a table with their ends, the first led by the mark of UTF-8; quotes where they are needed.

    mark: a word that stands in a last column of every row, since rows are copied one by one (LATIHAN in a drill); "" for none.
    """
    more = [mark] if mark else []
    begin = "\ufeff"
    for row in (heads, *rows):
        out = io.StringIO()
        csv.writer(out, delimiter=";", lineterminator="\r\n").writerow([cell(value) for value in (*row, *more)])
        yield begin + out.getvalue()
        begin = ""
