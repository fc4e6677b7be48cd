"""The law: what a statement does wrong, before it is recorded and when it is judged (spec chapter 10).

`violations` is the one function both sides call. It is pure: the same statement and state give the same findings.
"""

from collections.abc import Iterator
from typing import Any, Protocol

from custody.core.act import Act
from custody.core.box import Holding, Line, seals_of
from custody.core.findings import Finding, finding
from custody.core.moment import to_seconds
from custody.core.places import Places
from custody.core.register import Printed, Register
from custody.core.rights import SIGNERS, SLOTS, Slot
from custody.core.roster import Key, Roster

_BAD_STATES = frozenset(("loose", "torn", "missing"))


class State(Protocol):
    """What the law looks at: who may sign, where boxes may go, which boxes and codes exist, and where each box is."""

    @property
    def roster(self) -> Roster: ...
    @property
    def places(self) -> Places: ...
    @property
    def register(self) -> Register: ...
    @property
    def skew(self) -> int: ...
    @property
    def points(self) -> tuple[str, ...]: ...
    @property
    def guard_receives(self) -> bool: ...

    def holding(self, box: str) -> Holding | None:
        """The state of a box after its last link."""


def violations(act: Act, state: State) -> list[Finding]:
    """Everything that is wrong with an act, on the boxes as they stand now (LAW-1). Each finding names the box it is about."""
    found = of_statement(act, state)
    if act.statement.kind.link and act.statement.kind.takes_effect == "box":
        for line in act.body["boxes"]:
            found += of_line(act, line, state.holding(line["box"]), state)
    return found


def of_statement(act: Act, state: State) -> list[Finding]:
    """What can be said of a statement without looking at any box: its signers, places, escort and times."""
    found = _times(act, state)
    name = act.statement.kind.name
    if name in SLOTS:
        found += _slots(act, SLOTS[name], state)
    elif name in SIGNERS and act.late and not act.signed:
        found.append(finding("statement.late", act.entry, key=", ".join(sorted(act.late)), sid=act.sid))
    elif name in SIGNERS and not _entitled(act, state):
        found.append(finding("role.kind", act.entry, slot="signer", kind=name))
    if name == "handoff":
        found += _leg(act, state)
    return stated(act, found) if found else found


def of_line(act: Act, line: Line, parent: Holding | None, state: State) -> list[Finding]:
    """What is wrong with one box line on top of the box's last link (LAW-3)."""
    if parent is not None and _plain(act, line, parent, state):
        return []
    box, body = line["box"], act.statement.body
    registered = state.register.get(box, act.entry)
    found = [] if registered is not None else [finding("box.unknown", act.entry, box=box)]
    found += _label(act, line, parent, state)
    found += _seals(act, line, parent, state)
    if parent is not None:
        found += _after(act, box, parent, state)
        found += _giver(act, box, parent, state) if "giver" in body else _sealer(act, box, parent, state)
    elif "giver" in body:
        found.append(finding("box.unsealed", act.entry, box=box))
    goal = body["to"] if "to" in body else body["place"] if parent is None else None
    if goal is not None and registered is not None and not state.places.on_way(registered.place, goal, act.entry):
        found.append(finding("place.wrong", act.entry, box=box, to=goal))
    return stated(act, found) if found else found


def _plain(act: Act, line: Line, parent: Holding, state: State) -> bool:
    """At a glance: its holder hands on a box, in time and on its way, label and seals as they were. Then a closer look finds nothing."""
    body, register = act.statement.body, state.register
    registered, printed = register.boxes.get(line["box"]), register.codes.get(line["by"]["label"])
    if registered is None or printed is None or printed.box != line["box"] or printed.copy < parent.copy or registered.since > act.entry:
        return False
    if body.get("giver") != parent.holder or body["from"] not in (parent.place, parent.to):
        return False
    if seals_of(line) != parent.seals or not parent.seals:
        return False
    at = to_seconds(body["happened"]["at"])
    in_time = parent.at <= at and (parent.due is None or at <= parent.due)
    return in_time and state.places.on_way(registered.place, body["to"], act.entry)


def stated(act: Act, found: list[Finding]) -> list[Finding]:
    """Mark the findings that the signers themselves recorded as irregular, with their reason (LAW-2)."""
    reasons = {item["finding"]: item["reason"] for item in act.body.get("irregular", ())}
    if not reasons:
        return found
    return [one._replace(stated=reasons.get(one.code)) for one in found]


def _entitled(act: Act, state: State) -> bool:
    """One of those who signed has a role that may sign statements of this kind."""
    keys = (state.roster.find(name, act.entry) for name in act.signed)
    return any(key is not None and key.role in SIGNERS[act.statement.kind.name] for key in keys)


def may_print(act: Act, state: State) -> bool:
    """Whether a label statement is signed by somebody who may print; else its codes are not entered (REG-3)."""
    return _entitled(act, state)


def _slots(act: Act, slots: tuple[Slot, ...], state: State) -> list[Finding]:
    body, index, find = act.statement.body, act.entry, state.roster.find
    found, persons = list[Finding](), dict[str, str]()
    for slot in slots:
        name = body[slot.field]
        if name is None:
            continue
        key = find(name, index)
        if key is None:
            found.append(finding("role.unknown", index, slot=slot.field, key=name))
            continue
        if key.role not in slot.roles or (slot.where and not _acts_at_one(key, slot, act, state)):
            found += _slot(act, slot, key, state)
        if slot.party:
            if key.person in persons:
                found.append(finding("signer.same-person", index, one=persons[key.person], other=name))
            persons[key.person] = name
    return found


def _slot(act: Act, slot: Slot, key: Key, state: State) -> Iterator[Finding]:
    custodian = slot.field in ("giver", "receiver") and key.role == "guard" and state.guard_receives  # who receives must give on
    allowed = key.role in slot.roles or custodian
    if not allowed:
        yield finding("role.kind", act.entry, slot=slot.field, key=key.name, role=key.role)
    if slot.where and not _acts_at_one(key, slot, act, state):
        yield finding("role.place", act.entry, slot=slot.field, key=key.name, place=act.body[slot.where[0]])


def _acts_at_one(key: Key, slot: Slot, act: Act, state: State) -> bool:
    """The key may act at one of the places that the statement names for this slot."""
    body, path, index = act.statement.body, state.places.path, act.entry
    for field in slot.where:  # noqa: SIM110 (asked for every signer of every entry; a generator takes twice as long)
        if not key.places.isdisjoint(path(body[field], index)):
            return True
    return False


def suspects(act: Act, roster: Roster) -> list[Finding]:
    """Signatures claimed to be made since their key became suspect (LAW-6). Known only once the whole ledger is read."""
    found, at = [], to_seconds(act.body["at"])
    for name in sorted(act.signed):
        key = roster.find(name, act.entry)
        if key is not None and key.suspect is not None and at >= to_seconds(key.suspect):
            found.append(finding("key.suspect", act.entry, key=name, since=key.suspect))
    return found


def _times(act: Act, state: State) -> list[Finding]:
    body, found = act.statement.body, list[Finding]()
    at, happened, basis = body["at"], body["happened"]["at"], body["happened"]["basis"]
    if happened != at and to_seconds(happened) > to_seconds(at) + state.skew:
        found.append(finding("time.future", act.entry, happened=happened, at=at))
    if basis != "now":
        found.append(finding("time.paper", act.entry, basis=basis))
    return found


def _leg(act: Act, state: State) -> Iterator[Finding]:
    body, index = act.body, act.entry
    start, end = state.places.get(body["from"], index), state.places.get(body["to"], index)
    for code, place in ((body["from"], start), (body["to"], end)):
        if place is None:
            yield finding("place.unknown", index, place=code)
    if start is None or end is None:
        return
    leg = state.places.leg(start.kind, end.kind, index)
    if leg is None and start.kind != end.kind:
        yield finding("leg.unplanned", index, start=body["from"], end=body["to"])
    elif leg is not None and leg.escort and not body["escort"]["present"]:
        yield finding("escort.missing", index, start=body["from"], end=body["to"])
    if body["through"] in act.signed:
        yield finding("leg.through", index, key=body["through"])


def _label(act: Act, line: Line, parent: Holding | None, state: State) -> Iterator[Finding]:
    box, by = line["box"], line["by"]
    if by["label"] is None:
        yield finding("label.not-read", act.entry, box=box, how=by["how"])
        return
    printed = state.register.codes.get(by["label"])
    if printed is None:
        yield finding("label.unknown", act.entry, box=box)
    elif printed.box is not None and printed.box != box:
        yield finding("label.other-box", act.entry, printed.entry, box=box, printed=printed.box)
    elif parent is not None and printed.copy < parent.copy:
        yield finding("label.void", act.entry, printed.entry, box=box, copy=printed.copy, newest=parent.copy)


def copy_number(line: dict[str, Any], codes: dict[str, Printed]) -> int:
    """The copy number of the label that was read on a box; 0 when none was read or nobody printed it."""
    label = line["by"]["label"]
    printed = codes.get(label) if label is not None else None
    return printed.copy if printed is not None else 0


def _seals(act: Act, line: Line, parent: Holding | None, state: State) -> Iterator[Finding]:
    box, now = line["box"], seals_of(line)
    if "sealer" not in act.body:
        known = parent.seals if parent is not None else ()
        if not now:
            if known or state.points:
                yield finding("seal.unseen", act.entry, box=box)
            return
        if parent is not None and known:
            if now != known:
                yield from _changed(act, box, now, parent)
            return
    missing = [point for point in state.points if point not in {seal[0] for seal in now}]
    if missing:
        yield finding("seal.points", act.entry, box=box, missing=" ".join(missing))
    for point, condition, _ in now:
        if condition in _BAD_STATES:
            yield finding("seal.broken", act.entry, box=box, point=point, state=condition)


def _changed(act: Act, box: str, now: tuple[Any, ...], parent: Holding) -> Iterator[Finding]:
    before = {seal[0]: seal[1:] for seal in parent.seals}
    after = {seal[0]: seal[1:] for seal in now}
    for point in sorted(before.keys() | after.keys()):
        was, is_ = before.get(point), after.get(point)
        if was != is_:
            yield finding("seal.changed", parent.looked, act.entry, box=box, point=point, was=_seal_text(was), found=_seal_text(is_))


def _seal_text(seal: Any) -> str:
    if seal is None:
        return "-"
    return seal[0] if seal[1] is None else f"{seal[0]} {seal[1]}"


def _after(act: Act, box: str, parent: Holding, state: State) -> Iterator[Finding]:
    happened = to_seconds(act.body["happened"]["at"])
    if happened < parent.at - state.skew:
        yield finding("time.backwards", parent.entry, act.entry, box=box)
    if parent.due is not None and happened > parent.due + state.skew:
        yield finding("leg.overdue", parent.entry, act.entry, box=box, minutes=(happened - parent.due) // 60)
    start = act.body.get("from", act.body["place"])
    if start not in (parent.place, parent.to):
        yield finding("place.from", parent.entry, act.entry, box=box, start=start, last=parent.to)


def _giver(act: Act, box: str, parent: Holding, state: State) -> Iterator[Finding]:
    """The giver must be who holds the box; a colleague of the same role and place is told, a stranger is a breach (LAW-4)."""
    name = act.body["giver"]
    if name == parent.holder:
        return
    if _same_person(name, parent.holder, state) or (name is None and act.body["unsigned"] is not None):
        return
    code = "giver.colleague" if _colleagues(act, name, parent.holder, state) else "giver.not-holder"
    yield finding(code, parent.entry, act.entry, box=box, giver=name or "-", holder=parent.holder)


def _sealer(act: Act, box: str, parent: Holding, state: State) -> Iterator[Finding]:
    """Seals of a box that is on its way are changed by who holds it, or a colleague (LAW-7)."""
    name = act.body["sealer"]
    if name == parent.holder or _same_person(name, parent.holder, state) or _colleagues(act, name, parent.holder, state):
        return
    yield finding("sealer.not-holder", parent.entry, act.entry, box=box, sealer=name, holder=parent.holder)


def _same_person(one: str | None, other: str, state: State) -> bool:
    person = state.roster.person_of(one)
    return person is not None and person == state.roster.person_of(other)


def _colleagues(act: Act, one: str | None, other: str, state: State) -> bool:
    """The same role, and a place that both act at."""
    first, second = state.roster.find(one, act.entry), state.roster.find(other, act.entry)
    return first is not None and second is not None and first.role == second.role and bool(first.places & second.places)
