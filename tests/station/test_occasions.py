"""Rare statements drafted from what people said, and the message for radio and SMS."""

from typing import Any

import pytest

from custody.core.errors import Malformed, Refused
from custody.station import occasions, radio
from custody.station.manifest import Photo

LEDGER, LINK, OTHER = "0" * 64, "1" * 64, "2" * 64
COMMON = {
    "at": "2024-11-28T02:00:00Z",
    "happened": {"at": "2024-11-28T01:00:00Z", "basis": "now"},
    "ledger": LEDGER,
    "seen": None,
}
BOX = "PEM24-5307192008-003-DPR-1"


def line(at: int = 1, seals: int = 4) -> dict[str, Any]:
    box = f"PEM24-5307192008-{at:03d}-DPR-1"
    listed = [{"number": f"KPU-{at}-{point}", "point": f"tie-{point}", "state": "replaced"} for point in range(1, seals + 1)]
    return {"box": box, "by": {"how": "sight", "label": None}, "prev": LINK, "seals": listed}


def told(**more: Any) -> occasions.Opening:
    return occasions.Opening("court-order", "PHPU/12", "530719", "ppk-1", **more)


def test_an_opening_says_everything_in_one_statement() -> None:
    people = occasions.Attendant("witness", institution="bawaslu"), occasions.Attendant("ppk", key="ppk-1")
    opened = told(
        present=people,
        taken_out={"c-hasil": 2, "envelope": 0},
        put_back={"c-hasil": 1},
        closed="2024-11-28T01:40:00Z",
        photos=(Photo("f" * 64, BOX),),
    )
    (one,) = occasions.opening(COMMON, opened, [line()], [("opening.invited", "emergency")])
    assert one.kind.name == "opening" and one.body["present"][0] == {"institution": "bawaslu", "key": None, "name": None, "role": "witness"}
    assert one.body["taken_out"] == [{"count": 2, "thing": "c-hasil"}] and one.body["put_back"] == [{"count": 1, "thing": "c-hasil"}]
    assert one.body["photos"] == [{"box": BOX, "point": None, "sha256": "f" * 64}] and one.body["closed"] == "2024-11-28T01:40:00Z"
    assert one.body["irregular"] == [{"finding": "opening.invited", "reason": "emergency"}]


def test_what_was_taken_out_of_many_boxes_is_told_once() -> None:
    parts = occasions.opening(COMMON, told(taken_out={"c-hasil": 3}), [line(at) for at in range(1, 300)])
    assert len(parts) > 1 and sum(len(one.body["boxes"]) for one in parts) == 299
    assert [one.body["taken_out"] for one in parts] == [[{"count": 3, "thing": "c-hasil"}], *([] for _ in parts[1:])]


def test_an_opening_of_nothing_is_none() -> None:
    with pytest.raises(Refused, match=r"manifest\.empty"):
        occasions.opening(COMMON, told(), [])


def test_an_incident_lists_each_thing_once_and_in_order() -> None:
    said = occasions.Incident("sunk", "530719", (BOX, BOX), owner="kasatops-1", settles=(OTHER, LINK))
    (one,) = occasions.incident(COMMON, said)
    assert (one.body["boxes"], one.body["settles"], one.body["owner"]) == ([BOX], [LINK, OTHER], "kasatops-1")


def test_more_boxes_than_a_statement_may_name_stand_in_further_ones() -> None:
    boxes = tuple(f"PEM24-5307192008-{at:03d}-DPR-1" for at in range(1, 786))
    first, *rest = occasions.incident(COMMON, occasions.Incident("burnt", "530719", boxes, settles=(OTHER,)))
    assert [len(one.body["boxes"]) for one in (first, *rest)] == [250, 250, 250, 35]
    assert all(one.body["about"] == [first.sid] and one.body["settles"] == [] for one in rest)


def test_an_incident_of_no_known_code_is_refused() -> None:
    with pytest.raises(Malformed):
        occasions.incident(COMMON, occasions.Incident("volcano", "530719"))


def test_a_ruling_names_what_stands_and_what_falls_for_each_box() -> None:
    other = "PEM24-5307192008-001-DPR-1"
    rows = [occasions.Judged(BOX, LINK, None, (OTHER,)), occasions.Judged(other, None, LINK, (OTHER,))]
    (one,) = occasions.ruling(COMMON, rows, order="BA/3", supersedes=(LINK,))
    assert [(row["box"], row["stands"]) for row in one.body["boxes"]] == [(other, LINK), (BOX, None)]
    assert one.body["supersedes"] == [LINK]


def test_a_truckload_is_ruled_on_in_parts() -> None:
    rows = [occasions.Judged(f"PEM24-5307192008-{at:03d}-DPR-1", LINK, OTHER, (LEDGER,)) for at in range(1, 300)]
    parts = occasions.ruling(COMMON, rows, supersedes=(LINK,))
    assert len(parts) > 1 and sum(len(one.body["boxes"]) for one in parts) == 299
    assert all(one.body["supersedes"] == [LINK] for one in parts)


def test_a_closing_carries_the_permit() -> None:
    (one,) = occasions.closing(COMMON, [line()], end="disposed", permit="ANRI/7", place="530719")
    assert (one.kind.name, one.body["end"], one.body["permit"]) == ("closing", "disposed", "ANRI/7")


MESSAGES = {
    "all of it": (("KEJADIAN segel", "2 kotak di Habi", "entri 7 1a2b-3c4d"), "KEJADIAN segel 2 kotak di Habi entri 7 1a2b-3c4d"),
    "letters that no old phone has": (("KEJADIAN", "Désa Ñoé · “Lelak” → 3…", "x"), 'KEJADIAN Desa Noe - "Lelak" > 3.. x'),
    "what is no letter at all": (("A", "雨\tB\n^~", "z"), "A B z"),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_is_written_in_the_plain_alphabet(name: str) -> None:
    said, message = MESSAGES[name]
    assert radio.message(*said) == message


def test_a_message_takes_shorter_words_before_it_is_cut_and_is_never_cut_in_a_word() -> None:
    whole, short = "15 kotak: " + "TPS 001 DPR DPD " * 12, "15 kotak: TPS 001-003 Teka Iku"
    assert radio.message("KEJADIAN", whole, "entri 7", shorter=(short,)) == f"KEJADIAN {short} entri 7"
    cut = radio.message("KEJADIAN", whole, "entri 7", shorter=(whole[:-16],))
    assert len(cut) <= 160 and cut.removesuffix(".. entri 7").split()[-1] in ("TPS", "001", "DPR", "DPD"), cut


@pytest.mark.parametrize("size", [0, 90, 100, 101, 400])
def test_a_message_never_grows_over_160_and_never_loses_its_end(size: int) -> None:
    tail = "entri 12345 cp 12346 1a2b-3c4d-5e6f-7a8b"
    said = radio.message("LATIHAN KEJADIAN", "x" * size, tail)
    assert len(said) <= 160 and said.endswith(tail) and said.startswith("LATIHAN KEJADIAN")
    assert set(said) <= radio.ALPHABET and (".." in said) == (size > 101)
