"""The blind count at the table: a figure, or every box scanned; what was recorded before is neither shown nor compared here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from custody_cli.boxes.choosing import Choosing
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.feed import feed_of
from custody_cli.ground.prompts import confirm, is_scan
from custody_cli.ground.questions import Answers, command_word
from custody_cli.room import comparing
from custody_cli.room.comparing import Compared
from custody_cli.table import scanning
from custody_cli.table.guardscreen import Screen
from custody_cli.table.verbs import VERBS

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.station.counting import Count
    from custody.station.draft import Draft
    from custody.station.manifest import SealsOf
    from custody.station.scanrun import Item
    from custody_cli.boxes.known import Known

MOST = 99_999
MOST_COUNTS = 3  # a figure that is guessed often enough is no count
_SCAN = frozenset(("pindai", "scan"))


class CountScreen(Screen):
    """One count on the screen: how many so far, and of no box where it should be."""

    room = "cli.count"

    def _count(self) -> None:
        self.app.console.note(paint(self.app.say("cli.count.so-far", count=self.run.count), "head"))

    def _far(self) -> str:
        return str(self.run.count)

    def show_missing(self) -> None:
        """Nobody is told what is still to come."""
        self.app.console.note(self.app.say("cli.count.blind"))

    def _words(self, text: str) -> bool:
        """A figure has no place among scans: who wants to give one ends the scanning first."""
        if text.isdecimal():
            self.app.prompter.tell(self.app.say("cli.count.no-figure"))
            return True
        return super()._words(text)

    def _tell_looked(self) -> None:
        """Of the seals of which nothing was said, nothing is recorded."""


def count(app: App, opened: Office, draft: Draft, answers: Answers, yes: bool) -> int:
    """The figure of a draft, or a new one; durable before anything is compared. Raises `WrongUse` when people stop; `Back`."""
    while "counted" not in answers.said:
        figure = None if _scanned(draft) else _figure(app)
        if not isinstance(figure, int):
            figure = _scan(app, opened, draft, figure, yes)
            answers.keep("scanned", True)
        answers.keep("tries", [*answers.said.get("tries", ()), figure])
        answers.keep("counted", figure)
    return int(answers.said["counted"])


def settled(app: App, opened: Office, draft: Draft, answers: Answers, figure: int | None, yes: bool) -> Compared:
    """The count, and counted again as often as people want while all they hear is that it differs.

    What it was compared with is not to be shown before the count is signed (ROOM-6). :param figure: said beforehand. Raises as `count`.
    """
    if figure is not None and "counted" not in answers.said:
        answers.keep("tries", [figure])
        answers.keep("counted", figure)
    while True:
        counted = count(app, opened, draft, answers, yes)
        boxes = seen(opened, draft, answers)
        found = comparing.compared(opened, draft.head["place"], counted, None if boxes is None else [one.box for one in boxes])
        if yes or found.agrees or answers.said.get("settled"):
            break
        app.console.bell(3)
        app.console.note(paint(app.say("cli.count.differs"), "bad"))
        if not again(app, answers):
            answers.keep("settled", True)
            break
    if not yes:
        told = ("cli.count.verdict.agrees", "good") if found.agrees else ("cli.count.verdict.differs", "bad")
        app.console.note(paint(app.say(told[0], counted=found.counted), told[1]))
    return found


def again(app: App, answers: Answers) -> bool:
    """Whether the room is to be counted once more, still blind: only that the figures differ has been said.

    Boxes that were scanned stay scanned: who goes through the room again finds those that he passed by.
    """
    if len(answers.said["tries"]) >= MOST_COUNTS or not confirm(app.prompter, app.say("cli.count.again"), app.lang, True):
        return False
    answers.drop("counted", "scanned")
    return True


def reopen(app: App, answers: Answers) -> None:
    """People turn back from the door to the count: it is made once more, unless that was done often enough."""
    if len(answers.said["tries"]) >= MOST_COUNTS:
        app.console.warn(app.say("cli.count.enough", most=MOST_COUNTS))
        return
    answers.drop("counted", "scanned", "settled")


def run_of(opened: Office, draft: Draft) -> Count:
    """The scanned count of a draft, as far as it came."""
    from custody.station.counting import counted

    return counted(Choosing(opened).known, opened.ledger.state.points_in, draft.events)


def _scanned(draft: Draft) -> bool:
    """Whether a count by scanning is under way."""
    return any(event.get("do") == "read" for event in draft.events)


def _figure(app: App) -> int | str | None:
    """A figure; the label that was scanned in its place; None to begin scanning."""
    while True:
        typed = app.prompter.line(app.say("cli.count.how-many")).strip()
        if is_scan(typed) or _is_code(typed):
            return typed
        if typed.lower() in _SCAN:
            return None
        bare = typed.replace(".", "").replace(",", "")
        if bare.isascii() and bare.isdigit() and int(bare) <= MOST:
            return int(bare)
        if command_word(app, typed):
            continue
        if len(bare) > len(str(MOST)) and any(mark.isdigit() for mark in bare):  # somebody else's label
            app.console.bell(3)
            app.console.note(paint(app.say("cli.count.foreign", text=typed[:40]), "bad"))
        app.prompter.tell(app.say("cli.count.how-many.again"))


def _is_code(typed: str) -> bool:
    """Whether the code of a label was typed by hand, with its prefix or without: no figure has letters."""
    from custody.core import labelcode
    from custody.core.errors import Malformed

    try:
        labelcode.parse(typed)
    except Malformed:
        return False
    return True


def _scan(app: App, opened: Office, draft: Draft, first: str | None, yes: bool) -> int:
    """Scan until people have finished. Raises WrongUse("cli.count.kept") when the input ends before."""
    run = run_of(opened, draft)
    screen = CountScreen(app, run, draft, Choosing(opened), Names(opened), None)
    screen.begin()
    if first is not None:
        screen.take_line(first)
    feed = feed_of(app, app.say("cli.scan.prompt"), VERBS, ends=True)
    if not scanning.inputs(screen, feed) and not yes:
        raise WrongUse("cli.count.kept", count=run.count)
    screen.read_back()
    return run.count


def seen(opened: Office, draft: Draft, answers: Answers) -> list[Any] | None:
    """The boxes of a count by scanning, as statements take them; None where a figure was typed."""
    from custody.station.manifest import Seen

    if not answers.said.get("scanned"):
        return None
    known = Choosing(opened).known
    items = run_of(opened, draft).items.values()
    return [Seen(item.box, item.how, item.label, _seals(known, item) if item.seals else None) for item in items]


def _seals(known: Known, item: Item) -> SealsOf:
    """All seals of a box of which people said that one differs: who names one has looked at the others too."""
    from custody.station.manifest import seals_now

    holding = known.holding(item.box)
    now = seals_now(holding.seals if holding is not None else (), item.seals)
    return {one["point"]: (one["state"], one["number"]) for one in now}
