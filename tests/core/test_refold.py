"""A tangled box costs as much for its hundredth statement as for its tenth: counted in calls of the law and of the reader."""

from collections.abc import Iterator

import pytest

from custody.core import law
from custody.core import refold as refolding
from custody.core import state as states
from custody.core.state import State
from fixtures.smallworld import BOX, World, ready

TPS, DESA, PPK = "5307192001-001", "5307192001", "530719"
OTHER = "PEM24-5307192001-001-PPWP-1"


class Counted:
    """A state that is told its entries one by one and asked for the box after each, with what that took."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, world: World) -> None:
        self.world, self.state, self.judged, self.read = world, State(), 0, 0
        of_line, again = law.of_line, State.act_again
        monkeypatch.setattr(law, "of_line", lambda *args, **named: self._judge(of_line, *args, **named))
        monkeypatch.setattr(states.State, "act_again", lambda *args: self._read(again, *args))
        self.go_on()

    def _judge(self, plain, *args, **named):  # type: ignore[no-untyped-def]
        self.judged += 1
        return plain(*args, **named)

    def _read(self, plain, *args):  # type: ignore[no-untyped-def]
        self.read += 1
        return plain(*args)

    def go_on(self) -> None:
        """What the world has logged since."""
        for data in list(self.world.notes(self.state.size)):
            self.state.apply(*self.state.authenticate(data))

    def asked(self) -> tuple[object, ...]:
        """The box as it stands."""
        return self.state.settle(self.world.note, [BOX])[BOX]

    def cost(self) -> tuple[int, int]:
        """Calls of the law and of the reader since the last time."""
        found, self.judged, self.read = (self.judged, self.read), 0, 0
        return found


def there_and_back(world: World, prev: str) -> Iterator[str]:
    """The box goes to the PPK and back without end; each leg is offered first, so that the chain is tangled."""
    while True:
        for start, end, giver, receiver in ((DESA, PPK, "pps-1", "ppk-1"), (PPK, DESA, "ppk-1", "pps-1")):
            made = world.handoff(world.line(BOX, prev), giver=giver, receiver=receiver, start=start, end=end)
            world.log(world.sign(made, giver))
            world.log(world.sign(made, giver, receiver))
            prev = made.sid
            yield prev


@pytest.fixture
def tangled(monkeypatch: pytest.MonkeyPatch) -> tuple[Counted, Iterator[str]]:
    world = ready()
    sealed = world.put(world.seal(world.line(BOX, None)), "kpps-1", "guard-1")
    first = world.put(world.handoff(world.line(BOX, sealed), giver="kpps-1", receiver="pps-1", start=TPS, end=DESA), "kpps-1", "pps-1")
    return Counted(monkeypatch, world), there_and_back(world, first)


def test_one_statement_more_costs_no_more_late_than_early(tangled: tuple[Counted, Iterator[str]]) -> None:
    counted, legs = tangled
    costs = []
    for _ in range(40):
        next(legs)
        counted.go_on()
        counted.cost()
        counted.asked()
        costs.append(counted.cost())
    assert counted.state.chains[BOX].tangled
    assert max(costs[-5:]) <= max(costs[5:10]) and max(judged for judged, _ in costs[5:]) <= 4, costs
    assert max(read for _, read in costs[5:]) == 2, costs  # the two entries that came


def test_what_is_kept_gives_what_a_fold_from_nothing_gives(tangled: tuple[Counted, Iterator[str]]) -> None:
    counted, legs = tangled
    for number in range(12):
        next(legs)
        if number == 5:
            counted.world.register(OTHER)
        if number == 8:
            counted.world.enrol("pps-9", "pps", [DESA])
        counted.go_on()
        kept, fresh = counted.asked(), State()
        for data in counted.world.notes(0):
            fresh.apply(*fresh.authenticate(data))
        assert kept == fresh.settle(counted.world.note)[BOX], number


def test_authorities_and_labels_make_the_law_ask_again(tangled: tuple[Counted, Iterator[str]]) -> None:
    counted, legs = tangled
    for _ in range(6):
        next(legs)
    counted.go_on()
    counted.asked()
    counted.world.register(OTHER)
    counted.go_on()
    counted.cost()
    counted.asked()
    judged, read = counted.cost()
    assert judged >= 7 and read == 0  # every link of the chain anew, from acts that no later entry changes


def test_no_more_is_kept_than_there_is_room(tangled: tuple[Counted, Iterator[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    counted, legs = tangled
    monkeypatch.setattr(refolding, "ROOM", 4)
    for _ in range(4):
        next(legs)
    counted.go_on()
    before = counted.asked()
    counted.cost()
    assert counted.asked() == before and counted.cost()[1] == 10  # read anew, each time
