"""The questions of `custody init` when all signers sit at one table: what is founded, by whom, with which keys."""

import shutil
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from custody.core.errors import KeyTrouble, Malformed
from custody_cli.ground.app import App
from custody_cli.ground.desk import random
from custody_cli.ground.prompts import ask, confirm
from custody_cli.ground.settings import from_home
from custody_cli.keys.signing import chosen_passphrase, public_of

if TYPE_CHECKING:
    from custody.ledger.ceremony import Plan, Seat

_INSTITUTIONS = ("kpu", "polri", "bawaslu")


def ask_folder(app: App) -> Path:
    """The ledger folder, when none was named."""
    return from_home(ask(app.prompter, app.say("cli.init.ask.folder")))


def ask_plan(app: App) -> "tuple[Plan, tuple[Path, ...]]":
    """The plan out of answers, and the key files of those who can sign here and now."""
    from custody.ledger.ceremony import Plan
    from custody.ledger.profile import load, names

    for line in app.say("cli.init.ask.begin").splitlines():
        for part in textwrap.wrap(line, shutil.get_terminal_size().columns - 1, subsequent_indent="    "):
            app.prompter.tell(part)
    operation = ask(app.prompter, app.say("cli.init.ask.operation"))
    domain = _word(app, app.say("cli.init.ask.domain"))
    profile = load(_choice(app, "profile", names()))
    zone = _zone(app)
    drill = not confirm(app.prompter, app.say("cli.init.ask.real"), app.lang)
    use = "unlocked" if confirm(app.prompter, app.say("cli.init.ask.use"), app.lang, default=True) else "file"
    seats, keys = _ask_seats(app)
    threshold = _number(app, "threshold", 1 if drill and len(seats) == 1 else 2, len(seats))
    supervisors = _number(app, "supervisors", 1, 15)
    plan = Plan(operation, domain, zone, profile, tuple(seats), threshold, supervisors, drill=drill, ledger_key=use)
    return plan, tuple(keys)


def _ask_seats(app: App) -> "tuple[list[Seat], list[Path]]":
    from custody.ledger.ceremony import Seat

    seats: list[Seat] = []
    keys: list[Path] = []
    while True:
        number = len(seats) + 1
        default = _INSTITUTIONS[len(seats)] if len(seats) < len(_INSTITUTIONS) else None
        app.prompter.tell(app.say("cli.init.ask.authority", number=number))
        institution = _word(app, app.say("cli.init.ask.institution"), default)
        person = {name: app.prompter.line(app.say(f"cli.init.ask.{name}")).strip() or None for name in ("rank", "name", "number", "unit")}
        path, private = _ask_key(app, f"{institution}-{number}")
        seats.append(Seat(public_of(path), institution, **person))
        if private:
            keys.append(path)
        if not confirm(app.prompter, app.say("cli.init.ask.more"), app.lang):
            return seats, keys


def _ask_key(app: App, name: str) -> tuple[Path, bool]:
    """A key file, made here if it is not there yet; and whether its private half is at this table."""
    while True:
        path = from_home(ask(app.prompter, app.say("cli.init.ask.key"), f"{name}.key"))
        if path.suffix == ".pub" or path.exists():
            try:
                public_of(path)
                return path, path.suffix != ".pub"
            except (KeyTrouble, Malformed) as error:
                app.prompter.tell(app.say(error.code, **error.facts))
                continue
        from custody.station.keyfile import new_key

        key_name = _word(app, app.say("cli.init.ask.keyname"), name)
        new_key(path, key_name, chosen_passphrase(app, key_name, None), random=random)
        return path, True


def _word(app: App, question: str, default: str | None = None) -> str:
    """A code word: letters a to z, digits, hyphens."""
    from custody.core.shapes import KEY_NAME

    while True:
        answer = ask(app.prompter, question, default).lower()
        if KEY_NAME.ok(answer):
            return answer
        app.prompter.tell(app.say("cli.init.ask.word", value=answer))


def _choice(app: App, code: str, choices: tuple[str, ...], default: str | None = None) -> str:
    while True:
        answer = ask(app.prompter, app.say(f"cli.init.ask.{code}", choices=choices), default)
        if answer in choices:
            return answer
        app.prompter.tell(app.say("cli.init.ask.choice", value=answer, choices=choices))


def _zone(app: App) -> str:
    """A time zone as people say it, or its IANA name."""
    from custody.ledger.ceremony import ZONES, zone_of

    while True:
        answer = zone_of(ask(app.prompter, app.say("cli.init.ask.zone", choices=tuple(ZONES)), "WITA"))
        if answer in {*ZONES.values(), "Asia/Pontianak"}:
            return answer
        app.prompter.tell(app.say("cli.init.ask.choice", value=answer, choices=tuple(ZONES)))


def _number(app: App, code: str, default: int, most: int) -> int:
    while True:
        answer = ask(app.prompter, app.say(f"cli.init.ask.{code}", most=most, supervisor="supervisor"), str(default))
        if answer.isascii() and answer.isdigit() and 1 <= int(answer) <= most:
            return int(answer)
        app.prompter.tell(app.say("cli.init.ask.integer", value=answer, most=most))
