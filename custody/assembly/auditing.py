"""The whole verification of an open ledger, by one process or several (spec chapter 10)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from custody.assembly.office import Office
    from custody.core.policy import Policy
    from custody.core.verdict import Verdict
    from custody.core.verify import Outside
    from custody.ledger.ports import Store


def _reopened(folder: Path) -> Store:
    """The same store in another process, for reading."""
    from custody.store.sqlite import SqliteStore

    return cast("Store", SqliteStore.open(folder))


def verify_office(
    office: Office, trust: Policy | None, held: Sequence[Outside], workers: int = 1, watch: Callable[[int], None] = lambda index: None
) -> Verdict:
    """Judge the ledger as it lies there now. Raises as `custody.ledger.audit.audit`."""
    from custody.ledger.audit import audit

    reopen = partial(_reopened, office.folder.path)
    return audit(cast("Store", office.store), trust, held, workers=workers, reopen=reopen, watch=watch)[0]
