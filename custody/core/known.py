"""What the law knows when it judges: who may sign, where boxes may go, which boxes and codes exist, where each box is (chapter 10)."""

from typing import Protocol

from custody.core.holding import Holding
from custody.core.places import Places
from custody.core.profile import Profile
from custody.core.register import Register
from custody.core.roster import Roster


class Known(Protocol):
    """The state on top of which a statement is judged."""

    @property
    def roster(self) -> Roster: ...
    @property
    def places(self) -> Places: ...
    @property
    def register(self) -> Register: ...
    @property
    def skew(self) -> int: ...
    @property
    def profile(self) -> Profile: ...
    @property
    def guard_receives(self) -> bool: ...

    def routine(self, index: int) -> set[tuple[object, ...]]:
        """Combinations of kind, names and places of which `duties` found nothing at an entry like this one (`Routine`); it adds to them."""

    def holding(self, box: str) -> Holding | None:
        """The state of a box after its last link."""
