"""Two complete links after one, signed by one person: his own contradiction (spec chapter 09, FOLD-14)."""

from collections.abc import Iterator, Set

from custody.core.findings import Finding, finding
from custody.core.links import Link
from custody.core.roster import Roster

_SIDES = ("giver", "receiver", "sealer", "witness", "officer")


def contradictions(box: str, links: dict[str, Link], fallen: Set[str], roster: Roster) -> Iterator[Finding]:
    """Of who signed two complete links after one, as a side of both. Once a ruling has settled it, that is told of him and not of the box.

    links: those that nobody has taken back; fallen: the sids that a ruling decided against.
    """
    groups: dict[str | None, list[Link]] = {}
    for link in links.values():
        if link.done == "complete":
            groups.setdefault(link.line["prev"], []).append(link)
    for prev, group in groups.items():
        for person in sorted({one for link in group for one in _sides(link, roster)}) if len(group) > 1 else ():
            own = [link for link in group if person in _sides(link, roster)]
            if len(own) > 1:
                keys = sorted({_sides(link, roster)[person] for link in own})
                open_ = sum(link.act.sid not in fallen for link in own) > 1
                entries = (link.act.entry for link in own)
                yield finding("signer.contradiction", *entries, box=box if open_ else None, key=", ".join(keys), after=prev or "-")


def _sides(link: Link, roster: Roster) -> dict[str, str]:
    """The persons who signed a link as one of its sides, be it by an ack, each with the key."""
    signed = link.act.signed.union(*(ack.signed for ack in (link.completer, link.acknowledged) if ack is not None))
    names = (signed & {link.act.body.get(side) for side in _SIDES}) | link.givers
    return {person: name for name in sorted(names) if (person := roster.person_of(name)) is not None}
