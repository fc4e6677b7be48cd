"""The guard's screen: every scan, and every word that a guard may type; what is shown of it stands in `board`."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from custody.core.errors import CustodyError
from custody.station.scanrun import Reading, areas
from custody_cli.ground.console import paint
from custody_cli.ground.questions import Stop
from custody_cli.table import sealwords
from custody_cli.table.board import Board
from custody_cli.table.boxlines import told_by_area
from custody_cli.table.verbs import VERBS

if TYPE_CHECKING:
    from custody.intake.scanline import Scan
    from custody.station.manifest import Seen

_SHOWN = 12


class Screen(Board):
    """One run on the screen. Every input is in the draft before it is told."""

    def seen(self) -> "list[Seen]":
        """The boxes of the run, as statements take them."""
        from custody.station.manifest import Seen

        items, unseen = self.run.items.values(), self._bare() if self.run.looked else set(self.run.silent())
        return [Seen(item.box, item.how, item.label, None if item.box in unseen else item.seals) for item in items]

    def take_line(self, text: str) -> None:
        """A whole line that came where something else was asked."""
        from custody.intake.scanline import Scanner

        for scan in Scanner(words=frozenset(VERBS)).feed(text + "\n", 0):
            self.take(scan)

    def take(self, scan: "Scan") -> bool:
        """One input; False when the guard says that he has finished. Raises `Stop`, all that was scanned being kept."""
        if scan.kind == "enter":
            return self._entered()
        self._ending = False
        if scan.again:
            self.app.console.note(self.app.say("scan.again"))
            return True
        if scan.layout != "us" and scan.layout not in self._warned:
            self._warned.add(scan.layout)
            self._tell("scan.keyboard", {"layout": scan.layout})
        if scan.kind == "typed":
            return self._words(scan.text)
        if scan.kind == "ours" and scan.code is not None:
            self._read(Reading(scan.how, self.choosing.hash(scan.code)))
        elif scan.kind == "broken":
            self._broken(scan.text)
        elif scan.kind == "stray":
            self._stray(scan.text)
        else:
            self._foreign(scan.text)
        return True

    def _entered(self) -> bool:
        """Enter alone: all has come, so this is the end; where nobody knows what should come, Enter once more. False at the end."""
        run = self.run
        if not run.items or run.pending is not None:
            return True
        if missing := len(run.missing()):
            self.app.console.note(self.app.say("cli.scan.enter.missing", count=missing))
            return True
        if self._ending or (run.errand.expected and not run.errand.sealing and not run.strange):
            return False
        self._ending = True
        self.app.console.note(self.app.say("cli.scan.enter.again"))
        return True

    def _stray(self, text: str) -> None:
        """What stood before a label, without Enter."""
        self._tell("scan.stray", {"text": text})

    def _foreign(self, text: str) -> None:
        """What a machine read, and no code of ours; one of ours with a wrong symbol is not called KPU's."""
        if self.choosing.like_ours(text):
            return self._broken(text)
        return self._read(Reading("other-code", text=text)) if self.choosing.known.other(text) or not self._badge(text) else None

    def _badge(self, text: str) -> bool:
        """Whether a badge was read, which is no box; told where it was."""
        if (badge := self.choosing.known.badge(text)) is not None:
            name = (self.names.place if badge.kind == "place" else self.names.person)(badge.code)
            self._alarm(f"scan.badge.{badge.kind}", {"text": badge.code, "name": name})
        return badge is not None

    def _broken(self, text: str) -> None:
        """One of ours that was read or typed wrongly."""
        self._alarm("scan.broken", {"text": text})
        self._passed()

    def _passed(self) -> None:
        """A code that waits for its box waits no longer."""
        if self.run.pending is not None or self.run.claim is not None:
            self.draft.add(do="passed")
            if (outcome := self.run.passed()) is not None:
                self._tell(outcome.codes[0], outcome.facts)

    # -- what a guard types ----------------------------------------------------------------------------------------------------

    def _words(self, text: str) -> bool:
        verb, *rest = text.split()
        what = VERBS.get(" ".join(text.lower().split())) or VERBS.get(verb.lower())
        if what in ("done", "seen", "unseen", "seal", "whole"):
            self._passed()
        match what:
            case "carries" if self.run.claim is not None:
                self.draft.add(do="carries")
                self._told(self.run.carries())
            case "done":
                return False
            case "stop":
                raise Stop("cli.ask.stop")
            case "seen" | "unseen" as looked if not self.run.errand.sealing:
                self.look(looked == "seen")
            case "undo":
                self._undo(" ".join(rest))
            case "missing":
                self.show_missing()
            case "seal":
                self._seal(rest)
            case "whole":
                self._whole()
            case "only" if self.run.errand.expected:
                self._only(" ".join(rest))
            case "list":
                self.read_back()
            case "help":
                self.show_help()
            case _ if self._names_seal(text.split()):
                self._seal(text.split())
            case _:
                self._box(text)
        return True

    def look(self, seen: bool) -> None:
        """Whether the seals of which nothing was said were looked at, on disk before it is told."""
        self.draft.add(do="look", seen=seen)
        self.run.looked = seen
        self._tell_looked()

    def _whole(self) -> None:
        """Every seal of the last box of which nothing was said was looked at, one by one, and is whole, with the number it bears."""
        box = self.run.last()
        if box is None:
            return self._tell("run.nothing", {})
        holding, said = self.choosing.known.holding(box), self.run.items[box].seals
        numbers = {seal[0]: seal[2] for seal in holding.seals} if holding is not None else {}
        for point in self.run.points_of(box):
            if point not in said:
                self.draft.add(do="seal", point=point, state="intact", number=numbers.get(point), box=box)
                self.run.seal(point, "intact", numbers.get(point), box)
        return self.app.console.note(paint(f"{self.names.box(box)}: {self._seals(self.run.items[box])}", "good"))

    def _names_seal(self, words: Sequence[str]) -> bool:
        """`tali 1 robek`, without the word for it."""
        point, rest = sealwords.at_front(words, self.run.points_of(self.run.last()))
        return point is not None and not words[0].isdigit() and sealwords.seen_at_front(rest)[0] is not None

    def _box(self, text: str) -> None:
        """Words that name a box, or the number of one of those that were offered."""
        if text.isdigit() and 1 <= int(text) <= len(self._choices):
            return self._read(Reading("sight", box=self._choices[int(text) - 1], text=text))
        known = self.run.errand.expected
        if self.choosing.known.other(text) is not None:
            return self._read(Reading("other-code", text=text))
        answer = self.choosing.boxes.read(text, self.within)
        if answer.sure is not None:
            return self._read(Reading("sight", box=answer.sure.box, text=text))
        if not answer.candidates and self._badge(text):
            return None
        if self.choosing.like_ours(text):
            return self._broken(text)
        for reason in answer.reasons:
            self._tell(reason.code, reason.facts)
        left = sorted((one.box for one in answer.candidates), key=lambda box: (box not in known, box in self.run.items))
        self._choices = left[:_SHOWN]
        for number, box in enumerate(self._choices, 1):
            self.app.console.note(f"  {paint(f'{number:2}', 'head')}  {self.names.box(box)}")
        if not self._choices:
            self._meant(text.split()[0].lower())
        return None

    def _only(self, text: str) -> None:
        """Only these of the boxes that were expected should come now; `hanya` alone: all of them again."""
        head = self.draft.head
        whole = head.get("whole") or head["expected"]
        try:
            boxes = sorted(set(self.choosing.area(text)) & set(whole)) if text else whole
        except CustodyError as error:
            return self._tell(error.code, error.facts)
        if not boxes:
            return self._tell("cli.scan.only.none", {"text": text})
        self.draft.add(do="head", head={**head, "expected": boxes, "whole": whole})
        self.run.errand = replace(self.run.errand, expected=frozenset(boxes), areas=areas(boxes))
        self.app.console.note(self.app.say("cli.scan.only", count=len(boxes), areas=told_by_area(boxes, self.names)))
        return self._count()

    def _meant(self, word: str) -> None:
        """Perhaps a command with a typing error."""
        from custody.intake.spelling import nearest

        near = nearest(word, VERBS)
        self.app.console.note(self.app.say("cli.scan.meant", word=near) if near else self.app.say(f"{self.room}.help.short"))

    def _undo(self, text: str) -> None:
        box = None
        if text:
            answer = self.choosing.boxes.read(text, self.within)
            if answer.sure is None:
                return self._tell("run.nothing-to-undo", {"box": text})
            box = answer.sure.box
        self.draft.add(do="undo", box=box)
        return self._told(self.run.undo(box))

    def _seal(self, words: Sequence[str]) -> None:
        """`segel 2 robek`, `segel 3 AB123` (another number): of the last box; `segel 1 robek TPS 3 Habi DPR`: of that box."""
        points = self.run.points_of(self.run.last())
        _, behind = sealwords.at_front(words, points)
        state, rest = sealwords.seen_at_front(behind)
        number, box = sealwords.tail(rest, self._sure)
        point, _ = sealwords.at_front(words, self.run.points_of(box)) if box is not None else sealwords.at_front(words, points)
        if point is None or state is None or (rest and number is None and box is None):
            self._unclear = " ".join(words)
            other = point is not None and sealwords.other(behind)
            return self._alarm("cli.scan.seal.which" if other else "cli.scan.seal", {"points": sealwords.numbered(self.app, points)})
        return self.seal(point, state, number, box)

    def _sure(self, words: Sequence[str]) -> str | None:
        """The box that words name for certain."""
        sure = self.choosing.boxes.read(" ".join(words), self.within).sure if words else None
        return sure.box if sure is not None else None

    def seal(self, point: str, state: str, number: str | None, box: str | None = None) -> None:
        """One seal of a box, the last one where none is named; on disk before it is told."""
        box = box or self.run.last()
        self._unclear = ""
        self.draft.add(do="seal", point=point, state=state, number=number, box=box)
        self._told(self.run.seal(point, state, number, box))

    def _read(self, reading: Reading) -> None:
        self._choices = []
        self.draft.add(do="read", **reading._asdict())
        self._told(self.run.take(reading))
