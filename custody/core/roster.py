"""The roster: who may sign what, from which entry on; a pure fold of founding, enrol and revoke (spec chapter 09)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from custody.core.errors import Malformed
from custody.core.note import ED25519, VerifierKey, key_id
from custody.core.statement import Statement

NEVER = 2**63  # the index of a revocation that has not come


class Key(NamedTuple):
    """One enrolled key. `since` and `until` are entry indexes: it counts at `since <= index < until`."""

    name: str
    key_id: bytes
    public: bytes
    person: str
    role: str
    institution: str | None
    places: frozenset[str]
    delegate: bool
    since: int
    until: int = NEVER
    suspect: str | None = None  # moment since which a revocation calls it suspect

    def counts(self, index: int) -> bool:
        """Tell whether a signature that arrives at `index` counts."""
        return self.since <= index < self.until


def colleague(key: Key | None, other: Key | None) -> bool:
    """The same person, or one of the same role with a place in common (LAW-4)."""
    if key is None or other is None:
        return False
    return key.person == other.person or (key.role == other.role and not key.places.isdisjoint(other.places))


@dataclass
class Roster:
    """All keys that ever were, by name; names are unique for ever but the ledger's, which is the origin."""

    founding: str = ""
    origin: str = ""
    threshold: int = 1
    drill: bool = False
    keys: dict[tuple[str, bytes], Key] = field(default_factory=dict)
    by_name: dict[str, Key] = field(default_factory=dict)
    heads: dict[bytes, Key] = field(default_factory=dict)  # the ledger's own, by key id
    publics: set[bytes] = field(default_factory=set)
    persons: set[str] = field(default_factory=set)
    changes: int = 0  # how often a key was entered or ended
    newest: int = 0  # the last entry at which one was enrolled

    def known(self, name: str, id_: bytes, index: int) -> Key | None:
        """The key enrolled at or before `index`, revoked or not."""
        key = self.keys.get((name, id_))
        return key if key is not None and key.since <= index else None

    def find(self, name: str | None, index: int) -> Key | None:
        """The person's key of that name enrolled at or before `index`."""
        key = self.by_name.get(name) if name is not None else None
        return key if key is not None and key.since <= index else None

    def person(self, name: str | None, index: int) -> str | None:
        """The person behind a key name: 32 hex digits, or None."""
        key = self.find(name, index)
        return key.person if key is not None else None

    def person_of(self, name: str | None) -> str | None:
        """The person behind a key name, whenever it was enrolled: names are unique for ever."""
        key = self.by_name.get(name) if name is not None else None
        return key.person if key is not None else None

    def ledger_keys(self) -> list[VerifierKey]:
        """Every key that ever signed checkpoints, newest last."""
        return [key for key, _, _ in self.ledger_spans()]

    def ledger_spans(self) -> list[tuple[VerifierKey, int, int]]:
        """The same with the smallest and the largest size of a checkpoint that each may sign (ROLE-6)."""
        found = sorted(self.heads.values(), key=lambda key: key.since)
        return [(VerifierKey(key.name, ED25519, key.public), key.since + 1 if key.since else 0, key.until) for key in found]

    def add(self, key: Key) -> None:
        """Enter a key whose enrolment took effect."""
        self.changes += 1
        self.newest = max(self.newest, key.since)
        self.keys[(key.name, key.key_id)] = key
        self.publics.add(key.public)
        self.persons.add(key.person)
        if key.role == "ledger":
            self.heads[key.key_id] = key
        else:
            self.by_name[key.name] = key

    def revoke(self, key: Key, index: int, since: str | None) -> None:
        """End a key for all entries after `index`."""
        told = [one for one in (key.suspect, since) if one is not None]  # a later revocation cannot take a suspicion back
        self.add(key._replace(until=min(key.until, index + 1), suspect=min(told, default=None)))

    def agree(self, keys: Iterable[Key], index: int) -> bool:
        """Tell whether enough authorities signed whose keys count at an entry (ROLE-2)."""
        return self.enough(key for key in keys if key.counts(index))

    def enough(self, keys: Iterable[Key]) -> bool:
        """Tell whether there are enough authorities among these: `threshold` persons, never all of one institution (ROLE-2)."""
        signed = [key for key in keys if key.role == "authority"]
        persons = {key.person for key in signed}
        institutions = {key.institution for key in signed if key.institution is not None}
        return len(persons) >= self.threshold and (len(institutions) > 1 or (self.drill and self.threshold == 1))


def found(statement: Statement) -> Roster:
    """Begin a roster with a founding statement.

    Raises `Malformed("founding.threshold")` when the thresholds cannot protect the ledger: fewer than two signatures (one in a
    drill), or all authorities of one institution; `founding.keys` when two authorities share a key, a name or a person.
    """
    body = statement.body
    keys = [_authority(item) for item in body["authorities"]]
    _check_thresholds(body, keys)
    origin = f"custody.{body['domain']}/{statement.sid[:32]}"
    roster = Roster(statement.sid, origin, body["threshold"], body["drill"])
    for key in keys:
        if key.name in roster.by_name or key.public in roster.publics or key.person in {k.person for k in roster.by_name.values()}:
            raise Malformed("founding.keys", name=key.name)
        roster.add(key)
    public = bytes.fromhex(body["ledger_key"])
    if public in roster.publics:
        raise Malformed("founding.keys", name=origin)
    roster.add(_ledger_key(origin, public, 0))
    return roster


def _check_thresholds(body: dict[str, Any], keys: list[Key]) -> None:
    institutions = {key.institution for key in keys}
    alone = body["drill"] and body["threshold"] == 1
    if body["threshold"] > len(keys) or not (alone or (body["threshold"] >= 2 and len(institutions) >= 2)):
        raise Malformed("founding.threshold", threshold=body["threshold"], authorities=len(keys), institutions=len(institutions))


def _authority(item: dict[str, Any]) -> Key:
    verifier = VerifierKey.parse(item["key"])
    return Key(verifier.name, verifier.key_id, verifier.public, item["person"], "authority", item["institution"], frozenset(), True, 0)


def _ledger_key(origin: str, public: bytes, index: int) -> Key:
    return Key(origin, key_id(origin, ED25519, public), public, "", "ledger", None, frozenset(), False, index)


def enrolled(statement: Statement, index: int) -> Key:
    """The key an enrol statement is about; its shape has shown that it is one (STMT-5)."""
    body = statement.body
    verifier = VerifierKey.parse(body["key"])
    return Key(
        verifier.name,
        verifier.key_id,
        verifier.public,
        body["person"],
        body["role"],
        body["institution"],
        frozenset(body["places"]),
        body["delegate"],
        index,
    )


def introduced(statement: Statement) -> dict[tuple[str, bytes], Key]:
    """Keys that a founding or an enrol brings with it, for its own note only."""
    if statement.kind.name == "founding":
        return dict(found(statement).keys)
    if statement.kind.name == "enrol":
        key = enrolled(statement, 0)
        return {(key.name, key.key_id): key}
    return {}


def reference(key: Key) -> str:
    """How a revocation names a key: its name, or origin and key id for a ledger key (ADR 0003)."""
    return f"{key.name}+{key.key_id.hex()}" if key.role == "ledger" else key.name
