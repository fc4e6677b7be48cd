"""The ledger for outsiders: exports written and judged, and single openings for a court (spec chapter 25)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from custody.assembly.office import Office
    from custody.core.merkle import Tree
    from custody.core.policy import Policy
    from custody.core.state import State
    from custody.core.verdict import Verdict
    from custody.core.verify import Outside
    from custody.ledger.export import Exported, Wanted
    from custody.ledger.reveal import Reveal


class Folder(NamedTuple):
    """What was found in an export: the verdict, the zone in which people there read clocks, what the entries add up to, their tree."""

    verdict: Verdict
    zone: str
    state: State
    tree: Tree


def export_office(office: Office, root: Path, wanted: Wanted, watch: Callable[[int], None] = lambda index: None) -> Exported:
    """Write the ledger as it stands into a folder. Raises as `custody.ledger.export.export`."""
    from custody.ledger.export import export
    from custody.ledger.exportfolder import ExportFolder

    return export(office.ledger, office.store, office.policy, ExportFolder(root), wanted, watch)


def verify_folder(
    root: Path, trust: Policy | None, held: Iterable[Outside] = (), workers: int = 1, watch: Callable[[int], None] = lambda index: None
) -> Folder:
    """Judge an export from its files alone. Raises as `custody.ledger.exported.verify_export`."""
    from custody.ledger.exported import verify_export

    verdict, after = verify_export(root, trust, held, workers, watch)
    founding = after.state.authority.founding
    return Folder(verdict, str(founding.body["zone"]) if founding is not None else "UTC", after.state, after.tree)


def published(root: Path) -> int:
    """How many entries an export has, for a progress bar; 0 where that cannot be told.

    :raises NoLedger: `export.none` for a folder that is none, `export.is-ledger` for that of a ledger.
    """
    from custody.ledger.exported import published_size

    return published_size(root)


def revealed(office: Office, what: int | str, wanted: Sequence[str]) -> Reveal:
    """The openings that stand at these places in a statement, with the receipt of its entry (REVEAL-1).

    :raises Refused: `ledger.statement`, `store.entry`, `reveal.nothing`, `reveal.place`, and
        `reveal.closed` for what the private register cannot open.
    """
    from custody.core.errors import Refused
    from custody.ledger.reveal import Reveal, places

    receipt = office.ledger.receipt(what)
    here = {place: commitment for commitment, place in places(receipt.note).items()}
    for place in wanted:
        if not here:
            raise Refused("reveal.nothing", entry=receipt.index)
        if place not in here:
            raise Refused("reveal.place", place=place, entry=receipt.index, places=tuple(sorted(here)))
    opened = office.private.opened([here[place] for place in wanted])
    for place in wanted:
        if here[place] not in opened:
            raise Refused("reveal.closed", place=place, entry=receipt.index)
    return Reveal(tuple(opened[here[place]] for place in wanted), receipt)


def revealable(office: Office, what: int | str) -> tuple[int, dict[str, bool]]:
    """The entry, and the places of its private values with whether the private register can open each."""
    from custody.ledger.reveal import places

    receipt = office.ledger.receipt(what)
    found = places(receipt.note)
    opened = office.private.opened(list(found))
    return receipt.index, {place: commitment in opened for commitment, place in sorted(found.items(), key=lambda one: one[1])}
