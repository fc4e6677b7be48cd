"""The one place that catches: every error becomes a sentence, a next step and its exit code; no traceback, nothing swallowed."""

import errno
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from custody.core import errors
from custody.core.errors import CustodyError
from custody.i18n import words
from custody_cli.ground.console import Console
from custody_cli.ground.exits import Exit, WrongUse, of_error, of_system
from custody_cli.ground.runtime import App, run
from custody_cli.main import surroundings

ROOT = Path(__file__).parent.parent.parent


def an_app(*argv: str, **environ: str) -> App:
    return surroundings(argv, {"HOME": "/nonexistent", **environ}, Console(io.StringIO(), io.StringIO()))


def said(app: App) -> str:
    assert isinstance(app.console.err, io.StringIO) and isinstance(app.console.out, io.StringIO)
    assert app.console.out.getvalue() == ""
    return app.console.err.getvalue()


def raising(error: BaseException):  # type: ignore[no-untyped-def]
    def work() -> None:
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (WrongUse("cli.prompt.nobody", question="?"), 2),
        (errors.Malformed("date.typed", text="x"), 2),
        (errors.BadSignature("a.b"), 3),
        (errors.Altered("a.b"), 3),
        (errors.Undecided("a.b"), 4),
        (errors.NoLedger("cli.no_ledger"), 5),
        (errors.Locked("a.b"), 6),
        (errors.KeyTrouble("a.b"), 7),
        (errors.Refused("a.b"), 8),
        (CustodyError("a.b"), 9),
        (ValueError("x"), 9),
        (RecursionError("x"), 9),
        (MemoryError(), 9),
        (OSError(errno.ENOSPC, "No space left", "x"), 10),
        (OSError(errno.EROFS, "Read-only", "x"), 10),
        (PermissionError(errno.EACCES, "Permission denied", "x"), 10),
        (FileNotFoundError(errno.ENOENT, "No such file", "x"), 2),
        (IsADirectoryError(errno.EISDIR, "Is a directory", "x"), 2),
        (OSError("nothing known"), 9),
        (click.UsageError("x"), 2),
        (click.ClickException("x"), 2),
        (click.Abort(), 130),
        (KeyboardInterrupt(), 130),
        (EOFError(), 130),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_every_error_has_its_code_a_sentence_and_a_next_step(error: BaseException, code: int) -> None:
    app = an_app()
    assert run(app, raising(error)) == code
    assert said(app).startswith("Galat: ") and "Langkah berikut: " in said(app)
    assert "Traceback" not in said(app)


def test_every_class_of_error_has_a_code_of_its_own_choice() -> None:
    classes = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, CustodyError) and one is not CustodyError]
    assert len(classes) >= 8
    assert [one.__name__ for one in classes if of_error(one("a.b")) is Exit.UNFORESEEN] == []


def test_every_exit_code_has_a_page_and_no_page_is_without_a_code() -> None:
    assert {code for room, code in words.codes() if room == "exit"} == {f"exit.{code.value}" for code in Exit}
    assert all(words.about(f"exit.{code.value}", lang) for code in Exit for lang in ("id", "en"))


@pytest.mark.parametrize(
    "number",
    [
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EROFS,
        errno.EACCES,
        errno.EPERM,
        errno.EIO,
        errno.ENOENT,
        errno.EISDIR,
        errno.ENOTDIR,
        errno.EEXIST,
        errno.ENAMETOOLONG,
    ],
)
def test_trouble_of_the_system_has_words(number: int) -> None:
    found = of_system(OSError(number, "x", "f"))
    assert found is not None and words.known(found[1])


@pytest.mark.parametrize(("returned", "code"), [(None, 0), (0, 0), (Exit.FINDINGS, 1), (Exit.UNDECIDED, 4), ("x", 0)])
def test_what_a_command_returns(returned: object, code: int) -> None:
    assert run(an_app(), lambda: returned) == code


def test_a_traceback_only_when_asked_for() -> None:
    app = an_app(CUSTODY_DEBUG="1")
    run(app, raising(ValueError("x")))
    assert "Traceback" in said(app) and "ValueError" in said(app)


def test_errors_of_the_program_itself_are_not_swallowed() -> None:
    with pytest.raises(SystemExit):
        run(an_app(), raising(SystemExit(3)))


def test_with_json_an_error_is_one_object_on_stderr() -> None:
    app = an_app("--json", "--lang", "en")
    assert run(app, raising(errors.Altered("merkle.x", at=("a", "b"), name="\x1b[2J\u202e"))) == 3
    assert said(app).count("\n") == 1 and said(app).isascii() and "\x1b" not in said(app)
    document = json.loads(said(app))
    assert (document["schema"], document["code"], document["exit"]) == ("custody.error/1", "merkle.x", 3)
    assert document["facts"] == {"at": ["a", "b"], "name": "\x1b[2J\u202e"}
    assert document["next"] == "custody help merkle.x"


def test_facts_with_awkward_names_and_values() -> None:
    app = an_app()
    assert run(app, raising(errors.Refused("no.such", lang="z", words="y", facts="\x1b]0;x\x07"))) == 8
    assert "\x1b" not in said(app) and "lang=z" in said(app)


@pytest.mark.parametrize(
    "argv", [["\x1b[2J"], ["help", "\x1b]0;x\x07"], ["--ledger"], ["help", "--\x1b[31m"], ["config", "show", "\u202e"]]
)
def test_control_characters_typed_never_come_back(argv: list[str]) -> None:
    around = {"PATH": os.environ.get("PATH", ""), "HOME": "/nonexistent", "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'cli'}"}
    ended = subprocess.run(
        [sys.executable, "-m", "custody_cli", *argv], capture_output=True, text=True, encoding="utf-8", env=around, check=False
    )
    assert ended.returncode == 2
    assert re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", ended.stdout + ended.stderr) is None
    assert "Traceback" not in ended.stderr


def test_a_reader_that_goes_away_is_no_error() -> None:
    around = {"PATH": os.environ.get("PATH", ""), "HOME": "/nonexistent", "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'cli'}"}
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run(
        [sys.executable, "-m", "custody_cli", "help", "temuan"], stdout=writer, stderr=subprocess.PIPE, env=around, check=False
    )
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (141, b"")
