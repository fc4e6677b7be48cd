"""What every command is given: language, console, prompter, settings, ledger folder and clock, in one frozen object."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custody.core.errors import CustodyError, NoLedger
from custody.i18n import words
from custody_cli.ground.console import Console
from custody_cli.ground.prompts import Prompter
from custody_cli.ground.settings import Settings

if TYPE_CHECKING:
    from custody.intake.badges import Badge

_NUMBERS = frozenset(("entry", "entries", "first", "last"))  # facts that are numbers of entries


@dataclass
class Away:
    """Whether the ledger of this run is a station's copy, and how many entries it has; set when it is opened."""

    station: bool = False
    size: int | None = None


@dataclass
class Badges:
    """How a badge is told from other words: by the places and keys of the ledger of this run; nothing is one until it is opened."""

    read: "Callable[[str], Badge | None]" = lambda _: None


@dataclass(frozen=True)
class App:
    """The surroundings of one run of `custody`.

    `ledger_path` is the folder named by --ledger, CUSTODY_LEDGER or the settings file, or None; `clock` gives the present as an aware
    UTC datetime; `trouble` is what was wrong with the settings file, raised when a command begins (help works regardless). `uptime` counts
    seconds since this computer was started, whatever is done to its clock; None where nothing counts them.
    """

    lang: str
    json: bool
    console: Console
    prompter: Prompter
    settings: Settings
    ledger_path: Path | None
    clock: Callable[[], datetime]
    environ: Mapping[str, str] = field(default_factory=dict)
    trouble: CustodyError | None = None
    away: Away = field(default_factory=Away)
    badges: Badges = field(default_factory=Badges)
    uptime: Callable[[], float] | None = None

    def say(self, code: str, /, **facts: object) -> str:
        """The sentence of a code in the language of this run, with the role titles of the settings.

        At a station the sentence for stations, where there is one; what waits has no number of an entry and is said to wait.
        """
        return words.say(self._here(code), self._waiting(facts), self.lang, self.settings.titles)

    def next_step(self, code: str, /, **facts: object) -> str | None:
        """What to do or type after `code`, or None."""
        return words.next_step(self._here(code), self._waiting(facts), self.lang, self.settings.titles)

    def _here(self, code: str) -> str:
        return f"{code}.station" if self.away.station and words.known(f"{code}.station") else code

    def _waiting(self, facts: dict[str, object]) -> dict[str, object]:
        """Facts that number an entry, where the number is that of a statement that waits (`custody.ledger.beyond`)."""
        size = self.away.size
        if size is None:
            return facts
        told = words.say("cli.station.no-entry", {}, self.lang)
        return {name: _numbered(value, size, told) if name in _NUMBERS else value for name, value in facts.items()}

    def ledger(self) -> Path:
        """The ledger folder of this run. NoLedger("cli.no_ledger") when none was named; whether one lies there, assembly tells."""
        if self.ledger_path is None:
            raise NoLedger("cli.no_ledger")
        return self.ledger_path

    def answer(self, schema: str, document: Mapping[str, Any], human: Callable[[], str | None] | str) -> None:
        """Give the answer once: with --json as `{"schema": "custody.<schema>/1", …}`, else as text to stdout.

        `human` is the text, or a function that returns it or that writes through `self.console` and returns None.
        """
        if self.json:
            self.console.document({"schema": f"custody.{schema}/1", **document})
            return
        text = human if isinstance(human, str) else human()
        if text is not None:
            self.console.answer(text)


def _numbered(value: object, size: int, told: str) -> object:
    if isinstance(value, (list, tuple)):
        known = [one for one in value if not isinstance(one, int) or one < size]
        return value if len(known) == len(value) else [*known, told]
    if isinstance(value, str) and value.isdecimal():
        return told if int(value) >= size else value
    return told if type(value) is int and value >= size else value
