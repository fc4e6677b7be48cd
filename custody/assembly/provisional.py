"""Deeds of statements that wait at a station: drawn from what is known there, and proven by nothing yet (spec chapter 21; ADR 0018)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from custody.assembly.past import Past
from custody.assembly.reporting import facts_of
from custody.core import entry as entries
from custody.core.books import INCIDENTS
from custody.core.errors import Refused
from custody.core.incidents import standing
from custody.core.state import State

if TYPE_CHECKING:
    from custody.assembly.office import Office
    from custody.paper.proven.evidence import Reading
    from custody.paper.proven.facts import Facts

BY = "-"  # nobody issues it: it is not logged


def reach(office: Office) -> int:
    """How many entries there are, and at a station that looks ahead statements that wait."""
    from custody.ledger.beyond import LookingAhead

    return office.ledger.end if isinstance(office.ledger, LookingAhead) else office.ledger.size


def waits(office: Office, sid: str) -> bool:
    """Whether a statement has no entry yet."""
    return all(index >= office.ledger.size for index in office.ledger.indexes(sid))


def provisional_deed(
    office: Office, sid: str, lang: str, titles: dict[str, str], drawing: str = "", copies: tuple[str, ...] = ("",)
) -> bytes:
    """The page of a deed before there is an entry to prove it. Raises `Refused("report.scope")`, and as `paper.deeds.provisional.draw`."""
    from dataclasses import replace

    from custody.paper.deeds.provisional import draw

    past, scope = Past(office, reach(office)), ("deed", sid)
    extent = past.extent(scope)
    if not (extent.boxes or extent.named):
        raise Refused("report.scope", kind=scope[0], code=scope[1])
    beside = past.beside(extent.boxes)
    basis = past.basis(scope, extent, BY, beside)
    facts = facts_of(past, scope, extent, basis, (BY, lang, titles), drawing)
    facts = replace(facts, beside=tuple(beside), copies=copies, figure=past.figure(scope, extent))
    return draw(_reading(office, past, replace(facts, copies=copies), basis))


def _reading(office: Office, past: Past, facts: Facts, basis: Mapping[int, bytes]) -> Reading:
    """What a reader of the evidence would have before him."""
    from dataclasses import replace

    from custody.paper.proven.evidence import Evidence, Reading, told_and_behind

    state = _replayed(basis, past.size)
    extent = past.extent(facts.scope)
    told, behind = told_and_behind(basis, extent, True)
    judged = state.settle(basis.__getitem__, dict.fromkeys((*extent.boxes, *facts.beside)))
    settled = {box: judged[box] for box in extent.boxes}
    own = state.act_again(basis[told[0].entry], told[0].entry)
    head, signed = office.ledger.head(), office.ledger.checkpoint()
    reading = Reading(Evidence(b"", b"", b""), facts, signed, head, basis, state, told, own, settled, behind=behind)
    return replace(reading, incidents=tuple(standing(state.shelf.acts(INCIDENTS, reading.act), state)))


def _replayed(basis: Mapping[int, bytes], size: int) -> State:
    """The entries and statements of the page, at their numbers; their signatures were checked when they came."""
    state = State()
    for index, note in basis.items():
        state.size = index
        entry = entries.parse(note)
        state.apply(entry, entries.signers(entry, state.roster, index))
    state.size = size
    return state
