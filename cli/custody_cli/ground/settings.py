"""The settings file `custody.toml`: read once into one frozen object; an unknown key is refused and the nearest known one named.

Order of what counts: flag, environment (CUSTODY_LANG, CUSTODY_LEDGER, CUSTODY_COLOR), file, default. The file is $CUSTODY_CONFIG, or
`custody.toml` in the folder for settings of this platform.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from custody.core.errors import Malformed
from custody.durable import trouble
from custody.reading import NotToml, read, toml
from custody_cli.ground.exits import WrongUse

LANGUAGES = ("id", "en")
COLOURS = ("auto", "always", "never")
SUFFIXES = ("enter", "tab", "none")
ROLES = ("authority", "supervisor", "kpps", "pps", "ppk", "keeper", "guard", "escort", "leader", "witness", "ledger")


@dataclass(frozen=True)
class Scanner:
    """The USB scanner: the key it presses after a code, and how long a pause ends a code where it presses none (milliseconds)."""

    suffix: str = "enter"
    timeout_ms: int = 80


@dataclass(frozen=True)
class Settings:
    """Everything that can be set. `origins` says for each key where its value came from: flag, env, file or default."""

    lang: str = "id"
    ledger: str | None = None
    trust: str | None = None
    colour: str = "auto"
    titles: Mapping[str, str] = field(default_factory=dict)
    scanner: Scanner = Scanner()
    file: Path | None = None
    origins: Mapping[str, str] = field(default_factory=dict)


# key -> (type, allowed values). A table of its own has a dict of keys in place of that.
_KEYS: dict[str, Any] = {
    "lang": (str, LANGUAGES),
    "ledger": (str, None),
    "trust": (str, None),
    "colour": (str, COLOURS),
    "titles": dict.fromkeys(ROLES, (str, None)),
    "scanner": {"suffix": (str, SUFFIXES), "timeout_ms": (int, None)},
}
_ENVIRONMENT = {"lang": "CUSTODY_LANG", "ledger": "CUSTODY_LEDGER", "trust": "CUSTODY_TRUST", "colour": "CUSTODY_COLOR"}
_MOST = 10_000
_MOST_BYTES = 65_536


def from_home(text: str) -> Path:
    """A path that may begin with ~; one whose owner nobody knows stays as it was typed."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def default_path(environ: Mapping[str, str], platform: str = sys.platform) -> Path:
    """Where the settings file lies: $CUSTODY_CONFIG, else the folder for settings of the platform."""
    if environ.get("CUSTODY_CONFIG"):
        return from_home(environ["CUSTODY_CONFIG"])
    home = from_home(environ.get("HOME") or environ.get("USERPROFILE") or "~")
    if platform == "win32":
        base = Path(environ.get("APPDATA") or home / "AppData" / "Roaming")
    elif platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    return base / "custody" / "custody.toml"


def load(environ: Mapping[str, str], flags: Mapping[str, str | None]) -> Settings:
    """The settings of this run. WrongUse("cli.settings.…") for a file that cannot be read, an unknown key or a value out of place."""
    path = default_path(environ)
    values = _checked(_read(path, demanded=bool(environ.get("CUSTODY_CONFIG"))), _KEYS, "", path)
    origins = dict.fromkeys(_leaves(values), "file")
    for source, given in (("env", {key: environ.get(name) for key, name in _ENVIRONMENT.items()}), ("flag", flags)):
        for key, value in given.items():
            if value:
                values[key] = _one(key, value, _KEYS[key], _ENVIRONMENT[key] if source == "env" else f"--{key}")
                origins[key] = source
    scanner = replace(Scanner(), **values.pop("scanner", {}))
    return Settings(**values, scanner=scanner, file=path, origins=origins)


def _leaves(values: Mapping[str, Any]) -> list[str]:
    return [f"{key}.{name}" for key, value in values.items() if isinstance(value, dict) for name in value] + [*values]


def _read(path: Path, demanded: bool) -> dict[str, Any]:
    try:
        return toml(read(path, _MOST_BYTES))
    except FileNotFoundError as error:
        if demanded:
            raise WrongUse("cli.settings.missing", file=str(path)) from error
        return {}
    except NotToml as error:
        raise WrongUse("cli.settings.form", file=str(path), reason=error.reason) from error
    except Malformed as error:
        raise WrongUse(error.code, **error.facts) from error
    except OSError as error:
        raise WrongUse("cli.settings.unreadable", file=str(path), reason=trouble(error)) from error


def _checked(table: Mapping[str, Any], keys: Mapping[str, Any], above: str, path: Path) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in keys:
            from difflib import get_close_matches

            near = get_close_matches(key, keys, 1, 0.5)
            raise WrongUse("cli.settings.unknown", key=above + key, near=above + near[0] if near else ", ".join(keys), file=str(path))
        if isinstance(keys[key], dict):
            if not isinstance(value, dict):
                raise WrongUse("cli.settings.table", key=above + key, file=str(path))
            values[key] = _checked(value, keys[key], f"{above}{key}.", path)
        else:
            values[key] = _one(above + key, value, keys[key], str(path))
    return values


def _one(key: str, value: Any, rule: tuple[type, tuple[str, ...] | None], source: str) -> Any:
    kind, allowed = rule
    if type(value) is not kind or value == "" or (isinstance(value, int) and not 1 <= value <= _MOST):
        raise WrongUse("cli.settings.type", key=key, wanted="text" if kind is str else "number", source=source)
    if allowed is not None and value not in allowed:
        raise WrongUse("cli.settings.value", key=key, value=str(value), allowed=allowed, source=source)
    return value
