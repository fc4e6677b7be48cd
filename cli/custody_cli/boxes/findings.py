"""How a finding is shown, the same in every command: severity and code, where, the sentence, what to do."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from custody.core.findings import Finding, said
from custody.i18n.sealfacts import seal_facts
from custody_cli.boxes import naming
from custody_cli.ground.app import App
from custody_cli.ground.console import paint

if TYPE_CHECKING:
    from custody_cli.boxes.named import Named

Told = tuple[Finding, int]  # a finding, and for how many boxes more it stands
_SEEN = frozenset(("point", "was", "found", "value"))  # facts that tell what people saw
_FEW = 8  # findings that are told each by itself; of more, the first of each kind
_TONES = {"breach": "bad", "warning": "warn", "note": "dim"}


def facts_of(finding: Finding, zone: str | None = None, names: "Named | None" = None) -> dict[str, object]:
    """What a sentence about a finding may use: its facts, its box and entries, and the zone that times are shown in.

    With `names`, places and people stand by their names where those are known.
    """
    facts: dict[str, object] = {name: naming.told(names, value) if names is not None else value for name, value in finding.facts}
    facts |= seal_facts(facts) if said(finding).startswith("seal.") else {}
    facts.setdefault("box", names.box(finding.box) if names is not None and finding.box else finding.box)
    facts.setdefault("entries", finding.entries)
    facts.setdefault("last", str(finding.entries[-1]) if finding.entries else "NOMOR")
    facts.setdefault("entry", str(finding.entries[0]) if finding.entries else "NOMOR")
    if zone is not None:
        facts.setdefault("zone", zone)
    return facts


def lines(app: App, finding: Finding, zone: str | None = None, more: int = 0, names: "Named | None" = None, step: bool = True) -> list[str]:
    """The lines of one finding for `app.console.answer`: how grave, which box, where, its code; the sentence; what to do.

    `zone` is the ledger's time zone, `more` counts the boxes that it stands for; without `step` what to do is left out.
    """
    facts = facts_of(finding, zone, names)
    shown = {**facts, "box": app.say("cli.finding.and-more", box=finding.box, more=more)} if more else facts
    told = [paint(_head(app, finding, names), _TONES[finding.severity]), f"    {app.say(said(finding), **shown)}"]
    if finding.stated is not None:
        told.append("    " + app.say("cli.finding.stated", reason=finding.stated))
    next_ = app.next_step(said(finding), **_typed(app, finding, zone)) if step else None
    if next_ and names is not None and finding.box and finding.box in next_:
        next_ = next_.replace(finding.box, names.typed(finding.box))
    return [*told, f"    {app.say('cli.next')} {next_}"] if next_ else told


def _typed(app: App, finding: Finding, zone: str | None) -> dict[str, object]:
    """The facts for a line to be typed: what waits at a station has no entry to type, and a list names its number."""
    facts, size = facts_of(finding, zone), app.away.size
    if size is not None:
        facts |= {name: "NOMOR" for name in ("entry", "last") if str(facts[name]).isdecimal() and int(str(facts[name])) >= size}
    return facts


def _head(app: App, finding: Finding, names: "Named | None") -> str:
    box = names.box(finding.box) if names is not None and finding.box else finding.box or ""
    where = app.say("cli.finding.entries", entries=finding.entries) if finding.entries else ""
    return "  ".join(part for part in (app.say(f"severity.{finding.severity}"), box, where, f"[{finding.code}]") if part)


def document(app: App, finding: Finding, zone: str | None = None) -> dict[str, Any]:
    """The same for --json."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "box": finding.box,
        "entries": list(finding.entries),
        "facts": dict(finding.facts),
        "stated": finding.stated,
        "message": app.say(said(finding), **facts_of(finding, zone)),
        "next": app.next_step(said(finding), **facts_of(finding, zone)),
    }


def looks(found: Iterable[Finding]) -> list[Told]:
    """Findings as they are looked at before somebody signs: of each code, what was seen (which point, which state or number) by itself.

    Each with how many boxes more it stands for; a torn slit and another number on a tie are two, though their code is one.
    """
    sorts: dict[tuple[object, ...], list[Finding]] = {}
    for one in found:
        sorts.setdefault((one.code, *(fact for fact in one.facts if fact[0] in _SEEN)), []).append(one)
    order = {code: at for at, code in enumerate(dict.fromkeys(code for code, *_ in sorts))}
    return [(alike[0], len(alike) - 1) for sort, alike in sorted(sorts.items(), key=lambda item: order[item[0][0]])]


def kinds(found: list[Told], listed: bool) -> Iterator[tuple[Told, list[Told]]]:
    """Findings to tell, the gravest kinds first: each by itself where they are few, else the first of each kind and the others like it."""
    rank = {"breach": 0, "warning": 1, "note": 2}
    sorts: dict[str, list[Told]] = {}
    for item in found:
        sorts.setdefault(item[0].code, []).append(item)
    for code in sorted(sorts, key=lambda code: rank[sorts[code][0][0].severity]):
        first, *others = sorts[code]
        if listed or len(found) <= _FEW:
            yield from ((one, []) for one in sorts[code])
        else:
            yield first, others
