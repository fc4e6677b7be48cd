"""Commands written with the decorators of the frame: their words, the options that every command has, what they return."""

import io
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from custody_cli.ground.console import Console
from custody_cli.ground.exits import Exit
from custody_cli.ground.frame import Group, argument, command, group, option
from custody_cli.ground.runtime import App, pass_app, run
from custody_cli.main import flag, speak, surroundings
from tests.cli.harness import Desk

SEEN: list[App] = []


def the_group() -> Group:
    """A group with one command, as a command module would write it."""

    @group("config")
    def top() -> None: ...

    @command("config.show", parent=top)
    @argument("topic", nargs=-1)
    @option("--number", type=int, default=None)
    @pass_app
    def show(app: App, topic: tuple[str, ...], number: int | None) -> Exit | None:
        SEEN.append(app)
        return Exit.FINDINGS if number else None

    return top


def typed(*argv: str) -> tuple[int, str, str]:
    SEEN.clear()
    out, err = io.StringIO(), io.StringIO()
    app = surroundings(argv, {"HOME": "/nonexistent"}, Console(out, err))
    speak(app.lang)

    def work() -> object:
        program = the_group()
        with program.make_context("config", list(argv), obj=app, terminal_width=90) as ctx:
            return program.invoke(ctx)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", out)
        code = run(app, work)
    return code, out.getvalue(), err.getvalue()


@pytest.mark.parametrize(("argv", "code"), [(["show"], 0), (["show", "--number", "3"], 1), (["show", "--number", "tiga"], 2), ([], 2)])
def test_what_a_command_returns_is_the_exit_code(argv: list[str], code: int) -> None:
    assert typed(*argv)[0] == code


@pytest.mark.parametrize(
    ("argv", "check"),
    [
        (["show"], lambda app: not app.json and app.ledger_path is None),
        (["show", "--json"], lambda app: app.json),
        (["--json", "show"], lambda app: app.json),
        (["show", "--", "--json"], lambda app: not app.json),
        (["--ledger", "a", "show"], lambda app: app.ledger_path == Path("a") and app.settings.origins["ledger"] == "flag"),
        (["--ledger", "a", "show", "--ledger", "b"], lambda app: app.ledger_path == Path("b")),
        (["show", "--lang", "en"], lambda app: app.lang == "en"),
        (["show", "--lang=en"], lambda app: app.lang == "en"),
    ],
)
def test_options_of_every_command_stand_before_or_after(argv: list[str], check: Callable[[App], bool]) -> None:
    assert typed(*argv)[0] == 0
    assert check(SEEN[0])


@pytest.mark.parametrize(
    ("lang", "shown"),
    [
        ("id", ["Cara pakai: config show [PILIHAN]", "BILANGAN", "Pilihan pada setiap perintah:", "Contoh:"]),
        ("en", ["Usage: config show [OPTIONS]", "NUMBER", "Options of every command:", "Examples:"]),
    ],
)
def test_help_in_both_languages(lang: str, shown: list[str]) -> None:
    code, out, _ = typed("--lang", lang, "show", "--help")
    assert code == 0
    assert [one for one in shown if one not in out] == []


def test_the_two_languages_of_one_command_do_not_mix() -> None:
    assert "menampilkan bantuan ini" in typed("show", "--help")[1]
    assert "show this help" in typed("--lang", "en", "show", "--help")[1]
    assert "menampilkan bantuan ini" in typed("show", "--help")[1]


@pytest.mark.parametrize(
    ("argv", "found"),
    [
        (["--lang", "en"], "en"),
        (["x", "--lang=en"], "en"),
        (["--lang", "en", "--lang", "id"], "id"),
        (["--lang"], None),
        (["--lang", "fr"], None),
        (["--", "--lang", "en"], None),
        ([], None),
    ],
)
def test_flag(argv: list[str], found: str | None) -> None:
    assert flag(argv, "lang", ("id", "en")) == found


def test_a_ledger_must_be_named() -> None:
    app = surroundings([], {"HOME": "/nonexistent"}, Console(io.StringIO(), io.StringIO()))
    assert run(app, app.ledger) == Exit.NO_LEDGER
    app = surroundings([], {"HOME": "/nonexistent", "CUSTODY_LEDGER": "/x/y"}, app.console)
    assert app.ledger() == Path("/x/y")


def test_an_answer_is_text_or_document(capsys: pytest.CaptureFixture[str]) -> None:
    out = io.StringIO()
    app = surroundings([], {"HOME": "/nonexistent"}, Console(out, out))
    app.answer("x", {"a": 1}, "satu")
    app.answer("x", {"a": 1}, lambda: "dua")
    app.answer("x", {"a": 1}, lambda: app.console.answer("tiga"))
    assert out.getvalue() == "satu\ndua\ntiga\n"
    out = io.StringIO()
    app = surroundings(["--json"], {"HOME": "/nonexistent"}, Console(out, out))
    app.answer("x", {"a": 1}, lambda: pytest.fail("not asked for"))
    assert out.getvalue() == '{\n  "schema": "custody.x/1",\n  "a": 1\n}\n'


def test_an_option_of_click_itself_would_have_no_words() -> None:
    plain = click.Option(["--x"])
    assert not getattr(plain, "words", "")


@pytest.mark.parametrize("command", ["rule", "incident", "correct"])
def test_no_help_shows_a_stand_in_for_a_title(desk: Desk, command: str) -> None:
    said = desk.run(command, "--help").out
    assert said and ":title}" not in said
