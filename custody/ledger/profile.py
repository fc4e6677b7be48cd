"""Election profiles, data in profiles/*.toml: kinds of boxes, seal points, openings, legs between places (spec chapter 08)."""

from importlib.resources import files
from pathlib import Path
from typing import Any

from custody.core import shapes as s
from custody.core.errors import Malformed
from custody.core.kinds import BOX_TYPE, LEG, OPENING, PATTERN, PHASE, PROFILE
from custody.core.schema import many, record
from custody.reading import NotToml, read, toml

_MOST = 1 << 20  # bytes
_DEEPEST = 4  # profiles like others that are like others

_FIELDS = PROFILE.fields
_SHAPE = record(
    {
        "code": s.ELECTION,
        "leg": many(LEG, 0, 64),
        "name": s.NAME,
        "opening": many(OPENING, 0, len(s.OPENING_BASES)),
        "pattern": many(PATTERN, 0, len(s.VULNERABILITIES)),
        "phase": many(PHASE, 0, len(s.PHASES)),
        "points": many(s.POINT, 0, 32),
        "type": many(BOX_TYPE, 1, 16),
        **{name: _FIELDS[name] for name in ("plenary", "recap", "retention")},
    }
)
_SILENT: dict[str, Any] = {
    "leg": [],
    "opening": [],
    "pattern": [],
    "phase": [],
    "points": [],
    "plenary": False,
    "recap": 0,
    "retention": None,
}


class Profile:
    """A profile as read: `statement` is the field of a founding, `legs` the field of a places statement."""

    def __init__(self, name: str, table: dict[str, Any]) -> None:
        """:raises Malformed: `profile.field`."""
        table = _sorted({**_SILENT, **table})
        found = None if _SHAPE.ok(table) else _SHAPE.find(table) or ("", _SHAPE.name)
        if found is not None:
            raise Malformed("profile.field", profile=name, field=found[0].lstrip(".") or "-", expected=found[1])
        self.name = name
        self.statement = {
            "code": table["code"],
            "name": table["name"],
            "openings": _by("basis", table["opening"]),
            "patterns": _by("vulnerability", table["pattern"]),
            "phases": _by("phase", table["phase"]),
            "points": table["points"],
            "types": _by("code", table["type"]),
            **{field: table[field] for field in ("plenary", "recap", "retention")},
        }
        self.legs = sorted(table["leg"], key=lambda leg: (leg["from"], leg["to"]))


def _sorted(table: dict[str, Any]) -> dict[str, Any]:
    """As a person writes it: what is not stated is left out, and lists come in any order."""
    legs = [{"escorts": 0, "least": None, "limit": None, **leg} if isinstance(leg, dict) else leg for leg in _list(table["leg"])]
    phases = [_set(one, "points") for one in _list(table["phase"])]
    openings = [_set(_set(one, "invited"), "present") for one in _list(table["opening"])]
    return {**_set(table, "points"), "leg": legs, "phase": phases, "opening": openings}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _set(item: Any, field: str) -> Any:
    values = item.get(field) if isinstance(item, dict) else None
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        return item
    return {**item, field: sorted(set(values))}


def _by(field: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(items, key=lambda item: str(item[field]))


def names() -> tuple[str, ...]:
    """The profiles that come with the program."""
    return tuple(sorted(item.name[:-5] for item in _folder().iterdir() if item.name.endswith(".toml")))


def load(name: str, beside: Path | None = None) -> Profile:
    """A profile by its name, or by the path of a file (relative to `beside`) that ends in `.toml`.

    One that says `like` is that profile which comes with the program, but for what it states itself.

    :raises Malformed: `profile.unknown`, `profile.form`, `profile.field`.
    """
    if name in names():
        return Profile(name, _whole(name, _shipped(name), 0))
    if not name.endswith(".toml"):
        raise Malformed("profile.unknown", profile=ascii(name)[:100], known=names())
    return Profile(name, _whole(name, _own(name, (beside or Path()) / name), 0))


def _whole(name: str, text: bytes, depth: int) -> dict[str, Any]:
    """What the text states, and of the profile it is like all else."""
    try:
        table = toml(text)
    except NotToml as error:
        raise Malformed("profile.form", profile=ascii(name)[1:-1][:100], line=error.line) from None
    like = table.pop("like", None)
    if like is None:
        return table
    if like not in names() or depth > _DEEPEST:
        raise Malformed("profile.unknown", profile=ascii(like)[:100], known=names())
    return {**_whole(like, _shipped(like), depth + 1), **table}


def _shipped(name: str) -> bytes:
    return bytes((_folder() / f"{name}.toml").read_bytes())


def of_code(code: str) -> Profile | None:
    """The profile that comes with the program for an election code, None for one of somebody's own."""
    return next((profile for profile in map(load, names()) if profile.statement["code"] == code), None)


def _own(name: str, path: Path) -> bytes:
    try:
        return read(path, _MOST)
    except OSError:
        raise Malformed("profile.unknown", profile=ascii(name)[:100], known=names()) from None


def _folder() -> Any:
    return files("custody.ledger") / "profiles"
