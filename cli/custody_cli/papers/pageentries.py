"""Entries of the ledger in short words, as somebody compares them line by line with a page (docs/spec/13-report.md, SCAN-7)."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from custody.core import entry as entries
from custody_cli.boxes import looking
from custody_cli.ground.app import App
from custody_cli.papers.namer import Namer
from custody_cli.papers.pagefields import Fields


class Scope(NamedTuple):
    """What a paper is about, as its statement says it; of a paper that nothing is known of, and of a deed, every box is told."""

    kind: str = ""
    code: str = ""

    @property
    def summed(self) -> bool:
        """Whether such a paper tells of an entry how many boxes it names, and of no box its seals (REPORT-8)."""
        return self.kind in _SUMMED

    def told(self, box: str | None) -> bool:
        """Whether the paper tells of this box apart from others."""
        return self.kind != "box" or box == self.code


_SUMMED = frozenset(("tps", "desa", "kecamatan", "warehouse", "operation", "officer"))
ALL = Scope()


def lines(app: App, index: int, note: bytes, names: Namer, zone: str, scope: Scope = ALL) -> list[str]:
    """One entry: when and what, all that its fields say, the boxes of the paper with their seals, whose keys signed."""
    entry = entries.parse(note)
    body, kind = entry.statement.body, entry.statement.kind.name
    kind = f"ack-{body['side']}" if kind == "ack" else kind
    told = [app.say("cli.check.scan.entry", entry=index, at=body["happened"]["at"], kind=kind, zone=zone)]
    told += [f"    {one}" for one in content(app, entry.statement.kind.name, body, names, zone, scope)]
    return [*told, "    " + app.say("cli.check.scan.signed", names=tuple(names.person(line.name) for line in entry.lines))]


def content(app: App, kind: str, body: dict[str, Any], names: Namer, zone: str, scope: Scope = ALL) -> Iterator[str]:
    """All that a body says that can stand on a paper of this scope, line by line."""
    yield from Fields(app, kind, body, names, zone).lines()
    yield from _boxes(app, body.get("boxes"), names, scope)
    yield from _labels(app, body.get("labels"), names, scope)


def _boxes(app: App, listed: Any, names: Namer, scope: Scope) -> Iterator[str]:
    """The boxes of the paper with everything that their lines say: seals, how one was read, what a ruling or a register says."""
    rows = [(row if isinstance(row, str) else row["box"], row) for row in (listed if isinstance(listed, list) else [])]
    if not rows:
        return
    told = [(box, row) for box, row in rows if scope.told(box) and not (scope.summed and _in_order(row))]
    if scope.kind != "box":
        yield app.say("cli.check.scan.boxes.summed" if scope.summed else "cli.check.scan.boxes", count=len(rows))
    for box, row in told:
        words = "; ".join(_row(app, row, names)) if isinstance(row, dict) else ""
        yield f"  {names.box(box)}" + (f": {words}" if words else "")
    if scope.kind == "box" and len(rows) > len(told):
        yield app.say("cli.check.scan.boxes.others", count=len(rows) - len(told))


def _in_order(row: Any) -> bool:
    """Whether a line tells of nothing but seals that are whole."""
    return isinstance(row, str) or (not row.keys() & {"stands", "round"} and all(one["state"] == "intact" for one in row.get("seals", ())))


def _row(app: App, row: dict[str, Any], names: Namer) -> Iterator[str]:
    if "seals" in row:
        seals = [(one["point"], one["state"], one["number"]) for one in row["seals"]]
        yield looking.seals_told(app, seals) if seals else app.say("report.seal.unseen")
        yield app.say(f"report.read.{row['by']['how']}")
    if "stands" in row:
        yield app.say("cli.check.field.ruled", stands=_sids([row["stands"]] if row["stands"] else []), falls=_sids(row["falls"]))
    if "round" in row:
        codes = ", ".join(row["codes"]) or "—"
        yield app.say("cli.check.field.registered", place=names.place(row["place"]), type=row["type"], round=row["round"], codes=codes)
        yield from (app.say("cli.check.field.replaces", box=names.box(old)) for old in [row["replaces"]] if old is not None)


def _sids(sids: list[str]) -> str:
    return ", ".join(f"{sid[:16]}…" for sid in sids) or "—"


def _labels(app: App, listed: Any, names: Namer, scope: Scope) -> Iterator[str]:
    """Printed codes: the box and which copy, with the beginning of the code's hash; a paper that sums up tells how many."""
    if listed and scope.summed:
        yield app.say("cli.check.scan.boxes.summed", count=len({row["box"] for row in listed}))
        return
    for row in (row for row in listed or () if scope.told(row["box"])):
        box = names.box(row["box"]) if row["box"] is not None else app.say("deed.kind.label.spare")
        yield f"  {box}: {row['copy']} · {row['code'][:16]}…"
