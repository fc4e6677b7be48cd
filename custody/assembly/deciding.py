"""Disputes and who may decide them, found before anybody signs (spec chapter 09, FOLD-12).

The law itself is asked whether a ruling would have effect: the box is folded with it on top, so that nothing said here can differ from what
`custody verify` says later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from custody.core import entry as entries
from custody.core.errors import Refused
from custody.core.rights import SLOTS

if TYPE_CHECKING:
    from custody.assembly.office import Office
    from custody.core.findings import Finding
    from custody.core.statement import Statement

_SIDES = tuple(dict.fromkeys(slot.field for slots in SLOTS.values() for slot in slots))


class Branch(NamedTuple):
    """One of several links that follow the same. later: how many links follow it. keys: who signed it or an ack about it, who is a side.

    acks: what its giver or receiver stated about it since: entry, side, who signed.
    """

    statement: Statement
    entry: int
    signers: tuple[str, ...]
    later: int
    keys: frozenset[str]
    acks: tuple[tuple[int, str, tuple[str, ...]], ...]


class Dispute(NamedTuple):
    """Boxes whose chains fork at the same link, into the same branches. prev: None where two links begin a chain."""

    boxes: tuple[str, ...]
    prev: str | None
    branches: tuple[Branch, ...]

    @property
    def parties(self) -> frozenset[str]:
        """Names of keys whose persons may not decide."""
        return frozenset(name for one in self.branches for name in one.keys)


def disputes(office: Office, boxes: Iterable[str]) -> list[Dispute]:
    """The disputes about these boxes, each once, in order of the first box."""
    grouped: dict[tuple[str | None, tuple[str, ...]], list[str]] = {}
    for box, (state, _) in office.ledger.judge(boxes).items():
        if state.branches:
            prev = state.holding.sid if state.holding is not None else None
            grouped.setdefault((prev, state.branches), []).append(box)
    return _told(office, grouped)


def decided(office: Office, rulings: Iterable[Statement], boxes: Iterable[str]) -> list[Dispute]:
    """What older rulings decided about these boxes, to be decided anew."""
    wanted, grouped = frozenset(boxes), dict[tuple[str | None, tuple[str, ...]], list[str]]()
    for row in (row for one in rulings for row in one.body["boxes"] if row["box"] in wanted):
        named = tuple(sorted({*row["falls"], *([row["stands"]] if row["stands"] is not None else [])}))
        grouped.setdefault((row["prev"], named), []).append(row["box"])
    return _told(office, grouped)


def _told(office: Office, grouped: dict[tuple[str | None, tuple[str, ...]], list[str]]) -> list[Dispute]:
    return [Dispute(tuple(found), prev, _branches(office, found[0], sids)) for (prev, sids), found in grouped.items()]


def require_ruling(office: Office, ruling: Statement, signers: Sequence[str]) -> None:
    """Make sure that a drafted ruling, signed by keys of these names, decides every box that it names.

    :raises Refused: `rule.party` with those who are parties, `rule.short` with how many supervisors it takes, `rule.nothing`.
    """
    for row in ruling.body["boxes"]:
        why = _why_not(office, ruling, row["box"], signers)
        if why == "party":
            raise Refused("rule.party", box=row["box"], keys=tuple(_party(office, ruling, row["box"], signers)))
        if why == "short":
            raise Refused("rule.short", box=row["box"], needed=office.ledger.state.supervisors)
        if why is not None:
            raise Refused("rule.nothing", box=row["box"])


def _why_not(office: Office, ruling: Statement, box: str, signers: Iterable[str]) -> str | None:
    """Why it would have no effect on a box, as the law says it; None where it has one."""
    mine = [one for one in _foreseen(office, ruling, box, signers) if office.ledger.size in one.entries]
    idle = next((one for one in mine if one.code == "ruling.no-effect"), None)
    if idle is not None:
        return str(dict(idle.facts)["why"])
    return None if any(one.code == "ruling.made" for one in mine) else "nothing"


def _foreseen(office: Office, ruling: Statement, box: str, signers: Iterable[str]) -> list[Finding]:
    from custody.core.act import act_of

    size, roster = office.ledger.size, office.ledger.state.roster
    keys = [key for name in signers if (key := roster.find(name, size)) is not None]
    return office.ledger.foresee(box, act_of(ruling, keys, size))[1]


def _party(office: Office, ruling: Statement, box: str, signers: Sequence[str]) -> list[str]:
    """Those of the signers without whom it would not be a party's word any more."""
    alone = [name for name in signers if _why_not(office, ruling, box, [one for one in signers if one != name]) != "party"]
    return alone or list(signers)


def _branches(office: Office, box: str, sids: Sequence[str]) -> tuple[Branch, ...]:
    told = [(index, entries.parse(office.ledger.note(index))) for index in office.ledger.touching(box)]
    parents = {one.statement.sid: _prev(one.statement, box) for _, one in told if one.statement.kind.link}
    return tuple(_branch(sid, told, parents) for sid in sids)


def _branch(sid: str, told: Sequence[tuple[int, entries.Entry]], parents: dict[str, str | None]) -> Branch:
    mine = [(index, one) for index, one in told if one.statement.sid == sid]
    about = [
        (index, one)
        for index, one in told
        if sid in (one.statement.sid, *one.statement.body.get("about", ())) and one.statement.kind.name != "ruling"
    ]
    index, first = mine[0]
    body = first.statement.body
    signers = tuple(dict.fromkeys(line.name for _, one in mine for line in one.lines))
    sides = {str(body[side]) for side in _SIDES if body.get(side) is not None}
    keys = sides | {line.name for _, one in about for line in one.lines if one.statement.kind.name != "correction"}
    acks = tuple(
        (at, str(one.statement.body["side"]), tuple(line.name for line in one.lines))
        for at, one in about
        if one.statement.kind.name == "ack"
    )
    return Branch(first.statement, index, signers, _after(sid, parents), frozenset(keys), acks)


def _prev(statement: Statement, box: str) -> str | None:
    return next((line["prev"] for line in statement.body["boxes"] if line["box"] == box), None)


def _after(sid: str, parents: dict[str, str | None]) -> int:
    """How many links follow a link, one after the other."""
    found, ahead = set[str](), {sid}
    while ahead:
        ahead = {child for child, prev in parents.items() if prev in ahead} - found
        found |= ahead
    return len(found)
