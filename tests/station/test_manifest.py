"""Manifests over a small ledger: parts by bytes, seals as they were, limits of legs, what the law will say, signing at the table."""

from dataclasses import replace
from typing import Any

import pytest

from custody.core import entry, note
from custody.core.errors import BadSignature, KeyTrouble, Refused
from custody.core.state import State
from custody.station import manifest, table
from custody.station.keyfile import KeyFile
from custody.station.manifest import Escort, Journey, Seen, Unsigned
from custody.station.table import Seat
from fixtures.smallworld import BOX, World, leg, ready

HERE, DESA = "5307192001-001", "5307192001"
JOURNEY = Journey(HERE, DESA, DESA, "kpps-1", "pps-1")


def state_of(world: World) -> State:
    state = State()
    for data in world.entries:
        state.apply(*state.authenticate(data))
    state.settle(lambda index: world.entries[index])
    return state


def common(world: World) -> dict[str, Any]:
    drafted = world.draft("report", drawing="satu", facts="0" * 64, scope={"code": "x", "kind": "operation"}, size=0, upto=0)
    return {name: drafted.body[name] for name in ("at", "happened", "ledger", "seen")}


def lines_of(count: int) -> list[dict[str, Any]]:
    boxes = [f"PEM24-530719{2000 + at // 900:04d}-{at % 900 + 1:03d}-DPRDK-1" for at in range(count)]
    return manifest.lines([Seen(box, "scanned", "ab" * 32) for box in boxes], lambda _: None, lambda _: ("lid", "slot", "tie-1", "tie-2"))


@pytest.mark.parametrize("count", [1, 2, 120, 130, 250, 265, 700])
def test_parts_fit_and_hold_every_box_once(count: int) -> None:
    world = ready()
    parts = manifest.handoffs(common(world), JOURNEY, lines_of(count), None, "ab" * 16)
    assert all(len(one.text) <= manifest.MOST_TEXT for one in parts)
    held = [line["box"] for one in parts for line in one.body["boxes"]]
    assert len(held) == count == len(set(held)) and held == sorted(held)
    numbers = [one.body["consignment"] for one in parts]
    if len(parts) == 1:
        assert numbers == [None]
    else:
        assert [one["part"] for one in numbers] == list(range(1, len(parts) + 1)) and {one["parts"] for one in numbers} == {len(parts)}


def test_parts_are_as_few_as_the_bytes_allow() -> None:
    world = ready()
    parts = manifest.handoffs(common(world), JOURNEY, lines_of(700), None, "ab" * 16)
    line = len(parts[0].text) // len(parts[0].body["boxes"])
    assert all(len(one.text) > manifest.MOST_TEXT - 2 * line for one in parts[:-1])


def test_nothing_is_no_manifest() -> None:
    with pytest.raises(Refused, match=r"manifest\.empty"):
        manifest.handoffs(common(ready()), JOURNEY, [], None, "ab" * 16)


def test_seals_are_as_after_the_last_link_but_for_what_changed() -> None:
    world = ready()
    numbered = [{"number": "A1", "point": "lid", "state": "intact"}, {"number": None, "point": "tie-1", "state": "intact"}]
    world.put(world.seal(world.line(BOX, None, seals=numbered)), "kpps-1", "guard-1")
    state = state_of(world)
    (line,) = manifest.lines([Seen(BOX, seals={"lid": ("torn", None)})], state.holding, lambda _: state.profile.points)
    assert line["prev"] == state.holding(BOX).sid  # type: ignore[union-attr]
    assert line["seals"] == [{"number": "A1", "point": "lid", "state": "torn"}, {"number": None, "point": "tie-1", "state": "intact"}]


def test_the_law_is_asked_before_anybody_signs_and_a_reason_answers_it() -> None:
    world = ready()
    world.put(world.seal(world.line(BOX, None)), "kpps-1", "guard-1")
    state, base = state_of(world), common(world)
    wrong = replace(JOURNEY, giver="kpps-2")
    rows = manifest.lines([Seen(BOX)], state.holding, lambda _: state.profile.points)
    found = manifest.foreseen(manifest.handoffs(base, wrong, rows, None, "ab" * 16), wrong.signers, state, state.size)
    assert manifest.to_state(found) == ["giver.not-holder", "role.place"]
    stated = manifest.with_reasons(wrong, dict.fromkeys(manifest.to_state(found), "emergency"))
    again = manifest.foreseen(manifest.handoffs(base, stated, rows, None, "ab" * 16), stated.signers, state, state.size)
    assert manifest.to_state(again) == [] and {one.code for one in again} == {one.code for one in found}


@pytest.mark.parametrize(
    ("place", "due", "limit", "said"),
    [
        (HERE, None, 60, "2024-11-27T11:00:00Z"),
        (DESA, None, 60, None),
        (HERE, None, None, None),
        (HERE, "2024-11-28T00:00:00Z", 60, "2024-11-28T00:00:00Z"),
    ],
    ids=["leaving", "arrived", "no limit", "said"],
)
def test_when_a_leg_is_due(place: str, due: str | None, limit: int | None, said: str | None) -> None:
    world = ready()
    legs = [leg("tps", "desa", limit=limit)]
    world.put(world.draft("places", legs=legs, places=[]), "kpu-1", "bawaslu-1")
    state = state_of(world)
    journey = replace(JOURNEY, place=place, due=due)
    assert manifest.due(state.places, journey, "2024-11-27T10:00:00Z", state.size) == said


def test_who_signs() -> None:
    whole = replace(JOURNEY, recorder="guard-1", through="pps-2", escort=Escort(2, ("b", "a"), "Sprin/1"))
    assert whole.signers == ("kpps-1", "pps-1", "guard-1", "pps-2")
    assert replace(whole, unsigned=Unsigned("refused")).signers == ("pps-1", "guard-1", "pps-2")
    assert whole.escort.body() == {"count": 2, "keys": ["a", "b"], "order": "Sprin/1", "present": True}


# -- the table -----------------------------------------------------------------------------------------------------------------


def seat(world: World, name: str, slot: str = "giver", opened: list[str] | None = None) -> Seat:
    who = world.person(name)

    def open_() -> KeyFile:
        if opened is not None:
            opened.append(name)
        return KeyFile(name, who.signing)

    return Seat(slot, who.key, open_)


def test_one_opening_signs_all_parts_and_the_ledger_takes_them() -> None:
    world = ready()
    state, opened = state_of(world), list[str]()
    parts = manifest.handoffs(common(world), JOURNEY, lines_of(265), None, "ab" * 16)
    seats = [seat(world, "kpps-1", opened=opened), seat(world, "pps-1", "receiver", opened)]
    notes = table.notes(parts, [table.sign(parts, one) for one in seats])
    assert opened == ["kpps-1", "pps-1"] and len(parts) > 1
    for data in notes:
        found, keys = state.authenticate(data)
        assert {key.name for key in keys} == {"kpps-1", "pps-1"} and found.note == data
    assert table.shown(parts).count == 265


def test_a_key_that_is_not_the_named_one() -> None:
    world = ready()
    parts = manifest.handoffs(common(world), JOURNEY, lines_of(1), None, "ab" * 16)
    other = seat(world, "kpps-1")._replace(open=lambda: KeyFile("pps-1", world.person("pps-1").signing))
    with pytest.raises(KeyTrouble, match=r"table\.other"):
        table.sign(parts, other)
    false = seat(world, "kpps-1")._replace(open=lambda: KeyFile("kpps-1", world.person("pps-1").signing))
    with pytest.raises(BadSignature):
        table.sign(parts, false)


def test_strangers_and_revoked_keys_are_told_apart() -> None:
    world = ready()
    world.put(world.draft("revoke", key="pps-2", reason="left", since=None), "kpu-1", "polri-1")
    state = state_of(world)
    with pytest.raises(KeyTrouble, match=r"table\.revoked"):
        table.enrolled(state.roster, world.person("pps-2").key, state.size)
    with pytest.raises(KeyTrouble, match=r"table\.unknown"):
        table.enrolled(state.roster, world.person("orang-lain").key, state.size)
    assert table.enrolled(state.roster, world.person("pps-1").key, state.size).role == "pps"


def test_two_keys_in_one_folder_or_of_one_person_are_remarked(tmp_path: Any) -> None:
    world = ready()
    world.enrol("kpps-1b", "kpps", [HERE], person="kpps-1")
    state = state_of(world)
    seats = [seat(world, name)._replace(folder=tmp_path) for name in ("kpps-1", "kpps-1b")]
    assert [one.code for one in table.remarks(seats, state.roster, state.size)] == ["table.one-folder", "table.one-person"]
    apart = [seat(world, "kpps-1")._replace(folder=tmp_path / "a"), seat(world, "pps-1")._replace(folder=tmp_path / "b")]
    assert table.remarks(apart, state.roster, state.size) == []


def test_a_note_is_the_statement_with_every_line() -> None:
    world = ready()
    parts = manifest.handoffs(common(world), JOURNEY, lines_of(1), None, "ab" * 16)
    (data,) = table.notes(parts, [table.sign(parts, seat(world, name)) for name in ("kpps-1", "pps-1")])
    assert entry.parse(data).statement == parts[0] and len(note.split(data)[1]) == 2


# Seals known; the points of the phase; what is said; the seals told.
RESEALED = {
    "the same points": ((("lid", "intact", None), ("tie-1", "intact", "A1")), ("lid", "tie-1"), {}, {"lid": None, "tie-1": "A1"}),
    "fewer points": ((("lid", "intact", None), ("tie-1", "intact", "A1")), ("lid",), {"lid": ("intact", "B1")}, {"lid": "B1"}),
    "a new point that was named": ((("lid", "intact", None),), ("lid", "slot"), {"slot": ("intact", "C1")}, {"lid": None, "slot": "C1"}),
    "a new point of which nobody spoke": ((("lid", "intact", None),), ("lid", "slot"), {}, {"lid": None}),
    "nothing known": ((), ("lid", "slot"), {}, {"lid": None, "slot": None}),
}


@pytest.mark.parametrize("name", RESEALED)
def test_a_sealing_tells_the_points_of_its_phase(name: str) -> None:
    known, points, said, told = RESEALED[name]
    assert {one["point"]: one["number"] for one in manifest.seals_now(known, said, points)} == told
