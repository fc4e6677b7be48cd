"""A province for systems of others: every document of 200,000 entries, with figures, judged by the schemas in samples (chapter 28)."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.bench.ground import Ground
from tests.exchange.kit import epcis_errors, nist_errors
from tests.exchange.writing import DOCUMENTS

ROOT = Path(__file__).parents[2]
BOXES, ENTRIES = 20_000, 200_000
EVERY = 100  # one event of so many is judged by the schemas, with formats looked at
ROOM = 64  # megabytes that a document may take above the open ledger


def written(folder: Path, boxes: int, name: str, path: Path) -> dict[str, float]:
    """The figures of one document."""
    command = [sys.executable, "-m", "tests.exchange.writing", str(folder), str(boxes), name, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'cli'}"})
    assert done.returncode == 0, done.stderr
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def lines_of(path: Path) -> Iterator[bytes]:
    """The lines of a document whose events stand one in a line, without what joins them."""
    with path.open("rb") as file:
        for line in file:
            yield line.rstrip(b",\n")


def judged(path: Path, judge: Callable[[Any], list[str]], every: int, name: str) -> tuple[set[str], list[str]]:
    """The ids of all events, none twice; what the schema has against one of so many of them, in the frame of the document."""
    first = next(lines_of(path))
    last = path.read_bytes()[-40:].rsplit(b"\n", 2)[1]
    known, sample = list[str](), list[bytes]()
    for number, line in enumerate(lines_of(path)):
        if number and line != last:
            known.append(orjson.loads(line)[name])
            if number % every == 0:
                sample.append(line)
    errors = [one for at in range(0, len(sample), 200) for one in judge(json.loads(first + b",".join(sample[at : at + 200]) + last))]
    assert len(set(known)) == len(known) >= len(sample) * every
    return set(known), errors


def check(tmp_path: Path, boxes: int, entries: int, told: Callable[[str, object], None]) -> None:
    """Write all documents and judge them."""
    assert epcis_errors({}) != [] and nist_errors({}) != []  # the schemas are here: else it is skipped now and not in an hour
    folder = tmp_path / "ledger"
    Ground(folder, boxes, entries)
    found = {name: written(folder, boxes, name, tmp_path / name) for name in DOCUMENTS}
    for name, one in found.items():
        told(name, f"{one['bytes']} bytes in {one['seconds']} s, {one['megabytes']} MB at most")
        assert one["megabytes"] < found["nothing"]["megabytes"] + ROOM
    events, errors = judged(tmp_path / "epcis", epcis_errors, EVERY, "eventID")
    assert (errors, len(events) > entries) == ([], True)
    logged, errors = judged(tmp_path / "nist", nist_errors, EVERY, "Sequence")
    assert (errors, sum(map(str.isdigit, logged))) == ([], entries)
    told("judged by the schemas", f"one of {EVERY} of {len(events)} EPCIS events and of {len(logged)} events of the log, and the frames")
    kinds = [orjson.loads(line)["row"] for line in lines_of(tmp_path / "jsonl")]
    assert (kinds[0], kinds.count("entry"), kinds.count("box")) == ("about", entries, boxes)
    with (tmp_path / "csv").open(encoding="utf-8-sig", newline="") as file:
        assert sum(1 for _ in csv.reader(file)) > entries


def test_a_village(tmp_path: Path) -> None:
    """The same with little."""
    check(tmp_path, 20, 800, lambda name, value: None)


@pytest.mark.soak
def test_a_province(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    check(tmp_path, BOXES, ENTRIES, record_property)
