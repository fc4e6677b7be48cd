"""The program `custody`: choose language and settings, build the table of commands, run one. Nothing heavy is imported here.

A command lies in `custody_cli.commands.<module>` under the name `command` and is imported only when it is called.
"""

import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from custody.i18n import words
from custody_cli.ground.app import App
from custody_cli.ground.console import Console, fill_closed_streams
from custody_cli.ground.exits import Exit, WrongUse
from custody_cli.ground.frame import COMMON, Group, Option, lang_of, text
from custody_cli.ground.prompts import Prompter, TerminalPrompter
from custody_cli.ground.runtime import run
from custody_cli.ground.settings import COLOURS, LANGUAGES, Settings, from_home, load

# The working day, in the order in which it is lived: section -> command -> module:attribute.
TABLE: dict[str, dict[str, str]] = {
    "prepare": {
        "init": "init:command",
        "key": "key:command",
        "ledger": "ledger:command",
        "import": "import_:command",
        "register": "register:command",
    },
    "labels": {
        "labels": "labels:command",
        "seal": "seal:command",
    },
    "table": {
        "manifest": "manifest:command",
        "scan": "scan:command",
        "handoff": "handoff:command",
        "correct": "correct:command",
        "open": "open:command",
        "incident": "incident:command",
        "rule": "rule:command",
        "close": "close:command",
    },
    "room": {
        "shift": "shift:command",
        "visit": "visit:command",
        "round": "round_:command",
        "inspect": "inspect_:command",
        "plenary": "plenary:command",
        "book": "book:command",
    },
    "travel": {
        "station": "station:command",
        "bundle": "bundle:command",
        "sync": "sync:command",
        "serve": "serve:command",
    },
    "look": {
        "status": "status:command",
        "where": "where:command",
        "reconcile": "reconcile:command",
        "overdue": "overdue:command",
        "findings": "findings:command",
        "find": "find:command",
        "trace": "trace:command",
    },
    "prove": {
        "verify": "verify:command",
        "report": "report:command",
        "deed": "deed:command",
        "check": "check:command",
        "receipt": "receipt:command",
        "certify": "certify:command",
        "export": "export:command",
        "reveal": "reveal:command",
        "witness": "witness:command",
        "gossip": "gossip:command",
        "conformance": "conformance:command",
    },
    "safe": {
        "backup": "backup:command",
        "restore": "restore:command",
        "move": "move:command",
        "database": "database:command",
        "doctor": "doctor:command",
    },
    "learn": {
        "help": "help:command",
        "demo": "demo:command",
        "drill": "drill:command",
        "simulate": "simulate:command",
        "config": "config:command",
    },
}
ALSO = {"ba": "deed"}  # other words for a command: what officers call it
COMMANDS: dict[str, str] = {name: f"custody_cli.commands.{where}" for section in TABLE.values() for name, where in section.items()}


class Root(Group):
    """`custody` itself: knows its commands by name and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def short(self, name: str, lang: str) -> str:
        """The line of a command; these lie together in cli.toml, so that help reads one catalogue and not one a command."""
        return words.catalogue("cli").get(f"cli.{name}.short", {}).get(lang, "")

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        cmd_name = ALSO.get(cmd_name, cmd_name)
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        found = getattr(import_module(module), attribute)
        if not isinstance(found, click.Command):
            raise TypeError(f"{COMMANDS[cmd_name]} is no command")
        return found

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and args[0] not in ALSO and not args[0].startswith("-") and not ctx.resilient_parsing:
            raise click.exceptions.NoSuchCommand(args[0], possibilities=COMMANDS, ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        lang = lang_of(ctx)
        for section, commands in TABLE.items():
            with formatter.section(text(f"cli.section.{section}", lang) or section):
                formatter.write_dl([(name.ljust(9), self.short(name, lang)) for name in commands])


def _version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from custody import __version__

        click.echo(f"custody {__version__}")
        ctx.exit()


def root() -> Root:
    """The program as a click command."""
    version = Option(["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_version)
    version.words = f"{COMMON}.opt.version"
    made = Root("custody", params=[version], invoke_without_command=True, subcommand_metavar="COMMAND [ARGS]...", callback=_nothing)
    made.code = "cli.root"
    return made


@click.pass_context
def _nothing(ctx: click.Context) -> None:
    """`custody` alone shows what `custody --help` shows."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def options(argv: Sequence[str]) -> list[str]:
    """The arguments before `--`, where options can stand."""
    return list(argv[: argv.index("--")]) if "--" in argv else list(argv)


def flag(argv: Sequence[str], name: str, allowed: Sequence[str]) -> str | None:
    """The value of `--name value` or `--name=value` anywhere in the arguments, if it is an allowed one (else click will say so)."""
    upto = options(argv)
    found = None
    for at, word in enumerate(upto):
        if word.startswith(f"--{name}="):
            found = word.partition("=")[2]
        elif word == f"--{name}" and at + 1 < len(upto):
            found = upto[at + 1]
    return found if found in allowed else None


def _settings(argv: Sequence[str], environ: Mapping[str, str]) -> tuple[Settings, WrongUse | None]:
    flags = {"lang": flag(argv, "lang", LANGUAGES), "colour": flag(argv, "color", COLOURS)}
    try:
        return load(environ, flags), None
    except WrongUse as error:
        return Settings(lang=flags["lang"] or "id", colour=flags["colour"] or "auto"), error


def surroundings(argv: Sequence[str], environ: Mapping[str, str], console: Console | None = None, prompter: Prompter | None = None) -> App:
    """The App of a run, from arguments and environment, before any command is built."""
    settings, trouble = _settings(argv, environ)
    return App(
        lang=settings.lang,
        json="--json" in options(argv),
        console=console or Console.standard(settings.colour, environ),
        prompter=prompter or TerminalPrompter(),
        settings=settings,
        ledger_path=from_home(settings.ledger) if settings.ledger else None,
        clock=lambda: datetime.now(UTC),
        environ=environ,
        trouble=trouble,
    )


def speak(lang: str) -> None:
    """Let click's own sentences (Usage, Error, Missing argument …) come in `lang`, from the catalogue in custody/i18n/locale."""
    import gettext

    import custody.i18n

    gettext.bindtextdomain("messages", str(Path(custody.i18n.__file__).with_name("locale")))
    os.environ["LANGUAGE"] = lang


def call(app: App, argv: Sequence[str]) -> int:
    """Run one command line and return its exit code."""
    speak(app.lang)

    def work() -> Any:
        program = root()
        with program.make_context("custody", list(argv), obj=app, color=app.console.colour_out, max_content_width=110) as ctx:
            return program.invoke(ctx)

    return run(app, work)


def complete(app: App) -> int:
    """Answer the shell that asks for completions (`_CUSTODY_COMPLETE`)."""
    from click.shell_completion import shell_complete

    speak(app.lang)
    return shell_complete(root(), {"obj": app}, "custody", "_CUSTODY_COMPLETE", app.environ["_CUSTODY_COMPLETE"])


def main(argv: Sequence[str] | None = None) -> None:
    """The entry point: ends the process with a documented exit code."""
    fill_closed_streams()
    words = sys.argv[1:] if argv is None else list(argv)
    app = replace(surroundings(words, os.environ), uptime=time.monotonic)
    code = complete(app) if app.environ.get("_CUSTODY_COMPLETE") else call(app, words)
    try:
        sys.stdout.flush()
    except (BrokenPipeError, AttributeError):
        code = int(Exit.PIPE)
    sys.exit(code)


if __name__ == "__main__":
    main()
