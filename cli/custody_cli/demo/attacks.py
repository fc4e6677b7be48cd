"""What an attacker could try on a copy, and what the checks say: an altered row, a cut tail, an edited PDF."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from custody.core.policy import Policy
from custody.core.verdict import Verdict
from custody.core.verify import Outside

if TYPE_CHECKING:
    from custody.paper.checking.check import PaperVerdict
    from custody_cli.demo.journey import Stage


class Caught(NamedTuple):
    """One attack: what was done, and the verdicts that answer it."""

    name: str
    alone: Verdict
    with_receipt: Verdict


def altered_row(stage: "Stage", policy: Policy, receipt: Outside, work: Path) -> Caught:
    """Somebody with the file open changes where a box was handed over, past the triggers."""

    def change(database: sqlite3.Connection) -> None:
        (index,) = database.execute("SELECT max(idx) FROM entry WHERE kind = 'handoff'").fetchone()
        database.execute("UPDATE entry SET body = CAST(replace(body, 'Sprin/002', 'Sprin/009') AS BLOB) WHERE idx = ?", (index,))

    return _tried("row", stage, policy, receipt, work, change)


def cut_tail(stage: "Stage", policy: Policy, receipt: Outside, work: Path) -> Caught:
    """Somebody removes the last four entries with their checkpoints: from inside nothing shows."""

    def change(database: sqlite3.Connection) -> None:
        (size,) = database.execute("SELECT max(idx) + 1 FROM entry").fetchone()
        (keep,) = database.execute("SELECT max(size) FROM checkpoint WHERE size <= ?", (size - 4,)).fetchone()
        for statement in ("DELETE FROM entry WHERE idx >= ?", "DELETE FROM checkpoint WHERE size > ?", "DELETE FROM touch WHERE idx >= ?"):
            database.execute(statement, (keep,))

    return _tried("tail", stage, policy, receipt, work, change)


def _tried(name: str, stage: "Stage", policy: Policy, receipt: Outside, work: Path, change: Callable[[sqlite3.Connection], None]) -> Caught:
    """Copy the ledger, take the triggers off, change it, and judge it alone and against a receipt."""
    from custody.assembly import open_office
    from custody.assembly.auditing import verify_office

    copy = work / name
    shutil.copytree(stage.ledger, copy)
    with sqlite3.connect(copy / "ledger.db") as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        triggers = _triggers(stage.ledger / "ledger.db")
        change(database)
        for text in triggers:
            database.execute(text)
    database.close()
    with open_office(copy, state_dir=stage.state, clock=stage.clock) as office:
        return Caught(name, verify_office(office, policy, []), verify_office(office, policy, [receipt]))


def _triggers(path: Path) -> list[str]:
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return [sql for (sql,) in database.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")]
    finally:
        database.close()


def edited_paper(pdf: bytes, policy: Policy) -> "PaperVerdict":
    """Somebody changes one figure on the page of a report with a text editor."""
    from custody.paper.checking.check import check

    changed = pdf.replace(b"(265) Tj", b"(264) Tj", 1)
    return check(changed, policy)
