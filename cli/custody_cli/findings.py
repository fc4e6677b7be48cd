"""How a finding is shown, the same in every command: severity and code, where, the sentence, what to do."""

from typing import TYPE_CHECKING, Any

from custody.core.findings import Finding
from custody_cli import naming
from custody_cli.app import App
from custody_cli.console import paint

if TYPE_CHECKING:
    from custody_cli.daily import Names

_TONES = {"breach": "bad", "warning": "warn", "note": "dim"}


def facts_of(finding: Finding, zone: str | None = None, names: "Names | None" = None) -> dict[str, object]:
    """What a sentence about a finding may use: its facts, its box and entries, and the zone that times are shown in.

    With `names`, places and people stand by their names where those are known.
    """
    facts: dict[str, object] = {name: naming.told(names, value) if names is not None else value for name, value in finding.facts}
    facts.setdefault("box", finding.box)
    facts.setdefault("entries", finding.entries)
    facts.setdefault("entry", str(finding.entries[0]) if finding.entries else "NOMOR")
    if zone is not None:
        facts.setdefault("zone", zone)
    return facts


def lines(app: App, finding: Finding, zone: str | None = None, more: int = 0, names: "Names | None" = None) -> list[str]:
    """The lines of one finding for `app.console.answer`; `zone` is the ledger's time zone, `more` counts the boxes that it stands for."""
    facts = facts_of(finding, zone, names)
    shown = {**facts, "box": app.say("cli.finding.and-more", box=finding.box, more=more)} if more else facts
    where = app.say("cli.finding.entries", entries=finding.entries) if finding.entries else ""
    box = f"{names.box(finding.box)}  {finding.box}" if names is not None and finding.box else finding.box or ""
    head = "  ".join(part for part in (app.say(f"severity.{finding.severity}"), finding.code, box, where) if part)
    told = [paint(head, _TONES[finding.severity]), f"    {app.say(finding.code, **shown)}"]
    if finding.stated is not None:
        told.append("    " + app.say("cli.finding.stated", reason=finding.stated))
    step = app.next_step(finding.code, **facts_of(finding, zone))
    return [*told, f"    {app.say('cli.next')} {step}"] if step else told


def document(app: App, finding: Finding, zone: str | None = None) -> dict[str, Any]:
    """The same for --json."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "box": finding.box,
        "entries": list(finding.entries),
        "facts": dict(finding.facts),
        "stated": finding.stated,
        "message": app.say(finding.code, **facts_of(finding, zone)),
        "next": app.next_step(finding.code, **facts_of(finding, zone)),
    }
