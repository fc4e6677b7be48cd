"""What is to travel, and what stays behind: manifests as statements (spec chapters 08 and 18).

Pure: boxes and things that people named go in, drafted statements come out. What was loaded and what came is told by
`custody.core.consignments`, of the statements that are recorded.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from custody.core import statement
from custody.core.shapes import MOST_BOXES
from custody.core.statement import Statement

Common = Mapping[str, Any]


@dataclass(frozen=True)
class Plan:
    """What is to travel, but for its boxes: from where to where, until when, by how many vehicles, with which things that are no boxes."""

    id: str
    start: str
    end: str
    officer: str
    due: str | None = None
    order: str | None = None
    vehicles: int = 1
    things: Mapping[str, int] = field(default_factory=dict)


def manifests(
    common: Common, plan: Plan, boxes: Iterable[str], *, irregular: Iterable[Mapping[str, str]] = (), note: dict[str, str] | None = None
) -> list[Statement]:
    """The manifest of a consignment, in as many parts as it has boxes for; the first bears the things. :raises Malformed: `statement.…`."""
    known = sorted(set(boxes))
    cut = [known[at : at + MOST_BOXES] for at in range(0, len(known), MOST_BOXES)] or [[]]
    body = {
        **common,
        "due": plan.due,
        "from": plan.start,
        "id": plan.id,
        "irregular": list(irregular),
        "note": note,
        "officer": plan.officer,
        "order": plan.order,
        "parts": len(cut),
        "photos": [],
        "to": plan.end,
        "vehicles": plan.vehicles,
    }
    return [
        statement.draft("manifest", {**body, "boxes": part, "part": at, "things": counted(plan.things) if at == 1 else []})
        for at, part in enumerate(cut, 1)
    ]


def counted(things: Mapping[str, int]) -> list[dict[str, Any]]:
    """Things as statements count them."""
    return [{"count": count, "thing": name} for name, count in sorted(things.items())]
