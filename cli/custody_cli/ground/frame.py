"""Commands and options whose words are looked up when they are shown, and the options that every command has.

click takes help texts when a command is built; we build once and may show in two languages, so our classes keep the *code* of a text and
ask the catalogue with the language of the run. Nothing heavy is imported here.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from custody.i18n import words
from custody_cli.ground import blind
from custody_cli.ground.app import App
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.settings import COLOURS, LANGUAGES

F = TypeVar("F", bound=Callable[..., Any])
COMMON = "cli.common"
_METAVARS = {
    "TEXT": "text",
    "INTEGER": "integer",
    "INTEGER RANGE": "integer",
    "FLOAT": "number",
    "FILENAME": "file",
    "FILE": "file",
    "DIRECTORY": "directory",
    "PATH": "path",
    "ROLE": "role",
}


def lang_of(ctx: click.Context | None) -> str:
    """The language of the run that a context belongs to; Indonesian where there is none."""
    app = ctx.find_object(App) if ctx is not None else None
    return app.lang if app is not None else "id"


_TITLE = re.compile(r"\{(\w+):title\}")  # a role by the title that people know; the rest of a help text is shown as it stands


def text(code: str, lang: str) -> str | None:
    """The words of a code, or None; line breaks and indents are those of the catalogue."""
    fields = words.find(code)
    told = None if fields is None else fields.get(lang, "").strip("\n")
    return None if told is None else _TITLE.sub(lambda found: words.say(f"title.{found[1]}", {}, lang), told)


class _Worded(click.Parameter):
    """What options and arguments of ours share: a code for the help text and metavars in the language of the run."""

    words: str = ""

    def help_text(self, ctx: click.Context) -> str:
        return text(self.words, lang_of(ctx)) or ""

    def type_cast_value(self, ctx: click.Context, value: Any) -> Any:
        """As click; raises `WrongUse("cli.undecodable")` for bytes that are no text (a path may hold them)."""
        cast = super().type_cast_value(ctx, value)
        for one in cast if isinstance(cast, tuple) else (cast,):
            if isinstance(one, str) and not one.isascii() and any("\ud800" <= mark <= "\udfff" for mark in one):
                raise WrongUse("cli.undecodable", name=self.human_readable_name, text=one)
        return cast

    def _metavar(self, ctx: click.Context, plain: str) -> str:
        key = _METAVARS.get(plain.strip("[]."))
        return plain if key is None else plain.replace(plain.strip("[]."), text(f"{COMMON}.metavar.{key}", lang_of(ctx)) or plain)


class Option(_Worded, click.Option):
    """An option whose help is the catalogue entry `<command>.opt.<name>`."""

    def make_metavar(self, ctx: click.Context) -> str:
        return self._metavar(ctx, click.Option.make_metavar(self, ctx))

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        self.help = self.help_text(ctx)
        return click.Option.get_help_record(self, ctx)

    def get_help_extra(self, ctx: click.Context) -> Any:
        """click writes a range as `1<=x<=24`; people write 1–24."""
        extra, kind = click.Option.get_help_extra(self, ctx), self.type
        if "range" in extra and isinstance(kind, click.IntRange) and kind.max is not None:
            extra["range"] = f"{kind.min}–{kind.max}"
        return extra


class Argument(_Worded, click.Argument):
    """An argument whose help is the catalogue entry `<command>.arg.<name>`; its name on screen is `<command>.arg.<name>.name`, if any."""

    def make_metavar(self, ctx: click.Context) -> str:
        if self.metavar is not None:
            return self.metavar
        shown = text(f"{self.words}.name", lang_of(ctx))
        plain = click.Argument.make_metavar(self, ctx)
        return plain if shown is None else plain.replace(self.name.upper(), shown)

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        return self.make_metavar(ctx), self.help_text(ctx)


class Command(click.Command):
    """A command whose texts are the catalogue entries `<code>.short`, `<code>.help` and `<code>.example`."""

    code: str = ""
    common: bool = True
    needs_settings: bool = True

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        params = super().get_params(ctx)
        taken = {name for param in params for name in param.opts}
        return [*params, *(option for option in common_options() if self.common and not taken & set(option.opts))]

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = text(f"{COMMON}.opt.help", lang_of(ctx))
        return option

    def invoke(self, ctx: click.Context) -> Any:
        app = ctx.find_object(App)
        if app is not None and app.trouble is not None and self.needs_settings and not isinstance(self, click.Group):
            raise app.trouble
        if app is not None and not isinstance(self, click.Group):
            blind.check(app, self.code.removeprefix("cli."))
        return super().invoke(ctx)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        pieces = super().collect_usage_pieces(ctx)
        return [text(f"{COMMON}.metavar.options", lang_of(ctx)) or piece if piece == "[OPTIONS]" else piece for piece in pieces]

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        lang = lang_of(ctx)
        short = text(f"{self.code}.short", lang) or ""
        whole = text(f"{self.code}.help", lang) or f"{short[:1].upper()}{short[1:]}."
        if whole:
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(whole)
        example = text(f"{self.code}.example", lang)
        if example:
            with formatter.section(text(f"{self.code}.example.head", lang) or text(f"{COMMON}.head.example", lang) or ""):
                formatter.write(textwrap.indent(example, " " * formatter.current_indent) + "\n")

    def format_arguments(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [param.get_help_record(ctx) for param in self.params if isinstance(param, Argument)]
        if rows:
            with formatter.section(text(f"{COMMON}.head.arguments", lang_of(ctx)) or ""):
                formatter.write_dl(rows)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        lang = lang_of(ctx)
        own = [param for param in self.params if isinstance(param, click.Option)]
        everywhere = [param for param in self.get_params(ctx) if isinstance(param, click.Option) and param not in own]
        for head, options in (("options", own), ("everywhere", everywhere)):
            rows = [row for row in (option.get_help_record(ctx) for option in options) if row is not None]
            if rows:
                with formatter.section(text(f"{COMMON}.head.{head}", lang) or ""):
                    formatter.write_dl(rows)


class Group(Command, click.Group):
    """A command of commands, such as `custody key`. Its children stand in the order in which they were added."""

    def __init__(self, *args: Any, **attrs: Any) -> None:
        super().__init__(*args, **attrs)
        self.command_class = Command

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def short(self, name: str, lang: str) -> str:
        """One line about a child, without importing it."""
        return text(f"{self.code}.{name}.short", lang) or ""

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        pieces = super().collect_usage_pieces(ctx)
        shown = text(f"{COMMON}.metavar.command", lang_of(ctx))
        return [shown or piece if piece == "COMMAND [ARGS]..." else piece for piece in pieces]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self.format_commands(ctx, formatter)
        Command.format_options(self, ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        lang = lang_of(ctx)
        with formatter.section(text(f"{COMMON}.head.commands", lang) or ""):
            formatter.write_dl([(name, self.short(name, lang)) for name in self.list_commands(ctx)])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        from click.shell_completion import CompletionItem

        lang = lang_of(ctx)
        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        return [*(CompletionItem(name, help=self.short(name, lang)) for name in names), *Command.shell_complete(self, ctx, incomplete)]


def _take_ledger(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    app = ctx.find_object(App)
    if value and app is not None:
        settings = replace(app.settings, ledger=value, origins={**app.settings.origins, "ledger": "flag"})
        ctx.obj = replace(app, ledger_path=Path(value), settings=settings)


_COMMON: list[Option] = []


def common_options() -> Sequence[Option]:
    """--ledger, --json, --lang and --color, the same objects on every command; all but the first were read before anything was built."""
    if not _COMMON:
        for name, attrs in (
            ("--ledger", {"callback": _take_ledger, "type": click.Path(file_okay=False)}),
            ("--json", {"is_flag": True}),
            ("--lang", {"type": click.Choice(LANGUAGES)}),
            ("--color", {"type": click.Choice(COLOURS)}),
        ):
            option = Option([name, f"_common_{name[2:]}"], expose_value=False, **attrs)
            option.words = f"{COMMON}.opt.{name[2:]}"
            _COMMON.append(option)
    return _COMMON


def _named(param: click.Parameter, code: str) -> None:
    if isinstance(param, _Worded) and not param.words:
        param.words = f"{code}.{'arg' if isinstance(param, click.Argument) else 'opt'}.{param.name}"


def command(path: str, parent: Group | None = None, needs_settings: bool = True, **attrs: Any) -> Callable[[Callable[..., Any]], Command]:
    """Make a command of a function. `path` is "handoff" or "key.new"; the texts are `cli.<path>.short|help|example`.

    `needs_settings=False` lets it run with a settings file that cannot be used (the flag and environment still count).
    """

    def made(function: Callable[..., Any]) -> Command:
        one = click.command(path.rpartition(".")[2], cls=Command, **attrs)(function)
        one.needs_settings = needs_settings
        _finish(one, path, parent)
        return one

    return made


def group(path: str, parent: Group | None = None, **attrs: Any) -> Callable[[Callable[..., Any]], Group]:
    """Make a group of a function (whose body is usually empty). Children: `@command("key.new", parent=key)`."""

    def made(function: Callable[..., Any]) -> Group:
        one = click.group(path.rpartition(".")[2], cls=Group, **attrs)(function)
        _finish(one, path, parent)
        return one

    return made


def _finish(one: Command, path: str, parent: Group | None) -> None:
    one.code = f"cli.{path}"
    for param in one.params:
        _named(param, one.code)
    if parent is not None:
        parent.add_command(one)


def option(*names: str, **attrs: Any) -> Callable[[F], F]:
    """click.option with words from the catalogue (`cli.<path>.opt.<name>`)."""
    return click.option(*names, cls=Option, **attrs)


def argument(*names: str, **attrs: Any) -> Callable[[F], F]:
    """click.argument with words from the catalogue (`cli.<path>.arg.<name>`, its name on screen under `….name`)."""
    return click.argument(*names, cls=Argument, **attrs)


def gathered(
    name: str, kind: type[Any], *options: Callable[[Any], Any], room: str = ""
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Options that belong together and come to the command as one frozen value: `name`, a `kind` whose fields are named as the options.

    Commands that share them share this decorator; fields without an option of the command keep their defaults. With `room`, they share
    the texts too (`<room>.opt.<name>`); without, each command has its own.
    """
    names = [one.name for one in fields(kind)]

    def made(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def whole(*args: Any, **given: Any) -> Any:
            value = kind(**{one: given.pop(one) for one in names if one in given})
            return function(*args, **{name: value}, **given)

        for one in reversed(options):
            whole = one(whole)
            if room:
                _named(whole.__click_params__[-1], room)  # type: ignore[attr-defined]
        return whole

    return made
