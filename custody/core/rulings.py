"""Rulings: what supervisors decide where links contradict each other (spec chapter 09, FOLD-12, FOLD-13)."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from custody.core.act import Act, Rules, claims, offers
from custody.core.findings import Finding, finding
from custody.core.links import Link, Sorted, admit, descendants, holder_before
from custody.core.roster import Roster

_SIDES = ("giver", "receiver", "sealer", "witness", "officer")


class Ruling(NamedTuple):
    """What a statement says of one box."""

    act: Act
    row: dict[str, Any]

    @property
    def spot(self) -> str | None:
        """The link after which it decides."""
        return str(self.row["prev"]) if self.row["prev"] is not None else None

    @property
    def named(self) -> tuple[str, ...]:
        """The links that it decides about."""
        stands = self.row["stands"]
        return (*self.row["falls"], *([stands] if stands is not None else []))


class Decided(NamedTuple):
    """What the rulings on a box come to: links that are void for it, each by which ruling, and how many rulings took effect."""

    fallen: dict[str, Act]
    made: int
    found: list[Finding]


def decided(box: str, told: Sorted, rules: Rules, supervisors: int) -> Decided:
    """Let the rulings of enough supervisors take effect; a late link that one of them lets stand is complete from then on."""
    rulings = [Ruling(act, next(row for row in act.body["boxes"] if row["box"] == box)) for act in told.rulings]
    found, valid, acks = list[Finding](), list[Ruling](), _counting(told)
    for one in rulings:
        why = _short(one, told, acks, rules.roster, supervisors)
        if why is None:
            valid.append(one)
        elif one.act.signed or not one.act.late:
            found.append(_idle(box, one, why))
    superseded = {(sid, one.spot) for one in valid for sid in one.act.body["supersedes"]}
    fallen, made = dict[str, Act](), 0
    for spot, group in _by_spot(one for one in valid if (one.act.sid, one.spot) not in superseded).items():
        if len({(one.row["stands"], *one.row["falls"]) for one in group}) > 1:
            found.append(finding("ruling.conflict", *(one.act.entry for one in group), box=box, after=spot or "-"))
            continue
        for one in group:
            why, gone = _effect(box, one, told, rules)
            if why is not None:
                found.append(_idle(box, one, why))
                continue
            fallen |= {sid: min(fallen.get(sid, one.act), one.act, key=lambda act: act.sid) for sid in gone}
            made += 1
            found.append(_made(box, one, gone, valid, told))
    return Decided(fallen, made, found)


def _effect(box: str, one: Ruling, told: Sorted, rules: Rules) -> tuple[str | None, set[str]]:
    """Why a ruling decides nothing; None where it does, and what falls by it.

    It chooses among links that contradict each other: what nobody contradicts is no dispute. What authorities closed no supervisor opens.
    """
    falls = {sid for sid in one.row["falls"] if _follows(told.links.get(sid), one.spot)}
    if not _stands(box, one, told, rules) or not (falls or one.row["stands"] in told.admitted):
        return "nothing", set()
    if falls and _undisputed(box, one.spot, falls, told, rules):
        return "undisputed", set()
    gone = descendants(told.links, falls)
    if any(told.links[sid].act.statement.kind.name == "closing" and told.links[sid].done == "complete" for sid in gone):
        return "closing", set()
    return None, gone


def _undisputed(box: str, spot: str | None, falls: set[str], told: Sorted, rules: Rules) -> bool:
    """Whether nobody contradicts what is to fall: another complete link does, and against one of concerned people only another of such."""
    rivals = {sid: link for sid, link in told.links.items() if link.done == "complete" and _follows(link, spot)}
    concerned = {sid for sid, link in rivals.items() if _concerned(box, link, told, rules)}
    return len(rivals) < 2 or (not falls.isdisjoint(concerned) and len(concerned) < 2)


def _concerned(box: str, link: Link, told: Sorted, rules: Rules) -> bool:
    """Whether one who signed a link has part in the box (FOLD-6); an opening or a closing is complete by others than a giver or sealer."""
    if "giver" not in link.act.body and "sealer" not in link.act.body:
        return True
    return offers(link.act, box, holder_before(link, told.links), rules) or claims(link.act, box, rules)


def _counting(told: Sorted) -> dict[str, list[Act]]:
    """The acks that count, by the link that they are about."""
    found: dict[str, list[Act]] = {}
    for ack in told.acks:
        if ack.sid not in told.idle:
            found.setdefault(ack.body["about"][0], []).append(ack)
    return found


def _short(one: Ruling, told: Sorted, acks: dict[str, list[Act]], roster: Roster, supervisors: int) -> str | None:
    """Why a ruling has not enough supervisors: too few, or some of them are parties; None where it has."""
    persons = {roster.by_name[name].person for name in one.act.signed if roster.by_name[name].role == "supervisor"}
    if len(persons) < supervisors:
        return "short"
    return None if len(persons - _parties(one, told, acks, roster)) >= supervisors else "party"


def _parties(one: Ruling, told: Sorted, acks: dict[str, list[Act]], roster: Roster) -> set[str | None]:
    """The persons who signed a link that it names as a side of it, in time or late, be it by an ack; being named makes nobody a party."""
    names = set[str]()
    for link in (told.links[sid] for sid in one.named if sid in told.links):
        sides = {link.act.body.get(side) for side in _SIDES}
        names |= link.givers.union(*((act.signed | act.late) & sides for act in (link.act, *acks.get(link.act.sid, ()))))
    return {roster.person_of(name) for name in names}


def _by_spot(rulings: Iterable[Ruling]) -> dict[str | None, list[Ruling]]:
    """The rulings that hold, by the link after which they decide."""
    groups: dict[str | None, list[Ruling]] = {}
    for one in rulings:
        groups.setdefault(one.spot, []).append(one)
    return groups


def _follows(link: Link | None, spot: str | None) -> bool:
    return link is not None and link.line["prev"] == spot


def _stands(box: str, one: Ruling, told: Sorted, rules: Rules) -> bool:
    """Whether what shall stand is here, follows the same link and is complete, if need be with late signatures; true of none."""
    sid = one.row["stands"]
    return sid is None or (_follows(told.links.get(sid), one.spot) and admit(box, sid, told, rules))


def _idle(box: str, one: Ruling, why: str) -> Finding:
    return finding("ruling.no-effect", one.act.entry, box=box, why=why)


def _made(box: str, one: Ruling, gone: Iterable[str], valid: Iterable[Ruling], told: Sorted) -> Finding:
    """What was decided: the entries of the ruling, of those that it supersedes, and of the links that it names."""
    older = [other.act.entry for other in valid if other.act.sid in one.act.body["supersedes"] and other.spot == one.spot]
    links = [told.links[sid].act.entry for sid in one.named if sid in told.links]
    return finding("ruling.made", one.act.entry, *older, *links, box=box, stands=one.row["stands"] or "-", falls=" ".join(sorted(gone)))
