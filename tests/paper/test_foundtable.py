"""Findings of many boxes in few rows (docs/spec/13-report.md, REPORT-8)."""

from collections.abc import Iterable

from custody.core.findings import Finding, finding
from custody.paper.proven import evidence
from custody.paper.reports import boxlist, foundtable
from custody.paper.reports.foundtable import Found
from custody.paper.reports.teller import Teller
from fixtures.reports import NEIGHBOUR, Told, trusting
from fixtures.smallworld import BOX

DESA = ("desa", "5307192001")


def teller(scope: tuple[str, str] = DESA) -> Teller:
    world = Told()
    boxes = (BOX,) if scope[0] == "box" else (BOX, NEIGHBOUR)
    return Teller(evidence.read(world.report(scope=scope, sids=world.scoped_sids(boxes)), trusting(world)))


def boxes(count: int) -> list[str]:
    return [f"PEM24-5307192001-{at:03d}-{kind}-1" for at in range(1, count + 1) for kind in ("DPR", "PPWP")]


def seen(found: Iterable[Found]) -> list[tuple[str, int]]:
    return [(row.severity, len(row.entries)) for row in found]


def test_what_differs_in_nothing_but_the_box_is_one_row_with_all_boxes() -> None:
    found = [finding("box.offered", at, box=box) for at, box in enumerate(boxes(500), 3)]
    (row,) = foundtable.rows(teller(), found)
    assert row.entries == tuple(range(3, 1003))
    assert row.words.endswith("\n1.000 kotak: TPS 001–500 Desa Satu DPR, PPWP")
    cells = foundtable.table(teller(), [row]).rows
    assert cells[0][3] == "3–1002"


def test_one_kind_in_many_forms_fills_four_rows_at_most() -> None:
    found = [finding("leg.overdue", at, box=box, minutes=at, limit=1) for at, box in enumerate(boxes(6))]
    found += [finding("seal.reused", 50, box=boxes(1)[0], other=BOX, value="S-1")]
    rows = foundtable.rows(teller(), found)
    assert seen(rows) == [("peringatan", 1), ("peringatan", 1), ("peringatan", 1), ("peringatan", 9), ("pelanggaran", 1)]
    assert "9 kotak: " in rows[3].words and "Dan 8 " in rows[3].words


def test_notes_of_a_kind_are_one_row_and_of_a_single_box_each_stands_by_itself() -> None:
    found = [finding("label.not-read", at, box=BOX, how="sight") for at in range(3)]
    assert seen(foundtable.rows(teller(), found)) == [("catatan", 3)]
    assert seen(foundtable.rows(teller(("box", BOX)), found)) == [("catatan", 1)] * 3


def test_what_signers_state_themselves_stands_by_itself() -> None:
    found: list[Finding] = [finding("box.offered", at, box=box) for at, box in enumerate(boxes(2))]
    found[1] = found[1]._replace(stated="weather")
    assert len(foundtable.rows(teller(), found)) == 1, "notes"
    late = [finding("leg.overdue", at, box=box, minutes=5, limit=1) for at, box in enumerate(boxes(2))]
    late[1] = late[1]._replace(stated="weather")
    assert [len(row.entries) for row in foundtable.rows(teller(), late)] == [3, 1]


def test_how_often_the_same_is_found_of_one_box_is_told() -> None:
    found = [finding("leg.overdue", at, box=BOX, minutes=5, limit=1) for at in range(300)]
    (row,) = foundtable.rows(teller(), found)
    assert row.words.endswith("(300 kali)") and len(row.entries) == 300


def test_every_entry_leads_to_the_findings_that_rest_on_it() -> None:
    rows = [Found("", "", (1, 2)), Found("", "", (2, 5))]
    assert foundtable.marks(rows) == {1: ["1"], 2: ["1", "2"], 5: ["2"]}


def test_lists_of_boxes() -> None:
    told = teller()
    assert boxlist.told(told, [BOX]) == "1 kotak: TPS 001 Desa Satu DPR"
    mixed = [*boxes(2), "PEM24-5307192001-003-DPR-1", "PEM24-5307192001-004-DPR-1"]
    assert boxlist.told(told, mixed) == "6 kotak: TPS 001–002 Desa Satu DPR, PPWP; TPS 003–004 Desa Satu DPR"
    far = [f"PEM24-53071920{desa:02d}-001-DPR-1" for desa in range(1, 37)]
    assert boxlist.told(told, far).startswith("36 kotak: ") and boxlist.told(told, far).endswith("; dan 12 kotak lain")
    assert "…" not in boxlist.told(told, far[:24]) and "lain" not in boxlist.told(told, far[:24])


def test_numbers_of_entries() -> None:
    told = teller()
    assert boxlist.numbers(told, [9, 8, 10, 3, 5, 6]) == "3, 5, 6, 8–10"
    assert boxlist.numbers(told, range(0, 40, 2)) == "0, 2, 4, 6, 8, 10, 12, 14 dan 12 lagi, lihat tabel Bukti"
    assert boxlist.numbers(told, []) == ""
