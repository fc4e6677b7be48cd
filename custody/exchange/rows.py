"""The ledger as tables and as JSON Lines, for spreadsheets and scripts (spec chapter 28, ROWS-1)."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import orjson

from custody.core.findings import Finding
from custody.exchange.notice import about
from custody.exchange.source import Box, Source, Told

Cell = str | int | None
MOMENTS = frozenset(("at", "due", "happened", "made", "since"))  # columns that hold a moment


class Table(NamedTuple):
    """One table: its name, its columns, and its rows, made anew each time they are asked for."""

    name: str
    columns: tuple[str, ...]
    rows: Callable[[], Iterator[tuple[Cell, ...]]]


def tables(source: Source) -> tuple[Table, ...]:
    """All tables of a ledger, in the order in which people read them."""
    return (
        Table("about", ("what", "value"), lambda: iter([(name, _plain(value)) for name, value in about(source).items()])),
        Table("boxes", _BOX, lambda: map(_box, source.boxes())),
        Table("chain", _CHAIN, lambda: (row for box in source.boxes() for row in _chain(box))),
        Table("entries", _ENTRY, lambda: map(_entry, source.entries())),
        Table("lines", _LINE, lambda: (row for told in source.entries() for row in _lines(told))),
        Table("findings", _FINDING, lambda: map(_finding, source.findings())),
    )


def json_lines(source: Source) -> Iterator[bytes]:
    """The ledger as JSON Lines, each an object with the field `row`: what it is about; entries, boxes with their chains, findings."""
    yield _line("about", about(source))
    for told in source.entries():
        statement = orjson.Fragment(told.act.statement.text.split(b"\n")[1])
        yield _line("entry", {**dict(zip(_ENTRY, _entry(told), strict=True)), "statement": statement})
    for box in source.boxes():
        chain = [dict(zip(_CHAIN, row, strict=True)) for row in _chain(box)]
        found = [_json_finding(one) for one in box.findings]
        yield _line("box", {**dict(zip(_BOX, _box(box), strict=True)), "chain": chain, "findings": found})
    for one in source.findings():
        yield _line("finding", _json_finding(one))


def _line(row: str, fields: dict[str, Any]) -> bytes:
    return orjson.dumps({"row": row, **fields}) + b"\n"


def _plain(value: Any) -> Cell:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, int | str) else str(value)


_ENTRY = ("entry", "kind", "sid", "leaf", "stage", "happened", "basis", "at", "place", "boxes", "signers", "late")


def _entry(told: Told) -> tuple[Cell, ...]:
    body = told.act.body
    place = body.get("place") or body.get("from")
    named = len(body.get("boxes", ())) or sum(one["box"] is not None for one in body.get("labels", ()))
    when = (body["happened"]["at"], body["happened"]["basis"], body["at"])
    first = (told.entry, told.kind, told.act.sid, told.leaf.hex(), told.stage)
    return (*first, *when, place, named, _joined(told.act.signed), _joined(told.act.late))


_LINE = ("entry", "box", "kind", "stage", "happened", "prev", "place", "from", "to", "giver", "receiver", "how", "seals")


def _lines(told: Told) -> Iterator[tuple[Cell, ...]]:
    """What an entry says of each box, be it so or not: where two entries contradict each other, both stand here."""
    body = told.act.body
    for line in body.get("boxes", ()):
        whole = line if isinstance(line, dict) else {"box": line}
        seals = [" ".join(filter(None, (one["point"], one["state"], one["number"]))) for one in whole.get("seals", ())]
        sides = tuple(body.get(name) for name in ("place", "from", "to", "giver", "receiver"))
        how = whole["by"]["how"] if "by" in whole else None
        when = body["happened"]["at"]
        yield (told.entry, whole["box"], told.kind, told.stage, when, whole.get("prev"), *sides, how, "; ".join(seals) or None)


_BOX = ("box", "status", "holder", "place", "since", "due", "tip", "spans", "covered", "breaches", "warnings")


def _box(box: Box) -> tuple[Cell, ...]:
    grave = [sum(one.severity == name for one in box.findings) for name in ("breach", "warning")]
    return (box.box, box.status, box.holder, box.place, box.since, box.due, box.tip, box.spans, box.covered, *grave)


_CHAIN = ("box", "number", "entry", "since", "place", "to", "moves")


def _chain(box: Box) -> Iterator[tuple[Cell, ...]]:
    """The links of a box as judged, in order; then what is said of it and moves it not (`moves` 0)."""
    for number, stop in enumerate(box.chain, 1):
        yield (box.box, number, stop.entry, stop.at, stop.place or None, stop.to or None, int(stop.moves))


_FINDING = ("finding", "severity", "box", "entries", "facts", "stated")


def _finding(one: Finding) -> tuple[Cell, ...]:
    facts = "; ".join(f"{name}: {value}" for name, value in one.facts)
    return (one.code, one.severity, one.box, _joined(one.entries), facts or None, one.stated)


def _json_finding(one: Finding) -> dict[str, Any]:
    said = {"entries": list(one.entries), "facts": dict(one.facts), "stated": one.stated}
    return {"finding": one.code, "severity": one.severity, "box": one.box, **said}


def _joined(values: Iterable[object]) -> str | None:
    """A set or a list in one cell, sorted where it has no order; None for nothing."""
    found = values if isinstance(values, tuple) else sorted(map(str, values))
    return " ".join(map(str, found)) or None
