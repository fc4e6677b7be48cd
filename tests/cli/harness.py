"""Runs `custody` inside the test's own process: the whole command line, with answers from a list and a clock that stands still."""

import contextlib
import io
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from custody.i18n.screen import clean
from custody_cli.ground.console import Console
from custody_cli.ground.prompts import ScriptedPrompter
from custody_cli.main import call, surroundings

NOON = datetime(2024, 11, 27, 4, 0, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    exit: int
    out: str
    err: str


class Terminal(io.StringIO):
    """A text stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class EchoPrompter(ScriptedPrompter):
    """Shows every question and remark on stderr, as a person would see them."""

    def __init__(self, answers: Sequence[str], err: io.StringIO) -> None:
        super().__init__(answers)
        self._err = err

    def line(self, question: str) -> str:
        self._err.write(clean(question) + "\n")
        return super().line(question)

    def tell(self, text: str) -> None:
        self._err.write(clean(text) + "\n")
        super().tell(text)


@dataclass
class Desk:
    """A desk with a folder, an environment and a clock, at which commands are typed."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)
    now: datetime = NOON
    terminal: bool = False
    uptime: float | None = None  # seconds since the computer was started; None: nothing counts them

    def run(self, *argv: str, answers: Sequence[str] = (), environ: Mapping[str, str] | None = None) -> Ended:
        """Type `custody …` in the desk's folder."""
        out, err = (Terminal(), Terminal()) if self.terminal else (io.StringIO(), io.StringIO())
        around = {"HOME": str(self.folder), **self.environ, **(environ or {})}
        with self._place(out, err, around):
            console = Console(out, err, self.terminal, self.terminal)
            app = surroundings(argv, around, console, EchoPrompter(answers, err))
            up = self.uptime
            code = call(replace(app, clock=lambda: self.now, uptime=(lambda: up) if up is not None else None), argv)
        return Ended(code, out.getvalue(), err.getvalue())

    @contextlib.contextmanager
    def _place(self, out: io.StringIO, err: io.StringIO, around: Mapping[str, str]) -> Iterator[None]:
        """The process as the command sees it: folder, streams, width of the screen; all put back at the end."""
        kept = {name: os.environ.get(name) for name in ("COLUMNS", "LANGUAGE")}
        os.environ["COLUMNS"] = around.get("COLUMNS", "90")
        with contextlib.chdir(self.folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                yield
            finally:
                for name, value in kept.items():
                    os.environ.pop(name, None)
                    if value is not None:
                        os.environ[name] = value
