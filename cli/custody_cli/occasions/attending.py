"""Who was invited and who came: keys by name, others by role, institution and a name that only the private register holds (chapter 08)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from custody.core.errors import CustodyError, Malformed
from custody_cli.boxes import daily
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.questions import NONE, command_word, line

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.station.occasions import Attendant

MOST = 32
_ENOUGH = frozenset(("selesai", "sudah", "done"))
_INSTITUTION = re.compile(r"[a-z][a-z0-9.-]{0,39}")


def checked(office: Office, typed: str) -> str:
    """The text itself, if it names somebody: a key (`saksi-1`), or a role with institution and name (`saksi/bawaslu Budi Contoh`).

    Raises `WrongUse("cli.open.person")`.
    """
    _read(office, typed)
    return typed


def attendants(office: Office, typed: Sequence[str], random: daily.Random) -> tuple[Attendant, ...]:
    """People as they were typed; their names go to the private register. Raises `WrongUse("cli.open.person")`."""
    from custody.station.occasions import Attendant

    found = []
    for one in typed:
        role, key, institution, name = _read(office, one)
        found.append(Attendant(role, key, daily.private_text(office, "name", name, random) if name else None, institution))
    return tuple(found)


def _read(office: Office, typed: str) -> tuple[str, str | None, str | None, str]:
    """Role, key, institution and name of one person."""
    from custody.intake.people import role_of

    words = typed.split()
    key = office.ledger.state.roster.find(typed.strip(), office.ledger.size)
    if key is not None:
        return key.role, key.name, key.institution, ""
    role, _, institution = words[0].partition("/") if words else ("", "", "")
    institution = institution.lower()
    try:
        if institution and not _INSTITUTION.fullmatch(institution):
            raise Malformed("cli.open.person", typed=typed)
        return role_of(role), None, institution or None, " ".join(words[1:])
    except Malformed:
        raise WrongUse("cli.open.person", typed=typed[:60]) from None


def asked(app: App, office: Office, question: str, required: Sequence[str]) -> list[str]:
    """People one line after the other, until that is all; that there is nobody is said in words. Roles that the election asks for are told.

    Raises `Back`, `Stop`.
    """
    if required:
        app.console.note(app.say("cli.open.required", roles=tuple(app.say(f"title.{role}") for role in required)))
    found: list[str] = []
    while len(found) < MOST:
        typed = line(app, app.say(question, count=len(found)))
        low = typed.lower()
        if low in _ENOUGH or (low in NONE and not found):
            break
        if not typed or command_word(app, typed):
            continue
        try:
            found.append(checked(office, typed))
        except CustodyError as error:
            app.console.warn(app.say(error.code, **error.facts))
            app.console.note(app.next_step(error.code, **error.facts) or "")
    return found


def told(app: App, names: Names, people: Sequence[Mapping[str, Any]]) -> str:
    """People as statements list them, in words: `saksi (BAWASLU) Budi Contoh, ppk-1`."""
    hidden = [one["name"]["c"] for one in people if one["name"] is not None]
    opened = names.office.private.opened(hidden)
    said = []
    for one in people:
        house = f" ({one['institution'].upper()})" if one["institution"] else ""
        name = (
            names.person(one["key"]) if one["key"] else opened[one["name"]["c"]].value if one["name"] and one["name"]["c"] in opened else ""
        )
        said.append(f"{app.say('title.' + one['role'])}{house} {name}".strip())
    return ", ".join(said) or app.say("cli.open.nobody")
