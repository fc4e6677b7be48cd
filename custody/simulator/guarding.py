"""Guarded rooms: squads change at seven and nineteen and count the boxes, walk their rounds at night, and write down who enters."""

from collections.abc import Iterator

from custody.simulator.cast import SQUADS
from custody.simulator.plan import HOUR, MINUTE, Plan, when

SHIFTS = (7, 19)


def guard(plan: Plan) -> None:
    """Every kecamatan and warehouse, from its first box to its last."""
    for place in (*plan.land.of_kind("kecamatan"), *plan.land.of_kind("warehouse")):
        first, last = _span(plan, place)
        _room(plan, place, first, last)


def _span(plan: Plan, place: str) -> tuple[int, int]:
    """From the day before anything is there to the day when the last box has gone."""
    times = [deed.at for deed in plan.deeds if deed.boxes and place in (deed.place, deed.facts.get("from"))]
    return min(times) - 12 * HOUR, max(times)


def _room(plan: Plan, place: str, first: int, last: int) -> None:
    short = place[:4] if place.endswith("GUDANG") else place
    before = None
    for number, at in enumerate(_changes(plan, place, first, last)):
        squad = f"regu-{short}-{SQUADS[number % 3]}"
        plan.do(f"watch {place} {number}", at, "watch changes", place, who={"outgoing": before, "incoming": squad})
        hour = (at - when(0, 0)) // HOUR % 24
        if hour >= 18:
            later = at + plan.chance.between(4 * HOUR, 8 * HOUR, "round", place, number)
            plan.do(f"round {place} {number}", later, "is looked after", place, who={"officer": squad})
        elif plan.chance.share("visit", place, number) < 0.4:
            _visit(plan, place, number, at + plan.chance.between(60, 500, "knock", place, number) * MINUTE, squad)
        before = squad


def _changes(plan: Plan, place: str, first: int, last: int) -> Iterator[int]:
    day = (first - when(0, 0)) // (24 * HOUR)
    while (at := when(day, SHIFTS[0])) <= last:
        for hour in SHIFTS:
            at = when(day, hour) + plan.chance.between(-4, 4, "change", place, day, hour) * MINUTE
            if first <= at <= last:
                yield at
        day += 1


def _visit(plan: Plan, place: str, number: int, at: int, squad: str) -> None:
    """Two people of the KPU come in to clean or to look, by leave, and go again."""
    warehouse = place.endswith("GUDANG")
    names = [f"gudang-{place[:4]}-{one}" if warehouse else f"ppk-{place}-{one}" for one in (1, 3)]
    persons = [("kpu", name, "keeper" if warehouse else "ppk") for name in names]
    left = at + plan.chance.between(10, 50, "stay", place, number) * MINUTE
    facts = {"left": left, "why": plan.chance.pick(("clean", "verify", "inspect"), "why", place, number)}
    who = {"officer": squad, "leave": names[0], "persons": persons}
    plan.do(f"visit {place} {number}", at, "room is entered", place, who=who, facts=facts)
