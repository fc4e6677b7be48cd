"""Laptops away from the office of an `Evening`, each with a folder and a state of its own, and a stick that goes between them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from custody.assembly import Office, open_office
from fixtures.daydesk import WORD
from tests.cli.daily_kit import EVENING, Evening
from tests.cli.harness import Desk, Ended


@dataclass
class Laptop:
    """One station: a desk to type at. `evening` gives people's keys and labels."""

    evening: Evening
    name: str
    stick: Path
    desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        self.root = self.evening.root / f"laptop-{self.name}"
        self.root.mkdir()
        self.folder, self.state = self.root / "kotak", self.root / "state"
        self.stick.mkdir(exist_ok=True)
        environ = {"CUSTODY_LEDGER": str(self.folder), "CUSTODY_STATE": str(self.state)}
        self.desk = Desk(self.root, environ, EVENING)

    def begin(self, *areas: str) -> Ended:
        """Ask, be admitted, take over."""
        told = [self.desk.run("station", "request", self.name, str(self.stick))]
        options = [part for area in areas for part in ("--area", area)]
        told.append(self.evening.desk.run("station", "admit", str(self.stick / f"{self.name}.pub"), *options))
        told.append(self.desk.run("station", "new", str(max(self.stick.glob("kantor-*.bundle")))))
        assert [one.exit for one in told] == [0, 0, 0], [one.err for one in told]
        return told[-1]

    def run(self, *argv: str, answers: tuple[str, ...] = ()) -> Ended:
        return self.desk.run(*argv, answers=answers)

    def out(self, *options: str) -> Ended:
        """Write to the stick."""
        return self.run("bundle", "out", str(self.stick), *options)

    def take(self) -> Ended:
        """Read what is on the stick."""
        return self.run("bundle", "in", str(self.stick))

    def open(self, write: bool = False) -> Any:
        """The station, as a door opens it."""
        return open_office(self.folder, state_dir=self.state, clock=lambda: self.desk.now, write=write)

    def hand(self, giver: str, receiver: str, start: str, end: str, *boxes: str, more: tuple[str, ...] = ()) -> Ended:
        """A handoff with everything said on the command line."""
        people = ("--giver", self.evening.key(giver), "--receiver", self.evening.key(receiver), "--passphrase-file", self.evening.word())
        return self.run("handoff", *boxes, "--from", start, "--to", end, *people, "--escort", "1", "--seals-seen", "--yes", *more)


def office_takes(evening: Evening, stick: Path) -> Ended:
    """The office reads the stick."""
    return evening.desk.run("bundle", "in", str(stick))


def office_out(evening: Evening, stick: Path, name: str) -> Ended:
    """The office writes for a laptop."""
    return evening.desk.run("bundle", "out", str(stick), "--for", name)


__all__ = ["WORD", "Laptop", "Office", "office_out", "office_takes"]
