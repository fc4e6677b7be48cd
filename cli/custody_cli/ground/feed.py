"""Where scans come from: a terminal with a scanner at its keyboard, a pipe or file, or a list of answers (docs/adr/0002-intake-room.md).

A scanner is a keyboard. At a terminal every key is looked at with its time, so that codes are taken with Enter, Tab or nothing behind them;
what a person types is shown as he types it. Everywhere else whole lines are read.
"""

import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from custody_cli.ground.app import App
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.prompts import TerminalPrompter

if TYPE_CHECKING:
    from custody.intake.scanline import Scan, Scanner

_TICK = 0.02
_APART = 10_000  # milliseconds between two lines that come at once: a file repeats a code on purpose, a trigger finger does not


class Feed(Protocol):
    """Gives one input after the other; None when there are no more. `live` holds the terminal as scanning needs it."""

    def live(self) -> Any: ...
    def next(self) -> "Scan | None": ...


def feed_of(app: App, prompt: str, words: Iterable[str], ends: bool = False) -> Feed:
    """The feed of this run; `words` are the commands that may be typed into it; `ends`: Enter alone is an input, too."""
    scanner = _scanner(app, words, ends)
    if not isinstance(app.prompter, TerminalPrompter):
        return Lines(scanner, _answers(app, prompt))
    if sys.stdin.isatty():
        return Keys(scanner, app.console.err)
    return Lines(scanner, sys.stdin.readline)


def ready() -> None:
    """Let foreign bytes in a pipe be no reason to stop; to be called before anything is read."""
    reconfigure = getattr(sys.stdin, "reconfigure", None)
    if reconfigure is not None and not sys.stdin.isatty():
        with suppress(OSError, ValueError):
            reconfigure(encoding="utf-8", errors="replace")


def _scanner(app: App, words: Iterable[str], ends: bool) -> "Scanner":
    from custody.intake.scanline import Scanner

    return Scanner(gap=app.settings.scanner.timeout_ms, words=frozenset(words), ends=ends)


def _answers(app: App, prompt: str) -> Callable[[], str]:
    def read() -> str:
        try:
            return app.prompter.line(prompt) + "\n"
        except WrongUse:
            return ""

    return read


class Lines:
    """Whole lines; several codes may stand on one."""

    def __init__(self, scanner: "Scanner", readline: Callable[[], str]) -> None:
        """:param readline: one line with its end, "" when there are no more."""
        self._scanner, self._readline = scanner, readline
        self._waiting: deque[Scan] = deque()
        self._at = 0

    @contextmanager
    def live(self) -> Iterator[None]:
        """Nothing to hold."""
        yield

    def next(self) -> "Scan | None":
        while not self._waiting:
            line = self._readline()
            self._at += _APART
            if not line:
                self._waiting.extend(self._scanner.flush(self._at))
                return self._waiting.popleft() if self._waiting else None
            self._waiting.extend(self._scanner.feed(line if line.endswith("\n") else line + "\n", self._at))
        return self._waiting.popleft()


class Keys:
    """Single keys of a terminal, as they are pressed."""

    def __init__(self, scanner: "Scanner", err: TextIO) -> None:
        self._scanner, self._err = scanner, err
        self._waiting: deque[Scan] = deque()
        self._shown = 0

    @contextmanager
    def live(self) -> Iterator[None]:
        """Take keys one by one until the block ends; Ctrl-C still interrupts."""
        if sys.platform == "win32":  # pragma: no cover - tried on no Windows machine
            yield
            return
        termios, descriptor = _termios(), sys.stdin.fileno()
        kept = termios.tcgetattr(descriptor)
        ours = termios.tcgetattr(descriptor)
        ours[3] &= ~(termios.ICANON | termios.ECHO)
        termios.tcsetattr(descriptor, termios.TCSADRAIN, ours)
        try:
            yield
        finally:
            termios.tcsetattr(descriptor, termios.TCSADRAIN, kept)
            self._scanner.flush(0)  # what came in one piece with the last word is no answer to the next question, and no scan
            self._waiting.clear()
            self._shown = 0

    def next(self) -> "Scan | None":
        while not self._waiting:
            pressed = _pressed(_TICK)
            now = time.monotonic_ns() // 1_000_000
            if pressed == "\x04":
                return None
            self._waiting.extend(self._scanner.feed(pressed, now) if pressed else self._scanner.idle(now))
            self._echo(pressed or "")
            if self._waiting:
                self._clear()
        return self._waiting.popleft()

    def _echo(self, pressed: str) -> None:
        for mark in pressed:
            if mark in "\b\x7f":
                self._err.write("\b \b" if self._shown else "")
                self._shown = max(0, self._shown - 1)
            elif mark.isprintable():
                self._err.write(mark)
                self._shown += 1
        self._err.flush()

    def _clear(self) -> None:
        self._err.write("\r" + " " * self._shown + "\r")
        self._shown = 0
        self._err.flush()


def _termios() -> ModuleType:
    import termios

    return termios


def _pressed(wait: float) -> str | None:
    """What was pressed within `wait` seconds; None for nothing, Ctrl-D for a closed input."""
    if sys.platform == "win32":  # pragma: no cover - tried on no Windows machine
        import msvcrt

        if not msvcrt.kbhit():
            time.sleep(wait)
            return None
        return str(msvcrt.getwch())
    import os
    import select

    ready, _, _ = select.select([sys.stdin], [], [], wait)
    if not ready:
        return None
    return os.read(sys.stdin.fileno(), 4096).decode("utf-8", "replace") or "\x04"
