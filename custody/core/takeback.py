"""Links that are taken back: by their giver's next link, or by a correction (spec chapter 09, FOLD-5, FOLD-7)."""

from collections.abc import Callable, Set

from custody.core.act import Act, person_in, present
from custody.core.findings import Finding, finding
from custody.core.links import Link, holder_before
from custody.core.roster import Key, Roster

Reaches = Callable[[Key, str, int], bool]  # whether a key may act at a place, at an entry

_SIDES = ("giver", "receiver", "sealer", "witness", "officer")


def withdrawals(links: dict[str, Link], roster: Roster) -> tuple[set[str], list[tuple[Link, Link]]]:
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


def on_withdrawal(box: str, link: Link, offer: Link) -> Finding:
    """What is told of a withdrawal that has no effect: both have signed the offer, or not even its giver has."""
    code = "offer.completed-withdrawn" if offer.done == "complete" else "withdrawal.no-effect"
    return finding(code, offer.act.entry, link.act.entry, box=box, offer=offer.act.sid)


def _same_giver(giver: str | None, offer: Link, roster: Roster) -> bool:
    other = offer.act.body.get("giver")
    return other is not None and (giver == other or roster.person_of(giver) == person_in(offer.act, other, roster) is not None)


def taken_back(
    box: str, links: dict[str, Link], corrections: list[Act], withdrawn: set[str], fallen: Set[str], entitled: dict[str, str]
) -> tuple[set[str], list[Finding]]:
    """Links that a correction takes back: only the last of a box, from the end inwards (FOLD-7).

    fallen: what a ruling decided against. entitled: the sids of the corrections that may, and what they are about.
    """
    dead = withdrawn | fallen
    void: set[str] = set()
    grown = True
    while grown:
        parents = {link.line["prev"] for sid, link in links.items() if link.done == "complete" and sid not in dead and sid not in void}
        fresh = {sid for sid in entitled.values() if sid not in void and sid not in parents and sid not in fallen}
        void |= fresh
        grown = bool(fresh)
    told = (act for act in corrections if act.signed or not act.late)
    return void, [_on_correction(box, act, links, act.sid in entitled, void, fallen) for act in told]


def may_void(act: Act, links: dict[str, Link], roster: Roster, reaches: Reaches) -> bool:
    """Its sides that signed it; or a supervisor of the place where it was made, unless another link contradicts it: that takes a ruling.

    What authorities closed, authorities open.
    """
    link = links.get(act.body["about"][0])
    if link is None or act.body["effect"] != "void":
        return False
    if link.act.statement.kind.name == "closing":
        return roster.enough(roster.by_name[name] for name in act.signed)
    if _sides_agree(act, link, roster):
        return True
    if contested(act, link, links):
        return False
    keys = (roster.by_name[name] for name in act.signed)
    return any(key.role == "supervisor" and reaches(key, link.act.body["place"], act.entry) for key in keys)


def contested(act: Act, link: Link, links: dict[str, Link]) -> bool:
    """Whether another complete link follows the same one, or begins the chain as well, by its own time not after the correction.

    What is recorded in its place afterwards does not contest what was taken back.
    """
    return any(
        one is not link and one.done == "complete" and one.line["prev"] == link.line["prev"] and one.act.body["at"] <= act.body["at"]
        for one in links.values()
    )


def _sides_agree(act: Act, link: Link, roster: Roster) -> bool:
    """Whether a correction is signed by every side that signed the link, be it by an ack, and of an opening by one of those present.

    Nobody else is needed: who wrote a link down, or put his line under it afterwards, does not keep it alive.
    """
    signed = link.act.signed.union(*(ack.signed for ack in (link.completer, link.acknowledged) if ack is not None))
    sides = {roster.person_of(name) for name in signed & {link.act.body.get(side) for side in _SIDES} | link.givers}
    there = {roster.person_of(name) for name in signed & present(link.act.body)} - sides
    agreed = {roster.person_of(name) for name in act.signed}
    return bool(sides or there) and sides <= agreed and (not there or bool(there & agreed))


def _unentitled(act: Act, link: Link, links: dict[str, Link]) -> str:
    return "contested" if contested(act, link, links) else "unentitled"


def _on_correction(box: str, act: Act, links: dict[str, Link], entitled: bool, void: set[str], fallen: Set[str]) -> Finding:
    """What a correction did: to whom the box goes back; or why it changes nothing."""
    sid = act.body["about"][0]
    link = links.get(sid)
    entries = (act.entry,) if link is None else (link.act.entry, act.entry)
    if act.body["effect"] == "remark":
        return finding("correction.made", *entries, box=box, about=sid)
    if link is not None and entitled and sid in void:
        return finding("correction.void", *entries, box=box, about=sid, holder=holder_before(link, links) or "-")
    why = "missing" if link is None else "fallen" if sid in fallen else "followed" if entitled else _unentitled(act, link, links)
    return finding("correction.no-effect", *entries, box=box, about=sid, why=why)
