"""What the signatures of a box's links lack, and what its acks tell otherwise than the handoff (spec chapter 09, ACT-5 to ACT-10)."""

from custody.core.act import present
from custody.core.findings import Finding, finding
from custody.core.links import Link, differs, handed, holder_before
from custody.core.roster import Roster

_SIDES = ("giver", "receiver", "sealer", "witness", "officer")


def signatures(box: str, standing: dict[str, Link], links: dict[str, Link], roster: Roster) -> list[Finding]:
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
        if link.done == "short":
            found.append(finding("authority.short", act.entry, kind=act.statement.kind.name, sid=act.sid))
        if link.done != "unsigned":
            found += [finding("opening.unsigned", act.entry, key=name) for name in sorted(present(body) - act.signed)]
            for slot in ("recorder", "through"):
                if body.get(slot) is not None and body[slot] not in act.signed:
                    found.append(finding(f"{slot}.unsigned", act.entry, **{slot: body[slot]}))
        if link.done == "complete" and body.get("unsigned") is not None:
            found.append(_on_giver(box, link, links, roster))
    return found


def _on_giver(box: str, link: Link, links: dict[str, Link], roster: Roster) -> Finding:
    """Of a giver who was said not to sign: he has not; or who has since, and whether as giver, as holder or as his colleague."""
    act, reason = link.act, link.act.body["unsigned"]["reason"]
    if lacks_giver(link):
        return finding("giver.unsigned", act.entry, box=box, reason=reason)
    giver, later = act.body["giver"], link.acknowledged or act
    if giver is not None:
        return finding("giver.acknowledged", act.entry, later.entry, box=box, reason=reason, by=giver, role="giver")
    holder = holder_before(link, links)
    own = {name for name in link.givers if roster.person_of(name) == roster.person(holder, act.entry)}
    by, role = ", ".join(sorted(own or link.givers)), "holder" if own else "colleague"
    return finding("giver.acknowledged", act.entry, later.entry, box=box, reason=reason, by=by, role=role, holder=holder or "-")


def _late(box: str, link: Link) -> Finding:
    """It concerns the box where the late signature of one party is all that the word of the other lacks."""
    act = link.act
    concerned = link.done != "unsigned" and not act.late.isdisjoint(present(act.body) | {act.body.get(slot) for slot in _SIDES})
    return finding("statement.late", act.entry, box=box if concerned else None, key=", ".join(sorted(act.late)), sid=act.sid)


def differences(box: str, link: Link) -> list[Finding]:
    """What an ack tells otherwise than the handoff, and seals that only one of the two has seen (ACT-5, ACT-6)."""
    offered, found = handed(box, link), []
    for ack, line in link.told:
        if differs(line, offered):
            found.append(finding("receipt.differs", link.act.entry, ack.entry, box=box))
        if bool(line["seals"]) != bool(offered["seals"]):
            found.append(finding("seal.unseen", link.act.entry, ack.entry, box=box))
    return found


def lacks_giver(link: Link) -> bool:
    """The giver has signed neither the link nor, later, an ack."""
    body = link.act.body
    return body.get("unsigned") is not None and link.acknowledged is None and body["giver"] not in link.act.signed
