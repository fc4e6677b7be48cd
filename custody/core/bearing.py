"""Which links of a box do not count for where it is, and why (spec chapter 09, FOLD-3 to FOLD-5, FOLD-7, FOLD-12)."""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from custody.core.findings import Finding
from custody.core.holding import BoxState

# void: taken back by a correction. fallen: a ruling decided against it, or against what it follows. withdrawn: an offer taken back by its
# giver. contradicted: another link follows the same one. after: it follows such a link. orphan: it follows nothing that counts.
Bearing = Literal["void", "fallen", "withdrawn", "contradicted", "after", "orphan"]


class Told(NamedTuple):
    """What a link says of a box: which link it follows, and which offers it takes back."""

    prev: str | None
    withdraws: tuple[str, ...] = ()


def bearings(state: BoxState, found: Iterable[Finding], links: Mapping[str, Told]) -> dict[str, Bearing]:
    """The links that do not count for a box, by sid; what is not named counts, or waits for a signature.

    state, found: as the box is judged. links: by sid all statements that can move it.
    """
    void = {str(dict(one.facts)["about"]) for one in found if one.code == "correction.void"}
    gone: dict[str, Bearing] = {sid: "void" if sid in void else "fallen" for sid in (*state.fallen, *void)}
    chain = _chain(state, links)
    back = {offer for sid, one in links.items() if sid not in gone for offer in one.withdraws}
    told: dict[str, Bearing] = {}
    for sid in links:
        if sid in gone:
            told[sid] = gone[sid]
        elif sid in back and sid not in chain and sid not in state.branches:
            told[sid] = "withdrawn"
        elif sid not in chain:
            why = _why(sid, state, links, gone)
            told |= {sid: why} if why is not None else {}
    return told


def _chain(state: BoxState, links: Mapping[str, Told]) -> set[str]:
    """The links that count: from the last one back."""
    found, sid = set[str](), state.holding.sid if state.holding is not None else None
    while sid is not None and sid in links and sid not in found:
        found.add(sid)
        sid = links[sid].prev
    return found


def _why(sid: str, state: BoxState, links: Mapping[str, Told], gone: Mapping[str, Bearing]) -> Bearing | None:
    """What the link hangs on: a side of a dispute, or one that does not count; None where it only waits."""
    at: str | None = sid
    seen = set[str]()
    while at is not None and at not in seen:
        if at in state.branches:
            return "contradicted" if at == sid else "after"
        if at in state.orphans or at in gone or at not in links:
            return "orphan"
        seen.add(at)
        at = links[at].prev
    return None
