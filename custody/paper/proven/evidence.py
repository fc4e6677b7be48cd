"""The evidence inside a report, and what it proves without any ledger at hand (spec chapter 13, CHECK-2 and CHECK-3).

Whoever issues a report and whoever checks one read it here: nothing unproven can reach the page.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple

from custody.core import private
from custody.core import standing as found_of
from custody.core.act import Act
from custody.core.books import INCIDENTS
from custody.core.checkpoint import Checkpoint
from custody.core.entry import parse
from custody.core.errors import Altered, Malformed, Undecided
from custody.core.excerpt import END, Excerpt
from custody.core.findings import Finding, open_breaches
from custody.core.holding import BoxState
from custody.core.incidents import Incident, standing
from custody.core.merkle import leaf_hash, verify_inclusion
from custody.core.policy import Policy
from custody.core.proof import Proof
from custody.core.state import State
from custody.core.statement import boxes_of
from custody.paper.proven import scope, together
from custody.paper.proven.facts import Facts, basis_of
from custody.paper.proven.scope import NAMING, Extent, tells

NAMES = ("facts.json", "ledger.excerpt", "report.tlog-proof")


class Evidence(NamedTuple):
    """The files inside a report, in the order of `NAMES`."""

    facts: bytes
    excerpt: bytes
    proof: bytes


class Notes(Mapping[int, bytes]):
    """The notes of an excerpt by index, cut out of its bytes when they are asked for: thousands of them need no second copy."""

    def __init__(self, data: bytes, entries: Sequence[tuple[int, bytes]]) -> None:
        self._data, self._places = data, dict[int, tuple[int, int]]()
        end = len(data) - len(END)
        for index, note in reversed(entries):  # they stand at the end, each behind a line with index and length (EXCERPT-1)
            self._places[index] = end - len(note), end
            end -= len(note) + len(b"entry %d %d\n" % (index, len(note)))
        self._places = dict(reversed(self._places.items()))

    def __getitem__(self, index: int) -> bytes:
        start, end = self._places[index]
        return self._data[start:end]

    def __iter__(self) -> Iterator[int]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


class Told(NamedTuple):
    """An entry that a report tells of, or that tells of a box in scope."""

    entry: int
    sid: str
    kind: str


@dataclass(frozen=True)
class Reading:
    """Proven evidence. told: the entries of `facts.sids`; settled: the boxes in scope, judged; own: the report's own statement.

    behind: the other entries about those boxes, where the scope names statements (`scope.NAMING`): boxes are judged by them, and the page
    does not tell of them. incidents: those that are carried, each with its settlement where that is carried too. booked: what is found of
    the boxes in scope where boxes are judged together (`together.booked`).

    Entries are parsed again whenever they are asked for: thousands of parsed statements take ten times the memory of their bytes.
    """

    evidence: Evidence
    facts: Facts
    checkpoint: bytes
    head: Checkpoint
    notes: Mapping[int, bytes]
    state: State
    told: tuple[Told, ...]
    own: Act
    settled: Mapping[str, tuple[BoxState, tuple[Finding, ...]]]
    incidents: tuple[Incident, ...] = ()
    booked: tuple[Finding, ...] = ()
    behind: tuple[Told, ...] = ()

    def act(self, index: int) -> Act:
        """The statement of one entry with the signatures that counted there."""
        return self.state.act_again(self.notes[index], index)

    @cached_property
    def judged(self) -> dict[str, tuple[BoxState, tuple[Finding, ...]]]:
        """The boxes in scope with all that is found of them: on their chains, on the statements that moved them, together with others."""
        sids = {one.entry: one.sid for one in (*self.told, *self.behind)}
        against: dict[str, list[Finding]] = {}
        for one in open_breaches(self.state.told):
            if one.entries[-1] in sids:
                for box in found_of.concerned(one, parse(self.notes[one.entries[-1]]).statement):
                    against.setdefault(box, []).append(one)
        found = {box: found_of.joined(of_box, against.get(box, ()), sids.__getitem__) for box, (_, of_box) in self.settled.items()}
        for one in self.booked:
            if one.box is not None:
                found[one.box] += (one,)
        return {box: (state, found[box]) for box, (state, _) in self.settled.items()}

    @cached_property
    def cited(self) -> tuple[int, ...]:
        """Entries that are not told of, and that something found rests on: plenaries, manifests, loads beside, what came before."""
        found = [*self.booked, *(self._found_of_boxes() if self.facts.scope[0] in NAMING else ())]
        return tuple(sorted({index for one in found if self.shows(one) for index in one.entries} - self.spoken))

    @cached_property
    def spoken(self) -> frozenset[int]:
        """The entries that are told of."""
        return frozenset(one.entry for one in self.told)

    def shows(self, one: Finding) -> bool:
        """Whether what is found of a box stands on the page: all of it, and where a scope names statements what rests on one of them."""
        return self.facts.scope[0] not in NAMING or not self.spoken.isdisjoint(one.entries)

    def _found_of_boxes(self) -> Iterable[Finding]:
        return (one for _, found in self.settled.values() for one in found)

    def carried(self) -> Counter[str]:
        """How many entries of each kind the evidence holds: what a reader can hold against what he knows himself (CHECK-10)."""
        return Counter(parse(note).statement.kind.name for note in self.notes.values())


def read(evidence: Evidence, trust: Policy) -> Reading:
    """Prove the evidence: entries and signatures (CHECK-2), then the report's own entry and what it says it rests on (CHECK-3).

    Raises `Undecided("check.other-ledger")` for a trust file that does not know this ledger, `Malformed` for what cannot be read,
    `BadSignature` or `Altered` for everything that does not agree.
    """
    excerpt = Excerpt.parse(evidence.excerpt)
    _same_ledger(excerpt, trust)
    state = excerpt.replay(trust)
    index, note = excerpt.entries[-1]
    own = state.act_again(note, index)
    facts = _agree(own, evidence.facts)
    _logged(evidence.proof, excerpt)
    _rests_on(facts, excerpt)
    for commitment, opening in facts.openings:
        private.check(commitment, opening)
    notes = Notes(evidence.excerpt, excerpt.entries)
    extent = _extent(facts.scope, notes, state)
    boxes = extent.boxes
    told, behind = told_and_behind(notes, extent, facts.scope[0] in NAMING)
    if tuple(dict.fromkeys(one.sid for one in told)) != facts.sids or (facts.scope[0] in NAMING and not told):
        raise Altered("check.sids", count=len(facts.sids))
    judged = state.settle(notes.__getitem__, dict.fromkeys((*boxes, *facts.beside)))
    settled = {box: judged[box] for box in boxes}
    reading = Reading(evidence, facts, excerpt.checkpoint, excerpt.head(), notes, state, told, own, settled, behind=behind)
    return replace(reading, incidents=tuple(standing(state.shelf.acts(INCIDENTS, reading.act), state)), booked=_booked(reading))


class _Carried:
    """The entries of an excerpt, as a scope looks for them (`scope.Archive`)."""

    def __init__(self, notes: Mapping[int, bytes], state: State) -> None:
        self._notes, self._state = notes, state
        self._of: dict[str, list[int]] = {}
        for index, note in notes.items():
            self._of.setdefault(parse(note).statement.sid, []).append(index)

    def entries(self, sid: str) -> list[int]:
        return self._of.get(sid, [])

    def mentioning(self, words: Collection[str]) -> list[int]:
        return list(scope.mentioning(self._notes.items(), words))

    def act(self, index: int) -> Act:
        return self._state.act_again(self._notes[index], index)


def _extent(wanted: tuple[str, str], notes: Mapping[int, bytes], state: State) -> Extent:
    """What the scope means, by the entries before the report's own."""
    if wanted[0] not in NAMING:
        return Extent(scope.boxes(wanted, state, notes.__getitem__))
    *before, _ = notes
    named = scope.named(wanted, _Carried({index: notes[index] for index in before}, state), state)
    return Extent(scope.told_of(wanted, named, state), named)


def _booked(reading: Reading) -> tuple[Finding, ...]:
    spoken = reading.spoken.union(one.entry for one in reading.behind)
    return tuple(together.booked(reading.state, reading.act, frozenset(reading.settled), reading.facts.beside, spoken))


def told_and_behind(notes: Mapping[int, bytes], extent: Extent, naming: bool) -> tuple[tuple[Told, ...], tuple[Told, ...]]:
    """The entries that are told of, and the others that can move or judge one of the boxes."""
    told, behind = list[Told](), list[Told]()
    boxes, sids = frozenset(extent.boxes), {act.sid for act in extent.named}
    for index, note in notes.items():
        statement = parse(note).statement
        one = Told(index, statement.sid, statement.kind.name)
        if statement.sid in sids:
            told.append(one)
        elif tells(statement) and not boxes.isdisjoint(boxes_of(statement)):
            (behind if naming else told).append(one)
    return tuple(told), tuple(behind)


def _same_ledger(excerpt: Excerpt, trust: Policy) -> None:
    """A trust file of another ledger can say nothing about this paper, for or against."""
    origin = excerpt.head().origin
    if origin not in {log.name for log in trust.logs}:
        raise Undecided("check.other-ledger", origin=origin, expected=trust.logs[0].name if trust.logs else "-")


def _agree(own: Act, data: bytes) -> Facts:
    """The last entry is a report statement with exactly these facts, of the same moment, signed by who the facts say (REPORT-2).

    The hash comes first: facts that were changed are altered, whether or not they can still be read.
    """
    body, found = own.body, sha256(data).hexdigest()
    if own.statement.kind.name != "report" or body["facts"] != found:
        raise Altered("check.not-logged", hash=found)
    facts = Facts.parse(data)
    told = (body["size"], body["upto"], body["drawing"], body["scope"]["kind"], body["scope"]["code"])
    if told != (len(data), facts.upto, facts.drawing, *facts.scope) or facts.upto > own.entry:
        raise Altered("check.statement", entry=own.entry)
    if body["at"] != facts.made:
        raise Altered("check.moment", entry=own.entry, made=facts.made, at=body["at"])
    if facts.by not in own.signed:
        raise Altered("check.issuer", entry=own.entry, by=facts.by)
    return facts


def _logged(data: bytes, excerpt: Excerpt) -> None:
    """The proof beside the excerpt is the one of the report's own entry under the same checkpoint, and nothing more."""
    index, note = excerpt.entries[-1]
    try:
        proof, head = Proof.parse(data), excerpt.head()
    except Malformed as error:
        raise Altered("check.proof", entry=index) from error
    if (proof.index, proof.checkpoint, proof.extra) != (index, excerpt.checkpoint, None):
        raise Altered("check.proof", entry=index)
    verify_inclusion(leaf_hash(note), index, head.size, proof.hashes, head.root)


def _rests_on(facts: Facts, excerpt: Excerpt) -> None:
    """The other entries are those that the facts name, all from before the report was made."""
    *entries, _ = excerpt.entries
    if any(index >= facts.upto for index, _ in entries) or basis_of(entries) != facts.basis:
        raise Altered("check.basis", upto=facts.upto)
