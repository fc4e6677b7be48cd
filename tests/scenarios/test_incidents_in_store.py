"""Boxes in a store, fires, floods and lost elections: incidents of Indonesian elections as they were reported, with invented people."""

import pytest

from custody.core.merkle import leaf_hash
from custody.core.state import State
from custody.core.verify import Outside, verify
from fixtures.story import DESA, DESA2, FAR, HALL, PPK, STORE, Story, home, kpps, moment, pps


def inside(story: Story, place: str, when: str) -> list[str]:
    """The boxes that were surely in a room at that minute, by the chains."""
    state = State()
    for data in story.entries:
        state.apply(*state.authenticate(data))
    state.settle(story.note)
    return sorted(state.trail.at(place, moment(when), state.skew).surely)


def test_i10_a_store_burns_an_hour_after_it_was_locked() -> None:
    """Pesisir Selatan, April 2019, at one in the morning. Which boxes were inside at that minute, and which were burnt?"""
    story = Story({DESA: 6, DESA2: 2, FAR: 1}, plenary=False).voted().home(DESA, to=HALL)
    story.at("27 21:10").shift("leader-1", None, HALL, counted=12)
    story.at("28 00:00").inspect(by="guard-1", where=HALL, door="locked", lock="intact", counted=12)
    late = story.of(DESA2)
    burnt = story.of(DESA)[:5]
    story.at("28 01:20").incident("burnt", *burnt, by="guard-1", where=HALL, owner="kasatops-1")
    story.at("28 02:30").inspect(by="guard-1", where=HALL, counted=7)  # what could be carried out: the five are known to be gone
    story.home(DESA2, when="28 03:00")  # what was still in the villages goes to the office of the camat

    assert inside(story, HALL, "28 01:00") == story.of(DESA)  # the inventory at that minute
    assert inside(story, PPK, "28 05:00") == story.of(DESA2)
    shown = story.judged()
    assert shown.codes == {"room.unguarded": [None], "incident.open": burnt}
    assert all(shown.against(box) == {"incident.open"} for box in burnt)
    assert all(shown.against(box) == set() and shown.where(box)[2] == PPK for box in late)

    story.at("28 12:00").close(*burnt, end="lost", where=HALL, permit="BA 1/2024")
    assert all(story.judged().where(box)[0] == "closed" for box in burnt)


def test_i11_the_office_burns_and_the_ledger_with_it() -> None:
    """Gunungsitoli, May 2019. The office burnt after the recapitulation. A copy and a head outside prove what was there."""
    story = Story(plenary=False).voted().home()
    head = story.checkpoint()
    story.at("28 09:00").incident("burnt", *story.of(DESA), by="guard-1", where=PPK)
    story.checkpoint()
    copy = Story.__new__(Story)
    copy.entries, copy.heads, copy.tree = list(story.entries[:-1]), story.heads[:-1], story.tree.__class__()
    for data in copy.entries:
        copy.tree.append(leaf_hash(data))
    verdict, _ = verify(copy, story.policy(), [Outside("kertas", head)])  # the copy that Bawaslu took home the evening before
    assert verdict.integrity == "consistent" and verdict.outside == 1
    assert all(state.status in ("ok", "registered") for state in verdict.boxes.values())
    verdict, _ = verify(copy, story.policy(), [Outside("kertas", story.heads[-1][1])])
    assert verdict.integrity == "altered"  # a copy without the last entry does not pass for the whole


def burnt_and_voted_again(reason: str, desa: str) -> tuple[Story, list[str], list[str]]:
    """All boxes of a desa are lost; the authorities close them and register those of another round, linked to the old."""
    story = Story(plenary=False).voted().home(FAR)
    old = story.of(desa)
    story.at("27 23:00").incident("burnt", *old, by="guard-1", where=desa)
    story.at("28 09:00").close(*old, end="lost", where=desa, permit="BA 12/2024")
    new = [story.later(f"{box[:-1]}2", reason, box) for box in old]
    story.at("12-05 18:00")
    for station in [one for one in story.stations if one.startswith(desa)]:
        story.seal(*[box for box in new if home(box) == station], by=kpps(station), where=station)
    return story, old, new


@pytest.mark.parametrize("where", ["Paniai", "Sungai Penuh"])
def test_i12_and_i13_boxes_are_burnt_and_the_vote_is_held_again(where: str) -> None:
    """Paniai, February 2024: boxes burnt or thrown into the river. Sungai Penuh, November 2024: burnt to force another vote."""
    story, old, new = burnt_and_voted_again("psu", DESA if where == "Paniai" else DESA2)
    shown = story.judged()
    assert all(shown.where(box)[0] == "closed" for box in old)
    assert all(shown.where(box)[0] == "ok" and shown.against(box) == set() for box in new)
    assert "box.unlinked" not in shown.codes
    assert sorted(map(str, shown.codes["incident.open"])) == old
    story.at("12-05 20:00")
    station = home(new[0])
    story.hand(new[0], old[0], giver=kpps(station), receiver=pps(station[:10]), start=station, end=station[:10])
    shown = story.judged()
    assert shown.codes["box.closed"] == [old[0]]  # an old box that turns up again is told at once
    assert shown.where(new[0])[1] == pps(station[:10])


def test_i12_a_box_of_another_round_that_names_no_older_one() -> None:
    """The same, and nobody says which box the new one follows."""
    story = Story(plenary=False)
    box = story.later(f"{story.of(DESA)[0][:-1]}2", "psu", None)
    assert story.judged().codes == {"box.unlinked": [box]}


def test_i17_water_in_the_warehouse() -> None:
    """Cirebon, Badung, Pemalang, Lebak 2019 and 2024. Boxes by the hundred are damaged by water where they are stored."""
    story = Story({DESA: 20, FAR: 1}, plenary=False)
    boxes = story.of(DESA)
    story.at("25 09:00").seal(*boxes, by="keeper-1", where=STORE, phase="packed")
    story.at("26 05:00").inspect(by="guard-1", where=STORE, defects=["leak"], counted=40)
    wet = boxes[:25]
    story.at("26 05:30").incident("wet", *wet, by="guard-1", where=STORE, owner="keeper-1")
    shown = story.judged()
    assert shown.codes == {"room.defect": [None], "incident.open": wet}
    assert all(shown.against(box) == set() for box in boxes[25:])
    closed = wet[:3]
    story.at("26 08:00").close(*closed, end="replaced", permit="BA 3/2024")
    fresh = [story.later(f"{box[:-1]}2", "replacement", box, round_=1) for box in closed]
    story.at("26 09:00").seal(*fresh, by="keeper-1", where=STORE, phase="packed")
    shown = story.judged()
    assert [shown.where(box)[0] for box in closed] == ["closed"] * 3 and "box.unlinked" not in shown.codes
    assert all(shown.where(box) == ("ok", "keeper-1", STORE) for box in fresh)


def test_i24_a_ceiling_that_leaks_is_written_down() -> None:
    """Kangae, Sikka, February 2024. The record of receipt names a leaking ceiling in the hall."""
    story = Story({DESA: 2, FAR: 1}, "BUP", plenary=False)
    boxes = story.of(DESA)
    story.at("25 09:00").seal(*boxes, by="keeper-1", where=STORE, phase="packed")
    story.at("25 15:00").hand(*boxes, giver="keeper-1", receiver="ppk-19-1", start=STORE, end=PPK, conditions=["rain"])
    story.at("25 15:30").inspect(*boxes, by="ppk-19-1", where=PPK, counted=2, defects=["leak"])
    shown = story.judged()
    assert shown.codes == {"room.defect": [None]}
    assert shown.one("room.defect") == {"place": PPK, "defects": "leak"}
    assert all(shown.against(box) == set() for box in boxes)
