"""Which deed is meant, as officers type it: `serah-terima`, `tanda-terima 41`, `jaga last`; in English too (spec chapter 21)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from custody_cli.ground.app import App
from custody_cli.ground.desk import named
from custody_cli.ground.exits import WrongUse

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.core.statement import Statement

_AT_TABLE = frozenset(("handoff", "ack", "seal", "opening", "shift", "inspection", "incident", "manifest"))
LAST = frozenset(("last", "terakhir"))
_DEED, _RECEIPT, _WAYBILL = "deed-1", "deed-receipt-1", "deed-waybill-1"


class Sort(NamedTuple):
    """A kind of deed. word: as its file is named; kinds: of statements that have it; drawing: what draws it; form: to fill by hand."""

    word: str
    kinds: tuple[str, ...]
    drawing: str = _DEED
    form: str | None = None


SORTS: dict[str, Sort] = {
    "handoff": Sort("serah-terima", ("handoff",), form="handoff"),
    "receipt": Sort("tanda-terima", ("handoff",), _RECEIPT, "receipt"),
    "waybill": Sort("surat-jalan", ("handoff", "manifest"), _WAYBILL, "waybill"),
    "seal": Sort("penyegelan", ("seal",), form="seal"),
    "opening": Sort("pembukaan", ("opening",), form="opening"),
    "shift": Sort("jaga", ("shift",), form="shift"),
    "inspection": Sort("hitung", ("inspection",), form="inspection"),
    "incident": Sort("kejadian", ("incident",), form="incident"),
    "visit": Sort("kunjungan", ("visit",), form="visit"),
    "plenary": Sort("pleno", ("plenary",)),
    "closing": Sort("penutupan", ("closing",)),
    "ruling": Sort("putusan", ("ruling",)),
    "correction": Sort("pembetulan", ("correction",)),
    "register": Sort("pendaftaran", ("register",)),
    "label": Sort("label", ("label",)),
}
_ALSO = {  # other words of officers, in either language
    "handoff": ("serahterima",),
    "receipt": ("terima", "tandaterima"),
    "waybill": ("surat", "suratjalan", "muatan", "manifest"),
    "seal": ("segel",),
    "opening": ("buka", "open"),
    "shift": ("regu", "serah-terima-jaga"),
    "inspection": ("penghitungan", "pencocokan", "periksa", "pemeriksaan", "inspect", "count"),
    "incident": ("kejadian-khusus",),
    "closing": ("close",),
    "ruling": ("rule",),
    "correction": ("koreksi", "correct"),
    "register": ("daftar",),
}


class Meant(NamedTuple):
    """One deed: its sort, and the statement."""

    sort: Sort
    statement: Statement


def sort_of(word: str) -> Sort | None:
    """The sort that a word names, in either language."""
    typed = word.lower().replace("_", "-")
    return next((sort for name, sort in SORTS.items() if typed in (name, sort.word, *_ALSO.get(name, ()))), None)


def shown() -> str:
    """The words that can be typed."""
    return ", ".join(sort.word for sort in SORTS.values())


def commands(app: App, opened: Office, statements: Iterable[Statement]) -> list[str]:
    """The line that says how the deeds of what was just recorded are made, of an acknowledgement that of its handoff; none without any."""
    here = [one for one in statements if one.kind.name in _AT_TABLE]
    told = {one.body["about"][0] if one.kind.name == "ack" else one.sid for one in here}
    entries = sorted({found[0] for sid in told if (found := opened.ledger.indexes(sid))})
    if not entries:
        return []
    name = "ba" if app.lang == "id" else "deed"
    command = f"custody {name} {' '.join(map(str, entries))}{named(app)}"
    acks = sorted(found[0] for one in here if one.kind.name == "ack" and (found := opened.ledger.indexes(one.sid)))
    return [app.say("cli.deed.next.ack" if acks else "cli.deed.next", command=command, entries=entries, acks=acks)]


def form_of(words: tuple[str, ...]) -> str:
    """The form to fill by hand that was asked for. Raises `WrongUse("cli.deed.form")` where there is none."""
    sort = sort_of("-".join(words)) if words else None
    if sort is None or sort.form is None:
        forms = ", ".join(one.word for one in SORTS.values() if one.form is not None)
        raise WrongUse("cli.deed.form", text=" ".join(words) or "-", forms=forms)
    return sort.form


def meant(opened: Office, words: tuple[str, ...]) -> list[Meant]:
    """The deeds that were asked for: of a sort and entries, of entries alone, or the last of a sort.

    Raises `WrongUse`: `cli.deed.kind`, `cli.deed.other`, `cli.deed.paperless`, `cli.deed.none`, `cli.deed.arrived`; and `Refused` as
    `daily.recorded`.
    """
    sort, rest = _sort(words)
    found = [_whole(opened, _one(opened, sort, which, words)) for which in rest or ("last",)]
    return list({one.statement.sid: one for one in found}.values())


def _whole(opened: Office, meant: Meant) -> Meant:
    """One paper for a load of several statements, named for the first of them (DEED-12)."""
    from custody.core import entry as entries
    from custody.paper.proven.loadparts import load_id, one_load, part

    name = load_id(meant.statement)
    if name is None:
        return meant
    notes = (entries.parse(note).statement for note in opened.ledger.notes() if name.encode() in note)
    alike = [one for one in notes if one_load(meant.statement, one)]
    return meant._replace(statement=min(alike, key=lambda one: (part(one), one.sid)))


def _one(opened: Office, sort: Sort | None, which: str, words: tuple[str, ...]) -> Meant:
    from custody_cli.boxes.daily import recorded

    if which.lower() in LAST:
        return _last(opened, sort)
    if not re.fullmatch("[0-9a-fA-F]+", which):
        raise WrongUse("cli.deed.kind", text=" ".join(words), kinds=shown())
    found = recorded(opened, which)
    usual = _usual(found.kind.name)
    if usual is None:
        raise WrongUse("cli.deed.paperless", text=which, kind=found.kind.name, kinds=shown())
    own = sort or usual
    if found.kind.name not in own.kinds:
        raise WrongUse("cli.deed.other", text=which, kind=found.kind.name)
    if own.drawing == _WAYBILL and not _sends(opened, found):
        raise _arrived(opened, found)
    return Meant(_drawn(own, found.kind.name), found)


def _sends(opened: Office, statement: Statement) -> bool:
    """Whether a manifest or handoff sends a load on its way: only then there is a waybill of it (DEED-2)."""
    from custody.core.books import gathered
    from custody.paper.deeds.handoff import departs

    if statement.kind.name == "manifest":
        return True
    ledger = opened.ledger
    (act,) = gathered(ledger.state.act_again(ledger.note(index), index) for index in ledger.indexes(statement.sid))
    return departs(act)


def _arrived(opened: Office, statement: Statement) -> WrongUse:
    return WrongUse("cli.deed.arrived", entry=opened.ledger.indexes(statement.sid)[0])


def _sort(words: tuple[str, ...]) -> tuple[Sort | None, tuple[str, ...]]:
    """The sort, of one word or of several (`serah terima jaga`), and the words behind it."""
    for count in range(len(words), 0, -1):
        sort = sort_of("-".join(words[:count]))
        if sort is not None:
            return sort, words[count:]
    return None, words


def _usual(kind: str) -> Sort | None:
    """The sort of a statement of this kind where no other is asked for."""
    return next((sort for sort in SORTS.values() if kind in sort.kinds and sort.drawing == _DEED), None) or (
        SORTS["waybill"] if kind == "manifest" else None
    )


def _drawn(sort: Sort, kind: str) -> Sort:
    """A manifest is its own waybill."""
    return sort._replace(drawing=_DEED) if kind == "manifest" else sort


def _last(opened: Office, sort: Sort | None) -> Meant:
    """The youngest statement of a sort, as a waybill one that sends a load on its way; of any sort where none is named."""
    wanted: Callable[[str], Sort | None] = _usual if sort is None else lambda kind: sort if kind in sort.kinds else None
    from custody.assembly.provisional import reach
    from custody.core import entry as entries

    here: Statement | None = None
    for index in range(reach(opened) - 1, 0, -1):
        found = entries.parse(opened.ledger.note(index)).statement
        own = wanted(found.kind.name)
        if own is not None and (own.drawing != _WAYBILL or _sends(opened, found)):
            return Meant(_drawn(own, found.kind.name), found)
        here = here or (found if own is not None else None)
    if here is not None:
        raise _arrived(opened, here)
    raise WrongUse("cli.deed.none", kinds=sort.word if sort is not None else shown())
