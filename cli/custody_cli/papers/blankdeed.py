"""What stands on a form of this ledger before anybody has written on it (spec chapter 21)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from custody_cli.ground.app import App

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.paper.deeds.blank import BlankFacts


def facts(app: App, office: Office, kind: str, copies: tuple[str, ...]) -> BlankFacts:
    """The facts of one form: operation, kabupaten, authorities, and the checkpoint as the ledger stands now."""
    from custody.paper.deeds.blank import BlankFacts

    body, state, head = office.founding.body, office.ledger.state, office.ledger.head()
    places = (state.places.get(code, state.size) for code in sorted(state.places.versions))
    tops = [_titled(app, place.kind, place.name) for place in places if place is not None and place.parent is None]
    below = " · ".join([*tops[:1], body["profile"]["name"]])
    houses = " · ".join(sorted({one["institution"].upper() for one in body["authorities"]}))
    ledger = app.say("deed.page.authorities", domain=body["domain"], institutions=houses)
    return BlankFacts(kind, app.lang, (body["operation"], below, ledger), office.drill, office.origin, head.short, copies)


def _titled(app: App, kind: str, name: str) -> str:
    """A place with the word for its level, as on the deed, unless its name brings one along."""
    whole = kind != "kabupaten" or name.lower().startswith(("kabupaten", "kota"))
    return name if whole else app.say("report.level.kabupaten", name=name)
