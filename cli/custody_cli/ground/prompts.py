"""Questions to people: a Prompter is passed in, so that tests and drills answer from a list. Questions go to stderr, never to stdout."""

import sys
from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from custody.core.errors import KeyTrouble, Malformed
from custody.i18n import words
from custody.i18n.screen import clean
from custody_cli.ground.console import broken
from custody_cli.ground.exits import WrongUse

T = TypeVar("T")
TRIES = 3
_BURSTS = 20
_WRONG = frozenset({"key.passphrase", "key.empty", "backup.passphrase", "backup.empty"})
YES = frozenset({"y", "ya", "yes"})
NO = frozenset({"t", "tidak", "n", "no"})


class Prompter(Protocol):
    """How to ask. Every method raises WrongUse("cli.prompt.nobody") when nobody can answer, and EOFError never leaves it."""

    def line(self, question: str) -> str:
        """One line of answer, without its line end; "" when only Enter was pressed."""
        ...

    def secret(self, question: str) -> str:
        """One line of answer that is not shown while it is typed."""
        ...

    def tell(self, text: str) -> None:
        """A remark between questions."""
        ...


class TerminalPrompter:
    """Asks at the terminal of this process."""

    def line(self, question: str) -> str:
        self._show(question)
        answer = sys.stdin.readline()
        if not answer:
            raise WrongUse("cli.prompt.nobody", question=question)
        return answer.rstrip("\r\n")

    def secret(self, question: str) -> str:
        if not sys.stdin.isatty():
            raise WrongUse("cli.prompt.no_terminal", question=question)
        import getpass

        try:
            return getpass.getpass(clean(question) + " ", stream=sys.stderr)
        except EOFError as error:
            raise WrongUse("cli.prompt.nobody", question=question) from error

    def tell(self, text: str) -> None:
        print(_fitting(text), file=sys.stderr, flush=True)

    def _show(self, question: str) -> None:
        print(_fitting(question), end=" ", file=sys.stderr, flush=True)


def _fitting(text: str) -> str:
    """Text as it may be shown; on a terminal its lines break between words."""
    return broken(clean(text)) if sys.stderr.isatty() else clean(text)


class ScriptedPrompter:
    """Answers from a list, in order; keeps what was asked and told. For tests, drills and the demo."""

    def __init__(self, answers: Iterable[str] = ()) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []
        self.told: list[str] = []

    def line(self, question: str) -> str:
        self.asked.append(question)
        if not self._answers:
            raise WrongUse("cli.prompt.nobody", question=question)
        return self._answers.pop(0)

    def secret(self, question: str) -> str:
        return self.line(question)

    def tell(self, text: str) -> None:
        self.told.append(text)

    @property
    def left(self) -> int:
        """Answers that nobody has asked for yet."""
        return len(self._answers)


def ask(prompter: Prompter, question: str, default: str | None = None) -> str:
    """Ask until something is answered; Enter alone takes `default` where there is one."""
    shown = question if default is None else f"{question} [{default}]"
    while True:
        answer = prompter.line(shown).strip()
        if answer:
            return answer
        if default is not None:
            return default


def confirm(prompter: Prompter, question: str, lang: str, default: bool | None = None) -> bool:
    """Ask for yes or no until it is one of them: y, ya, yes or t, tidak, n, no. Enter alone takes `default` where there is one.

    Anything else is told what may be answered.
    """
    choice = {"id": ("[y/t]", "[Y/t]", "[y/T]"), "en": ("[y/n]", "[Y/n]", "[y/N]")}[lang]
    shown = f"{question} {choice[0 if default is None else (1 if default else 2)]}"
    while True:
        answer = prompter.line(shown).strip().lower()
        if is_scan(answer):
            not_counted(prompter, lang)
            continue
        if answer in YES or answer in NO:
            return answer in YES
        if not answer and default is not None:
            return default
        prompter.tell(words.say("cli.prompt.yes-no", lang=lang))


def not_counted(prompter: Prompter, lang: str) -> None:
    """A label was scanned into a question: told with the bell, as nobody looks at the screen who scans."""
    ring()
    prompter.tell(words.say("cli.ask.scanned", lang=lang))


def ring() -> None:
    """The bell, where there is a terminal."""
    if sys.stderr.isatty():
        print("\a" * 3, end="", file=sys.stderr, flush=True)


def is_scan(typed: str) -> bool:
    """Whether a scanner, and not only a person, filled the line: the whole code of one of our labels stands in it, prefix included.

    Without the prefix one passphrase in some forty of the right length would look like a code; a scanner always sends the prefix.
    """
    from custody.core import labelcode

    text, size = typed.upper(), len(labelcode.PREFIX) + labelcode.LENGTH + 1
    at = text.find(labelcode.PREFIX)
    while at >= 0:
        try:
            labelcode.parse(text[at : at + size])
            return True
        except Malformed:
            at = text.find(labelcode.PREFIX, at + 1)
    return False


def unlock(prompter: Prompter, question: str, open_with: Callable[[str], T], say: Callable[..., str], tries: int = TRIES) -> T:
    """Ask for a passphrase and open a key with it; three wrong ones raise the last KeyTrouble.

    `open_with` gets the passphrase and raises KeyTrouble("key.passphrase") when it does not fit; any other KeyTrouble (a key file that
    others can read) ends the asking at once. A label scanned into the question is thrown away with a remark and counts as no try. `say`
    makes sentences (App.say).
    """
    wrong = 0
    for _ in range(_BURSTS):
        typed = prompter.secret(question)
        if is_scan(typed):
            prompter.tell(say("cli.prompt.scanned"))
            continue
        try:
            return open_with(typed)
        except KeyTrouble as error:
            wrong += 1
            if error.code not in _WRONG or wrong >= tries:
                raise
            prompter.tell(say("cli.prompt.wrong", left=tries - wrong))
    raise WrongUse("cli.prompt.scanner", times=_BURSTS)


def new_passphrase(prompter: Prompter, question: str, again: str, say: Callable[..., str], shortest: int = 8) -> str:
    """Ask for a new passphrase twice, until both agree and it has at least `shortest` characters; scans are thrown away."""
    for _ in range(_BURSTS):
        first = prompter.secret(question)
        if is_scan(first):
            prompter.tell(say("cli.prompt.scanned"))
        elif len(first) < shortest:
            prompter.tell(say("cli.prompt.short", shortest=shortest))
        elif prompter.secret(again) != first:
            prompter.tell(say("cli.prompt.differ"))
        else:
            return first
    raise WrongUse("cli.prompt.scanner", times=_BURSTS)
