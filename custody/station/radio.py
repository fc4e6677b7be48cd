"""A message for radio or SMS: 160 characters at most, all of which GSM phones write as one (3GPP TS 23.038; no chapter of the spec).

What must not be lost stands at the beginning and the end; only the middle is cut.
"""

import unicodedata
from collections.abc import Sequence

MOST = 160
# The characters of the basic table that every phone and every typist has; letters with strokes and Greek are written without.
ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 !\"#%&'()*+,-./:;<=>?@$_")
_INSTEAD = {"·": "-", "–": "-", "—": "-", "…": "..", "“": '"', "”": '"', "‘": "'", "’": "'", "→": ">"}


def plain(text: str) -> str:
    """Text in the alphabet: accents dropped, dashes and quotes as typists write them; what cannot be written is left out."""
    swapped = "".join(_INSTEAD.get(mark, mark) for mark in text)
    bare = unicodedata.normalize("NFKD", swapped)
    return " ".join("".join(mark if mark in ALPHABET else " " if mark.isspace() else "" for mark in bare).split())


def message(head: str, middle: str, tail: str, most: int = MOST, shorter: Sequence[str] = ()) -> str:
    """Head, as much of the middle as fits, and tail; all in the alphabet. Head and tail must leave room, else the head is cut too.

    :param shorter: other words for the middle, ever shorter ones; the first that fits is taken, and only the last is cut, between words.
    """
    tail = plain(tail)
    room = most - len(tail) - 1
    fronts = [plain(f"{head} {one}") for one in (middle, *shorter)]
    front = next((one for one in fronts if len(one) <= room), fronts[-1])
    if len(front) > room:
        kept = front[: room - 2]
        kept = kept if front[room - 2] == " " or " " not in kept else kept.rpartition(" ")[0]
        front = f"{kept.rstrip(' ,:-')}.."
    return f"{front} {tail}"
