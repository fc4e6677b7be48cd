"""What stands on a form of this ledger before anybody has written on it (spec chapter 21)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from custody_cli.ground.app import App
from custody_cli.papers import letterhead

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.paper.deeds.blank import BlankFacts


def facts(app: App, office: Office, kind: str, copies: tuple[str, ...]) -> BlankFacts:
    """The facts of one form: operation, kabupaten, authorities, and the checkpoint as the ledger stands now."""
    from custody.paper.deeds.blank import BlankFacts

    head = office.ledger.head()
    return BlankFacts(kind, app.lang, letterhead.head(office, app.lang), office.drill, office.origin, head.short, copies)
