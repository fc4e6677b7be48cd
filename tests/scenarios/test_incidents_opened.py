"""Boxes that were opened: incidents of Indonesian elections as they were reported, told with invented places, people and boxes."""

from fixtures.story import (
    COURT,
    DESA,
    DESA2,
    ESCORT,
    FAR,
    HALL,
    PPK,
    STORE,
    Story,
    kpps,
    pps,
    said,
)

NO_TIES = {"tie-1": "missing", "tie-2": "missing"}


def test_i01_twenty_one_boxes_cut_open_in_a_village_hall() -> None:
    """Banyumas, April 2019. Two PPS members cut the ties of 21 boxes in the hall where the PPK kept them, and took envelopes out.

    No witness was there, and no deed was written.
    """
    story = Story({DESA: 11, FAR: 1}).voted().home(DESA, to=HALL)
    boxes = story.of(DESA)[:21]
    story.at("27 22:00").shift("leader-1", None, HALL, counted=22)
    story.at("28 06:00").inspect(*boxes, by="guard-1", where=HALL, seen=dict.fromkeys(boxes, NO_TIES))
    shown = story.judged()
    assert shown.codes.pop("room.unguarded") == [None]
    changed = shown.codes.pop("seal.changed")
    assert sorted(changed) == sorted(boxes * 2) and shown.codes == {}  # two ties of each of the 21, and nothing of the 22nd box

    story.at("28 08:00")
    happened = {"at": said("28 01:30"), "basis": "memory"}
    forms = [{"count": 21, "thing": "form.c-hasil"}]
    told = {"basis": "none", "order": None, "invited": (), "taken_out": forms, "happened": happened, "shut": False}
    story.opening(*boxes, by=pps(DESA), where=HALL, present=(pps(DESA, 2),), **told)
    shown = story.judged()
    assert shown.one("opening.basis") == {"basis": "none", "lacks": "basis"}
    assert shown.one("opening.invited") == {"role": "witness"}
    assert shown.one("opening.kept-out") == {"count": 21, "thing": "form.c-hasil"}
    assert sorted(shown.codes["sealer.not-holder"]) == boxes  # the PPK held them, and no PPS
    assert all("sealer.not-holder" in shown.against(box) for box in boxes)
    assert shown.against(story.of(DESA)[21]) == set()


def test_i02_opened_in_the_village_office_for_a_form_that_was_left_inside() -> None:
    """Labuan, Pandeglang, April 2019. A form that belongs outside lay in the boxes; they were opened in a village office."""
    story = Story({DESA: 12, FAR: 1}).voted()
    story.at("27 20:00")
    for station in [one for one in story.stations if one.startswith(DESA)]:
        story.hand(*story.of(station), giver=kpps(station), receiver=pps(DESA), start=station, end=DESA)
    boxes = story.of(DESA)[:23]
    story.at("27 23:00")
    form = [{"count": 23, "thing": "form.c-hasil-salinan"}]
    story.opening(*boxes, by=pps(DESA), where=DESA, basis="inspection", order=None, present=("guard-1",), invited=(), taken_out=form)
    shown = story.judged()
    assert shown.codes == {"opening.basis": [None], "opening.invited": [None], "opening.kept-out": [None]}
    assert shown.one("opening.basis") == {"basis": "inspection", "lacks": "order"}

    story.at("28 02:00").hand(*boxes, giver=pps(DESA), receiver="ppk-19-1", start=DESA, end=PPK)
    assert all(story.judged().where(box) == ("ok", "ppk-19-1", PPK) for box in boxes)  # the new seals came as they were put on


def test_i03_the_back_door_of_the_store_broken_open_at_night() -> None:
    """Jeneponto, February 2024, at two in the morning. The padlock of the back door was broken, and four boxes were unsealed."""
    story = Story({DESA: 3, FAR: 1}).voted().home(DESA, to=HALL)
    story.at("27 21:30").shift("leader-1", None, HALL, counted=6)
    story.at("28 00:30").inspect(by="guard-1", where=HALL, door="locked", lock="intact")
    story.at("28 03:10").inspect(by="guard-1", where=HALL, door="damaged", lock="broken")
    four = story.of(DESA)[:4]
    story.at("28 03:30").inspect(*story.of(DESA), by="guard-1", where=HALL, counted=6, seen={box: {"tie-1": "torn"} for box in four})
    incident = story.at("28 03:40").incident("intrusion", *four, by="guard-1", where=HALL, owner="kasatops-1", due=said("28 12:00"))
    shown = story.judged()
    assert shown.codes == {
        "room.unguarded": [None], "room.door": [None], "room.lock": [None], "seal.changed": four, "incident.open": four
    }  # fmt: skip
    window = next(one for one in shown.findings if one.code == "seal.changed").entries
    assert len(window) == 2  # between the handoff that told the seals last, and the round that found them torn
    assert all(shown.against(box) == {"seal.changed", "incident.open"} for box in four)

    story.at("28 15:00").incident("intrusion", by="kasatops-1", where=HALL, settles=[incident])
    shown = story.judged()
    assert "incident.open" not in shown.codes and shown.codes["incident.settled"] == [None]
    assert all(shown.against(box) == {"seal.changed"} for box in four)  # settled is not undone


def test_i04_kpps_open_their_boxes_before_the_plenary() -> None:
    """Jelupang, Tangerang Selatan, February 2024. KPPS opened their boxes before the plenary."""
    story = Story().voted()
    station = story.stations[0]
    boxes = story.of(station)
    story.at("27 22:00").opening(*boxes, by=kpps(station), where=station, order=None, invited=(), names=(kpps(station),))
    shown = story.judged()
    assert sorted(shown.codes) == ["opening.alone", "opening.basis", "opening.invited"]
    assert all(shown.where(box) == ("ok", kpps(station), station) for box in boxes)  # kept, and it moves nothing


def test_i05_stickers_but_no_tie_and_what_was_done_about_it() -> None:
    """Sawahlunto, February 2024. A box came with its stickers and without a tie; a deed was written and the box was closed again."""
    story = Story({DESA: 6, DESA2: 1, FAR: 1}).voted()
    station = story.stations[5]
    box, other = story.of(station)[1], story.of(station)[0]
    story.at("27 20:00").hand(
        box, other, giver=kpps(station), receiver=pps(DESA), start=station, end=DESA, seen={box: {"tie-1": "missing", "tie-2": "missing"}}
    )
    shown = story.judged()
    assert shown.codes == {"seal.changed": [box, box]}
    assert shown.where(box) == ("ok", pps(DESA), DESA)  # received with the difference, not sent away
    story.at("27 20:30").seal(box, by=pps(DESA), where=DESA, witness="witness-1")
    story.at("27 21:30").hand(box, other, giver=pps(DESA), receiver="ppk-19-1", start=DESA, end=PPK)
    shown = story.judged()
    assert shown.codes == {"seal.changed": [box, box]}  # nothing new; what was found stays found
    assert shown.where(box) == ("ok", "ppk-19-1", PPK)


def test_i06_which_seal_was_loose_and_who_saw_it_last() -> None:
    """Berau, November 2024. Of four stations slot stickers were absent and a tie was loose; in court the question was who saw it when."""
    story = Story({DESA: 4, FAR: 1}, "BUP").voted()
    boxes = story.of(DESA)
    story.home(DESA)
    photo = [{"box": boxes[3], "point": "tie-1", "sha256": "ab" * 32}]
    seen = {box: {"slot": "missing"} for box in boxes[:3]} | {boxes[3]: {"tie-1": "loose"}}
    story.at("28 09:00").inspect(*boxes, by="witness-1", where=PPK, seen=seen, photos=photo)
    shown = story.judged()
    assert shown.codes == {"seal.changed": boxes}
    assert shown.one("seal.changed", boxes[0])["point"] == "slot"
    facts = shown.one("seal.changed", boxes[3])
    assert (facts["point"], str(facts["was"]).split()[0], facts["found"]) == ("tie-1", "intact", "loose")


def test_i07_a_lock_comes_off_while_the_boxes_move_and_a_crowd_comes() -> None:
    """Bekasi, April 2019. Locks came off on the way to KPU, a crowd took it for a secret move; what was planned and known settles it."""
    story = Story(plenary=False).voted().home(DESA)
    boxes = story.of(DESA)
    story.at("28 10:00").manifest(*boxes, by="ppk-19-1", start=PPK, end=STORE, id="b7" * 16)
    load = {"id": "b7" * 16, "part": 1, "parts": 1, "rest": None, "trip": 1}
    seen = {boxes[0]: {"tie-1": "missing"}}
    move = {"giver": "ppk-19-1", "receiver": "keeper-1", "start": PPK, "end": STORE, "vehicle": "DH-1234-AB"}
    story.at("28 14:00").hand(*boxes, **move, seen=seen, consignment=load)
    crowd = story.at("28 14:20").incident("threat", by="guard-1", where=STORE)
    shown = story.judged()
    assert shown.codes == {"seal.changed": [boxes[0]], "incident.open": [None]}
    story.at("28 18:00").incident("threat", by="leader-1", where=STORE, settles=[crowd])
    assert story.judged().codes == {"seal.changed": [boxes[0]], "incident.settled": [None]}


def test_i19_the_keys_were_lost_and_the_boxes_forced_before_the_court() -> None:
    """Palembang, May 2013. The keys of the boxes were lost between office and court, and the boxes were forced open in the courtroom."""
    story = Story(plenary=False).voted().home(DESA)
    box = story.of(DESA)[0]
    story.at("28 09:00").hand(box, giver="ppk-19-1", receiver="keeper-1", start=PPK, end=STORE)
    lost = story.at("12-12 08:00").incident("keys-lost", box, by="keeper-1", where=STORE)
    story.at("12-13 09:00").hand(box, giver="keeper-1", receiver="keeper-2", start=STORE, end=COURT, escort=ESCORT)
    order = {"basis": "court-order", "order": "7/PHP.BUP/2024", "present": ("witness-1", "guard-1")}
    story.at("12-13 10:00").opening(box, by="keeper-2", where=COURT, **order)
    story.at("12-14 09:00").hand(box, giver="keeper-2", receiver="keeper-1", start=COURT, end=STORE, escort=ESCORT)
    shown = story.judged()
    assert shown.codes == {"incident.open": [box]}  # the opening itself had its order and its witnesses
    assert shown.where(box) == ("ok", "keeper-1", STORE)
    story.at("12-15 09:00").incident("keys-lost", by="keeper-1", where=STORE, settles=[lost])
    assert "incident.open" not in story.judged().codes


def test_i20_a_sheet_was_missing_and_who_had_opened() -> None:
    """Bintan Timur, 2019. A result sheet was not in the box; the PPK had asked for the key."""
    story = Story().voted().home(DESA)
    box, plain = story.of(DESA)[0], story.of(DESA)[1]
    story.at("28 08:00").plenary("begun")
    sheet = {"taken_out": [{"count": 1, "thing": "form.c1-plano"}], "put_back": []}
    story.at("28 09:00").opening(box, by="ppk-19-1", where=PPK, present=("guard-1", "witness-1"), **sheet)
    story.at("28 11:00").opening(plain, by="ppk-19-1", where=PPK, present=("guard-1",), names=("ppk-19-1",))
    shown = story.judged()
    assert shown.one("opening.kept-out") == {"count": 1, "thing": "form.c1-plano"}
    assert "opening.alone" in shown.codes and shown.boxes[plain].waiting != ()
    assert shown.where(box)[1] == "ppk-19-1"


def test_i21_a_chat_message_is_no_invitation() -> None:
    """Bogor, August 2018. All boxes were opened on an invitation by WhatsApp, with no candidate's witness there."""
    asked = [{"basis": "kpu-order", "invited": ["witness"], "order": True, "present": ["guard", "witness"]}]
    story = Story(openings=asked, plenary=False).voted().home()
    story.at("28 09:00").hand(*story.of(DESA), giver="ppk-19-1", receiver="keeper-1", start=PPK, end=STORE)
    boxes = story.of(DESA)
    story.at("12-10 09:00").opening(
        *boxes, by="keeper-1", where=STORE, basis="kpu-order", order=None, invited=(), present=("guard-1", "keeper-2")
    )
    shown = story.judged()
    assert shown.codes == {"opening.basis": [None], "opening.invited": [None], "opening.present": boxes}
    assert shown.one("opening.present", boxes[0]) == {"role": "witness"}
    assert all(shown.against(box) == {"opening.present"} for box in boxes)
