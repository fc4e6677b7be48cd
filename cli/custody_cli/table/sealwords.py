"""Seals as people type them: points and states in either language, with or without spaces, or as statements write them."""

from __future__ import annotations

from collections.abc import Sequence

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


def number(typed: str) -> str | None:
    """The number of a seal as statements write it: one piece with a digit in it; None for anything else."""
    from custody.core.shapes import NUMBER

    found = typed.upper()
    return found if NUMBER.ok(found) and any(mark.isdigit() for mark in found) else None


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
