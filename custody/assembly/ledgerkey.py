"""The ledger key of an office, out of its file or held by a process for the length of a shift (ADR 0011)."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custody.core.errors import KeyTrouble

if TYPE_CHECKING:
    from custody.core.note import VerifierKey
    from custody.core.statement import Statement
    from custody.ledger.folder import Folder
    from custody.ledger.ports import Signer

KeyMaker = Callable[["Statement", str], "Signer | None"]


@dataclass(frozen=True)
class FileKey:
    """A key out of its file, under the name by which it signs; of a ledger, or of a witness."""

    key: VerifierKey
    signing: Any

    def sign(self, message: bytes) -> bytes:
        return bytes(self.signing.sign(message))


def key_of(folder: Folder, state: Path) -> KeyMaker:
    """The ledger key as the founding says: in its file, or held by a process for the length of the shift."""

    def made(founding: Statement, origin: str) -> Signer | None:
        if founding.body["ledger_key_use"] == "file":
            return file_key(folder.key, origin, lambda: b"")
        from custody.ledger import holder

        shift = holder.find(state, origin)
        return None if shift is None else holder.HeldKey(shift.public(), shift)

    return made


def file_key(path: Path, origin: str, passphrase: Callable[[], bytes]) -> Signer:
    """The ledger key out of its file, under its name in the ledger.

    :raises KeyTrouble: `ledger.key.missing`, `ledger.key.other`, `key.…`.
    """
    from custody.core.note import ED25519, VerifierKey
    from custody.station.keyfile import load_key

    if not os.path.lexists(path):
        raise KeyTrouble("ledger.key.missing", path=str(path))
    opened = load_key(path, passphrase, unencrypted_allowed=True)
    if opened.name != "ledger":
        raise KeyTrouble("ledger.key.other", path=str(path), name=opened.name)
    return FileKey(VerifierKey(origin, ED25519, opened.signing.public), opened.signing)
