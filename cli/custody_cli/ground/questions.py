"""Questions at the table: answered in words, never by Enter alone where people are concerned; an unknown answer is asked again.

What was answered is kept in the draft, where there is one, before the next question: a power cut asks nothing twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar, cast

from custody.core.errors import CustodyError
from custody.i18n import words
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.prompts import is_scan, not_counted, ring

if TYPE_CHECKING:
    from custody.station.draft import Draft

T = TypeVar("T")
NONE = frozenset(("tidak ada", "tidak", "tidak tahu", "tanpa", "tak ada", "nihil", "none", "no", "unknown", "-"))
MOST_ESCORTS = 999
_BACK = frozenset(("kembali", "back"))
_STOP = frozenset(("berhenti", "stop"))
_COMMANDS = frozenset(("batal", "undo", "selesai", "done", "pindai", "scan"))
_CLOCK = re.compile(r"\d{1,2}[.:]\d\d", re.ASCII)


class Back(WrongUse):
    """`kembali` at a question: to what was done before it."""


class Stop(WrongUse):
    """`berhenti` at a question: no further, with what there is kept."""


@dataclass
class Answers:
    """What people have answered, by question; in the draft too, where there is one.

    agreed: how many answers there were when one of them was given on the last page, in place of Enter; warned: what the law was last said
    to find, which is not said again as long as it is the same. Both in no draft.
    """

    draft: Draft | None = None
    said: dict[str, Any] = field(default_factory=dict)
    agreed: int | None = None
    warned: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, draft: Draft) -> Answers:
        """Those of a draft."""
        from custody.station.draft import answers

        return cls(draft, answers(draft.events))

    def once(self, what: str, ask: Callable[[], T]) -> T:
        """The answer that was given, or a new one."""
        if what not in self.said:
            self.keep(what, ask())
        found: T = self.said[what]
        return found

    def keep(self, what: str, value: object) -> None:
        """Durable when this returns. Raises as `Draft.add`."""
        if self.draft is not None:
            self.draft.add(do="answer", what=what, value=value)
        self.said[what] = value

    def drop(self, *what: str) -> None:
        """These are to be asked again. Raises as `Draft.add`."""
        gone = [one for one in what if self.said.pop(one, None) is not None]
        if gone and self.draft is not None:
            self.draft.add(do="drop", what=gone)

    def forget(self) -> None:
        """Everything about the journey is to be asked again."""
        from custody.station.draft import CLOCKS

        if self.draft is not None:
            self.draft.add(do="forget")
        self.said = {what: value for what, value in self.said.items() if what in CLOCKS}

    @property
    def texts(self) -> list[str]:
        """What was written where "other" was chosen."""
        return [str(value) for what, value in self.said.items() if what.startswith("text.")]


def line(app: App, question: str) -> str:
    """One line; what a scanner fires into it is thrown away with a remark."""
    while is_scan(typed := app.prompter.line(question).strip()):
        not_counted(app.prompter, app.lang)
    return typed


def command_word(app: App, typed: str) -> bool:
    """Whether a word of command was typed where data is asked for; it is never data. Raises `Back`, `Stop`."""
    word = typed.lower()
    if word in _BACK:
        raise Back("cli.ask.back")
    if word in _STOP:
        raise Stop("cli.ask.stop")
    if word in _COMMANDS:
        app.prompter.tell(app.say("cli.ask.reserved", word=typed))
    return word in _COMMANDS


def told(app: App, question: str, again: str, take: Callable[[str], T | None], own: Mapping[str, T] | None = None, text: bool = False) -> T:
    """Ask until `take` gives something; before each further time `again` says what may be answered.

    Words of command are no answers, but for those of `own`. text: any words are taken, so a badge would be. Raises `Back`, `Stop`.
    """
    while True:
        typed = line(app, question)
        if (own is None or typed.lower() not in own) and command_word(app, typed):
            continue
        if text and _badge(app, typed):
            continue
        found = take(typed)
        if found is not None:
            return found
        app.prompter.tell(again)


def _badge(app: App, typed: str) -> bool:
    """Whether a badge was scanned where words are asked for: it is none, and told so."""
    found = app.badges.read(typed)
    if found is not None:
        ring()
        app.prompter.tell(app.say(f"cli.ask.badge.{found.kind}", code=found.code))
    return found is not None


def choose(app: App, question: str, choices: Mapping[str, T], named: str) -> T:
    """One of several words; `named` tells them to who answered something else."""
    again = app.say("cli.ask.choices", choices=named)
    return told(app, question, again, lambda typed: choices.get(" ".join(typed.lower().split())), choices)


def listed(app: App, question: str, prefix: str, codes: Sequence[str], also: Mapping[str, str] = MappingProxyType({})) -> str:
    """One of a numbered list of codes, whose words are `<prefix>.<code>`: by number, code or words, or by those of `also`. No default."""
    choices: dict[str, str] = dict(also)
    for number, code in enumerate(codes, 1):
        app.console.note(f"  {paint(f'{number:2}', 'head')}  {app.say(f'{prefix}.{code}')}")
        choices |= dict.fromkeys([str(number), code, *(words.say(f"{prefix}.{code}", lang=lang) for lang in words.LANGUAGES)], code)
    again = app.say("cli.ask.choices", choices=app.say("cli.ask.numbers", last=len(codes)))
    return told(app, question, again, lambda typed: _of_list(typed, choices), choices)


def _of_list(typed: str, choices: Mapping[str, str]) -> str | None:
    """A choice by its words, or by their beginning or some of them where these are of one only: `menolak` for `menolak menandatangani`."""
    words = " ".join(typed.lower().split())
    begun = {code for name, code in choices.items() if len(words) > 2 and name.startswith(words)}
    within = {code for name, code in choices.items() if len(words) > 2 and f" {words} " in f" {name} "}
    one = next((found for found in (begun, within) if len(found) == 1), set())
    return choices.get(words) or next(iter(one), None)


def sentence(app: App, question: str) -> str:
    """Free text, which must say something."""
    return told(app, question, app.say("cli.ask.text"), lambda typed: typed or None, text=True)


def or_none(app: App, question: str, fits: Callable[[str], bool] = bool) -> str | None:
    """Free text, or in words that there is none; Enter alone is no answer."""
    again = app.say(f"{question}.again")
    typed = told(app, app.say(question), again, lambda typed: typed if typed.lower() in NONE or fits(typed) else None, text=True)
    return None if typed.lower() in NONE else typed


def escorts(app: App) -> int:
    """How many go along; that nobody does is said in words."""
    return int(escorts_or(app, app.say("cli.ask.escort"), {}))


def escorts_or(app: App, question: str, own: Mapping[str, str]) -> int | str:
    """The same under another question, or what one of these words means."""

    def take(typed: str) -> int | str | None:
        if typed.lower() in own:
            return own[typed.lower()]
        if typed.lower() in NONE:
            return 0
        return int(typed) if typed.isascii() and typed.isdigit() and 0 < int(typed) <= MOST_ESCORTS else None

    return cast("int | str", told(app, question, app.say("cli.ask.escort.again"), take))


def order(app: App) -> str | None:
    """The number of the order (Sprin); a word without a digit, such as a slip of "y", is none."""
    from custody.core.shapes import ORDER

    return or_none(app, "cli.ask.order", lambda typed: bool(ORDER.ok(typed)) and _digit(typed))


def vehicle(app: App) -> str | None:
    """A number plate or boat, as statements write it; one word without a digit is neither."""
    from custody.core.shapes import NUMBER

    return plate(or_none(app, "cli.ask.vehicle", lambda typed: _plated(typed) and bool(NUMBER.ok(plate(typed)))))


def _digit(typed: str) -> bool:
    return any(mark.isdigit() for mark in typed)


def _plated(typed: str) -> bool:
    """`DH 1234 AB`, or a boat by two words or more, `KM Contoh`."""
    return _digit(typed) or len(typed.split()) > 1


def plate(text: str | None) -> str | None:
    """A number plate or boat as statements write it: `dh 1234 ab` → `DH-1234-AB`."""
    return "-".join(text.upper().split()) or None if text else None


def giver_name(app: App) -> str | None:
    """Who gives and does not sign."""
    return or_none(app, "cli.ask.giver")


def moment(app: App, now: str, zone: str) -> str:
    """A date and clock as people type them, in a zone; a clock alone is that of the day of `now`."""
    from custody.i18n.dates import from_typed, local

    today = local(now, zone)
    while True:
        typed = line(app, app.say("cli.ask.moment"))
        try:
            if command_word(app, typed):
                continue
            return from_typed(f"{today:%d-%m-%Y} {typed}" if _CLOCK.fullmatch(typed) else typed, zone)
        except CustodyError as error:
            app.console.warn(app.say(error.code, **error.facts))
            app.console.note(app.next_step(error.code, **error.facts) or "")
