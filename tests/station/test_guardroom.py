"""Statements about a room: of the shapes of the core, sorted as they ask, split by bytes; a count that compares nothing."""

from typing import Any

import pytest

from custody.core import statement
from custody.core.errors import Malformed
from custody.station import guardroom, manifest
from custody.station.counting import Count, counted
from custody.station.guardroom import Door, Handover, Noted, Visitor
from custody.station.manifest import Photo, Seen
from custody.station.scanrun import Reading
from fixtures.smallworld import World, ready

PLACE = "5307-GUDANG"
HASHES = ("ab" * 32, "01" * 32)


def common(world: World) -> dict[str, Any]:
    drafted = world.draft("report", drawing="satu", facts="0" * 64, scope={"code": "x", "kind": "operation"}, size=0, upto=0)
    return {name: drafted.body[name] for name in ("at", "happened", "ledger", "seen")}


def test_a_handover_is_sorted_as_the_shape_asks() -> None:
    taken = Handover(
        PLACE, "regu-b", "regu-a", 264, Door("sealed", "intact", "A12"), {"senter": 2, "apar": 1}, 4, (HASHES[0], HASHES[1], HASHES[0]), 3
    )
    body = guardroom.shift(
        common(ready()), taken, Noted({"seal.changed": "order", "count.differs": "unknown"}, None, tuple(map(Photo, HASHES)))
    ).body
    assert body["equipment"] == [{"count": 1, "thing": "apar"}, {"count": 2, "thing": "senter"}]
    assert body["incidents"] == sorted(HASHES) and [one["sha256"] for one in body["photos"]] == sorted(HASHES)
    assert [one["finding"] for one in body["irregular"]] == ["count.differs", "seal.changed"]
    assert (body["door"], body["lock"], body["door_seal"], body["counted"], body["visitors"]) == ("sealed", "intact", "A12", 264, 3)


@pytest.mark.parametrize("count", [-1, 100_000])
def test_no_figure_beyond_the_shape(count: int) -> None:
    with pytest.raises(Malformed):
        guardroom.shift(common(ready()), Handover(PLACE, "regu-b", None, count, Door("locked", "intact")))


def test_who_leaves_leaves_the_same_visit() -> None:
    world = ready()
    persons = [Visitor("keeper-1", None, "keeper"), Visitor(None, {"c": "cd" * 32}, None, "pln")]
    entered = guardroom.visit(common(world), persons, place=PLACE, officer="regu-a", why="repair", leave="keeper-1").body
    later = {**common(world), "happened": {"at": "2024-02-15T03:00:00Z", "basis": "now"}}
    left = guardroom.departure(later, entered, "regu-b", "2024-02-15T02:00:00Z").body
    changed = {name for name in entered if entered[name] != left[name]}
    assert changed == {"at", "left", "officer"} and left["happened"] == entered["happened"]


def test_a_round_counts_nothing() -> None:
    body = guardroom.walk(common(ready()), place=PLACE, officer="regu-a", door="open", lock=None, defects=["roof", "leak", "roof"]).body
    assert body["defects"] == ["leak", "roof"] and body["counted"] is None and body["boxes"] == [] and body["lock"] is None


@pytest.mark.parametrize("number", [0, 1, 250, 700])
def test_counts_are_split_and_the_first_bears_the_figure(number: int) -> None:
    seen = [Seen(f"PEM24-530719{2000 + at // 900:04d}-{at % 900 + 1:03d}-DPR-1", "scanned", "ab" * 32) for at in range(number)]
    extra = [one.box for one in seen[:1]]
    made = guardroom.counts(common(ready()), reversed(seen), place=PLACE, officer="regu-a", counted=number, extra=extra)
    assert all(len(one.text) <= manifest.MOST_TEXT for one in made)
    assert [line["box"] for one in made for line in one.body["boxes"]] == sorted(one.box for one in seen)
    assert [one.body["counted"] for one in made] == [number, *[None] * (len(made) - 1)]
    assert made[0].body["extra"] == extra and all(not one.body["extra"] for one in made[1:])


def test_more_boxes_missing_than_one_statement_holds() -> None:
    gone = [f"PEM24-530719{2000 + at // 900:04d}-{at % 900 + 1:03d}-DPR-1" for at in range(620)]
    made = guardroom.counts(common(ready()), [], place=PLACE, officer="regu-a", counted=0, missing=gone)
    assert [len(one.body["missing"]) for one in made] == [250, 250, 120] and [one.body["counted"] for one in made] == [0, None, None]
    assert sorted(box for one in made for box in one.body["missing"]) == gone


def test_seals_that_nobody_spoke_of_are_not_told() -> None:
    boxes = [Seen("PEM24-5307192001-001-DPR-1"), Seen("PEM24-5307192001-002-DPR-1", seals={"lid": ("torn", None)})]
    (made,) = guardroom.counts(common(ready()), boxes, place=PLACE, officer="regu-a", counted=2)
    assert [line["seals"] for line in made.body["boxes"]] == [[], [{"number": None, "point": "lid", "state": "torn"}]]


@pytest.mark.parametrize("step", ["begun", "paused", "resumed", "finished", "moved"])
def test_steps_of_a_plenary(step: str) -> None:
    body = guardroom.plenary(common(ready()), place="530719", officer="ppk-1", step=step, panels=3, venue="5307").body
    assert (body["step"], body["panels"], body["venue"], body["witness"]) == (step, 3, "5307", None)
    assert statement.draft("plenary", body).body == body


THINGS = {"Senter": "senter", "Kunci gembok": "kunci-gembok", "APAR 3kg": "apar-3kg", "  HT ": "ht"}


@pytest.mark.parametrize("typed", THINGS)
def test_names_of_things(typed: str) -> None:
    assert guardroom.thing(typed) == THINGS[typed]


@pytest.mark.parametrize("typed", ["", "3 senter", "***", "x" * 41])
def test_what_is_no_name_of_a_thing(typed: str) -> None:
    with pytest.raises(Malformed, match=r"guardroom\.thing"):
        guardroom.thing(typed)


@pytest.mark.parametrize(("typed", "number"), [("a12", "A12"), (" kpu 0012 ", "KPU0012")])
def test_seal_numbers(typed: str, number: str) -> None:
    assert guardroom.seal_number(typed) == number


@pytest.mark.parametrize("typed", ["", "rusak", "A" * 33 + "1"])
def test_what_is_no_seal_number(typed: str) -> None:
    with pytest.raises(Malformed, match=r"guardroom\.seal"):
        guardroom.seal_number(typed)


# -- the count -----------------------------------------------------------------------------------------------------------------


class Elsewhere:
    """A ledger in which every box is somewhere else, in dispute and waiting: of all that a count tells nothing."""

    def printed(self, label: str) -> None:
        return None

    def bound(self, label: str) -> str | None:
        return None

    def registered(self, box: str) -> None:
        return None

    def other(self, code: str) -> str | None:
        return None

    def holding(self, box: str) -> None:
        return None

    def disputed(self, box: str) -> bool:
        return True

    def on_way(self, box: str, place: str) -> bool:
        return False

    def same_hands(self, one: str, other: str) -> bool:
        return False

    def waiting(self, box: str) -> str | None:
        return "2024-02-15T02:00:00Z"


def test_a_count_compares_nothing() -> None:
    run = Count(Elsewhere(), ("lid",))
    told = [run.take(Reading("sight", box=box)) for box in ("PEM24-5307192001-001-DPR-1", "PEM24-5307192001-001-DPR-1")]
    assert [one.codes for one in told] == [("run.unknown-box", "run.by-sight"), ("run.twice",)]
    assert run.count == 1 and all(set(one.facts) == {"box", "count", "expected"} and one.facts["expected"] == 1 for one in told)


def test_a_count_comes_back_from_its_draft() -> None:
    events = [{"do": "read", "how": "sight", "box": f"PEM24-5307192001-00{at}-DPR-1", "label": None, "text": ""} for at in (1, 2, 3)]
    run = counted(Elsewhere(), lambda _: ("lid",), [*events, {"do": "undo", "box": None}, {"do": "answer", "what": "counted", "value": 2}])
    assert sorted(run.items) == ["PEM24-5307192001-001-DPR-1", "PEM24-5307192001-002-DPR-1"]
