"""Which seals changed, in a report of many boxes (docs/spec/13-report.md, REPORT-15)."""

from collections import Counter
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest

from custody.core.entry import parse
from custody.paper.canvas.table import Table
from custody.paper.drawings import draw, renderer
from custody.paper.proven import evidence
from custody.paper.reports.sealchanges import MARK
from custody.paper.reports.view import view
from fixtures.reports import NEIGHBOUR, Told, trusting
from fixtures.smallworld import BOX, SEALS
from tests.paper.rendering import text

BOTH = (BOX, NEIGHBOUR)
LID = "tutup"


def seals(number: str | None = None, **states: str) -> list[dict[str, Any]]:
    """All three seals, intact unless `states` say otherwise (`tie_1="torn"`); number: of the lid."""
    told = [{**one, "state": states.get(one["point"].replace("-", "_"), "intact")} for one in SEALS]
    return [{**one, "number": number if one["point"] == "lid" else None} for one in told]


def back(world: Told, *signers: str, prev: str | None = None, **line: Any) -> str:
    """The box goes back from the PPK to the PPS."""
    told = world.line(BOX, prev or world.at_ppk, **line)
    drafted = world.handoff(told, giver="ppk-1", receiver="pps-1", start="530719", end="5307192001")
    return world.put(drafted, *(signers or ("pps-1", "ppk-1")))


def look(world: Told, signer: str, where: str, told: list[dict[str, Any]]) -> None:
    """Somebody looks at the box."""
    line = {name: value for name, value in world.line(BOX, None, seals=told).items() if name != "prev"}
    noted: dict[str, Any] = {"counted": None, "defects": [], "door": None, "extra": [], "irregular": [], "lock": None, "missing": []}
    world.put(world.draft("inspection", **noted, note=None, photos=[], boxes=[line], officer=signer, place=where), signer)


def sealed_again(world: Told, *signers: str) -> None:
    again = world.seal(world.line(BOX, world.at_ppk, seals=seals("S-9")), by="ppk-1", place="530719")
    world.put(again, *(signers or ("ppk-1", "guard-1")))


def twice(world: Told) -> None:
    """Two handoffs after one: a dispute. Neither tells the seals as they were."""
    back(world, seals=seals(lid="torn"))
    back(world, seals=seals(tie_1="torn"))


def offered_and_told_otherwise(world: Told) -> None:
    sid = back(world, "ppk-1")
    line = {name: value for name, value in world.line(BOX, None, seals=seals(lid="loose")).items() if name != "prev"}
    noted: dict[str, Any] = {"irregular": [], "note": None, "photos": []}
    world.put(world.draft("ack", about=[sid], boxes=[line], place="5307192001", side="receiver", **noted), "pps-1")


def with_a_reason(world: Told) -> None:
    line = world.line(BOX, world.at_ppk, seals=seals(lid="torn"))
    said = [{"finding": "seal.changed", "reason": "hujan"}]
    world.put(world.handoff(line, giver="ppk-1", receiver="pps-1", start="530719", end="5307192001", irregular=said), "pps-1", "ppk-1")


# name: what happens, the changes in order, how many seals are said to be as they were, which other sentences there are
CASES: dict[str, tuple[Callable[[Told], object], list[str], int, tuple[str, ...]]] = {
    "nothing": (lambda world: None, [], 3, ("bare",)),
    "as before": (back, [], 3, ("bare",)),
    "torn": (lambda world: back(world, seals=seals(lid="torn")), [f"{MARK} {LID}: utuh → robek"], 2, ("bare",)),
    "another number": (lambda world: back(world, seals=seals("S-7")), [f"{MARK} {LID}: utuh tanpa nomor → utuh S-7"], 2, ("bare",)),
    "a point that is told no more": (
        lambda world: back(world, seals=seals()[1:]), [f"{MARK} {LID}: utuh → tidak dicatat"], 2, ("bare",),
    ),
    "two points in one step": (
        lambda world: back(world, seals=seals(lid="torn", tie_2="loose")),
        [f"{MARK} {LID}: utuh → robek\n{MARK} tali 2: utuh → longgar"], 1, ("bare",),
    ),
    "with a reason": (with_a_reason, [f"{MARK} {LID}: utuh → robek\nalasan: hujan"], 2, ("bare",)),
    "nobody looked": (lambda world: back(world, seals=[]), [], 3, ("unlooked", "bare")),
    "told otherwise by an ack": (offered_and_told_otherwise, [f"{MARK} {LID}: utuh → longgar"], 2, ("bare",)),
    "sealed again": (sealed_again, ["disegel ulang: 3 segel baru"], 0, ("bare",)),
    "sealed again by one alone": (lambda world: sealed_again(world, "ppk-1"), [], 0, ("others", "bare")),
    "a dispute": (twice, [f"{MARK} {LID}: utuh → robek", f"{MARK} tali 1: utuh → robek"], 1, ("bare",)),
    "an offer that nobody took": (lambda world: back(world, "ppk-1", seals=seals(lid="torn")), [], 2, ("others", "bare")),
}  # fmt: skip


def told(world: Told, boxes: tuple[str, ...] = BOTH, scope: tuple[str, str] = ("desa", "5307192001"), **changes: Any) -> Table:
    """The table of seals of a report about a desa."""
    reading = evidence.read(world.report(scope=scope, sids=changes.pop("sids", world.scoped_sids(boxes)), **changes), trusting(world))
    found = view(reading).seals
    assert found is not None
    return found


def plain(cell: str) -> str:
    """With spaces at which a line may end."""
    return cell.replace("\u00a0", " ")


def sentences(table: Table) -> Iterator[str]:
    """Which sentences stand below, by their codes."""
    signs = {"others": "catatan segel lain", "bare": "tanpa catatan segel", "unlooked": "tanpa segelnya dilihat"}
    for sentence in table.after:
        yield from (code for code, sign in signs.items() if sign in sentence)


def as_they_were(table: Table) -> int:
    """How many seals are said to be as they were."""
    found = [sentence.split() for sentence in table.after if "utuh dan tercatat sama" in sentence]
    return sum(int(word) for words in found for word in words[:2] if word.isdigit())


def numbered(cell: str) -> list[int]:
    """The entries that a cell names: `9, 11` or `9–11`."""
    ends = [list(map(int, part.split("–"))) for part in cell.split(", ")]
    return [entry for first, *last in ends for entry in range(first, (last or [first])[0] + 1)]


@pytest.mark.parametrize("name", CASES)
def test_each_change_has_its_row_and_the_others_are_counted(name: str) -> None:
    happens, changes, same, codes = CASES[name]
    world = Told()
    happens(world)
    table = told(world)
    assert [plain(row[1]) for row in table.rows] == changes
    assert (as_they_were(table), tuple(sentences(table))) == (same, codes)
    assert [numbered(row[2]) for row in table.rows] == [list(entries) for entries in table.entries]
    assert (table.empty in text(draw(_drawn(world)))) is not changes or not changes


def _drawn(world: Told) -> evidence.Reading:
    given = world.report(scope=("desa", "5307192001"), sids=world.scoped_sids(BOTH), renderer=renderer("id"))
    return evidence.read(given, trusting(world))


def test_a_stranger_who_looks_changes_no_seal() -> None:
    """Who is not concerned and where the box never comes tells nothing of its seals; that he told something stands there."""
    world = Told()
    world.admit("kpps-9", "kpps", "5307192001-002")
    look(world, "kpps-9", "5307192001-002", seals(lid="torn"))
    table = told(world)
    assert table.rows == ()
    assert (as_they_were(table), tuple(sentences(table))) == (2, ("others", "bare"))


def test_boxes_of_which_the_same_is_said_share_a_row() -> None:
    world = Told()
    world.admit("kpps-2", "kpps", "5307192001-002")
    other = world.put(world.seal(world.line(NEIGHBOUR, None), by="kpps-2", place="5307192001-002"), "kpps-2", "guard-1")
    for giver, receiver, start, end in (
        ("kpps-2", "pps-1", "5307192001-002", "5307192001"),
        ("pps-1", "ppk-1", "5307192001", "530719"),
    ):
        other = world.put(
            world.handoff(world.line(NEIGHBOUR, other), giver=giver, receiver=receiver, start=start, end=end), giver, receiver
        )
    torn = seals(lid="torn")
    lines = [world.line(BOX, world.at_ppk, seals=torn), world.line(NEIGHBOUR, other, seals=torn)]
    world.put(world.handoff(*lines, giver="ppk-1", receiver="pps-1", start="530719", end="5307192001"), "ppk-1", "pps-1")
    table = told(world)
    assert Counter(plain(row[1]) for row in table.rows) == {f"{MARK} {LID}: utuh → robek": 2}  # each was last told by another entry
    assert as_they_were(table) == 4


@pytest.mark.parametrize("seed", range(40))
def test_the_seals_that_are_said_to_be_as_they_were_are_those_that_no_entry_tells_otherwise(seed: int) -> None:
    """Any states in any order, also of links that do not count, against a count over the bare entries."""
    random, world, prev = Random(seed), Told(), None
    for _ in range(random.randrange(1, 5)):
        kinds = random.choice((seals(), seals(), seals(lid="torn"), seals("S-1"), seals()[1:], []))
        way = {"giver": "ppk-1", "receiver": "pps-1", "start": "530719", "end": "5307192001"}
        if random.random() < 0.5:
            way = {"giver": "pps-1", "receiver": "ppk-1", "start": "5307192001", "end": "530719"}
        drafted = world.handoff(world.line(BOX, prev or world.at_ppk, seals=kinds), **way)
        signers = random.choice((("ppk-1", "pps-1"), ("ppk-1", "pps-1"), ("pps-1",)))
        prev = random.choice((world.put(drafted, *signers), prev))
    lines = [line for note in world.entries for line in parse(note).statement.body.get("boxes", ()) if type(line) is dict and "by" in line]
    given = [{one["point"]: (one["state"], one["number"]) for one in line["seals"]} for line in lines if line["seals"]]
    same = [point for point in given[0] if all(one.get(point) == ("intact", None) for one in given)]
    assert as_they_were(told(world)) == len(same)


def test_a_load_tells_of_its_own_steps_and_names_the_boxes_that_changed_beside_it() -> None:
    world = Told()
    scope = "consignment", world.a_day()["consignment"]
    asked = {"scope": scope, "sids": world.named_sids(scope)}
    assert told(world, **asked).rows == ()
    world = Told()
    torn = world.line(BOX, world.at_ppk, seals=seals(lid="torn"))
    world.at_ppk = world.put(world.handoff(torn, giver="ppk-1", receiver="ppk-1", start="530719", end="530719"), "ppk-1")
    scope = "consignment", world.a_day()["consignment"]
    table = told(world, scope=scope, sids=world.named_sids(scope))
    assert "others" in tuple(sentences(table))
    assert as_they_were(table) == 5


@pytest.mark.parametrize("scope", ["box", "incident", "officer", "shift"])
def test_other_reports_have_no_such_table(scope: str) -> None:
    world = Told()
    codes = {**world.a_day(), "box": BOX}
    asked = scope, codes[scope]
    sids = world.scoped_sids() if scope == "box" else world.named_sids(asked)
    reading = evidence.read(world.report(scope=asked, sids=sids), trusting(world))
    assert view(reading).seals is None


def test_a_report_of_one_box_marks_the_seals_that_are_not_as_they_were() -> None:
    world = Told()
    back(world, seals=seals(lid="torn"))
    reading = evidence.read(world.report(), trusting(world))
    rows = [row[2].replace("\u00a0", " ") for row in view(reading).tables[3].rows]
    assert [MARK in row for row in rows] == [False, False, False, True]
    assert rows[-1] == f"{MARK} {LID} tanpa nomor: robek; tali 1 tanpa nomor: utuh; tali 2 tanpa nomor: utuh"
