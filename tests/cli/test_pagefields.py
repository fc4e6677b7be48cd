"""What `custody check --scan` lists of an entry: all that can be changed on paper (docs/spec/13-report.md, SCAN-7)."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from custody.core.statement import parse
from custody_cli.ground.app import App
from custody_cli.ground.console import Console
from custody_cli.ground.prompts import ScriptedPrompter
from custody_cli.ground.settings import Settings
from custody_cli.papers import namer, pageentries, pagefields

_VECTORS = json.loads((Path(__file__).parents[2] / "fixtures/vectors/08-kinds.json").read_text())["vectors"]
EXAMPLES = {
    f"{one['want']['kind']} {number}": one["given"]["text"]
    for number, one in enumerate(_VECTORS)
    if one["do"] == "statement.parse" and "want" in one and one["want"]["kind"] not in pagefields.CLOSED
}
WRITTEN = frozenset(
    (
        "number",
        "vehicle",
        "order",
        "permit",
        "door_seal",
        "counted",
        "count",
        "visitors",
        "team",
        "vehicles",
        "panels",
        "parts",
        "copy",
        "round",
    )
)  # what stands on paper letter by letter


def written(value: Any, name: str = "") -> Iterator[str]:
    """Every number, plate and count anywhere in a statement."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from written(one, key)
    elif isinstance(value, list):
        for one in value:
            yield from written(one, name)
    elif name in WRITTEN and value is not None:
        yield str(value)


@pytest.fixture
def app() -> App:
    console = Console(io.StringIO(), io.StringIO())
    return App("id", False, console, ScriptedPrompter(), Settings(), None, lambda: datetime(2024, 11, 27, tzinfo=UTC))


@pytest.mark.parametrize("name", EXAMPLES)
def test_all_that_is_written_letter_by_letter_is_listed(app: App, name: str) -> None:
    statement = parse(EXAMPLES[name].encode())
    told = list(pageentries.content(app, statement.kind.name, statement.body, namer.Bare(), "Asia/Makassar"))
    text = "\n".join(told)
    assert all(word in text for word in written(statement.body)), text
    assert all(box in text for box in boxes(statement.body))


def test_of_a_place_only_seals_that_are_not_whole_are_listed(app: App) -> None:
    """Whoever checks a sum of boxes sees the one line that matters, and none of the others."""
    line: dict[str, Any] = {"by": {"how": "scanned"}, "seals": [{"number": None, "point": "lid", "state": "intact"}]}
    torn = {**line, "box": "PEM24-5307192008-002-DPR-1", "seals": [{"number": None, "point": "lid", "state": "torn"}]}
    body = {"boxes": [{**line, "box": "PEM24-5307192008-001-DPR-1"}, torn]}
    told = list(pageentries.content(app, "founding", body, namer.Bare(), "Asia/Makassar", pageentries.Scope("desa", "5307192008")))
    assert told[1].startswith("2 kotak; ") and [row for row in told if "DPR-1" in row] == [
        "  PEM24-5307192008-002-DPR-1: tutup robek; label dipindai"
    ]


def boxes(body: dict[str, Any]) -> Iterator[str]:
    for row in (*body.get("boxes", ()), *body.get("labels", ()), *body.get("missing", ()), *body.get("extra", ())):
        box = row if isinstance(row, str) else row["box"]
        if box is not None:
            yield box


def test_the_examples_hold_what_is_looked_for() -> None:
    found = {name for text in EXAMPLES.values() for name in WRITTEN if f'"{name}":' in text}
    assert found == WRITTEN, WRITTEN - found


def test_a_kind_that_is_not_told_says_so(app: App) -> None:
    founding = next(
        one["given"]["text"] for one in _VECTORS if one["do"] == "statement.parse" and one.get("want", {}).get("kind") == "founding"
    )
    statement = parse(founding.encode())
    (line,) = pagefields.Fields(app, "founding", statement.body, namer.Bare(), "Asia/Makassar").lines()
    assert "TIDAK diuraikan" in line
