"""Openings: what allows them, who is asked and comes, what stays out, what is moved while open (spec chapter 10, LAW-15 to LAW-17)."""

from collections.abc import Iterator
from typing import Any

from custody.core.act import Act
from custody.core.findings import Finding, finding
from custody.core.holding import Holding
from custody.core.known import Known
from custody.core.profile import Opening

# What an opening asks for on a basis of which the founding says nothing.
USUAL = Opening(order=True, invited=("witness",), present=())


def _asked(body: dict[str, Any], known: Known) -> Opening:
    return known.profile.openings.get(body["basis"], USUAL)


def of_statement(act: Act, known: Known) -> Iterator[Finding]:
    """Whether something allowed it, who was asked to come, and what did not go back into the box."""
    body, asked = act.body, _asked(act.body, known)
    if body["basis"] == "none":
        yield finding("opening.basis", act.entry, basis="none", lacks="basis")
    elif asked.order and body["order"] is None:
        yield finding("opening.basis", act.entry, basis=body["basis"], lacks="order")
    told = {one["role"] for one in (*body["invited"], *body["present"])}
    for role in asked.invited:
        if not _among(role, told):
            yield finding("opening.invited", act.entry, role=role)
    back = {one["thing"]: one["count"] for one in body["put_back"]}
    for one in body["taken_out"]:
        kept = one["count"] - back.get(one["thing"], 0)
        if kept > 0:
            yield finding("opening.kept-out", act.entry, thing=one["thing"], count=kept)


def of_line(act: Act, box: str, parent: Holding | None, known: Known) -> Iterator[Finding]:
    """Of an opening who was not there; of a handoff that the box was still open."""
    kind = act.statement.kind.name
    if kind == "opening":
        there = _there(act, known)
        for role in _asked(act.body, known).present:
            if not _among(role, there):
                yield finding("opening.present", act.entry, box=box, role=role)
    elif kind == "handoff" and parent is not None and not parent.shut:
        yield finding("box.open", parent.entry, act.entry, box=box)


def _among(role: str, roles: set[str]) -> bool:
    """Whether somebody of a role is among these; the leader of a shift is a guard."""
    return role in roles or (role == "guard" and "leader" in roles)


def _there(act: Act, known: Known) -> set[str]:
    """The roles of those who were there: the officer, and who is named as present; whoever has a key by its role, when he has signed."""
    roles = {one["role"] for one in act.body["present"] if one["key"] is None}
    names = act.signed & {act.body["officer"], *(one["key"] for one in act.body["present"])}
    keys = (known.roster.find(name, act.entry) for name in names)
    return roles | {key.role for key in keys if key is not None}
