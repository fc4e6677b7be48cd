"""The people of the demonstration: plainly invented, each with an own key file under one known passphrase."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from custody.core.note import VerifierKey
from custody.station import keyfile
from custody.station.table import Seat

if TYPE_CHECKING:
    from custody.station.keyfile import KeyFile

PASSPHRASE = "contoh kangae"
_ROUNDS = 1  # the passphrase is printed on the screen; a real key takes 64


class Clock:
    """The invented time of the journey; it goes on a second each time it is looked at."""

    def __init__(self, start: str) -> None:
        self.now = datetime.fromisoformat(start).astimezone(UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def go(self, start: str) -> None:
        """Go on to a later moment of the story."""
        self.now = max(self.now, datetime.fromisoformat(start).astimezone(UTC))


class Present(Clock):
    """The time that it is: a drill happens now."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock

    def __call__(self) -> datetime:
        return self._clock()


@dataclass(frozen=True)
class Actor:
    """One invented person: the key file and what is written about the person in the private register."""

    path: Path
    key: VerifierKey
    role: str
    places: tuple[str, ...]
    name: str
    institution: str | None = None

    def seat(self, slot: str) -> Seat:
        """This person at the table."""
        return Seat(slot, self.key, self.open, self.path.parent)

    def open(self) -> "KeyFile":
        """The opened key."""
        return keyfile.load_key(self.path, lambda: PASSPHRASE.encode())


class Cast:
    """All actors by the name of their key; made on first mention."""

    def __init__(self, folder: Path, random: Callable[[int], bytes]) -> None:
        self._folder, self._random = folder, random
        self.actors: dict[str, Actor] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, name: str, role: str, places: tuple[str, ...], shown: str, institution: str | None = None) -> Actor:
        """A new person with a new key."""
        path = self._folder / name
        key = keyfile.new_key(path, name, PASSPHRASE.encode(), random=self._random, rounds=_ROUNDS)
        self.actors[name] = Actor(path, key, role, places, shown, institution)
        return self.actors[name]

    def __getitem__(self, name: str) -> Actor:
        return self.actors[name]
