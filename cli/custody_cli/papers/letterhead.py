"""What stands at the head of papers that show no statement: forms and the cover of labels (spec chapters 12 and 21)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from custody.i18n import words

if TYPE_CHECKING:
    from custody.assembly import Office


def head(office: Office, lang: str) -> tuple[str, str, str]:
    """Operation; kabupaten and election; the ledger and its authorities, as on a deed."""
    body, state = office.founding.body, office.ledger.state
    places = (state.places.get(code, state.size) for code in sorted(state.places.versions))
    tops = [_titled(lang, place.kind, place.name) for place in places if place is not None and place.parent is None]
    houses = " · ".join(sorted({one["institution"].upper() for one in body["authorities"]}))
    ledger = words.say("deed.page.authorities", {"domain": body["domain"], "institutions": houses}, lang)
    return body["operation"], " · ".join([*tops[:1], body["profile"]["name"]]), ledger


def _titled(lang: str, kind: str, name: str) -> str:
    """A place with the word for its level, as on the deed, unless its name brings one along."""
    whole = kind != "kabupaten" or name.lower().startswith(("kabupaten", "kota"))
    return name if whole else words.say("report.level.kabupaten", {"name": name}, lang)
