"""The links of one box: the acts that name it, sorted, and what the acks among them add (spec chapter 09, ACT-5 to ACT-7, FOLD-12)."""

from collections.abc import Iterable
from functools import reduce
from typing import NamedTuple

from custody.core.act import Act, Completion, Rules, admitted, completed, completion, person_in, united
from custody.core.findings import Finding, finding
from custody.core.holding import Line
from custody.core.roster import Key, Roster


class Link(NamedTuple):
    """A statement that can move the box, with the line of the box that counts and how far its signatures carry."""

    act: Act
    line: Line
    done: Completion
    last: Act | None = None  # what brought the last signature: a later entry of the same statement, or an ack of the giver
    completer: Act | None = None  # the ack that stands for the receiver's signature
    acknowledged: Act | None = None  # the ack by which the giver signed later
    told: tuple[tuple[Act, Line], ...] = ()  # the acks that count, each with what it tells of this box
    accounts: tuple[Line, ...] = ()  # how the receiver told the box otherwise: each is judged as well, none takes another's place
    givers: frozenset[str] = frozenset()  # who so declared himself


class Sorted(NamedTuple):
    """The acts that name a box, each once with all its signatures; links by sid, and by sid the entries of each.

    idle: acks by sid that complete nothing and close nothing. admitted: late links that a ruling let count (`admit`).
    """

    links: dict[str, Link]
    acks: list[Act]
    corrections: list[Act]
    rulings: list[Act]
    idle: dict[str, Act]
    parts: dict[str, list[Act]]
    admitted: set[str]


def sort(box: str, acts: Iterable[Act], rules: Rules) -> Sorted:
    """Unite the entries of each act, and let the acks complete what they are about."""
    parts: dict[str, list[Act]] = {}
    for act in acts:
        parts.setdefault(act.sid, []).append(act)
    merged = {sid: reduce(united, some) for sid, some in parts.items()}
    links = {sid: _link(box, act, parts[sid], rules) for sid, act in merged.items() if act.statement.kind.link}
    acks, corrections, rulings = (
        sorted((act for act in merged.values() if act.statement.kind.name == kind), key=lambda act: act.sid)
        for kind in ("ack", "correction", "ruling")
    )
    idle = {act.sid: act for act in _givers_first(acks) if not _acknowledge(box, act, links, rules.roster)}
    return Sorted(links, acks, corrections, rulings, idle, parts, set())


def admit(box: str, sid: str, told: Sorted, rules: Rules) -> bool:
    """Let the late signatures of a link, and of the acks about it, count if they complete it; tell whether it is complete (FOLD-12)."""
    link = told.links[sid]
    if link.done == "complete":
        return True
    parts = [admitted(part) for part in told.parts[sid]]
    trial = {**told.links, sid: _link(box, reduce(united, parts), parts, rules)}
    about = [ack for ack in _givers_first(told.acks) if ack.body["about"][0] == sid]
    counting = [ack.sid for ack in about if _acknowledge(box, admitted(ack), trial, rules.roster)]
    if trial[sid].done != "complete":
        return False
    told.links[sid] = trial[sid]
    for one in counting:
        told.idle.pop(one, None)
    told.admitted.add(sid)
    return True


def _givers_first(acks: Iterable[Act]) -> list[Act]:
    """Those of givers first, each in the order given: what a receiver tells is held against a claim that its giver completed."""
    return sorted(acks, key=lambda ack: ack.body["side"] != "giver")


def descendants(links: dict[str, Link], roots: Iterable[str]) -> set[str]:
    """These links and all that follow them, complete or not."""
    children: dict[str | None, list[str]] = {}
    for sid, link in links.items():
        children.setdefault(link.line["prev"], []).append(sid)
    found, ahead = set[str](), list(roots)
    while ahead:
        sid = ahead.pop()
        if sid not in found:
            found.add(sid)
            ahead += children.get(sid, [])
    return found


def _link(box: str, act: Act, parts: list[Act], rules: Rules) -> Link:
    line, done = next(line for line in act.body["boxes"] if line["box"] == box), completion(act, rules, box)
    return Link(act, line, done, completed(parts, rules, box) if done == "complete" else None)


def _acknowledge(box: str, ack: Act, links: dict[str, Link], roster: Roster) -> bool:
    """Let an ack complete an offer (with the box as it was really found), or stand for the signature of the giver; tell whether it does."""
    sid = ack.body["about"][0]
    link = links.get(sid)
    if link is None or link.act.statement.kind.name != "handoff":
        return False
    body, line = link.act.body, next(line for line in ack.body["boxes"] if line["box"] == box)
    if ack.body["side"] == "receiver" and link.done in ("offered", "complete") and _is_receiver(link.act, ack, roster):
        links[sid] = _received(link, ack, line, handed(box, link))
        return links[sid].completer is ack
    if ack.body["side"] == "giver" and body["unsigned"] is not None and (givers := _givers(link, ack, links, roster)):
        last = ack if link.done == "claimed" else link.last
        done: Completion = "complete" if link.done == "claimed" else link.done
        links[sid] = link._replace(done=done, last=last, acknowledged=ack, givers=link.givers | givers, told=(*link.told, (ack, line)))
    else:
        return False
    return True


def _received(link: Link, ack: Act, line: Line, offered: Line) -> Link:
    """The link with what its receiver tells of the box: it completes an offer, and is one account more of what he has received already.

    looked: the entry that tells the seals of the line, where that is the ack.
    """
    found = {**offered, "by": line["by"], "seals": line["seals"] or offered["seals"], "told": ack.body["happened"]["at"]}
    if found["seals"] != offered["seals"]:
        found["looked"] = ack.entry
    if link.done == "offered":
        return link._replace(line=found, done="complete", completer=ack, told=(*link.told, (ack, line)))
    if link.completer is None and not differs(line, offered) and line["seals"] in ([], offered["seals"]):
        return link  # he tells again what he signed; seals that its text does not name are an account of their own
    return link._replace(told=(*link.told, (ack, line)), accounts=(*link.accounts, found))


def handed(box: str, link: Link) -> Line:
    """The line of a box as the text of the link has it."""
    return next(line for line in link.act.body["boxes"] if line["box"] == box)


def differs(told: Line, offered: Line) -> bool:
    """Whether an ack tells a box otherwise than the handoff: another identification, or other seals where both name some (ACT-5)."""
    return told["by"] != offered["by"] or bool(told["seals"] and offered["seals"] and told["seals"] != offered["seals"])


def on_idle(box: str, ack: Act, standing: dict[str, Link], roster: Roster) -> Finding:
    """An ack that changes nothing; a receiver who tells again what he found, or otherwise than he signed, contradicts himself (ACT-5)."""
    sid = ack.body["about"][0]
    link = standing.get(sid)
    if link is None or link.done != "complete" or link.act.statement.kind.name != "handoff":
        return finding("ack.no-effect", ack.entry, box=box, about=sid)
    if ack.body["side"] == "receiver" and _is_receiver(link.act, ack, roster):
        line = next(line for line in ack.body["boxes"] if line["box"] == box)
        if link.completer is not None or differs(line, handed(box, link)):
            return finding("ack.twice", (link.completer or link.act).entry, ack.entry, box=box, about=sid)
    return finding("ack.no-effect", ack.entry, box=box, about=sid)


def _is_receiver(act: Act, ack: Act, roster: Roster) -> bool:
    """The named receiver, who is no second key of the giver (ACT-3)."""
    receiver, giver = act.body["receiver"], act.body["giver"]
    return receiver in ack.signed and roster.person_of(receiver) != person_in(act, giver, roster)


def _givers(link: Link, ack: Act, links: dict[str, Link], roster: Roster) -> frozenset[str]:
    """Who declares himself the giver by an ack (ACT-6): the named one; where he had no key, the holder before, or a colleague of his.

    Never the receiver, who may be a colleague too, or have named a second key of his own.
    """
    giver, receiver = link.act.body["giver"], person_in(link.act, link.act.body["receiver"], roster)
    others = frozenset(name for name in ack.signed if roster.person_of(name) != receiver)
    if giver is not None:
        return others & {giver}
    holder = roster.find(holder_before(link, links), link.act.entry)
    return frozenset(name for name in others if holder is not None and _stands_in(roster.find(name, ack.entry), holder))


def holder_before(link: Link, links: dict[str, Link]) -> str | None:
    """Who held the box when this link was signed: the receiver of the last handoff before it, or who sealed it first."""
    seen: set[str] = set()
    while (prev := link.line["prev"]) in links and prev not in seen:
        seen.add(prev)
        link = links[prev]
        body = link.act.body
        if "receiver" in body or link.line["prev"] is None:
            return next((str(body[side]) for side in ("receiver", "sealer", "officer") if side in body), None)
    return None


def _stands_in(key: Key | None, holder: Key) -> bool:
    """The holder himself, or a colleague: the same role, and a place in common (LAW-4)."""
    return key is not None and (key.person == holder.person or (key.role == holder.role and bool(key.places & holder.places)))
