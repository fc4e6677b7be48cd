"""A count beside what the ledger has in the room: shown only once the figure stands, with the boxes by name where they were scanned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.table.boxlines import grouped
from custody_cli.table.handing import typed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from custody.assembly import Office

MOST_LINES = 16


@dataclass(frozen=True)
class Compared:
    """What was counted and what the ledger has; missing and extra by name where every box was scanned, None where not.

    gone: boxes that were reported gone since they were recorded here; a count with or without them agrees.
    """

    counted: int
    recorded: int
    gone: int = 0
    missing: tuple[str, ...] | None = None
    extra: tuple[str, ...] | None = None

    @property
    def difference(self) -> int:
        """More (positive) or fewer than recorded; 0 where it is right with some of those that were reported gone."""
        return min(0, self.counted - self.recorded) or max(0, self.counted - self.recorded - self.gone)

    @property
    def agrees(self) -> bool:
        """The same figure, and the same boxes where they are known."""
        return self.difference == 0 and not self.missing and not self.extra

    def document(self) -> dict[str, Any]:
        """For --json."""
        figures = {"counted": self.counted, "recorded": self.recorded, "gone": self.gone, "difference": self.difference}
        listed = {"missing": self.missing, "extra": self.extra}
        told = {name: None if boxes is None else list(boxes) for name, boxes in listed.items()}
        return {**figures, "agrees": self.agrees, **told}


def compared(opened: Office, place: str, counted: int, scanned: Iterable[str] | None) -> Compared:
    """A count that is recorded, beside the ledger. Never to be called before."""
    from custody.assembly import duty

    inside = duty.inside(opened, place)
    if scanned is None:
        return Compared(counted, len(inside.surely), len(inside.gone))
    seen = frozenset(scanned)
    missing, extra = inside.surely - seen, seen - inside.surely - inside.gone
    return Compared(counted, len(inside.surely), len(inside.gone), tuple(sorted(missing)), tuple(sorted(extra)))


def tell(app: App, names: Names, found: Compared) -> list[str]:
    """The comparison in words."""
    facts = {"counted": found.counted, "recorded": found.recorded, "by": abs(found.difference)}
    gone = [app.say("cli.count.gone", count=found.gone)] if found.gone else []
    if found.agrees:
        return [paint(app.say("cli.count.agrees", **facts), "good"), *gone]
    code = "cli.count.same-figure" if found.difference == 0 else "cli.count.fewer" if found.difference < 0 else "cli.count.more"
    lines = [paint(app.say(code, **facts), "bad"), *gone]
    for code, boxes in (("cli.count.missing", found.missing), ("cli.count.extra", found.extra)):
        if boxes:
            lines.append(app.say(code, count=len(boxes)))
            lines += listed(names, boxes)
    return lines


def listed(names: Names, boxes: Sequence[str]) -> list[str]:
    """Boxes by polling station; by desa where that would fill the screen."""
    lines = grouped(boxes, names)
    return [f"  {line}" for line in (lines if len(lines) <= MOST_LINES else grouped(boxes, names, by="desa"))]


def onward(app: App, names: Names, place: str, found: Compared) -> list[str]:
    """What can be done where the count differs."""
    if found.agrees:
        return []
    where = _quoted(names.place(place))
    happening = app.say("happening.missing" if found.difference < 0 or found.missing else "happening.extra")
    steps = {
        "again": typed(app, f"inspect {where}"),
        "incident": typed(app, f"incident --code {'-'.join(happening.lower().replace(',', ' ').split())} --place {where}"),
        "reconcile": typed(app, f"reconcile {where}"),
    }
    return [app.say("cli.next"), *(f"  {app.say(f'cli.count.onward.{step}', command=typed_)}" for step, typed_ in steps.items())]


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name
