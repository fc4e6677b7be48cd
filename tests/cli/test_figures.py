"""One place, one moment, one figure: what every command tells of boxes, held against each other.

Two simulated nights and the demonstration. The nights are asked while boxes are on the way, overdue, disputed and offered, with records
that have not come yet.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from custody import assembly
from custody.core.moment import from_seconds
from custody.simulator.chance import Chance
from custody.simulator.faults import PLANTERS, mixture
from custody.simulator.night import Night, simulate
from custody.station import keyfile
from fixtures.smalloffice import fixed_random
from tests.cli.harness import Desk
from tests.simulator.corpus import land_of

KINDS = ("custody", "transit", "unaccounted", "disputed", "closed")


@dataclass
class Asked:
    """A desk before a ledger, and the places in it by their code."""

    name: str
    desk: Desk
    places: dict[str, str]

    def run(self, *words: str) -> dict[str, Any]:
        ended = self.desk.run(*words, "--json")
        assert ended.out, (words, ended.err)
        told: dict[str, Any] = json.loads(ended.out)
        return told

    def scopes(self) -> Iterator[tuple[str, ...]]:
        """The operation, every kecamatan and warehouse, and some desa and TPS."""
        yield ()
        for kind, most in (("kabupaten", None), ("kecamatan", None), ("warehouse", None), ("desa", 3), ("tps", 2)):
            yield from [(code,) for code, found in sorted(self.places.items()) if found == kind][:most]


def opened(name: str, desk: Desk, folder: Path, state: Path) -> Asked:
    desk.environ |= {"CUSTODY_LEDGER": str(folder), "CUSTODY_STATE": str(state)}
    with assembly.open_office(folder, state_dir=state, clock=lambda: desk.now) as office:
        return Asked(name, desk, {code: found[-1].kind for code, found in office.ledger.state.places.versions.items()})


def in_the_night(name: str, where: Path, seed: int, election: str, at: datetime) -> Asked:
    """A night with planted faults, as far as its records had come at a moment."""
    night = simulate(land_of(1, 3, 8, 18, seed), seed, election, mixture(60, Chance(seed).order(PLANTERS, "kinds")))
    folder, state, ready = where / "ledger", where / "state", night.preparation
    (folder / "keys").mkdir(parents=True, mode=0o700)
    seeded = fixed_random("night")
    keyfile.new_key(folder / "keys" / "ledger", "ledger", None, random=lambda size: ready.ledger_seed if size == 32 else seeded(size))
    assembly.found(folder, night.laid[0], assembly.file_key(folder / "keys" / "ledger", ready.origin, bytes), (), state_dir=state)
    with assembly.open_office(folder, state_dir=state, clock=lambda: at, write=True) as office:
        office.submit(night.notes[1 : come(night, at)])
    return opened(name, Desk(where, now=at), folder, state)


def come(night: Night, at: datetime) -> int:
    """How many entries there were."""
    return len(night.laid) + sum(one.at <= at.timestamp() for one in night.arrivals)


def demonstrated(where: Path) -> Asked:
    desk = Desk(where)
    assert desk.run("demo", "--json").exit == 0
    return opened("demo", desk, where / "demo" / "ledger", where / "demo" / "state")


NIGHTS = {  # the night, and when it is asked
    "out late": (11, datetime(2024, 11, 25, 4, 4, tzinfo=UTC)),
    "coming home": (7, datetime(2024, 11, 30, 2, 42, tzinfo=UTC)),
}
GROUNDS = [*NIGHTS, "demo"]
SEEN = {  # what must be met there, or the comparison says nothing
    "out late": {"custody", "transit", "unaccounted", "overdue", "trouble"},
    "coming home": {"custody", "transit", "unaccounted", "disputed", "trouble"},
    "demo": {"custody", "trouble"},
}


@pytest.fixture(scope="module", params=GROUNDS)
def asked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Asked:
    where = tmp_path_factory.mktemp(request.param)
    if request.param == "demo":
        return demonstrated(where)
    seed, moments = NIGHTS[request.param]
    return in_the_night(request.param, where, seed, "pilkada" if seed == 11 else "pemilu", moments)


def boxes(told: list[dict[str, Any]]) -> list[str]:
    return sorted(one["box"] for one in told)


def test_status_reconcile_and_overdue_count_alike(asked: Asked) -> None:
    seen: Counter[str] = Counter()
    for scope in asked.scopes():
        status, sheet, late = (
            asked.run("status", *scope, "--boxes"),
            asked.run("reconcile", *scope, "--boxes"),
            asked.run("overdue", *scope),
        )
        ours, theirs = status["total"], sheet["total"]
        mine = {name: ours[name] for name in (*KINDS, "expected")}
        assert mine == {name: theirs[name] for name in mine} and sum(theirs[kind] for kind in KINDS) == theirs["expected"], scope
        assert sum(ours["at"].values()) == ours["custody"], scope
        by_leg = sorted(box for leg in late["overdue"] for box in leg["boxes"])
        assert ours["overdue"] == theirs["overdue"] == len(by_leg) and by_leg == boxes(status["overdue"]) == boxes(sheet["overdue"]), scope
        assert ours["trouble"] == sum(one["registered"] for one in status["trouble"]), scope
        if status["place"] is not None:
            assert (
                ours["here"] == theirs["here"] and ours["here"] + ours["coming"] + ours["passed"] + ours["missing"] == ours["expected"]
            ), scope
        assert {row["code"]: (row["expected"], row["custody"], row["overdue"]) for row in status["areas"]} == {
            row["code"]: (row["expected"], row["custody"], row["overdue"]) for row in sheet["areas"]
        }, scope
        assert boxes([one for one in status["boxes"] if one["registered"]]) == boxes(sheet["boxes"]), scope
        assert sorted(status["left_behind"]) == boxes(sheet["left_behind"]), scope
        seen += Counter({**mine, "overdue": ours["overdue"], "offered": ours["offered"], "trouble": ours["trouble"]})
    assert SEEN[asked.name] <= {name for name, count in seen.items() if count}, seen


def test_where_tells_of_each_box_what_reconcile_does(asked: Asked) -> None:
    for scope in [one for one in asked.scopes() if one and asked.places[one[0]] in ("kecamatan", "desa", "tps")]:
        listed = {one["box"]: one for one in asked.run("reconcile", *scope, "--boxes")["boxes"]}
        for one in asked.run("where", *scope)["boxes"]:
            whole = listed[one["box"]]
            names = ("status", "holder", "place", "to", "since", "due", "kind", "overdue", "against", "may_have_been")
            assert {name: one[name] for name in names} == {name: whole[name] for name in names}, one["box"]


def test_one_box_is_told_alike_everywhere(asked: Asked) -> None:
    """Boxes of every state: `status`, `trace`, `findings` and `where` of one of them, and its row in the overview."""
    rows = {one["box"]: one for one in asked.run("status", "--boxes")["boxes"]}
    chosen: dict[tuple[object, ...], str] = {}
    for box, row in rows.items():
        chosen.setdefault((row["status"], tuple(row["against"]), row["place"] == row["to"]), box)
    for box in sorted(chosen.values()):
        row, status, trace = rows[box], asked.run("status", box), asked.run("trace", box)
        assert row["status"] == status["status"] == trace["status"], box
        assert row["trouble"] == status["trouble"] == trace["trouble"], box
        assert row["against"] == status["against"] == trace["against"], box
        assert {"order_percent", "minutes_percent"} <= status["coverage"].keys()
        told = Counter((one["code"], tuple(one["entries"])) for one in trace["findings"])
        assert told == Counter((one["code"], tuple(one["entries"])) for one in asked.run("findings", box)["findings"]), box
        if row["registered"]:
            (where,) = asked.run("where", box)["boxes"]
            assert {name: where[name] for name in ("holder", "place", "to", "due")} == {
                name: row[name] for name in ("holder", "place", "to", "due")
            }


def test_findings_of_places_are_those_of_the_whole(asked: Asked) -> None:
    """What stands against boxes is among the findings; those of a place are among those of all, and of the rooms told alike."""
    whole = Counter(key(one) for one in asked.run("findings")["findings"])
    for scope in asked.scopes():
        told, status, sheet = asked.run("findings", *scope), asked.run("status", *scope), asked.run("reconcile", *scope)
        mine = Counter(key(one) for one in told["findings"])
        assert mine <= whole, scope
        rooms = {key(one) for one in status["rooms"]}
        assert rooms <= set(mine), scope
        assert {key(one) for one in sheet["rooms"]} == {one for one in rooms if one[3] == "breach"}, scope
        open_ = {key(one) for one in status["findings"] if one["box"] is not None}
        assert open_ <= set(mine), (scope, open_ - set(mine))


def key(one: dict[str, Any]) -> tuple[object, ...]:
    return one["code"], one["box"], tuple(one["entries"]), one["severity"]


def test_now_is_the_minute_that_is(asked: Asked) -> None:
    """`reconcile --at` the present minute counts as `reconcile` does, but for what only stands against boxes now."""
    now = from_seconds(int(asked.desk.now.timestamp()))
    for scope in asked.scopes():
        told, then = asked.run("reconcile", *scope)["total"], asked.run("reconcile", *scope, "--at", now)["total"]
        assert told["expected"] == then["expected"] and told["closed"] == then["closed"], scope


def test_the_duty_book_counts_every_record_of_a_room_once(asked: Asked) -> None:
    half = from_seconds(int(asked.desk.now.timestamp()) - 36 * 3600)
    after = from_seconds(int(asked.desk.now.timestamp()) - 36 * 3600 + 1)
    for code in [code for code, kind in asked.places.items() if kind in ("kecamatan", "warehouse")]:
        lines = asked.run("book", code)["lines"]
        assert [one["number"] for one in lines] == list(range(1, len(lines) + 1))
        parts = [asked.run("book", code, *part)["lines"] for part in (("--until", half), ("--since", after))]
        assert sorted(one["number"] for part in parts for one in part) == [one["number"] for one in lines]
