"""Enrolment: what the office fixes, what the new key adds, and who stands behind a key (spec chapters 08 and 09; PRIV in chapter 07).

The office fixes everything of the statement but the key. The person's program puts the key in, shows what it says, and signs; the office
then drafts the same text from its own copy and compares bytes, so that nothing came back but a key.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from custody.core import private
from custody.core.errors import Altered, Malformed, Refused
from custody.core.note import VerifierKey
from custody.core.private import Opening
from custody.core.statement import Statement, draft

PERSONAL = ("name", "number", "rank", "unit")
_FIXED = ("at", "delegate", "happened", "openings", "person", "seen", *PERSONAL)


def terms(
    common: Mapping[str, Any],
    person: str,
    personal: Mapping[str, str | None],
    random: Callable[[int], bytes],
    delegate: bool = False,
) -> dict[str, Any]:
    """What an invitation fixes: times, the person (32 hex digits), commitments, and their openings for the person to see.

    :param common: the fields that all statements carry. :param personal: name, number, rank, unit as plain text or None.
    """
    fixed: dict[str, Any] = {"at": common["at"], "happened": common["happened"], "seen": common["seen"]}
    fixed |= {"delegate": delegate, "person": person, "openings": []}
    for name in PERSONAL:
        value = personal.get(name)
        fixed[name] = None
        if value is not None:
            fixed[name], opening = private.seal(name, value, random(private.SALT_BYTES))
            fixed["openings"].append(opening._asdict())
    return fixed


def statement(
    ledger: str, key: VerifierKey, role: str, institution: str | None, places: Iterable[str], fixed: Mapping[str, Any]
) -> Statement:
    """The enrolment that an invitation and a key make. :raises Malformed: `enrol.invitation`, `statement.field`."""
    if set(fixed) != set(_FIXED):
        raise Malformed("enrol.invitation", fields=tuple(sorted(set(fixed) ^ set(_FIXED))))
    body = {name: fixed[name] for name in _FIXED if name != "openings"}
    body |= {"institution": institution, "key": str(key), "ledger": ledger, "places": sorted(places), "role": role}
    return draft("enrol", body)


def openings(fixed: Mapping[str, Any]) -> list[Opening]:
    """The openings in an invitation, each held against its commitment: the name shown is the name enrolled.

    :raises Malformed: `enrol.invitation`. :raises Altered: `private.opening`.
    """
    listed = fixed.get("openings")
    try:
        found = [Opening(**item) for item in listed]  # type: ignore[union-attr]
    except TypeError:
        raise Malformed("enrol.invitation", fields=("openings",)) from None
    for opening in found:
        commitment = fixed.get(opening.field)
        if opening.field not in PERSONAL or not isinstance(commitment, dict):
            raise Malformed("enrol.invitation", fields=(str(opening.field),))
        private.check(str(commitment.get("c")), opening)
    if len(found) != sum(fixed.get(name) is not None for name in PERSONAL):
        raise Altered("private.opening", field="openings")
    return found


def compare(expected: Statement, text: bytes, key: str) -> None:
    """:raises Refused: `enrol.other-text` unless what came back is what the office would have written for this key."""
    if expected.text != text:
        raise Refused("enrol.other-text", key=key)


@dataclass(frozen=True)
class Card:
    """A person's key and what the private register tells of the person; None where it tells nothing."""

    key: str
    key_id: str
    role: str
    institution: str | None
    places: tuple[str, ...]
    person: str
    name: str | None = None
    number: str | None = None
    rank: str | None = None
    unit: str | None = None


def cards(statements: Iterable[Statement], opened: Callable[[list[str]], Mapping[str, Opening]]) -> list[Card]:
    """Cards for the keys of a founding and of enrolments, in their order. :param opened: commitments to openings, as far as known."""
    rows = [row for one in statements for row in _rows(one)]
    wanted = [row[name]["c"] for row in rows for name in PERSONAL if row[name] is not None]
    known = opened(wanted)
    return [_card(row, known) for row in rows]


def _rows(one: Statement) -> list[dict[str, Any]]:
    if one.kind.name == "founding":
        return [{**item, "role": "authority", "places": []} for item in one.body["authorities"]]
    return [one.body] if one.body["role"] != "ledger" else []


def _card(row: Mapping[str, Any], known: Mapping[str, Opening]) -> Card:
    key = VerifierKey.parse(row["key"])
    told = {name: known[row[name]["c"]].value for name in PERSONAL if row[name] is not None and row[name]["c"] in known}
    return Card(key.name, key.key_id.hex(), row["role"], row["institution"], tuple(row["places"]), row["person"], **told)
