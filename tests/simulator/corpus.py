"""A simulated night as a ledger to be verified, and what was found held against what was planted."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from custody.core import checkpoint, merkle
from custody.core.checkpoint import Checkpoint, cosign
from custody.core.ed25519 import SigningKey
from custody.core.findings import SEVERITY, Finding
from custody.core.note import COSIGNATURE, VerifierKey
from custody.core.policy import Policy
from custody.core.verdict import Verdict
from custody.core.verify import verify
from custody.simulator.chance import Chance
from custody.simulator.faults import PLANTERS, mixture
from custody.simulator.land import Land, invented
from custody.simulator.night import Night, simulate
from custody.simulator.stage import Planted
from tests.simulator.expected import ALWAYS, EXPECTED

HOUR = 3_600
HEADS = 24  # checkpoints that the witness cosigns


class Kept:
    """The ledger of a night in memory, with checkpoints that one witness cosigned; a `Source` for `verify`."""

    def __init__(self, night: Night, notes: list[bytes] | None = None) -> None:
        self.entries = notes if notes is not None else night.notes
        self.tree = merkle.Tree()
        for entry in self.entries:
            self.tree.append(merkle.leaf_hash(entry))
        ready = night.preparation
        self.ledger, self.ledger_key = ready.ledger, ready.ledger_key
        signing = SigningKey.from_seed(bytes(32))
        self.witness = VerifierKey("saksi.latihan/bawaslu", COSIGNATURE, signing.public)
        self.heads = [self._head(size, time, signing) for size, time in _sizes(night, len(self.entries))]

    def _head(self, size: int, time: int, signing: SigningKey) -> tuple[int, bytes]:
        head = Checkpoint(self.ledger_key.name, size, self.tree.root(size))
        signed = checkpoint.sign(head, self.ledger.sign, self.ledger_key)
        return size, signed + cosign(signed, signing.sign, self.witness, time).format()

    def policy(self) -> Policy:
        """Trusts the ledger key and one witness."""
        return Policy.parse(f"log {self.ledger_key}\nwitness saksi {self.witness}\nquorum saksi\n".encode())

    def notes(self, start: int) -> Iterator[bytes]:
        return iter(self.entries[start:])

    def note(self, index: int) -> bytes:
        return self.entries[index]

    def checkpoints(self) -> Iterable[tuple[int, bytes]]:
        return self.heads


def _sizes(night: Night, size: int) -> Iterator[tuple[int, int]]:
    """Where the witness cosigns: after the preparation, now and then, and at the end; half an hour after the entry came."""
    laid, arrivals = len(night.laid), night.arrivals
    yield laid, night.preparation.at + HOUR
    for number in range(1, HEADS):
        at = number * len(arrivals) // HEADS
        if at and laid + at < size:
            yield laid + at, arrivals[at - 1].at + HOUR // 2
    if size > laid:
        yield size, arrivals[-1].at + HOUR


def judged(night: Night, notes: list[bytes] | None = None) -> Verdict:
    """What a verifier says of the ledger of a night."""
    kept = Kept(night, notes)
    return verify(kept, kept.policy())[0]


def land_of(kabupaten: int, kecamatan: int, desa: int, tps: int, seed: int) -> Land:
    """An invented land."""
    return invented(kabupaten, kecamatan, desa, tps, Chance(seed))


def faulty(land: Land, seed: int, count: int, profile: str = "pilkada", kinds: Iterable[str] = PLANTERS) -> Night:
    """A night with so many faults, of all kinds in turn."""
    return simulate(land, seed, profile, mixture(count, list(kinds)))


@dataclass
class Tally:
    """Of one code: findings given, those that a fault explains, faults that should show by it, those that did."""

    given: int = 0
    explained: int = 0
    planted: int = 0
    found: int = 0

    @property
    def precision(self) -> float | None:
        return self.explained / self.given if self.given else None

    @property
    def recall(self) -> float | None:
        return self.found / self.planted if self.planted else None

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(mine + its for mine, its in zip(vars(self).values(), vars(other).values(), strict=True)))


@dataclass
class Measured:
    """A night held against its verdict. missed: faults with the codes that did not come. unexplained: findings that no fault explains."""

    night: Night
    verdict: Verdict
    codes: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    missed: list[tuple[Planted, frozenset[str]]] = field(default_factory=list)
    unexplained: list[Finding] = field(default_factory=list)

    @cached_property
    def invisible(self) -> list[Planted]:
        """Faults that no ledger can see."""
        return [one for one in self.night.planted if not one.seen]


def measured(night: Night, verdict: Verdict | None = None) -> Measured:
    """Count what was found, by code."""
    result = Measured(night, verdict if verdict is not None else judged(night))
    owners = _Owners(night)
    shown: dict[int, set[str]] = defaultdict(set)
    for one in result.verdict.findings:
        tally = result.codes[one.code]
        its = [number for number in owners.of(one) if one.code in _may(night.planted[number])]
        for number in its:
            shown[number].add(one.code)
        if one.code in ALWAYS and not its:
            continue
        tally.given += 1
        tally.explained += bool(its)
        if not its:
            result.unexplained.append(one)
    for number, fault in enumerate(night.planted):
        for code in EXPECTED[fault.kind].finds:
            result.codes[code].planted += 1
            result.codes[code].found += code in shown[number]
        lacking = EXPECTED[fault.kind].finds - shown[number]
        if lacking:
            result.missed.append((fault, lacking))
    return result


def _may(fault: Planted) -> frozenset[str]:
    expected = EXPECTED[fault.kind]
    return expected.finds | expected.follows


class _Owners:
    """Which faults a finding may come from: by its box, by the entries of their deeds, by their room."""

    def __init__(self, night: Night) -> None:
        self.by_box: dict[str, set[int]] = defaultdict(set)
        self.by_entry: dict[int, set[int]] = defaultdict(set)
        self.by_place: dict[str, set[int]] = defaultdict(set)
        entries: dict[str, list[int]] = defaultdict(list)
        for index, arrival in enumerate(night.arrivals, len(night.laid)):
            entries[arrival.deed].append(index)
        for number, fault in enumerate(night.planted):
            for box in fault.boxes:
                self.by_box[box].add(number)
            for deed in fault.deeds:
                for index in entries[deed]:
                    self.by_entry[index].add(number)
            for place in fault.rooms:
                self.by_place[place].add(number)

    def of(self, one: Finding) -> set[int]:
        """Numbers of the faults."""
        found = set(self.by_box.get(one.box, ())) if one.box is not None else set()
        for index in one.entries:
            found |= self.by_entry.get(index, set())
        place = dict(one.facts).get("place")
        return found | (self.by_place.get(place, set()) if isinstance(place, str) else set())


def wrong(night: Night) -> Counter[str]:
    """Breaches and warnings of a night, by code."""
    return Counter(one.code for one in judged(night).findings if SEVERITY[one.code] != "note")
