"""The order in which a single box's story is told (docs/spec/13-report.md, REPORT-8)."""

from custody.core.moment import from_seconds
from custody.paper.proven import evidence
from custody.paper.reports.sequence import along
from custody.paper.reports.view import view
from fixtures.reports import Told, trusting
from fixtures.smallworld import BOX


def order(world: Told) -> list[int]:
    """The entries of a report of the box in the order in which they are told, which is that of its table."""
    reading = evidence.read(world.report(made=from_seconds(world.clock)), trusting(world))
    told = [one.entry for one in along(reading, BOX)]
    assert sorted(told) == [one.entry for one in reading.told], "each entry once"
    _, _, events, seals, *_ = view(reading).tables
    assert [int(row[0]) for row in events.rows] == told
    assert [int(row[0]) for row in seals.rows] == [entry for entry in told if str(entry) in {row[0] for row in seals.rows}]
    return told


def test_what_was_recorded_in_order_is_told_in_order() -> None:
    told = order(Told())
    assert told == sorted(told)


def test_a_link_that_came_late_stands_before_what_follows_it() -> None:
    world = Told()
    back = world.handoff(world.line(BOX, world.at_ppk), giver="ppk-1", receiver="pps-1", start="530719", end="5307192001")
    again = world.to_ppk(back.sid)
    world.put(again, "pps-1", "ppk-1", "guard-1")
    world.put(back, "pps-1", "ppk-1")
    *before, late, follower = order(world)
    assert late > follower > max(before)


def test_the_signatures_of_one_statement_stand_together() -> None:
    world = Told()
    back = world.handoff(world.line(BOX, world.at_ppk), giver="ppk-1", receiver="pps-1", start="530719", end="5307192001")
    again = world.to_ppk(back.sid)
    world.put(back, "ppk-1")
    world.put(again, "pps-1", "ppk-1", "guard-1")
    world.put(back, "pps-1")
    *_, offered, completed, follower = order(world)
    assert offered < follower < completed


def test_what_is_no_link_stands_where_its_time_falls_and_behind_what_it_is_about() -> None:
    world = Told()
    early = {"at": from_seconds(world.clock - 60), "basis": "memory"}
    world.back_to_pps(world.at_ppk)
    world.incident(BOX, happened=early)
    remark = {"about": [world.at_ppk], "boxes": [BOX], "effect": "remark", "instead": None, "note": None, "reason": "other"}
    world.put(world.draft("correction", **remark, happened={"at": "2024-11-01T00:00:00Z", "basis": "memory"}), "ppk-1")
    *_, at_pps, wet, at_ppk, about, back = order(world)
    assert at_pps < at_ppk < back < wet < about


def test_of_two_that_contradict_each_other_both_follow_the_same() -> None:
    world = Told()
    world.back_to_pps(world.at_ppk)
    world.back_to_pps(world.at_ppk)
    told = order(world)
    assert told == sorted(told)


def test_what_was_taken_back_stands_before_what_took_its_place() -> None:
    world = Told()
    wrong = world.back_to_pps(world.at_ppk)
    right = world.handoff(world.line(BOX, world.at_ppk), giver="ppk-1", receiver="pps-1", start="530719", end="5307192001")
    world.put(right, "pps-1", "ppk-1")
    void = {"about": [wrong], "boxes": [BOX], "effect": "void", "instead": None, "note": None, "reason": "double"}
    world.put(world.draft("correction", **void), "kasatops-1")
    *_, one, other, undone = order(world)
    assert one < other < undone
