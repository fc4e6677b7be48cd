"""The whole verification of an open ledger, by one process or several (spec chapter 10)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from custody.assembly.office import Office
    from custody.core.policy import Policy
    from custody.core.verdict import Verdict
    from custody.core.verify import Outside
    from custody.ledger.ports import Store


def _reopened(folder: Path) -> Store:
    """The same store in another process, for reading."""
    from custody.assembly.placing import open_store

    return open_store(folder)


def verify_office(
    office: Office, trust: Policy | None, held: Sequence[Outside], workers: int = 1, watch: Callable[[int], None] = lambda index: None
) -> Verdict:
    """Judge the ledger as it lies there now, its rows and the file that holds them: an index that leads astray hides what is there.

    Raises as `custody.ledger.audit.audit`.
    """
    from custody.ledger.audit import audit

    reopen = partial(_reopened, office.folder.path)
    verdict = audit(office.store, trust, held, workers=workers, reopen=reopen, watch=watch)[0]
    return verdict if verdict.fault_count else _examined(office, verdict)


def _examined(office: Office, verdict: Verdict) -> Verdict:
    from custody.core.errors import Altered
    from custody.core.verdict import Fault, Step

    try:
        office.store.examine()
    except Altered as error:
        return replace(verdict, fault_count=1, faults=(Fault.of(Step.KEPT, error),))
    return verdict
