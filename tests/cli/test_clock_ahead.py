"""One laptop in the year 2034 does not poison the night (TIME-7): taken by the office, told of that record, and not of those after it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.daily_kit import EVENING, HABI, TPS, Evening

AHEAD = datetime(2034, 11, 27, 11, 42, tzinfo=UTC)
KECAMATAN, STORE = "530719", "5307-GUDANG"
LEGS = (("kpps-08-1", "pps-08", TPS, HABI), ("pps-08", "ppk-1", HABI, KECAMATAN), ("ppk-1", "keeper-1", KECAMATAN, STORE))


@pytest.fixture
def evening(tmp_path: Path) -> Evening:
    made = Evening(tmp_path, desa=(HABI,))
    made.labels()
    made.seal()
    return made


def hand(evening: Evening, giver: str, receiver: str, start: str, end: str, now: datetime) -> None:
    evening.desk.now = now
    people = ("--giver", evening.key(giver), "--receiver", evening.key(receiver), "--passphrase-file", evening.word())
    way = (
        "--from",
        start,
        "--to",
        end,
        "--escort",
        "2",
        "--order",
        "Sprin/1",
        "--seals-seen",
        "--reason",
        "other",
        "--note",
        "uji",
        "--yes",
    )
    ended = evening.desk.run("handoff", *evening.of(TPS), *people, *way)
    assert ended.exit in (0, 1), ended.err


def told(evening: Evening, command: str) -> list[tuple[str, str]]:
    """Who is told to have a wrong clock: the code, and whether of a box or of an entry."""
    found = json.loads(evening.desk.run(command, "--json").out)["findings"]
    return sorted(
        {(one["code"], "box" if one["box"] else "entry") for one in found if one["code"] in ("time.ahead", "time.backwards", "time.future")}
    )


def test_the_record_of_the_laptop_is_told_and_not_those_after_it(evening: Evening) -> None:
    hand(evening, *LEGS[0], now=AHEAD)
    assert told(evening, "verify") == [], "nobody has come after it yet"
    hand(evening, *LEGS[1], now=EVENING)
    assert told(evening, "verify") == [("time.backwards", "box")], "one against one is open"
    hand(evening, *LEGS[2], now=EVENING)
    assert told(evening, "findings") == [("time.ahead", "box")]
    assert told(evening, "verify") == [("time.ahead", "box"), ("time.ahead", "entry")]
    said = evening.desk.run("findings").out
    assert "27 November 2034" in said and "terlalu maju" in said and "2 catatan yang pasti sesudahnya" in said, said


def test_with_clocks_that_are_right_nothing_is_told(evening: Evening) -> None:
    for leg in LEGS:
        hand(evening, *leg, now=EVENING)
    assert told(evening, "verify") == []
