"""Reconciling and reviewing, held against simulated nights: where each box really was, minute by minute, and what verify finds."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from custody import assembly
from custody.assembly import Office
from custody.assembly.behind import left_behind
from custody.assembly.reconciling import reconcile
from custody.assembly.reviewing import review
from custody.core.moment import from_seconds
from custody.simulator.chance import Chance
from custody.simulator.faults import PLANTERS, mixture
from custody.simulator.night import Night, simulate
from custody.station import keyfile
from fixtures.smalloffice import fixed_random
from tests.simulator.corpus import judged, land_of

SETTLED = 20 * 60  # seconds: people sign some minutes before or after a box really moves, and their clocks differ
HOURS = 3_600


@pytest.fixture(scope="module")
def night() -> Night:
    return simulate(land_of(1, 2, 6, 12, 4), 4)


@pytest.fixture(scope="module")
def office(night: Night, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The ledger of that night, with everything that was recorded in it."""
    with kept(night, tmp_path_factory.mktemp("night")) as opened:
        yield opened


@contextmanager
def kept(night: Night, where: Path) -> Iterator[Office]:
    """The ledger of a night as an office keeps it, asked a day after everything."""
    folder, state, ready = where / "ledger", where / "state", night.preparation
    (folder / "keys").mkdir(parents=True, mode=0o700)
    seeded = fixed_random("night")
    keyfile.new_key(folder / "keys" / "ledger", "ledger", None, random=lambda size: ready.ledger_seed if size == 32 else seeded(size))
    assembly.found(folder, night.laid[0], assembly.file_key(folder / "keys" / "ledger", ready.origin, bytes), (), state_dir=state)
    late = datetime.fromtimestamp(times(night)[-1] + 24 * HOURS, UTC)
    with assembly.open_office(folder, state_dir=state, clock=lambda: late, write=True) as opened:
        opened.submit(night.notes[1:])
        yield opened


def times(night: Night) -> list[int]:
    return sorted({moment.at for carton in night.truth.boxes.values() for moment in carton.story})


def quiet(night: Night, box: str, second: int) -> bool:
    """Nothing happens to a box about a second."""
    return all(abs(moment.at - second) > SETTLED for moment in night.truth.boxes[box].story)


def test_what_was_inside_a_room_is_what_really_was(night: Night, office: Office) -> None:
    """At every minute asked, of the boxes that nobody moves just then: those that the ledger says were surely inside, and no others."""
    first, last = times(night)[0], times(night)[-1]
    places = [code for code, found in office.ledger.state.places.versions.items() if found[-1].kind in ("warehouse", "kecamatan")]
    compared = 0
    for second in range(first - HOURS, last + HOURS, (last - first) // 40):
        for place in places:
            told = reconcile(office, place, from_seconds(second))
            surely = {one.box for one in told.inside if one.here}
            truth = set(night.truth.inside(place, second))
            different = {box for box in surely ^ truth if quiet(night, box, second)}
            assert not different, (from_seconds(second), place, sorted(different))
            compared += len(surely & truth)
    assert len(places) == 3 and compared > 500


def test_every_box_is_counted_once_at_every_minute(night: Night, office: Office) -> None:
    first, last = times(night)[0], times(night)[-1]
    for second in range(first - HOURS, last + HOURS, (last - first) // 15):
        told = reconcile(office, None, from_seconds(second))
        whole = told.whole
        assert whole.expected == whole.custody + whole.transit + whole.unaccounted + whole.disputed + whole.closed == len(night.truth.boxes)
        assert sum(row.expected for row in told.rows) == whole.expected and not told.foreign


def test_at_the_end_all_boxes_are_closed(night: Night, office: Office) -> None:
    assert reconcile(office, None).whole.closed == len(night.truth.boxes)


# -- findings of a night with faults -------------------------------------------------------------------------------------------

WITNESSED = {"entry.again", "seen.unsigned", "time.bracket", "time.unbounded"}  # what only verify can tell, from all checkpoints


def test_a_review_finds_what_verify_finds(tmp_path_factory: pytest.TempPathFactory) -> None:
    seed = 7
    chosen = mixture(120, Chance(seed).order(PLANTERS, "kinds"))
    night = simulate(land_of(1, 3, 12, 40, seed), seed, "pilkada", chosen)
    with kept(night, tmp_path_factory.mktemp("faults")) as opened:
        ours = {one.finding for one in review(opened)}
        sites = [one for one in review(opened) if one.finding.entries]
    theirs = {one for one in judged(night).findings if one.code not in WITNESSED}
    assert len({one.code for one in ours}) > 20 and ours == theirs
    assert all(one.at is not None for one in sites)


def test_a_box_that_stayed_when_the_others_of_its_kecamatan_left_is_told(tmp_path: Path) -> None:
    """Somebody carried it out of the PPK's store; no record is wrong, and no journey is late."""
    night = simulate(land_of(1, 2, 6, 12, 4), 4, "pilkada", [("carried out", PLANTERS["carried out"])])
    taken = {box for one in night.planted for box in one.boxes}
    with kept(night, tmp_path) as opened:
        behind = left_behind(opened, reconcile(opened, None).accounts)
        whole = reconcile(opened, None).whole
    assert behind and {one.box for one in behind} <= taken
    assert whole.overdue == 0 and whole.custody == len(behind)
