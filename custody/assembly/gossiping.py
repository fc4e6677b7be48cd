"""What others hold, against the ledger of this run or an export, and where it is kept (docs/spec/27-receipts.md)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from custody.core.errors import CustodyError

if TYPE_CHECKING:
    from custody.assembly.office import Office
    from custody.core.policy import Policy
    from custody.core.verify import Outside
    from custody.ledger.evidence import Evidence
    from custody.ledger.gossip import OfExport, OfLedger

_MOST = 65_535


def of_office(office: Office, trust: Policy | None) -> tuple[OfLedger, Evidence]:
    """The ledger at hand, and what is kept about it on this machine and in its folder."""
    from custody.ledger.evidence import evidence_of
    from custody.ledger.gossip import OfLedger

    office.ledger.refresh()
    return OfLedger(office.ledger, trust), evidence_of(office.state, office.origin, office.folder.path)


def of_export(root: Path, trust: Policy | None, state: Path) -> tuple[OfExport, Evidence]:
    """An export, verified first. Raises as `verify_export`; what its verification finds is not told here."""
    from custody.ledger.evidence import evidence_of
    from custody.ledger.exported import Found, verify_export
    from custody.ledger.exportfolder import ExportFolder
    from custody.ledger.gossip import OfExport
    from custody.ledger.tiles import WIDTH

    _, after = verify_export(root, trust)
    found = Found(ExportFolder(root))
    shown = OfExport(after, _published(root), lambda index: found.bundle(index // WIDTH)[0][index % WIDTH], trust)
    return shown, evidence_of(state, after.state.roster.origin)


def of_nothing(trust: Policy, state: Path) -> Evidence:
    """What is kept on this machine about the ledger of a trust file."""
    from custody.ledger.evidence import evidence_of

    return evidence_of(state, trust.logs[0].name if trust.logs else "none")


def kept_about_office(office: Office) -> list[Outside]:
    """What others held of this ledger and somebody brought: here, and in the folder of the ledger; every verification reads it."""
    from custody.ledger.evidence import evidence_of

    return evidence_of(office.state, office.origin, office.folder.path).items()


def kept_about_export(root: Path, state: Path) -> list[Outside]:
    """The same of the ledger that an export says it is; nothing where it says nothing."""
    from custody.core.checkpoint import Checkpoint
    from custody.core.note import split
    from custody.ledger.evidence import evidence_of

    note = _published(root)
    try:
        return evidence_of(state, Checkpoint.parse(split(note or b"")[0]).origin).items()
    except CustodyError:
        return []


def _published(root: Path) -> bytes | None:
    from custody.ledger import exportpaths
    from custody.reading import read

    try:
        return read(root / exportpaths.CHECKPOINT, _MOST)
    except (OSError, CustodyError):
        return None
