"""Guarded rooms: counts that are wrong, boxes that are gone or should not be there, squads, doors, and who goes in."""

from itertools import pairwise

from custody.simulator.deeds import Deed
from custody.simulator.plan import HOUR, MINUTE, when
from custody.simulator.stage import Nowhere, Planted, Planter, Stage, writes


def _about(stage: Stage, words: str, deed: Deed, *others: Deed) -> Planted:
    return stage.did(f"{words} ({deed.place})", deed.at, deed, *others, rooms=(deed.place,))


def miscounted(stage: Stage) -> Planted:
    deed = stage.deed("watch ", lambda deed: not deed.name.endswith(" 0") and _full(stage, deed))
    stage.told(deed, tell=lambda body, world: {**body, "counted": max(0, body["counted"] - 1)})
    return _about(stage, "the squad that takes over counts one box too few", deed)


def _full(stage: Stage, deed: Deed) -> bool:
    """A change in a kecamatan in the days between the vote and the plenary: there are boxes to be counted."""
    return when(1, 18) < deed.at < when(2, 20) and not deed.place.endswith("GUDANG")


def stolen(stage: Stage) -> Planted:
    """A box is carried out of the store of the PPK in the night and never comes back."""
    tps = stage.tps()
    box = stage.one(tps)
    opened = stage.step(box, "open ")
    at = opened.facts["closed"] + 40 * MINUTE
    stage.add("carried out", at, "is put", opened.place, told=False, boxes=(box,), facts={"to": "-", "how": "is carried out of the store"})
    return stage.did(f"{box} is carried out of the store and never seen again", at, boxes=stage.boxes(tps), rooms=(opened.place,))


def missed(stage: Stage) -> Planted:
    """A box is carried out after the plenary, and a squad that goes through the list misses it."""
    tps = stage.tps()
    box = stage.one(tps)
    opened, home = stage.step(box, "open "), stage.step(box, "load home")
    at = opened.facts["closed"] + 40 * MINUTE
    stage.add("carried out", at, "is put", opened.place, told=False, boxes=(box,), facts={"to": "-", "how": "is carried out of the store"})
    who = {"officer": f"regu-{opened.place}-c"}
    soon = stage.draw().between(0, HOUR, "soon")
    look = stage.add(
        "list",
        max(at + 20 * MINUTE, home.at - 3 * HOUR + soon),
        "is looked after",
        opened.place,
        who=who,
        facts={"boxes": stage.boxes(tps)},
    )
    return stage.did(f"{box} is carried out; a squad with the list misses it", at, look, boxes=stage.boxes(tps), rooms=(opened.place,))


def turns_up(stage: Stage) -> Planted:
    """A box stands in the store of another kecamatan, and nobody knows how it came there."""
    tps = stage.tps()
    box = stage.one(tps)
    others = [code for code in stage.land.of_kind("kecamatan", tps[:4]) if code != tps[:6]]
    if not others:
        raise Nowhere(stage.kind)
    other, opened = stage.draw().pick(others, "other"), stage.step(box, "open ")
    at = opened.facts["closed"] + 30 * MINUTE
    facts = {"to": other, "how": "is driven to another kecamatan"}
    stage.add("driven off", at, "is put", opened.place, told=False, boxes=(box,), facts=facts)
    look = stage.add(
        "look",
        at + HOUR + stage.draw().between(0, HOUR, "soon"),
        "is looked after",
        other,
        who={"officer": f"regu-{other}-a"},
        facts={"boxes": stage.boxes(tps)},
    )
    home = stage.step(box, "list home").at
    facts = {"to": opened.place, "how": "is driven back"}
    stage.add("driven back", max(at + 3 * HOUR, home - HOUR), "is put", other, told=False, boxes=(box,), facts=facts)
    return stage.did(f"{box} stands in the store of {other}", look.at, look, boxes=stage.boxes(tps), rooms=(opened.place, other))


def another_squad_gives(stage: Stage) -> Planted:
    deed = stage.room()
    squads = {deed.who["outgoing"], deed.who["incoming"]}
    short = deed.who["incoming"].rsplit("-", 1)[0]
    third = next(f"{short}-{letter}" for letter in "abc" if f"{short}-{letter}" not in squads)
    stage.again(deed, who={**deed.who, "outgoing": third})
    return _about(stage, "a squad hands over the room that never took it over", deed)


def nobody_hands_over(stage: Stage) -> Planted:
    deed = stage.room()
    stage.again(deed, who={**deed.who, "outgoing": None})
    return _about(stage, "the squad finds nobody there and takes over alone", deed)


def outgoing_unsigned(stage: Stage) -> Planted:
    deed = stage.room()
    stage.told(deed, signers=(deed.who["incoming"],))
    return _about(stage, "the squad that goes does not sign", deed)


def hour_remarked(stage: Stage) -> Planted:
    deed = stage.room()
    facts = {"about": deed.name, "effect": "remark", "reason": "other"}
    remark = stage.add("remark", deed.at + HOUR, "is corrected", deed.place, facts=facts, who={"tellers": (deed.who["incoming"],)})
    return _about(stage, "the squad remarks that its own paper has a wrong word", remark, deed)


def door_forced(stage: Stage) -> Planted:
    deed = stage.room()
    stage.again(deed, facts={**deed.facts, "door": "damaged"})
    return _about(stage, "the back door has been forced in the night", deed)


def lock_broken(stage: Stage) -> Planted:
    deed = stage.room()
    stage.again(deed, facts={**deed.facts, "lock": "broken"})
    return _about(stage, "the padlock is found broken", deed)


def door_resealed(stage: Stage) -> Planted:
    """A team reads another number on the door than the team before it, after hours in which nobody went through that door."""
    place = stage.room().place
    changes = sorted((deed for name, deed in stage.script.deeds.items() if name.startswith(f"watch {place} ")), key=lambda deed: deed.at)
    quiet = {one.name: (one, then) for one, then in pairwise(changes) if not _opened(stage, place, one.at, then.at)}
    if not quiet:
        raise Nowhere(stage.kind)
    one, then = quiet[stage.draw().pick(sorted(quiet), "quiet")]
    for deed, number in ((one, "PINTU-1"), (then, "PINTU-2")):
        stage.told(deed, tell=writes(door_seal=number))
    return _about(stage, "the seal on the door is another than the squad before had read", then, one)


def _opened(stage: Stage, place: str, since: int, until: int) -> bool:
    """Whether a box, or anybody, went through the door."""
    meant = (deed for deed in stage.script.deeds.values() if since - HOUR <= deed.at <= until + HOUR)
    return any(
        (deed.boxes and place in (deed.place, deed.facts.get("from"), deed.facts.get("to")))
        or (deed.what == "room is entered" and deed.place == place)
        for deed in meant
    )


def torch_gone(stage: Stage) -> Planted:
    deed = stage.room()
    stage.told(deed, tell=writes(equipment=[{"count": 1, "thing": "torch"}]))
    return _about(stage, "one of the two torches is gone", deed)


def roof_leaks(stage: Stage) -> Planted:
    deed = stage.room("watch ")
    who = {"officer": deed.who["incoming"]}
    look = stage.add("look", deed.at + HOUR, "is looked after", deed.place, who=who, facts={"defects": ["leaking-roof", "no-light"]})
    return _about(stage, "the roof leaks and there is no light", look)


def nobody_watches(stage: Stage) -> Planted:
    """No squad comes until boxes have long been in the store."""
    place = next(iter(stage.room().name.split()[1:]), "")
    changes = sorted((deed for name, deed in stage.script.deeds.items() if name.startswith(f"watch {place} ")), key=lambda deed: deed.at)
    first_box = min(deed.at for deed in stage.script.deeds.values() if deed.boxes and deed.place == place and deed.record is not None)
    early = [deed for deed in changes if deed.at < first_box + 10 * HOUR]
    squads = {
        name: deed
        for name, deed in stage.script.deeds.items()
        if deed.place == place and deed.what in ("is looked after", "room is entered")
    }
    for deed in (*early, *(deed for deed in squads.values() if deed.at < early[-1].at + 12 * HOUR)):
        stage.script.drop(deed.name)
    late = changes[len(early)]
    late = stage.again(late, who={**late.who, "outgoing": None})
    return _about(stage, "no squad comes before the boxes have stood there for half a day", late)


def _visited(stage: Stage, **changes: object) -> Deed:
    deed = stage.deed("visit ")
    return stage.again(deed, **changes)


def alone_inside(stage: Stage) -> Planted:
    deed = stage.deed("visit ")
    stage.again(deed, who={**deed.who, "persons": deed.who["persons"][:1]})
    return _about(stage, "somebody goes into the room alone", deed)


def out_before_in(stage: Stage) -> Planted:
    deed = stage.deed("visit ")
    stage.again(deed, facts={**deed.facts, "left": deed.at - 12 * HOUR})
    return _about(stage, "the hour of leaving is written half a day too early", deed)


def without_leave(stage: Stage) -> Planted:
    deed = stage.deed("visit ")
    stage.again(deed, who={**deed.who, "leave": None})
    return _about(stage, "two people go into the room and nobody gave them leave", deed)


PLANTERS: dict[str, Planter] = {
    "miscounted": miscounted, "carried out": stolen, "missed on the list": missed, "turns up elsewhere": turns_up,
    "another squad gives": another_squad_gives, "nobody hands over": nobody_hands_over, "squad goes unsigned": outgoing_unsigned,
    "squad remarks": hour_remarked,
    "door forced": door_forced, "padlock broken": lock_broken, "roof leaks": roof_leaks, "nobody watches": nobody_watches,
    "door sealed anew": door_resealed, "torch gone": torch_gone, "out before in": out_before_in,
    "alone inside": alone_inside, "without leave": without_leave,
}  # fmt: skip
