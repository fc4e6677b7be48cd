"""Reports of an office in use (docs/spec/13-report.md): issued, drawn, and held against the ledger."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from custody.assembly import Office
from custody.assembly.past import Past
from custody.assembly.reporting import Issued, Standing, issue_report, standing
from custody.assembly.whereabouts import judged
from custody.core import note
from custody.core.errors import Altered, CustodyError, Locked, Refused, Undecided
from custody.core.findings import open_breaches
from custody.core.statement import Statement
from custody.core.verify import verify
from custody.paper.checking.check import PaperVerdict, check
from custody.paper.reports.view import view
from custody.station import guardroom
from custody.station.manifest import Escort, Journey, Seen
from custody_cli.boxes import daily
from fixtures.daydesk import DayDesk
from fixtures.smalloffice import SmallOffice
from fixtures.smallworld import SIGHT

HOME, OTHER = "5307192001-001", "5307192001-002"
BOX = f"PEM24-{HOME}-PPWP-1"
STORE = "5307-GUDANG"


@pytest.fixture
def desk(tmp_path: Path) -> DayDesk:
    """One desa of four TPS; the boxes of two are sealed, those of the first are at the warehouse."""
    desk = DayDesk(tmp_path, ("5307192001",))
    with desk.open() as office:
        for at, home in enumerate((HOME, OTHER), 1):
            seats = [desk.seat("sealer", f"kpps-01-{at}"), desk.seat("witness", "guard-1")]
            daily.record_seal(office, sight(desk, home), seats, place=home, sealer=f"kpps-01-{at}", witness="guard-1")
        hand(desk, office, sight(desk, HOME), HOME, "5307192001", "kpps-01-1", "pps-01")
        hand(desk, office, sight(desk, HOME), "5307192001", "530719", "pps-01", "ppk-1")
        hand(desk, office, sight(desk, HOME), "530719", STORE, "ppk-1", "keeper-1")
    return desk


def sight(desk: DayDesk, home: str) -> list[Seen]:
    return [Seen(box, "sight", None) for box in desk.boxes if home in box]


def hand(desk: DayDesk, office: Office, boxes: list[Seen], start: str, end: str, giver: str, receiver: str, **more: Any) -> None:
    """A handoff at its end."""
    journey = Journey(start, end, end, giver, receiver, "guard-1", escort=Escort(1), **more)
    seats = [desk.seat("giver", giver), desk.seat("receiver", receiver), desk.seat("recorder", "guard-1")]
    daily.record_handoff(office, journey, boxes, seats, random=lambda size: bytes(size))


def report(desk: SmallOffice, office: Office, kind: str, code: str, **changes: Any) -> Issued:
    """Issued by the Kasatops."""

    def sign(statement: Statement) -> bytes:
        return note.join(statement.text, [desk.line("kasatops-1", statement.text)])

    given: dict[str, Any] = {"by": "kasatops-1", "sign": sign, "lang": "id", "titles": {}, **changes}
    return issue_report(office, (kind, code), **given)


def held(office: Office, issued: Issued) -> tuple[PaperVerdict, Standing]:
    """What the file says, and what the ledger adds."""
    verdict = check(issued.pdf, office.policy)
    assert verdict.reading is not None, verdict.code
    return verdict, standing(office, verdict.reading)


SCOPES = {
    "box": (BOX, 1),
    "tps": (HOME, 5),
    "desa": ("5307192001", 20),
    "kecamatan": ("530719", 20),
    "warehouse": (STORE, 5),
    "operation": ("-", 20),
}


@pytest.mark.parametrize("kind", SCOPES)
def test_every_scope_is_intact_and_whole(desk: DayDesk, kind: str) -> None:
    code, boxes = SCOPES[kind]
    with desk.open() as office:
        issued = report(desk, office, kind, code)
        verdict, stood = held(office, issued)
    assert (verdict.outcome, stood) == ("intact", Standing((), ()))
    assert verdict.reading is not None and len(verdict.reading.settled) == boxes
    assert issued.entry == issued.facts.upto


@pytest.mark.parametrize("kind", ["box", "desa", "warehouse"])
def test_the_report_finds_what_the_ledger_finds(desk: DayDesk, kind: str) -> None:
    code, _ = SCOPES[kind]
    with desk.open() as office:
        issued = report(desk, office, kind, code)
        verdict, _ = held(office, issued)
        whole, _ = verify(Source(office), office.policy)
    assert verdict.reading is not None
    for box, (state, found) in verdict.reading.settled.items():
        assert state == whole.boxes[box]
        assert set(found) == {one for one in whole.findings if one.box == box}


class Source:
    """The open ledger as `verify` reads it."""

    def __init__(self, office: Office) -> None:
        self.ledger, self.store = office.ledger, office.store
        self.notes, self.note = office.ledger.notes, office.ledger.note

    def checkpoints(self) -> list[tuple[int, bytes]]:
        return list(self.store.checkpoints())


def test_two_reports_in_a_row_and_one_of_both(desk: DayDesk) -> None:
    with desk.open() as office:
        first, second = report(desk, office, "box", BOX), report(desk, office, "box", BOX)
        assert (first.entry + 1, first.facts.hash()) == (second.entry, first.facts.hash())
        assert first.facts.hash() != second.facts.hash()
        for one in (first, second):
            assert held(office, one)[1] == Standing((), ())


def test_boxes_that_came_to_the_warehouse_since_are_new_and_not_left_out(desk: DayDesk) -> None:
    with desk.open() as office:
        issued = report(desk, office, "warehouse", STORE)
        for start, end, giver, receiver in (
            (OTHER, "5307192001", "kpps-01-2", "pps-01"),
            ("5307192001", "530719", "pps-01", "ppk-1"),
            ("530719", STORE, "ppk-1", "keeper-1"),
        ):
            hand(desk, office, sight(desk, OTHER), start, end, giver, receiver)
        _, stood = held(office, issued)
        assert stood.left_out == ()
        assert len(stood.since) == 3


def test_boxes_that_left_the_warehouse_before_are_not_shown_there(desk: DayDesk) -> None:
    with desk.open() as office:
        some = sight(desk, HOME)[:2]
        hand(desk, office, some, STORE, "530719", "keeper-1", "ppk-1")
        issued = report(desk, office, "warehouse", STORE)
        verdict, stood = held(office, issued)
    assert verdict.reading is not None
    assert sorted(verdict.reading.settled) == sorted(seen.box for seen in sight(desk, HOME)[2:])
    assert stood == Standing((), ())


def test_boxes_that_left_the_warehouse_since(desk: DayDesk) -> None:
    with desk.open() as office:
        issued = report(desk, office, "warehouse", STORE)
        hand(desk, office, sight(desk, HOME)[:2], STORE, "530719", "keeper-1", "ppk-1")
        _, stood = held(office, issued)
    assert (stood.left_out, len(stood.since)) == ((), 1)


def test_a_giver_who_never_signed_anything_is_known_by_name(desk: DayDesk) -> None:
    """Named in a handoff, not among its signers: the report must still know the key."""
    from custody.station.manifest import Unsigned

    with desk.open() as office:
        boxes = sight(desk, "5307192001-003")
        seats = [desk.seat("sealer", "pps-01"), desk.seat("witness", "guard-1")]
        daily.record_seal(office, boxes, seats, place="5307192001", sealer="pps-01", witness="guard-1")
        journey = Journey("5307192001", "530719", "530719", "kpps-01-3", "ppk-1", None, escort=Escort(1), unsigned=Unsigned("left"))
        daily.record_handoff(office, journey, boxes, [desk.seat("receiver", "ppk-1")], random=lambda size: bytes(size))
        verdict, _ = held(office, report(desk, office, "tps", "5307192001-003"))
    assert verdict.reading is not None
    told = {one.code for one in verdict.reading.state.told}
    assert "role.unknown" not in told


def test_others_may_append_between_the_facts_and_their_entry(desk: DayDesk) -> None:
    with desk.open() as office:

        def sign(statement: Statement) -> bytes:
            hand(desk, office, sight(desk, OTHER), OTHER, "5307192001", "kpps-01-2", "pps-01")
            return note.join(statement.text, [desk.line("kasatops-1", statement.text)])

        issued = report(desk, office, "desa", "5307192001", sign=sign)
        assert issued.entry == issued.facts.upto + 1
        verdict, stood = held(office, issued)
    assert verdict.outcome == "intact"
    assert (stood.left_out, len(stood.since)) == ((), 1)


def test_names_as_they_were_enrolled_are_opened(desk: DayDesk) -> None:
    with desk.open() as office:
        issued = report(desk, office, "box", BOX)
    assert {opening.value for _, opening in issued.facts.openings} == {f"Pejabat Contoh {house}" for house in ("kpu", "polri", "bawaslu")}


@pytest.mark.parametrize(
    "scope", [("desa", "5307199999"), ("warehouse", "5307-TIADA"), ("box", "PEM24-5307192001-009-DPR-1"), ("tps", "x")]
)
def test_a_scope_that_means_no_box_is_refused_and_nothing_is_logged(desk: DayDesk, scope: tuple[str, str]) -> None:
    with desk.open() as office:
        before = office.ledger.size
        with pytest.raises(Refused, match=r"report\.scope"):
            report(desk, office, *scope)
        assert office.ledger.size == before


def test_while_the_ledger_key_is_locked_there_is_no_report(desk: DayDesk) -> None:
    with desk.open() as office:
        office.ledger.lock()
        with pytest.raises(Locked, match=r"report\.locked"):
            report(desk, office, "box", BOX)


def test_a_shift_that_ends_while_somebody_signs(desk: DayDesk) -> None:
    with desk.open() as office:

        def sign(statement: Statement) -> bytes:
            office.ledger.lock()
            return note.join(statement.text, [desk.line("kasatops-1", statement.text)])

        with pytest.raises(Locked, match=r"report\.locked"):
            report(desk, office, "box", BOX, sign=sign)


def test_a_report_proves_that_the_ledger_at_hand_was_cut(desk: DayDesk, tmp_path: Path) -> None:
    import shutil

    kept = tmp_path / "older"
    shutil.copytree(desk.folder, kept)
    with desk.open() as office:
        issued = report(desk, office, "box", BOX)
        verdict = check(issued.pdf, office.policy)
    assert verdict.reading is not None
    with desk.open(write=False, folder=kept) as older, pytest.raises(Altered, match=r"outside\.longer"):
        standing(older, verdict.reading)


def test_a_report_of_another_ledger_is_not_held_against_this_one(desk: DayDesk, tmp_path: Path) -> None:
    other = DayDesk(tmp_path / "other", ("5307192001",), domain="lain")
    with desk.open() as office:
        issued = report(desk, office, "box", BOX)
        reading = check(issued.pdf, office.policy).reading
    assert reading is not None
    with other.open() as office, pytest.raises(Undecided, match=r"outside\.other-ledger"):
        standing(office, reading)


def test_a_fork_of_the_ledger_is_not_the_ledger_of_the_report(desk: DayDesk) -> None:
    with desk.open() as office:
        reading = check(report(desk, office, "box", BOX).pdf, office.policy).reading
        assert reading is not None
        other = replace(reading, head=replace(reading.head, root=bytes(32)))
        with pytest.raises(Altered, match=r"outside\.root"):
            standing(office, other)


def test_a_box_that_was_registered_later_was_not_meant_then(desk: DayDesk) -> None:
    fresh = {"box": "PEM24-5307192001-001-DPR-2", "codes": [], "place": HOME, "replaces": None, "round": 2, "type": "DPR"}
    with desk.open() as office:
        before = office.ledger.size
        office.submit([desk.signed(office.draft("register", boxes=[fresh], reason="psu"), "kpu-1", "polri-1")])
        assert Past(office, before).extent(("tps", HOME)).boxes == [seen.box for seen in sight(desk, HOME)]
        assert fresh["box"] in Past(office, office.ledger.size).extent(("tps", HOME)).boxes


def test_what_is_found_of_a_registration_stands_on_the_paper(desk: DayDesk) -> None:
    """A box of a repeated vote that names no older one, and that nobody has sealed yet."""
    fresh = {"box": "PEM24-5307192001-001-DPR-2", "codes": [], "place": HOME, "replaces": None, "round": 2, "type": "DPR"}
    with desk.open() as office:
        office.submit([desk.signed(office.draft("register", boxes=[fresh], reason="psu"), "kpu-1", "polri-1")])
        whole = {one.code for one in judged(office, fresh["box"]).findings}
        papers = [held(office, report(desk, office, *scope))[0].reading for scope in (("box", fresh["box"]), ("tps", HOME))]
    for reading in papers:
        assert reading is not None and whole == {"box.unlinked"}
        said = [row[2] for table in view(reading).tables for row in table.rows if len(row) > 2]
        assert any("tidak menyebut kotak" in words for words in said), said


def test_a_box_that_was_not_found_is_missing_on_the_paper(desk: DayDesk) -> None:
    """The office looks for it in the warehouse two days later: state, and the bar from that hour on."""
    with desk.open() as office:
        desk.clock.now += timedelta(days=2)
        told = guardroom.counts(office.common(), [], place=STORE, officer="keeper-1", counted=None, missing=(BOX,))
        office.submit([desk.signed(one, "keeper-1") for one in told])
        desk.clock.now += timedelta(days=2)
        reading = held(office, report(desk, office, "box", BOX))[0].reading
    assert reading is not None
    page = view(reading)
    assert any("TIDAK DITEMUKAN" in row for table in page.tables for row in table.rows)
    assert page.plots is not None
    assert [span.stage for span in page.plots.course.strips[0].spans][-2:] == ["warehouse", "gone"]


def test_a_seal_number_that_another_box_had_before_is_told(desk: DayDesk) -> None:
    """The first box is out of scope; without its sealing the report would not know."""
    points = [seal[0] for seal in _seals(desk, BOX)]
    numbered = {points[0]: ("intact", "S-0001"), **dict.fromkeys(points[1:], ("intact", None))}
    second = f"PEM24-{OTHER}-PPWP-1"
    with desk.open() as office:
        for box, at, who in ((BOX, STORE, "keeper-1"), (second, OTHER, "kpps-01-2")):
            seats = [desk.seat("sealer", who), desk.seat("witness", "guard-1")]
            daily.record_seal(office, [Seen(box, "sight", None, numbered)], seats, place=at, sealer=who, witness="guard-1", reason="other")
        verdict, stood = held(office, report(desk, office, "box", second))
        other, _ = held(office, report(desk, office, "box", BOX))
    assert verdict.reading is not None and other.reading is not None
    assert "seal.reused" in {one.code for one in verdict.reading.state.told}
    assert "seal.reused" not in {one.code for one in other.reading.state.told}
    assert stood == Standing((), ())


def test_a_load_that_came_in_part_stands_on_the_paper_of_the_box_that_did_not_come(desk: DayDesk) -> None:
    """The box that came is out of scope; its story goes along, and without it the ledger says what was left out."""
    came, lacks = (f"PEM24-{OTHER}-{kind}-1" for kind in ("DPD", "PPWP"))
    noted: dict[str, Any] = {"irregular": [], "note": None, "photos": []}
    with desk.open() as office:
        tip = {box: state.holding.sid for box, (state, _) in office.ledger.judge([came, lacks]).items() if state.holding is not None}
        lines = [{"box": box, "by": SIGHT, "prev": tip[box], "seals": []} for box in (came, lacks)]
        body: dict[str, Any] = {
            "boxes": lines, "carrier": None, "conditions": [], "due": None, "from": OTHER, "giver": "kpps-01-2", "place": "5307192001",
            "consignment": {"id": "c0" * 16, "part": 1, "parts": 1, "rest": None, "trip": 1}, "receiver": "pps-01", "recorder": None,
            "escort": {"count": 1, "keys": [], "order": None, "present": True}, "things": [], "through": None, "to": "5307192001",
            "unsigned": None, "vehicle": None, "withdraws": [], **noted,
        }  # fmt: skip
        offer = office.draft("handoff", **body)
        office.submit([desk.signed(offer, "kpps-01-2")])
        seen = [{"box": came, "by": SIGHT, "seals": []}]
        ack = office.draft("ack", about=[offer.sid], boxes=seen, place="5307192001", side="receiver", **noted)
        office.submit([desk.signed(ack, "pps-01")])
        verdict, stood = held(office, report(desk, office, "box", lacks))
        against = judged(office, lacks).against
    assert verdict.reading is not None and verdict.outcome == "intact"
    assert verdict.reading.facts.beside == (came,)
    assert [one.code for one in verdict.reading.booked] == ["receipt.missing"]
    assert set(open_breaches(verdict.reading.judged[lacks][1])) == set(against)
    assert stood == Standing((), ())


def _seals(desk: DayDesk, box: str) -> tuple[Any, ...]:
    with desk.open(write=False) as office:
        holding = office.ledger.judge([box])[box][0].holding
        assert holding is not None
        return holding.seals


# Name: the drawing and the copies of a deed that cannot be made, and why.
UNDRAWN = {
    "a receipt of a sealing": ({"drawing": "deed-receipt-1"}, "deed.drawing"),
    "a drawing that nobody knows": ({"drawing": "deed-9"}, "deed.drawing"),
    "a deed drawn as a report": ({"drawing": "report-1"}, "deed.drawing"),
    "no copy": ({"copies": ()}, "report.facts"),
    "too many copies": ({"copies": ("",) * 21}, "report.facts"),
}


@pytest.mark.parametrize("name", UNDRAWN)
def test_a_deed_that_cannot_be_drawn_is_not_logged(desk: DayDesk, name: str) -> None:
    changes, code = UNDRAWN[name]
    with desk.open() as office:
        sid = next(act.sid for act in map(office.ledger.act, range(office.ledger.size)) if act.statement.kind.name == "seal")
        before = office.ledger.size
        with pytest.raises(CustodyError) as refusal:
            report(desk, office, "deed", sid, **changes)
        assert (refusal.value.code, office.ledger.size) == (code, before)
        assert held(office, report(desk, office, "deed", sid, copies=("KPU", "Bawaslu")))[0].outcome == "intact"


def guarded(desk: DayDesk, office: Office, counted: int) -> str:
    """A shift at the warehouse."""
    body: dict[str, Any] = {
        "counted": counted, "door": "locked", "door_seal": None, "equipment": [], "incidents": [], "incoming": "regu-a", "irregular": [],
        "lock": "intact", "note": None, "outgoing": None, "photos": [], "place": STORE, "team": 2, "visitors": 0,
    }  # fmt: skip
    drafted = office.draft("shift", **body)
    office.submit([desk.signed(drafted, "regu-a")])
    return drafted.sid


def test_the_deed_of_a_count_holds_the_figure_of_the_ledger_and_keeps_it(desk: DayDesk) -> None:
    """Five boxes lie in the warehouse at the count; what is recorded later about that hour changes what is known, not what was known."""
    desk.enrol("regu-a", "leader", [STORE])
    desk.clock.now += timedelta(hours=1)
    with desk.open() as office:
        issued = report(desk, office, "deed", guarded(desk, office, 4))
        assert issued.facts.figure == (5, 5)
        desk.clock.now += timedelta(hours=1)
        hand(desk, office, sight(desk, OTHER), OTHER, "5307192001", "kpps-01-2", "pps-01")
        hand(desk, office, sight(desk, HOME)[:2], STORE, "530719", "keeper-1", "ppk-1")
        verdict, stood = held(office, issued)
    assert (verdict.outcome, stood.figure, stood.left_out) == ("intact", (), ())


# What the issuer wrote; what the ledger answers.
FIGURES: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "another": ((4, 4), (5, 5)),
    "none": ((), (5, 5)),
    "the right one": ((5, 5), ()),
}


@pytest.mark.parametrize("name", FIGURES)
def test_an_issuer_who_writes_another_figure_is_found_by_the_ledger(name: str, desk: DayDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    figure, here = FIGURES[name]
    desk.enrol("regu-a", "leader", [STORE])
    desk.clock.now += timedelta(hours=1)
    with desk.open() as office:
        sid = guarded(desk, office, 4)
        with monkeypatch.context() as lying:
            lying.setattr(Past, "figure", lambda *_: figure)
            issued = report(desk, office, "deed", sid)
        verdict, stood = held(office, issued)
    assert (verdict.outcome, stood.figure) == ("intact", here)


def test_no_other_deed_holds_a_figure(desk: DayDesk) -> None:
    with desk.open() as office:
        sids = {act.statement.kind.name: act.sid for act in map(office.ledger.act, range(office.ledger.size))}
        assert {report(desk, office, "deed", sids[kind]).facts.figure for kind in ("seal", "handoff")} == {()}
