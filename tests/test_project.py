"""What holds for the project as a whole: first lines, sizes, rooms, pins, licences, and words that must not be in it."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
REQUIREMENTS = ("requirements.txt", "requirements-build.txt", "requirements-dev.txt", "requirements-oracle.txt")
MOST_MODULE_LINES = 400
MOST_FUNCTION_LINES = 45

# Each is put together from parts, so that this file does not hold what it forbids.
FORBIDDEN = {
    "a path of one machine": "|".join(("/wo" + "rk/", "/ro" + "ot/", "/o" + "pt/", r"C:\\Us" + "ers")),
    "a registry host": "|".join(("py" + r"pi\.org", "python" + "hosted", "--(extra-)?ind" + "ex-url", "deb" + r"ian\.org/debian")),
    "a workplace word": "|".join(
        (r"(?<![\w+/=:])A" + r"I(?![\w+/=(])", "(?i:cla" + "ude)", "(?i:anth" + "ropic)", "(?i:chat" + "gpt)", r"(?i:\bl" + r"lm\b)")
    ),
    "a paper that is not here": "|".join((r"\bdes" + r"ign\.md", r"\bconven" + r"tions\.md", r"\bdom" + r"ain\.md", r"\bpe" + r"ers\.md")),
    "a leftover": "|".join(("<<<" + "<<<<", ">>>" + ">>>>", r"\bTO" + r"DO\b", r"\bFIX" + r"ME\b", r"\bXX" + r"X\b")),
}
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "shared"}


@cache
def tracked() -> tuple[Path, ...]:
    """The files of the project: what git knows, or everything where this is no repository (a source archive)."""
    try:
        said = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
        names = [ROOT / name for name in said.decode().split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        skipped = {".venv", ".git", "demo", "dist"}
        names = [path for path in ROOT.rglob("*") if skipped.isdisjoint(path.relative_to(ROOT).parts)]
    return tuple(path for path in names if path.is_file() and "__pycache__" not in path.parts)


def modules() -> list[Path]:
    """The Python files of the product."""
    return [path for path in tracked() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in ("custody", "cli")]


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def text_of(path: Path) -> str | None:
    """The text of a file, None when it is no text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and length in lines of every function of a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_there_is_something_to_look_at() -> None:
    assert len(tracked()) > 50
    assert len(modules()) > 20


def test_every_module_says_in_its_first_line_what_it_is() -> None:
    silent = [shown(path) for path in modules() if not path.read_text(encoding="utf-8").startswith('"""')]
    assert silent == []


def test_modules_are_short() -> None:
    lengths = {shown(path): path.read_text(encoding="utf-8").count("\n") for path in modules()}
    assert {name: length for name, length in lengths.items() if length > MOST_MODULE_LINES} == {}


def test_functions_are_short() -> None:
    long = {f"{shown(path)}:{name}": length for path in modules() for name, length in functions(path) if length > MOST_FUNCTION_LINES}
    assert long == {}


def test_no_drawers() -> None:
    assert [shown(path) for path in modules() if DRAWERS & {*path.relative_to(ROOT).with_suffix("").parts}] == []


def calls(path: Path) -> Iterator[str]:
    """The names that a module calls: `print`, `now` of `datetime.now`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def test_the_library_does_not_print_prompt_or_exit() -> None:
    loud = {"print", "input", "getpass", "exit", "_exit", "quit", "breakpoint"}
    found = {shown(path): loud & set(calls(path)) for path in modules() if path.is_relative_to(ROOT / "custody")}
    assert {name: names for name, names in found.items() if names} == {}


def test_the_core_asks_neither_clock_nor_disk_nor_chance() -> None:
    """What the import contract cannot see: builtins, and `datetime`, which is needed for parsing."""
    outside = {"open", "now", "utcnow", "today", "urandom", "token_bytes", "generate", "getenv", "__import__", "exec", "eval"}
    found = {shown(path): outside & set(calls(path)) for path in modules() if path.is_relative_to(ROOT / "custody" / "core")}
    assert {name: names for name, names in found.items() if names} == {}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_nothing_of_the_workplace_is_in_the_project(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    found = [f"{shown(path)}: {match[0]}" for path in tracked() for match in pattern.finditer(text_of(path) or "")]
    assert found == []


@pytest.mark.parametrize(
    "sample",
    ["/wo" + "rk/main/x", "https://py" + "pi.org/simple", "Cla" + "ude wrote this", "see des" + "ign.md", "# TO" + "DO later"],
)
def test_the_forbidden_words_are_recognised(sample: str) -> None:
    assert any(re.search(pattern, sample) for pattern in FORBIDDEN.values())


def pins(name: str) -> dict[str, str]:
    """Package and version of a requirements file."""
    return dict(re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_requirements_are_pinned_and_hashed_without_addresses(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    entries = [entry for entry in re.split(r"(?m)^(?=[^\s#])", text) if entry and not entry.startswith("#")]
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9-]+==\S+", entry), f"{name}: not pinned: {entry[:60]}"
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), f"{name}: no hash: {entry[:60]}"
    assert "://" not in text
    assert "@" not in text
    assert re.search(r"(?m)^--", text) is None


def test_all_requirements_agree_on_versions() -> None:
    run, build, dev, oracle = map(pins, REQUIREMENTS)
    assert run.items() <= dev.items()
    assert build.items() <= dev.items()
    assert all(dev.get(name, version) == version for name, version in oracle.items())


def test_every_dependency_is_pinned() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    named = {"requirements.txt": PROJECT["project"]["dependencies"], "requirements-dev.txt": extras["dev"] + extras["scan"]}
    for file, wanted in named.items():
        names = {re.split(r"[\[<>=~!; ]", one.lower())[0] for one in wanted}
        assert names - pins(file).keys() == set(), file


def licence(name: str) -> str:
    """All that a package says of its licence."""
    told = metadata.metadata(name)
    fields = [told.get("License-Expression") or "", (told.get("License") or "").split("\n")[0]]
    fields += [one for one in told.get_all("Classifier") or [] if one.startswith("License")]
    return " | ".join(fields if any(fields) else [_first_line(name, one) for one in told.get_all("License-File") or []])


def _first_line(name: str, file: str) -> str:
    """The first line of a licence file, for a package that names its licence nowhere else."""
    found = next(one for one in metadata.files(name) or () if one.name == file)
    return found.read_text().split("\n")[0]


def is_gpl(text: str) -> bool:
    """Whether GPL or AGPL is named; the LGPL and an alternative to the GPL are not meant."""
    return re.search(r"(?<!L)(?<!Lesser )(?:\bA?GPL|GNU (?:Affero )?General Public)", text) is not None


def installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def test_nothing_at_run_time_is_under_the_gpl() -> None:
    looked_at = {name: licence(name) for name in pins("requirements.txt") if installed(name)}
    assert len(looked_at) >= 10, "the environment does not hold the packages of requirements.txt"
    assert {name: text for name, text in looked_at.items() if is_gpl(text) or not text.strip(" |")} == {}


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("GPL-3.0-or-later", True),
        ("AGPL-3.0-only", True),
        ("License :: OSI Approved :: GNU General Public License v3 or later (GPLv3+)", True),
        ("GNU Affero General Public License v3", True),
        ("LGPL-3.0-only", False),
        ("MIT", False),
    ],
)
def test_the_gpl_is_recognised(text: str, answer: bool) -> None:
    assert is_gpl(text) is answer


def test_the_oracle_under_the_gpl_is_imported_by_tests_and_benchmark_only() -> None:
    oracle = re.compile(r"^\s*(?:import|from) pymerkle\b", re.MULTILINE)
    users = {path.relative_to(ROOT).parts[0] for path in tracked() if path.suffix == ".py" and oracle.search(text_of(path) or "")}
    assert users <= {"tests", "bench"}


def test_third_party_names_every_package_of_run_time() -> None:
    table = (ROOT / "THIRD-PARTY.md").read_text(encoding="utf-8").lower()
    assert [name for name in pins("requirements.txt") if not re.search(rf"\b{re.escape(name)}\b", table)] == []


def test_what_is_copied_in_is_named() -> None:
    table = (ROOT / "THIRD-PARTY.md").read_text(encoding="utf-8")
    fonts = [path for path in tracked() if path.suffix.lower() in (".ttf", ".otf", ".icc")]
    assert [shown(path) for path in fonts if path.name not in table] == []


def verbs() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("name", sorted(path.name for path in ROOT.glob("*.md")))
def test_the_make_commands_of_the_papers_exist(name: str) -> None:
    told = set(re.findall(r"(?m)(?:^|`)make ([a-z-]+)", (ROOT / name).read_text(encoding="utf-8")))
    assert told <= verbs()


def test_readme_shows_the_two_commands() -> None:
    told = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make demo" in told
    assert "make test" in told


def contract(name: str) -> dict[str, list[str]]:
    return next(one for one in PROJECT["tool"]["importlinter"]["contracts"] if one["name"].startswith(name))


def rooms() -> set[str]:
    """The packages and modules right under custody/."""
    inside = {path.relative_to(ROOT / "custody").parts[0] for path in modules() if path.is_relative_to(ROOT / "custody")}
    return {name.removesuffix(".py") for name in inside} - {"__init__", "__main__"}


def test_every_room_has_its_floor_in_the_contracts() -> None:
    layers = set(re.findall(r"[a-z0-9]+", " ".join(contract("The house")["layers"])))
    assert rooms() <= layers


def test_changelog_puts_format_first() -> None:
    for version in re.split(r"(?m)^## ", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))[1:]:
        headings = re.findall(r"(?m)^### (.+)$", version)
        assert "Format" not in headings[1:], "a change of bytes comes first"


def test_the_version_stands_in_one_place() -> None:
    from custody import __version__

    assert metadata.version(PROJECT["project"]["name"]) == __version__
    assert "version" in PROJECT["project"]["dynamic"]
