"""Ledgers from which documents for others are made, and the judges of those documents: schemas that are not ours, formats looked at."""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from custody.exchange import epcis
from fixtures.exchanged import source
from fixtures.office import key_of
from fixtures.smallworld import World
from fixtures.story import DESA, PPK, STORE, Story

SCHEMAS = Path(__file__).parents[3] / "shared" / "schemas"
CONSIGNMENT = {"id": "ab" * 16, "part": 1, "parts": 1, "rest": None, "trip": 1}


def of_world(world: World) -> Any:
    """The source of a world."""
    return source(world.entries, key_of(world))


def everything() -> Story:
    """One night in which something of every kind happens."""
    story = Story()
    story.voted()
    first, second, *_ = story.of(f"{DESA}-001")
    story.home()
    story.manifest(*story.of(DESA), by="ppk-19-1", start=PPK, end=STORE, id=CONSIGNMENT["id"], things=[{"count": 3, "thing": "bilik"}])
    boxes, fields = story.of(DESA), {"consignment": CONSIGNMENT, "carrier": "truck", "vehicle": "B-1234-XYZ"}
    story.hand(*boxes, giver="ppk-19-1", receiver="keeper-1", start=PPK, end=STORE, place=PPK, **fields)
    story.hand(*boxes, giver="keeper-1", receiver="keeper-2", start=PPK, end=STORE, **fields)
    story.inspect(*boxes[1:], by="guard-1", where=STORE, counted=len(boxes) - 1, missing=boxes[:1], seen={second: {"lid": "torn"}})
    story.shift("guard-1", None, STORE, len(boxes))
    story.incident("wet", first, by="guard-1", where=STORE)
    story.opening(second, by="keeper-2", where=STORE, basis="court-order", present=("guard-1",), shut=False)
    story.close(*boxes[2:], end="destroyed")
    return story


@cache
def schema(name: str) -> Any:
    """A schema that lies beside the project. Skips where it is not there."""
    path = SCHEMAS / name
    if not path.is_file():
        pytest.skip(f"the schema {name} lies not beside the project ({path})")
    return json.loads(path.read_text("utf-8"))


def _formats() -> Any:
    jsonschema = pytest.importorskip("jsonschema")
    checker = jsonschema.FormatChecker()
    if not {"uri", "date-time", "date"} <= set(checker.checkers):
        pytest.skip("formats are not looked at: rfc3986-validator or rfc3339-validator is missing")
    return checker


def epcis_errors(document: Any) -> list[str]:
    """What the schema of GS1 has against a document; the places of the errors."""
    jsonschema, checker = pytest.importorskip("jsonschema"), _formats()
    judge = jsonschema.Draft7Validator(schema("epcis-json-schema.json"), format_checker=checker)
    return [f"{one.json_path}: {one.message[:200]}" for one in judge.iter_errors(document)]


def nist_errors(document: Any, kind: str = "ElectionEventLog") -> list[str]:
    """What the schema of NIST has against a document."""
    jsonschema, checker = pytest.importorskip("jsonschema"), _formats()
    whole = {"$ref": f"#/definitions/EventLogging.{kind}", "definitions": schema("NIST_V1_election_event_logging.json")["definitions"]}
    return [
        f"{one.json_path}: {one.message[:200]}" for one in jsonschema.Draft4Validator(whole, format_checker=checker).iter_errors(document)
    ]


def read(pieces: Iterable[bytes]) -> Any:
    """A document from its pieces."""
    return json.loads(b"".join(pieces))


def told(world: World) -> list[dict[str, Any]]:
    """The events of a world."""
    with of_world(world) as made:
        return list(epcis.events(made))
