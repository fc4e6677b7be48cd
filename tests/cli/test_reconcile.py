"""Reconciling: what should be there and where it is, now and at a past minute; one box in one line; a table for a spreadsheet."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from custody.assembly.earlier import Then, then
from custody.core import statement
from custody.core.errors import CustodyError
from custody.core.trail import Step, Trail
from custody.station import guardroom, occasions
from custody.station.manifest import Escort, Journey, Seen
from custody_cli.boxes import daily
from custody_cli.boxes.known import Known
from custody_cli.boxes.minute import minute, span
from tests.cli.daily_kit import HABI, LANGIR, TPS, Evening

DPR = f"PEM24-{TPS}-DPR-1"
KECAMATAN, WAREHOUSE = "530719", "5307-GUDANG"
OTHER = f"{LANGIR}-001"


@pytest.fixture()
def evening(tmp_path: Path) -> Evening:
    """TPS 1 Habi is in the warehouse since 00.30 WITA and TPS 1 Langir since 01.03, both signed at once and entered; asked at 03.42."""
    made = Evening(tmp_path)
    made.seal(TPS)
    made.seal(OTHER)
    for home, area, arrived in ((TPS, HABI, "2024-11-27T16:30:00Z"), (OTHER, LANGIR, "2024-11-27T17:03:00Z")):
        pps = made.pps(home)
        go(made, home, made.kpps(home), pps, (home, area, area), "2024-11-27T12:00:00Z")
        go(made, home, pps, "ppk-1", (area, KECAMATAN, KECAMATAN), "2024-11-27T14:00:00Z")
        go(made, home, "ppk-1", "keeper-1", (KECAMATAN, WAREHOUSE, WAREHOUSE), arrived)
    made.desk.now = datetime(2024, 11, 27, 19, 42, tzinfo=UTC)
    return made


def go(evening: Evening, home: str, giver: str, receiver: str, leg: tuple[str, str, str], at: str, **more) -> None:  # type: ignore[no-untyped-def]
    """A handoff that took place at a moment: over a leg (from, to, where)."""
    seats = [evening.office.seat(slot, name) for slot, name in (("giver", giver), ("receiver", receiver))]
    boxes = [Seen(box) for box in more.pop("boxes", evening.of(home))]
    evening.office.clock.now = datetime.fromisoformat(at)
    with evening.office.open() as office:
        journey = Journey(leg[0], leg[1], leg[2], giver, receiver, escort=Escort(2, (), "Sprin/12/I/2024"), **more)
        daily.record_handoff(office, journey, boxes, seats, random=evening.random, reason="unknown", happened=at)


def run(evening: Evening, *words: str, exit: int | None = None):  # type: ignore[no-untyped-def]
    ended = evening.desk.run(*words, "--json")
    assert exit is None or ended.exit == exit, ended.err
    return json.loads(ended.out)


# -- at a minute that has passed -----------------------------------------------------------------------------------------------


def test_which_boxes_were_in_the_store_at_one(evening: Evening) -> None:
    told = run(evening, "reconcile", "gudang", "--at", "01:00")
    assert told["past"] and told["at"] == "2024-11-27T17:00:00Z" and told["skew_seconds"] == 300
    inside = {one["box"]: one for one in told["inside"]}
    assert sorted(box for box, one in inside.items() if one["here"] == "surely") == sorted(evening.of(TPS))
    assert sorted(box for box, one in inside.items() if one["here"] == "possibly") == sorted(evening.of(OTHER))
    one = inside[DPR]
    assert (one["holder"], one["since"], len(one["seals"])) == ("keeper-1", "2024-11-27T16:30:00Z", len(one["seals"])) and one["seals"]
    assert inside[f"PEM24-{OTHER}-DPR-1"]["may_have_been"] == [{"place": WAREHOUSE, "to": WAREHOUSE, "entry": evening_last(evening)}]


def evening_last(evening: Evening) -> int:
    with evening.office.open(write=False) as office:
        return office.ledger.size - 1


@pytest.mark.parametrize(
    ("at", "surely", "possibly"),
    [
        ("27-11-2024 19.00", 0, 0),
        ("28-11-2024 00.26", 0, 5),
        ("28-11-2024 00.34", 0, 5),
        ("28-11-2024 00.36", 5, 0),
        ("28-11-2024 00.58", 5, 5),
        ("28-11-2024 01.09", 10, 0),
    ],
)
def test_inside_at(evening: Evening, at: str, surely: int, possibly: int) -> None:
    here = [one["here"] for one in run(evening, "reconcile", "gudang", "--at", at)["inside"]]
    assert (here.count("surely"), here.count("possibly")) == (surely, possibly)


def test_the_answer_on_the_screen(evening: Evening) -> None:
    told = evening.desk.run("reconcile", "gudang", "--at", "01.00").out
    assert "Gudang KPU Sikka · 28 November 2024 pukul 01.00 WITA" in told
    assert "Pasti di dalam 5 kotak · mungkin di dalam 5 kotak" in told and "boleh berbeda 5 menit" in told
    assert "TPS 001 Habi · DPR" in told and "utuh" in told and told.index("PASTI DI DALAM") < told.index("MUNGKIN DI DALAM")


def test_counts_at_a_past_minute(evening: Evening) -> None:
    then_, now = run(evening, "reconcile", "--at", "19.50")["total"], run(evening, "reconcile")["total"]
    for row in (then_, now):
        assert row["expected"] == sum(row[kind] for kind in ("custody", "transit", "unaccounted", "disputed", "closed")) == 70
    assert (then_["custody"], then_["unaccounted"]) == (10, 60) == (now["custody"], now["unaccounted"])
    before = run(evening, "reconcile", "Kangae", "--at", "27-11-2024 17.58")  # registered at 18.00, as far as clocks differ
    assert before["total"]["unaccounted"] == 70 and all(row["unaccounted"] == row["expected"] for row in before["areas"])
    assert run(evening, "reconcile", "Kangae", "--at", "27-11-2024 10.00")["total"]["expected"] == 0


@pytest.mark.parametrize("scope", [(), ("Kangae",), ("Habi",), ("gudang",)])
def test_the_present_minute_is_answered_as_now(evening: Evening, scope: tuple[str, ...]) -> None:
    now, then_ = run(evening, "reconcile", *scope), run(evening, "reconcile", *scope, "--at", "03.42")
    assert (now["total"], now["areas"]) == (then_["total"], then_["areas"])
    keep = ("box", "holder", "place", "to", "since", "seals", "kind", "here")
    for name in ("inside", "overdue", "unaccounted", "disputed", "foreign"):
        assert [[one[key] for key in keep] for one in now[name] or ()] == [[one[key] for key in keep] for one in then_[name] or ()], name


@pytest.mark.parametrize("at", [(), ("--at", "01.00")])
def test_boxes_that_never_left_their_tps_are_looked_for_at_no_warehouse(evening: Evening, at: tuple[str, ...]) -> None:
    """Sixty boxes of which there is no record: of the kecamatan they are not accounted for; at the warehouse they have not set out."""
    store, kecamatan = run(evening, "reconcile", "gudang", *at), run(evening, "reconcile", "Kangae", *at)
    assert (store["untold"], store["total"]["unaccounted"], store["unaccounted"]) == (60, 60, [])
    assert (kecamatan["untold"], len(kecamatan["unaccounted"])) == (0, 60)
    told, asked = (evening.desk.run("reconcile", place, *at).out for place in ("gudang", "Kangae"))
    assert "tidak diketahui 0" in told and "Belum ada catatan apa pun: 60 kotak" in told and "Ada yang harus dicari" not in told, told
    assert "tidak diketahui 60" in asked and "Ada yang harus dicari" in asked, asked
    rows = [row for row in told.splitlines() if row.strip().startswith(("Kangae", "Habi", "Langir", "Jumlah"))]
    assert rows and not any(" 60" in row.partition("70")[2] for row in rows), rows


@pytest.mark.parametrize(("at", "told"), [("04.00", True), ("01.00", False), ("27-11-2024 04.00", False)])
@pytest.mark.parametrize("command", [("reconcile", "gudang"), ("where", "Kangae")])
def test_an_hour_that_has_not_come_today_is_said_to_be_yesterdays(evening: Evening, command: tuple[str, ...], at: str, told: bool) -> None:
    ended = evening.desk.run(*command, "--at", at)
    assert ("KEMARIN, 27 November 2024 pukul 04.00" in ended.err) == told, ended.err


def test_a_future_minute_is_not_answered(evening: Evening) -> None:
    ended = evening.desk.run("reconcile", "gudang", "--at", "28-11-2024 05.00")
    assert ended.exit == 2 and "belum tiba" in ended.err


# -- now -----------------------------------------------------------------------------------------------------------------------


def test_on_the_way_and_overdue(evening: Evening) -> None:
    home = f"{HABI}-002"
    evening.seal(home)
    go(evening, home, evening.kpps(home), "pps-08", (home, HABI, home), "2024-11-27T12:00:00Z")
    told = run(evening, "reconcile", "Habi", exit=1)
    assert (told["total"]["transit"], told["total"]["overdue"], len(told["overdue"])) == (5, 5, 5)
    early = run(evening, "reconcile", "Habi", "--at", "20.30")
    assert (early["total"]["transit"], early["total"]["overdue"]) == (5, 0)
    assert "TERLAMBAT: 5 kotak" in evening.desk.run("reconcile", "Habi").out


def leaves(evening: Evening, box: str, leg: tuple[str, str], hands: tuple[str, str]) -> None:
    """Both sign at 02.00 where the box sets out, and the handoff itself states no time by which it must be there."""
    evening.office.clock.now = datetime.fromisoformat("2024-11-27T18:00:00Z")
    with evening.office.open() as office:
        journey = Journey(leg[0], leg[1], leg[0], *hands, escort=Escort(2, (), "Sprin/12/I/2024"))
        (draft,) = daily.handoff_drafts(office, Known(office), journey, [Seen(box)], evening.random)
        seats = [evening.office.seat(slot, name) for slot, name in zip(("giver", "receiver"), hands, strict=True)]
        daily.submit(office, [statement.draft("handoff", {**draft.body, "due": None})], seats)
    evening.desk.now = datetime(2024, 11, 27, 22, tzinfo=UTC)


def test_a_journey_without_a_time_of_its_own_is_late_by_the_plan(evening: Evening) -> None:
    """Three hours from a TPS to its desa, says the plan; asked after four."""
    home = f"{HABI}-002"
    evening.seal(home)
    leaves(evening, f"PEM24-{home}-DPR-1", (home, HABI), (evening.kpps(home), "pps-08"))
    (late,) = run(evening, "overdue", exit=1)["overdue"]
    assert late["due"].startswith("2024-11-27T21:00:0") and late["minutes"] in (59, 60)
    early, later = (run(evening, "reconcile", "Habi", "--at", at)["total"]["overdue"] for at in ("04.50", "05.30"))
    assert (early, later, run(evening, "status", "Habi")["total"]["overdue"]) == (0, 1, 1)


def test_a_journey_that_nothing_limits_is_told_as_one(evening: Evening) -> None:
    """Down from the warehouse again: the plan knows no such leg."""
    leaves(evening, DPR, (WAREHOUSE, KECAMATAN), ("keeper-1", "ppk-1"))
    told = run(evening, "overdue", exit=0)
    assert (told["overdue"], told["without_limit"]) == ([], [DPR])
    assert "1 kotak di jalan tanpa batas waktu" in evening.desk.run("overdue").out


def test_what_was_offered_on_a_leg_has_left(evening: Evening) -> None:
    """The giver signed at 20.00 that the box goes to Habi, which is due three hours later; nobody has taken it yet."""
    home = f"{HABI}-002"
    evening.office.clock.now = datetime.fromisoformat("2024-11-27T10:30:00Z")
    evening.seal(home)
    box = f"PEM24-{home}-DPR-1"
    evening.office.clock.now = datetime.fromisoformat("2024-11-27T12:00:00Z")
    with evening.office.open() as office:
        plan = Journey(home, HABI, home, evening.kpps(home), "pps-08", escort=Escort(1))
        drafted = daily.handoff_drafts(office, Known(office), plan, [Seen(box)], evening.random)[0]
        office.submit([evening.office.signed(drafted, evening.kpps(home))])
    told = run(evening, "reconcile", "Habi", exit=1)
    assert (told["total"]["transit"], told["total"]["overdue"]) == (1, 1) and told["overdue"][0]["holder"] == evening.kpps(home)
    early = run(evening, "reconcile", "Habi", "--at", "21.00")
    assert (early["total"]["transit"], early["total"]["overdue"]) == (1, 0)
    assert run(evening, "reconcile", "Habi", "--at", "19.30")["total"]["transit"] == 0
    inside = {one["box"]: one["here"] for one in run(evening, "reconcile", "TPS 2 Habi")["inside"]}
    assert inside[box] == "possibly" and list(inside.values()).count("surely") == 4


def test_a_disputed_box_is_counted_apart_from_its_second_link_on(evening: Evening) -> None:
    home = f"{HABI}-002"
    evening.seal(home)
    box = f"PEM24-{home}-DPR-1"
    with evening.office.open() as office:
        plans = [Journey(home, HABI, HABI, evening.kpps(home), "pps-08", vehicle=plate) for plate in ("DH-1-XX", "DH-2-XX")]
        times = ("2024-11-27T13:00:00Z", "2024-11-27T14:00:00Z")
        known, signed = Known(office), []
        for plan, at in zip(plans, times, strict=True):
            drafted = daily.handoff_drafts(office, known, plan, [Seen(box)], evening.random, at)[0]
            signed.append(evening.office.signed(drafted, evening.kpps(home), str(plan.receiver)))
        office.submit(signed)
    told = run(evening, "reconcile", "Habi", exit=1)
    assert told["total"]["disputed"] == 1 and [one["box"] for one in told["disputed"]] == [box]
    assert run(evening, "reconcile", "Habi", "--at", "21.30")["total"]["disputed"] == 0
    assert run(evening, "reconcile", "Habi", "--at", "22.30")["total"]["disputed"] == 1


def test_foreign_boxes_are_named_where_they_lie(evening: Evening) -> None:
    home = f"{LANGIR}-002"
    evening.seal(home)
    go(evening, home, evening.kpps(home), "pps-08", (home, HABI, HABI), "2024-11-27T13:00:00Z")
    told = run(evening, "reconcile", "Habi", exit=1)
    assert sorted(one["box"] for one in told["foreign"]) == evening.of(home) and told["total"]["expected"] == 35
    assert "KOTAK ASING di sini: 5 kotak" in evening.desk.run("reconcile", "Habi").out
    assert run(evening, "reconcile", "Langir")["foreign"] == [] == run(evening, "reconcile", "Kangae")["foreign"]
    assert run(evening, "reconcile", "Habi", "--at", "20.00")["foreign"] == []


def look(evening: Evening, place: str, officer: str, at: str, seen: tuple[str, ...] = (), missing: tuple[str, ...] = ()) -> None:
    """An inspection of a room by an officer of it."""
    evening.office.clock.now = datetime.fromisoformat(at)
    with evening.office.open() as office:
        told = [Seen(box) for box in seen]
        drafted = guardroom.counts(office.common(), told, place=place, officer=officer, counted=None, missing=missing)
        office.submit([evening.office.signed(one, officer) for one in drafted])


def test_a_box_that_was_not_found_where_it_lies_is_unaccounted_for(evening: Evening) -> None:
    look(evening, WAREHOUSE, "keeper-1", "2024-11-27T18:30:00Z", missing=(DPR,))
    told = run(evening, "reconcile", "gudang", exit=1)
    assert [one["box"] for one in told["unaccounted"] if one["place"]] == [DPR] and told["unaccounted"][0]["kind"] == "unaccounted"
    assert told["total"]["here"] == 9 and told["total"]["custody"] == 9
    look(evening, WAREHOUSE, "keeper-1", "2024-11-27T19:00:00Z", seen=(DPR,))
    assert run(evening, "reconcile", "gudang")["total"]["custody"] == 10


def test_a_missing_box_is_missing_everywhere_from_that_hour_on(evening: Evening) -> None:
    """Looked for at 02.30 and not found; seen again at 03.00: in between nobody says that the store holds it."""
    look(evening, WAREHOUSE, "keeper-1", "2024-11-27T18:30:00Z", missing=(DPR,))
    evening.desk.now = datetime(2024, 11, 27, 18, 50, tzinfo=UTC)
    for ended in (evening.desk.run("where", "TPS 1 Habi DPR"), evening.desk.run("where", "TPS 1 Habi DPR", "--at", "02.45")):
        assert "TIDAK DIKETAHUI DI MANA, terakhir tercatat" in ended.out and "TIDAK DITEMUKAN" in ended.out
    assert "TIDAK DITEMUKAN" in evening.desk.run("trace", DPR).out.splitlines()[0]
    assert "Terakhir tercatat di" in evening.desk.run("status", DPR).out
    now, then = (run(evening, "reconcile", "gudang", *at)["total"] for at in ((), ("--at", "02.45")))
    assert (now["custody"], now["unaccounted"]) == (then["custody"], then["unaccounted"])
    assert run(evening, "reconcile", "gudang", "--at", "02.15")["total"]["custody"] == then["custody"] + 1
    look(evening, WAREHOUSE, "keeper-1", "2024-11-27T19:00:00Z", seen=(DPR,))
    evening.desk.now = datetime(2024, 11, 27, 19, 42, tzinfo=UTC)
    counts = {at: run(evening, "reconcile", "gudang", "--at", at)["total"]["custody"] for at in ("02.15", "02.45", "03.30")}
    assert counts == {"02.15": 10, "02.45": 9, "03.30": 10}


def close(evening: Evening, box: str, end: str) -> None:
    """A closing in the warehouse at 02.30."""
    evening.office.clock.now = datetime.fromisoformat("2024-11-27T18:30:00Z")
    with evening.office.open() as office:
        row = {"box": box, "by": {"how": "sight", "label": None}, "prev": evening.state(box)[0].holding.sid, "seals": []}
        rest = {"irregular": [], "note": None, "photos": []}
        told = office.draft("closing", boxes=[row], end=end, permit="2/2024", place=WAREHOUSE, **rest)
        office.submit([evening.office.signed(told, "kpu-1", "polri-1")])


@pytest.mark.parametrize(("end", "here"), [("archived", 10), ("destroyed", 9)])
def test_what_was_archived_lies_there_and_is_closed_now_and_then(evening: Evening, end: str, here: int) -> None:
    close(evening, DPR, end)
    now, then = (run(evening, "reconcile", "gudang", *at)["total"] for at in ((), ("--at", "03.30")))
    assert (now["here"], now["closed"], now["custody"]) == (here, 1, 9) == (then["here"], then["closed"], then["custody"])
    assert run(evening, "status", "gudang")["total"]["here"] == here
    before = run(evening, "reconcile", "gudang", "--at", "02.15")["total"]
    assert (before["here"], before["closed"]) == (10, 0)


def test_a_box_is_held_since_it_was_taken_and_not_since_it_was_opened_or_closed(evening: Evening) -> None:
    close(evening, DPR, "archived")
    for words in (("where", "TPS", "1", "Habi", "DPR"), ("where", "TPS", "1", "Habi", "DPR", "--at", "03.30")):
        assert run(evening, *words)["boxes"][0]["since"] == "2024-11-27T16:30:00Z"
    assert run(evening, "status", DPR)["since"] == "2024-11-27T16:30:00Z"
    assert "sejak 28 November 2024 pukul 00.30 WITA" in " ".join(evening.desk.run("trace", DPR).out.split("1. ")[0].split())
    (row,) = [one for one in run(evening, "reconcile", "gudang", "--boxes")["boxes"] if one["box"] == DPR]
    assert row["since"] == "2024-11-27T16:30:00Z"


def test_what_was_closed_with_a_breach_is_no_work_for_today(evening: Evening) -> None:
    """Told beside, with the command that lists it."""
    box = f"PEM24-{TPS}-PPWP-1"
    evening.office.clock.now = datetime.fromisoformat("2024-11-27T18:10:00Z")
    with evening.office.open() as office:
        torn = Seen(box, seals={"lid": ("torn", None)})
        seats = [evening.office.seat("sealer", "keeper-1"), evening.office.seat("witness", "guard-1")]
        daily.record_seal(office, [torn], seats, place=WAREHOUSE, sealer="keeper-1", witness="guard-1", phase="packed", reason="other")
    before = run(evening, "status", "gudang", exit=1)
    assert [one["box"] for one in before["trouble"]] == [box] and before["total"]["trouble"] == 1
    close(evening, box, "archived")
    after = run(evening, "status", "gudang", exit=1)
    assert (after["trouble"], after["total"]["trouble"]) == ([], 0) and [one["box"] for one in after["past_trouble"]] == [box]
    shown = evening.desk.run("status", "gudang").out
    assert "1 kotak yang sudah selesai ditutup dengan temuan" in shown and "Kerjakan ini dahulu" not in shown


def test_a_box_that_was_registered_later_was_not_expected_then(evening: Evening) -> None:
    """An old answer does not change when a box of a repeated vote is registered."""
    before = run(evening, "reconcile", "TPS 1 Habi", "--at", "01.00")["total"]
    fresh = {"box": f"PEM24-{TPS}-DPR-2", "codes": [], "place": TPS, "replaces": None, "round": 2, "type": "DPR"}
    evening.office.clock.now = datetime.fromisoformat("2024-11-27T18:30:00Z")
    with evening.office.open() as office:
        office.submit([evening.office.signed(office.draft("register", boxes=[fresh], reason="psu"), "kpu-1", "polri-1")])
    assert run(evening, "reconcile", "TPS 1 Habi", "--at", "01.00")["total"] == before
    now, then = (run(evening, "reconcile", "TPS 1 Habi", *at)["total"]["expected"] for at in ((), ("--at", "03.00")))
    assert now == then == before["expected"] + 1


def test_several_boxes_end_with_how_many_stand_how(evening: Evening) -> None:
    close(evening, DPR, "archived")
    told = evening.desk.run("where", "TPS 1 Habi").out.strip().splitlines()[-1]
    assert told.startswith("5 kotak: dipegang 4 ·") and "selesai 1" in told
    assert run(evening, "where", "TPS 1 Habi")["total"]["closed"] == 1


def test_boxes_without_a_record_are_wanted(evening: Evening) -> None:
    """Sixty of the kecamatan nobody has recorded: it is not said that nothing is missing."""
    ended = evening.desk.run("reconcile")
    assert ended.exit == 1 and "Ada yang harus dicari" in ended.out and "TIDAK DIKETAHUI: 60 kotak" in ended.out
    assert "Tidak ada yang" not in ended.out
    assert "Tidak ada yang terlambat, tidak diketahui, disengketakan atau asing." in evening.desk.run("reconcile", "TPS 1 Habi").out


def test_a_box_whose_records_do_not_connect_is_not_held(evening: Evening) -> None:
    """The store hands it on, on top of a record that is not here: where it is, nobody can say; in the store it may be."""
    with evening.office.open() as office:
        journey = Journey(WAREHOUSE, KECAMATAN, KECAMATAN, "keeper-1", "ppk-1", escort=Escort(2, (), "Sprin/12/I/2024"))
        (draft,) = daily.handoff_drafts(office, Known(office), journey, [Seen(DPR)], evening.random)
        body = {**draft.body, "boxes": [{**draft.body["boxes"][0], "prev": "0" * 64}]}
        seats = [evening.office.seat("giver", "keeper-1"), evening.office.seat("receiver", "ppk-1")]
        daily.submit(office, [statement.draft("handoff", body)], seats)
    told = run(evening, "reconcile", "gudang", exit=1)
    assert [(one["box"], one["here"]) for one in told["unaccounted"] if one["status"] == "orphan"] == [(DPR, "possibly")]
    assert (told["total"]["custody"], told["total"]["here"]) == (9, 9)


def test_a_stolen_box_is_unaccounted_for(evening: Evening) -> None:
    evening.office.clock.now = datetime.fromisoformat("2024-11-27T18:30:00Z")
    with evening.office.open() as office:
        (told,) = occasions.incident(office.common(), occasions.Incident(code="stolen", place=WAREHOUSE, boxes=(DPR,)))
        office.submit([evening.office.signed(told, "keeper-1")])
    found = run(evening, "reconcile", exit=1)
    assert (found["total"]["custody"], found["total"]["unaccounted"]) == (9, 61)


def test_a_box_that_was_seen_where_nobody_recorded_it_is_foreign_there(evening: Evening) -> None:
    look(evening, LANGIR, "pps-09", "2024-11-27T18:30:00Z", seen=(DPR,))
    told = run(evening, "reconcile", "Langir", exit=1)
    assert [(one["box"], one["here"]) for one in told["foreign"]] == [(DPR, "possibly")]


def test_a_box_is_no_place(evening: Evening) -> None:
    ended = evening.desk.run("reconcile", "TPS", "1", "Habi", "DPR")
    assert ended.exit == 2 and f"custody where {DPR}" in ended.err


# -- one line ------------------------------------------------------------------------------------------------------------------


def test_where_is_a_box(evening: Evening) -> None:
    lines = evening.desk.run("where", "TPS", "1", "Habi", "DPR").out.splitlines()
    assert lines == ["TPS 001 Habi · DPR: di Gudang KPU Sikka, dipegang keeper-1 sejak 28 November 2024 pukul 00.30 WITA"]
    then_ = evening.desk.run("where", "TPS", "1", "Habi", "DPR", "--at", "20.30").out
    assert then_.startswith("TPS 001 Habi · DPR: di Habi, dipegang pps-08 sejak 27 November 2024 pukul 20.00")
    assert "bisa juga di Kangae" in evening.desk.run("where", "TPS", "1", "Habi", "DPR", "--at", "00.32").out
    assert evening.desk.run("where", "TPS", "1", "Habi", "DPR", "--at", "27-11-2024 10.00").out.endswith("saat itu belum ada catatan\n")
    assert len(evening.desk.run("where", "TPS", "1", "Habi").out.splitlines()) == 6
    assert evening.desk.run("where", "TPS", "3", "Habi", "DPR").out == "TPS 003 Habi · DPR: belum ada catatan\n"


# -- minutes as typed ----------------------------------------------------------------------------------------------------------

TYPED = [
    ("01:00", "2024-11-27T17:00:00Z"),
    ("01.00", "2024-11-27T17:00:00Z"),
    ("pukul 19.42 WITA", "2024-11-27T11:42:00Z"),
    ("23.59", "2024-11-27T15:59:00Z"),
    ("04:00", "2024-11-26T20:00:00Z"),
    ("26-11-2024 04.00", "2024-11-25T20:00:00Z"),
    ("26-11-2024", "2024-11-25T16:00:00Z"),
    ("2024-11-27T10:00:00Z", "2024-11-27T10:00:00Z"),
]


@pytest.mark.parametrize(("typed", "expected"), TYPED)
def test_a_minute_as_typed(typed: str, expected: str) -> None:
    assert minute(typed, "2024-11-27T19:42:00Z", "Asia/Makassar") == expected  # it is 03.42 on the 28th here


TOLD = [("28-11-2024 05.00", "cli.minute.future"), ("besok", "date.typed"), ("25.99", "date.typed"), ("0001-01-01 00:00", "date.typed")]


@pytest.mark.parametrize(("typed", "code"), TOLD)
def test_a_minute_that_cannot_be_asked(typed: str, code: str) -> None:
    with pytest.raises(CustodyError) as caught:
        minute(typed, "2024-11-27T19:42:00Z", "Asia/Makassar")
    assert caught.value.code == code


# -- from one minute to another --------------------------------------------------------------------------------------------------

DAY, NEXT, THIRD = "2024-11-26T16:00:00Z", "2024-11-27T16:00:00Z", "2024-11-28T16:00:00Z"  # midnights here, as UTC
SPANS = [
    ("a whole day", "27-11-2024", "27-11-2024", (DAY, NEXT)),
    ("today, which is not over", None, "28-11-2024", (None, THIRD)),
    ("a day to come", "27-11-2024", "1 Desember 2024", (DAY, "2024-12-01T16:00:00Z")),
    ("a minute is whole", "27-11-2024 18.00", "27-11-2024 18.00", ("2024-11-27T10:00:00Z", "2024-11-27T10:01:00Z")),
    ("a second is whole", None, "2024-11-27T10:00:00Z", (None, "2024-11-27T10:00:01Z")),
    ("a minute to come", None, "28-11-2024 06.00", (None, "2024-11-27T22:01:00Z")),
    ("clocks of last evening", "18.00", "20.00", ("2024-11-27T10:00:00Z", "2024-11-27T12:01:00Z")),
    ("over midnight, to a clock that is to come", "18.00", "06.00", ("2024-11-27T10:00:00Z", "2024-11-27T22:01:00Z")),
    ("over midnight, to a clock that has passed", "18.00", "02.00", ("2024-11-27T10:00:00Z", "2024-11-27T18:01:00Z")),
    ("from a day to a clock", "27-11-2024", "02.00", (DAY, "2024-11-27T18:01:00Z")),
    ("no end", "02.00", None, ("2024-11-27T18:00:00Z", None)),
    ("nothing asked", None, None, (None, None)),
]


@pytest.mark.parametrize(("since", "until", "expected"), [row[1:] for row in SPANS], ids=[row[0] for row in SPANS])
def test_a_time_as_typed(since: str | None, until: str | None, expected: tuple[str | None, str | None]) -> None:
    assert span(since, until, "2024-11-27T19:42:00Z", "Asia/Makassar") == expected


WRONG = [
    ("28-11-2024", "27-11-2024", "cli.minute.reversed"),
    ("27-11-2024 20.00", "27-11-2024 19.59", "cli.minute.reversed"),
    ("29-11-2024", None, "cli.minute.future"),
    ("29-11-2024", "30-11-2024", "cli.minute.future"),
    (None, "besok", "date.typed"),
    (None, "31-12-9999", "date.typed"),
    (None, "30-02-2024", "date.typed"),
    ("", None, "date.typed"),
]


@pytest.mark.parametrize(("since", "until", "code"), WRONG)
def test_a_time_that_cannot_be_asked(since: str | None, until: str | None, code: str) -> None:
    with pytest.raises(CustodyError) as caught:
        span(since, until, "2024-11-27T19:42:00Z", "Asia/Makassar")
    assert caught.value.code == code


# -- the pure part -------------------------------------------------------------------------------------------------------------

A, B = Step("x", 100, "a", "a", 1), Step("x", 200, "b", "b", 2)
SWAPPED = Step("x", 150, "c", "c", 3)  # it follows B in the chain, and its signers claim an earlier time
STOOD = [
    ("before", (A, B), 50, 0, Then(None, -1)),
    ("at its first", (A, B), 100, 0, Then(A, 0)),
    ("between", (A, B), 199, 0, Then(A, 0)),
    ("at its last", (A, B), 200, 0, Then(B, 1)),
    ("either side of a link", (A, B), 195, 10, Then(A, 0, (B,))),
    ("clear of both", (A, B), 150, 10, Then(A, 0)),
    ("times against the chain", (A, B, SWAPPED), 160, 0, Then(SWAPPED, 2)),
]


@pytest.mark.parametrize(("steps", "second", "skew", "expected"), [row[1:] for row in STOOD], ids=[row[0] for row in STOOD])
def test_how_a_box_stood(steps: tuple[Step, ...], second: int, skew: int, expected: Then) -> None:
    trail = Trail()
    trail.put("x", steps)
    assert then(trail, "x", second, skew) == expected


def test_where_says_that_a_box_is_reported_gone_or_what_became_of_it(evening: Evening) -> None:
    evening.office.clock.now = datetime.fromisoformat("2024-11-27T18:30:00Z")
    other = f"PEM24-{TPS}-PPWP-1"
    with evening.office.open() as office:
        (told,) = occasions.incident(office.common(), occasions.Incident(code="stolen", place=WAREHOUSE, boxes=(DPR,)))
        office.submit([evening.office.signed(told, "keeper-1")])
    close(evening, other, "destroyed")
    assert "DILAPORKAN kotak dicuri" in evening.desk.run("where", "TPS", "1", "Habi", "DPR").out
    assert "dimusnahkan" in evening.desk.run("where", "TPS", "1", "Habi", "PPWP").out
    assert "DILAPORKAN kotak dicuri" in evening.desk.run("trace", DPR).out.splitlines()[0]
    assert "ditutup: dimusnahkan" in evening.desk.run("trace", other).out.splitlines()[0]
    assert "ditutup: dimusnahkan" in evening.desk.run("find", other).out


def test_a_past_minute_names_what_was_corrected_since(evening: Evening) -> None:
    """A supervisor voids the handoff into the store afterwards: the answer for that minute is another one, and says so."""
    before = run(evening, "reconcile", "gudang", "--at", "02.00")
    assert before["total"]["here"] == 10 and before["revised"] == []
    assert "Menurut catatan yang kini berlaku" in evening.desk.run("reconcile", "gudang", "--at", "02.00").out
    evening.office.clock.now = datetime.fromisoformat("2024-11-27T19:00:00Z")
    with evening.office.open() as office:
        one = daily.recorded(office, str(evening.state(DPR)[0].holding.entry))
        made = daily.correction(office, one, [DPR], effect="void", reason="double")
        daily.submit(office, [made], [evening.office.seat("correction", "kasatops-1")])
        entry = office.ledger.size - 1
    after = run(evening, "reconcile", "--at", "02.00")
    assert after["revised"] == [{"entry": entry, "boxes": [DPR]}]
    assert f"SESUDAH menit itu: entri {entry}, 1 kotak" in evening.desk.run("reconcile", "--at", "02.00").out
    assert run(evening, "reconcile", "--at", "03.30")["revised"] == []
