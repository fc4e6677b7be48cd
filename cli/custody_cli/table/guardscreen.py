"""The guard's screen: what each scan says, in big words, colour and bell; the words a guard may type; the list read back at the end."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from custody.core.boxid import BoxId
from custody.core.errors import CustodyError
from custody.station.scanrun import ALARMS, Item, Outcome, Reading, Run, areas
from custody_cli.boxes.choosing import Choosing
from custody_cli.boxes.looking import seals_told
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.console import TONES, paint
from custody_cli.ground.questions import Stop
from custody_cli.table import sealwords
from custody_cli.table.boxlines import grouped, is_box, told_by_area
from custody_cli.table.verbs import VERBS

if TYPE_CHECKING:
    from custody.intake.scanline import Scan
    from custody.station.draft import Draft
    from custody.station.manifest import Seen

_SHOWN = 12


class Screen:
    """One run on the screen. Every input is in the draft before it is told."""

    room = "cli.scan"  # where its help lies
    apart = "cli.scan.apart"  # where the words lie for what is missing and what is strange
    offered: frozenset[str] = frozenset()  # boxes of whose seals the giver has told something

    def __init__(self, app: App, run: Run, draft: "Draft", choosing: Choosing, names: Names, within: str | None) -> None:
        """:param within: code of the desa where the work is done, for words that name no place."""
        self.app, self.run, self.draft, self.choosing, self.names, self.within = app, run, draft, choosing, names, within
        self._choices: list[str] = []
        self._warned: set[str] = set()
        self._unclear = ""  # what was typed of a seal and could not be read, and so is not recorded
        self._ending = False  # Enter was pressed alone, and would end it once more
        colours = {item["code"]: item["colour"] for item in names.office.founding.body["profile"]["types"]}
        self._tones: Mapping[str, str] = {kind: colour if colour in TONES else "head" for kind, colour in colours.items()}

    def begin(self) -> None:
        """What can be typed, and how far the run is."""
        self.app.console.note(self.app.say(f"{self.room}.help.short"))
        self._count()

    def seen(self) -> "list[Seen]":
        """The boxes of the run, as statements take them."""
        from custody.station.manifest import Seen

        items, unseen = self.run.items.values(), self._bare() if self.run.looked else set(self.run.silent())
        return [Seen(item.box, item.how, item.label, None if item.box in unseen else item.seals) for item in items]

    def _bare(self) -> set[str]:
        """Boxes that cannot be as recorded, as no seal of them is, and of which nobody said anything."""
        return set() if self.run.errand.sealing else set(self.run.unrecorded()) - self.offered

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

    def _tell_looked(self) -> None:
        """What will be recorded of the seals of which nothing was said."""
        bare = len(self._bare()) if self.run.looked else 0
        room, others = "cli.scan.looked" if self.run.looked else "cli.scan.unlooked", len(self.run.silent()) - bare
        if bare:
            self.app.console.note(paint(self.app.say("cli.scan.unrecorded", count=bare), "bad"))
        if others and not self.run.errand.sealing:
            self.app.console.note(paint(self.app.say(room, count=others), "head" if self.run.looked else "warn"))

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

    # -- what is shown ---------------------------------------------------------------------------------------------------------

    def _told(self, outcome: Outcome) -> None:
        app, code = self.app, outcome.codes[0]
        facts = {**outcome.facts, "zone": self.names.office.zone, "holder": self.names.person(str(outcome.facts.get("holder", "-")))}
        if "last" in outcome.facts:
            facts["last"] = self.names.place(str(outcome.facts["last"]))
        if outcome.box is not None and is_box(outcome.box):
            facts["id"] = self.choosing.typed_box(outcome.box)
            facts["box"] = self.names.box(outcome.box)
            if outcome.counted or outcome.alarm:
                self._big(outcome)
        for one in outcome.codes:
            tone = "bad" if one in ALARMS else "good" if outcome.counted else "warn"
            app.console.note(paint(app.say(one, **facts), tone))
            step = app.next_step(one, **facts)
            if step and one == code:
                app.console.note(f"  {app.say('cli.next')} {step}")
        if outcome.alarm:
            app.console.bell(3)
        elif code == "run.twice" or code == "run.spare":
            app.console.bell(1)
        self._count()

    def _big(self, outcome: Outcome) -> None:
        one = BoxId.parse(outcome.box or "")
        self.app.console.big(self.names.home(one), "bad" if outcome.alarm else "good")
        self.app.console.big(f"{one.type}  {self._far()}", self._tones.get(one.type, "head"))

    def _count(self) -> None:
        left = len(self.run.missing())
        run, strange = self.run, self.run.strange
        code = "cli.scan.count.strange" if strange else "cli.scan.count"
        facts = {"count": run.come, "expected": run.expected, "strange": strange, "left": left}
        self.app.console.note(paint(self.app.say(code, **facts), "warn" if strange else "head"))
        if run.pending is not None:
            self.app.console.note(paint(self.app.say("run.pending", label=run.pending[:12]), "bad"))
        if self._unclear:
            self._alarm("cli.scan.seal.unclear", {"text": self._unclear})

    def _far(self) -> str:
        """How many of how many; strangers apart."""
        run = self.run
        return f"{run.come}/{run.expected}" + (f" +{run.strange}" if run.strange else "")

    def _alarm(self, code: str, facts: Mapping[str, object]) -> None:
        self._tell(code, facts, "bad")
        self.app.console.bell(3)

    def _tell(self, code: str, facts: Mapping[str, object], tone: str = "warn") -> None:
        self.app.console.note(paint(self.app.say(code, **facts), tone))
        step = self.app.next_step(code, **facts)
        if step:
            self.app.console.note(f"  {self.app.say('cli.next')} {step}")

    def unsaved(self, error: CustodyError) -> None:
        """What came could not be kept, so it was not counted: to be seen and heard."""
        self.app.console.big(self.app.say("cli.scan.unsaved.big"), "bad")
        self._alarm("cli.scan.unsaved", {"why": self.app.say(error.code, **error.facts)})

    def show_help(self) -> None:
        """The words that may be typed."""
        self.app.console.note(self.app.say(f"{self.room}.help.long"))

    def show_missing(self) -> None:
        """What has not come, by polling station."""
        missing = self.run.missing()
        if not missing:
            self.app.console.note(paint(self.app.say("cli.scan.none-missing"), "good"))
        for line in grouped(missing, self.names):
            self.app.console.note(f"  {line}")

    def read_back(self) -> None:
        """The whole list: how many of which type from where, and every box that is not as it should be."""
        app, run = self.app, self.run
        for line in grouped(sorted(run.items), self.names, by="desa"):
            app.console.note(f"  {line}")
        for item in run.items.values():
            self._remark(item)
        self._tell_looked()
        if self._unclear:
            self._alarm("cli.scan.seal.unclear", {"text": self._unclear})
        missing = run.missing()
        if missing:
            app.console.note(paint(app.say("cli.scan.missing", count=len(missing)), "warn"))
            for line in grouped(missing, self.names):
                app.console.note(f"  {line}")
        app.console.big(self._far(), "warn" if run.strange else "head")
        if run.strange:
            app.console.note(paint(app.say("cli.scan.strange", count=run.strange), "warn"))

    def tell_apart(self) -> None:
        """By name: what has not come, and what came and should not; nobody takes the one for the other in a sum."""
        run = self.run
        apart = {"missing": run.missing(), "strange": sorted(run.items.keys() - run.errand.expected) if run.errand.expected else []}
        for what, boxes in apart.items():
            if boxes:
                self.app.console.note(paint(self.app.say(f"{self.apart}.{what}", count=len(boxes)), "bad"))
                for line in grouped(boxes, self.names):
                    self.app.console.note(paint(f"  {line}", "bad"))

    def _remark(self, item: Item) -> None:
        """A box that is not as it should be."""
        marks = [self.app.say(f"cli.scan.mark.{code.partition('.')[2]}") for code in item.told if code in ALARMS]
        seals = [self._seals(item)] if item.seals else []
        if marks or seals:
            self.app.console.note(paint(f"  ! {self.names.box(item.box)}: {'; '.join([*marks, *seals])}", "bad"))

    def _seals(self, item: Item) -> str:
        return seals_told(self.app, ((point, state, number) for point, (state, number) in item.seals.items()))
