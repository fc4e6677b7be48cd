"""The state of a box: a fold over the set of its statements, whatever order they came in (spec chapter 09, FOLD-1 to FOLD-10)."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from custody.core.act import Act
from custody.core.findings import Finding, finding
from custody.core.holding import BoxState, Holding, Line, Status, advance
from custody.core.lacking import differences, lacks_giver, signatures
from custody.core.links import Link, on_idle, sort
from custody.core.roster import Roster
from custody.core.takeback import Reaches, may_void, on_withdrawal, taken_back, withdrawals

Judge = Callable[[Act, Line, Holding | None], list[Finding]]
CopyOf = Callable[[Line], int]
Seen = Callable[[Holding, tuple[Act, Line] | None], Holding]  # the state with the seals last seen before the next link, or by now (ROOM-15)


def _as_left(holding: Holding, link: tuple[Act, Line] | None) -> Holding:
    return holding


class Step(NamedTuple):
    """One complete link of the walk: the act, the box line as it counts (that of the ack which completed it), and the state after it."""

    act: Act
    line: Line
    holding: Holding


class Folded(NamedTuple):
    """A box as judged: its state, the findings, and the links that led there, from the first on."""

    state: BoxState
    findings: list[Finding]
    steps: list[Step]


def fold(box: str, acts: Iterable[Act], roster: Roster, judge: Judge, copy_of: CopyOf, reaches: Reaches, seen: Seen = _as_left) -> Folded:
    """Judge one box from all acts that name it.

    `judge` gives the findings of one link on top of its parent, `copy_of` the copy number of the label that was read, `reaches` tells
    whether a key may act at a place, at an entry, `seen` the state of the box with the seals that were last seen on it.
    The result depends on the set of acts only (FOLD-1).
    """
    links, corrections, idle = sort(box, acts, roster)
    withdrawn, idle_withdrawals = withdrawals(links, roster)
    entitled = {act.sid: act.body["about"][0] for act in corrections if may_void(act, links, roster, reaches)}
    void, more = taken_back(box, links, corrections, withdrawn, entitled)
    standing = {sid: link for sid, link in links.items() if sid not in withdrawn and sid not in void}
    live = {sid: link for sid, link in standing.items() if link.done == "complete"}
    state, walked, steps = _walk(box, live, judge, copy_of, seen)
    waiting = {sid: link for sid, link in standing.items() if link.done != "complete"}
    state, hanging = _wait(state, waiting, live)
    hanging += [on_idle(box, ack, standing, roster) for ack in idle if ack.signed or not ack.late]
    found = [on_withdrawal(box, link, offer) for link, offer in idle_withdrawals if void.isdisjoint((link.act.sid, offer.act.sid))]
    return Folded(state, found + more + walked + hanging + signatures(box, standing, links, roster), steps)


def _walk(box: str, live: dict[str, Link], judge: Judge, copy_of: CopyOf, seen: Seen) -> Folded:
    """Follow the chain from its root; stop where two complete links follow one (FOLD-3)."""
    children: dict[str | None, list[Link]] = {}
    for link in live.values():
        children.setdefault(link.line["prev"], []).append(link)
    holding: Holding | None = None
    found, steps, unsigned = list[Finding](), list[Step](), list[str]()
    while len(next_ := children.get(holding.sid if holding else None, [])) == 1:
        (link,) = next_
        holding = seen(holding, (link.act, link.line)) if holding else None
        found += judge(link.act, link.line, holding) + differences(box, link)
        holding = advance(link.act, link.line, holding, copy_of(link.line), link.completer or link.last)
        steps.append(Step(link.act, link.line, holding))
        if lacks_giver(link):
            unsigned.append(link.act.sid)
    branches = tuple(sorted(link.act.sid for link in next_))
    for link in next_:
        found += judge(link.act, link.line, seen(holding, (link.act, link.line)) if holding else None)
    holding = seen(holding, None) if holding else None
    if branches:
        found.append(finding("box.disputed", *(link.act.entry for link in next_), box=box, after=holding.sid if holding else "-"))
    orphans = tuple(sorted(sid for sid, link in live.items() if _is_orphan(link, live)))
    found += [finding("box.orphan", live[sid].act.entry, box=box, prev=live[sid].line["prev"] or "-") for sid in orphans]
    status: Status = "disputed" if branches else "orphan" if orphans else "ok" if holding else "registered"
    return Folded(BoxState(box, status, holding, (), branches, orphans, tuple(unsigned), len(steps)), found, steps)


def _is_orphan(link: Link, live: dict[str, Link]) -> bool:
    prev = link.line["prev"]
    return prev is not None and prev not in live


def _wait(state: BoxState, waiting: dict[str, Link], live: dict[str, Link]) -> tuple[BoxState, list[Finding]]:
    """Offers and claims: on top of the last link they make the status, elsewhere they are left over."""
    tip = state.holding.sid if state.holding else None
    found, offers, status = [], [], state.status
    for sid, link in sorted(waiting.items(), key=lambda item: (item[1].done != "offered", item[0])):
        code = {"offered": "box.offered", "claimed": "box.claimed"}.get(link.done)
        if code is None:
            continue
        if link.line["prev"] == tip:
            offers.append(sid)
            if status in ("ok", "registered"):
                status = "offered" if link.done == "offered" else "claimed"
        elif link.line["prev"] in live or link.line["prev"] is None:
            code = "offer.open"
        found.append(finding(code, link.act.entry, box=state.box, sid=sid))
    return state._replace(status=status, offers=tuple(offers)), found
