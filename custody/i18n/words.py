"""Codes and facts to sentences in Indonesian and English, from the catalogues in words/ (no spec chapter).

A catalogue is `words/<room>.toml`, one table a code:

    ["note.lines"]
    id = "Catatan memuat {count} baris tanda tangan; paling banyak 16."     # required
    en = "The note has {count} {count:line|lines}; at most 16."              # required
    next_id = "…"    next_en = "…"      # optional: what to do or type next
    about_id = "…"   about_en = "…"     # optional: what this means, for `custody help CODE`
    kind = "text"                       # optional: words of a screen or page, not a message; never listed as a help topic

A code `a.b.c` is looked for in `a-b.toml`, then `a.toml`, then everywhere: name the file after the code and only that file is read. Codes
`cli.*` lie in the first two only, because help asks for many that are optional and must not read every catalogue to find none.
Places in a sentence: `{name}` (whole numbers grouped, 19.428); `{name:d}` digits as they are typed; `{name:when}`, `{name:clock}` and
`{name:day}` UTC text as date and clock, clock or date alone, in the zone of the fact `zone`; `{name:short}` the first 12 characters;
`{name:span}` minutes as people say them, `5 jam 8 menit`;
`{name:to:other}` a number and another fact as a range, one alone where they are equal; `{name:one|many}` one of two words by a number;
`{name:title}` the words of code `title.<value>`, or the value when there are none (any prefix of codes can stand for `title`); a role
needs no fact: `{supervisor:title}`.
Of a value of several words the first is looked up (`torn 00123`), or each one where all of them are known (`lid slot`).
Every fact is cleaned (screen.clean) before it enters a sentence. Nothing here raises, whatever the facts hold.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

from custody.core.errors import CustodyError
from custody.i18n import dates
from custody.i18n.screen import clean

Facts: TypeAlias = Mapping[str, object] | None
Titles: TypeAlias = Mapping[str, str] | None

LANGUAGES = ("id", "en")
FIELDS = ("id", "en", "next_id", "next_en", "about_id", "about_en", "kind")
_LONGEST = 600
_LARGEST = 10**30
_LONGEST_LIST = 40
_NOTHING = ("-", "—")  # how facts say that nothing was stated
_FOLDER = Path(__file__).with_name("words")
_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)(?::([^{}]+))?\}")


@dataclass(frozen=True)
class Place:
    """One place of a sentence: the name of a fact and how it is to be shown ("" for as it is)."""

    name: str
    form: str


def places(sentence: str) -> tuple[Place, ...]:
    """The places of a sentence, in order."""
    return tuple(Place(name, form) for name, form in _PLACE.findall(sentence))


@cache
def rooms() -> tuple[str, ...]:
    """The names of all catalogues, sorted."""
    return tuple(sorted(entry.name[:-5] for entry in _FOLDER.iterdir() if entry.name.endswith(".toml")))


@cache
def catalogue(room: str) -> Mapping[str, Mapping[str, str]]:
    """One catalogue by code; empty when it is absent or cannot be read (a test reads every one of them strictly)."""
    try:
        return tomllib.loads((_FOLDER / f"{room}.toml").read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def codes() -> Iterator[tuple[str, str]]:
    """Every (room, code) there is, sorted by room."""
    for room in rooms():
        for code in catalogue(room):
            yield room, code


@cache
def find(code: str) -> Mapping[str, str] | None:
    """The fields of a code, or None when no catalogue knows it."""
    head, *tail = code.split(".")
    near = [f"{head}-{tail[0]}", head] if tail else [head]
    for room in near if head == "cli" else near + [room for room in rooms() if room not in near]:
        fields = catalogue(room).get(code)
        if isinstance(fields, Mapping):
            return fields
    return None


def known(code: str) -> bool:
    """Whether any catalogue has words for `code`."""
    return find(code) is not None


def say(code: str, facts: Facts = None, lang: str = "id", titles: Titles = None) -> str:
    """The sentence of a code with its facts; for an unknown code the code and the facts themselves. Never raises.

    `titles` replaces words of `title.*` (roles), as the setting of that name does (supervisor shown as "Kasatops").
    """
    fields = find(code)
    if fields is None or lang not in fields:
        return _bare(code, facts or {}, lang)
    return fill(fields[lang], facts or {}, lang, titles or {})


def next_step(code: str, facts: Facts = None, lang: str = "id", titles: Titles = None) -> str | None:
    """The next thing to do or type after `code`, or None when the catalogue names none. Never raises."""
    fields = find(code) or {}
    sentence = fields.get(f"next_{lang}")
    return None if sentence is None else fill(sentence, facts or {}, lang, titles or {})


def about(code: str, lang: str = "id") -> str | None:
    """The longer explanation of a code for its help page, or None."""
    return (find(code) or {}).get(f"about_{lang}")


def fill(sentence: str, facts: Mapping[str, object], lang: str, titles: Mapping[str, str]) -> str:
    """Put cleaned facts into the places of a sentence; a place without a fact stays visible as {name}."""

    def shown(found: re.Match[str]) -> str:
        name, form = found[1], found[2] or ""
        if name not in facts:
            return _worded(form, name, facts, lang, titles) if form == "title" and known(f"title.{name}") else f"{{{name}}}"
        return _shown(facts[name], form, facts, lang, titles)

    return _PLACE.sub(shown, sentence)


def _bare(code: str, facts: Mapping[str, object], lang: str) -> str:
    said = ", ".join(f"{clean(str(name))}={_plain(value, lang)}" for name, value in facts.items())
    return clean(code) + (f" ({said})" if said else "")


def _plain(value: object, lang: str) -> str:
    if value is None:
        return "—"
    if isinstance(value, bool):
        return {"id": ("tidak", "ya"), "en": ("no", "yes")}[lang][value]
    if isinstance(value, int):
        return dates.number(value, lang) if abs(value) < _LARGEST else hex(value)[:_LONGEST]
    if isinstance(value, bytes):
        return value[:_LONGEST].hex()
    if isinstance(value, (list, tuple, set, frozenset)):
        return _listed(sorted(map(str, value)) if isinstance(value, (set, frozenset)) else list(value), lang)
    return clean(str(value), _LONGEST)


def _listed(values: list[object] | list[str], lang: str) -> str:
    said = ", ".join(_plain(value, lang) for value in values[:_LONGEST_LIST])
    more = len(values) - _LONGEST_LIST
    rest = {"id": "dan {} lagi", "en": "and {} more"}[lang]
    return f"{said}, {rest.format(dates.number(more, lang))}" if more > 0 else said


def _shown(value: object, form: str, facts: Mapping[str, object], lang: str, titles: Mapping[str, str]) -> str:
    match form:
        case "":
            return _plain(value, lang)
        case "d":
            return ", ".join(clean(str(one), _LONGEST) for one in (value if isinstance(value, (list, tuple)) else [value]))
        case "short":
            return clean(str(value))[:12]
        case "span" if isinstance(value, int):
            return _span(value, lang)
        case "when" | "clock" | "day":
            return _timed(str(value), form, facts, lang) if value != "-" else _worded("stated", value, facts, lang, titles)
    if form.startswith("to:"):
        last = facts.get(form[3:], value)
        return _plain(value, lang) if last == value else f"{_plain(value, lang)}–{_plain(last, lang)}"
    if "|" in form:
        one, many = form.split("|", 1)
        return one if value == 1 else many
    return _worded(form, value, facts, lang, titles)


def _span(minutes: int, lang: str) -> str:
    """`12 menit`, `5 jam 8 menit`, `2 jam`: what is left over of an hour is told only where there is any."""
    hours, rest = divmod(max(minutes, 0), 60)
    told = {"id": ("jam", "jam", "menit", "menit"), "en": ("hour", "hours", "minute", "minutes")}[lang]
    parts = [f"{dates.number(hours, lang)} {told[hours != 1]}"] if hours else []
    return " ".join([*parts, *([f"{rest} {told[2 + (rest != 1)]}"] if rest or not hours else [])])


def _timed(text: str, form: str, facts: Mapping[str, object], lang: str) -> str:
    try:
        zone = str(facts.get("zone", "UTC"))
        return {"when": dates.when, "clock": dates.clock, "day": dates.day}[form](text, zone, lang)
    except CustodyError:
        return clean(text, _LONGEST)


def _worded(prefix: str, value: object, facts: Mapping[str, object], lang: str, titles: Mapping[str, str]) -> str:
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(_worded(prefix, one, facts, lang, titles) for one in sorted(map(str, value)))
    if prefix == "title" and str(value) in titles:
        return clean(titles[str(value)], _LONGEST)
    whole = _word(prefix, str(value), lang)
    if whole is not None or " " not in str(value):
        return _plain(value, lang) if whole is None else whole
    parts = str(value).split()
    each = [_word(prefix, part, lang) for part in parts]
    if None not in each:
        return ", ".join(map(str, each))
    return _plain(" ".join([each[0] or parts[0], *parts[1:]]), lang)


def _word(prefix: str, value: str, lang: str) -> str | None:
    return (find(f"{prefix}.{'nothing' if value in _NOTHING else value}") or {}).get(lang)
