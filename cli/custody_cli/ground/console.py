"""The one place that writes: answers to stdout, all else to stderr; colour, bell, tables and progress only where they help.

Whatever is written passes a last filter: a control character that is not a line end or one of our own colours is shown as its escape,
so that no input can steer the terminal even where a command forgot to clean it.
"""

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, TextIO

from custody.i18n.screen import clean

# tone -> SGR parameters. Only these sequences pass the filter.
TONES = {
    "good": "1;32",
    "bad": "1;31",
    "warn": "1;33",
    "head": "1",
    "dim": "2",
    "grey": "30;47",
    "lit": "97;40",  # light on dark whatever the window has: for codes
    "yellow": "30;43",
    "red": "97;41",
    "blue": "97;44",
    "green": "30;42",
}
_RESET = "\x1b[0m"
_OURS = re.compile("(" + "|".join(re.escape(f"\x1b[{code}m") for code in (*TONES.values(), "0")) + "|\n)")
_WORD = 12  # letters of a word that a column of a table holds whole
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def fill_closed_streams() -> None:
    """Put the null device where input, answers or errors were closed: else the next file opened, a ledger perhaps, gets their number."""
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        if getattr(sys, name) is None:
            handle = os.open(os.devnull, os.O_RDWR)
            if handle != number:
                os.dup2(handle, number)
                os.close(handle)
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8"))


def force_utf8(stream: TextIO, keep: bool) -> None:
    """Let a text stream write UTF-8, and never fail on a letter it cannot write; `keep` leaves the encoding that was asked for."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is None:
        return
    if keep:
        reconfigure(errors="replace")
    else:
        reconfigure(encoding="utf-8", errors="replace")


def wants_colour(choice: str, stream: TextIO, environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """`always`, `never` or `auto`: a terminal, no NO_COLOR (https://no-color.org), not TERM=dumb.

    The old console of Windows shows colours as letters unless a program switches it over; there `auto` waits for a terminal that names
    itself (Windows Terminal sets WT_SESSION). Simulated in tests, untried on a real one.
    """
    if choice != "auto":
        return choice == "always"
    if platform == "win32" and not {"WT_SESSION", "ANSICON", "TERM"} & environ.keys():
        return False
    return stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def _filtered(text: str, colour: bool) -> str:
    parts = _OURS.split(text)
    for at, part in enumerate(parts):
        if at % 2 == 0:
            parts[at] = clean(part)
        elif part != "\n" and not colour:
            parts[at] = ""
    return "".join(parts)


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
    except UnicodeEncodeError:
        encoding = stream.encoding or "ascii"
        stream.write(text.encode(encoding, "replace").decode(encoding))
    stream.flush()


@dataclass(frozen=True)
class Console:
    """Where answers and remarks go. `colour_out` and `colour_err` say whether each stream takes colour."""

    out: TextIO
    err: TextIO
    colour_out: bool = False
    colour_err: bool = False

    @classmethod
    def standard(cls, choice: str, environ: Mapping[str, str]) -> "Console":
        """The console of this process, with its streams made safe to write to."""
        for stream in (sys.stdout, sys.stderr):
            force_utf8(stream, keep="PYTHONIOENCODING" in environ)
        return cls(sys.stdout, sys.stderr, wants_colour(choice, sys.stdout, environ), wants_colour(choice, sys.stderr, environ))

    def answer(self, text: str) -> None:
        """Part of the answer, to stdout, with a line end."""
        _write(self.out, _filtered(text, self.colour_out) + "\n")

    def sentence(self, text: str) -> None:
        """Part of the answer that nobody copies, as a command would be: on a terminal its lines break between words."""
        shown = _filtered(text, self.colour_out)
        _write(self.out, (broken(shown) if self.out.isatty() else shown) + "\n")

    def document(self, document: Mapping[str, Any]) -> None:
        """An answer for programs: one JSON object to stdout, in plain ASCII so that no terminal can be steered by it."""
        import json

        _write(self.out, json.dumps(document, ensure_ascii=True, indent=2) + "\n")

    def exact(self, text: str) -> None:
        """An answer that is a file, to stdout in UTF-8 with the line ends it has."""
        below = getattr(self.out, "buffer", None)
        self.out.flush()
        if below is None:
            _write(self.out, text)
        else:
            below.write(text.encode())
            below.flush()

    def note(self, text: str) -> None:
        """A remark beside the answer, to stderr; on a terminal its lines break between words."""
        shown = _filtered(text, self.colour_err)
        _write(self.err, (broken(shown) if self.err.isatty() else shown) + "\n")

    def warn(self, text: str) -> None:
        """A remark that should be seen, to stderr."""
        self.note(paint(text, "warn"))

    def bell(self, times: int = 1) -> None:
        """Ring the terminal; silent when stderr is no terminal."""
        if self.err.isatty():
            _write(self.err, "\a" * times)

    def big(self, text: str, tone: str = "head") -> None:
        """Words to be read from two metres, to stderr: block letters on a terminal, one plain line elsewhere."""
        if not self.err.isatty():
            return self.note(text)
        from custody_cli.ground.bigwords import rows, width

        for line in rows(text, width()):
            shown = paint(f" {line} ", tone) if line.strip() else ""
            _write(self.err, _filtered(shown, self.colour_err) + "\n")
        return None

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> None:
        """A table to stdout: drawn by rich on a terminal, aligned with spaces elsewhere. `right` names columns set to the right."""
        if self.out.isatty():
            _rich_table(self, columns, rows, right)
        else:
            for line in _aligned([columns, *rows], right):
                self.answer(line)

    @contextmanager
    def progress(self, words: str, total: int) -> Iterator[Callable[[int], None]]:
        """A bar on stderr while a terminal watches, with part done, steps and time left; yields `advance(steps)`."""
        if not self.err.isatty() or total <= 0:
            yield lambda steps: None
            return
        from rich.console import Console as Rich
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        text = TextColumn("{task.description}", markup=False)
        columns = text, BarColumn(), TaskProgressColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        system: Literal["auto"] | None = "auto" if self.colour_err else None
        with Progress(*columns, console=Rich(file=self.err, color_system=system), transient=True) as bar:
            task = bar.add_task(clean(words), total=total)
            yield lambda steps: bar.advance(task, steps)


def watched(advance: Callable[[int], None]) -> Callable[[int], None]:
    """Turns indexes that somebody tells of into steps of a progress bar."""
    seen = [0]

    def told(index: int) -> None:
        advance(index - seen[0])
        seen[0] = index

    return told


def broken(text: str) -> str:
    """Lines that fit the terminal, broken between words; what follows a break stands as far in as the line. Colours count for nothing."""
    columns = shutil.get_terminal_size().columns
    return "\n".join(_broken(line, columns) for line in text.split("\n"))


def _broken(line: str, columns: int) -> str:
    if len(_COLOUR.sub("", line)) <= columns:
        return line
    inset = " " * (len(line) - len(line.lstrip(" ")))
    done, at = "", 0
    for piece in re.split(r"(?<=\S)(?= )", line):
        size = len(_COLOUR.sub("", piece))
        if at and at + size > columns:
            done, piece = done + "\n", inset + piece.lstrip(" ")
            at, size = 0, len(_COLOUR.sub("", piece))
        done, at = done + piece, at + size
    return done


def paint(text: str, tone: str) -> str:
    """Text in a tone of TONES; the console takes the colour out again where there is none."""
    return f"\x1b[{TONES[tone]}m{text}{_RESET}"


def _aligned(rows: Sequence[Sequence[str]], right: Sequence[int]) -> Iterator[str]:
    cleaned = [[clean(cell) for cell in row] for row in rows]
    widths = [max(len(row[at]) for row in cleaned) for at in range(len(cleaned[0]))]
    for row in cleaned:
        cells = (cell.rjust(widths[at]) if at in right else cell.ljust(widths[at]) for at, cell in enumerate(row))
        yield "  ".join(cells).rstrip()


def _rich_table(console: Console, columns: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int]) -> None:
    from rich.box import SIMPLE
    from rich.console import Console as Rich
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE, header_style="bold", pad_edge=False, collapse_padding=True)
    for at, name in enumerate(columns):
        longest = max((len(word) for row in rows for word in clean(row[at]).split()), default=0)
        least = min(longest, _WORD)  # words are broken only where they are longer than this
        table.add_column(Text(clean(name)), justify="right" if at in right else "left", overflow="fold", min_width=least)
    for row in rows:
        table.add_row(*(Text(clean(cell)) for cell in row))
    system: Literal["auto"] | None = "auto" if console.colour_out else None
    Rich(file=console.out, color_system=system, highlight=False).print(table)
