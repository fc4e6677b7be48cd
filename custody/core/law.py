"""The law: what a statement does wrong, before it is recorded and when it is judged (spec chapter 10).

`violations` is the one function both sides call. It is pure: the same statement and state give the same findings.
"""

from custody.core import closings, duties, labels, legs, openings, seals, times
from custody.core.act import Act
from custody.core.findings import Finding, finding
from custody.core.holding import Holding, Line, seals_of
from custody.core.known import Known
from custody.core.moment import to_seconds


def violations(act: Act, known: Known) -> list[Finding]:
    """Everything that is wrong with an act, on the boxes as they stand now (LAW-1). Each finding names the box it is about."""
    found = of_statement(act, known)
    if act.statement.kind.link and act.statement.kind.takes_effect == "box":
        for line in act.body["boxes"]:
            found += of_line(act, line, known.holding(line["box"]), known)
    return found


def of_statement(act: Act, known: Known) -> list[Finding]:
    """What can be said of a statement without looking at any box: its signers, places, escort and times."""
    found = times.of_statement(act, known)
    found += duties.of_statement(act, known)
    if act.statement.kind.name == "handoff":
        found += legs.of_statement(act, known)
    elif act.statement.kind.name == "opening":
        found += openings.of_statement(act, known)
    elif act.statement.kind.name == "correction" and not act.body["boxes"] and act.signed:
        found.append(finding("correction.remark", act.entry, about=act.body["about"][0]))
    return stated(act, found) if found else found


def of_line(act: Act, line: Line, parent: Holding | None, known: Known) -> list[Finding]:
    """What is wrong with one box line on top of the box's last link (LAW-3)."""
    if parent is not None and parent.kind != "closing" and _plain(act, line, parent, known):
        return []
    box, body = line["box"], act.statement.body
    found = [] if known.register.get(box, act.entry) is not None else [finding("box.unknown", act.entry, box=box)]
    found += labels.of_line(act, line, parent, known)
    found += seals.of_line(act, line, parent, known)
    found += legs.of_line(act, box, parent, known)
    if parent is not None:
        found += times.of_line(act, box, parent, known)
        found += duties.of_line(act, box, parent, known)
        if parent.kind == "closing":
            found.append(finding("box.closed", parent.entry, act.entry, box=box))
    elif "giver" in body:
        found.append(finding("box.unsealed", act.entry, box=box))
    found += openings.of_line(act, box, parent, known)
    if act.statement.kind.name == "closing":
        found += closings.of_line(act, box, parent, known)
    found += legs.goal(act, box, parent, known)
    return stated(act, found) if found else found


def of_receipt(act: Act, ack: Act, box: str, known: Known) -> list[Finding]:
    """What is wrong with the moment at which an offer was taken over by an ack of its receiver (LAW-8); he may state a reason."""
    return stated(ack, list(legs.arrival(act, ack, box, known)))


def _plain(act: Act, line: Line, parent: Holding, known: Known) -> bool:
    """At a glance: its holder hands on a box, in time and on its way, label and seals as they were. Then a closer look finds nothing."""
    body, register = act.statement.body, known.register
    registered, printed = register.boxes.get(line["box"]), register.codes.get(line["by"]["label"])
    if registered is None or printed is None or printed.box != line["box"] or printed.copy < parent.copy or registered.since > act.entry:
        return False
    if body.get("giver") != parent.holder or body["from"] not in (parent.place, parent.to):
        return False
    if body["from"] != parent.to and body["place"] not in (parent.place, parent.to):
        return False
    if seals_of(line) != parent.seals or not parent.seals:
        return False
    at = to_seconds(body["happened"]["at"])
    if body["due"] is not None and body["due"] < body["happened"]["at"]:
        return False
    if at < parent.at or printed.at > max(at, parent.first) + known.skew or (parent.due is not None and at > parent.due):
        return False
    places, index = known.places, act.entry
    return legs.usual(body, parent, at, registered.place, index, places) and places.on_way(registered.place, body["to"], index)


def stated(act: Act, found: list[Finding]) -> list[Finding]:
    """Mark the findings that the signers themselves recorded as irregular, with their reason (LAW-2)."""
    reasons = {item["finding"]: item["reason"] for item in act.body.get("irregular", ())}
    if not reasons:
        return found
    return [one._replace(stated=reasons.get(one.code)) for one in found]
