"""A province's night as it reaches an office: the simulator's notes, dealt onto the laptops where they were signed, in bundles.

NTT in the Pilkada of 2024: 22 kabupaten, 315 kecamatan, 3,442 desa, 9,714 TPS, 19,428 boxes; a `share` of it is as it were in small. Places
and people are invented. One laptop at each PPK, which the desa and TPS of its kecamatan use too, and one at each warehouse.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import NamedTuple

from custody.core import bundle
from custody.core.checkpoint import Checkpoint
from custody.core.ed25519 import SigningKey
from custody.core.note import ED25519, Line, VerifierKey, split
from custody.simulator.chance import Chance
from custody.simulator.land import invented
from custody.simulator.night import Night, simulate

KABUPATEN, KECAMATAN, DESA, TPS = 22, 315, 3_442, 9_714
SEED = 20241127
MOST = bundle.MOST_NOTES


class Signed(NamedTuple):
    """A statement of the night. written, reaches: by the simulated clock, when it was signed, and when the office would get it alone.

    home: the kecamatan whose boxes it is about, or the room.
    """

    reaches: int
    written: int
    station: str
    home: str
    note: bytes


class Delivery(NamedTuple):
    """A bundle that reaches the office at a second of the simulated clock, and what is in it."""

    at: int
    station: str
    signed: tuple[Signed, ...]

    @property
    def notes(self) -> list[bytes]:
        return [one.note for one in self.signed]


def province(share: float, seed: int = SEED) -> Night:
    """The way home of a share of NTT: from the sealing at the TPS to the last plenary; no fault is planted."""
    kabupaten, kecamatan, desa, tps = (max(1, round(share * whole)) for whole in (KABUPATEN, KECAMATAN, DESA, TPS))
    return simulate(invented(kabupaten, kecamatan, desa, tps, Chance(seed)), seed, outbound=False, later=False)


def signed(night: Night) -> list[Signed]:
    """All statements of the night in the order in which they would reach the office alone."""
    deeds = night.script.deeds
    found = []
    for arrival in night.arrivals:
        deed = deeds[arrival.deed]
        home = deed.boxes[0].split("-")[1][:6] if deed.boxes else deed.place
        found.append(Signed(arrival.at, deed.at + (deed.record.after if deed.record else 0), station_of(deed.place), home, arrival.note))
    return found


def station_of(place: str) -> str:
    """The laptop at which what happens at a place is signed: that of the kecamatan, or of the warehouse itself."""
    return place[:6] if place[:6].isdigit() else place


def deliveries(statements: list[Signed]) -> list[Delivery]:
    """When a laptop gets through to the office, all that is written there by then goes along, in bundles of at most `MOST`.

    It gets through when the simulator says so of one of its statements: from half a minute to three hours after it was written; one place
    in six has no signal and may wait up to three days.
    """
    waiting: dict[str, list[Signed]] = {}
    for one in statements:
        waiting.setdefault(one.station, []).append(one)
    return list(heapq.merge(*(list(_of_station(station, mine)) for station, mine in sorted(waiting.items()))))


def _of_station(station: str, mine: list[Signed]) -> Iterator[Delivery]:
    left = sorted(mine)
    while left:
        now = left[0].reaches
        gone = [one for one in left if one.written <= now]
        left = [one for one in left if one.written > now]
        gone.sort(key=lambda one: (one.written, one.note))
        for at in range(0, len(gone), MOST):
            yield Delivery(now, station, tuple(gone[at : at + MOST]))


@dataclass
class Laptop:
    """A simulated station: it has a device key and writes bundles; what it has seen of the ledger is the checkpoint before the night."""

    name: str
    seen: bytes
    ledger: str
    office: VerifierKey
    counter: int = 0

    def __post_init__(self) -> None:
        self._signing = SigningKey.from_seed(self.name.encode().ljust(32, b"\0"))
        self.key = VerifierKey(self.name.lower(), ED25519, self._signing.public)

    def writes(self, delivery: Delivery, moment: str) -> bytes:
        """The bundle, for a stick or the network."""
        text, lines = split(self.seen)
        head = Checkpoint.parse(text)
        said = next(line for line in lines if line.name == head.origin)
        self.counter += 1
        nonce = f"{self.counter:032x}"
        top = bundle.Head(moment, self.counter, self.key, self.ledger, nonce, head, said.signature.hex(), head.size, self.office)
        out = BytesIO()
        writer = bundle.Writer(out.write, top, self._line)
        for at in range(0, len(delivery.notes), MOST):
            writer.notes(delivery.notes[at : at + MOST])
        writer.end()
        return out.getvalue()

    def _line(self, text: bytes) -> Line:
        return Line(self.key.name, self.key.key_id, self._signing.sign(text))


def blocks(statements: list[Signed], count: int, size: int) -> Iterator[tuple[int, list[bytes]]]:
    """The same statements kecamatan after kecamatan, each with its whole night, in arrays of `size`: like work on a ledger that grows.

    Yields the number of the block, from 0, and an array. What belongs to no kecamatan (the watch of the warehouses) comes last, as
    block `count`.
    """
    homes = sorted({one.home for one in statements if one.home.isdigit()})
    number = {home: at * count // len(homes) for at, home in enumerate(homes)}
    by_block: dict[int, list[Signed]] = {}
    for one in statements:
        by_block.setdefault(number.get(one.home, count), []).append(one)
    for block, mine in sorted(by_block.items()):
        for at in range(0, len(mine), size):
            yield block, [one.note for one in mine[at : at + size]]
