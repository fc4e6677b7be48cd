"""The state of a box: a fold over the set of its statements, whatever order they came in (spec chapter 09, FOLD-1 to FOLD-10)."""

from collections.abc import Callable, Iterable
from functools import reduce
from operator import itemgetter
from typing import Any, Literal, NamedTuple

from custody.core.act import Act, Completion, completed, completion, united
from custody.core.boxid import BoxId
from custody.core.findings import Finding, finding
from custody.core.moment import to_seconds
from custody.core.roster import Key, Roster

Status = Literal["registered", "ok", "offered", "claimed", "orphan", "disputed"]
SealState = tuple[str, str, str | None]  # point, state, number
Line = dict[str, Any]


class Holding(NamedTuple):
    """Where a box is after one link: who holds it, at which place, bound for which, with which seals.

    at, due: Unix seconds. copy: the highest copy number of a label read on the box so far. looked: the entry that told the seals last.
    way: the places where it has been since it was last sealed at its home, the earliest first, each once; it begins with that home
    unless the box has never been sealed there. seals: as last seen (FOLD-8); a link that says nothing of them leaves them as they were.
    """

    sid: str
    entry: int
    kind: str
    holder: str
    place: str
    to: str
    at: int
    due: int | None
    copy: int
    looked: int
    way: tuple[str, ...]
    seals: tuple[SealState, ...]


class BoxState(NamedTuple):
    """The judgment on one box.

    holding: after the last undisputed link, None before the first. offers: sids of links that wait for a signature.
    branches: the links that contradict each other. orphans: links whose `prev` is not here. unsigned: links whose giver
    has not signed. late: statements signed after a revocation.
    """

    box: str
    status: Status
    holding: Holding | None
    offers: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    orphans: tuple[str, ...] = ()
    unsigned: tuple[str, ...] = ()
    links: int = 0


_SIDES = ("giver", "receiver", "sealer", "witness")
_PARTIES = (*_SIDES, "recorder", "through")
_seal = itemgetter("point", "state", "number")

Judge = Callable[[Act, Line, Holding | None], list[Finding]]
CopyOf = Callable[[Line], int]
Reaches = Callable[[Key, str, int], bool]


def seals_of(line: Line) -> tuple[SealState, ...]:
    """The seals of a box line, in the order of their points."""
    return tuple(map(_seal, line["seals"]))


def advance(act: Act, line: Line, parent: Holding | None, copy: int, passed: Act | None = None) -> Holding:
    """The state after one complete link on top of `parent`.

    passed: what brought the last signature, where that is not the entry of `act`; since then custody has passed (FOLD-8).
    """
    body = act.statement.body
    entry, at = (passed or act).entry, to_seconds((passed or act).body["happened"]["at"])
    place, seals = body["place"], seals_of(line)
    copy, way = (max(copy, parent.copy), parent.way) if parent is not None else (copy, ())
    if "sealer" in body:
        holder = parent.holder if parent is not None else body["sealer"]
        way = (place,) if place == BoxId.parse(line["box"]).place else _gone_on(way, place)
        return Holding(act.sid, entry, "seal", holder, place, place, at, None, copy, act.entry, way, seals)
    looked = act.entry
    if not seals and parent is not None:
        looked, seals = parent.looked, parent.seals
    under_way = body["due"] is not None and place != body["to"]  # at its end a leg can no longer become overdue
    due = to_seconds(body["due"]) if under_way else None
    way = _gone_on(way, place)
    return Holding(act.sid, entry, "handoff", body["receiver"], place, body["to"], at, due, copy, looked, way, seals)


def _gone_on(way: tuple[str, ...], place: str) -> tuple[str, ...]:
    return way if place in way else (*way, place)


class _Link(NamedTuple):
    act: Act
    line: Line
    done: Completion
    last: Act | None = None  # the later entry of the same statement that brought the last signature
    completer: Act | None = None  # the ack that stands for the receiver's signature
    acknowledged: Act | None = None  # the ack by which the giver signed later
    told: tuple[tuple[Act, Line], ...] = ()  # the acks that count, each with what it tells of this box
    givers: frozenset[str] = frozenset()  # who so declared himself


class _Sorted(NamedTuple):
    links: dict[str, _Link]
    corrections: list[Act]
    idle: list[Act]  # acks that complete nothing and close nothing


def fold(
    box: str, acts: Iterable[Act], roster: Roster, judge: Judge, copy_of: CopyOf, reaches: Reaches
) -> tuple[BoxState, list[Finding]]:
    """Judge one box from all acts that name it.

    `judge` gives the findings of one link on top of its parent, `copy_of` the copy number of the label that was read, `reaches` tells
    whether a key may act at a place, at an entry.
    The result depends on the set of acts only (FOLD-1).
    """
    links, corrections, idle = _sort(box, acts, roster)
    withdrawn, idle_withdrawals = _withdrawn(links, roster)
    entitled = {act.sid: act.body["about"][0] for act in corrections if _may_void(act, links, roster, reaches)}
    void, more = _void(box, links, corrections, withdrawn, entitled)
    standing = {sid: link for sid, link in links.items() if sid not in withdrawn and sid not in void}
    live = {sid: link for sid, link in standing.items() if link.done == "complete"}
    state, walked = _walk(box, live, judge, copy_of)
    waiting = {sid: link for sid, link in standing.items() if link.done != "complete"}
    state, hanging = _wait(state, waiting, live)
    hanging += [_on_idle(box, ack, standing, roster) for ack in idle if ack.signed or not ack.late]
    found = [_on_withdrawal(box, link, offer) for link, offer in idle_withdrawals if void.isdisjoint((link.act.sid, offer.act.sid))]
    return state, found + more + walked + hanging + _signatures(box, standing, links, roster)


def _sort(box: str, acts: Iterable[Act], roster: Roster) -> _Sorted:
    parts: dict[str, list[Act]] = {}
    for act in acts:
        parts.setdefault(act.sid, []).append(act)
    merged = {sid: reduce(united, some) for sid, some in parts.items()}
    links = {sid: _link(box, act, parts[sid], roster) for sid, act in merged.items() if act.statement.kind.link}
    acks = sorted((act for act in merged.values() if act.statement.kind.name == "ack"), key=lambda act: act.sid)
    idle = [act for act in acks if not _acknowledge(box, act, links, roster)]
    return _Sorted(links, [act for act in merged.values() if act.statement.kind.name == "correction"], idle)


def _link(box: str, act: Act, parts: list[Act], roster: Roster) -> _Link:
    line, done = next(line for line in act.body["boxes"] if line["box"] == box), completion(act, roster)
    return _Link(act, line, done, completed(parts, roster) if done == "complete" else None)


def _acknowledge(box: str, ack: Act, links: dict[str, _Link], roster: Roster) -> bool:
    """Let an ack complete an offer (with the box as it was really found) or close an unsigned giver; tell whether it does."""
    sid = ack.body["about"][0]
    link = links.get(sid)
    if link is None or link.act.statement.kind.name != "handoff":
        return False
    body, line = link.act.body, next(line for line in ack.body["boxes"] if line["box"] == box)
    if ack.body["side"] == "receiver" and link.done == "offered" and _is_receiver(body, ack, roster):
        found = {**link.line, "by": line["by"], "seals": line["seals"] or link.line["seals"]}
        links[sid] = link._replace(line=found, done="complete", completer=ack, told=(*link.told, (ack, line)))
    elif ack.body["side"] == "giver" and body["unsigned"] is not None and (givers := _givers(link, ack, links, roster)):
        links[sid] = link._replace(acknowledged=ack, givers=link.givers | givers, told=(*link.told, (ack, line)))
    else:
        return False
    return True


def _on_idle(box: str, ack: Act, standing: dict[str, _Link], roster: Roster) -> Finding:
    """An ack that changes nothing; a receiver's second account of what he found contradicts his first (ACT-5)."""
    sid = ack.body["about"][0]
    link = standing.get(sid)
    if link is not None and link.completer is not None and ack.body["side"] == "receiver" and _is_receiver(link.act.body, ack, roster):
        return finding("ack.twice", link.completer.entry, ack.entry, box=box, about=sid)
    return finding("ack.no-effect", ack.entry, box=box, about=sid)


def _is_receiver(body: dict[str, Any], ack: Act, roster: Roster) -> bool:
    """The named receiver, who is no second key of the giver (ACT-3)."""
    return body["receiver"] in ack.signed and roster.person_of(body["receiver"]) != roster.person_of(body["giver"])


def _givers(link: _Link, ack: Act, links: dict[str, _Link], roster: Roster) -> frozenset[str]:
    """Who declares himself the giver by an ack (ACT-6): the named one; where he had no key, the holder before, or a colleague of his.

    Never the receiver, who may be a colleague too, or have named a second key of his own.
    """
    giver, receiver = link.act.body["giver"], roster.person_of(link.act.body["receiver"])
    others = frozenset(name for name in ack.signed if roster.person_of(name) != receiver)
    if giver is not None:
        return others & {giver}
    holder = roster.find(_holder_before(link, links), link.act.entry)
    return frozenset(name for name in others if holder is not None and _stands_in(roster.find(name, ack.entry), holder))


def _holder_before(link: _Link, links: dict[str, _Link]) -> str | None:
    """Who held the box when this link was signed: the receiver of the last handoff before it, or who sealed it first."""
    seen: set[str] = set()
    while (prev := link.line["prev"]) in links and prev not in seen:
        seen.add(prev)
        link = links[prev]
        body = link.act.body
        if "receiver" in body or link.line["prev"] is None:
            return str(body.get("receiver", body.get("sealer")))
    return None


def _stands_in(key: Key | None, holder: Key) -> bool:
    """The holder himself, or a colleague: the same role, and a place in common (LAW-4)."""
    return key is not None and (key.person == holder.person or (key.role == holder.role and bool(key.places & holder.places)))


def _withdrawn(links: dict[str, _Link], roster: Roster) -> tuple[set[str], list[tuple[_Link, _Link]]]:
    """Offers taken back by their giver's next link, and the pairs of links where this has no effect.

    A giver takes back his own word only: not what both have signed, nor what somebody else alone has signed (FOLD-5).
    """
    gone: set[str] = set()
    idle = []
    for link in links.values():
        giver = link.act.body.get("giver")
        for sid in link.act.body.get("withdraws", ()):
            offer = links.get(sid)
            if offer is None or giver not in link.act.signed or not _same_giver(giver, offer, roster):
                continue
            if offer.done == "offered":
                gone.add(sid)
            else:
                idle.append((link, offer))
    return gone, idle


def _on_withdrawal(box: str, link: _Link, offer: _Link) -> Finding:
    code = "offer.completed-withdrawn" if offer.done == "complete" else "withdrawal.no-effect"
    return finding(code, offer.act.entry, link.act.entry, box=box, offer=offer.act.sid)


def _same_giver(giver: str | None, offer: _Link, roster: Roster) -> bool:
    other = offer.act.body.get("giver")
    return other is not None and (giver == other or roster.person_of(giver) == roster.person_of(other) is not None)


def _void(
    box: str, links: dict[str, _Link], corrections: list[Act], withdrawn: set[str], entitled: dict[str, str]
) -> tuple[set[str], list[Finding]]:
    """Links that a correction takes back: only the last of a box, from the end inwards (FOLD-7).

    entitled: the sids of the corrections that may, and what they are about.
    """
    void: set[str] = set()
    grown = True
    while grown:
        parents = {link.line["prev"] for sid, link in links.items() if link.done == "complete" and sid not in withdrawn and sid not in void}
        fresh = {sid for sid in entitled.values() if sid not in void and sid not in parents}
        void |= fresh
        grown = bool(fresh)
    told = (act for act in corrections if act.signed or not act.late)
    return void, [_on_correction(box, act, links, act.sid in entitled, void) for act in told]


def _may_void(act: Act, links: dict[str, _Link], roster: Roster, reaches: Reaches) -> bool:
    """A supervisor of the place where the link was made, or everybody who signed it."""
    link = links.get(act.body["about"][0])
    if link is None or act.body["effect"] != "void":
        return False
    parties = {roster.person_of(name) for name in _parties(link)}
    if parties and parties <= {roster.person_of(name) for name in act.signed}:
        return True
    keys = (roster.by_name[name] for name in act.signed)
    return any(key.role == "supervisor" and reaches(key, link.act.body["place"], act.entry) for key in keys)


def _parties(link: _Link) -> frozenset[str]:
    """Whom the link names and who signed it, be it by an ack. A stranger who added his signature is no party."""
    signed = link.act.signed.union(*(ack.signed for ack in (link.completer, link.acknowledged) if ack is not None))
    return signed & {link.act.body.get(slot) for slot in _PARTIES} | link.givers


def _on_correction(box: str, act: Act, links: dict[str, _Link], entitled: bool, void: set[str]) -> Finding:
    """What a correction did: to whom the box goes back; or why it changes nothing."""
    sid = act.body["about"][0]
    link = links.get(sid)
    entries = (act.entry,) if link is None else (link.act.entry, act.entry)
    if act.body["effect"] == "remark":
        return finding("correction.made", *entries, box=box, about=sid)
    if link is not None and entitled and sid in void:
        return finding("correction.void", *entries, box=box, about=sid, holder=_holder_before(link, links) or "-")
    why = "missing" if link is None else "followed" if entitled else "unentitled"
    return finding("correction.no-effect", *entries, box=box, about=sid, why=why)


def _walk(box: str, live: dict[str, _Link], judge: Judge, copy_of: CopyOf) -> tuple[BoxState, list[Finding]]:
    """Follow the chain from its root; stop where two complete links follow one (FOLD-3)."""
    children: dict[str | None, list[_Link]] = {}
    for link in live.values():
        children.setdefault(link.line["prev"], []).append(link)
    holding: Holding | None = None
    count, found, unsigned = 0, list[Finding](), list[str]()
    while len(next_ := children.get(holding.sid if holding else None, [])) == 1:
        (link,) = next_
        found += judge(link.act, link.line, holding) + _differences(box, link)
        holding = advance(link.act, link.line, holding, copy_of(link.line), link.completer or link.last)
        count += 1
        if _lacks_giver(link):
            unsigned.append(link.act.sid)
    branches = tuple(sorted(link.act.sid for link in next_))
    for link in next_:
        found += judge(link.act, link.line, holding)
    if branches:
        found.append(finding("box.disputed", *(link.act.entry for link in next_), box=box, after=holding.sid if holding else "-"))
    orphans = tuple(sorted(sid for sid, link in live.items() if _is_orphan(link, live)))
    found += [finding("box.orphan", live[sid].act.entry, box=box, prev=live[sid].line["prev"] or "-") for sid in orphans]
    status: Status = "disputed" if branches else "orphan" if orphans else "ok" if holding else "registered"
    return BoxState(box, status, holding, (), branches, orphans, tuple(unsigned), count), found


def _is_orphan(link: _Link, live: dict[str, _Link]) -> bool:
    prev = link.line["prev"]
    return prev is not None and prev not in live


def _wait(state: BoxState, waiting: dict[str, _Link], live: dict[str, _Link]) -> tuple[BoxState, list[Finding]]:
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


def _differences(box: str, link: _Link) -> list[Finding]:
    """What an ack tells otherwise than the handoff, and seals that only one of the two has seen (ACT-5, ACT-6)."""
    handed, found = next(line for line in link.act.body["boxes"] if line["box"] == box), []
    for ack, line in link.told:
        if line["by"] != handed["by"] or (line["seals"] and handed["seals"] and line["seals"] != handed["seals"]):
            found.append(finding("receipt.differs", link.act.entry, ack.entry, box=box))
        if bool(line["seals"]) != bool(handed["seals"]):
            found.append(finding("seal.unseen", link.act.entry, ack.entry, box=box))
    return found


def _lacks_giver(link: _Link) -> bool:
    """The giver has signed neither the link nor, later, an ack."""
    body = link.act.body
    return body.get("unsigned") is not None and link.acknowledged is None and body["giver"] not in link.act.signed


def _signatures(box: str, standing: dict[str, _Link], links: dict[str, _Link], roster: Roster) -> list[Finding]:
    """What the signatures of each link lack: a late key, a giver who has not signed, a recorder or a passing PPS who has not.

    A link that neither of its parties has signed is nobody's word about the box: that is told of who signed it, not of the box (FOLD-10).
    """
    found = []
    for link in standing.values():
        act, body = link.act, link.act.body
        if act.late and link.done != "complete":
            found.append(_late(box, link))
        elif link.done == "unsigned":
            found.append(finding("statement.unsigned", act.entry, key=", ".join(sorted(act.signed)) or "-", sid=act.sid))
        if link.done != "unsigned":
            for slot in ("recorder", "through"):
                if body.get(slot) is not None and body[slot] not in act.signed:
                    found.append(finding(f"{slot}.unsigned", act.entry, **{slot: body[slot]}))
        if link.done == "complete" and body.get("unsigned") is not None:
            found.append(_on_giver(box, link, links, roster))
    return found


def _on_giver(box: str, link: _Link, links: dict[str, _Link], roster: Roster) -> Finding:
    """Of a giver who was said not to sign: he has not; or who has since, and whether as giver, as holder or as his colleague."""
    act, reason = link.act, link.act.body["unsigned"]["reason"]
    if _lacks_giver(link):
        return finding("giver.unsigned", act.entry, box=box, reason=reason)
    giver, later = act.body["giver"], link.acknowledged or act
    if giver is not None:
        return finding("giver.acknowledged", act.entry, later.entry, box=box, reason=reason, by=giver, role="giver")
    holder = _holder_before(link, links)
    own = {name for name in link.givers if roster.person_of(name) == roster.person_of(holder)}
    by, role = ", ".join(sorted(own or link.givers)), "holder" if own else "colleague"
    return finding("giver.acknowledged", act.entry, later.entry, box=box, reason=reason, by=by, role=role, holder=holder or "-")


def _late(box: str, link: _Link) -> Finding:
    """It concerns the box where the late signature of one party is all that the word of the other lacks."""
    act = link.act
    concerned = link.done != "unsigned" and not act.late.isdisjoint(act.body.get(slot) for slot in _SIDES)
    return finding("statement.late", act.entry, box=box if concerned else None, key=", ".join(sorted(act.late)), sid=act.sid)
