"""Beginning a ledger: the complete founding becomes entry 0, and the folder gets all that belongs to it (design chapter 3)."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from custody.assembly.office import guard_of, ledger_of, own_folder
from custody.assembly.placing import made_private, made_store
from custody.durable import write_durably
from custody.ledger.folder import Folder, Identity

if TYPE_CHECKING:
    from custody.core.private import Opening
    from custody.ledger.ports import Signer
    from custody.ledger.receipt import Receipt


def found(
    path: Path,
    founding: bytes,
    ledger_key: Signer,
    openings: Iterable[Opening] = (),
    *,
    state_dir: Path,
    machine: str | None = None,
) -> Receipt:
    """Begin a ledger in a folder with its complete, signed founding; may be repeated with the same one after a crash.

    :raises Refused: `ledger.founded` where another ledger lies there, `store.network`, `store.readonly`, `store.full`, `guard.unwritable`.
    :raises Malformed, BadSignature: for a founding that is none.
    """
    from custody.core import entry
    from custody.core.policy import Policy

    folder, statement = Folder(path), entry.parse(founding).statement
    path.mkdir(parents=True, exist_ok=True)
    own_folder(state_dir)
    with ExitStack() as stack:
        store = made_store(path)
        stack.callback(store.close)
        receipt = ledger_of(store, guard_of(state_dir, ledger_key.key.name, path, machine), ledger_key).found(founding)
        register = made_private(path)
        stack.callback(register.close)
        register.put_openings(openings)
    write_durably(folder.policy, Policy((ledger_key.key,)).format())
    body = statement.body
    identity = Identity(ledger_key.key.name, statement.sid, body["operation"], body["drill"])
    write_durably(folder.settings, identity.text().encode())
    for name in (folder.drafts, folder.outbox):
        own_folder(name)
    return receipt
