"""Persons who enter a room, as a guard types them: an enrolled key or its person by name, or a name with role or institution behind it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from custody_cli.boxes import daily
from custody_cli.boxes.named import Names
from custody_cli.ground.desk import random
from custody_cli.ground.exits import WrongUse

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.core.roster import Key
    from custody.station.guardroom import Visitor

MOST = 32
_BRACKETS = re.compile(r"(?P<name>[^()]+?)\s*\((?P<of>[^()]+)\)")


class Person(NamedTuple):
    """One person before anything is committed to."""

    key: str | None
    name: str | None
    role: str | None
    institution: str | None


def persons(names: Names, typed: str) -> list[Person]:
    """`Ketua PPK Contoh (ppk), penjaga-1, Budi Contoh (KPU)`, one after the other. Raises WrongUse("cli.visit.persons")."""
    parts = [part.strip() for part in re.split(r"[,;]", typed) if part.strip()]
    if not 1 <= len(parts) <= MOST:
        raise WrongUse("cli.visit.persons", most=MOST)
    return [_person(names, part) for part in parts]


def _person(names: Names, text: str) -> Person:
    known = _known(names, text)
    if known is not None:
        return Person(known.name, None, known.role if known.role != "ledger" else None, known.institution)
    found = _BRACKETS.fullmatch(text)
    if found is None:
        return Person(None, text, None, None)
    role, institution = _belongs(found["of"])
    return Person(None, found["name"], role, institution)


def _known(names: Names, text: str) -> Key | None:
    """The enrolled key that is meant by its name, or by rank and name of its person."""
    ledger, low = names.office.ledger, text.lower()
    named = [key for key, shown in names.people.items() if low == shown.lower()]
    return ledger.state.roster.find(named[0] if len(named) == 1 else low, ledger.size)


def _belongs(text: str) -> tuple[str | None, str | None]:
    """A role by its word, else an institution by its code."""
    from custody.core.errors import CustodyError
    from custody.intake.people import role_of
    from custody.station.guardroom import thing

    try:
        return role_of(text), None
    except CustodyError:
        return None, thing(text)


def committed(opened: Office, found: list[Person]) -> list[Visitor]:
    """The same for a statement: names go to the private register, their commitments into the ledger."""
    from custody.station.guardroom import Visitor

    made = []
    for one in found:
        name = daily.private_text(opened, "name", one.name, random) if one.name is not None else None
        made.append(Visitor(one.key, name, one.role, one.institution))
    return made
