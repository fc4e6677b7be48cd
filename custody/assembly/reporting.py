"""Reports of an open ledger: which entries a report rests on, logging its facts, drawing it, and holding one against the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from custody.assembly.past import Past
from custody.core import entry as entries
from custody.core.errors import Altered, Locked, Refused, Undecided
from custody.core.excerpt import excerpt

if TYPE_CHECKING:
    from custody.assembly.office import Office
    from custody.core.private import Opening
    from custody.core.statement import Statement
    from custody.ledger.receipt import Receipt
    from custody.paper.proven.evidence import Evidence, Reading
    from custody.paper.proven.facts import Facts
    from custody.paper.proven.scope import Extent

Sign = Callable[["Statement"], bytes]  # the note of a statement, signed by who issues


@dataclass(frozen=True)
class Issued:
    """A report as it leaves the office: the PDF, its facts, and the entry at which they are logged."""

    pdf: bytes
    facts: Facts
    entry: int


@dataclass(frozen=True)
class Standing:
    """A checked report held against a ledger: statements it should rest on and does not, and those that came since.

    figure: what this ledger has, at least and at most, where a deed of a count says something else; empty where it does not.
    """

    left_out: tuple[str, ...]
    since: tuple[str, ...]
    figure: tuple[int, ...] = ()


def issue_report(
    office: Office, scope: tuple[str, str], by: str, sign: Sign, lang: str, titles: dict[str, str], drawing: str = "",
    copies: tuple[str, ...] = ("",),
) -> Issued:  # fmt: skip
    """Log the facts of a report and draw it, after reading its evidence as any checker will.

    A scope of kind `deed` is drawn as the deed of that statement, once for each of `copies`, which say whom it is for (1 to
    `facts.MOST_COPIES`). drawing: one of `drawings.DRAWINGS`, the usual one of the scope where it is empty.

    Raises `Refused("report.scope")` for a scope that means nothing here, `Refused("deed.drawing")` for a drawing that does not show it,
    `Malformed("report.facts")` for other copies, `Locked("report.locked")` while the ledger key is locked: a report without its own entry
    could not be checked. Nothing is logged then.
    """
    from custody.paper.drawings import draw
    from custody.paper.proven import evidence

    if not office.unlocked:
        raise Locked("report.locked")
    trust = office.policy
    office.ledger.refresh()
    past = Past(office, office.ledger.size)
    extent = past.extent(scope)
    if not (extent.boxes or extent.named):
        raise Refused("report.scope", kind=scope[0], code=scope[1])
    _drawable(drawing, scope, extent)
    beside = past.beside(extent.boxes)
    basis = past.basis(scope, extent, by, beside)
    facts = facts_of(past, scope, extent, basis, (by, lang, titles), drawing)
    facts = replace(facts, beside=tuple(beside), copies=copies, figure=past.figure(scope, extent))
    type(facts).parse(facts.format())  # whoever checks it reads it too
    body = {"at": facts.made, "drawing": facts.drawing, "facts": facts.hash(), "size": len(facts.format()), "upto": facts.upto}
    submitted = office.submit([sign(office.draft("report", scope={"code": scope[1], "kind": scope[0]}, **body))])
    if not submitted.receipts:  # the shift ended meanwhile
        raise Locked("report.locked")
    receipt = submitted.receipts[0]
    proven = evidence.read(_evidence(office, facts, basis, receipt), trust)
    return Issued(draw(proven), facts, receipt.index)


def _drawable(drawing: str, scope: tuple[str, str], extent: Extent) -> None:
    """Make sure that what is about to be logged can be drawn."""
    from custody.paper.drawings import fits

    kind = next((act.statement.kind.name for act in extent.named if scope == ("deed", act.sid)), None)
    if drawing and not fits(drawing, kind):
        raise Refused("deed.drawing", drawing=drawing, kind=kind or scope[0])


def facts_of(
    past: Past, scope: tuple[str, str], extent: Extent, basis: dict[int, bytes], issuer: tuple[str, str, dict[str, str]], drawing: str
) -> Facts:
    """What a report of a scope is drawn from. issuer: who, in which language, with which words for roles."""
    from custody.paper.drawings import of_scope, renderer
    from custody.paper.proven.facts import Facts, basis_of

    by, lang, titles = issuer
    sids, drawing = tuple(dict.fromkeys(past.sid(index) for index in past.told(extent))), drawing or of_scope(scope[0])
    noted = {"deed": {scope[1]}, "incident": {act.sid for act in extent.named}}.get(scope[0], set())
    shown = tuple(sorted(_openings(past.office, basis.values(), noted).items()))
    words = tuple(sorted(titles.items()))
    made, drawn = past.office.now(), renderer(lang, drawing)
    return Facts(scope, past.size, basis_of(basis.items()), sids, shown, words, made, by, lang, drawn, drawing)


def _evidence(office: Office, facts: Facts, basis: dict[int, bytes], receipt: Receipt) -> Evidence:
    from custody.core.checkpoint import Checkpoint
    from custody.core.note import split
    from custody.paper.proven.evidence import Evidence

    signed = receipt.proof.checkpoint
    size = Checkpoint.parse(split(signed)[0]).size
    taken = excerpt(office.ledger, signed, size, {**basis, receipt.index: receipt.note})
    return Evidence(facts.format(), taken.format(), receipt.proof.format())


def _openings(office: Office, notes: Iterable[bytes], noted: set[str]) -> dict[str, Opening]:
    """Names and ranks of the people in the report as they were when they were enrolled, of givers without a key, and of guests.

    noted: the statements whose free text is shown too: that of a deed, an incident and what settled it.
    """
    wanted = []
    for note in notes:
        statement = entries.parse(note).statement
        cards = {"founding": statement.body.get("authorities", ()), "enrol": (statement.body,)}.get(statement.kind.name, ())
        wanted += [card[part]["c"] for card in cards for part in ("rank", "name") if card[part] is not None]
        if statement.sid in noted and statement.body.get("note") is not None:
            wanted.append(statement.body["note"]["c"])
        unsigned = statement.body.get("unsigned")
        wanted += [unsigned["name"]["c"]] if unsigned is not None and unsigned["name"] is not None else []
        if statement.kind.name in ("opening", "visit"):
            people = [one for field in ("present", "invited", "persons") for one in statement.body.get(field, ())]
            wanted += [one["name"]["c"] for one in people if one["name"] is not None]
    return office.private.opened(wanted)


def standing(office: Office, reading: Reading) -> Standing:
    """What a report should rest on and does not, and what happened since, seen from this ledger.

    Raises `Undecided("outside.other-ledger")` where it is of another ledger, and `Altered`: `outside.longer` or `outside.root` where it
    proves that this is no longer the ledger it was drawn from.
    """
    office.ledger.refresh()
    _continues(office, reading)
    facts = reading.facts
    then, now = Past(office, facts.upto), Past(office, office.ledger.size)
    meant, means = then.extent(facts.scope), now.extent(facts.scope)
    beside = then.beside(meant.boxes)
    expected = then.basis(facts.scope, meant, facts.by, {*beside, *facts.beside})
    unread = then.telling({*beside} - {*facts.beside})  # carried perhaps, and not judged
    missing = {then.sid(index) for index in (*unread, *(index for index in expected if index not in reading.notes))}
    about = {*now.telling({*meant.boxes, *means.boxes}), *now.told(means)}
    later = {now.sid(index) for index in about if index >= facts.upto} - {reading.own.sid}
    figure = then.figure(facts.scope, meant)
    return Standing(tuple(sorted(missing)), tuple(sorted(later)), figure if figure != facts.figure else ())


def _continues(office: Office, reading: Reading) -> None:
    """The checkpoint of the report lies on this ledger's tree."""
    head, size = reading.head, office.ledger.size
    if head.origin != office.origin:
        raise Undecided("outside.other-ledger", name="PDF", origin=head.origin, expected=office.origin)
    if head.size > size:
        raise Altered("outside.longer", name="PDF", size=head.size, here=size)
    if office.ledger.root(head.size) != head.root:
        raise Altered("outside.root", name="PDF", size=head.size)
