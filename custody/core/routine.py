"""Routine: who hands on with whom and where, judged once for as long as roster and places stand as they are (spec chapter 10, LAW-10).

Most statements are of few people at few places, over and over: the boxes of a polling station go the same way. Nothing is known by this
that `duties` would not say again; what is forgotten is judged anew.
"""

from custody.core.places import Places
from custody.core.roster import Roster

_MOST = 4096  # combinations at hand


class Routine:
    """Combinations of kind, names and places of which nothing was found; empty again whenever roster or places change."""

    def __init__(self) -> None:
        self._found: set[tuple[object, ...]] = set()
        self._stood = (-1, -1)

    def at(self, index: int, roster: Roster, places: Places) -> set[tuple[object, ...]]:
        """Those of an entry; to be added to. What holds now says nothing of an entry before the last change: then a set for once."""
        stands = (roster.changes, places.changed)
        if stands != self._stood or len(self._found) > _MOST:
            self._found, self._stood = set(), stands
        return self._found if index >= roster.newest and index >= places.changed else set()
