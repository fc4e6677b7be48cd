"""What a report is about, seen from a state of the ledger: its boxes, and for some the statements themselves (spec chapter 13)."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, NamedTuple, Protocol

from custody.core.act import Act
from custody.core.books import World, gathered, happened, speaks
from custody.core.boxid import BoxId
from custody.core.rights import SLOTS
from custody.core.state import State
from custody.core.statement import Statement, boxes_of
from custody.paper.proven.loadparts import load_id, one_load

NAMING = ("consignment", "incident", "officer", "shift", "deed")  # scopes that name statements, and boxes only through them
DEEDS = frozenset(
    ("seal", "handoff", "opening", "inspection", "visit", "shift", "incident", "plenary", "manifest", "closing", "ruling", "correction",
     "register", "label")
)  # fmt: skip
_LISTS = ("about", "settles", "withdraws", "supersedes")  # fields that hold sids of other statements


class Extent(NamedTuple):
    """What a scope means. boxes: sorted. named: the statements that it names itself, in order of entries; none for `box` and places."""

    boxes: list[str]
    named: tuple[Act, ...] = ()


def mentioning(notes: Iterable[tuple[int, bytes]], words: Collection[str]) -> Iterator[int]:
    """The indexes of those notes in whose bytes one of these words stands."""
    wanted = [word.encode() for word in words]
    return (index for index, note in notes if any(word in note for word in wanted))


class Archive(Protocol):
    """Entries as a scope looks for them: in a ledger at an earlier size, or in an excerpt."""

    def entries(self, sid: str) -> Iterable[int]:
        """The entries that hold a statement."""

    def mentioning(self, words: Collection[str]) -> Iterable[int]:
        """The entries in whose bytes one of these words stands."""

    def act(self, index: int) -> Act:
        """The statement of one entry with the signatures that counted there."""


def boxes(scope: tuple[str, str], state: State, note: Callable[[int], bytes]) -> list[str]:
    """The boxes that a box or a place means, sorted: by home for places, for a warehouse those that are there or on the way to it.

    `note` gives the bytes of an entry that speaks of one of the boxes, by index.
    """
    kind, code = scope
    known = sorted(_known(state))
    if kind == "operation":
        return known
    if kind == "box":
        return [code] if code in known else []
    if kind == "warehouse":
        settled = state.settle(note, known)
        return [box for box, (standing, _) in settled.items() if standing.holding is not None and standing.holding.to == code]
    return [box for box in known if code in state.places.path(home(box, state), state.size)]


def told_of(scope: tuple[str, str], named: Collection[Act], state: State) -> list[str]:
    """The boxes that the statements of one of `NAMING` bring into scope, sorted: those that are registered or spoken of (REPORT-13)."""
    found, own = set[str](), next((act for act in named if act.sid == scope[1]), None)
    for act in named:
        if _brings(scope[0], own, act):
            found.update(boxes_of(act.statement))
    return sorted(found & _known(state))


def home(box: str, state: State) -> str:
    """The place a box belongs to: as registered, or as the id of an unregistered one says."""
    registered = state.register.get(box, state.size)
    return registered.place if registered is not None else BoxId.parse(box).place


def tells(statement: Statement) -> bool:
    """Whether a statement that names a box belongs to the story of that box: it can move or judge it, or says what happened to it."""
    return statement.kind.takes_effect == "box" or statement.kind.name == "incident"


def named(scope: tuple[str, str], archive: Archive, world: World) -> tuple[Act, ...]:
    """The statements that one of `NAMING` is about, each once with all its signatures, in order of entries (REPORT-13)."""
    kind, code = scope
    return tuple(sorted(gathered(_FINDERS[kind](code, archive, world)), key=lambda act: act.entry))


def sides(statement: Statement) -> list[tuple[str, str]]:
    """Everybody whom a statement names by key: the field, and the name, in the order of the fields (REPORT-13)."""
    body, found = statement.body, list[tuple[str, str]]()
    for field in (*(slot.field for slot in SLOTS.get(statement.kind.name, ())), "owner", "leave"):
        if body.get(field) is not None:
            found.append((field, body[field]))
    for field in ("present", "invited", "persons"):
        found += [(field, one["key"]) for one in body.get(field, ()) if isinstance(one, dict) and one["key"] is not None]
    return found + [("escort", key) for key in body.get("escort", {}).get("keys", ())]


def _known(state: State) -> set[str]:
    return {box for box, known in state.register.boxes.items() if known.since < state.size}.union(state.chains)


def _brings(kind: str, own: Act | None, act: Act) -> bool:
    """Whether the boxes of one of its statements are in the scope. own: the statement that the scope names by its id, if it does."""
    if kind == "deed" and own is not None:
        return act.sid == own.sid or act.statement.kind.name == "ack" or one_load(own.statement, act.statement)
    return kind in ("consignment", "incident") or tells(act.statement)


def _consignment(code: str, archive: Archive, _: World) -> Iterator[Act]:
    """Manifests and handoffs under one id, and what was acknowledged of them (LOAD-1)."""
    handoffs = set[str]()
    for index in archive.mentioning((code,)):
        act = archive.act(index)
        if act.body.get("id") == code or (act.body.get("consignment") or {}).get("id") == code:
            handoffs.add(act.sid)
            yield act
    for index in archive.mentioning(handoffs):
        act = archive.act(index)
        if act.statement.kind.name == "ack" and not handoffs.isdisjoint(act.body["about"]):
            yield act


def _incident(code: str, archive: Archive, world: World) -> Iterator[Act]:
    """One incident, what it settles and what settles or corrects it (INC-3)."""
    own = [act for act in _of(code, archive) if act.statement.kind.name == "incident"]
    yield from own
    for sid in {sid for act in own for sid in act.body["settles"]}:
        yield from _of(sid, archive)
    yield from _referring(code, archive) if own else ()


def _officer(code: str, archive: Archive, _: World) -> Iterator[Act]:
    """All that one key signed, in time or late, and all that names it."""
    for index in archive.mentioning((code,)):
        act = archive.act(index)
        if code in act.signed or code in act.late or any(name == code for _, name in sides(act.statement)):
            yield from _of(act.sid, archive)


def _shift(code: str, archive: Archive, world: World) -> Iterator[Act]:
    """What was recorded in a room from one shift until the next that counts, that one included (ROOM-1)."""
    shift = next((act for act in gathered(_of(code, archive)) if act.statement.kind.name == "shift"), None)
    if shift is None:
        return
    place, begun = shift.body["place"], happened(shift)
    there = gathered(act for index in archive.mentioning((place,)) if _took_place(act := archive.act(index), place))
    later = [act for act in there if act.statement.kind.name == "shift" and (happened(act), act.sid) > (begun, code)]
    after = next((act for act in later if speaks(act, "incoming", world)), None)
    for act in there:
        if act.sid in (code, after and after.sid) or (begun <= happened(act) and (after is None or happened(act) < happened(after))):
            yield from _of(act.sid, archive)


def _deed(code: str, archive: Archive, _: World) -> Iterator[Act]:
    """One statement, the other parts of its load, and what was acknowledged, corrected, ruled or reported of them later."""
    own = [act for act in _of(code, archive) if act.statement.kind.name in DEEDS]
    for sid in dict.fromkeys(act.sid for act in (*own, *_parts(own, archive))):
        yield from _of(sid, archive)
        yield from _referring(sid, archive)


def _parts(own: list[Act], archive: Archive) -> Iterator[Act]:
    """The other parts of a load (`loadparts`)."""
    name = load_id(own[0].statement) if own else None
    for index in archive.mentioning((name,)) if name is not None else ():
        act = archive.act(index)
        if one_load(own[0].statement, act.statement):
            yield act


_FINDERS: dict[str, Callable[[str, Archive, World], Iterator[Act]]] = {
    "consignment": _consignment,
    "incident": _incident,
    "officer": _officer,
    "shift": _shift,
    "deed": _deed,
}


def _of(sid: str, archive: Archive) -> Iterator[Act]:
    return (archive.act(index) for index in archive.entries(sid))


def _referring(sid: str, archive: Archive) -> Iterator[Act]:
    """Statements that speak of another; each with all its entries."""
    for index in archive.mentioning((sid,)):
        act = archive.act(index)
        if _refers(act.body, sid):
            yield from _of(act.sid, archive)


def _refers(body: dict[str, Any], sid: str) -> bool:
    """Whether a statement names another as what it speaks of, settles, takes back, replaces, puts in its place, or decides."""
    if body.get("instead") == sid or any(sid in body.get(field, ()) for field in _LISTS):
        return True
    rows = (row for row in body.get("boxes", ()) if isinstance(row, dict) and "falls" in row)
    return any(row["stands"] == sid or sid in row["falls"] for row in rows)


def _took_place(act: Act, place: str) -> bool:
    """Recorded at a place, or of what leaves it: a box that is bound for it from elsewhere is not there yet."""
    return act.body.get("place") == place or act.body.get("from") == place
