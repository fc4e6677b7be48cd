"""The catalogues of words: complete in both languages, with the same places, and with words for every code that is raised."""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from custody.core.findings import SEVERITY
from custody.i18n import words

ROOT = Path(__file__).parent.parent.parent
FILES = sorted((ROOT / "custody" / "i18n" / "words").glob("*.toml"))
CODE = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*\.[a-z0-9]+([._-][a-z0-9]+)*", re.IGNORECASE)
# Findings bring these beside their facts (custody_cli/findings.py); the zone is that of the ledger.
EVERYWHERE = frozenset({"zone", "box", "entry", "entries", "last"})
FORMS = ("", "d", "when", "clock", "day", "short", "span")
RAISED = {
    "Malformed",
    "BadSignature",
    "Altered",
    "Refused",
    "KeyTrouble",
    "Locked",
    "NoLedger",
    "Undecided",
    "WrongUse",
    "finding",
    "Finding",
}

# Calls that collect faults of an input; the facts that they add themselves are not read here.
COLLECTED = {"Fault", "Reason", "add", "warn", "stop"}


def tables() -> list[tuple[str, str, dict[str, str]]]:
    """(room, code, fields) of every table of every catalogue, read strictly."""
    return [(file.stem, code, fields) for file in FILES for code, fields in tomllib.loads(file.read_text("utf-8")).items()]


ALL = tables()


def test_no_code_stands_in_two_catalogues() -> None:
    seen: dict[str, str] = {}
    twice = [f"{code}: {seen[code]} and {room}" for room, code, _ in ALL if seen.setdefault(code, room) != room]
    assert twice == []


def test_words_of_commands_lie_where_they_are_looked_for() -> None:
    strayed = [f"{room}: {code}" for room, code, _ in ALL if code.startswith("cli.") and room not in ("cli", f"cli-{code.split('.')[1]}")]
    assert strayed == []


@pytest.mark.parametrize("room", [file.stem for file in FILES])
def test_every_code_is_whole_in_both_languages(room: str) -> None:
    faults = [fault for name, code, fields in ALL if name == room for fault in faults_of(code, fields)]
    assert faults == []


def faults_of(code: str, fields: dict[str, str]) -> list[str]:
    """What is wrong with one table."""
    faults = [] if CODE.fullmatch(code) else [f"{code}: no code"]
    faults += [f"{code}: unknown field {name}" for name in fields if name not in words.FIELDS]
    faults += [f"{code}: no {lang}" for lang in words.LANGUAGES if not str(fields.get(lang, "")).strip()]
    faults += [f"{code}: kind is not text" for kind in [fields.get("kind", "text")] if kind != "text"]
    for first, second in (("id", "en"), ("next_id", "next_en"), ("about_id", "about_en")):
        if (first in fields) != (second in fields):
            faults.append(f"{code}: {first} without {second} or the other way round")
        elif names(fields.get(first, "")) != names(fields.get(second, "")) and not first.startswith("about"):
            faults.append(f"{code}: {first} and {second} have different places")
    for text in (fields.get(name, "") for name in words.FIELDS if not name.startswith("about")):
        faults += [f"{code}: unknown form {{{place.name}:{place.form}}}" for place in words.places(text) if not form_is_known(place.form)]
        faults += [
            f"{code}: a brace outside a place: {text}"
            for rest in [re.sub(r"\{[a-z][a-z0-9_]*(:[^{}]+)?\}", "", text)]
            if {"{", "}"} & set(rest)
        ]
    return faults


def names(text: str) -> set[str]:
    """The facts that a sentence asks for; a role's title needs none."""
    return {place.name for place in words.places(text) if place.form != "title" or not words.known(f"title.{place.name}")}


def form_is_known(form: str) -> bool:
    return form in FORMS or form.startswith("to:") or "|" in form or any(code.startswith(form + ".") for _, code, _ in ALL)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"id": "a"}, "no en"),
        ({"id": "{x}", "en": "{y}"}, "different places"),
        ({"id": "a", "en": "a", "next_id": "b"}, "without next_en"),
        ({"id": "a", "en": "a", "nexd_id": "b"}, "unknown field"),
        ({"id": "{x:nothing-such}", "en": "{x}"}, "unknown form"),
        ({"id": "{X}", "en": "a"}, "brace"),
    ],
)
def test_the_check_itself_finds_faults(fields: dict[str, str], fault: str) -> None:
    assert any(fault in found for found in faults_of("a.b", fields))


class Raised(NamedTuple):
    """One place in the sources that gives a code: where, and the facts given there (None where that cannot be read off)."""

    code: str
    path: Path
    line: int
    facts: frozenset[str] | None

    @property
    def place(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}"


@cache
def raised() -> tuple[Raised, ...]:
    """Every place where the sources give a constant code to an error, a finding or a fault."""
    found = []
    for path in sorted([*(ROOT / "custody").rglob("*.py"), *(ROOT / "cli").rglob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                found += [Raised(code, path, node.lineno, facts_of(node)) for code in codes_of(node)]
    return tuple(found)


def called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def codes_of(call: ast.Call) -> list[str]:
    """The constant codes that a call is given first; both branches of a conditional one."""
    if called(call) not in RAISED | COLLECTED:
        return []
    branches = [call.args[0].body, call.args[0].orelse] if isinstance(call.args[0], ast.IfExp) else [call.args[0]]
    constants = [one.value for one in branches if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return [text for text in constants if "." in text and CODE.fullmatch(text)]


def facts_of(call: ast.Call) -> frozenset[str] | None:
    names = [keyword.arg for keyword in call.keywords]
    return None if None in names or called(call) in COLLECTED else frozenset(name for name in names if name is not None)


def added_later(room: Path) -> frozenset[str]:
    """Facts that a room puts into an error on its way up: `error.facts.setdefault("path", …)` or `error.facts["path"] = …`."""
    sources = "".join(path.read_text("utf-8") for path in room.glob("*.py"))
    return frozenset(re.findall(r"""\.facts(?:\.setdefault\(|\[)["'](\w+)["']""", sources))


def test_the_reader_of_sources_sees_codes() -> None:
    assert {"date.utc", "cli.no_ledger", "merkle.range"} <= {one.code for one in raised()}


def test_every_code_that_is_raised_has_words() -> None:
    missing = {one.code: one.place for one in raised() if not words.known(one.code)}
    missing.update({code: "custody/core/findings.py" for code in SEVERITY if not words.known(code)})
    assert missing == {}, f"{len(missing)} codes without words"


def test_sentences_use_only_facts_that_are_given() -> None:
    faults = []
    for one in raised():
        fields = words.find(one.code) or {}
        wanted = set().union(*(names(fields.get(name, "")) for name in ("id", "next_id")))
        if one.facts is not None and (gone := wanted - one.facts - EVERYWHERE - added_later(one.path.parent)):
            faults.append(f"{one.place} {one.code}: no fact {', '.join(sorted(gone))}")
    assert faults == []
