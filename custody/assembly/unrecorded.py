"""Boxes without any record: which of them should have one by a minute, and by what (spec chapter 19, ADR 0031). For every door."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal

from custody.assembly.account import Account, gone
from custody.core.books import PLENARIES
from custody.core.boxid import BoxId
from custody.core.plenaries import standing

if TYPE_CHECKING:
    from custody.assembly.earlier import Earlier
    from custody.assembly.office import Office

Why = Literal["left", "gone-on", "plenary", "due"]  # by what a box should have a record; the first that holds is told
WHYS: tuple[Why, ...] = ("left", "gone-on", "plenary", "due")


def silent(listed: Iterable[Account]) -> list[Account]:
    """The boxes of which there is no record, and of which nobody says that they are gone."""
    return [one for one in listed if one.where.place is None and one.where.status == "registered" and not any(map(gone, one.where.against))]


def sought(office: Office, without: Iterable[Account], told: Iterable[Account], earlier: Earlier | None, at: str) -> dict[str, Why]:
    """Those of the boxes `without` a record that are to be looked for, with the reason.

    :param told: all boxes of their kecamatan, as they stood. :param earlier: what a past minute is read from. :param at: the minute.
    """
    homes = {one.box: BoxId.parse(one.box).place for one in without}
    left, beyond = _departed(office, told, earlier) if homes else (set[str](), set[str]())
    finished, due = (_finished(office, at), _due(office, at)) if homes else (set[str](), set[str]())
    found: dict[str, Why] = {}
    for box, home in homes.items():
        reasons: dict[Why, bool] = {
            "left": home in left,
            "gone-on": home[:6] in beyond,
            "plenary": home[:6] in finished,
            "due": box in due,
        }
        if (why := next((why for why in WHYS if reasons[why]), None)) is not None:
            found[box] = why
    return found


def _departed(office: Office, told: Iterable[Account], earlier: Earlier | None) -> tuple[set[str], set[str]]:
    """The homes that a box of theirs has left, and the kecamatan beyond which a box of theirs has gone."""
    left, beyond = set[str](), set[str]()
    for one in told:
        home, ends = BoxId.parse(one.box).place, {one.where.place, one.where.to} - {None}
        if not ends - {home} or home not in _way(one, earlier):
            continue
        left.add(home)
        if any(home[:6] not in office.ledger.state.places.path(str(end), office.ledger.size) for end in ends):
            beyond.add(home[:6])
    return left, beyond


def _way(one: Account, earlier: Earlier | None) -> Iterable[str]:
    """Where a box had been by the minute."""
    if earlier is None or one.link is None:
        return one.where.way
    return [step.place for step in earlier.trail.of(one.box)[: one.link + 1]]


def _finished(office: Office, at: str) -> set[str]:
    """The kecamatan whose plenary was finished by a minute."""
    acts = [one for one in office.ledger.booked(PLENARIES) if one.statement.kind.name == "plenary" and one.body["happened"]["at"] <= at]
    return {code for code, state in standing(acts, office.ledger.state).items() if state.stage == "finished"}


def _due(office: Office, at: str) -> set[str]:
    """The boxes that no trip has loaded, of manifests that were made by a minute and are past due at it."""
    return {box for boxes in _late(office, at) for box in boxes}


def _late(office: Office, at: str) -> Iterator[list[str]]:
    from custody.assembly.loads import cargoes

    for one in cargoes(office):
        if one.manifest is not None and one.due is not None and one.manifest.body["happened"]["at"] <= at and one.due < at:
            yield one.left
