"""Names that a ledger tells everybody: places and boxes by name, people by their keys (docs/spec/07-statement.md)."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from custody.core.boxid import BoxId
from custody.core.errors import CustodyError

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.core.state import State
    from custody_cli.boxes.directory import Directory


class Named(ABC):
    """Names to show: places by code, people by key; what nobody has named stays the code."""

    @property
    @abstractmethod
    def state(self) -> "State":
        """What the entries add up to."""

    @property
    @abstractmethod
    def size(self) -> int:
        """How many entries there are."""

    @property
    @abstractmethod
    def people(self) -> Mapping[str, str]:
        """key name -> rank and name, of those that are known."""

    @abstractmethod
    def typed(self, box: str) -> str:
        """How a box can be typed in a command."""

    def person(self, key: str | None) -> str:
        """A person as a sentence names him."""
        if key is None:
            return "—"
        told = self.people.get(key)
        return f"{told} ({key})" if told else key

    def place(self, code: str) -> str:
        """A place as a sentence names it: `TPS 003 Habi`, `PPS Habi`'s desa by its name, a store by its own."""
        found = self.state.places.get(code, self.size)
        if found is None:
            return code
        above = self.state.places.get(found.parent, self.size) if found.kind == "tps" and found.parent else None
        return f"{found.name} {above.name}" if above is not None else found.name

    def box(self, box: str) -> str:
        """A box as a sentence names it: `TPS 003 Habi · DPR`; another round than the first is told. What is no box id stays as it is."""
        try:
            one = BoxId.parse(box)
        except CustodyError:
            return box
        return self.home(one) + f" · {one.type}" + (f" · {one.number}" if one.number > 1 else "")

    def home(self, one: BoxId) -> str:
        """Where a box belongs: `TPS 003 Habi`; a recapitulation box `PPK Kangae`."""
        place = self.place(one.place)
        return f"PPK {place}" if one.station == "PPK" else place


class PublicNames(Named):
    """Those of a ledger without an office: an export."""

    def __init__(self, state: "State", size: int) -> None:
        self._state, self._size = state, size

    @property
    def state(self) -> "State":
        return self._state

    @property
    def size(self) -> int:
        return self._size

    @property
    def people(self) -> Mapping[str, str]:
        return {}

    def typed(self, box: str) -> str:
        """Its id: nobody here has a list of boxes to search."""
        return box


@dataclass(frozen=True)
class Names(Named):
    """Names as the office knows them: also of people, where the private register tells."""

    office: "Office"

    @property
    def state(self) -> "State":
        return self.office.ledger.state

    @property
    def size(self) -> int:
        return self.office.ledger.size

    @cached_property
    def people(self) -> dict[str, str]:
        """key name -> rank and name, where the private register has them."""
        found = {}
        for card in self.office.people():
            told = " ".join(part for part in (card.rank, card.name) if part)
            if told:
                found[card.key] = told
        return found

    def typed(self, box: str) -> str:
        """How a box can be typed in a command: in words if those are sure, else its id."""
        return self._directory.typed_box(box)

    @cached_property
    def _directory(self) -> "Directory":
        from custody_cli.boxes.directory import Directory

        return Directory(self.office)
