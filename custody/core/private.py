"""Private values: what stays out of the ledger and is only committed to (spec chapter 07, PRIV-1 to PRIV-3)."""

import re
from hashlib import sha256
from typing import NamedTuple

from custody.core import canonical
from custody.core.errors import Altered, Malformed

SALT_BYTES = 16
_SALT = re.compile("[0-9a-f]{32}")
_DOMAIN = b"custody/private/v1\n"


class Opening(NamedTuple):
    """What opens a commitment: the field it stands in, 128 random bits as 32 hex digits, and the value."""

    field: str
    salt: str
    value: str

    def commitment(self) -> str:
        """Lower-case hex of SHA-256 over the domain line and the JSON of this opening. Raises `Malformed` outside the subset."""
        if not _SALT.fullmatch(self.salt):
            raise Malformed("private.salt", length=len(self.salt))
        return sha256(_DOMAIN + canonical.encode(self._asdict()) + b"\n").hexdigest()


def seal(field: str, value: str, random: bytes) -> tuple[dict[str, str], Opening]:
    """Commit to a value with 16 fresh random bytes: the object for the statement, and the opening to keep private."""
    opening = Opening(field, random.hex(), value)
    return {"c": opening.commitment()}, opening


def check(commitment: str, opening: Opening) -> None:
    """Raise `Altered("private.opening")` unless the opening is what was committed to."""
    if opening.commitment() != commitment:
        raise Altered("private.opening", field=opening.field)
