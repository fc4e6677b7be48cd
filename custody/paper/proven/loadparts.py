"""The statements of one load that was too long for one: recorded at once, alike but for their boxes (spec chapter 13, REPORT-13)."""

from collections.abc import Sequence
from functools import reduce
from typing import Any

from custody.core.act import Act
from custody.core.statement import Statement

_OWN = ("boxes", "things")  # what each part says for itself


def one_load(one: Statement, other: Statement) -> bool:
    """Whether two statements are parts of one load: of one kind, and alike in all but boxes, things and the number of the part."""
    return one.kind is other.kind and _of(one) > 1 and _alike(one.body) == _alike(other.body)


def load_id(statement: Statement) -> str | None:
    """What the other parts of a load name; None where there are none."""
    if _of(statement) < 2:
        return None
    return str(statement.body["id"] if statement.kind.name == "manifest" else statement.body["consignment"]["id"])


def part(statement: Statement) -> int:
    """Which part it is; 1 where it is no part."""
    return int(_told(statement).get("part", 1))


def whole(parts: Sequence[Act]) -> Act:
    """All parts as one: their boxes and things together, and those signatures that stand under each of them."""
    first = parts[0]
    if len(parts) == 1:
        return first
    body = {**first.body, **{name: [row for one in parts for row in one.body[name]] for name in _OWN}}
    signed = reduce(frozenset.intersection, (one.signed for one in parts))
    late = reduce(frozenset.union, (one.late for one in parts)) - signed
    return Act(first.statement._replace(body=body, text=b""), min(one.entry for one in parts), signed, late)


def _of(statement: Statement) -> int:
    return int(_told(statement).get("parts", 1))


def _told(statement: Statement) -> dict[str, Any]:
    """Where a statement tells of its part: a manifest itself, a handoff of its consignment."""
    if statement.kind.name == "manifest":
        return statement.body
    return (statement.body.get("consignment") or {}) if statement.kind.name == "handoff" else {}


def _alike(body: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in body.items() if name not in (*_OWN, "part")}
    if body.get("consignment") is not None:
        kept["consignment"] = {name: value for name, value in body["consignment"].items() if name != "part"}
    return kept
