"""Who signed, and whether he may: roles, places of duty, persons, givers and sealers of a box (spec chapters 09 and 10)."""

from collections.abc import Iterator
from operator import itemgetter

from custody.core.act import Act, person_in
from custody.core.findings import Finding, finding
from custody.core.holding import Holding
from custody.core.known import Known
from custody.core.moment import to_seconds
from custody.core.rights import SIGNERS, SLOTS, Slot
from custody.core.roster import Key, Roster

# All that the judgment on the slots of a kind depends on, beside roster and places: the names, and the places where they act.
_TOLD = {kind: itemgetter(*dict.fromkeys(name for slot in slots for name in (slot.field, *slot.where))) for kind, slots in SLOTS.items()}


def of_statement(act: Act, known: Known) -> list[Finding]:
    """What is wrong with who signed a statement, by the table of roles: in the fields of its kind, or anywhere on it."""
    name = act.statement.kind.name
    if name in SLOTS:
        told, routine = (name, *_TOLD[name](act.statement.body)), known.routine(act.entry)
        if told in routine:
            return []
        found = _slots(act, SLOTS[name], known)
        if not found:
            routine.add(told)
        return found
    if name in SIGNERS and act.late and not act.signed:
        return [finding("statement.late", act.entry, key=", ".join(sorted(act.late)), sid=act.sid)]
    if name in SIGNERS and not _entitled(act, known):
        return [finding("role.kind", act.entry, slot="signer", kind=name)]
    return []


def _entitled(act: Act, known: Known) -> bool:
    """One of those who signed has a role that may sign statements of this kind."""
    keys = (known.roster.find(name, act.entry) for name in act.signed)
    return any(key is not None and key.role in SIGNERS[act.statement.kind.name] for key in keys)


def may_print(act: Act, known: Known) -> bool:
    """Whether a label statement is signed by somebody who may print; else its codes are not entered (REG-3)."""
    return _entitled(act, known)


def _slots(act: Act, slots: tuple[Slot, ...], known: Known) -> list[Finding]:
    body, index, find = act.statement.body, act.entry, known.roster.find
    found: list[Finding] = []
    persons: dict[str, str] = {}
    for slot in slots:
        field, roles, where, party = slot
        name = body[field]
        if name is None:
            continue
        key = find(name, index)
        if key is None:
            found.append(finding("role.unknown", index, slot=field, key=name))
            continue
        if key.role not in roles or (where and not _acts_at_one(key, where, act, known)):
            found += _slot(act, slot, key, known)
        if party:
            person = key.person
            if person in persons:
                found.append(finding("signer.same-person", index, one=persons[person], other=name))
            persons[person] = name
    return found


def _slot(act: Act, slot: Slot, key: Key, known: Known) -> Iterator[Finding]:
    custodian = slot.field in ("giver", "receiver") and key.role == "guard" and known.guard_receives  # who receives must give on
    allowed = key.role in slot.roles or custodian
    if not allowed:
        yield finding("role.kind", act.entry, slot=slot.field, key=key.name, role=key.role)
    if slot.where and not _acts_at_one(key, slot.where, act, known):
        yield finding("role.place", act.entry, slot=slot.field, key=key.name, place=act.body[slot.where[0]])


def _acts_at_one(key: Key, where: tuple[str, ...], act: Act, known: Known) -> bool:
    """The key may act at one of the places that the statement names in these fields."""
    body, path, index, apart = act.statement.body, known.places.path, act.entry, key.places.isdisjoint
    for field in where:  # noqa: SIM110 (asked for every signer of every entry; a generator takes twice as long)
        if not apart(path(body[field], index)):
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


def of_line(act: Act, box: str, parent: Holding, known: Known) -> Iterator[Finding]:
    """Who gives, seals or opens a box is who holds it, or stands in for him; a closing is nobody's but the authorities'."""
    if "giver" in act.body:
        return _giver(act, box, parent, known)
    name = act.body.get("sealer", act.body.get("officer"))
    return _sealer(act, box, parent, name, known) if name is not None else iter(())


def _giver(act: Act, box: str, parent: Holding, known: Known) -> Iterator[Finding]:
    """The giver must be who holds the box; a colleague of the same role and place is told, a stranger is a breach (LAW-4)."""
    name = act.body["giver"]
    if name == parent.holder:
        return
    if _same_person(act, name, parent.holder, known) or (name is None and act.body["unsigned"] is not None):
        return
    code = "giver.colleague" if _colleagues(act, name, parent.holder, known) else "giver.not-holder"
    yield finding(code, parent.entry, act.entry, box=box, giver=name or "-", holder=parent.holder)


def _sealer(act: Act, box: str, parent: Holding, name: str, known: Known) -> Iterator[Finding]:
    """Seals of a box that is on its way are changed by who holds it, or a colleague (LAW-7)."""
    if name == parent.holder or _same_person(act, name, parent.holder, known) or _colleagues(act, name, parent.holder, known):
        return
    yield finding("sealer.not-holder", parent.entry, act.entry, box=box, sealer=name, holder=parent.holder)


def _same_person(act: Act, one: str | None, other: str, known: Known) -> bool:
    """Two keys of one person, as the roster stood at the act: a key that comes later changes nothing (FOLD-1)."""
    person = person_in(act, one, known.roster)
    return person is not None and person == known.roster.person_of(other)


def _colleagues(act: Act, one: str | None, other: str, known: Known) -> bool:
    """The same role, and a place that both act at."""
    first, second = known.roster.find(one, act.entry), known.roster.find(other, act.entry)
    return first is not None and second is not None and first.role == second.role and bool(first.places & second.places)
