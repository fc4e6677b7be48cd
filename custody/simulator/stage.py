"""Where faults are planted: what a planter may look at and change, and how it says what it did."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from custody.simulator.cast import Cast
from custody.simulator.chance import Chance, Name
from custody.simulator.deeds import Body, Deed, Record, Script, Tell
from custody.simulator.land import Land
from custody.simulator.plan import Plan


@dataclass(frozen=True)
class Planted:
    """A fault as it was done: the name of its kind, in words what was done to which box, when, by whom, and the deeds that tell of it.

    boxes: those that it touches, and those that travel with them; deeds: by name. rooms: whose contents or keeping it touches.
    seen: whether anything of it could show in a record, people being as honest or dishonest as they were.
    """

    kind: str
    words: str
    at: int
    boxes: tuple[str, ...] = ()
    deeds: tuple[str, ...] = ()
    by: str | None = None
    rooms: tuple[str, ...] = ()
    seen: bool = True


class Nowhere(Exception):
    """No place is left for a fault: each wants boxes, rooms or deeds that no other has touched."""


@dataclass
class Stage:
    """The script to change, the land, the people. number: tells apart several faults of one kind."""

    plan: Plan
    script: Script
    cast: Cast
    kind: str
    number: int

    @property
    def land(self) -> Land:
        """The places."""
        return self.plan.land

    @property
    def tag(self) -> str:
        """A name for deeds of this fault alone."""
        return f"{self.kind} {self.number}"

    def draw(self, *name: Name) -> Chance:
        """Chance of this fault alone."""
        return Chance("\0".join(map(str, (self.plan.chance.seed, self.tag, *name))))

    # -- what no other fault has touched --------------------------------------------------------------------------------------------

    def _free(self, options: Iterable[str], what: str, fits: Callable[[str], bool] = lambda _: True) -> str:
        taken = self.script.taken
        for one in self.draw().order(options, what):
            if one not in taken and fits(one):
                taken.add(one)
                return one
        raise Nowhere(self.kind)

    def tps(self) -> str:
        """A TPS of which nothing else is told than of all others."""
        options = [code for code in self.plan.boxes if "-" in code]
        chosen = self._free(options, "tps", lambda code: not self._shared(code))
        self.script.taken.add(f"box in {chosen[:6]}")
        return chosen

    def _shared(self, tps: str) -> bool:
        return {tps[:10], f"whole {tps[:6]}"} & self.script.taken != set() or any(
            deed.name.startswith("open court") for deed in self.script.of(self.plan.boxes[tps][0])
        )

    def desa(self) -> str:
        """A desa, all of its TPS untouched."""
        options = self.land.of_kind("desa")
        chosen = self._free(options, "desa", self._untouched)
        self.script.taken.add(f"box in {chosen[:6]}")
        return chosen

    def _untouched(self, desa: str) -> bool:
        stations = self.land.of_kind("tps", desa)
        return all(tps not in self.script.taken and not self._shared(tps) for tps in stations)

    def kecamatan(self) -> str:
        """A kecamatan of which no box is touched, now or later."""
        touched = self.script.taken
        options = [code for code in self.land.of_kind("kecamatan") if not {f"box in {code}", f"session {code}"} & touched]
        chosen = self._free(options, "kecamatan", lambda code: all(map(self._untouched, self.land.of_kind("desa", code))))
        self.script.taken |= {f"whole {chosen}", f"box in {chosen}", f"session {chosen}"}
        return chosen

    def session(self) -> str:
        """A kecamatan whose plenary, lists and own boxes no fault has touched; those of its TPS are left to others."""
        return self._free([f"session {code}" for code in self.land.of_kind("kecamatan")], "session").split()[1]

    def deed(self, prefix: str, fits: Callable[[Deed], bool] = lambda _: True) -> Deed:
        """A deed whose name begins so, and which no fault has touched."""
        names = [name for name in self.script.deeds if name.startswith(prefix)]
        return self.script.deeds[self._free(names, prefix, lambda name: fits(self.script.deeds[name]))]

    def room(self, prefix: str = "watch ") -> Deed:
        """A change of the watch that is neither the first nor the last of its room, in a room that no fault has touched."""
        changes: dict[str, int] = {}
        for name in self.script.deeds:
            if name.startswith("watch "):
                place, number = name.split()[1:]
                changes[place] = max(changes.get(place, 0), int(number))
        place = self._free([f"room {code}" for code in changes], "room").split()[1]
        return self.script.deeds[f"{prefix}{place} {self.draw().between(2, changes[place] - 1, 'change')}"]

    # -- the deeds of a box ---------------------------------------------------------------------------------------------------------

    def boxes(self, tps: str) -> tuple[str, ...]:
        """The boxes of a TPS."""
        return tuple(self.plan.boxes[tps])

    def one(self, tps: str) -> str:
        """One of the boxes of a TPS."""
        return self.draw().pick(self.plan.boxes[tps], "box")

    def step(self, box: str, prefix: str) -> Deed:
        """The deed of that name that this box has part in."""
        found = [deed for deed in self.script.of(box) if deed.name.startswith(prefix)]
        if not found:
            raise Nowhere(self.kind)
        return found[0]

    def apart(self, tps: str, prefix: str) -> Deed:
        """The boxes of a TPS with a paper of their own for what happens to many at once."""
        deed = self.step(self.plan.boxes[tps][0], prefix)
        own = set(self.plan.boxes[tps])
        if own == set(deed.boxes):
            return deed
        self.without(tps, prefix)  # they may be on several trips
        facts = {**deed.facts, "things": {}}
        return self.script.add(replace(deed, name=f"{deed.name} of {tps}", boxes=self.boxes(tps), facts=facts))

    def without(self, tps: str, *prefixes: str) -> None:
        """The boxes of a TPS take no part in these deeds."""
        own = set(self.plan.boxes[tps])
        for box in self.plan.boxes[tps]:
            for deed in self.script.of(box):
                if deed.name.startswith(prefixes):
                    self.script.change(deed.name, boxes=tuple(one for one in deed.boxes if one not in own))

    # -- changes --------------------------------------------------------------------------------------------------------------------

    def add(self, name: str, at: int, what: str, place: str, told: bool = True, **rest: Any) -> Deed:
        """A deed of this fault alone; `rest` as the fields of a deed."""
        record = rest.pop("record", Record() if told else None)
        return self.script.add(Deed(f"{self.tag}: {name}", at, what, place, tuple(rest.pop("boxes", ())), record=record, **rest))

    def again(self, deed: Deed, **changes: Any) -> Deed:
        """The deed as it is from now on."""
        return self.script.put(replace(deed, **changes))

    def told(self, deed: Deed, **record: Any) -> Deed:
        """The deed is recorded otherwise from now on."""
        return self.script.put(deed.told(**record))

    def state(self, name: str, kind: str, body: Body, signers: tuple[str, ...], at: int, **rest: Any) -> Deed:
        """A statement with these fields."""
        facts, who = {"kind": kind, "body": body}, {"signers": signers}
        return self.add(name, at, "is stated", rest.pop("place", "-"), facts=facts, who=who, **rest)

    def did(self, words: str, at: int, *deeds: Deed, **rest: Any) -> Planted:
        """What was done."""
        return Planted(self.kind, words, at, deeds=tuple(deed.name for deed in deeds), **rest)


Planter = Callable[[Stage], Planted]


def writes(**fields: Any) -> Tell:
    """A recorder who writes these fields otherwise than they were."""
    return lambda body, world: {**body, **fields}


def writes_lines(change: Callable[[Body], Body]) -> Tell:
    """A recorder who writes each box line otherwise than it was."""
    return lambda body, world: {**body, "boxes": [change(dict(line)) for line in body["boxes"]]}
