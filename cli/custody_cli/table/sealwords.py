"""Seals as people type them: points and states in either language, with or without spaces, or as statements write them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from custody.i18n import words
from custody_cli.ground.app import App

STATES = {
    "utuh": "intact", "intact": "intact",
    "longgar": "loose", "loose": "loose",
    "robek": "torn", "sobek": "torn", "rusak": "torn", "putus": "torn", "terbuka": "torn", "torn": "torn", "open": "torn",
    "hilang": "missing", "lepas": "missing", "tidak ada": "missing", "missing": "missing",
    "ganti": "replaced", "diganti": "replaced", "replaced": "replaced",
}  # fmt: skip


def state(typed: str) -> str | None:
    """The state of a seal as statements write it."""
    return STATES.get(typed.lower())


def state_at_front(typed: Sequence[str]) -> tuple[str | None, list[str]]:
    """The state that the first words name (two of them for `tidak ada`), and the words that follow."""
    for size in (2, 1):
        found = state(" ".join(typed[:size])) if len(typed) >= size else None
        if found is not None:
            return found, list(typed[size:])
    return None, list(typed)


_ANOTHER = frozenset(("beda", "berbeda", "lain", "nomor", "nomornya", "no", "another", "other", "different", "number"))


def seen_at_front(typed: Sequence[str]) -> tuple[str | None, list[str]]:
    """The state that the first words name; a number alone, or after `nomornya lain`, is that of a seal that is whole and bears it."""
    found, rest = state_at_front(typed)
    if found is not None:
        return found, rest
    while rest and rest[0].lower() in _ANOTHER:
        rest = rest[1:]
    return ("intact", rest) if rest and number(rest[0]) is not None else (None, list(typed))


def other(typed: Sequence[str]) -> bool:
    """Whether people say that the number is another one, and not which."""
    return bool(typed) and all(word.lower() in _ANOTHER for word in typed)


def number(typed: str) -> str | None:
    """The number of a seal as statements write it: one piece with a digit in it; None for anything else."""
    from custody.core.shapes import NUMBER

    found = typed.upper()
    return found if NUMBER.ok(found) and any(mark.isdigit() for mark in found) else None


def tail(typed: Sequence[str], sure: Callable[[Sequence[str]], str | None]) -> tuple[str | None, str | None]:
    """What stands behind the state of a seal: a number, a box, or a number and a box; nothing where it is not both to the last word.

    :param sure: the box that words name for certain.
    """
    whole = sure(typed)
    if whole is not None or not typed:
        return None, whole
    found, box = number(typed[0]), sure(typed[1:])
    return (found, box) if found is not None and (box is not None) == (len(typed) > 1) else (None, None)


def point(typed: str, points: Sequence[str]) -> str | None:
    """The point of a seal: its number in the list from 1, its name (`tie-1`), or its words (`tali 1`, `tie 1`)."""
    if typed.isascii() and typed.isdigit() and 1 <= int(typed) <= len(points):
        return points[int(typed) - 1]
    return next((one for one in points if _plain(typed) in {_plain(name) for name in _names(one)}), None)


def at_front(typed: Sequence[str], points: Sequence[str]) -> tuple[str | None, list[str]]:
    """The point that the first words name (as many of them as can belong to it), and the words that follow."""
    for size in (2, 1):
        found = point(" ".join(typed[:size]), points) if len(typed) >= size else None
        if found is not None:
            return found, list(typed[size:])
    return None, list(typed)


def numbered(app: App, points: Sequence[str]) -> str:
    """The points as a list to choose from: `1 tutup · 2 celah`."""
    return " · ".join(f"{at} {words.say('seal.point', {'point': one}, app.lang)}" for at, one in enumerate(points, 1))


def listed(app: App, points: Sequence[str]) -> str:
    """The points in the order in which their numbers are taken: `tali 1 → tali 2 → tutup`."""
    return " → ".join(words.say("seal.point", {"point": one}, app.lang) for one in points)


def _names(point: str) -> tuple[str, ...]:
    return point, *((words.find(f"sealpoint.{point}") or {}).get(lang, point) for lang in words.LANGUAGES)


def _plain(text: str) -> str:
    return text.lower().replace(" ", "").replace("-", "")
