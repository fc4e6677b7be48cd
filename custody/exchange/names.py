"""Names that other systems know things by: URNs, and the ids of events (spec chapter 28, EPCIS-1, EPCIS-2; RFC 8141, RFC 6920)."""

import re
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any
from urllib.parse import quote

TERMS = "urn:x-custody:terms:"
_AREA = re.compile(r"[0-9]{2,10}(-[0-9]{3})?", re.ASCII)


def term(word: str) -> str:
    """A word of our own, where the vocabulary of others has none."""
    return TERMS + word


def event_id(sid: str, part: str) -> str:
    """The id of one event of a statement: the `ni` name (RFC 6920) of two lines that say which.

    It hangs on the statement alone: whoever has the ledger can work it out, and the same event has it in every export. It is not the
    event hash of CBV 2.0, which is the same for any two events that tell the same.
    """
    raw = sha256(f"custody/event/v1\n{sid}\n{part}\n".encode()).digest()
    return f"ni:///sha-256;{urlsafe_b64encode(raw).decode().rstrip('=')}"


def area(code: str) -> bool:
    """Whether a place code is an official area code: of a province down to a TPS."""
    return _AREA.fullmatch(code) is not None


class Names:
    """The URNs of one ledger. An `x-` namespace can never be registered (RFC 8141, 5.1), so that these meet nobody else's."""

    def __init__(self, founding: str) -> None:
        """:param founding: the founding sid."""
        self.root = f"urn:x-custody:{founding[:32]}"

    def _named(self, *parts: str) -> str:
        return ":".join((self.root, *(quote(part, safe="-._~/") for part in parts)))

    def box(self, box: str) -> str:
        return self._named("box", box)

    def place(self, code: str) -> str:
        """An official area code is the same in every ledger; a store or warehouse is this ledger's own."""
        return f"urn:x-custody:area:{code}" if area(code) else self._named("place", code)

    def party(self, key: str) -> str:
        return self._named("key", key)

    def seal(self, box: str, seal: dict[str, Any]) -> str:
        """A numbered seal by its number, wherever it is; another one by the point of the box."""
        return self._named("seal", seal["number"]) if seal["number"] is not None else self._named("seal-point", box, seal["point"])

    def manifest(self, consignment: str) -> str:
        return self._named("manifest", consignment)

    def trip(self, consignment: str, number: int) -> str:
        return self._named("trip", consignment, str(number))

    def order(self, number: str) -> str:
        return self._named("order", number)

    def thing(self, code: str) -> str:
        return self._named("thing", code)

    def statement(self, sid: str) -> str:
        return self._named("statement", sid)
