"""Reports that name statements (docs/spec/13-report.md, REPORT-13 and CHECK-8): honest ones are whole, what is left out is found."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from custody.assembly.past import Past
from custody.assembly.reporting import Standing, standing
from custody.core.entry import parse
from custody.core.errors import Altered, BadSignature
from custody.paper import drawings
from custody.paper.proven.evidence import Reading
from custody.paper.proven.facts import basis_of
from custody.paper.proven.scope import NAMING
from custody.paper.reports.view import headline, view
from fixtures.loadhistory import DESA, HOUR, ID, PPK, PRESIDENT, SECOND, STORE, TPS
from fixtures.roomhistory import Rooms
from fixtures.smallworld import BOX
from tests.assembly.test_paper_and_ledger import Live, live


class Day(NamedTuple):
    """A day in the room of the kecamatan, and the statements that reports are about."""

    here: Live
    scopes: dict[str, tuple[str, str]]
    names: dict[str, str]  # what each statement is called here -> its sid


def day() -> Day:
    """Boxes come to the PPK; a shift, a visit, a look, something wet; two travel on in a consignment of three; the next shift."""
    room = Rooms()
    room.lie()
    names = {"sealed": room.made[0], "to desa": room.made[1], "to ppk": room.made[2]}
    names["shift before"] = room.shift(3 * HOUR).sid
    names["shift"] = room.shift(4 * HOUR, outgoing="guard-1", incoming="guard-2", equipment=[{"count": 2, "thing": "torch"}]).sid
    names["visit"] = room.visit(5 * HOUR, left=5 * HOUR + 600).sid
    names["look"] = room.look(6 * HOUR, BOX, officer="guard-2", counted=3).sid
    wet = room.incident(BOX, PRESIDENT, code="wet", place=PPK, owner="ppk-1", names=("guard-2",))
    names["wet"] = wet.sid
    listed = {"officer": "ppk-1", "names": ("ppk-1",), "to": STORE, "things": [{"count": 3, "thing": "booth"}], "order": "SPRIN/1/XI"}
    names["list"] = room.manifest(*room.boxes, **{"from": PPK, **listed}).sid
    way = {"giver": "ppk-1", "receiver": "keeper-1", "start": PPK, "end": STORE, "vehicle": "EB-0001-XX"}
    offer = room.load(BOX, PRESIDENT, trip=1, names=("ppk-1",), moves=False, **way)
    names["load"] = offer.sid
    room.clock(8 * HOUR)
    room.ack(offer, BOX, by="keeper-1", where=STORE)
    names["ack"] = room.made[-1]
    names["next shift"] = room.shift(9 * HOUR, counted=1, outgoing="guard-2", incoming="guard-1").sid
    names["settled"] = room.incident(settles=[wet.sid], code="other", place=PPK, names=("kasatops-1",)).sid
    names["shift after"] = room.shift(12 * HOUR, counted=1, outgoing="guard-1", incoming="guard-2").sid
    body = {"about": [names["to ppk"]], "boxes": [SECOND], "effect": "remark", "instead": None, "note": None, "reason": "other"}
    room.add(room.world.draft("correction", **body), "ppk-1")
    names["remark"] = room.made[-1]
    codes = {"consignment": ID, "incident": wet.sid, "officer": "guard-2", "shift": names["shift"], "deed": names["to ppk"]}
    return Day(live(room), {kind: (kind, code) for kind, code in codes.items()}, names)


OWN = {
    "consignment": {"list", "load", "ack"},
    "incident": {"wet", "settled"},
    "officer": {"shift", "look", "wet", "next shift", "shift after"},
    "shift": {"shift", "visit", "look", "wet", "list", "load", "next shift"},
    "deed": {"to ppk", "remark"},
}
BOXES = {
    "consignment": {BOX, PRESIDENT, SECOND},
    "incident": {BOX, PRESIDENT},
    "officer": {BOX, PRESIDENT},
    "shift": {BOX, PRESIDENT},
    "deed": {BOX, PRESIDENT, SECOND},
}


def drawn(day: Day, kind: str, **changes: Any) -> Reading:
    return day.here.report(day.scopes[kind], drawing=drawings.of_scope(kind), **changes)


def test_every_kind_is_here() -> None:
    assert set(OWN) == set(NAMING)


@pytest.mark.parametrize("kind", NAMING)
def test_what_a_scope_names_and_its_boxes(kind: str) -> None:
    here = day()
    reading = drawn(here, kind)
    called = {sid: name for name, sid in here.names.items()}
    assert {called.get(sid, sid) for sid in reading.facts.sids} - {reading.state.roster.by_name["guard-2"].name} >= OWN[kind]
    enrolled = {parse(reading.notes[one.entry]).statement.kind.name for one in reading.told if one.sid not in called}
    assert enrolled == ({"enrol"} if kind == "officer" else set()), "beside these an officer has signed nothing but his enrolment"
    assert {called[sid] for sid in reading.facts.sids if sid in called} == OWN[kind]
    assert set(reading.settled) == BOXES[kind]
    assert standing(here.here.office, reading) == Standing((), ())


@pytest.mark.parametrize("kind", NAMING)
def test_it_is_judged_as_in_the_ledger_and_drawn(kind: str) -> None:
    here = day()
    reading = drawn(here, kind)
    judged = here.here.office.ledger.judge(reading.settled)
    assert {box: state for box, (state, _) in reading.settled.items()} == {box: state for box, (state, _) in judged.items()}
    assert drawings.draw(reading).startswith(b"%PDF-")
    assert headline(reading, "en").scope


@pytest.mark.parametrize("kind", NAMING)
def test_an_entry_that_was_left_out_is_found_with_the_ledger_at_hand(kind: str) -> None:
    """The issuer leaves out each of the entries that the scope names, one after the other, and logs it so."""
    here = day()
    past = here.here.past()
    extent = past.extent(here.scopes[kind])
    beside = past.beside(extent.boxes)
    whole = past.basis(here.scopes[kind], extent, "kasatops-1", beside)
    found = 0
    for act in extent.named:
        kept = {index: note for index, note in whole.items() if index not in past.entries(act.sid)}
        sids = tuple(sid for sid in dict.fromkeys(past.sid(index) for index in past.told(extent)) if sid != act.sid)
        try:
            reading = cheated(here, kind, kept, sids)
        except (Altered, BadSignature):  # nothing is left that the scope could mean, or what is left means something else
            found += 1
            continue
        assert act.sid in standing(here.here.office, reading).left_out
        found += 1
    assert found == len(extent.named)


def cheated(here: Day, kind: str, kept: dict[int, bytes], sids: tuple[str, ...]) -> Reading:
    """A report that rests on fewer entries, logged as such."""
    honest = Past.basis
    try:
        Past.basis = lambda self, *_: kept  # type: ignore[method-assign,assignment]
        return drawn(here, kind, basis=basis_of(kept.items()), sids=sids)
    finally:
        Past.basis = honest  # type: ignore[method-assign]


OTHERS: dict[str, Callable[[Day], str]] = {
    "consignment": lambda _: "d1" * 16,
    "incident": lambda here: here.names["look"],
    "officer": lambda _: "guard-1",
    "shift": lambda here: here.names["next shift"],
    "deed": lambda here: here.names["to desa"],
}


@pytest.mark.parametrize("kind", NAMING)
def test_facts_that_name_something_else_are_altered(kind: str) -> None:
    """What the page would tell of is not what its scope names."""
    here = day()
    past, scope = here.here.past(), here.scopes[kind]
    extent = past.extent(scope)
    kept, sids = past.basis(scope, extent, "kasatops-1", ()), tuple(dict.fromkeys(map(past.sid, past.told(extent))))
    assert cheated(here, kind, kept, sids).facts.sids == sids
    other = here._replace(scopes={kind: (kind, OTHERS[kind](here))})
    with pytest.raises(Altered, match=r"check\.sids"):
        cheated(other, kind, kept, sids)


@pytest.mark.parametrize(
    ("kind", "code"),
    [("deed", "ack"), ("deed", "nothing"), ("shift", "visit"), ("incident", "load"), ("officer", "nothing"), ("consignment", "nothing")],
)
def test_a_code_that_means_nothing_means_nothing(kind: str, code: str) -> None:
    here = day()
    found = here.here.past().extent((kind, here.names.get(code, "f" * 64)))
    assert (found.boxes, found.named) == ([], ())


def test_what_came_since() -> None:
    """A later signature on a deed, a later act of an officer: both are told, and the report's own entry is not."""
    here = day()
    reading = drawn(here, "deed")
    room = here.here.history
    body = {"about": [here.names["to ppk"]], "boxes": [BOX], "effect": "remark", "instead": None, "note": None, "reason": "double"}
    made = room.world.draft("correction", **body)
    room.world.put(made, "pps-1")
    here.here.office.ledger.append(room.world.entries[-1:])
    assert standing(here.here.office, reading) == Standing((), (made.sid,))


def test_who_issues_a_report_about_himself() -> None:
    here = day()
    kept = here._replace(scopes={**here.scopes, "officer": ("officer", "kasatops-1")})
    assert standing(here.here.office, drawn(kept, "officer")) == Standing((), ())


def test_findings_of_a_scope_are_those_that_rest_on_what_it_names() -> None:
    here = day()
    codes = {one.code for one in _shown(drawn(here, "consignment"))}
    assert "receipt.missing" in codes
    assert "receipt.missing" not in {one.code for one in _shown(drawn(here, "deed"))}


def _shown(reading: Reading) -> list[Any]:
    return [one for one in (*reading.booked, *(one for _, found in reading.settled.values() for one in found)) if reading.shows(one)]


def test_what_stands_against_boxes_elsewhere_is_told_in_one_row() -> None:
    """The box that did not come is in an incident before it left; why it is not called good lies outside what the page tells of."""
    here = day()
    findings = view(drawn(here, "incident", lang="en")).tables[0].rows
    assert findings[-1][1:] == (
        "—",
        "Besides, 1 breach and 0 warnings stand against these boxes outside what this page tells of; see the reports of the boxes.\n"
        "1 box: TPS 001 Desa Satu PPWP",
        "",
    )
    assert view(drawn(here, "consignment", lang="en")).tables[0].rows[-1][2].endswith("1 box: TPS 002 Desa Satu DPR"), "sealed elsewhere"
    kept = here._replace(scopes={"shift": ("shift", here.names["shift after"])})
    assert view(drawn(kept, "shift")).tables[0].rows == ()


def test_the_figures_of_a_consignment() -> None:
    told = view(drawn(day(), "consignment", lang="en"))
    figures = dict(told.figures)
    assert {name: figures[name] for name in ("planned", "loaded", "arrived", "not loaded", "not arrived", "not on the list")} == {
        "planned": "3", "loaded": "2", "arrived": "1", "not loaded": "1", "not arrived": "1", "not on the list": "0",
    }  # fmt: skip
    trips, lines, things = told.leading
    assert trips.rows[0][:2] == ("1", "EB-0001-XX")
    assert [row[0] for row in lines.rows] == [
        "Trip 1: loaded and arrived", "Trip 1: loaded, NOT ARRIVED", "On the manifest, NOT LOADED",
    ]  # fmt: skip
    assert things.rows == (("voting booths", "3", "0"),)


def test_the_page_of_a_duty_book() -> None:
    told = view(drawn(day(), "shift", lang="en"))
    figures, pairs = dict(told.figures), dict(told.pairs)
    names = ("in", "out", "not received", "visits", "looks", "incidents")
    assert tuple(figures[name] for name in names) == ("0", "1", "1", "1", "1", "1")
    assert pairs["Equipment"] == "2 torch"
    assert pairs["The next shift"] == "guard-2 → guard-1, 3 persons"
    assert [row[2] for row in told.leading[0].rows] == ["out: offered, unsigned by the receiver (1 of 2 boxes)"]


def test_what_an_officer_signed_and_as_what() -> None:
    told = view(drawn(day(), "officer", lang="en"))
    rows = told.leading[0].rows
    assert [row[3] for row in rows] == [
        "signer: signed", "incoming: signed", "in charge: signed", "signer: signed", "outgoing: signed", "incoming: signed",
    ]  # fmt: skip


def test_an_incident_tells_who_settled_it() -> None:
    here = day()
    pairs = dict(view(drawn(here, "incident", lang="en")).pairs)
    assert pairs["Seen to by"] == "ppk-1"
    assert pairs["State"].startswith("settled ") and "kasatops-1" in pairs["State"]


def test_a_shift_that_is_not_relieved_goes_on() -> None:
    here = day()
    kept = here._replace(scopes={**here.scopes, "shift": ("shift", here.names["shift after"])})
    reading = drawn(kept, "shift")
    assert [one.sid for one in reading.told] == [here.names["shift after"]]
    assert dict(view(replace(reading, facts=replace(reading.facts, lang="en"))).pairs)["Until"] == "not relieved when this report was made"


def test_places_are_known_by_name() -> None:
    assert (TPS, DESA, PPK, STORE) == ("5307192001-001", "5307192001", "530719", "5307-GUDANG")
