"""How commands are written, and the one place that catches what goes wrong in them.

A command module is `custody_cli/commands/<name>.py` and defines `command`:

    from custody_cli.ground.runtime import App, argument, command as define, option, pass_app

    @define("handoff")                                  # texts: cli.handoff.short | .help | .example
    @argument("boxes", nargs=-1)                        # text:  cli.handoff.arg.boxes (its name on screen: cli.handoff.arg.boxes.name)
    @option("--order", default=None)                    # text:  cli.handoff.opt.order
    @pass_app
    def command(app: App, boxes: tuple[str, ...], order: str | None) -> int | None:
        from custody.assembly import open_ledger        # heavy imports inside the function: help and completion stay fast

        ledger = open_ledger(app.ledger(), clock=app.clock)
        ...
        app.answer("handoff", {"sid": sid}, lambda: app.say("cli.handoff.done", count=count))
        return None                                     # None or Exit.FINE; Exit.FINDINGS, Exit.ALTERED, Exit.UNDECIDED for verdicts

A group of commands, in one file, with `command as define` and `group` from here:

    @group("key")                                       # texts: cli.key.short | .help
    def command() -> None: ...

    @define("key.new", parent=command)                  # `custody key new`; its line in the group's help: cli.key.new.short
    @pass_app
    def new(app: App) -> int | None: ...

- Texts lie in `custody/i18n/words/cli-<name>.toml` (`["cli.handoff.help"] id = … en = …`); the line shown by `custody --help` is
  `cli.<name>.short` in cli.toml. In `….help` blank lines part paragraphs; `….example` is shown line by line.
- Options that several commands share are defined once, with `gathered`, beside the frozen value that they make (journeys.Hands).
- Every command has --ledger, --json, --lang and --color; they are already in `app` when the function runs.
- Raise errors of custody.core.errors (or exits.WrongUse) and let them pass: `run` shows sentence and next step and ends with the code
  of exits.py. Never catch Exception, never print, never exit.
- `app.console.note/warn/bell/big/table/progress`; questions through custody_cli.ground.prompts with `app.prompter`.
"""

import sys
from collections.abc import Callable, Mapping
from contextlib import suppress

import click

from custody.core.errors import CustodyError
from custody.durable import trouble
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.exits import Exit, of_error, of_system
from custody_cli.ground.frame import Command, Group, argument, command, gathered, group, option

__all__ = ["App", "Command", "Exit", "Group", "argument", "command", "gathered", "group", "option", "pass_app", "run"]

pass_app = click.make_pass_decorator(App)


def run(app: App, work: Callable[[], object]) -> int:
    """Do `work` and return the exit code; whatever it raises becomes a sentence on stderr. Only CUSTODY_DEBUG=1 shows tracebacks."""
    try:
        code = work()
        return int(code) if isinstance(code, int) else int(Exit.FINE)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except BrokenPipeError:
        return _pipe()
    except (click.Abort, KeyboardInterrupt, EOFError):
        return _tell(app, Exit.INTERRUPTED, "cli.interrupted", {})
    except click.UsageError as error:
        return _usage(app, error)
    except click.ClickException as error:
        return _tell(app, Exit.WRONG_USE, "cli.use", {"message": error.format_message()})
    except CustodyError as error:
        _trace(app)
        return _tell(app, of_error(error), error.code, error.facts)
    except Exception as error:
        return _unforeseen(app, error)


def _unforeseen(app: App, error: Exception) -> int:
    _trace(app)
    known = of_system(error) if isinstance(error, OSError) else None
    if known is not None and isinstance(error, OSError):
        code, words = known
        return _tell(app, code, words, {"file": error.filename or "?", "reason": trouble(error)})
    if isinstance(error, MemoryError):
        return _tell(app, Exit.UNFORESEEN, "cli.memory", {})
    return _tell(app, Exit.UNFORESEEN, "cli.unforeseen", {"kind": type(error).__name__, "message": str(error)})


def _trace(app: App) -> None:
    if app.environ.get("CUSTODY_DEBUG") == "1":
        import traceback

        app.console.note(traceback.format_exc().rstrip())


def _usage(app: App, error: click.UsageError) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        app.console.note(error.format_message())
        return int(Exit.WRONG_USE)
    path = error.ctx.command_path if error.ctx is not None else "custody"
    if error.ctx is not None and not app.json:
        app.console.note(error.ctx.get_usage())
    return _tell(app, Exit.WRONG_USE, "cli.use", {"message": " ".join(error.format_message().split()), "command": path})


def _tell(app: App, code: Exit, words: str, facts: Mapping[str, object]) -> int:
    """Sentence and next step to stderr; with --json one object on stderr, so that stdout holds answers only."""
    sentence, step = app.say(words, **facts), app.next_step(words, **facts) or app.next_step("cli.any", code=words, exit=int(code))
    if app.json:
        _tell_json(app, code, words, facts, sentence, step)
        return int(code)
    app.console.note(f"{paint(app.say('cli.error'), 'bad')} {sentence}")
    if step:
        app.console.note(f"{paint(app.say('cli.next'), 'head')} {step}")
    return int(code)


def _tell_json(app: App, code: Exit, words: str, facts: Mapping[str, object], sentence: str, step: str | None) -> None:
    import json

    shown = {name: list(value) if isinstance(value, tuple) else value for name, value in facts.items()}
    document = {"schema": "custody.error/1", "code": words, "facts": shown, "exit": int(code), "message": sentence, "next": step}
    app.console.err.write(json.dumps(document, ensure_ascii=True, default=str) + "\n")


def _pipe() -> int:
    """Whoever read the answer has gone away (`| head`): keep Python from complaining when it flushes stdout at its end."""
    import os

    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return int(Exit.PIPE)
