"""A count beside what the ledger has in the room: shown only once the figure stands, with the boxes by name where they were scanned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from custody_cli.boxes.daily import Names
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.table.guardscreen import grouped
from custody_cli.table.handing import typed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from custody.assembly import Office


@dataclass(frozen=True)
class Compared:
    """What was counted and what the ledger has; missing and extra by name where every box was scanned, None where not."""

    counted: int
    recorded: int
    missing: tuple[str, ...] | None = None
    extra: tuple[str, ...] | None = None

    @property
    def difference(self) -> int:
        """More (positive) or fewer than recorded."""
        return self.counted - self.recorded

    @property
    def agrees(self) -> bool:
        """The same figure, and the same boxes where they are known."""
        return self.difference == 0 and not self.missing and not self.extra

    def document(self) -> dict[str, Any]:
        """For --json."""
        listed = {"missing": self.missing, "extra": self.extra}
        told = {name: None if boxes is None else list(boxes) for name, boxes in listed.items()}
        return {"counted": self.counted, "recorded": self.recorded, "difference": self.difference, "agrees": self.agrees, **told}


def compared(opened: Office, place: str, counted: int, scanned: Iterable[str] | None) -> Compared:
    """A count that is recorded, beside the ledger. Never to be called before."""
    from custody.assembly import duty

    inside = duty.inside(opened, place)
    if scanned is None:
        return Compared(counted, len(inside))
    seen = frozenset(scanned)
    return Compared(counted, len(inside), tuple(sorted(inside - seen)), tuple(sorted(seen - inside)))


def tell(app: App, names: Names, found: Compared) -> list[str]:
    """The comparison in words."""
    facts = {"counted": found.counted, "recorded": found.recorded, "by": abs(found.difference)}
    if found.agrees:
        return [paint(app.say("cli.count.agrees", **facts), "good")]
    code = "cli.count.same-figure" if found.difference == 0 else "cli.count.fewer" if found.difference < 0 else "cli.count.more"
    lines = [paint(app.say(code, **facts), "bad")]
    for code, boxes in (("cli.count.missing", found.missing), ("cli.count.extra", found.extra)):
        if boxes:
            lines.append(app.say(code, count=len(boxes)))
            lines += [f"  {line}" for line in grouped(boxes, names)]
    return lines


def onward(app: App, names: Names, place: str, found: Compared) -> list[str]:
    """What can be done where the count differs."""
    if found.agrees:
        return []
    where = _quoted(names.place(place))
    steps = {
        "again": typed(app, f"inspect {where} --count"),
        "incident": typed(app, f"incident {'missing' if found.difference < 0 or found.missing else 'extra'}"),
        "reconcile": typed(app, f"reconcile {where}"),
    }
    return [f"{app.say('cli.next')} {app.say('cli.count.onward', **steps)}"]


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name
