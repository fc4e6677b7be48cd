"""The catalogues of words: complete in both languages, with the same places, and with words for every code that is raised."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from custody.core.findings import SEVERITY
from custody.i18n import words

ROOT = Path(__file__).parent.parent.parent
FILES = sorted((ROOT / "custody" / "i18n" / "words").glob("*.toml"))
CODE = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*\.[a-z0-9]+([._-][a-z0-9]+)*", re.IGNORECASE)
FORMS = ("", "d", "when", "clock", "short")
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


def tables() -> list[tuple[str, str, dict[str, str]]]:
    """(room, code, fields) of every table of every catalogue, read strictly."""
    return [(file.stem, code, fields) for file in FILES for code, fields in tomllib.loads(file.read_text("utf-8")).items()]


ALL = tables()


def test_no_code_stands_in_two_catalogues() -> None:
    seen: dict[str, str] = {}
    twice = [f"{code}: {seen[code]} and {room}" for room, code, _ in ALL if seen.setdefault(code, room) != room]
    assert twice == []


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
    return {place.name for place in words.places(text)}


def form_is_known(form: str) -> bool:
    return form in FORMS or "|" in form or any(code.startswith(form + ".") for _, code, _ in ALL)


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


def raised_codes() -> dict[str, set[tuple[str, frozenset[str] | None]]]:
    """Every code that the sources give to an error or a finding, with where it stands and the facts given there (None: with **)."""
    found: dict[str, set[tuple[str, frozenset[str] | None]]] = {}
    for path in sorted([*(ROOT / "custody").rglob("*.py"), *(ROOT / "cli").rglob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            for code in codes_of(node):
                call = node if isinstance(node, ast.Call) else None
                facts = facts_of(call) if call is not None else frozenset()
                found.setdefault(code, set()).add((f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}", facts))
    return found


def codes_of(node: ast.AST) -> list[str]:
    """The constant codes in a call of an error class or of `finding`; both branches of a conditional one."""
    if not isinstance(node, ast.Call) or not node.args:
        return []
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if name not in RAISED:
        return []
    branches = [node.args[0].body, node.args[0].orelse] if isinstance(node.args[0], ast.IfExp) else [node.args[0]]
    return [one.value for one in branches if isinstance(one, ast.Constant) and isinstance(one.value, str) and "." in one.value]


def facts_of(call: ast.Call) -> frozenset[str] | None:
    names = [keyword.arg for keyword in call.keywords]
    return None if None in names else frozenset(name for name in names if name is not None)


def test_the_reader_of_sources_sees_codes() -> None:
    assert {"date.utc", "cli.no_ledger", "merkle.range"} <= set(raised_codes())


def test_every_code_that_is_raised_has_words() -> None:
    missing = {code: sorted(place for place, _ in where)[0] for code, where in raised_codes().items() if not words.known(code)}
    missing.update({code: "custody/core/findings.py" for code in SEVERITY if not words.known(code)})
    assert missing == {}, f"{len(missing)} codes without words"


def test_sentences_use_only_facts_that_are_given() -> None:
    faults = []
    for code, where in raised_codes().items():
        fields = words.find(code) or {}
        wanted = {place.name for name in ("id", "next_id") for place in words.places(fields.get(name, ""))} - {"zone", "box", "entries"}
        faults += [
            f"{place} {code}: no fact {', '.join(sorted(wanted - facts))}" for place, facts in where if facts is not None and wanted - facts
        ]
    assert faults == []
