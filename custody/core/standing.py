"""What is found of a box altogether: on its chain, and on the statements that moved it (spec chapter 09, FOLD-10)."""

from collections.abc import Callable, Iterable

from custody.core.findings import Finding
from custody.core.statement import Statement

# Findings of a box on statements that moved it not, or not any more, and the fact that names the statement: what is said of that one
# does not stand against the box.
_MOVED_NOTHING = {
    "authority.short": "sid",
    "box.claimed": "sid",
    "box.offered": "sid",
    "claim.stranger": "sid",
    "correction.void": "about",
    "offer.open": "sid",
    "offer.stranger": "sid",
    "opening.alone": "sid",
    "ruling.made": "falls",  # several, with spaces between
    "statement.unsigned": "sid",
}


def concerned(one: Finding, statement: Statement) -> list[str]:
    """The boxes that a finding on a statement can stand against: its own, or all that the link moves; none for what is no link."""
    if statement.kind.takes_effect != "box" or not statement.kind.link:
        return []
    return [one.box] if one.box is not None else [line["box"] for line in statement.body["boxes"]]


def remaining(of_box: Iterable[Finding], told: Iterable[Finding], sid: Callable[[int], str]) -> tuple[Finding, ...]:
    """Of the findings on statements those about a statement that moved the box, and was not taken back.

    of_box: findings of its chain (`State.settle`); told: findings on statements that concern it; sid: names the statement of an entry.
    """
    gone = {word for one in of_box if one.code in _MOVED_NOTHING for word in str(dict(one.facts)[_MOVED_NOTHING[one.code]]).split()}
    return tuple(one for one in told if not gone or sid(one.entries[-1]) not in gone)


def joined(of_box: tuple[Finding, ...], told: Iterable[Finding], sid: Callable[[int], str]) -> tuple[Finding, ...]:
    """All that is found of a box, each once: what `open_breaches` leaves of it stands against the box."""
    return tuple(dict.fromkeys((*of_box, *remaining(of_box, told, sid))))
