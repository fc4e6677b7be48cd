"""Findings: one thing that a check found, as a code, facts and the entries it rests on (spec chapter 10, the law)."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

Severity = Literal["breach", "warning", "note"]
Fact = str | int

# Every code that the law can give. A breach or a warning makes exit code 1; a note is told and changes nothing.
SEVERITY: dict[str, Severity] = {
    "authority.short": "breach",  # an authority statement without enough authorities: it has no effect
    "enrol.name-taken": "breach",
    "enrol.key-taken": "breach",
    "enrol.unproven": "breach",  # the new key did not sign its own enrolment
    "enrol.name": "breach",
    "revoke.unknown": "warning",
    "place.parent": "warning",
    "enrol.delegated": "note",  # enrolled by a delegated supervisor alone: nobody else has seen this person
    "entry.again": "warning",  # logged once more without a new signature; an honest ledger does not
    "box.twice": "breach",
    "box.mismatch": "breach",
    "box.code-twice": "warning",  # the code that others gave one box is given to a second
    "box.unknown": "breach",
    "box.unsealed": "breach",  # a handoff begins the chain: nobody recorded how the box was closed
    "box.open": "breach",  # moved though nobody sealed it again after an opening
    "box.unlinked": "warning",  # of a later round, or a replacement, and names no older box of its TPS and type
    "box.disputed": "breach",
    "box.orphan": "warning",
    "box.offered": "note",
    "box.claimed": "warning",
    "claim.stranger": "warning",  # a receipt signed by somebody alone who has no part in the box: told of him
    "label.unknown": "breach",
    "label.void": "breach",
    "label.other-box": "breach",
    "label.two-boxes": "breach",
    "label.not-read": "note",  # the box was identified by sight or by another code
    "seal.changed": "breach",
    "seal.broken": "breach",
    "seal.points": "warning",
    "seal.unseen": "warning",  # nobody, or one side only, says that it looked at the seals when the box was handed over
    "seal.reused": "breach",
    "giver.not-holder": "breach",
    "giver.colleague": "note",
    "giver.unsigned": "warning",
    "giver.acknowledged": "note",
    "recorder.unsigned": "warning",
    "through.unsigned": "warning",  # named as signing without a stop, and has not signed
    "sealer.not-holder": "breach",
    "signer.same-person": "breach",
    "role.kind": "breach",
    "role.place": "warning",
    "role.unknown": "breach",
    "place.unknown": "breach",
    "place.from": "breach",
    "place.wrong": "breach",
    "place.other-kecamatan": "breach",
    "leg.unplanned": "warning",
    "leg.through": "note",
    "leg.skipped": "breach",  # a level left out that nobody planned to leave out, and no PPS signed without a stop
    "leg.reversed": "breach",  # on its way back after the vote, and down again
    "leg.overdue": "warning",
    "leg.too-fast": "breach",
    "leg.speed-unjudged": "note",  # no least time is stated for them
    "escort.missing": "warning",
    "escort.few": "warning",
    "opening.basis": "breach",  # nothing allowed it, or its number lacks
    "opening.invited": "warning",
    "opening.present": "breach",
    "opening.kept-out": "note",
    "closing.early": "breach",  # before the term for which boxes are kept
    "time.backwards": "warning",  # before the link that it follows: one of two hours is wrong
    "time.ahead": "warning",  # later than the many say who came surely after: the odd one
    "time.future": "warning",
    "time.reversed": "warning",  # closed, left or due before it happened: both by one clock
    "time.bracket": "breach",
    "time.unbounded": "note",
    "time.paper": "note",
    "receipt.differs": "warning",  # the receiver took other boxes or seals than were offered
    "ack.twice": "breach",  # the receiver tells a second time, and otherwise, what he found
    "ack.no-effect": "warning",  # it completes no offer and closes no giver.unsigned
    "opening.alone": "breach",  # by the officer only: kept, and moves nothing until one of those present has signed
    "opening.unsigned": "warning",
    "box.closed": "breach",  # a link after a closing
    "ruling.made": "note",
    "ruling.conflict": "breach",  # two rulings on one link: neither takes effect
    "ruling.no-effect": "warning",
    "signer.contradiction": "breach",  # one person signed two complete links after one
    "custody.gap": "warning",  # between two links, and no signed holder
    "offer.open": "warning",
    "offer.stranger": "warning",  # an offer by somebody alone who has no part in the box: told of him
    "offer.completed-withdrawn": "breach",
    "withdrawal.no-effect": "warning",  # the giver takes back what the receiver alone has said, or what nobody concerned has signed
    "correction.made": "note",
    "correction.remark": "note",
    "correction.void": "warning",
    "correction.no-effect": "warning",
    "manifest.missing": "warning",  # stands in the manifest, and the last trip says that nothing is left
    "manifest.extra": "warning",
    "manifest.destination": "breach",
    "manifest.things": "warning",
    "manifest.unreleased": "breach",  # lines stay behind for a reason that no supervisor has signed
    "receipt.missing": "breach",  # the rest of its trip has come
    "plenary.unfinished": "breach",
    "plenary.order": "warning",
    "plenary.unsigned": "warning",
    "plenary.late": "warning",  # its end was written down only after boxes had left
    "incident.open": "warning",
    "incident.settled": "note",
    "incident.no-effect": "warning",
    "count.differs": "breach",  # no clock makes the figure counted in a room right
    "box.missing": "breach",  # looked for where it surely is; settled when it is seen or moved later
    "box.unexpected": "breach",  # seen where no link has it
    "label.cloned": "breach",  # the code read at two places, and no link between
    "shift.gap": "warning",
    "shift.unrelieved": "warning",
    "shift.unsigned": "warning",
    "room.door": "breach",
    "room.lock": "breach",
    "room.seal": "breach",  # another number on the door than the last team told, and nobody opened it
    "room.equipment": "note",  # less than the last team took over
    "room.unguarded": "warning",
    "room.defect": "warning",
    "visit.alone": "warning",
    "visit.no-leave": "warning",
    "statement.late": "breach",
    "statement.unsigned": "warning",  # nobody whose signature it needs has signed it: told of its signer, not of the box
    "key.suspect": "warning",
    "seen.unsigned": "warning",
}


class Finding(NamedTuple):
    """What was found: words are chosen where it is shown.

    code: a key of `SEVERITY`. entries: indexes it rests on, ascending. box: the box it concerns, or None.
    facts: (name, value) pairs sorted by name. stated: the reason code with which the signers themselves recorded it.
    """

    code: str
    entries: tuple[int, ...]
    box: str | None = None
    facts: tuple[tuple[str, Fact], ...] = ()
    stated: str | None = None

    @property
    def severity(self) -> Severity:
        """`breach`, `warning` or `note`."""
        return SEVERITY[self.code]


def finding(code: str, *entries: int, box: str | None = None, **facts: Fact) -> Finding:
    """A finding with its facts sorted, so that equal findings are equal values."""
    return Finding(code, tuple(sorted(set(entries))), box, tuple(sorted(facts.items())))


# Warnings that somebody can still settle; a leg that came late is over, and stays a warning.
_UNSETTLED = frozenset(("giver.unsigned", "box.claimed", "box.orphan", "incident.open"))


_OF_SIGNERS = frozenset(("statement.late", "authority.short", "opening.alone"))
# What something later has settled, and the fact that tells by what.
_SETTLED_BY = {"box.missing": "until", "box.unexpected": "until", "label.cloned": "until", "signer.contradiction": "ruling"}


def open_breaches(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """What still stands against a box (FOLD-10): of its findings every breach, and the warnings that a missing signature or record settles.

    findings: those that the fold of the box gives (`State.settle`, `Ledger.judge`), in any order; the order is kept. A reason that the
    signers stated explains a breach and does not close it. What a correction took back is not among the findings any more.
    """
    return tuple(one for one in findings if (one.severity == "breach" or one.code in _UNSETTLED) and not (_nobodys(one) or settled(one)))


def _nobodys(one: Finding) -> bool:
    """Said of who signed and of no box: with a revoked key, without other authorities, or what he has no say in."""
    return one.code in _OF_SIGNERS and one.box is None


def settled(one: Finding) -> bool:
    """A box missed or seen elsewhere, and seen or moved since (ROOM-13, ROOM-14); a contradiction ruled on (FOLD-14): told, as over."""
    return one.code in _SETTLED_BY and dict(one.facts).get(_SETTLED_BY[one.code], "-") != "-"


def said(one: Finding) -> str:
    """The code of its sentence: another one where it is settled."""
    return f"{one.code}.settled" if settled(one) else one.code


def grouped(findings: Iterable[Finding]) -> list[tuple[Finding, int]]:
    """Findings that say the same of several boxes, as one and how many boxes more: the first box, in order of the boxes, stands for all.

    They stand in the order in which the first of each came.
    """
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for one in findings:
        groups.setdefault((one.code, one.entries, one.facts, one.stated, one.box is None), []).append(one)
    return [(min(group, key=lambda one: one.box or ""), len({one.box for one in group}) - 1) for group in groups.values()]


def order(one: Finding) -> tuple[int, tuple[int, ...], str, str, tuple[tuple[str, str], ...]]:
    """What findings are sorted by: the gravest first, then by entries."""
    rank = {"breach": 0, "warning": 1, "note": 2}[one.severity]
    return rank, one.entries, one.code, one.box or "", tuple((name, str(value)) for name, value in one.facts)
