"""Badges of places and officers: what a scanner types off one where something is asked (docs/spec/12-label.md, LABEL-16)."""

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from custody.intake.keyboards import readings
from custody.intake.scanline import cleaned

LONGEST = 80  # characters; no code of a place and no name of a key is longer


class Badge(NamedTuple):
    """What a badge says: the code of a place, or the name of an officer's key."""

    kind: Literal["place", "officer"]
    code: str


def badge(text: str, place: Callable[[str], bool], officer: Callable[[str], bool]) -> Badge | None:
    """The badge that was read, however the keyboard is set; None for other words.

    place, officer: whether a code is one of the ledger's. As it stands comes first, so that what a hand types is never read otherwise.
    """
    for form in _forms(cleaned(text)):
        if place(form):
            return Badge("place", form)
        if officer(form):
            return Badge("officer", form)
    return None


def _forms(typed: str) -> Iterator[str]:
    """A text as the scanner may have meant it: codes of places are in capitals, names of keys in small letters."""
    if 0 < len(typed) <= LONGEST:
        yield typed
        for _, read in readings(typed):
            yield from (read, read.lower())
