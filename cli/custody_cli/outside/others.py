"""The ledger written for other people's systems: EPCIS, NIST, tables and JSON Lines (docs/spec/28-epcis-nist.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from custody.core.errors import Malformed
from custody_cli.ground import csvtext
from custody_cli.ground.app import App
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.runtime import option
from custody_cli.ground.target import free

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.exchange.rows import Table
    from custody.exchange.source import Source

F = TypeVar("F", bound=Callable[..., object])
_NEW = click.Path(path_type=Path, dir_okay=False)
_NAMES = {
    "about": "keterangan.csv", "boxes": "kotak.csv", "chain": "rantai.csv", "entries": "entri.csv", "lines": "baris.csv",
    "findings": "temuan.csv",
}  # fmt: skip
_STEP = 1024  # pieces between two looks at the progress bar


@dataclass(frozen=True)
class Others:
    """Where each document was asked for; tables names a folder, the rest new files."""

    epcis: Path | None = None
    nist: Path | None = None
    tables: Path | None = None
    jsonl: Path | None = None

    @property
    def asked(self) -> bool:
        """Whether anything was asked for."""
        return any(getattr(self, one.name) is not None for one in fields(self))

    def files(self) -> Iterator[Path]:
        """Every file that will be written."""
        yield from (path for path in (self.epcis, self.nist, self.jsonl) if path is not None)
        if self.nist is not None:
            yield words_of(self.nist)
        if self.tables is not None:
            yield from (self.tables / name for name in _NAMES.values())

    def check(self) -> None:
        """Before any work. Raises `WrongUse("cli.export.same-file")`; `OSError` where no new file can lie."""
        paths = list(self.files())
        if len({path.resolve() for path in paths}) < len(paths):
            raise WrongUse("cli.export.same-file")
        if self.tables is not None and not self.tables.exists():
            free(self.tables)
        for path in paths:
            if self.tables is None or self.tables.exists() or path.parent != self.tables:
                free(path)


def with_others(function: F) -> F:
    """The options that ask for documents; they come to the command under their own names."""
    for one in (
        option("--jsonl", "jsonl", type=_NEW),
        option("--csv", "tables", type=click.Path(path_type=Path, file_okay=False)),
        option("--nist", "nist", type=_NEW),
        option("--epcis", "epcis", type=_NEW),
    ):
        function = one(function)
    return function


def words_of(nist: Path) -> Path:
    """The page beside an event log that explains its ids and types."""
    return nist.with_name(f"{nist.stem}-keterangan{nist.suffix}")


def put(app: App, opened: Office, wanted: Others) -> list[tuple[Path, int]]:
    """Write all that was asked for; the files with their sizes in bytes. Raises `OSError`; what is whole stays."""
    from custody.assembly.exchanging import source_of
    from custody.durable import write_stream

    done = []
    with source_of(opened) as source:
        for path, pieces in _documents(app, source, wanted):
            done.append((path, write_stream(path, pieces)))
    return done


def _documents(app: App, source: Source, wanted: Others) -> Iterator[tuple[Path, Iterable[bytes]]]:
    from custody.exchange import epcis, nist, rows

    if wanted.epcis is not None:
        yield wanted.epcis, _shown(app, epcis.document(source), source)
    if wanted.nist is not None:
        yield words_of(wanted.nist), [nist.documentation(source, app.lang)]
        yield wanted.nist, _shown(app, nist.document(source), source)
    if wanted.jsonl is not None:
        yield wanted.jsonl, _shown(app, rows.json_lines(source), source)
    if wanted.tables is not None:
        wanted.tables.mkdir(exist_ok=True)
        for table in rows.tables(source):
            yield wanted.tables / _NAMES[table.name], _csv(app, table, source)


def _shown(app: App, pieces: Iterable[bytes], source: Source) -> Iterator[bytes]:
    """The same pieces, with a bar while a terminal watches: one a line, some more than there are entries."""
    with app.console.progress(app.say("cli.export.working"), source.head.size) as step:
        for number, piece in enumerate(pieces, 1):
            yield piece
            if number % _STEP == 0:
                step(_STEP)


def _csv(app: App, table: Table, source: Source) -> Iterator[bytes]:
    """A table as `csvtext` writes every one of them: a moment in two columns, no cell that a spreadsheet could run."""
    from custody.exchange.rows import MOMENTS

    heads = [app.say(f"cli.export.column.{name}") for column in table.columns for name in _split(column)]
    mark = app.say("paper.drill") if source.drill else ""

    def rows() -> Iterator[list[object]]:
        for row in table.rows():
            found: list[object] = []
            for column, value in zip(table.columns, row, strict=True):
                found += _moment(value, source.zone) if column in MOMENTS else (value,)
            yield found

    for line in csvtext.lines(heads, rows(), mark):
        yield line.encode()


def _moment(value: str | int | None, zone: str) -> tuple[str | None, str | None]:
    """As `csvtext.moment`; a moment that no clock there shows (the last night of the calendar) by UTC only."""
    at = str(value) if value is not None else None
    try:
        return csvtext.moment(at, zone)
    except Malformed:
        return None, at


def _split(column: str) -> tuple[str, ...]:
    from custody.exchange.rows import MOMENTS

    return (column, f"{column}_utc") if column in MOMENTS else (column,)
