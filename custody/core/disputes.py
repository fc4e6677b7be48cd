"""Two complete links after one, signed by one person: his own contradiction (spec chapter 09, FOLD-14)."""

from collections.abc import Iterator, Mapping

from custody.core.act import Act
from custody.core.findings import Finding, finding
from custody.core.links import Link
from custody.core.roster import Roster

_SIDES = ("giver", "receiver", "sealer", "witness", "officer")


def contradictions(box: str, links: dict[str, Link], fallen: Mapping[str, Act], roster: Roster) -> Iterator[Finding]:
    """Of who signed two complete links after one, as a side of both; with the ruling that has settled it.

    links: those that nobody has taken back; fallen: those that a ruling decided against, by sid, with that ruling.
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
                made = {} if open_ else {act.sid: act.entry for link in own if (act := fallen.get(link.act.sid)) is not None}
                entries, told = (*(link.act.entry for link in own), *made.values()), " ".join(sorted(made)) or "-"
                yield finding("signer.contradiction", *entries, box=box, key=", ".join(keys), after=prev or "-", ruling=told)


def _sides(link: Link, roster: Roster) -> dict[str, str]:
    """The persons who signed a link as one of its sides, be it by an ack, each with the key."""
    signed = link.act.signed.union(*(ack.signed for ack in (link.completer, link.acknowledged) if ack is not None))
    names = (signed & {link.act.body.get(side) for side in _SIDES}) | link.givers
    return {person: name for name in sorted(names) if (person := roster.person_of(name)) is not None}
