"""What a report is about, as people type it: a box, a place, or `muatan`, `kejadian`, `petugas`, `regu` and which (spec chapter 13)."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from custody_cli.ground.exits import WrongUse

if TYPE_CHECKING:
    from custody.assembly import Office

Scope = tuple[str, str]
_PLACES = ("tps", "desa", "kecamatan", "kabupaten", "warehouse")
_WORDS = {"muatan": "consignment", "kejadian": "incident", "petugas": "officer", "regu": "shift"}
_ALSO = {"consignment": "consignment", "incident": "incident", "officer": "officer", "shift": "shift"}
_SHORT = 8  # characters of an id in the name of a file


def scope_of(opened: Office, words: tuple[str, ...], command: str = "") -> Scope:
    """What a report is about: nothing for the whole operation, one of the four words and an id, else a box or a place.

    A place whose name begins with one of the words is still found: they count only with one more word behind them.
    command: what was typed, with a place for another scope. Raises `WrongUse`, and `Refused` as `daily.recorded`.
    """
    kind = {**_WORDS, **_ALSO}.get(words[0].lower()) if len(words) == 2 else None
    if kind is not None:
        return kind, _code(opened, kind, words[1])
    return _where(opened, " ".join(words), command)


def file_name(opened: Office, scope: Scope, entry: int) -> str:
    """The file of a report by its scope and the number of its entry: `laporan-habi-27.pdf`, `laporan-regu-14-27.pdf`."""
    plain = unicodedata.normalize("NFKD", _told(opened, scope)).encode("ascii", "ignore").decode().lower()
    return f"laporan-{'-'.join(re.findall('[a-z0-9]+', plain)) or scope[1].lower()}-{entry}.pdf"


def _told(opened: Office, scope: Scope) -> str:
    from custody_cli.boxes.named import Names

    kind, code = scope
    if kind in _ALSO:
        which = {"consignment": code[:_SHORT], "officer": code}.get(kind) or str(opened.ledger.indexes(code)[0])
        return f"{next(word for word, meant in _WORDS.items() if meant == kind)} {which}"
    names = Names(opened)
    return "operasi" if kind == "operation" else names.box(code) if kind == "box" else names.place(code)


def _where(opened: Office, text: str, command: str) -> Scope:
    """A box or a place as every command reads them. Raises `WrongUse`."""
    from custody_cli.boxes.choosing import Choosing

    if not text:
        return "operation", "-"
    found = Choosing(opened).meant(text, command)
    if found.kind == "box":
        return "box", found.code
    place = opened.ledger.state.places.get(found.code, opened.ledger.size)
    if place is None or place.kind not in _PLACES:
        raise WrongUse("cli.report.scope", scope=text)
    return ("operation", "-") if place.kind == "kabupaten" else (place.kind, place.code)


def _code(opened: Office, kind: str, text: str) -> str:
    """The id, sid or key name that was typed in full or in part, or as the number of an entry."""
    if kind == "officer":
        return _officer(opened, text)
    if kind == "consignment" and not text.isdecimal():
        return _consignment(opened, text.lower())
    from custody_cli.boxes.daily import recorded

    found = recorded(opened, text)
    if kind == "consignment":
        loaded = found.body.get("id") or (found.body.get("consignment") or {}).get("id")
        if loaded is None:
            raise WrongUse("cli.report.no-load", text=text, kind=found.kind.name)
        return str(loaded)
    if found.kind.name != kind:
        raise WrongUse(f"cli.report.no-{kind}", text=text, kind=found.kind.name)
    return found.sid


def _consignment(opened: Office, text: str) -> str:
    """The one consignment whose id begins so."""
    from custody.core.books import LOADS

    acts = opened.ledger.booked(LOADS)
    ids = {str((act.body.get("consignment") or act.body).get("id", "")) for act in acts}
    found = sorted(one for one in ids if one and one.startswith(text))
    if len(found) != 1 or len(text) < 4:
        raise WrongUse("cli.load.manifest", text=text, count=len(found))
    return found[0]


def _officer(opened: Office, text: str) -> str:
    """The one key whose name is this or begins so."""
    names = opened.ledger.state.roster.by_name
    found = [text.lower()] if text.lower() in names else sorted(name for name in names if name.startswith(text.lower()))
    if len(found) != 1:
        raise WrongUse("cli.report.no-officer", text=text, count=len(found))
    return found[0]
