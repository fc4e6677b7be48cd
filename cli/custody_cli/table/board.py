"""What the guard's screen shows of a run: each scan in big words, colour and bell; the count; the list read back at the end."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from custody.core.boxid import BoxId
from custody.core.errors import CustodyError
from custody.station.scanrun import ALARMS, Item, Outcome, Run
from custody_cli.boxes.choosing import Choosing
from custody_cli.boxes.looking import seals_told
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.console import TONES, paint
from custody_cli.table.boxlines import grouped, is_box

if TYPE_CHECKING:
    from custody.station.draft import Draft


class Board:
    """One run as it is shown; what it says is in the draft already."""

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

    def _bare(self) -> set[str]:
        """Boxes that cannot be as recorded, as no seal of them is, and of which nobody said anything."""
        return set() if self.run.errand.sealing else set(self.run.unrecorded()) - self.offered

    def _told(self, outcome: Outcome) -> None:
        outcome = self._once(outcome)
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

    def _once(self, outcome: Outcome) -> Outcome:
        """That the last record of a box still waits is told of the first box of a run alone: without signal it is so of every one."""
        if "run.waiting-on" not in outcome.codes or "run.waiting-on" not in self._warned:
            self._warned |= set(outcome.codes) & {"run.waiting-on"}
            return outcome
        return outcome._replace(codes=tuple(one for one in outcome.codes if one != "run.waiting-on") or ("run.counted",))

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
        apart = {"missing": run.missing(), "strange": run.strangers()}
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

    def _tell_looked(self) -> None:
        """What will be recorded of the seals of which nothing was said."""
        bare = len(self._bare()) if self.run.looked else 0
        others = len(self.run.silent()) - bare
        if others < len(self.run.items):
            code = "cli.scan.looked.others" if self.run.looked else "cli.scan.unlooked.others"
        else:
            code = "cli.scan.looked" if self.run.looked else "cli.scan.unlooked"
        if bare:
            self.app.console.note(paint(self.app.say("cli.scan.unrecorded", count=bare), "bad"))
        if others and not self.run.errand.sealing:
            self.app.console.note(paint(self.app.say(code, count=others), "head" if self.run.looked else "warn"))
