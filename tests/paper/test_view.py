"""What a report says (docs/spec/13-report.md, REPORT-5 to REPORT-9), beside what the whole ledger says of the same boxes."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from custody.core.errors import Altered
from custody.core.private import seal
from custody.core.verify import verify
from custody.i18n import words
from custody.paper.canvas import typeface
from custody.paper.canvas.table import Table
from custody.paper.proven import evidence
from custody.paper.reports import report
from custody.paper.reports.view import HOW, LIMITS, view
from fixtures.reports import NEIGHBOUR, Told, trusting
from fixtures.smallworld import BOX, SEALS

SEALED = [{"number": None if seal["point"] != "lid" else "S-001", "point": seal["point"], "state": "intact"} for seal in SEALS]


def unsigned(world: Told) -> None:
    """The PPK gives, and refuses to sign."""
    refused = {"deed": None, "name": None, "reason": "refused"}
    world.admit("keeper-1", "keeper", "5307-GUDANG")
    line = world.line(BOX, world.at_ppk)
    world.put(world.handoff(line, giver="ppk-1", receiver="keeper-1", start="530719", end="5307-GUDANG", unsigned=refused), "keeper-1")


def offered(world: Told) -> None:
    line = world.line(BOX, world.at_ppk)
    world.put(world.handoff(line, giver="ppk-1", receiver="pps-1", start="530719", end="5307192001"), "ppk-1")


def disputed(world: Told) -> None:
    world.back_to_pps(world.at_ppk)
    world.back_to_pps(world.at_ppk)


def orphan(world: Told) -> None:
    world.back_to_pps("0" * 64)


def corrected(world: Told) -> None:
    body = {"about": [world.at_ppk], "boxes": [BOX], "effect": "void", "instead": None, "note": None, "reason": "wrong-place"}
    world.put(world.draft("correction", **body), "kasatops-1")


def seal_changed(world: Told) -> None:
    line = world.line(BOX, world.at_ppk, seals=[{**seal, "state": "torn"} for seal in SEALS])
    world.put(world.handoff(line, giver="ppk-1", receiver="pps-1", start="530719", end="5307192001"), "pps-1", "ppk-1")


def seal_used_before(world: Told) -> None:
    """The neighbour had this seal number first."""
    world.put(world.seal(world.line(NEIGHBOUR, None, seals=SEALED), place="5307192001-002"), "kpps-1", "guard-1")
    world.put(world.seal(world.line(BOX, world.at_ppk, seals=SEALED), by="ppk-1", place="530719"), "ppk-1", "guard-1")


def wrong_role(world: Told, taken_back: bool = False) -> None:
    """An escort, who may hold no boxes, receives it; the whole statement is wrong, not its line about the box."""
    world.enrol("escort-1", "escort", ["5307"])
    line = world.line(BOX, world.at_ppk)
    handed = world.handoff(line, giver="ppk-1", receiver="escort-1", start="530719", end="5307192001")
    world.put(handed, "ppk-1", "escort-1")
    if taken_back:
        body = {"about": [handed.sid], "boxes": [BOX], "effect": "void", "instead": None, "note": None, "reason": "wrong-place"}
        world.put(world.draft("correction", **body), "kasatops-1")


def suspect(world: Told) -> None:
    body = {"key": "guard-1", "reason": "lost", "since": "2024-11-27T10:00:00Z"}
    world.put(world.draft("revoke", **body), "kpu-1", "polri-1")


def unregistered(world: Told) -> None:
    """A box that nobody registered is sealed at the TPS of the other."""
    world.put(world.seal(world.line("PEM24-5307192001-001-PPWP-1", None)), "kpps-1", "guard-1")


def signed_twice(world: Told) -> None:
    """The same handoff once more, with one signature more."""
    line = world.line(BOX, world.at_ppk)
    drafted = world.handoff(line, giver="ppk-1", receiver="pps-1", start="530719", end="5307192001", recorder="guard-1")
    world.put(drafted, "ppk-1", "pps-1")
    world.put(drafted, "guard-1")


STORIES: dict[str, tuple[Callable[[Told], None], str]] = {
    "a giver who refused": (unsigned, "ok"),
    "an offer": (offered, "offered"),
    "two links after one": (disputed, "disputed"),
    "a link after nothing": (orphan, "orphan"),
    "a link taken back": (corrected, "ok"),
    "a seal torn": (seal_changed, "ok"),
    "a seal number used before": (seal_used_before, "ok"),
    "a key that became suspect": (suspect, "ok"),
    "a statement signed in two steps": (signed_twice, "ok"),
}


def said(world: Told, **changes: Any) -> tuple[evidence.Reading, list[Table], dict[str, str]]:
    """The reading, the tables and the figures of a report."""
    reading = evidence.read(world.report(**changes), trusting(world))
    told = view(reading)
    return reading, list(told.tables), dict(told.figures)


@pytest.mark.parametrize("name", STORIES)
def test_a_report_tells_every_finding_that_the_whole_ledger_gives(name: str) -> None:
    happen, status = STORIES[name]
    world = Told()
    happen(world)
    verdict, _ = verify(world)
    reading, tables, figures = said(world)
    entries = {one.entry for one in reading.told}
    expected = [
        one for one in verdict.findings if (one.box == BOX if one.box else entries & set(one.entries)) and one.code != "time.unbounded"
    ]
    assert reading.settled[BOX][0] == verdict.boxes[BOX]
    assert reading.settled[BOX][0].status == status
    for severity, word in (("breach", "pelanggaran"), ("warning", "peringatan"), ("note", "catatan")):
        assert figures[word] == str(sum(one.severity == severity for one in expected)), severity
    rows = list(tables[0].rows)
    assert sum(row[2] != "" for row in rows) == len(rows)
    assert len(rows) >= len({one.code for one in expected})


# Name: what happens, what the box is called on the page. A chain that holds together does not make a box good.
STATES: dict[str, tuple[Callable[[Told], None], str]] = {
    "nothing more": (lambda world: None, "baik"),
    "a seal torn": (seal_changed, "ada pelanggaran"),
    "a giver who did not sign": (unsigned, "belum beres"),
    "two branches": (disputed, "disengketakan"),
    "a seal number used before": (seal_used_before, "ada pelanggaran"),
    "a receiver who may not receive": (wrong_role, "ada pelanggaran"),
    "a receiver who may not receive, taken back": (lambda world: wrong_role(world, taken_back=True), "baik"),
}


@pytest.mark.parametrize("name", STATES)
def test_a_box_against_which_something_stands_is_not_called_good(name: str) -> None:
    happen, shown = STATES[name]
    world = Told()
    happen(world)
    _, tables, figures = said(world)
    assert [row[3] for row in tables[1].rows] == [shown]
    assert figures[shown] == "1" and (shown == "baik") == ("baik" in figures)


def test_a_correction_says_what_it_corrects_and_why() -> None:
    world = Told()
    corrected(world)
    _, tables, _ = said(world)
    void = "DIBATALKAN; kembali kepada Bripka Petugas Contoh pps-1 (pps-1)"
    assert tables[2].rows[-1][2:4] == ("pembetulan", f"atas serah terima entri 10\npembatalan diminta: tempat yang salah\n{void}")
    world = Told()
    body = {"about": [world.at_ppk], "boxes": [BOX], "effect": "remark", "instead": world.at_pps, "note": None, "reason": "double"}
    world.put(world.draft("correction", **body), "kasatops-1")
    _, tables, _ = said(world)
    way = tables[2].rows[-1][3].splitlines()
    assert way == ["atas serah terima entri 10", f"catatan saja: {words.say('mistake.double')}", "yang benar: entri 9"]


# Name: what is about the link, who signs the correction; what the page says of it.
IDLE: dict[str, tuple[Callable[[Told], str], str, str]] = {
    "the box moved on": (lambda world: world.at_pps, "kasatops-1", "terlambat, kotak sudah berpindah lagi sesudahnya"),
    "one party alone": (
        lambda world: world.at_ppk, "ppk-1", "tanda tangannya kurang, atau penanda tangannya tidak bertugas di tempat itu"
    ),
    "no such record": (lambda world: "ab" * 32, "kasatops-1", "catatan yang dimaksud tidak ada untuk kotak ini"),
}  # fmt: skip


@pytest.mark.parametrize("name", IDLE)
def test_a_correction_without_effect_is_never_called_void(name: str) -> None:
    about, signer, why = IDLE[name]
    world = Told()
    body = {"about": [about(world)], "boxes": [BOX], "effect": "void", "instead": None, "note": None, "reason": "wrong-place"}
    world.put(world.draft("correction", **body), signer)
    _, tables, _ = said(world)
    assert tables[2].rows[-1][3].splitlines()[1:] == ["pembatalan diminta: tempat yang salah", f"TIDAK BERLAKU: {why}"]
    assert not any("DIBATALKAN" in cell for table in tables[:4] for row in table.rows for cell in row)


def test_an_offer_that_is_signed_later_is_two_rows_and_held_since_the_second() -> None:
    world = Told()
    line = world.line(BOX, world.at_ppk)
    offer = world.handoff(line, giver="ppk-1", receiver="pps-1", start="530719", end="5307192001")
    world.put(offer, "ppk-1")
    world.put(offer, "pps-1")
    _, tables, _ = said(world)
    first, second = tables[2].rows[-2:]
    assert (first[0], first[2]) == ("11", "serah terima: ditawarkan, penerima belum menandatangani")
    assert (second[0], second[2], second[3]) == ("12", "serah terima: diterima", "atas serah terima entri 11")
    assert "pps-1" in second[4] and "ppk-1" not in second[4]
    assert [row[2] for row in tables[-1].rows[-2:]] == ["ppk-1", "pps-1"]
    assert tables[1].rows[0][6] == f"{first[1]}, entri 12"


def test_a_box_taken_by_an_ack_is_held_since_the_moment_of_the_ack() -> None:
    world = Told()
    offered(world)
    sid = world.scoped_sids()[-1]
    world.clock += 240
    line = {name: value for name, value in world.line(BOX, None).items() if name != "prev"}
    body = {"about": [sid], "boxes": [line], "irregular": [], "note": None, "photos": [], "place": "5307192001", "side": "receiver"}
    world.put(world.draft("ack", **body), "pps-1")
    _, tables, _ = said(world)
    offer, ack = tables[2].rows[-2:]
    assert (ack[0], ack[2]) == ("12", "penegasan terima")
    assert offer[1] != ack[1] and tables[1].rows[0][6] == f"{ack[1]}, entri 12"


def test_what_was_recorded_later_says_so_wherever_its_time_stands() -> None:
    world = Told()
    line, happened = world.line(BOX, world.at_ppk), {"at": "2024-11-27T10:05:00Z", "basis": "memory"}
    late = world.handoff(line, giver="ppk-1", receiver="pps-1", start="530719", end="5307192001", happened=happened)
    world.put(late, "pps-1", "ppk-1")
    _, tables, _ = said(world)
    when = tables[2].rows[-1][1]
    assert re.fullmatch(r"27-11-2024 18\.05 WITA \(menurut ingatan; dicatat 18\.\d\d WITA\)", when)
    assert tables[1].rows[0][6] == f"{when}, entri 11"


def acknowledged(world: Told, signer: str, giver: str | None) -> tuple[str, ...]:
    """The row of an ack by which somebody declares himself the giver."""
    line, unsigned = world.line(BOX, world.at_ppk), {"deed": None, "name": None, "reason": "no-key"}
    moved = world.handoff(line, giver=giver, receiver="pps-1", start="530719", end="5307192001", unsigned=unsigned)
    world.put(moved, "pps-1")
    line = {name: value for name, value in line.items() if name != "prev"}
    body = {"about": [moved.sid], "boxes": [line], "irregular": [], "note": None, "photos": [], "place": "530719", "side": "giver"}
    world.put(world.draft("ack", **body), signer)
    return said(world)[1][2].rows[-1]


def test_who_acknowledges_a_handover_is_named_as_what_he_is() -> None:
    row = acknowledged(Told(), "ppk-1", "ppk-1")
    assert row[2] == "penegasan penyerahan"
    assert row[3].splitlines()[1] == "Bripka Petugas Contoh ppk-1 (ppk-1) mengakui penyerahannya"
    named = "yang disebut sebagai pemberi: seseorang tanpa kunci"
    row = acknowledged(Told(), "ppk-1", None)
    assert row[3].splitlines()[1] == f"pemegang sebelumnya, Bripka Petugas Contoh ppk-1 (ppk-1), mengakui; {named}"
    world = Told()
    world.admit("ppk-2", "ppk", "530719")
    row = acknowledged(world, "ppk-2", None)
    who = "Bripka Petugas Contoh ppk-2 (ppk-2) mengakui, rekan dari pemegang sebelumnya, Bripka Petugas Contoh ppk-1 (ppk-1)"
    assert row[3].splitlines()[1] == f"{who}; {named}"
    world = Told()
    row = acknowledged(world, "kpps-1", None)
    assert row[3].splitlines()[1].startswith("TIDAK BERPENGARUH")


def test_a_stranger_finds_types_states_and_keys_spelled_out() -> None:
    world = Told()
    _, tables, _ = said(world)
    terms, signers = tables[-3], tables[-2]
    assert terms.rows[0] == ("DPR", "kotak suara untuk pemilihan DPR")
    assert [row[0] for row in terms.rows] == ["DPR", "baik", "cakupan", "Segel"]
    assert ("kpps-1", "Bripka Petugas Contoh kpps-1", "KPPS", "—", "TPS 001 Desa Satu") in signers.rows
    assert {key for row in tables[-1].rows for key in row[2].split(", ")} <= {row[0] for row in signers.rows}
    assert "laporan per kotak" in said(world, scope=("tps", "5307192001-001"))[1][-3].rows[-1][1]


def test_notes_are_shown_for_every_scope() -> None:
    """What is counted can be read: for many boxes one row for each kind of note."""
    world = Told()
    line = world.line(BOX, world.at_ppk, by={"how": "sight", "label": None})
    world.put(world.handoff(line, giver="ppk-1", receiver="pps-1", start="530719", end="5307192001"), "ppk-1", "pps-1")
    for scope in (("box", BOX), ("desa", "5307192001")):
        boxes = (BOX,) if scope[0] == "box" else (BOX, NEIGHBOUR)
        _, tables, figures = said(world, scope=scope, sids=world.scoped_sids(boxes))
        notes = [row for row in tables[0].rows if row[1] == "catatan"]
        assert int(figures["catatan"]) > 0
        assert notes and (scope[0] == "box" or len(notes) <= int(figures["catatan"]))


def without_key(world: Told, shown: bool) -> list[str]:
    """Who gave, where the giver has no key; his name is committed to, and opened or not."""
    name, opening = seal("name", "Ketua Contoh Tanpa Kunci", b"7" * 16)
    unsigned = {"deed": None, "name": name, "reason": "no-key"}
    line = world.line(BOX, world.at_ppk)
    back = world.handoff(line, giver=None, receiver="pps-1", start="530719", end="5307192001", unsigned=unsigned)
    world.put(back, "pps-1")
    openings = {**world.openings, **({name["c"]: opening} if shown else {})}
    _, tables, _ = said(world, openings=tuple(sorted(openings.items())))
    return tables[2].rows[-1][4].splitlines()


def test_a_giver_without_key_is_named_only_where_the_facts_open_his_name() -> None:
    assert without_key(Told(), shown=False)[0] == "pemberi tanpa kunci, tidak menandatangani (tidak punya kunci)"
    assert without_key(Told(), shown=True)[0] == "Ketua Contoh Tanpa Kunci, tanpa kunci, tidak menandatangani (tidak punya kunci)"


def test_a_box_that_was_found_made_no_journey_and_had_no_giver() -> None:
    world = Told()
    found = {"deed": None, "name": None, "reason": "found"}
    back = world.handoff(world.line(BOX, world.at_ppk), giver=None, receiver="pps-1", start="5307192001", end="5307192001", unsigned=found)
    world.put(back, "pps-1")
    row = said(world)[1][2].rows[-1]
    assert row[3].startswith("ditemukan di sini: ") and "→" not in row[3] and "pengawal" not in row[3], row
    assert row[4].splitlines()[0] == "tidak ada pemberi (ditemukan)"


def test_places_and_people_in_findings_stand_by_their_names() -> None:
    world = Told()
    disputed(world)
    offered(world)
    _, tables, _ = said(world)
    told = " ".join(row[1] for row in tables[0].rows)
    assert "5307192001 " not in told and " 530719 " not in told


ENGLISH = re.compile(r"\b(lid|slot|tie|intact|torn|loose|missing|weather|refused|key|ok|handoff|seal|correction|void|wrong)\b")


def test_no_english_word_is_left_in_an_indonesian_report() -> None:
    """Codes of the statements (seal points, states, reasons, kinds) are all said in words."""
    world = Told()
    irregular = [{"finding": "seal.changed", "reason": "weather"}]
    line = world.line(BOX, world.at_ppk, seals=[{**seal, "state": "torn"} for seal in SEALS])
    moved = world.handoff(line, giver="ppk-1", receiver="pps-1", start="530719", end="5307192001", irregular=irregular)
    world.put(moved, "pps-1", "ppk-1")
    corrected(world)
    _, tables, figures = said(world)
    cells = [cell for table in tables[:-1] for row in table.rows for cell in row] + [*figures]
    assert [found for cell in cells if (found := ENGLISH.search(cell.lower()))] == []
    assert any("cuaca" in cell for cell in cells), "a stated reason is said in words"


def test_an_unregistered_box_is_in_the_report_of_the_place_that_its_id_names() -> None:
    world = Told()
    unregistered(world)
    stranger = "PEM24-5307192001-001-PPWP-1"
    boxes = (BOX, NEIGHBOUR, stranger)
    reading, tables, _ = said(world, scope=("desa", "5307192001"), sids=world.scoped_sids(boxes))
    assert sorted(reading.settled) == sorted(boxes)
    assert any(stranger in row[2] for row in tables[0].rows)


def test_boxes_that_stand_alike_share_a_row() -> None:
    world = Told()
    _, tables, figures = said(world, scope=("desa", "5307192001"), sids=world.scoped_sids((BOX, NEIGHBOUR)))
    assert [(row[0], row[2], row[3]) for row in tables[1].rows] == [
        ("TPS 001 Desa Satu", "1", "baik"),
        ("TPS 002 Desa Satu", "1", "terdaftar"),
    ]
    assert figures["kotak"] == "2"
    world = Told()
    both = [f"PEM24-5307192001-{station}-PPWP-1" for station in ("001", "002")]
    world.register(*both)
    _, tables, _ = said(world, scope=("desa", "5307192001"), sids=world.scoped_sids((BOX, NEIGHBOUR)))
    assert ("TPS 001, 002 Desa Satu", "PPWP", "2") not in [row[:3] for row in tables[1].rows]
    assert sum(int(row[2]) for row in tables[1].rows) == 4


def test_the_story_of_one_box_shows_its_seals_at_each_step() -> None:
    world = Told()
    seal_changed(world)
    _, tables, _ = said(world)
    seals = tables[3].rows
    assert [row[0] for row in seals] == ["8", "9", "10", "11"]
    intact, torn = words.say("sealstate.intact"), words.say("sealstate.torn")
    points = "tutup", "tali 1", "tali 2"
    told = [row[2].replace("\u00a0", " ") for row in seals]
    assert told[0] == "; ".join(f"{point} tanpa nomor: {intact}" for point in points)
    assert told[3] == "; ".join(f"▲ {point} tanpa nomor: {torn}" for point in points)


def test_a_statement_that_came_twice_stands_at_both_entries_with_who_signed_there() -> None:
    world = Told()
    signed_twice(world)
    reading, tables, figures = said(world)
    assert len(reading.told) == 5
    assert [row[2] for row in tables[2].rows] == ["penyegelan", *["serah terima"] * 3, "serah terima: tanda tangan tambahan"]
    assert [row[2] for row in tables[-1].rows[-2:]] == ["ppk-1, pps-1", "guard-1"]
    assert figures["serah terima"] == "3"


def test_names_only_where_they_are_opened() -> None:
    world = Told()
    some = tuple(item for item in sorted(world.openings.items()) if item[1].value.endswith("kpps-1"))
    _, tables, _ = said(world, openings=some)
    people = tables[2].rows[0][4]
    assert people == "Petugas Contoh kpps-1 (kpps-1)\nsaksi guard-1"


def test_an_opening_of_another_field_is_no_name() -> None:
    """An enrolment may commit to anything under `name`; only a name is shown as one."""
    world = Told()
    card = world.card("kpps-1")
    world.admit("lain-1", "guard", "5307", name=card["rank"], rank=None)
    line = world.line(BOX, world.at_ppk)
    back = world.handoff(line, giver="ppk-1", receiver="pps-1", start="530719", end="5307192001", recorder="lain-1")
    world.put(back, "ppk-1", "pps-1", "lain-1")
    _, tables, _ = said(world)
    assert tables[2].rows[-1][4].endswith("pencatat lain-1")


def test_an_enrolment_without_effect_names_nobody() -> None:
    """A second enrolment under a taken name is kept as a finding; the name it commits to is shown to nobody."""
    world = Told()
    card = world.card("penyamar")
    impostor = world.draft(
        "enrol", **dict.fromkeys(("number", "unit", "institution")), **card, delegate=False, key=str(world.key_named("guard-1")),
        person="ab" * 16, places=["5307"], role="guard",
    )  # fmt: skip
    world.put(impostor, "kpu-1", "polri-1")
    _, tables, _ = said(world)
    assert not any("penyamar" in cell for table in tables for row in table.rows for cell in row)


def test_a_false_opening_refuses_the_whole() -> None:
    world = Told()
    ((c, opening), *_) = sorted(world.openings.items())
    with pytest.raises(Altered, match=r"private\.opening"):
        said(world, openings=((c, opening._replace(value="Orang Lain")),))


def test_who_may_not_issue_reports_is_told_on_the_report() -> None:
    world = Told()
    facts = world.facts(by="kpps-1")
    reading = evidence.read(world.bundle(facts, world.log_report(facts, "kpps-1")), trusting(world))
    findings = view(reading).tables[0].rows
    assert [row[1] for row in findings][:1] == ["pelanggaran"]
    assert findings[0][3] == str(reading.own.entry)


def test_limits_are_always_there() -> None:
    world = Told()
    told = view(evidence.read(world.report(), trusting(world)))
    assert len(told.limits) == len(LIMITS) == len(set(told.limits))
    assert len(told.how) == len(HOW) == len(set(told.how))
    assert not any("custody check" in limit for limit in told.limits), "how to check is nothing that is not proven"


@pytest.mark.parametrize(
    "scope", [("desa", "5307192009"), ("warehouse", "5307-GUDANG"), ("tps", "KAPAL"), ("box", "PEM24-5307192001-009-DPR-1")]
)
def test_a_scope_without_boxes_is_empty_and_says_so(scope: tuple[str, str]) -> None:
    world = Told()
    reading, tables, figures = said(world, scope=scope, sids=())
    assert (len(reading.settled), figures["kotak"]) == (0, "0")
    assert tables[1].rows == () and tables[1].empty


def test_a_step_at_which_nobody_looked_at_the_seals_says_so() -> None:
    world = Told()
    line = world.line(BOX, world.at_ppk, seals=[])
    world.put(world.handoff(line, giver="ppk-1", receiver="pps-1", start="530719", end="5307192001"), "pps-1", "ppk-1")
    _, tables, _ = said(world)
    assert tables[3].rows[-1][2] == "tidak dilihat"


# What stands at the records that do not count: by their place in the story (0 is the seal).
UNCOUNTED: dict[str, tuple[Callable[[Told], None], dict[str, int]]] = {
    "two links after one": (disputed, {"DISENGKETAKAN": 2}),
    "a link after nothing": (orphan, {"TIDAK DIHITUNG": 1}),
    "a link taken back": (corrected, {"DIBATALKAN": 1}),
    "an offer": (offered, {}),
}


@pytest.mark.parametrize("name", UNCOUNTED)
def test_a_record_that_does_not_count_says_so_where_it_stands(name: str) -> None:
    story, expected = UNCOUNTED[name]
    world = Told()
    story(world)
    _, tables, _ = said(world)
    (events,) = (table for table in tables if table.title == "Perjalanan")
    told = [cell[3].split("\n")[0] for cell in events.rows]
    marked = {mark: sum(one.startswith(mark) for one in told) for mark in ("DISENGKETAKAN", "TIDAK DIHITUNG", "DIBATALKAN", "GUGUR")}
    assert {mark: count for mark, count in marked.items() if count} == expected


def test_the_id_of_a_statement_stays_on_one_line_whatever_its_digits() -> None:
    world = Told()
    _, tables, _ = said(world)
    (evidence,) = (table for table in tables if len(table.rows[0][1]) == 64)
    widest = max("0123456789abcdef", key=lambda digit: typeface.width(digit, typeface.NARROW, 10))
    _, ids, *_ = report._cells(evidence, (evidence.rows[0][0], widest * 64, *evidence.rows[0][2:]))
    assert ids == [widest * 64]
