"""How a finding is shown, the same in every command: severity and code, where, the sentence, what to do."""

from typing import Any

from custody.core.findings import Finding
from custody_cli.app import App
from custody_cli.console import paint

_TONES = {"breach": "bad", "warning": "warn", "note": "dim"}


def facts_of(finding: Finding, zone: str | None = None) -> dict[str, object]:
    """What a sentence about a finding may use: its facts, its box and entries, and the zone that times are shown in."""
    facts: dict[str, object] = dict(finding.facts)
    facts.setdefault("box", finding.box)
    facts.setdefault("entries", finding.entries)
    facts.setdefault("entry", str(finding.entries[0]) if finding.entries else "NOMOR")
    if zone is not None:
        facts.setdefault("zone", zone)
    return facts


def lines(app: App, finding: Finding, zone: str | None = None, more: int = 0) -> list[str]:
    """The lines of one finding for `app.console.answer`; `zone` is the ledger's time zone, `more` counts the boxes that it stands for."""
    facts = facts_of(finding, zone)
    shown = {**facts, "box": app.say("cli.finding.and-more", box=finding.box, more=more)} if more else facts
    where = app.say("cli.finding.entries", entries=finding.entries) if finding.entries else ""
    head = "  ".join(part for part in (app.say(f"severity.{finding.severity}"), finding.code, finding.box or "", where) if part)
    told = [paint(head, _TONES[finding.severity]), f"    {app.say(finding.code, **shown)}"]
    if finding.stated is not None:
        told.append("    " + app.say("cli.finding.stated", reason=finding.stated))
    step = app.next_step(finding.code, **facts)
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
