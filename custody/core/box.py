"""The state of a box: a fold over the set of its statements, whatever order they came in (spec chapter 09, FOLD-1 to FOLD-15)."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from custody.core import clocks
from custody.core.act import Act, Rules, claims, offers
from custody.core.boxid import BoxId
from custody.core.coverage import gaps, uncovered
from custody.core.disputes import contradictions
from custody.core.findings import Finding, finding
from custody.core.holding import BoxState, Holding, Line, Status, advance
from custody.core.lacking import differences, lacks_giver, signatures
from custody.core.links import Link, on_idle, sort
from custody.core.moment import to_seconds
from custody.core.rights import SLOTS
from custody.core.roster import Roster
from custody.core.rulings import decided
from custody.core.takeback import Reaches, may_void, on_withdrawal, taken_back, withdrawals


def as_left(holding: Holding, link: tuple[Act, Line] | None) -> Holding:
    """Nobody has looked at the box since its last link."""
    return holding


class Standards(NamedTuple):
    """By what a box is judged.

    rules: who may sign, and where. judge: the findings of one link on top of its parent.
    copy_of: the copy number of the label that was read. reaches: whether a key may
    act at a place, at an entry. skew: seconds that clocks may differ. supervisors: how many of them make a ruling.
    receipt: the findings of an offer and the ack that completes it. seen: the state of the box with the seals that were last seen on it
    before its next link, or by now (ROOM-15).
    """

    rules: Rules
    judge: Callable[[Act, Line, Holding | None], list[Finding]]
    receipt: Callable[[Act, Act, str], list[Finding]]
    copy_of: Callable[[Line], int]
    reaches: Reaches
    skew: int
    supervisors: int
    seen: Callable[[Holding, tuple[Act, Line] | None], Holding] = as_left

    @property
    def roster(self) -> Roster:
        """The keys of people."""
        return self.rules.roster


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


def fold(box: str, acts: Iterable[Act], by: Standards) -> Folded:
    """Judge one box from all acts that name it. The result depends on the set of acts only (FOLD-1)."""
    told, roster = sort(box, acts, by.rules), by.roster
    ruled = decided(box, told, by.rules, by.supervisors)
    links = told.links
    withdrawn, idle_withdrawals = withdrawals(links, roster)
    entitled = {act.sid: act.body["about"][0] for act in told.corrections if may_void(act, links, roster, by.reaches)}
    void, more = taken_back(box, links, told.corrections, withdrawn, ruled.fallen.keys(), entitled)
    gone = withdrawn | void | ruled.fallen.keys()
    standing = {sid: link for sid, link in links.items() if sid not in gone}
    live = {sid: link for sid, link in standing.items() if link.done == "complete"}
    state, walked, steps = _walk(box, live, by)
    if clocks.backwards(walked):
        walked = clocks.of_chain(box, walked, steps, by.skew, roster)
    state = state._replace(fallen=tuple(sorted(ruled.fallen)), status=_settled(state, ruled.made > 0))
    waiting = {sid: link for sid, link in standing.items() if link.done != "complete"}
    state, hanging = _wait(state, waiting, live, {step.holding.sid: step.holding.holder for step in steps}, by.rules)
    hanging += _alone(state, standing, steps, by)
    hanging += [on_idle(box, ack, standing, roster) for ack in told.idle.values() if ack.signed or not ack.late]
    found = [on_withdrawal(box, link, offer) for link, offer in idle_withdrawals if gone.isdisjoint((link.act.sid, offer.act.sid))]
    found += contradictions(box, {sid: link for sid, link in links.items() if sid not in withdrawn | void}, ruled.fallen, roster)
    return Folded(state, found + more + ruled.found + walked + hanging + signatures(box, standing, links, roster), steps)


def _settled(state: BoxState, ruled: bool) -> Status:
    """The status before anything waits: a closed box is closed, one that was ruled on is ruled, until something newer disputes it."""
    if state.status in ("disputed", "orphan"):
        return state.status
    if state.holding is not None and state.holding.kind == "closing":
        return "closed"
    return "ruled" if ruled else state.status


def _walk(box: str, live: dict[str, Link], by: Standards) -> Folded:
    """Follow the chain from its root; stop where two complete links follow one (FOLD-3)."""
    children: dict[str | None, list[Link]] = {}
    for link in live.values():
        children.setdefault(link.line["prev"], []).append(link)
    holding: Holding | None = None
    found, steps, unsigned = list[Finding](), list[Step](), list[str]()
    while len(next_ := children.get(holding.sid if holding else None, [])) == 1:
        (link,) = next_
        holding = by.seen(holding, (link.act, link.line)) if holding else None
        here = _judged(link, holding, by) + differences(box, link) + (by.receipt(link.act, link.completer, box) if link.completer else [])
        if lacking := lacks_giver(link):
            unsigned.append(link.act.sid)
        holding = advance(link.act, link.line, holding, by.copy_of(link.line), link.completer or link.last, lacking or uncovered(here))
        steps.append(Step(link.act, link.line, holding))
        found += here
    branches = tuple(sorted(link.act.sid for link in next_))
    for link in next_:
        found += _judged(link, by.seen(holding, (link.act, link.line)) if holding else None, by)
    holding = by.seen(holding, None) if holding else None
    if branches:
        found.append(finding("box.disputed", *(link.act.entry for link in next_), box=box, after=holding.sid if holding else "-"))
    orphans = tuple(sorted(sid for sid, link in live.items() if _is_orphan(link, live)))
    found += [finding("box.orphan", live[sid].act.entry, box=box, prev=live[sid].line["prev"] or "-") for sid in orphans]
    found += gaps(box, (step.holding for step in steps), by.skew)
    unclear = _unclear(live, steps)
    if holding is not None and unclear is not None and unclear[0] - holding.at > by.skew:
        minutes = (unclear[0] - holding.at) // 60
        found.append(finding("custody.gap", holding.entry, unclear[2], box=box, minutes=minutes, holder=holding.holder))
    status: Status = "disputed" if branches else "orphan" if orphans else "ok" if holding else "registered"
    state = BoxState(box, status, holding, (), branches, orphans, tuple(unsigned), len(steps), unclear=unclear[0] if unclear else None)
    return Folded(state, found, steps)


def _judged(link: Link, parent: Holding | None, by: Standards) -> list[Finding]:
    """What is found of a link on top of its parent, by each account that its receiver gave of the box (ACT-5)."""
    found = by.judge(link.act, link.line, parent)
    if link.accounts:
        found = list(dict.fromkeys((*found, *(one for line in link.accounts for one in by.judge(link.act, line, parent)))))
    return found


def _unclear(live: dict[str, Link], steps: list[Step]) -> tuple[int, str, int] | None:
    """Of the complete links that the walk did not reach the latest moment (Unix seconds), the sid that states it and its entry."""
    walked = {step.holding.sid for step in steps}
    loose = [link for sid, link in live.items() if sid not in walked]
    passed = ((link.completer or link.last or link.act) for link in loose)
    return max(((to_seconds(act.body["happened"]["at"]), act.sid, act.entry) for act in passed), default=None)


def _is_orphan(link: Link, live: dict[str, Link]) -> bool:
    prev = link.line["prev"]
    return prev is not None and prev not in live


def _wait(
    state: BoxState, waiting: dict[str, Link], live: dict[str, Link], holders: dict[str | None, str], rules: Rules
) -> tuple[BoxState, list[Finding]]:
    """Offers and claims: on top of the last link they make the status, elsewhere they are left over.

    Those of somebody who is not concerned are told of him, and make no status (FOLD-6). holders: who held the box after each link.
    """
    tip = state.holding.sid if state.holding else None
    found, open_, others, status = list[Finding](), list[str](), list[str](), state.status
    for sid, link in sorted(waiting.items(), key=lambda item: (item[1].done != "offered", item[0])):
        code = {"offered": "box.offered", "claimed": "box.claimed"}.get(link.done)
        if code is None:
            if link.done != "unsigned":
                others.append(sid)
            continue
        stranger = _stranger(link, state.box, holders, rules)
        if stranger is not None:
            others.append(sid)
            found.append(stranger)
            continue
        if link.line["prev"] == tip:
            open_.append(sid)
            if status in ("ok", "registered", "ruled"):
                status = "offered" if link.done == "offered" else "claimed"
        elif link.line["prev"] in live or link.line["prev"] is None:
            code = "offer.open"
        found.append(finding(code, link.act.entry, box=state.box, sid=sid))
    return state._replace(status=status, offers=tuple(open_), waiting=tuple(sorted(others))), found


def _stranger(link: Link, box: str, holders: dict[str | None, str], rules: Rules) -> Finding | None:
    """Told of who signed an offer or a claim alone and has no say in the box."""
    act, who = link.act, ", ".join(sorted(link.act.signed))
    if link.done == "claimed":
        return None if claims(act, box, rules) else finding("claim.stranger", act.entry, key=who, sid=act.sid)
    holder = holders.get(link.line["prev"])
    return None if offers(act, box, holder, rules) else finding("offer.stranger", act.entry, key=who, sid=act.sid)


def _alone(state: BoxState, standing: dict[str, Link], steps: list[Step], by: Standards) -> list[Finding]:
    """Openings by their officer only: told of the box where he is who may open it, else of his statement (FOLD-10, FOLD-11)."""
    after = {step.holding.sid: step.holding for step in steps}
    return [
        finding(
            "opening.alone",
            standing[sid].act.entry,
            box=state.box if _at_hand(state.box, standing[sid], after, by) else None,
            key=standing[sid].act.body["officer"],
            sid=sid,
        )
        for sid in state.waiting
        if standing[sid].done == "alone"
    ]


def _at_hand(box: str, link: Link, after: dict[str, Holding], by: Standards) -> bool:
    """Whether the officer of an opening has the role for it, and holds the box or acts where it is."""
    act, last = link.act, after.get(link.line["prev"])
    key = by.roster.find(act.body["officer"], act.entry)
    if key is None or key.role not in SLOTS["opening"][0].roles:
        return False
    if last is not None and key.person == by.roster.person_of(last.holder):
        return True
    places = (last.place, last.to) if last is not None else (BoxId.parse(box).place,)
    return any(by.reaches(key, place, act.entry) for place in places)
