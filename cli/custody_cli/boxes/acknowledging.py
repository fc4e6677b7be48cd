"""A giver who signs later: whether that counts is decided by the fold (spec chapter 09, ACT-6); here is why not, and what to do then."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from custody.core.errors import Malformed, Refused
from custody_cli.boxes import daily

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from custody.assembly import Office, Submitted
    from custody.core.findings import Finding
    from custody.core.statement import Statement


@dataclass(frozen=True)
class Idle:
    """Acknowledgements that are recorded and do not count: the boxes, and the code and facts of the reason."""

    found: tuple[Finding, ...]
    code: str
    facts: dict[str, Any]


def idle(office: Office, parts: Sequence[Statement], done: Submitted, key: str) -> Idle | None:
    """What of an acknowledgement by `key` does not count; None when all of it does, or when it still waits for the ledger key."""
    entries = {receipt.index for receipt in done.receipts}
    boxes = [line["box"] for part in parts for line in part.body["boxes"]] if entries else []
    judged = office.ledger.judge(boxes) if boxes else {}
    found = tuple(one for _, all_ in judged.values() for one in all_ if one.code == "ack.no-effect" and entries & set(one.entries))
    if not found:
        return None
    part = next(part for part in parts if any(line["box"] == found[0].box for line in part.body["boxes"]))
    return Idle(found, *_why(office, part, str(found[0].box), key))


@dataclass(frozen=True)
class Came:
    """What came of an acknowledgement that counts: in which role for how many boxes, and the boxes that changed hands by it, by holder."""

    roles: Mapping[str, int]
    moved: Mapping[str, int]
    holder: str | None


def holders(office: Office, parts: Sequence[Statement]) -> dict[str, str | None]:
    """Who holds each box of these handoffs: to be asked before somebody signs, and again by `came`."""
    judged = office.ledger.judge([line["box"] for part in parts for line in part.body["boxes"]])
    return {box: state.holding.holder if state.holding is not None else None for box, (state, _) in judged.items()}


def came(office: Office, parts: Sequence[Statement], done: Submitted, before: Mapping[str, str | None]) -> Came:
    """What the law says of an acknowledgement, against what it said before; nothing while it waits for the ledger key."""
    entries, roles, held = {receipt.index for receipt in done.receipts}, Counter[str](), None
    judged = office.ledger.judge(before) if entries else {}
    for one in (one for _, found in judged.values() for one in found):
        if one.code == "giver.acknowledged" and entries & set(one.entries):
            facts = dict(one.facts)
            roles[str(facts["role"])] += 1
            held = str(facts["holder"]) if "holder" in facts else held
    now = {box: state.holding.holder if state.holding is not None else None for box, (state, _) in judged.items()}
    moved = Counter(str(holder) for box, holder in now.items() if holder != before[box])
    return Came(roles, moved, held)


def require_new(office: Office, drafts: Sequence[Statement], key: str) -> None:
    """Make sure that these acks of `key` are not what it stated already, word for word, as when a command is typed again after a crash.

    :raises Refused: `daily.received-already` with the last entry; `daily.received-waiting` while one of them waits for the ledger key.
    """
    entries = [_told_before(office, one, key) for one in drafts]
    if not entries or None in entries:
        return
    last, sid = max(entry for entry in entries if entry is not None), drafts[0].body["about"][0]
    if last >= office.ledger.size:
        raise Refused("daily.received-waiting", sid=sid)
    raise Refused("daily.received-already", sid=sid, entry=last)


def _told_before(office: Office, draft: Statement, key: str) -> int | None:
    """The entry in which `key` stated this; one that is not there yet where it waits."""
    from custody.core import entry as entries

    body, size = draft.body, office.ledger.size
    notes = [(index, office.ledger.note(index)) for index in office.ledger.touching(body["boxes"][0]["box"])]
    for index, note in reversed(notes + [(size, one.note) for one in office.outbox.pending()]):
        try:
            one = entries.parse(note)
        except Malformed:  # in the outbox; told when it is offered
            continue
        signed = one.statement.kind.name == "ack" and key in {line.name for line in one.lines}
        if signed and all(one.statement.body[name] == body[name] for name in ("about", "boxes", "side")):
            return index
    return None


def _why(office: Office, one: Statement, box: str, key: str) -> tuple[str, dict[str, Any]]:
    """The code `cli.handoff.idle.…` and its facts."""
    body, roster = one.body, office.ledger.state.roster
    facts = {"key": key, "sid": one.sid, "giver": body["giver"], "receiver": body["receiver"], "box": box}
    if body["giver"] is not None and body["giver"] != key:
        return "cli.handoff.idle.named", facts
    if roster.person_of(key) == roster.person_of(body["receiver"]):
        return "cli.handoff.idle.receiver", facts
    holder = _holder_before(office, one, box)
    if holder is None:
        return "cli.handoff.idle.nobody", facts
    return "cli.handoff.idle.stranger", {**facts, "holder": holder}


def _holder_before(office: Office, one: Statement, box: str) -> str | None:
    """Who held the box before this link: the receiver of the handoff before it, or who sealed it first."""
    while (prev := next(line["prev"] for line in one.body["boxes"] if line["box"] == box)) is not None:
        one = daily.recorded(office, prev)
        body = one.body
        if "receiver" in body:
            return str(body["receiver"])
        if next(line["prev"] for line in body["boxes"] if line["box"] == box) is None:
            return str(body.get("sealer"))
    return None
