"""`custody help [TOPIC]`: a page for every finding, error, exit code, guide and command."""

import textwrap

import click

from custody_cli.ground import help_topics
from custody_cli.ground.console import paint
from custody_cli.ground.runtime import App, argument, pass_app
from custody_cli.ground.runtime import command as define


@define("help", needs_settings=False)
@argument("topic", nargs=-1)
@pass_app
@click.pass_context
def command(ctx: click.Context, app: App, topic: tuple[str, ...]) -> None:
    asked = " ".join(topic)
    if not asked:
        return _list(app)
    of_command = _command_help(ctx, topic)
    if of_command is not None:
        return app.answer("help", {"topic": asked, "text": of_command}, of_command)
    page = help_topics.page(asked, app.lang)
    document = {"topic": page.name, "title": page.title, "text": page.body.replace("\b\n", ""), "list": dict(page.rows)}
    return app.answer("help", document, lambda: _laid_out(page, ctx.make_formatter().width))


def _laid_out(page: help_topics.Page, width: int) -> str:
    parts = [paint(page.title, "head")]
    if page.body:
        parts.append(click.formatting.wrap_text(page.body, width, preserve_paragraphs=True))
    short = all(len(name) < 5 for name, _ in page.rows)
    parts += ["\n".join(_row(name, said, width, short) for name, said in page.rows)] if page.rows else []
    return "\n\n".join(parts)


def _row(name: str, said: str, width: int, short: bool) -> str:
    if short:
        return f"{name:>4}  {said}"
    return f"{name}\n{textwrap.fill(said, width, initial_indent='    ', subsequent_indent='    ')}"


def _command_help(ctx: click.Context, topic: tuple[str, ...]) -> str | None:
    """The --help of `custody help key new`, or None when the first word is no command."""
    here, found = ctx.find_root(), ctx.find_root().command
    for word in topic:
        child = found.get_command(here, word) if isinstance(found, click.Group) else None
        if child is None:
            return None
        here = click.Context(child, parent=here, info_name=word)
        found = child
    return found.get_help(here)


def _list(app: App) -> None:
    guides, exits = list(help_topics.index(app.lang)), list(help_topics.exits(app.lang))
    document = {"topics": dict(guides), "exits": dict(exits), "codes": help_topics.message_codes()}

    def human() -> str:
        lines = [app.say("cli.help.list.intro"), "", paint(app.say("cli.help.list.guides"), "head")]
        lines += [f"  {name.ljust(20)} {title}" for name, title in guides]
        lines += ["", paint(app.say("cli.help.list.exits"), "head")]
        lines += [f"  {number.rjust(4)}  {title}" for number, title in exits]
        return "\n".join([*lines, "", app.say("cli.help.list.codes", count=len(document["codes"]))])

    app.answer("help", document, human)
