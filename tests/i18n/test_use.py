"""Words and the code that asks for them: none lacks, none lies unused, and each language keeps to itself on paper."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from custody.core import findings, shapes
from custody.core.kinds import KINDS
from custody.i18n import words
from custody_cli.main import root, surroundings

ROOT = Path(__file__).parent.parent.parent
CODE = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*\.[a-z0-9]+([._-][a-z0-9]+)*")
# Families whose codes are put together in more than one step, so that no single line of the sources shows them.
KEPT = (
    "cli.correct.agree.",
    "cli.doctor.backup.",
    "cli.meant.",
    "cli.page.seal",
    "cli.scan.apart.",
    "deed.blank.step.",
    "deed.kind.title.",
    "label.level.",
    "paper.deed.proves",
    "report.outcome.correction.",
    "scan.suffix.",
)
AWAY = ".station"  # what `App.say` puts behind a code at a station, where there are such words
VALUE = "[^ .]+"  # a value in a composed code
CHOOSING = {"WordChoice", "listed"}
ASKING = {"say", "next_step", "known", "find", "about"}


@cache
def sources() -> dict[Path, ast.Module]:
    paths = sorted([*(ROOT / "custody").rglob("*.py"), *(ROOT / "cli").rglob("*.py")])
    return {path: ast.parse(path.read_text("utf-8")) for path in paths}


def nodes() -> Iterator[ast.AST]:
    for tree in sources().values():
        yield from ast.walk(tree)


@cache
def constants() -> frozenset[str]:
    """Every text that stands in the sources."""
    return frozenset(node.value for node in nodes() if isinstance(node, ast.Constant) and isinstance(node.value, str))


def composed(node: ast.AST) -> str | None:
    """The pattern of a text put together in the sources, where it could be a code or the rest of one; else None."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and isinstance(node.left, ast.Constant):
        parts = [node.left.value, None]
    elif isinstance(node, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
    else:
        return None
    told = "".join(part for part in parts if isinstance(part, str))
    if not told.strip(".-") or re.search(r"[^a-z0-9._-]", told):
        return None
    return "".join(re.escape(part) if isinstance(part, str) else VALUE for part in parts)


@cache
def patterns() -> tuple[re.Pattern[str], ...]:
    """Codes and rests of codes: at least one whole word and a dot stand in the sources."""
    found = {composed(node) for node in nodes()}
    return tuple(re.compile(one) for one in sorted(filter(None, found)) if re.search(r"[a-z]{2,}.*\\\.|\\\..*[a-z]{2,}", one))


@cache
def rooms() -> tuple[str, ...]:
    """What is put before a code that is told in short: `self.say("photos.told")` asks for `paper.incident.photos.told`."""
    opened = (node for node in nodes() if isinstance(node, ast.JoinedStr) and len(node.values) == 2)
    starts = {
        start.value
        for start, end in (node.values for node in opened)
        if isinstance(start, ast.Constant) and not isinstance(end, ast.Constant)
    }
    return tuple(sorted(str(one) for one in starts if re.fullmatch(r"([a-z-]+\.)+", str(one))))


def stands(text: str) -> bool:
    """Whether a code, or the rest of one behind its room, stands in the sources or can be put together there."""
    return text in constants() or any(pattern.fullmatch(text) for pattern in patterns())


@cache
def families() -> frozenset[str]:
    """Words before the dot that choices are made of: `WordChoice("printreason", REPRINTS)`, `listed(app, question, "printreason", …)`."""
    calls = (node for node in nodes() if isinstance(node, ast.Call) and called(node) in CHOOSING)
    return frozenset(one.value for call in calls for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str))


def called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


@cache
def ends() -> frozenset[str]:
    """What is put behind a code: f"{finding.code}.settled"."""
    behind = (node.values for node in nodes() if isinstance(node, ast.JoinedStr) and len(node.values) == 2)
    found = {end.value for start, end in behind if isinstance(end, ast.Constant) and not isinstance(start, ast.Constant)}
    return frozenset(str(one) for one in found if re.fullmatch(r"\.[a-z-]+", str(one)))


@cache
def forms() -> frozenset[str]:
    """The words that places of sentences look up: `{kind:kind}`."""
    fields = (words.find(code) or {} for _, code in words.codes())
    return frozenset(place.form for one in fields for text in one.values() for place in words.places(text))


@cache
def of_commands() -> frozenset[str]:
    """The words that the help of each command asks for; options that several commands share are told in a room of their own."""
    told = list(commands())
    shared = {code.split(".")[1] for _, code in words.codes() if re.search(r"^cli\.[a-z-]+\.(opt|arg)\.", code)} - {
        name for name, _ in told
    }
    every = [*told, *((room, command) for room in shared for _, command in told)]
    return frozenset(code for name, command in every for code in helped(name, command))


def commands() -> Iterator[tuple[str, click.Command]]:
    group = root()
    ctx: click.Context = click.Context(group, info_name="custody", obj=surroundings([], {"HOME": "/"}))
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command is not None
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name}.{child}", command.commands[child]) for child in command.commands)


def helped(name: str, command: click.Command) -> Iterator[str]:
    yield from (f"cli.{name}.{part}" for part in ("short", "help", "example"))
    for one in command.params:
        kind = "arg" if isinstance(one, click.Argument) else "opt"
        yield from (f"cli.{name}.{kind}.{one.name}", f"cli.{name}.{kind}.{one.name}.name")


def used(code: str) -> bool:
    """Whether anything in the program can ask for these words."""
    return (
        stands(code)
        or code in of_commands()
        or code.rpartition(".")[0] in families()
        or any(code.startswith(f"{form}.") for form in forms() if form)
        or any(code.startswith(room) and stands(code.removeprefix(room)) for room in rooms())
        or any(code.endswith(end) and code.removesuffix(end) in constants() for end in ends())
    )


def test_no_words_lie_unused() -> None:
    asked = (code.removesuffix(AWAY) for _, code in words.codes())
    assert sorted(code for code in asked if not used(code) and not code.startswith(KEPT)) == []


@pytest.mark.parametrize("family", KEPT)
def test_what_is_kept_without_a_trace_is_really_without_one(family: str) -> None:
    assert any(code.startswith(family) and not used(code) for _, code in words.codes())


@pytest.mark.parametrize("code", ["nothing.of-the-kind", "cli.check.scan.nothing", "verify.once-more", "kinds.seal", "run.three-labels"])
def test_unused_words_would_be_found(code: str) -> None:
    assert not used(code)


def asked() -> Iterator[tuple[str, ast.Call]]:
    for path, tree in sources().items():
        for node in ast.walk(tree):
            name = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
            if isinstance(node, ast.Call) and name in ASKING and node.args:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def test_every_code_that_is_asked_for_has_words() -> None:
    """`say("a.b")` with the code as it stands, or told in short behind its room."""
    wanted = [(place, call.args[0].value) for place, call in asked() if isinstance(call.args[0], ast.Constant)]
    codes = [(place, code) for place, code in wanted if isinstance(code, str) and CODE.fullmatch(code)]
    assert len(codes) > 700
    shortened = {code.removeprefix(room) for _, code in words.codes() for room in rooms()}
    assert [f"{place} {code}" for place, code in codes if not words.known(code) and code not in shortened] == []


def test_every_composed_code_has_some_words() -> None:
    lacking, count, known = [], 0, {code for _, code in words.codes()}
    known |= {code.removeprefix(room) for code in known for room in rooms()}
    for place, call in asked():
        pattern = composed(call.args[0])
        count += pattern is not None
        behind = pattern is not None and pattern.startswith(VALUE)  # an end behind a whole code
        if pattern is not None and not any(re.search(pattern + "$" if behind else f"^{pattern}$", code) for code in known):
            lacking.append(f"{place} {pattern}")
    assert count > 100
    assert lacking == []


# Which values stand behind a prefix: every one of them may be asked for.
FAMILIES: dict[str, tuple[str, ...]] = {
    "kind": tuple(kind for kind in KINDS if kind != "ack"),
    "title": shapes.ROLES,
    "sealstate": shapes.SEAL_STATES,
    "phase": shapes.PHASES,
    "door": shapes.DOORS,
    "lock": shapes.LOCKS,
    "boxend": shapes.ENDS,
    "openingbasis": shapes.OPENING_BASES,
    "happening": shapes.INCIDENTS,
    "carrier": shapes.CARRIERS,
    "printreason": shapes.REPRINTS,
    "severity": tuple(sorted(set(findings.SEVERITY.values()))),
    "scopekind": ("box", "tps", "desa", "kecamatan", "warehouse", "operation", "consignment", "incident", "officer", "shift", "deed"),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_value_of_a_field_has_words(family: str) -> None:
    assert [value for value in FAMILIES[family] if not words.known(f"{family}.{value}")] == []


# -- the language of papers ------------------------------------------------------------------------------------------------------

PAPERS = (
    "report",
    "report-scope",
    "deed",
    "deed-kind",
    "deed-page",
    "paper-deed",
    "paper-incident",
    "label",
    "law",
    "terms",
    "scan",
    "check",
)
ENGLISH = re.compile(
    r"the|of|and|with|is|are|was|were|not|from|this|that|these|by|has|have|been|its|which|who|whom|when|for|into|only|than"
)
INDONESIAN = re.compile(
    r"yang|dan|dari|dengan|tidak|untuk|pada|oleh|ini|itu|atau|ada|belum|sudah|adalah|kotak|segel|gudang|entri|halaman|kunci|tanda|tangan"
)
BOTH = ("paper.deed.companion",)  # said in both languages on one paper
TYPED = re.compile(r"custody [a-z].*|\{[^}]*\}|[“\"'`][^”\"'`]*[”\"'`]|\([^)]*\)")


def strange(text: str, foreign: re.Pattern[str]) -> set[str]:
    """Words of the other language, outside commands, quotations, brackets and facts."""
    return {word for word in re.findall(r"[a-z]+", TYPED.sub(" ", text).lower()) if foreign.fullmatch(word)}


def on_paper() -> Iterator[tuple[str, str, str]]:
    for room in PAPERS:
        for code, fields in words.catalogue(room).items():
            yield from ((code, name, text) for name, text in fields.items() if name != "kind" and code not in BOTH)


def test_indonesian_papers_hold_no_english() -> None:
    found = {f"{code} {name}": strange(text, ENGLISH) for code, name, text in on_paper() if name.endswith("id")}
    assert {key: value for key, value in found.items() if value} == {}


def test_english_papers_hold_no_indonesian() -> None:
    found = {f"{code} {name}": strange(text, INDONESIAN) for code, name, text in on_paper() if name.endswith("en")}
    assert {key: value for key, value in found.items() if value} == {}


def test_a_word_of_the_other_language_would_be_found() -> None:
    assert strange("Kotak is disegel", ENGLISH) == {"is"}
    assert strange("The kotak dan its seals (kotak)", INDONESIAN) == {"kotak", "dan"}


# What officers call things (the word, and what must not stand in its place on paper).
OFFICERS = {
    "segel": r"\bseal\b|\bstempel\b",
    "gudang": r"\bwarehouse\b",
    "serah terima": r"\bhandoff\b|\bhandover\b",
    "berita acara": r"\bdeed\b|\bakta serah",
    "regu": r"\bshift\b|\btim jaga\b",
    "kejadian": r"\binsiden\b|\bincident\b",
    "pengawal": r"\bescort\b",
    "pencatat": r"\brecorder\b",
    "titik periksa": r"\bcheckpoint\b",
    "buku besar": r"\bledger\b(?!\.)",
    "surat jalan": r"\bmanifest\b|\bwaybill\b",
}


@pytest.mark.parametrize("word", OFFICERS)
def test_officers_words_stand_on_papers(word: str) -> None:
    told = {f"{code} {name}": TYPED.sub(" ", text).lower() for code, name, text in on_paper() if name.endswith("id")}
    assert any(word in text for text in told.values()), f"no paper says {word}"
    assert [place for place, text in told.items() if re.search(OFFICERS[word], text)] == []
