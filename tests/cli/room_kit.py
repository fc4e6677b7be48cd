"""A warehouse with 187 boxes in it and two teams of guards with keys on sticks; commands are typed at 19.42 WITA."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from custody.assembly import duty
from custody.assembly.duty import Told
from custody_cli.boxes import daily
from fixtures.daydesk import KANGAE, WORD
from tests.cli.daily_kit import Evening
from tests.cli.harness import Desk, Ended

WAREHOUSE = "5307-GUDANG"
FIGURE = 187  # a figure that nothing else here has
TEAMS = ("regu-a", "regu-b", "regu-c")


@dataclass
class Warehouse:
    """The office of an evening whose keeper has sealed 187 boxes in the warehouse."""

    root: Path
    figure: int = FIGURE
    use: str = "file"
    desa: tuple[str, ...] = tuple(KANGAE)
    evening: Evening = field(init=False)
    inside: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.evening = Evening(self.root, self.use, self.desa)
        for name in TEAMS:
            self.evening.office.enrol(name, "leader", [WAREHOUSE])
        self.evening.office.enrol("panwas-1", "witness", ["530719"])
        self.inside = sorted(self.evening.office.boxes)[: self.figure]
        with self.evening.office.open() as office:
            seats = [self.evening.office.seat("sealer", "keeper-1"), self.evening.office.seat("witness", "guard-1")]
            seen = [self.evening.seen(box) for box in self.inside]
            who = {"place": WAREHOUSE, "sealer": "keeper-1", "witness": "guard-1", "phase": "packed"}
            daily.record_seal(office, seen, seats, reason="order", **who)

    @property
    def desk(self) -> Desk:
        return self.evening.desk

    def key(self, name: str) -> str:
        return self.evening.key(name)

    def keys(self, outgoing: str | None, incoming: str) -> list[str]:
        """The options that name the two leaders."""
        return [*(["--outgoing", self.key(outgoing)] if outgoing else []), "--incoming", self.key(incoming)]

    def run(self, *argv: str, answers: tuple[str, ...] = ()) -> Ended:
        return self.desk.run(*argv, answers=answers)

    def shift(self, *answers: str, outgoing: str | None = None, incoming: str = "regu-a", options: tuple[str, ...] = ()) -> Ended:
        """A handover: the clock is right, then these answers. At one without who goes, the door is read beforehand."""
        read = () if outgoing else ("--door", "terkunci", "--lock", "utuh")
        return self.run("shift", *self.keys(outgoing, incoming), *read, *options, answers=("", *answers))

    def first(self, *options: str, incoming: str = "regu-a") -> Ended:
        """A first shift without questions."""
        quick = ("--counted", str(self.figure), "--door", "terkunci", "--lock", "utuh", "--yes", "--passphrase-file", self.evening.word())
        return self.run("shift", *self.keys(None, incoming), *quick, *options)

    def told(self, kind: str) -> list[Told]:
        """The statements of a kind, in order."""
        with self.evening.office.open(write=False) as office:
            return duty.told(office, (kind,))

    def last(self, kind: str) -> dict[str, Any]:
        """The body of the last statement of a kind."""
        return self.told(kind)[-1].body

    def drafts(self) -> list[Path]:
        return self.evening.drafts()

    def go(self, minutes: int) -> None:
        """Let time pass at the desk."""
        self.desk.now += timedelta(minutes=minutes)


__all__ = ["FIGURE", "TEAMS", "WAREHOUSE", "WORD", "Warehouse"]
