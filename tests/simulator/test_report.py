"""The full figures of the corpus: a kabupaten and a province's share with 1,000 faults, 100 clean nights, every rule switched off once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from custody.simulator.chance import Chance
from custody.simulator.faults import PLANTERS
from custody.simulator.land import Land, of_rows
from custody.simulator.night import simulate
from tests.conftest import _commit
from tests.simulator.corpus import Measured, faulty, land_of, measured, wrong
from tests.simulator.report import DOUBT, UNKNOWN, page, why_missed
from tests.simulator.test_corpus import kangae
from tests.simulator.test_silence import CODES, goes_silent

PROVINCE = (4, 80, 600, 4000)  # times five boxes: 20,000, and those of recapitulation; ten links each; rooms enough for a thousand faults


@cache
def kabupaten(seed: int) -> tuple[str, Land]:
    """Timor Tengah Utara where its list is at hand, else an invented kabupaten of the same size."""
    from custody.intake.hierarchy import Sheet, read_hierarchy
    from fixtures import make_ttu

    if make_ttu.SHARED.exists():
        areas = make_ttu.SHARED.read_bytes()
        sheets = Sheet("counts.csv", make_ttu.table(areas.decode()).encode()), Sheet("areas.csv", areas)
        places = read_hierarchy(*sheets).places
        return "kabupaten, 24 kecamatan, 193 desa, 445 TPS (real codes)", of_rows([tuple(place)[:4] for place in places], Chance(seed))
    return "kabupaten, 24 kecamatan, 193 desa, 445 TPS (invented)", land_of(1, 24, 193, 445, seed)


def nights(seed: int) -> dict[str, Measured]:
    """The large nights, each held against its verdict."""
    name, land = kabupaten(seed)
    found = {name: measured(faulty(land, seed, 300))}
    found["province's share, 80 kecamatan, 600 desa, 4,000 TPS"] = measured(faulty(land_of(*PROVINCE, seed), seed, 1000, "pemilu"))
    return found


def clean(seed: int) -> Mapping[str, int]:
    """Ninety nights of Kangae and ten of a kabupaten, each with another seed."""
    for number in range(90):
        assert wrong(simulate(kangae(seed + number), seed + number, "pemilu")) == {}, seed + number
    for number in range(10):
        assert wrong(simulate(kabupaten(seed + number)[1], seed + number)) == {}, seed + number
    return {"Kangae (270 boxes)": 90, "a kabupaten (938 boxes)": 10}


def test_a_miss_is_told_with_its_cause() -> None:
    """Beside another fault in the same room, which has brought boxes of it into dispute; without one nobody knows why."""
    night = faulty(land_of(1, 4, 12, 30, 3), 3, 2, kinds=["miscounted", "two stories"])
    one, (miscounted, disputed) = measured(night), night.planted
    room = disputed.boxes[0].split("-")[1][:6]
    for rooms, cause in (((room,), DOUBT), (("999999", room), DOUBT), ((), UNKNOWN), (("999999",), UNKNOWN)):
        one.missed = [(replace(miscounted, rooms=rooms), frozenset({"count.differs"}))]
        assert f"- {cause}: 1" in page(datetime(2024, 11, 28, tzinfo=UTC), 3, "abc", {"a night": one}, {"none": 0}, {}), rooms


@pytest.mark.soak
def test_corpus_of_a_kabupaten_and_a_province(seed: int, pytestconfig: pytest.Config) -> None:
    found = nights(seed)
    spared = clean(seed)
    rules = {code: goes_silent(code) for code in CODES}
    folder: Path | None = pytestconfig.getoption("evidence")
    if folder is not None:
        now = datetime.now(UTC)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"corpus-{now:%Y-%m-%d}.md").write_text(page(now, seed, _commit(), found, spared, rules), encoding="utf-8")
    for one in found.values():
        assert one.verdict.integrity == "consistent"
        assert one.unexplained == []
        assert {fault.kind for fault in one.night.planted} == PLANTERS.keys()
        assert one.night.unplanted == [], "each fault that was asked for has found its place"
        assert [fault for fault, _ in one.missed if why_missed(one, fault.rooms) == UNKNOWN] == []
        assert all(tally.recall in (None, 1) for code, tally in one.codes.items() if code != "count.differs")
