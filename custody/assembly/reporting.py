"""Reports of an open ledger: which entries a report rests on, logging its facts, drawing it, and holding one against the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from custody.core import entry as entries
from custody.core import merkle
from custody.core.errors import Locked, Refused
from custody.core.excerpt import excerpt
from custody.core.state import State

if TYPE_CHECKING:
    from custody.assembly.office import Office
    from custody.core.private import Opening
    from custody.core.statement import Statement
    from custody.paper.facts import Facts

Sign = Callable[["Statement"], bytes]  # the note of a statement, signed by who issues


@dataclass(frozen=True)
class Issued:
    """A report as it leaves the office: the PDF, its facts, and the entry at which they are logged."""

    pdf: bytes
    facts: Facts
    entry: int


@dataclass(frozen=True)
class Standing:
    """A checked report held against a ledger: statements in scope that it left out, and those that came since."""

    left_out: tuple[str, ...]
    since: tuple[str, ...]


def issue_report(office: Office, scope: tuple[str, str], by: str, sign: Sign, lang: str, titles: dict[str, str]) -> Issued:
    """Log the facts of a report and draw it.

    Raises `Refused("report.scope")` for a scope without boxes, `Locked("report.locked")` while the ledger key is locked: a
    report without its own entry could not be checked.
    """
    from custody.paper import report
    from custody.paper.facts import Facts

    if not office.unlocked:
        raise Locked("report.locked")
    office.ledger.refresh()
    upto = office.ledger.size
    state, boxes = office.ledger.state, boxes_in(office, scope)
    if not boxes:
        raise Refused("report.scope", kind=scope[0], code=scope[1])
    told = _touching(office, boxes, upto)
    basis = _basis(office, state, told, boxes)
    sids = tuple(_sid(note) for _, note in sorted(told.items()))
    facts = Facts(
        scope, upto, _once(sids), _openings(office, basis), tuple(sorted(titles.items())), office.now(), by, lang, report.RENDERER
    )
    body = {"drawing": facts.drawing, "facts": facts.hash(), "size": len(facts.format()), "upto": upto}
    drafted = office.draft("report", scope={"code": scope[1], "kind": scope[0]}, **body)
    receipt = office.submit([sign(drafted)]).receipts[0]
    signers = _enrolments(office, state, [receipt.note])
    head, proof = receipt.proof.checkpoint, receipt.proof.format()
    taken = excerpt(_tree(office), head, _size(head), {**basis, **signers, receipt.index: receipt.note})
    evidence = report.Evidence(taken.format(), proof)
    return Issued(report.draw(facts, evidence, taken.replay(office.policy)), facts, receipt.index)


def standing(office: Office, facts: Facts) -> Standing:
    """What a report left out of its scope, and what happened since, seen from this ledger."""
    office.ledger.refresh()
    boxes = boxes_in(office, facts.scope)
    before = {_sid(note) for note in _touching(office, boxes, facts.upto).values()}
    now = {_sid(note) for note in _touching(office, boxes, office.ledger.size).values()}
    return Standing(tuple(sorted(before - set(facts.sids))), tuple(sorted(now - before)))


def boxes_in(office: Office, scope: tuple[str, str]) -> list[str]:
    """The boxes a scope means in the ledger as it is now."""
    from custody.paper.view import in_scope

    state = office.ledger.state
    if scope[0] == "warehouse":
        for row in office.ledger.boxes():
            state.holding(row.box)
    return in_scope(scope, state)


def _touching(office: Office, boxes: Iterable[str], upto: int) -> dict[int, bytes]:
    """Entries that can move these boxes, by index."""
    indexes = {index for box in boxes for index in office.ledger.touching(box) if index < upto}
    notes = {index: office.ledger.note(index) for index in indexes}
    return {index: note for index, note in notes.items() if entries.parse(note).statement.kind.takes_effect == "box"}


def _basis(office: Office, state: State, told: dict[int, bytes], boxes: Iterable[str]) -> dict[int, bytes]:
    """The entries that those rest on: founding, places, registration, the labels that were read, the keys that signed."""
    indexes = {0, *(place.since for versions in state.places.versions.values() for place in versions)}
    indexes |= {leg.since for legs in state.places.legs.values() for leg in legs}
    indexes |= {known.since for box in boxes if (known := state.register.boxes.get(box)) is not None}
    indexes |= _labels(state, told.values())
    rest = {index: note for index in indexes for index, note in _whole(office, index).items()}
    return {**told, **rest, **_enrolments(office, state, [*told.values(), *rest.values()])}


def _whole(office: Office, index: int) -> dict[int, bytes]:
    """An entry, and the other entries that brought signatures for the same statement."""
    note = office.ledger.note(index)
    return {one: office.ledger.note(one) for one in office.ledger.indexes(_sid(note))}


def _labels(state: State, notes: Iterable[bytes]) -> set[int]:
    found = set()
    for note in notes:
        for line in entries.parse(note).statement.body["boxes"]:
            label = line["by"]["label"] if type(line) is dict else None
            if label is not None and label in state.register.codes:
                found.add(state.register.codes[label].entry)
    return found


def _enrolments(office: Office, state: State, notes: Iterable[bytes]) -> dict[int, bytes]:
    """Enrolments and revocations of every key that signed these notes, and of the keys that signed those, and so on."""
    found: dict[int, bytes] = {}
    waiting = list(notes)
    while waiting:
        for line in entries.parse(waiting.pop()).lines:
            key = state.roster.keys.get((line.name, line.key_id))
            if key is None or key.since == 0:
                continue
            for index in (key.since, *([key.until - 1] if key.until <= office.ledger.size else [])):
                fresh = {one: note for one, note in _whole(office, index).items() if one not in found}
                found.update(fresh)
                waiting += fresh.values()
    return found


def _openings(office: Office, basis: dict[int, bytes]) -> tuple[tuple[str, Opening], ...]:
    """Names and ranks of the people in the report, as they were when they were enrolled."""
    wanted = []
    for note in basis.values():
        statement = entries.parse(note).statement
        cards = (
            statement.body["authorities"]
            if statement.kind.name == "founding"
            else [statement.body]
            if statement.kind.name == "enrol"
            else []
        )
        wanted += [card[part]["c"] for card in cards for part in ("rank", "name") if card[part] is not None]
    return tuple(sorted(office.private.opened(wanted).items()))


def _tree(office: Office) -> merkle.Tree:
    with office.store.read() as reader:
        return merkle.Tree(reader.leaves())


def _size(checkpoint: bytes) -> int:
    from custody.core.checkpoint import Checkpoint
    from custody.core.note import split

    return Checkpoint.parse(split(checkpoint)[0]).size


def _sid(note: bytes) -> str:
    return entries.parse(note).statement.sid


def _once(sids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sids))
