"""The course of boxes over time: what a plot is drawn from, and that the drawing tells stages apart without any colour."""

import pytest

from custody.core.findings import finding
from custody.core.moment import from_seconds
from custody.core.trail import Step
from custody.paper.canvas import typeface
from custody.paper.canvas.sheet import A4, MM, Sheet
from custody.paper.proven import evidence
from custody.paper.proven.evidence import Reading
from custody.paper.reports import course, report
from custody.paper.reports.course import COLUMNS, STAGES
from custody.paper.reports.plot import _FILLS, LEAD, Plot
from custody.paper.reports.teller import Teller
from fixtures.reports import NEIGHBOUR, Told, trusting
from fixtures.smallworld import BOX
from tests.paper import rendering, stories

HOUR = 3600


def reading(scope: tuple[str, str] = ("tps", "5307192001-001"), later: int = 0, **changes: object) -> Reading:
    """A report of both boxes, made so many seconds after the last link."""
    world = Told()
    boxes = (BOX, NEIGHBOUR) if scope[0] != "tps" else (BOX,)
    given = world.report(scope=scope, sids=world.scoped_sids(boxes), made=from_seconds(world.clock + later), **changes)
    return evidence.read(given, trusting(world))


def told(found: Reading) -> course.Course:
    one = course.course(Teller(found), found)
    assert one is not None
    return one


def stages(found: course.Course) -> list[str]:
    """The stages of the only box, in order."""
    seen = [STAGES[column.index(1)] for column in found.counts if sum(column)]
    return [stage for at, stage in enumerate(seen) if at == 0 or seen[at - 1] != stage]


def test_a_box_goes_through_its_stages() -> None:
    found = told(reading(later=HOUR))
    assert stages(found)[-1] == "kecamatan" and found.counts[-1][STAGES.index("kecamatan")] == 1
    (strip,) = found.strips
    assert [(span.stage, span.holder) for span in strip.spans] == [("tps", "kpps-1"), ("desa", "pps-1"), ("kecamatan", "ppk-1")]
    assert [span.end for span in strip.spans] == [*(span.start for span in strip.spans[1:]), found.last]


def test_every_column_counts_every_recorded_box_once() -> None:
    found = told(reading(("desa", "5307192001"), later=HOUR))
    assert found.total == 2 and len(found.counts) == COLUMNS
    assert all(sum(column) <= 1 for column in found.counts)  # the neighbour was never recorded


@pytest.mark.parametrize("types", [1, 2, 3, 4, 5])
def test_what_stands_before_a_strip_does_not_run_into_it(types: int) -> None:
    """Fitted at the size at which it is drawn, for every length between one line and two."""
    named = " ".join(("DPD", "DPR", "DPRDK", "DPRDP", "PPWP")[:types])
    for village in ("Habi", "Langir", "Watuliwung", "Mekendetung", "Tana Duen Baru Timur"):
        lines, size = report.strip_label(f"TPS 007 {village} {named}")
        assert all(typeface.width(line, typeface.NARROW, size) <= (LEAD - 2) * MM for line in lines), (lines, size)


def test_nothing_is_plotted_where_no_time_passes() -> None:
    found = reading(later=HOUR)
    found.state.trail.put(BOX, [Step(BOX, 2**32 - 1, "530719", "530719", 9)])  # a clock in another century
    assert course.course(Teller(found), found) is None


def test_times_that_contradict_the_chain_follow_it() -> None:
    found = reading(later=HOUR)
    steps = found.state.trail.of(BOX)
    found.state.trail.put(BOX, [steps[0], steps[1]._replace(at=steps[0].at - HOUR), steps[2]])
    spans = told(found).strips[0].spans
    assert [span.stage for span in spans] == ["tps", "desa", "kecamatan"]
    assert spans[0].start == spans[0].end == spans[1].start and all(span.start <= span.end for span in spans)


def test_a_hole_is_told() -> None:
    found = reading(later=HOUR)
    steps = found.state.trail.of(BOX)
    state, findings = found.settled[BOX]
    gap = finding("custody.gap", steps[0].entry, steps[1].entry, box=BOX, minutes=1)
    found = Reading(**{**vars(found), "settled": {BOX: (state, (*findings, gap))}})
    assert [span.hole for span in told(found).strips[0].spans] == [True, False, False]
    drawn = report.draw(found)
    assert "celah: tidak ada pemegang" in rendering.text(drawn)


def test_a_wide_scope_shows_only_strips_that_matter() -> None:
    assert told(reading(("kecamatan", "530719"), later=HOUR)).strips == ()


def spread(over: int) -> course.Course:
    """The way of the box over so many seconds, told at its end."""
    found = reading(later=over)
    first, second, last = found.state.trail.of(BOX)
    found.state.trail.put(BOX, [first, second, last._replace(at=first.at + over)])
    return told(found)


def test_the_marks_of_time_are_round_and_few() -> None:
    for over in (300, HOUR, 5 * HOUR, 30 * HOUR, 40 * 24 * HOUR, 3000 * 24 * HOUR):
        found = spread(over)
        assert len(found.ticks) <= 9 and all(found.first <= tick.at <= found.last for tick in found.ticks)
        assert [end.at for end in found.ends] == [found.first, found.last]
    assert any(tick.label.endswith("00.00") for tick in spread(30 * HOUR).ticks)


def test_a_report_made_long_after_shows_only_the_beginning_of_the_rest() -> None:
    found = told(reading(later=2000 * 24 * HOUR))
    assert found.last - found.strips[0].spans[-1].start == HOUR
    wide = reading(later=2000 * 24 * HOUR)
    first, second, last = wide.state.trail.of(BOX)
    wide.state.trail.put(BOX, [first, second, last._replace(at=first.at + 80 * HOUR)])
    assert told(wide).last == first.at + 90 * HOUR
    assert [one.ends[1].label == "→" for one in (found, told(wide), told(reading(later=60)))] == [True, True, False]


def test_stages_differ_in_black_and_white() -> None:
    """Each stage as it stands in the legend, on a page of its own, in grey: no two are alike."""
    sheet, names = Sheet(A4, "t", "s", "id"), [*STAGES, "hole", "none"]
    for name in names:
        Plot(sheet, told(reading(later=HOUR)), 15, 195).legend(250, [(name, "")])
        sheet.next_page()
    pictures = rendering.pages(sheet.finish(), 150)
    assert len({one.tobytes() for one in pictures}) == len(names) and set(_FILLS) == set(STAGES)


def test_the_report_of_several_boxes_shows_the_stack() -> None:
    drawn = report.draw(reading(("desa", "5307192001"), later=HOUR))
    text = rendering.text(drawn)
    assert "dari jam ke jam" in text and "di PPK 1" in text and "belum ada catatan 1" in text
    assert "dari jam ke jam" not in rendering.text(stories.short().pdf)  # one box: its strip says all


def test_a_disputed_box_is_nowhere_from_its_second_record_on() -> None:
    world = Told()
    for receiver in ("keeper-1", "keeper-2"):
        world.admit(receiver, "keeper", "5307-GUDANG")
        line = world.line(BOX, world.at_ppk)
        drafted = world.handoff(line, giver="ppk-1", receiver=receiver, start="530719", end="5307-GUDANG")
        world.put(drafted, "ppk-1", receiver)
    given = world.report(made=from_seconds(world.clock + HOUR))
    found = told(evidence.read(given, trusting(world)))
    (strip,) = found.strips
    assert [span.stage for span in strip.spans] == ["tps", "desa", "kecamatan", "unsettled"]
    assert found.counts[-1][STAGES.index("unsettled")] == 1
    assert strip.spans[-1].holder == "" and strip.spans[2].end == strip.spans[3].start < found.last


def test_a_closed_box_is_closed_wherever_it_is_kept() -> None:
    """As the figures above the plot say: an archived box lies in a room, and its course is at an end."""
    world = Told()
    told_ = {
        "boxes": [{**world.line(BOX, world.at_ppk), "seals": []}],
        "end": "archived",
        "permit": "2/2024",
        **{"irregular": [], "note": None, "photos": []},
    }
    world.put(world.draft("closing", **told_, place="530719"), "kpu-1", "polri-1")
    given = world.report(scope=("tps", "5307192001-001"), sids=world.scoped_sids((BOX,)), made=from_seconds(world.clock + HOUR))
    found = evidence.read(given, trusting(world))
    assert found.settled[BOX][0].status == "closed"
    assert stages(told(found))[-1] == "closed" and told(found).strips[0].spans[-1].stage == "closed"


def test_captions_of_figures_do_not_run_into_each_other() -> None:
    for name in ("ada pelanggaran", "catatan serah terima yang lengkap", "kotak"):
        for room in (40.0, 50.0, 90.0):
            size, lines = report._caption(name, room)
            assert len(lines) <= 3 and all(typeface.width(line, typeface.NARROW, size) <= room + 0.02 for line in lines), (name, room)


def test_a_box_that_is_reported_stolen_is_gone_from_then_on() -> None:
    world = Told()
    world.incident(BOX, code="stolen", signer="ppk-1")
    given = world.report(scope=("tps", "5307192001-001"), sids=world.scoped_sids((BOX,)), made=from_seconds(world.clock + HOUR))
    found = told(evidence.read(given, trusting(world)))
    assert stages(found)[-1] == "gone"
    assert [span.stage for span in found.strips[0].spans] == ["tps", "desa", "kecamatan", "gone"]


def test_a_box_that_moved_after_it_was_reported_sunk_is_where_it_went() -> None:
    world = Told()
    world.incident(BOX, code="sunk", signer="ppk-1")
    world.back_to_pps(world.at_ppk)
    given = world.report(scope=("tps", "5307192001-001"), sids=world.scoped_sids((BOX,)), made=from_seconds(world.clock + HOUR))
    assert stages(told(evidence.read(given, trusting(world))))[-1] == "desa"
