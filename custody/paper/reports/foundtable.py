"""The findings of a report as a table: what is found alike of many boxes stands once, with all of them (spec chapter 13, REPORT-8)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from custody.core.findings import Finding, grouped, said
from custody.paper.canvas.table import Table
from custody.paper.reports import boxlist
from custody.paper.reports.teller import Teller

_MAY_LACK = frozenset(("owner", "due"))  # facts that a statement may leave out, and that a sentence names
_ALIKE = 4  # rows of one kind; the last of them stands for all that follow


class Found(NamedTuple):
    """One row: findings that it tells of, and in what words."""

    severity: str
    words: str
    entries: tuple[int, ...]


def rows(teller: Teller, findings: Iterable[Finding]) -> list[Found]:
    """Breaches, warnings and notes, each kind where the first of it came. Of a single box each by itself.

    Else what differs in nothing but box and entries is one row, and at most `_ALIKE` rows tell of one kind, notes in one.
    """
    if teller.facts.scope[0] == "box":
        return [_row(teller, [one], _sentence(teller, one, more)) for one, more in grouped(findings)]
    kinds: dict[str, dict[object, list[Finding]]] = {}
    for one in findings:
        kinds.setdefault(one.code, {}).setdefault((one.facts, one.stated, one.box is None), []).append(one)
    return [row for groups in kinds.values() for row in _kind(teller, list(groups.values()))]


def elsewhere(teller: Teller, hidden: Sequence[Finding]) -> list[Found]:
    """One row for what is found of the boxes in scope, and not told here; none where there is none."""
    if not hidden:
        return []
    counts = {severity: sum(one.severity == severity for one in hidden) for severity in ("breach", "warning")}
    said = teller.say("report.elsewhere", breaches=counts["breach"], warnings=counts["warning"])
    return [Found("—", f"{said}\n{boxlist.told(teller, _boxes(hidden))}", ())]


def table(teller: Teller, told: Sequence[Found]) -> Table:
    """The rows with their numbers, by which the list of entries names them."""
    cells = tuple((str(at), row.severity, row.words, boxlist.numbers(teller, row.entries)) for at, row in enumerate(told, 1))
    heads = tuple(teller.say(f"report.{name}") for name in ("number", "severity", "finding", "entries"))
    title, none = teller.say("report.findings"), teller.say("report.findings.none")
    return Table(title, heads, (8, 21, 125, 26), cells, none, tuple(row.entries for row in told))


def marks(told: Sequence[Found]) -> dict[int, list[str]]:
    """Of each entry the numbers of the rows that rest on it."""
    found: dict[int, list[str]] = {}
    for at, row in enumerate(told, 1):
        for index in row.entries:
            found.setdefault(index, []).append(str(at))
    return found


def _kind(teller: Teller, groups: list[list[Finding]]) -> Iterator[Found]:
    """The rows of one kind of finding."""
    own = 0 if groups[0][0].severity == "note" else len(groups) if len(groups) <= _ALIKE else _ALIKE - 1
    for group in groups[:own]:
        yield _row(teller, group, _listed(teller, group, _sentence(teller, group[0], len(_boxes(group)) - 1)))
    rest = [one for group in groups[own:] for one in group]
    if rest:
        said = _sentence(teller, rest[0], 0)
        alike = "report.alike" if rest[0].severity == "note" else "report.alike.findings"
        said = f"{said} {teller.say(alike, count=len(rest) - 1)}" if len(rest) > 1 else said
        yield _row(teller, rest, _named(teller, rest, said))


def _row(teller: Teller, findings: list[Finding], said: str) -> Found:
    return Found(teller.say(f"severity.{findings[0].severity}"), said, tuple(sorted({index for one in findings for index in one.entries})))


def _listed(teller: Teller, findings: list[Finding], said: str) -> str:
    """With how often, where that is oftener than there are boxes, and the boxes, where there are several."""
    if len(findings) > max(len(_boxes(findings)), 1):
        said = f"{said} {teller.say('report.times', count=len(findings))}"
    return _named(teller, findings, said)


def _named(teller: Teller, findings: list[Finding], said: str) -> str:
    """With the boxes, where there are several."""
    boxes = _boxes(findings)
    return f"{said}\n{boxlist.told(teller, boxes)}" if len(boxes) > 1 else said


def _boxes(findings: Iterable[Finding]) -> list[str]:
    return sorted({one.box for one in findings if one.box is not None})


def _sentence(teller: Teller, one: Finding, more: int) -> str:
    box = teller.say("report.and-more", box=one.box, more=more) if more > 0 else one.box or ""
    facts: Mapping[str, object] = {
        name: teller.say("report.unstated") if value == "-" and name in _MAY_LACK else teller.named(value) for name, value in one.facts
    }
    told = teller.say(said(one), **facts, box=box)
    return told if one.stated is None else teller.say("report.stated", finding=told, reason=one.stated)
