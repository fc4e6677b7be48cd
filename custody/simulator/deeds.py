"""Deeds: what was done, when, where, by whom, to which boxes; and how it is recorded, if anybody records it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Any, Protocol

Body = dict[str, Any]


class Told(Protocol):
    """What has been told before: deed -> the statement that tells of it."""

    sids: dict[str, str]


Tell = Callable[[Body, Told], Body]


@dataclass(frozen=True)
class Record:
    """How a deed is written down.

    signers: who signs; None for everybody who should. tell: what a recorder makes of the honest account; None for an honest one.
    after: seconds from the deed to the draft. delay: seconds until it reaches the ledger; None for what the place is used to.
    later: further signatures that reach the ledger on their own, each after so many seconds. basis: now, paper or memory.
    lost: it was written and signed, and never reached the ledger. again: the very same note is logged a second time.
    known: the deed that is, as far as the recorder knows, the last one that moved a box; for all others it is what really was.
    """

    signers: tuple[str, ...] | None = None
    tell: Tell | None = None
    after: int = 60
    delay: int | None = None
    later: tuple[tuple[tuple[str, ...], int], ...] = ()
    basis: str = "now"
    lost: bool = False
    again: bool = False
    known: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Deed:
    """One thing done. at: Unix seconds. who: people by what they did; facts: whatever else is true of it. record: None, nobody tells."""

    name: str
    at: int
    what: str
    place: str
    boxes: tuple[str, ...] = ()
    who: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    record: Record | None = None

    def told(self, **changes: Any) -> "Deed":
        """The same deed, recorded otherwise."""
        return replace(self, record=replace(self.record or Record(), **changes))


class Script:
    """The deeds of a night by name; planters add to them, change them, take them away."""

    def __init__(self, deeds: Iterable[Deed]) -> None:
        self.deeds: dict[str, Deed] = {}
        self._of_box: dict[str, list[str]] = {}
        self.taken: set[str] = set()  # boxes, places and deeds that a fault has already touched
        for deed in deeds:
            self.add(deed)

    def add(self, deed: Deed) -> Deed:
        """A deed more, under a name of its own."""
        if deed.name in self.deeds:
            raise ValueError(f"two deeds are named {deed.name}")
        self.deeds[deed.name] = deed
        for box in deed.boxes:
            self._of_box.setdefault(box, []).append(deed.name)
        return deed

    def change(self, name: str, **changes: Any) -> Deed:
        """Another account of what was done, under the same name."""
        old = self.deeds[name]
        new = self.deeds[name] = replace(old, **changes)
        for box in set(new.boxes) - set(old.boxes):
            self._of_box.setdefault(box, []).append(name)
        return new

    def put(self, deed: Deed) -> Deed:
        """A changed deed in the place of the one with its name."""
        return self.change(deed.name, **{one.name: getattr(deed, one.name) for one in fields(deed) if one.name != "name"})

    def drop(self, name: str) -> None:
        """It never happened."""
        del self.deeds[name]

    def of(self, box: str) -> list[Deed]:
        """The deeds that touch a box, the earliest first."""
        names = dict.fromkeys(self._of_box.get(box, ()))
        return sorted((self.deeds[name] for name in names if name in self.deeds and box in self.deeds[name].boxes), key=_when)

    def in_order(self) -> Iterator[Deed]:
        """All deeds as they happened."""
        return iter(sorted(self.deeds.values(), key=_when))


def _when(deed: Deed) -> tuple[int, str]:
    return deed.at, deed.name
