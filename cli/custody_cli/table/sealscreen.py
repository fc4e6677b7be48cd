"""The screen of a sealing: a box, then the numbers of its seals, scanned or typed; everything else as on the guard's screen."""

from __future__ import annotations

from collections.abc import Sequence

from custody.station.scanrun import Item, Outcome
from custody_cli.boxes import daily
from custody_cli.ground.console import paint
from custody_cli.table import sealwords
from custody_cli.table.guardscreen import Screen
from custody_cli.table.verbs import VERBS


class SealScreen(Screen):
    """One sealing on the screen. A seal number belongs to the box that came last."""

    room = "cli.seal"

    def _told(self, outcome: Outcome) -> None:
        """A box is told with the order in which its numbers are taken, before the first of them."""
        super()._told(outcome)
        box = self.run.last()
        if box is not None and box == outcome.box and (outcome.counted or outcome.codes[0] == "run.twice"):
            free = self.run.unnumbered(box)
            if free and not self.run.items[box].seals:
                self.app.console.note(self.app.say("cli.seal.order", points=sealwords.listed(self.app, free)))
            else:
                self._next(box)

    def _foreign(self, text: str) -> None:
        if self._is_number(text):
            self._number(text)
        else:
            super()._foreign(text)

    def _stray(self, text: str) -> None:
        if self._is_number(text):  # a short number from a scanner that sends no Enter
            self._number(text)
        else:
            super()._stray(text)

    def _words(self, text: str) -> bool:
        words = text.split()
        if VERBS.get(words[0].lower()) == "seal" and self._pointed(words[1:]):
            return True
        if words[0].lower() in VERBS:
            return super()._words(text)
        point, rest = sealwords.at_front(words, self.run.points_of(self.run.last())) if not text[0].isdigit() else (None, words)
        if point is not None and len(rest) == 1 and self._fits(rest[0]):
            self._number(rest[0], point)
        elif self._is_number(text):
            self._number(text)
        else:
            return super()._words(text)
        return True

    def _pointed(self, words: Sequence[str]) -> bool:
        """`segel 1 AB123`, `segel tutup AB123`: a number, and where it is; False where it is said otherwise."""
        point, rest = sealwords.at_front(words, self.run.points_of(self.run.last()))
        number = sealwords.number(rest[0]) if point is not None and len(rest) == 1 else None
        if number is None or sealwords.state(rest[0]) is not None:
            return False
        self._passed()
        self._number(number, point)
        return True

    def _is_number(self, text: str) -> bool:
        """One piece with a digit that names no box: the number of a seal."""
        chosen = text.isdigit() and 1 <= int(text) <= len(self._choices)
        if chosen or not self._fits(text) or not any(mark.isdigit() for mark in text):
            return False
        return self.choosing.known.other(text) is None and self.choosing.boxes.read(text, self.within).sure is None

    def _fits(self, text: str) -> bool:
        from custody.core.shapes import NUMBER

        return bool(NUMBER.ok(text.upper()))

    def _number(self, text: str, point: str | None = None) -> None:
        """Put a number on a point, the next one that has none where people do not name it. A number used before is told, and recorded."""
        number, box = text.upper(), self.run.last()
        if box is None or self.run.pending is not None:
            return self._tell("cli.seal.box-first", {"number": number})
        here = self.run.sealed_with(number)
        if any(one == box for one, _ in here):
            return self._tell("cli.seal.again", {"number": number, "box": self.names.box(box)})
        free = self.run.unnumbered(box)
        if point is None and not free:
            return self._tell("cli.seal.full", {"number": number, "box": self.names.box(box), "points": self.run.points_of(box)})
        other = here[0][0] if here else daily.seal_on(self.names.office, number)
        self.seal(point or free[0], "intact", number)
        if other not in (None, box):
            self._alarm("cli.seal.reused", {"number": number, "other": self.names.box(str(other))})
        return self._next(box)

    def _next(self, box: str) -> None:
        free = self.run.unnumbered(box)
        if free:
            self.app.console.note(self.app.say("cli.seal.next", point=free[0]))
        else:
            self.app.console.note(paint(self.app.say("cli.seal.all", box=self.names.box(box)), "good"))

    def _remark(self, item: Item) -> None:
        if any(number for _, number in item.seals.values()) and not any(code.startswith("run.un") for code in item.told):
            self.app.console.note(f"  {self.names.box(item.box)}: {self._seals(item)}")
        else:
            super()._remark(item)
            if not item.seals:
                self.app.console.note(paint(f"  ! {self.names.box(item.box)}: {self.app.say('cli.seal.none')}", "warn"))
