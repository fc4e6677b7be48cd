"""What a start of the program costs: help, version and completion import none of the heavy libraries, and break with no module missing."""

import os
import re
import subprocess
import sys
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

import click
import pytest

from custody_cli.ground.frame import Command
from custody_cli.main import COMMANDS

ROOT = Path(__file__).parent.parent.parent
HEAVY = ("sqlalchemy", "reportlab", "cryptography", "nacl", "rich", "qrcode", "orjson", "sqlite3", "PIL")


def start(*argv: str, program: str = "custody_cli", **environ: str) -> subprocess.CompletedProcess[str]:
    """`python -X importtime -m custody_cli …` with an environment of its own."""
    around = {"PATH": os.environ.get("PATH", ""), "HOME": "/nonexistent", "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'cli'}", **environ}
    words = [sys.executable, "-X", "importtime", "-m", program, *argv]
    return subprocess.run(words, capture_output=True, text=True, encoding="utf-8", env=around, check=False)


def imported(errors: str) -> set[str]:
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in errors.splitlines() if line.startswith("import time:")}


@pytest.mark.parametrize(
    ("name", "argv", "environ", "shown"),
    [
        ("help", ["--help"], {}, "Hari kerja di meja jaga"),
        ("nothing", [], {}, "Hari kerja di meja jaga"),
        ("version", ["--version"], {}, "custody "),
        ("a slip", ["hlep"], {}, ""),
        ("one command's help", ["config", "show", "--help"], {}, "config show"),
        ("help by topic", ["help", "3"], {}, "Ada yang diubah"),
        ("completion script", [], {"_CUSTODY_COMPLETE": "bash_source"}, "_custody_completion"),
        (
            "completion of commands",
            [],
            {"_CUSTODY_COMPLETE": "bash_complete", "COMP_WORDS": "custody ve", "COMP_CWORD": "1"},
            "plain,verify",
        ),
        (
            "completion in zsh",
            [],
            {"_CUSTODY_COMPLETE": "zsh_complete", "COMP_WORDS": "custody ve", "COMP_CWORD": "1"},
            "memeriksa seluruh buku besar",
        ),
        (
            "completion of options",
            [],
            {"_CUSTODY_COMPLETE": "fish_complete", "COMP_WORDS": "custody config show --js", "COMP_CWORD": "--js"},
            "--json",
        ),
    ],
)
def test_a_light_start(name: str, argv: list[str], environ: dict[str, str], shown: str) -> None:
    ended = start(*argv, **environ)
    assert shown in ended.stdout, ended.stderr[-2000:]
    assert imported(ended.stderr) & set(HEAVY) == set(), name
    assert {"click", "custody_cli"} <= imported(ended.stderr)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_the_help_of_every_command_is_light(name: str) -> None:
    ended = start(name, "--help")
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert imported(ended.stderr) & set(HEAVY) == set()


def test_every_command_of_the_table_can_be_imported() -> None:
    for name, where in COMMANDS.items():
        module, _, attribute = where.partition(":")
        found = getattr(import_module(module), attribute)
        assert isinstance(found, Command), where
        assert found.name == name
        assert found.code == f"cli.{name}"


def every_command() -> list[tuple[str, click.Command]]:
    """(path, command) of every command that exists, children included."""
    found: list[tuple[str, click.Command]] = []
    for name, where in COMMANDS.items():
        module, _, attribute = where.partition(":")
        found += _below(name, getattr(import_module(module), attribute))
    return found


def _below(path: str, command: click.Command) -> list[tuple[str, click.Command]]:
    children = command.commands if isinstance(command, click.Group) else {}
    return [(path, command), *(one for name, child in children.items() for one in _below(f"{path}.{name}", child))]


def test_every_command_option_and_argument_has_words() -> None:
    from custody.i18n import words

    missing = []
    for path, command in every_command():
        missing += [f"cli.{path}.short"] if not words.known(f"cli.{path}.short") else []
        for param in command.params:
            code = getattr(param, "words", "")
            if not code or not words.known(code):
                missing.append(code or f"{path}: {param.name} is made by click itself; use those of custody_cli.ground.runtime")
    assert missing == []


def test_the_lines_of_all_commands_lie_in_one_catalogue() -> None:
    from custody.i18n import words

    lines = words.catalogue("cli")
    assert [(name, lang) for name in COMMANDS for lang in words.LANGUAGES if not lines.get(f"cli.{name}.short", {}).get(lang)] == []


def test_help_reads_one_catalogue_and_looks_up_no_zone() -> None:
    telling = "sys.addaudithook(lambda event, args: event == 'open' and print(args[0], file=sys.stderr))"
    script = f"import sys; {telling}; from custody_cli.main import main; main()"
    around = {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'cli'}"}
    ended = subprocess.run([sys.executable, "-c", script, "--help"], capture_output=True, text=True, env=around, check=True)
    opened = (Path(line) for line in ended.stderr.splitlines())
    assert {path.name for path in opened if path.parent == ROOT / "custody/i18n/words" and path.exists()} == {"cli.toml"}
    assert {"zoneinfo", "tempfile"} & imported(start("--help").stderr) == set()


def test_no_help_line_of_a_command_is_too_long() -> None:
    from custody.i18n import words

    long = [(name, lang) for name in COMMANDS for lang in ("id", "en") if len(words.say(f"cli.{name}.short", {}, lang)) > 67]
    assert long == []


def test_python_m_shows_the_same_program_name() -> None:
    assert re.match(r"Cara pakai: custody ", start("--help").stdout)


_TYPED = re.compile(r"\bcustody ([a-z][a-z-]*)((?: (?:--)?[a-zA-Z][\w-]*)*)")


def spoken() -> list[tuple[str, str, str]]:
    """(code, command, the words after it) of every `custody …` in the catalogues."""
    from custody.i18n import words

    texts = [(code, text) for _, code in words.codes() for text in (words.find(code) or {}).values()]
    return [(code, found[1], found[2]) for code, text in texts for found in _TYPED.finditer(text)]


def test_what_the_words_tell_people_to_type_exists() -> None:
    existing = dict(every_command())
    faults = []
    for code, name, rest in spoken():
        if name not in COMMANDS:  # prose ("custody takes …"), unless it looks like a slip
            near = get_close_matches(name, COMMANDS, 1, 0.85)
            faults += [f"{code}: custody {name}"] if near else []
            continue
        command, tail = existing.get(name), rest.split()
        if isinstance(command, click.Group) and tail and tail[0].islower() and not tail[0].startswith("--"):
            faults += [f"{code}: custody {name} {tail[0]}"] if tail[0] not in command.commands else []
            command = command.commands.get(tail[0])
        if command is not None:
            known = {name for param in command.params for name in param.opts} | {"--ledger", "--json", "--lang", "--color", "--help"}
            faults += [f"{code}: custody {name} … {word}" for word in tail if word.startswith("--") and word not in known]
    assert faults == []
    assert len(spoken()) > 50
