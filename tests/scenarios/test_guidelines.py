"""Guidelines for the custody of ballots (R01 to R44 of docs/requirements.md), as far as the law answers them, in an invented kabupaten."""

from typing import Any

import pytest

from custody.core import statement
from custody.core.errors import Malformed
from custody.core.kinds import KINDS
from fixtures.story import COURT, DESA, ESCORT, HALL, NOBODY, PPK, STORE, Story, home, kpps, moment, pps, said

ID = "7c" * 16


def story(**profile: Any) -> Story:
    """No plenary, so that boxes may go on."""
    return Story(plenary=False, **profile)


def test_r01_one_identity_for_each_box() -> None:
    one = story()
    box = one.of(DESA)[0]
    row = {"box": box, "codes": [], "place": home(box), "replaces": None, "round": 1, "type": "BUP"}
    one.put(one.draft("register", boxes=[row], reason="first"), "kpu-1", "polri-1")
    shown = one.judged()
    assert shown.codes == {"box.twice": [box]} and len([name for name in shown.boxes if name == box]) == 1


@pytest.mark.parametrize("field", sorted(KINDS["handoff"].shape.fields))
def test_r03_a_transfer_without_one_of_its_facts_is_refused(field: str) -> None:
    """Times with zone, places, both people, the way it goes: none may be left out; what does not apply is written as such."""
    one = story().voted()
    box = one.of(DESA)[0]
    made = one.handoff(*one.rows([box]), giver=kpps(home(box)), receiver=pps(DESA), start=home(box), end=DESA)
    with pytest.raises(Malformed):
        statement.draft("handoff", {name: value for name, value in made.body.items() if name != field})


def test_r04_one_signature_moves_nothing() -> None:
    one = story().voted()
    station = one.stations[0]
    boxes = one.of(station)
    way = {"giver": kpps(station), "receiver": pps(DESA), "start": station, "end": DESA}
    for names, status in (((kpps(station),), "offered"), ((pps(DESA),), "claimed")):
        one.hand(boxes[status == "claimed"], **way, names=names, moves=False)
        assert one.judged().where(boxes[status == "claimed"]) == (status, kpps(station), station)


def test_r05_two_keys_of_one_person_are_one() -> None:
    one = story().voted()
    station = one.stations[0]
    one.enrol("pps-kedua", "pps", [DESA], person=kpps(station))
    box = one.of(station)[0]
    one.hand(box, giver=kpps(station), receiver="pps-kedua", start=station, end=DESA, moves=False)
    shown = one.judged()
    assert shown.codes["signer.same-person"] == [None] and shown.where(box)[1] == kpps(station)


def test_r06_seal_numbers_are_compared_at_both_ends() -> None:
    one = story().voted()
    station = one.stations[0]
    box = one.of(station)[0]
    seen = {box: {"tie-1": ("intact", "PALSU-7")}}
    one.at("27 20:00").hand(box, giver=kpps(station), receiver=pps(DESA), start=station, end=DESA, seen=seen)
    facts = one.judged().one("seal.changed")
    assert facts["point"] == "tie-1" and facts["found"] == "intact PALSU-7" and str(facts["was"]).startswith("intact TIE-1/")
    one.at("27 21:00").seal(box, by=pps(DESA), where=DESA)
    assert one.judged().against(box) == {"seal.changed"}  # a new seal explains nothing away


def test_r07_a_seal_is_broken_and_set_before_two() -> None:
    one = story().voted()
    station = one.stations[0]
    box = one.of(station)[0]
    one.at("27 21:00").opening(box, by=kpps(station), where=station, basis="emergency", names=(kpps(station),))
    shown = one.judged()
    assert shown.codes == {"opening.alone": [box]} and shown.boxes[box].waiting != ()
    one.at("27 22:00").opening(box, by=kpps(station), where=station, basis="emergency", present=("guard-1",))
    assert "opening.basis" not in one.judged().codes


def test_r08_a_seal_number_is_used_once() -> None:
    one = story()
    first, second = one.of(DESA)[:2]
    number = {"lid": ("intact", "S-1")}
    for box in (first, second):
        one.seals[box] = dict.fromkeys(("slot", "tie-1", "tie-2"), ("intact", None)) | number
        lines = one.rows([box])
        one.say("seal", kpps(home(box)), "guard-1", boxes=lines, phase="voted", place=home(box), sealer=kpps(home(box)), witness="guard-1")
    assert one.judged().one("seal.reused") == {"other": first, "value": "S-1"}


ALONE = {**ESCORT, "count": 1, "keys": []}


@pytest.mark.parametrize(("escort", "code"), [(NOBODY, "escort.missing"), (ALONE, "escort.few"), (ESCORT, None)])
def test_r09_voted_boxes_do_not_travel_alone(escort: dict[str, Any], code: str | None) -> None:
    one = story().voted().home()
    one.at("28 08:00").hand(*one.of(DESA), giver="ppk-19-1", receiver="keeper-1", start=PPK, end=STORE, escort=escort)
    assert one.judged().codes == ({code: [None]} if code else {})


def test_r13_and_r18_a_hole_is_found_and_counted() -> None:
    one = story().voted()
    station = one.stations[0]
    box = one.of(station)[0]
    whole = one.home(DESA).judged().boxes[box].coverage
    assert whole.covered_spans == whole.spans == 2 and whole.covered_seconds == whole.seconds
    one = story().voted()
    left = {"deed": None, "name": None, "reason": "left"}
    one.at("27 23:00").hand(box, giver=None, receiver=pps(DESA), start=station, end=DESA, unsigned=left)
    shown = one.judged()
    assert shown.codes == {"giver.unsigned": [box], "custody.gap": [box]}
    holes = shown.boxes[box].coverage
    assert (holes.spans, holes.covered_spans, holes.covered_seconds) == (1, 0, 0)
    assert holes.seconds == moment("27 23:00") - moment("27 18:00")


def test_r16_and_r21_who_goes_in_and_by_whose_leave() -> None:
    one = story().voted().home()
    person = {"institution": "kpu", "key": None, "name": None, "role": None}
    entry = {"left": said("28 09:30"), "officer": "guard-1", "place": PPK, "why": "media"}
    one.at("28 09:00").say("visit", "guard-1", leave="ppk-19-1", persons=[person, person], **entry)
    assert one.judged().codes == {}
    one.at("28 11:00").say("visit", "guard-1", leave=None, persons=[person], **{**entry, "left": said("28 11:30")})
    assert one.judged().codes == {"visit.alone": [None], "visit.no-leave": [None]}


def test_r19_an_incident_has_an_owner_and_a_term() -> None:
    one = story().voted()
    box = one.of(DESA)[0]
    one.at("27 23:00").incident("missing", box, by="guard-1", where=home(box), owner="kasatops-1", due=said("28 06:00"))
    facts = one.judged().one("incident.open")
    assert (facts["owner"], facts["due"]) == ("kasatops-1", said("28 06:00"))


def test_r22_the_keys_of_the_room_are_counted_at_each_handover() -> None:
    """Two keys, one with each of two people; who holds which is not recorded, that one is gone is."""
    one = story().voted().home()
    one.at("27 17:00").shift("leader-1", None, PPK, counted=0, equipment=[{"count": 2, "thing": "key"}])
    one.at("28 06:00").shift("leader-2", "leader-1", PPK, counted=6, equipment=[{"count": 1, "thing": "key"}])
    facts = one.judged().one("room.equipment")
    assert (facts["thing"], facts["last"], facts["found"]) == ("key", 2, 1)


def test_r23_no_minute_without_a_team() -> None:
    one = story().voted().home()
    one.at("27 21:40").shift("leader-1", None, PPK, counted=6)
    assert one.judged().codes == {"room.unguarded": [None]}  # the boxes came before the first team
    one.at("28 06:00").shift("leader-2", "guard-2", PPK, counted=5)
    shown = one.judged()
    assert set(shown.codes) == {"room.unguarded", "shift.gap", "count.differs"}  # who left is not who took over, and one box lacks
    assert (shown.one("count.differs")["counted"], str(shown.one("count.differs")["expected"])) == (5, "6")


def test_r25_what_lacks_is_named_before_the_carrier_leaves() -> None:
    one = story().voted().home()
    boxes = one.of(DESA)
    one.at("28 08:00").manifest(*boxes, by="ppk-19-1", start=PPK, end=STORE, id=ID)
    load = {"id": ID, "part": 1, "parts": 1, "rest": None, "trip": 1}
    one.at("28 09:00").hand(*boxes[1:], giver="ppk-19-1", receiver="keeper-1", start=PPK, end=STORE, consignment=load)
    assert one.judged().codes == {"manifest.missing": [boxes[0]]}


def test_r26_counts_of_both_are_compared() -> None:
    one = story().voted().home()
    boxes = one.of(DESA)
    planned, loaded = [{"count": 4, "thing": "container"}], [{"count": 3, "thing": "container"}]
    one.at("28 08:00").manifest(*boxes, by="ppk-19-1", start=PPK, end=STORE, id=ID, things=planned)
    load = {"id": ID, "part": 1, "parts": 1, "rest": None, "trip": 1}
    one.at("28 09:00").hand(*boxes, giver="ppk-19-1", receiver="keeper-1", start=PPK, end=STORE, consignment=load, things=loaded)
    facts = one.judged().one("manifest.things")
    assert (facts["planned"], facts["loaded"]) == (4, 3)
    one.at("28 10:00").shift("leader-1", None, STORE, counted=3)
    facts = one.judged().one("count.differs")
    assert (facts["counted"], str(facts["expected"])) == (3, "4")


def test_r27_and_r28_nothing_is_disposed_of_early_or_alone() -> None:
    one = story(retention=30).voted().home()
    box, other = one.of(DESA)[:2]
    one.at("28 08:00").hand(box, other, giver="ppk-19-1", receiver="keeper-1", start=PPK, end=STORE)
    one.at("12-10 08:00").close(box, end="destroyed")
    assert one.judged().one("closing.early") == {"days": 12, "retention": 30}
    before = one.tip[other]
    one.at("12-30 08:00").close(other, end="destroyed", names=("kpu-1",))
    shown = one.judged()
    assert shown.where(other)[0] == "ok" and before is not None  # one authority is not enough: nothing has ended
    assert "authority.short" in shown.codes
    with pytest.raises(Malformed):
        one.say("closing", "kpu-1", boxes=one.rows([box]), end="destroyed", permit=None, place=STORE)


def test_r32_no_field_holds_votes_or_voters() -> None:
    fields = {name for kind in KINDS.values() for name in kind.shape.fields}
    assert not [name for name in fields if any(word in name for word in ("vote", "suara", "party", "voter", "result", "candidate"))]


def test_r36_opened_by_order_of_the_court() -> None:
    asked = [{"basis": "court-order", "invited": ["witness"], "order": True, "present": ["guard", "witness"]}]
    one = story(openings=asked).voted().home()
    box = one.of(DESA)[0]
    one.at("28 08:00").hand(box, giver="ppk-19-1", receiver="keeper-1", start=PPK, end=STORE)
    one.at("12-20 08:00").hand(box, giver="keeper-1", receiver="keeper-2", start=STORE, end=COURT)
    order: dict[str, Any] = {"basis": "court-order", "order": "81/PHPU.BUP-XXIII/2025", "where": COURT, "by": "keeper-2"}
    out = {"taken_out": [{"count": 1, "thing": "form.c-hasil"}], "put_back": [{"count": 1, "thing": "form.c-hasil"}]}
    one.at("12-20 10:00").opening(box, **order, present=("guard-1", "witness-1"), **out)
    assert one.judged().codes == {}
    one.at("12-20 14:00").opening(box, **order, present=("guard-1",), **out)
    assert one.judged().codes == {"opening.present": [box]}


def test_r37_seal_numbers_enter_the_record() -> None:
    one = story().voted()
    holding = one.judged().boxes[one.of(DESA)[0]].holding
    assert holding is not None and all(number is not None for _, _, number in holding.seals) and len(holding.seals) == 4


def test_r38_a_box_where_nobody_expects_it_is_received_and_told() -> None:
    one = story().voted().home()
    box = one.of(DESA)[0]
    one.at("28 08:00").inspect(box, by="keeper-1", where=STORE, extra=[])
    shown = one.judged()
    assert "box.unexpected" in shown.against(box)
    found = {"deed": None, "name": None, "reason": "found"}
    one.at("28 09:00").hand(box, giver=None, receiver="keeper-1", start=PPK, end=STORE, unsigned=found)
    shown = one.judged()
    assert shown.where(box) == ("ok", "keeper-1", STORE) and "giver.unsigned" in shown.against(box)


def test_r40_what_was_corrected_stays() -> None:
    one = story().voted()
    station = one.stations[0]
    box = one.of(station)[0]
    before = len(one.entries)
    sid = one.at("27 20:00").hand(box, giver=kpps(station), receiver=pps(DESA), start=station, end=DESA)
    one.at("27 20:10").correct(sid, "kasatops-1", boxes=[box])
    shown = one.judged()
    assert shown.one("correction.void")["holder"] == kpps(station) and shown.where(box)[1] == kpps(station)
    assert len(one.entries) == before + 2  # both are there


def test_r42_a_clock_three_hours_back_is_told_and_the_entry_kept() -> None:
    one = story().voted(when="27 21:00")
    station = one.stations[0]
    box = one.of(station)[0]
    one.at("27 18:00").hand(box, giver=kpps(station), receiver=pps(DESA), start=station, end=DESA)
    shown = one.judged()
    assert shown.codes == {"time.backwards": [box]} and shown.where(box)[1] == pps(DESA)


# -- what users of other systems complained of, where it touches custody -----------------------------------------------------------


def test_statements_that_arrive_in_any_order_say_the_same() -> None:
    """Getodk central 669: offline runs in another order broke the state."""
    straight = story().voted().home()
    shown = straight.judged()
    turned = story()
    turned.entries[turned.start :] = straight.entries[: straight.start - 1 : -1]
    turned.tree = turned.tree.__class__()
    entries, turned.entries, turned.heads = turned.entries, [], []
    for data in entries:
        turned.log(data, head=False)
    again = turned.judged()
    assert {box: again.where(box) for box in straight.boxes if straight.tip[box]} == {
        box: shown.where(box) for box in straight.boxes if straight.tip[box]
    }
    assert again.codes == shown.codes == {}


def test_a_conflict_is_two_that_follow_one_and_nothing_else() -> None:
    """Getodk central 698: true conflicts unmarked, others marked. And odk-x: all that a dispute touched stays marked."""
    one = story().voted()
    station = one.stations[0]
    box, quiet = one.of(station)
    one.at("27 20:00").hand(quiet, giver=kpps(station), receiver=pps(DESA), start=station, end=DESA)
    one.at("27 20:00")
    prev = one.tip[box]
    first = one.hand(box, giver=kpps(station), receiver=pps(DESA), start=station, end=DESA, moves=False)
    second = one.hand(box, giver=kpps(station), receiver=pps(DESA, 2), start=station, end=DESA, moves=False)
    shown = one.judged()
    assert shown.boxes[box].status == "disputed" and shown.boxes[quiet].status == "ok"
    assert shown.boxes[box].branches == tuple(sorted((first, second)))
    assert set(shown.codes) == {"box.disputed", "custody.gap", "signer.contradiction"}  # the same KPPS signed both
    one.at("28 09:00").rule(box, prev, first, [second])
    shown = one.judged()
    assert shown.boxes[box].status == "ruled" and shown.where(box)[1] == pps(DESA)
    assert shown.boxes[box].fallen == (second,) and "ruling.made" in shown.codes


def test_every_finding_names_the_entries_it_rests_on() -> None:
    """Getodk central 815: a conflict with nothing to see."""
    one = story().voted()
    station = one.stations[0]
    boxes = one.of(station)
    one.hand(boxes[0], giver=None, receiver=pps(DESA), start=station, end=DESA, unsigned={"deed": None, "name": None, "reason": "refused"})
    one.opening(boxes[1], by=kpps(station), where=station, basis="none", invited=(), shut=False, present=("guard-1",))
    one.hand(boxes[1], giver=kpps(station), receiver="ppk-19-1", start=station, end=HALL, seen={boxes[1]: {"lid": "torn"}})
    found = one.judged().findings
    assert len(found) > 5 and all(entry.entries for entry in found)


def test_a_record_whose_predecessor_is_still_on_the_way_waits() -> None:
    """Getodk collect 6164: made and changed offline, only the first arrived. Here the second waits for it, and is told."""
    one = story().voted()
    station = one.stations[0]
    boxes = one.of(station)
    one.at("27 20:00").hand(*boxes, giver=kpps(station), receiver=pps(DESA), start=station, end=DESA)
    held = one.entries.pop()
    one.at("27 21:00").hand(*boxes, giver=pps(DESA), receiver="ppk-19-1", start=DESA, end=PPK)
    last = one.entries.pop()
    one.tree = one.tree.__class__()
    entries, one.entries, one.heads = one.entries, [], []
    for data in [*entries, last]:
        one.log(data, head=False)
    shown = one.judged()
    assert shown.codes == {"box.orphan": boxes, "custody.gap": boxes} and shown.where(boxes[0])[:2] == ("orphan", kpps(station))
    one.log(held, head=False)
    shown = one.judged()
    assert shown.codes == {} and shown.where(boxes[0]) == ("ok", "ppk-19-1", PPK)


def test_what_is_settled_stays_in_the_history() -> None:
    """Arlo 2112: opening an audit again removed the discrepancy, so the staff kept a spreadsheet of their own."""
    one = story().voted()
    box = one.of(DESA)[0]
    missing = one.at("27 23:00").incident("missing", box, by="guard-1", where=home(box))
    one.at("28 02:00").incident("found", box, by="guard-1", where=home(box), settles=[missing])
    shown = one.judged()
    assert shown.against(box) == set() and shown.codes == {"incident.settled": [None]}


def test_a_transfer_says_whether_anybody_looked() -> None:
    """SecuritySkills 1827: a form may be filled while nobody checked anything."""
    one = story().voted()
    station = one.stations[0]
    box = one.of(station)[0]
    lines = [{**line, "seals": []} for line in one.rows([box])]
    made = one.handoff(*lines, giver=kpps(station), receiver=pps(DESA), start=station, end=DESA, escort=ESCORT)
    one.record(made, kpps(station), pps(DESA))
    assert one.judged().codes == {"seal.unseen": [box]}
