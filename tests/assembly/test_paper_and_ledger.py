"""A report finds of its boxes what the ledger finds (docs/spec/13-report.md, REPORT-4 and REPORT-12), in every history of the law."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from custody.assembly import whereabouts
from custody.assembly.past import Past
from custody.assembly.reporting import Standing, standing
from custody.core.excerpt import excerpt
from custody.core.findings import Finding, open_breaches
from custody.core.moment import from_seconds
from custody.core.proof import Proof
from custody.i18n import words
from custody.ledger.ledger import Ledger
from custody.paper.proven import evidence
from custody.paper.proven.evidence import Evidence, Reading
from custody.paper.proven.facts import Facts, basis_of
from custody.paper.reports.view import view
from custody.store.memory import MemoryStore
from fixtures.loadhistory import DESA, PPK, PRESIDENT, RECAP, SECOND, STORE, TPS, History
from fixtures.office import MemoryGuard, key_of
from fixtures.roomhistory import Rooms
from fixtures.smallworld import BOX
from tests.core import test_consignments as loads
from tests.core import test_incidents as incidents
from tests.core import test_plenaries as plenaries
from tests.core import test_rooms as rooms

Scope = tuple[str, str]
OF_NO_BOX = {  # REPORT-12: what the page says it does not tell
    "count.differs", "shift.gap", "shift.unrelieved", "shift.unsigned", "room.door", "room.lock", "room.seal", "room.equipment",
    "room.unguarded", "room.defect",
    "visit.alone", "visit.no-leave", "manifest.things", "manifest.unreleased", "plenary.order", "plenary.unsigned", "plenary.late",
    "statement.unsigned", "statement.late",
}  # fmt: skip


class Live(NamedTuple):
    """A ledger at work in which a history arrived, as far as reports of it need an office."""

    history: History
    office: Any

    def past(self) -> Past:
        return Past(self.office, self.office.ledger.size)

    def report(self, scope: Scope, **changes: Any) -> Reading:
        """A report of that scope, logged, and read as any checker would. changes: of its facts, by who cheats."""
        world, past = self.history.world, self.past()
        extent = past.extent(scope)
        basis = past.basis(scope, extent, "kasatops-1", beside := past.beside(extent.boxes))
        sids = tuple(dict.fromkeys(past.sid(index) for index in past.told(extent)))
        asked: dict[str, Any] = {
            "basis": basis_of(basis.items()), "beside": tuple(beside), "by": "kasatops-1", "lang": "id", "made": from_seconds(world.clock),
            "openings": (), "renderer": "-", "scope": scope, "sids": sids, "titles": (),
        }  # fmt: skip
        facts = Facts(upto=past.size, **{**asked, **changes})
        data = facts.format()
        logged = {"drawing": facts.drawing, "facts": facts.hash(), "size": len(data), "upto": facts.upto, "at": facts.made}
        world.put(world.draft("report", scope={"code": scope[1], "kind": scope[0]}, **logged), "kasatops-1")
        self.office.ledger.append(world.entries[-1:])
        own, (size, head) = len(world.entries) - 1, world.heads[-1]
        taken = excerpt(world.tree, head, size, {**basis, own: world.entries[own]})
        proof = Proof(own, tuple(world.tree.inclusion(own, size)), head)
        return evidence.read(Evidence(data, taken.format(), proof.format()), world.policy())


def live(history: History) -> Live:
    world, store = history.arrive(), MemoryStore()
    ledger = Ledger(store, MemoryGuard(), key_of(world))
    ledger.found(world.entries[0])
    ledger.append(world.entries[1:])
    return Live(history, SimpleNamespace(ledger=ledger, store=store, origin=world.origin))


def strangers(**fields: Any) -> History:
    return History(boxes=(BOX, plenaries.STRANGER, RECAP), **fields)


def a_trip_of_others_last(history: History) -> None:
    """The one left behind waits for what the last trip promises, in which no box of the first is."""
    history.manifest(*history.boxes)
    history.sealed()
    history.load(BOX, trip=1)
    history.load(SECOND, trip=2, rest="later")


def others_left_nothing(history: History) -> None:
    """Two trips carry a box each and the last says that nothing is left; the third box never left."""
    history.manifest(*history.boxes)
    history.sealed()
    history.load(BOX, trip=1, rest="later")
    history.load(SECOND, trip=2)


def an_arrival_taken_back(history: History) -> None:
    """One of two has come, and that was taken back, of which a paper about the other does not know: nothing has come."""
    history.sealed()
    made = history.load(BOX, parts=2)
    history.load(PRESIDENT, part=2, parts=2, place=TPS)
    body = {"about": [made.sid], "boxes": [BOX], "effect": "void", "instead": None, "note": None, "reason": "wrong-box"}
    history.add(history.world.draft("correction", **body), "kpps-1", "pps-1")


def settled_with_another(history: History) -> None:
    """One statement settles the incident of a box and that of another, and names the first alone."""
    history.sealed()
    both = [history.incident(box).sid for box in (BOX, PRESIDENT)]
    history.incident(BOX, settles=sorted(both), code="other")


OWN: dict[str, Callable[[History], object]] = {
    "load: a trip of others last": a_trip_of_others_last,
    "load: others left nothing": others_left_nothing,
    "load: an arrival taken back": an_arrival_taken_back,
    "incident: settled with another": settled_with_another,
}
Build = Callable[[], tuple[History, Callable[[Any], object]]]


def every() -> Iterator[tuple[str, Build]]:
    """The histories by which the law of loads, plenaries, incidents and rooms is tested."""
    yield from ((name, lambda build=build: (History(), build)) for name, build in OWN.items())
    yield from ((f"load: {name}", lambda build=build: (History(), build)) for name, (build, _) in loads.CASES.items())
    yield from ((f"incident: {name}", lambda build=build: (History(), build)) for name, (build, _) in incidents.CASES.items())
    yield from ((f"room: {name}", lambda build=build: (Rooms(), build)) for name, (build, _) in rooms.CASES.items())
    yield from ((f"plenary: {name}", lambda build=build: (strangers(plenary=True), build)) for name, (build, _) in plenaries.WAIT.items())


EVERY = dict(every())
SHOWN = {"load: received in part", "load: one more than planned", "load: bound for elsewhere", "plenary: in session", "incident: open"}


@pytest.mark.parametrize("name", EVERY)
def test_what_stands_against_a_box_stands_on_its_paper(name: str) -> None:
    history, build = EVERY[name]()
    build(history)
    here, told = live(history), set[Finding]()
    boxes = [("box", box) for box in history.boxes]
    for scope in (*boxes, ("tps", TPS), ("desa", DESA), ("kecamatan", PPK), ("warehouse", STORE), ("operation", "-")):
        if not here.past().extent(scope).boxes:
            continue
        reading = here.report(scope)
        for box, (state, found) in reading.judged.items():
            live_one = whereabouts.judged(here.office, box)
            assert state == live_one.state, scope
            assert set(open_breaches(found)) == set(live_one.against), scope
            told.update(live_one.against)
        mine = {one for one in here.office.ledger.books() if one.box in reading.judged}
        assert {one for one in reading.booked if one.box is not None} == mine, scope
        assert {one for one in reading.booked if one.box is None} <= {*here.office.ledger.books()}, scope
        assert standing(here.office, reading) == Standing((), ()), scope
    untold = {one.code for one in here.office.ledger.books() if one.box is None}
    assert {code for code in untold if not code.startswith("incident.")} <= OF_NO_BOX
    assert told or name not in SHOWN


@pytest.mark.parametrize("name", ["load: received in part", "plenary: in session", "load: others left nothing"])
def test_the_page_names_the_entries_that_a_finding_rests_on(name: str) -> None:
    history, build = EVERY[name]()
    build(history)
    here = live(history)
    for box in sorted({one.box for one in here.office.ledger.books() if one.box is not None}):
        reading = here.report(("box", box))
        page = view(reading)
        rests = {index for one in reading.booked for index in one.entries}
        assert rests <= {int(row[0]) for row in page.tables[-1].rows}
        shown = {key for row in page.tables[-1].rows for key in row[2].split(", ")} - {"—"}
        assert shown <= {row[0] for row in page.tables[-2].rows}
        assert any(words.say("report.limit.books", {}, "id") == limit for limit in page.limits)


def test_who_leaves_out_what_came_of_the_others_is_found_by_the_ledger() -> None:
    history = History()
    loads.CASES["received in part"][0](history)
    here = live(history)
    box = ("box", PRESIDENT)
    honest, silent = here.report(box), here.report(box, beside=())
    assert [one.code for one in honest.booked] == ["receipt.missing"] and honest.facts.beside
    assert silent.booked == ()
    assert standing(here.office, honest).left_out == ()
    assert standing(here.office, silent).left_out != ()
