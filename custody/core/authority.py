"""Statements of authorities: founding, enrol, revoke, places, register; they take effect in ledger order (spec chapter 09)."""

from collections.abc import Iterable
from typing import Any

from custody.core.errors import Malformed
from custody.core.findings import Finding, finding
from custody.core.places import Places
from custody.core.profile import EMPTY, Profile, of_founding
from custody.core.register import Register
from custody.core.rights import DELEGATED
from custody.core.roster import Key, Roster, enrolled, found, reference
from custody.core.routine import Routine
from custody.core.statement import Statement


class Authority:
    """What the authorities have laid down so far. A statement with too few signatures waits for more (ROLE-3)."""

    def __init__(self) -> None:
        self.roster = Roster()
        self.places = Places()
        self.register = Register()
        self.founding: Statement | None = None
        self.skew = 0
        self.profile: Profile = EMPTY
        self.guard_receives = False
        self._waiting: dict[str, dict[tuple[str, bytes], Key]] = {}  # sid -> the keys that signed it so far
        self._done: set[str] = set()
        self._routine = Routine()

    def routine(self, index: int) -> set[tuple[object, ...]]:
        """The combinations of which nothing is found as roster and places stand at an entry."""
        return self._routine.at(index, self.roster, self.places)

    def take(self, statement: Statement, keys: Iterable[Key], index: int) -> list[Finding]:
        """Let a statement take effect if, with this entry, enough have signed it. Raises `Malformed` for a bad founding."""
        if statement.kind.name == "founding":
            return self._found(statement, list(keys))
        if statement.sid in self._done:
            return []
        signed = self._waiting.setdefault(statement.sid, {})
        before = len(signed)
        signed.update(((key.name, key.key_id), key) for key in keys if key.counts(index))
        told = list(signed.values())
        if len(signed) == before or not self._entitled(statement, told, index):  # an entry that brings nothing changes nothing (AUTH-5)
            return [finding("authority.short", index, kind=statement.kind.name, sid=statement.sid)]
        if statement.kind.name == "enrol" and self._lacking(key := enrolled(statement, index), told) == "enrol.unproven":
            return [finding("enrol.unproven", index, key=key.name)]  # it waits: nobody kills an enrolment by leaving out a line
        del self._waiting[statement.sid]
        self._done.add(statement.sid)
        return self._effect(statement, told, index)

    def _found(self, statement: Statement, keys: list[Key]) -> list[Finding]:
        roster = found(statement)
        if not roster.agree(keys, 0) or not any(key.role == "ledger" for key in keys):
            raise Malformed("founding.signatures", signed=len(keys), threshold=roster.threshold)
        body = statement.body
        self.founding, self.roster, self.skew = statement, roster, body["skew"]
        self.profile = of_founding(body["profile"])
        self.guard_receives = body["guard_receives"]
        return []

    def _entitled(self, statement: Statement, signed: list[Key], index: int) -> bool:
        known = self._known(signed, index)
        if self.roster.agree(known, index):
            return True
        if statement.kind.name == "revoke":
            return any(reference(key) == statement.body["key"] for key in known)
        return statement.kind.name == "enrol" and any(self._delegated(statement.body, key, index) for key in known)

    def _known(self, signed: list[Key], index: int) -> list[Key]:
        """Only keys of the roster speak here: a key that an enrolment brings with it may bear the name of an authority."""
        return [key for one in signed if (key := self.roster.known(one.name, one.key_id, index)) is not None]

    def _delegated(self, body: dict[str, Any], key: Key, index: int) -> bool:
        """A supervisor may enrol where the founding and his own enrolment allow it, inside his own places, whom nobody knows yet (ROLE-4).

        A second key for somebody who has one would let him act as that person; only the authorities may give it.
        """
        allowed = self.founding is not None and self.founding.body["delegates"] and key.delegate and key.role == "supervisor"
        if not allowed or not key.counts(index) or body["role"] not in DELEGATED or not body["places"]:
            return False
        if body["person"] in self.roster.persons:
            return False
        return all(not key.places.isdisjoint(self.places.path(place, index)) for place in body["places"])

    def _effect(self, statement: Statement, signed: list[Key], index: int) -> list[Finding]:
        name = statement.kind.name
        if name == "enrol":
            return self._enrol(statement, signed, index)
        if name == "revoke":
            return self._revoke(statement.body, index)
        if name == "places":
            return self._places(statement.body, index)
        return self.register.take_boxes(statement, index, self.profile.types, self.profile.code)

    def _enrol(self, statement: Statement, signed: list[Key], index: int) -> list[Finding]:
        key = enrolled(statement, index)
        problem = self._lacking(key, signed)
        if problem is not None:
            return [finding(problem, index, key=key.name)]
        known = self._known(signed, index)
        by = [] if self.roster.agree(known, index) else sorted(one.name for one in known if self._delegated(statement.body, one, index))
        self.roster.add(key)
        return [finding("enrol.delegated", index, key=key.name, role=key.role, by=one) for one in by]

    def _lacking(self, key: Key, signed: list[Key]) -> str | None:
        if (key.name == self.roster.origin) != (key.role == "ledger") or (key.role != "ledger" and "/" in key.name):
            return "enrol.name"
        if not any(one.public == key.public and one.name == key.name for one in signed):
            return "enrol.unproven"
        if key.role != "ledger" and key.name in self.roster.by_name:
            return "enrol.name-taken"
        return "enrol.key-taken" if key.public in self.roster.publics else None

    def _revoke(self, body: dict[str, Any], index: int) -> list[Finding]:
        for key in self.roster.keys.values():
            if reference(key) == body["key"]:
                self.roster.revoke(key, index, body["since"])
                return []
        return [finding("revoke.unknown", index, key=body["key"])]

    def _places(self, body: dict[str, Any], index: int) -> list[Finding]:
        self.places.take(body, index)
        orphans = [p["code"] for p in body["places"] if p["parent"] is not None and self.places.get(p["parent"], index) is None]
        return [finding("place.parent", index, place=code) for code in orphans]
