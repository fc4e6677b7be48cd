"""Boxes on their way: incidents of Indonesian elections as they were reported, told with invented places, people and boxes."""

from fixtures.story import (
    BOAT,
    DESA,
    DESA2,
    FAR,
    NOBODY,
    PPK,
    PPK2,
    STORE,
    Story,
    home,
    kpps,
    pps,
    said,
)

ID = "5a" * 16


def load(trip: int = 1, rest: str | None = None) -> dict[str, object]:
    return {"id": ID, "part": 1, "parts": 1, "rest": rest, "trip": trip}


def at_the_desa(story: Story, desa: str = DESA, when: str = "27 19:00") -> list[str]:
    """KPPS have brought their boxes to the PPS."""
    story.voted().at(when)
    for station in [one for one in story.stations if one.startswith(desa)]:
        story.hand(*story.of(station), giver=kpps(station), receiver=pps(desa), start=station, end=desa)
    return story.of(desa)


def test_i08_a_longboat_with_fifty_boxes_sinks_after_most_of_the_crew_has_left() -> None:
    """Mentawai, February 2024, at night. Fifty boxes of ten stations were soaked; most of the people aboard had got off on the way.

    Here twenty: two of each of ten stations.
    """
    story = Story({DESA: 10, FAR: 1}, "BUP", "GUB", plenary=False)
    boxes = at_the_desa(story)
    story.at("27 20:00").manifest(*boxes, by=pps(DESA), start=DESA, end=PPK, id=ID, vehicles=1)
    story.at("27 20:15").hand(
        *boxes, giver=pps(DESA), receiver="ppk-19-1", start=DESA, end=PPK, place=DESA, consignment=load(),
        carrier="boat", vehicle="KM-CONTOH", due=said("27 22:30"),
    )  # fmt: skip
    story.at("27 21:30")
    change = story.incident("crew-change", *boxes, by="escort-1", where=BOAT)
    story.hand(*boxes, giver="ppk-19-1", receiver="ppk-19-2", start=BOAT, end=PPK, place=BOAT, consignment=load(), carrier="boat")
    sunk = story.at("27 21:45").incident("sunk", *boxes, by="escort-1", where=BOAT, owner="kasatops-1", due=said("28 06:00"))
    shown = story.judged()
    assert set(shown.codes) == {"incident.open"} and sorted(map(str, shown.codes["incident.open"])) == sorted(boxes * 2)
    assert all(shown.where(box) == ("ok", "ppk-19-2", BOAT) for box in boxes)  # who held them when it sank, and where

    saved, lost = boxes[:18], boxes[18:]
    wet = {box: {"slot": "torn"} for box in saved}
    ashore = {"giver": "ppk-19-2", "receiver": "ppk-19-1", "start": BOAT, "end": PPK, "conditions": ["wet"]}
    story.at("28 07:00").hand(*saved, **ashore, seen=wet, consignment=load())
    story.at("28 08:00").incident("sunk", *boxes, by="kasatops-1", where=BOAT, settles=sorted([sunk, change]))
    story.at("28 08:10").incident("missing", *lost, by="ppk-19-1", where=PPK)
    shown = story.judged()
    assert shown.codes["receipt.missing"] == lost  # of a trip that came in part, each that did not come
    assert shown.codes["seal.changed"] == saved
    assert shown.codes["incident.open"] == lost
    assert all(shown.against(box) == {"receipt.missing", "incident.open"} for box in lost)


def test_i09_a_leaking_sampan_with_one_officer_is_towed_in() -> None:
    """Nias Selatan, February 2024. Four boxes, one officer, a dead engine; reported by video, a new time given, towed in by a fisherman."""
    story = Story({DESA: 2, FAR: 1}, plenary=False)
    four = at_the_desa(story)
    alone = {"count": 1, "keys": ["escort-1"], "order": None, "present": True}
    story.at("27 21:00").hand(
        *four, giver=pps(DESA), receiver="ppk-19-1", start=DESA, end=PPK, place=DESA, escort=alone, carrier="boat", due=said("27 22:00")
    )
    story.at("27 22:20").incident("accident", *four, by="escort-1", where=BOAT, photos=[{"box": None, "point": None, "sha256": "0e" * 32}])
    story.incident("delay", *four, by="escort-1", where=BOAT, due=said("28 00:50"))
    shown = story.judged()
    assert set(shown.codes) == {"incident.open"}
    assert all(shown.boxes[box].holding.due is not None for box in four)  # type: ignore[union-attr]

    story.at("28 00:40").hand(*four, giver="ppk-19-1", receiver="ppk-19-2", start=PPK, end=PPK)
    shown = story.judged()
    assert shown.codes["leg.overdue"] == four and shown.one("leg.overdue", four[0])["minutes"] == 160
    assert all(shown.where(box) == ("ok", "ppk-19-2", PPK) for box in four)


def test_i09_one_officer_where_the_plan_asks_for_two() -> None:
    """The same sampan, where the planned leg asks for two escorts, or nobody goes along."""
    for escort, code in (({"count": 1, "keys": [], "order": None, "present": True}, "escort.few"), (NOBODY, "escort.missing")):
        story = Story(plenary=False).voted().home()
        story.at("28 08:00").hand(*story.of(DESA), giver="ppk-19-1", receiver="keeper-1", start=PPK, end=STORE, escort=escort)
        assert story.judged().codes == {code: [None]}


def test_i14_a_box_driven_away_and_brought_back_by_the_police() -> None:
    """Sampang, April 2019. A box was driven away from its station; the police gave chase and brought it back."""
    story = Story(plenary=False).voted()
    station = story.stations[0]
    box = story.of(station)[0]
    stolen = story.at("27 19:00").incident("stolen", box, by="guard-1", where=station, owner="kasatops-1", due=said("27 23:00"))
    shown = story.judged()
    assert shown.against(box) == {"incident.open"} and shown.where(box) == ("ok", kpps(station), station)

    story.at("27 20:30").inspect(box, by="guard-2", where=PPK, seen={box: {"tie-1": "torn"}})  # where the police have it now
    shown = story.judged()
    assert shown.against(box) == {"incident.open", "box.unexpected", "label.cloned", "seal.changed"}

    back = {"deed": "de" * 32, "name": None, "reason": "found"}
    story.at("27 21:00").hand(
        box, giver=None, receiver="ppk-19-1", start=station, end=PPK, unsigned=back, names=("ppk-19-1",), seen={box: {"tie-1": "torn"}}
    )
    story.at("27 21:10").incident("found", box, by="kasatops-1", where=PPK, settles=[stolen])
    shown = story.judged()
    assert shown.where(box) == ("ok", "ppk-19-1", PPK)
    assert "giver.unsigned" in shown.against(box) and "incident.open" not in shown.against(box)
    assert "custody.gap" in shown.codes  # nobody signed for the time in between
    assert shown.boxes[box].coverage.covered_spans < shown.boxes[box].coverage.spans


def test_i15_boxes_swapped_on_arrival_at_the_ppk() -> None:
    """Lumajang, April 2019. Several boxes were swapped when they came to the PPK; the checkers were tired."""
    story = Story({DESA: 2, FAR: 1}, plenary=False).voted().home(DESA, FAR)
    mine, theirs = story.of(DESA), story.of(FAR)
    story.at("28 00:30")
    swapped = [*mine[1:], theirs[0]]
    story.inspect(*swapped, by="ppk-19-2", where=PPK, counted=4, missing=[mine[0]], extra=[])
    story.inspect(mine[0], theirs[1], by="ppk-20-2", where=PPK2, counted=2, missing=[theirs[0]])
    shown = story.judged()
    assert shown.codes["box.unexpected"] == sorted([mine[0], theirs[0]])  # both places see both
    assert "count.differs" not in shown.codes  # the figures agree: only reading each label shows it
    assert {mine[0], theirs[0]} >= set(shown.codes.get("box.missing", []))


def test_i15_a_wrong_desa_and_a_wrong_kecamatan_are_told_loudly() -> None:
    """The same boxes, scanned at the handover: what does not belong is said there and then."""
    story = Story({DESA: 1, DESA2: 1, FAR: 1}, plenary=False).voted()
    one, other = story.of(DESA), story.of(FAR)
    story.at("27 20:00").hand(one[0], giver=kpps(home(one[0])), receiver=pps(DESA2), start=home(one[0]), end=DESA2)
    story.at("27 20:30").hand(other[0], giver=kpps(home(other[0])), receiver=pps(DESA), start=home(other[0]), end=DESA)
    shown = story.judged()
    assert shown.codes["place.wrong"] == [one[0]] and shown.codes["place.other-kecamatan"] == [other[0]]
    assert shown.one("place.other-kecamatan") == {"to": DESA, "kecamatan": PPK, "home": PPK2}


def test_i16_boxes_damaged_seals_damaged_and_taken_to_the_wrong_place_before_the_vote() -> None:
    """Bawaslu on the first stage, January 2024: damaged boxes, damaged seals, wrong destinations, by kabupaten. Here each is told apart."""
    story = Story({DESA: 1, DESA2: 1, FAR: 1}, "BUP", plenary=False)
    first, second, third = story.of(DESA)[0], story.of(DESA2)[0], story.of(FAR)[0]
    story.at("26 09:00").seal(first, second, third, by="keeper-1", where=STORE, phase="packed")
    story.at("26 12:00").hand(first, second, giver="keeper-1", receiver="ppk-19-1", start=STORE, end=PPK, seen={second: {"slot": "torn"}})
    story.hand(third, giver="keeper-1", receiver="ppk-19-2", start=STORE, end=PPK)
    story.at("26 12:30").incident("damaged", first, by="ppk-19-1", where=PPK)
    shown = story.judged()
    assert shown.codes == {"incident.open": [first], "seal.changed": [second], "place.other-kecamatan": [third]}
    assert [shown.against(box) for box in (first, second, third)] == [{"incident.open"}, {"seal.changed"}, {"place.other-kecamatan"}]


def test_i18_a_minibus_holds_twelve_boxes_and_goes_back_for_the_rest() -> None:
    """Barangin, 2024. The minibus held twelve boxes and shuttled; what stayed behind stood unguarded."""
    story = Story({DESA: 10, FAR: 1}, plenary=False)
    boxes = at_the_desa(story)
    story.at("27 20:00").manifest(*boxes, by=pps(DESA), start=DESA, end=PPK, id=ID, vehicles=1)
    story.at("27 20:30").hand(*boxes[:12], giver=pps(DESA), receiver="ppk-19-1", start=DESA, end=PPK, consignment=load(1, "later"))
    shown = story.judged()
    assert shown.codes == {}  # the rest waits for another trip, and still is the PPS's
    assert [shown.where(box)[1] for box in (boxes[0], boxes[12])] == ["ppk-19-1", pps(DESA)]

    story.at("27 21:30").hand(*boxes[12:19], giver=pps(DESA), receiver="ppk-19-1", start=DESA, end=PPK, consignment=load(2))
    shown = story.judged()
    assert shown.codes == {"manifest.missing": [boxes[19]]}  # the last trip says that nothing is left
    story.at("27 22:30").hand(boxes[19], giver=pps(DESA), receiver="ppk-19-1", start=DESA, end=PPK, consignment=load(3))
    assert story.judged().codes == {}


def test_i22_sealed_and_without_ballots() -> None:
    """Sibolangit 2024, Cirebon 2019. A box came sealed and without the ballots of one election: seals do not prove what is inside."""
    story = Story(plenary=False)
    box = story.of(DESA)[0]
    story.at("25 09:00").seal(box, by="keeper-1", where=STORE, phase="packed")
    story.at("25 12:00").hand(box, giver="keeper-1", receiver="ppk-19-1", start=STORE, end=PPK)
    story.at("26 09:00").hand(box, giver="ppk-19-1", receiver=pps(DESA), start=PPK, end=DESA)
    story.at("26 18:00").hand(box, giver=pps(DESA), receiver=kpps(home(box)), start=DESA, end=home(box))
    assert story.judged().codes == {}  # the chain is whole, and says nothing of ballots
    story.at("27 06:30").incident("contents", box, by=kpps(home(box)), where=home(box))
    shown = story.judged()
    assert shown.codes == {"incident.open": [box]} and shown.against(box) == {"incident.open"}


def test_i23_thirty_boxes_are_not_ready_to_move() -> None:
    """Sikka, February 2024. Thirty boxes were not sealed for lack of ballots while the others were ready."""
    story = Story({DESA: 4, FAR: 1}, "BUP", plenary=False)
    boxes = story.of(DESA)
    ready, waiting = boxes[:3], boxes[3:]
    story.at("25 09:00").seal(*ready, by="keeper-1", where=STORE, phase="packed")
    not_ready = story.incident("not-ready", *waiting, by="keeper-1", where=STORE, owner="keeper-2", due=said("26 12:00"))
    story.at("25 10:00").manifest(*boxes, by="keeper-1", start=STORE, end=PPK, id=ID)
    trip = {"giver": "keeper-1", "receiver": "ppk-19-1", "start": STORE, "end": PPK}
    story.at("25 12:00").hand(*ready, **trip, consignment=load(1, "not-ready"))
    shown = story.judged()
    assert shown.codes == {"incident.open": waiting, "manifest.unreleased": [None]}  # nobody in charge has let it leave incomplete
    assert all(shown.boxes[box].status == "registered" for box in waiting)

    story = Story({DESA: 4, FAR: 1}, "BUP", plenary=False)
    story.at("25 09:00").seal(*ready, by="keeper-1", where=STORE, phase="packed")
    not_ready = story.incident("not-ready", *waiting, by="keeper-1", where=STORE)
    story.at("25 10:00").manifest(*boxes, by="keeper-1", start=STORE, end=PPK, id=ID)
    story.at("25 12:00").hand(*ready, **trip, consignment=load(1, "not-ready"), names=("keeper-1", "ppk-19-1", "kasatops-1"))
    story.at("26 09:00").seal(*waiting, by="keeper-1", where=STORE, phase="packed")
    story.incident("not-ready", *waiting, by="keeper-1", where=STORE, settles=[not_ready])
    story.at("26 12:00").hand(*waiting, **trip, consignment=load(2))
    assert story.judged().codes == {"incident.settled": [None]}
