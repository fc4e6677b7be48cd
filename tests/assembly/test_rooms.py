"""Guarded rooms of an open ledger (spec chapter 17): what counts of each, what a count comes to, and nothing of that before its entry."""

from pathlib import Path
from typing import Any

import pytest

from custody.assembly import rooms, whereabouts
from custody.assembly.office import Office
from custody.core.errors import Refused
from custody.core.moment import to_seconds
from custody.core.rooms import Count
from custody.core.statement import Statement
from custody.core.trail import Inside
from fixtures.daydesk import DayDesk
from fixtures.smallworld import SIGHT

HABI, TPS, PPK = "5307192008", "5307192008-001", "530719"
NOTED: dict[str, Any] = {"irregular": [], "note": None, "photos": []}


@pytest.fixture
def desk(tmp_path: Path) -> DayDesk:
    return DayDesk(tmp_path, (HABI,))


def shift(office: Office, counted: int) -> Statement:
    body = {
        "counted": counted, "door": "locked", "door_seal": None, "equipment": [], "incidents": [], "incoming": "guard-1", "lock": "intact",
        "outgoing": None, "place": TPS, "team": 2, "visitors": 0, **NOTED,
    }  # fmt: skip
    return office.draft("shift", **body)


def sealed(office: Office, box: str) -> Statement:
    line = {"box": box, "by": SIGHT, "prev": None, "seals": []}
    return office.draft("seal", boxes=[line], phase="voted", place=TPS, sealer="kpps-08-1", witness="guard-1", **NOTED)


def missed(office: Office, box: str) -> Statement:
    body = {"boxes": [], "counted": None, "defects": [], "door": None, "extra": [], "lock": None, "missing": [box], **NOTED}
    return office.draft("inspection", officer="guard-1", place=TPS, **body)


def test_a_count_is_compared_once_it_is_an_entry(desk: DayDesk) -> None:
    with desk.open() as office:
        made = shift(office, 2)
        with pytest.raises(Refused, match=r"ledger\.statement"):
            rooms.compared(office, made.sid)
        office.submit([desk.signed(made, "guard-1")])
        assert rooms.compared(office, made.sid) == Count(2, 0, 0)
        assert [one.code for one in office.ledger.books()] == ["count.differs"]
        assert [act.sid for act in rooms.room(office, TPS).shifts] == [made.sid]
        assert rooms.room(office, PPK).shifts == []


def test_what_counts_nothing_is_compared_with_nothing(desk: DayDesk) -> None:
    with desk.open() as office:
        made = missed(office, desk.boxes[0])
        office.submit([desk.signed(made, "guard-1")])
        assert rooms.compared(office, made.sid) is None
        unsigned = shift(office, 2)
        office.submit([desk.signed(unsigned, "kpps-08-1")])
        assert rooms.compared(office, unsigned.sid) is None


def test_who_was_inside_and_what_stands_against_a_box_that_was_missed(desk: DayDesk) -> None:
    box = desk.boxes[0]
    with desk.open() as office:
        made = sealed(office, box)
        office.submit([desk.signed(made, "kpps-08-1", "guard-1")])
        at = to_seconds(made.body["happened"]["at"])
        skew = office.ledger.state.skew
        told = {second: rooms.inside(office, TPS, at + second) for second in (-skew - 1, 0, skew + 1)}
        assert told == {-skew - 1: Inside((), ()), 0: Inside((), (box,)), skew + 1: Inside((box,), ())}
    desk.clock.now = desk.clock.now.replace(year=desk.clock.now.year + 1)
    with desk.open() as office:
        office.submit([desk.signed(missed(office, box), "guard-1")])
        (one,) = [one for one in whereabouts.where(office) if one.box == box]
        assert "box.missing" in [each.code for each in one.against]
        assert [each.code for each in whereabouts.judged(office, box).against] == [each.code for each in one.against]
