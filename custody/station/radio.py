"""A message for radio or SMS: 160 characters at most, all of which GSM phones write as one (3GPP TS 23.038; no chapter of the spec).

What must not be lost stands at the beginning and the end; only the middle is cut.
"""

import unicodedata

MOST = 160
# The characters of the basic table that every phone and every typist has; letters with strokes and Greek are written without.
ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 !\"#%&'()*+,-./:;<=>?@$_")
_INSTEAD = {"·": "-", "–": "-", "—": "-", "…": "..", "“": '"', "”": '"', "‘": "'", "’": "'", "→": ">"}


def plain(text: str) -> str:
    """Text in the alphabet: accents dropped, dashes and quotes as typists write them; what cannot be written is left out."""
    swapped = "".join(_INSTEAD.get(mark, mark) for mark in text)
    bare = unicodedata.normalize("NFKD", swapped)
    return " ".join("".join(mark if mark in ALPHABET else " " if mark.isspace() else "" for mark in bare).split())


def message(head: str, middle: str, tail: str, most: int = MOST) -> str:
    """Head, as much of the middle as fits, and tail; all in the alphabet. Head and tail must leave room, else the head is cut too."""
    head, middle, tail = plain(head), plain(middle), plain(tail)
    room = most - len(tail) - 1
    front = f"{head} {middle}".strip()
    if len(front) > room:
        front = f"{front[: room - 2].rstrip()}.."
    return f"{front} {tail}"
