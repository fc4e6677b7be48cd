"""What the command line says of a handoff: whose hands, which journey, when and why; each option is defined once, for all commands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from custody_cli.ground.app import App
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.questions import MOST_ESCORTS, Answers, escorts, order, plate, vehicle
from custody_cli.ground.runtime import gathered, option
from custody_cli.ground.wordchoice import WordChoice
from custody_cli.keys.keypath import KEY
from custody_cli.table.handing import CARRIERS, UNSIGNED
from custody_cli.table.reasons import REASONS
from custody_cli.table.terms import Terms

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.station.manifest import Journey

_FILE = click.Path(path_type=Path)
_ROOM = "cli.journey"  # where the words of the options lie, once for scan, handoff and seal


@dataclass(frozen=True)
class Hands:
    """Key files of the people at the table, in the order in which they sign, and their passphrase files."""

    giver: Path | None
    receiver: Path | None
    recorder: Path | None
    through: Path | None
    files: tuple[Path, ...]

    @property
    def keys(self) -> dict[str, Path]:
        """Slot -> key file, of those who are there."""
        named = {"giver": self.giver, "receiver": self.receiver, "recorder": self.recorder, "through": self.through}
        return {slot: path for slot, path in named.items() if path is not None}

    def one(self, slot: str) -> Path:
        """The key file that cannot be done without. Raises WrongUse("cli.handoff.who")."""
        return self.keys.get(slot) or needed(f"--{slot}")

    def word(self) -> Path | None:
        """The passphrase file of somebody who signs alone."""
        return self.files[0] if self.files else None


@dataclass(frozen=True)
class Wishes:
    """The journey, as far as it was said beforehand."""

    start: str | None
    end: str | None
    place: str | None
    escort: int | None
    no_escort: bool
    order: str | None
    vehicle: str | None
    carrier: str | None
    unsigned: str | None
    giver_name: str | None
    deed: Path | None = None
    photos: tuple[str, ...] = ()


@dataclass(frozen=True)
class Said:
    """What was answered before anybody asked: when it happened and how that is known, a reason, yes."""

    happened: str | None = None
    basis: str | None = None
    reason: str | None = None
    text: str | None = None
    yes: bool = False

    def terms(self, office: Office, offer: bool = False) -> Terms:
        """The same for a handoff or sealing; a clock alone is the last time it showed that, by the clock and zone of the office.

        Where a moment was said and not how it is known, it is from memory. Raises `Malformed` for a moment that cannot be read.
        """
        moment = _moment(self.happened, office.now(), office.zone) if self.happened else None
        basis = self.basis or ("memory" if moment else "now")
        return Terms(self.yes, self.reason, moment, basis, offer, self.text)


@dataclass(frozen=True)
class Anew:
    """How a run at the table begins: the boxes that should come, and whether an old draft is left as it is."""

    expect: tuple[str, ...]
    fresh: bool


_ANSWERS = option("--reason", type=WordChoice("reason", REASONS)), option("--note", "text"), option("--yes", is_flag=True)
_BASES = WordChoice("basis", ("now", "paper", "memory"))

with_hands = gathered(
    "hands",
    Hands,
    option("--giver", type=KEY),
    option("--receiver", type=KEY),
    option("--recorder", type=KEY),
    option("--through", type=KEY),
    option("--passphrase-file", "files", type=_FILE, multiple=True),
    room=_ROOM,
)
with_wishes = gathered(
    "wishes",
    Wishes,
    option("--from", "start"),
    option("--to", "end"),
    option("--place"),
    option("--escort", type=click.IntRange(1, MOST_ESCORTS)),
    option("--no-escort", is_flag=True),
    option("--order"),
    option("--vehicle"),
    option("--carrier", type=WordChoice("carrier", CARRIERS)),
    option("--unsigned", type=WordChoice("unsigned", UNSIGNED)),
    option("--giver-name"),
    option("--deed", type=_FILE),
    option("--photo", "photos", multiple=True),
    room=_ROOM,
)
with_anew = gathered("anew", Anew, option("--expect", multiple=True), option("--new", "fresh", is_flag=True), room=_ROOM)
with_answers = gathered("said", Said, *_ANSWERS, room=_ROOM)
with_time_and_answers = gathered("said", Said, option("--happened"), option("--basis", type=_BASES), *_ANSWERS, room=_ROOM)


def _moment(typed: str, now: str, zone: str) -> str:
    from custody.core.errors import Malformed
    from custody.i18n.dates import from_typed
    from custody_cli.boxes.minute import minute

    try:
        return from_typed(typed, zone)
    except Malformed:
        return minute(typed, now, zone)


def with_escort(app: App, wishes: Wishes, answers: Answers, yes: bool, keys: int = 0) -> Wishes:
    """The wishes with the escort settled: said, answered in words, or as many as there are `keys` of escorts; never by saying nothing.

    Raises `WrongUse`: `cli.handing.escort` where nobody may be asked, `cli.handing.escorts` for two answers that contradict each other.
    """
    if wishes.no_escort and (wishes.escort or keys):
        raise WrongUse("cli.handing.escorts")
    if wishes.no_escort or wishes.escort or keys:
        return replace(wishes, escort=0 if wishes.no_escort else wishes.escort or keys)
    if yes and "escort" not in answers.said:
        raise WrongUse("cli.handing.escort")
    return replace(wishes, escort=answers.once("escort", lambda: escorts(app)))


def asked(app: App, wishes: Wishes, answers: Answers, yes: bool) -> Wishes:
    """What the boxes travel by and who goes along, with what was not said asked for."""
    wishes = with_escort(app, wishes, answers, yes)
    if yes:
        return wishes
    sprin = wishes.order or (answers.once("order", lambda: order(app)) if wishes.escort else None)
    return replace(wishes, order=sprin, vehicle=wishes.vehicle or answers.once("vehicle", lambda: vehicle(app)))


def planned(names: Mapping[str, str], leg: tuple[str, str, str], wishes: Wishes, with_keys: tuple[str, ...] = (), **more: Any) -> Journey:
    """A journey of people (slot -> key name) over a leg (from, to, where it takes place)."""
    from custody.station.manifest import Escort, Journey

    start, end, place = leg
    return Journey(
        start=start,
        end=end,
        place=place,
        giver=names.get("giver"),
        receiver=names["receiver"],
        recorder=names.get("recorder"),
        through=names.get("through"),
        escort=Escort(wishes.escort or 0, with_keys, wishes.order),
        carrier=wishes.carrier,
        vehicle=plate(wishes.vehicle),
        **more,
    )


def needed(flag: str) -> NoReturn:
    """Raises WrongUse("cli.handoff.who")."""
    raise WrongUse("cli.handoff.who", slot=flag)
