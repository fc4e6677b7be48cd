"""Acts: a statement with the signatures that count, and whether they suffice to move a box (spec chapter 09, ACT-1 to ACT-10)."""

from collections.abc import Callable, Container, Iterable, Iterator
from functools import partial
from typing import Any, Literal, NamedTuple, Protocol

from custody.core.boxid import BoxId, is_box_id
from custody.core.places import Places
from custody.core.rights import SLOTS
from custody.core.roster import Key, Roster, colleague
from custody.core.statement import Statement

# `alone`: an opening by its officer only. `short`: a closing with too few authorities.
Completion = Literal["complete", "offered", "claimed", "alone", "short", "unsigned"]


_SIDES = {slot.field: slot for kind in ("handoff", "seal") for slot in SLOTS[kind] if slot.party}


class Rules(Protocol):
    """By what signatures are weighed."""

    @property
    def roster(self) -> Roster: ...
    @property
    def places(self) -> Places: ...
    @property
    def guard_receives(self) -> bool: ...


class Act(NamedTuple):
    """A statement as it stands in the ledger: the union of its signatures over all its entries.

    entry: the index at which it first arrived. signed: names whose signatures count. late: names whose signatures came
    after their revocation; they prove who signed and count for nothing.
    """

    statement: Statement
    entry: int
    signed: frozenset[str]
    late: frozenset[str]

    @property
    def body(self) -> dict[str, Any]:
        """The fields of the statement."""
        return self.statement.body

    @property
    def sid(self) -> str:
        """The statement id."""
        return self.statement.sid


_act: Callable[[tuple[Statement, int, frozenset[str], frozenset[str]]], Act] = partial(tuple.__new__, Act)
_NOBODY = frozenset[str]()


def act_of(statement: Statement, keys: Iterable[Key], index: int) -> Act:
    """The act of one entry, given the keys behind its lines. The ledger's own key proves order and never signs for a person."""
    signed, late = [], []
    for key in keys:
        if key.role == "ledger":
            continue
        if key.since <= index < key.until:
            signed.append(key.name)
        else:
            late.append(key.name)
    return _act((statement, index, frozenset(signed), frozenset(late) if late else _NOBODY))


def united(one: Act, other: Act) -> Act:
    """The same statement with the signatures of both; the earlier arrival stands, and a signature that came in time is not late."""
    signed = one.signed | other.signed
    return Act(one.statement, min(one.entry, other.entry), signed, (one.late | other.late) - signed)


def person_in(act: Act, name: str | None, roster: Roster) -> str | None:
    """The person behind a name in an act: of who signed it, and else as the roster was when it first arrived (FOLD-1)."""
    return roster.person_of(name) if name in act.signed or name in act.late else roster.person(name, act.entry)


def completion(act: Act, rules: Rules, box: str | None = None) -> Completion:
    """Tell whether the signatures that count complete a link for a box, or for all that it names (ACT-1 to ACT-4, ACT-9, ACT-10).

    A handoff needs giver and receiver, or a receiver who is concerned where it says why the giver cannot sign; a seal needs sealer and
    witness, an opening its officer and one of those present, a closing the authorities. Two keys of one person are one signature.
    """
    body, roster = act.statement.body, rules.roster
    if "giver" in body:
        first, second = body["giver"], body["receiver"]
    elif "sealer" in body:
        first, second = body["sealer"], body["witness"]
    else:
        return _opened(act, roster) if "officer" in body else _closed(act, roster)
    has_first, has_second = first in act.signed, second in act.signed
    if has_first and has_second and roster.person_of(first) != roster.person_of(second):
        return "complete"
    if has_second and body.get("unsigned") is not None and _suffices(act, rules, box):
        return "complete"
    return "offered" if has_first else "claimed" if has_second else "unsigned"


def _suffices(act: Act, rules: Rules, box: str | None) -> bool:
    """Whether the receiver's word alone moves a box: his role and place, and a way that the box has (ACT-2)."""
    boxes = [box] if box is not None else [line["box"] for line in act.body["boxes"]]
    if not _may(act, "receiver", "place", rules):
        return False
    return all(_on_way(act, one, rules, where) for one in boxes for where in ("place", "to"))


def _may(act: Act, field: str, where: str, rules: Rules) -> bool:
    """Whether a side of a handoff or a sealing, who signed it, has the role and acts at the place in a field."""
    key = rules.roster.by_name[act.body[field]]
    allowed = key.role in _SIDES[field].roles or (key.role == "guard" and rules.guard_receives and field in ("giver", "receiver"))
    everywhere = key.role == "authority" and not key.places  # ROLE-7
    return allowed and (everywhere or not key.places.isdisjoint(rules.places.path(act.body[where], act.entry)))


def _on_way(act: Act, box: str, rules: Rules, where: str) -> bool:
    """Whether the place in this field lies on the way of a box (PLACE-2)."""
    return is_box_id(box) and rules.places.on_way(BoxId.parse(box).place, act.body[where], act.entry)


def claims(act: Act, box: str, rules: Rules) -> bool:
    """Whether a receiver or witness who signed alone is concerned: by his role, at an end of the leg that is on the box's way (FOLD-6)."""
    field, places = ("receiver", ("place", "to")) if "receiver" in act.body else ("witness", ("place",))
    return any(_may(act, field, where, rules) and _on_way(act, box, rules, where) for where in places)


def offers(act: Act, box: str, holder: str | None, rules: Rules) -> bool:
    """Whether a giver or sealer who signed alone is concerned: he holds the box or is a colleague of who does (FOLD-6).

    holder: who holds it after the link that this one follows; None where nobody does, or it is not known: then his role and place decide.
    """
    field, places = ("giver", ("from", "place")) if "giver" in act.body else ("sealer", ("place",))
    key = rules.roster.find(act.body[field], act.entry)
    if key is None:
        return False
    if holder is not None:
        return colleague(key, rules.roster.find(holder, act.entry))
    return any(_may(act, field, where, rules) and _on_way(act, box, rules, where) for where in places)


def present(body: dict[str, Any]) -> frozenset[str]:
    """The keys that an opening names as present; none for other statements."""
    return frozenset(one["key"] for one in body.get("present", ()) if one["key"] is not None)


def _opened(act: Act, roster: Roster) -> Completion:
    """The officer, and one more person of those present."""
    officer = act.body["officer"]
    if officer not in act.signed:
        return "unsigned"
    others = {roster.person_of(name) for name in present(act.body) & act.signed} - {roster.person_of(officer)}
    return "complete" if others else "alone"


def _closed(act: Act, roster: Roster) -> Completion:
    """Authorities who agree (ROLE-2), over all entries of the statement."""
    keys = [roster.by_name[name] for name in act.signed]
    if roster.enough(keys):
        return "complete"
    return "short" if any(key.role == "authority" for key in keys) else "unsigned"


def apart(act: Act, boxes: Container[str]) -> Iterator[tuple[str, Act]]:
    """For each of these boxes that an act names, the act with what it says of this one, so that many may be kept."""
    lines: dict[str, list[Any]] = {}
    for item in act.body["boxes"]:
        lines.setdefault(item if type(item) is str else item["box"], []).append(item)
    named = {field: frozenset(act.body[field]) for field in ("missing", "extra") if field in act.body}
    for box in dict.fromkeys((*lines, *(box for field in named for box in act.body[field]))):
        if box in boxes:
            body: dict[str, Any] = {**act.body, "boxes": lines.get(box, [])}
            body.update((field, [box] * (box in some)) for field, some in named.items())
            yield box, act._replace(statement=act.statement._replace(body=body, text=b""))


def admitted(act: Act) -> Act:
    """The act as a ruling lets it count: signatures that came after a revocation are among those that count."""
    return act._replace(signed=act.signed | act.late, late=frozenset())


def completed(parts: Iterable[Act], rules: Rules, box: str) -> Act | None:
    """Of the entries of one complete link, the one with which it became complete; None if that is its first."""
    first, *later = sorted(parts, key=lambda act: act.entry)
    for act in later:
        if completion(first, rules, box) == "complete":
            return None
        first = united(first, act)
        if completion(first, rules, box) == "complete":
            return act
    return None
