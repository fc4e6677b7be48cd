"""Election profiles, data in profiles/*.toml: kinds of boxes, seal points, legs between places (spec chapter 08)."""

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

from custody.core import shapes as s
from custody.core.errors import Malformed
from custody.core.schema import BOOLEAN, integer, many, null_or, one_of, record
from custody.reading import read

_MOST = 1 << 20  # bytes

_TYPE = record({"code": s.TYPE, "colour": s.CODE, "name": s.NAME})
_LEG = record({"escort": BOOLEAN, "from": one_of(*s.PLACE_KINDS), "limit": null_or(integer(1, 100_000)), "to": one_of(*s.PLACE_KINDS)})
_SHAPE = record(
    {"code": s.ELECTION, "leg": many(_LEG, 0, 64), "name": s.NAME, "points": many(s.POINT, 0, 32), "type": many(_TYPE, 1, 16)}
)


class Profile:
    """A profile as read: `statement` is the field of a founding, `legs` the field of a places statement."""

    def __init__(self, name: str, table: dict[str, Any]) -> None:
        """:raises Malformed: `profile.field`."""
        table = {"leg": [], "points": [], **table}
        table["leg"] = [{"limit": None, **leg} if isinstance(leg, dict) else leg for leg in table["leg"]]
        found = None if _SHAPE.ok(table) else _SHAPE.find(table) or ("", _SHAPE.name)
        if found is not None:
            raise Malformed("profile.field", profile=name, field=found[0].lstrip(".") or "-", expected=found[1])
        self.name = name
        self.statement = {
            "code": table["code"],
            "name": table["name"],
            "points": sorted(set(table["points"])),
            "types": sorted(table["type"], key=lambda item: str(item["code"])),
        }
        self.legs = sorted(table["leg"], key=lambda leg: (leg["from"], leg["to"]))


def names() -> tuple[str, ...]:
    """The profiles that come with the program."""
    return tuple(sorted(item.name[:-5] for item in _folder().iterdir() if item.name.endswith(".toml")))


def load(name: str, beside: Path | None = None) -> Profile:
    """A profile by its name, or by the path of a file (relative to `beside`) that ends in `.toml`.

    :raises Malformed: `profile.unknown`, `profile.form`, `profile.field`.
    """
    if name in names():
        text = (_folder() / f"{name}.toml").read_text("utf-8")
    elif name.endswith(".toml"):
        text = _own(name, (beside or Path()) / name)
    else:
        raise Malformed("profile.unknown", profile=ascii(name)[:100], known=names())
    try:
        return Profile(name, tomllib.loads(text))
    except tomllib.TOMLDecodeError:
        raise Malformed("profile.form", profile=name) from None


def of_code(code: str) -> Profile | None:
    """The profile that comes with the program for an election code, None for one of somebody's own."""
    return next((profile for profile in map(load, names()) if profile.statement["code"] == code), None)


def _own(name: str, path: Path) -> str:
    try:
        return read(path, _MOST).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        raise Malformed("profile.unknown", profile=ascii(name)[:100], known=names()) from None


def _folder() -> Any:
    return files("custody.ledger") / "profiles"
