"""The state of a ledger: what its entries, taken one after the other, add up to (spec chapter 09)."""

from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, Protocol

from custody.core import duties, labels, law, sightings
from custody.core import entry as entries
from custody.core.act import Act, act_of, completion, present
from custody.core.authority import Authority
from custody.core.books import happened, speaks
from custody.core.box import Folded, Standards, as_left, fold
from custody.core.coverage import gaps, uncovered
from custody.core.entry import Entry
from custody.core.findings import Finding, finding
from custody.core.holding import BoxState, Holding, Line, advance
from custody.core.places import Places
from custody.core.profile import Profile
from custody.core.register import Register
from custody.core.roster import Key, Roster
from custody.core.shelf import Shelf
from custody.core.sightings import Sightings
from custody.core.statement import boxes_of
from custody.core.trail import Loose, Step, Trail

Seen = Callable[[Holding, tuple[Act, Line] | None], Holding]  # see `Standards.seen`
Note = Callable[[int], bytes]  # gives the bytes of an entry again, by index
_RECENT = 128  # acts at hand while boxes are folded anew: boxes that travel together share them
_PLAIN = frozenset(("seal", "handoff", "opening"))  # links that may leave a chain clean


@dataclass(slots=True)
class Chain:
    """What the state keeps of one box.

    indexes: every entry that speaks of it. While all its links followed each other cleanly, `holding` is its state; once
    anything else comes (an offer, a correction, a second branch) it is `tangled` and folded anew from its entries.
    seen: the latest time (Unix seconds) at which an inspection saw the box as it was; 0 for none.
    """

    holding: Holding | None = None
    links: int = 0
    tangled: bool = False
    indexes: "array[int]" = field(default_factory=lambda: array("Q"))
    findings: tuple[Finding, ...] = ()
    seen: int = 0


class Recalled(NamedTuple):
    """The chain of a box as it was kept, and its trail."""

    chain: Chain
    steps: list[Step]
    loose: list[Loose]


class _Judged(NamedTuple):
    state: BoxState
    findings: list[Finding]
    steps: list[Step]
    loose: list[Loose]


class Recall(Protocol):
    """What a state that was not built from entry 0 asks for, the first time it needs it (a projection answers)."""

    def chain(self, box: str) -> Recalled | None:
        """The chain of a box as it was kept, with its trail; or None."""

    def fact(self, topic: str, key: str) -> str | None:
        """The box that a seal number (`seal`) was first put on; of a code (`spare`) the boxes it was read on though not theirs, each with
        the entry, as `BOX 13 BOX 15`; or None."""


class State:
    """A fold over entries in ledger order. Apply every entry once, in order; then ask for boxes and findings.

    Only statements of authorities depend on that order; the boxes depend on the set of their statements (FOLD-1).
    With `recall`, only the authority statements and labels need to be applied again; boxes are called up when touched.
    With `authority`, what authorities said is taken over from another fold, which may go on adding to it.
    """

    def __init__(self, recall: Recall | None = None, authority: Authority | None = None) -> None:
        self.size = 0
        self.authority = authority if authority is not None else Authority()
        self.places: Places = self.authority.places
        self.register: Register = self.authority.register
        self.chains: dict[str, Chain] = {}
        self.told: dict[Finding, None] = {}  # an ordered set: findings on statements
        self.facts: dict[tuple[str, str], str] = {}  # (topic, value) -> what `Recall.fact` says of it
        self.trail = Trail()
        self.shelf = Shelf()
        self._recall = recall

    def chain(self, box: str) -> Chain | None:
        """What is kept of a box, or None before the first statement about it."""
        chain = self.chains.get(box)
        if chain is None and self._recall is not None:
            kept = self._recall.chain(box)
            if kept is not None:
                chain = self.chains[box] = kept.chain
                self.trail.put(box, kept.steps, kept.loose)
        return chain

    def forget(self) -> None:
        """Drop what is called up again from `recall`, which others may have changed."""
        for kept in (self.chains, self.facts, self.told):
            kept.clear()
        self.trail = Trail()

    def _new_chain(self, box: str) -> Chain:
        chain = self.chain(box)
        if chain is None:
            chain = self.chains[box] = Chain()
        return chain

    @property
    def roster(self) -> Roster:
        """Who may sign what."""
        return self.authority.roster

    @property
    def skew(self) -> int:
        """Allowed difference of clocks, seconds."""
        return self.authority.skew

    @property
    def profile(self) -> Profile:
        """What the founding says of the election."""
        return self.authority.profile

    @property
    def points(self) -> tuple[str, ...]:
        """Seal points that every sealing must name, unless its phase has its own."""
        return self.authority.profile.points

    def points_in(self, phase: str) -> tuple[str, ...]:
        """Seal points that a sealing of this phase must name."""
        return self.authority.profile.points_in(phase)

    @property
    def supervisors(self) -> int:
        """How many supervisors make a ruling."""
        return int(self.authority.founding.body["supervisors"]) if self.authority.founding is not None else 1

    @property
    def guard_receives(self) -> bool:
        """Whether the founding lets guards receive boxes."""
        return self.authority.guard_receives

    def holding(self, box: str) -> Holding | None:
        """The state of a box after its last link, as far as `settle` has folded it."""
        chain = self.chain(box)
        return chain.holding if chain is not None else None

    def authenticate(self, data: bytes) -> tuple[Entry, tuple[Key, ...]]:
        """Read a note and check all of its signatures against the state before it.

        Raises `Malformed`, `BadSignature` or `Refused`; nothing is changed.
        """
        entry = entries.parse(data)
        entries.check_founding(entry, self.size)
        keys = entries.signers(entry, self.roster, self.size)
        entries.check_signatures(entry, keys)
        return entry, keys

    def apply(self, entry: Entry, keys: Iterable[Key], again: bool = False) -> None:
        """Take an authentic entry as the next one. again: it was taken before, and nobody asks what was found of it then."""
        index, statement = self.size, entry.statement
        effect = statement.kind.takes_effect
        act = act_of(statement, keys, index)
        if effect == "authority":
            self._tell(self.authority.take(statement, keys, index))
        else:
            self._tell(law.of_statement(act, self))
            if statement.kind.name == "inspection":
                self._looks(act)
            elif effect == "box":
                self._boxes(act)
            elif statement.kind.name == "label":
                self._labels(act, again)
            self.shelf.take(statement, index)
        self.size += 1

    def _tell(self, found: Iterable[Finding]) -> None:
        for one in found:
            self.told[one] = None

    def _labels(self, act: Act, again: bool) -> None:
        if not duties.may_print(act, self):
            return
        found, twice = self.register.take_labels(act.statement, act.entry)
        self._tell(found)
        for code, box in twice:
            self._new_chain(box).tangled = True
            if not again:
                self._foreign(code, box, act.entry)  # a code that is not one box's alone
        for item in () if again else act.body["labels"]:
            self._spare(item["code"])

    def _boxes(self, act: Act) -> None:
        kind = act.statement.kind
        clean = kind.name in _PLAIN and not act.late and self._is_clean(act)
        for item in act.body["boxes"]:
            box = item if type(item) is str else item["box"]
            chain = self.chains.get(box) or self._new_chain(box)
            chain.indexes.append(act.entry)
            if chain.tangled:
                continue
            if clean and item["prev"] == (chain.holding.sid if chain.holding else None) and self._own_label(item):
                self._advance(act, item, chain)
            else:
                chain.tangled = True
        if kind.link:
            self._numbers(act)

    def _looks(self, act: Act) -> None:
        """An inspection that names boxes: those that are as they were stay clean (ROOM-17)."""
        counts, at, lines = speaks(act, "officer", self), happened(act), {line["box"]: line for line in act.body["boxes"]}
        odd = {*act.body["missing"], *act.body["extra"]}
        for box in boxes_of(act.statement):
            chain = self.chains.get(box) or self._new_chain(box)
            chain.indexes.append(act.entry)
            if chain.tangled or not counts:
                continue
            if box not in odd and chain.holding is not None and sightings.plain(act, lines[box], chain.holding, self):
                chain.seen = max(chain.seen, at)
            else:
                chain.tangled = True
        for line in act.body["boxes"] if counts else ():
            if not self._own_label(line):
                self._foreign(line["by"]["label"], line["box"], act.entry)

    def _is_clean(self, act: Act) -> bool:
        """A complete link that nothing else in the box's history can change the meaning of."""
        body = act.body
        plain = not body.get("withdraws") and body.get("unsigned") is None
        named = present(body) if "present" in body else (body.get("recorder"), body.get("through"))
        return plain and completion(act, self) == "complete" and all(name is None or name in act.signed for name in named)

    def _own_label(self, line: Line) -> bool:
        """Nothing was read, or a code of this very box. What any other code means may still change with the next label statement."""
        label = line["by"]["label"]
        if label is None:
            return True
        printed = self.register.codes.get(label)
        return printed is not None and printed.box == line["box"]

    def _advance(self, act: Act, line: Line, chain: Chain) -> None:
        found = law.of_line(act, line, chain.holding, self)
        before, hole = chain.holding, bool(found) and uncovered(found)
        chain.holding = held = advance(act, line, before, labels.copy_number(line, self.register.codes), hole=hole)
        chain.links += 1
        self.trail.add(line["box"], held.at, held.place, held.to, act.entry)
        if chain.seen and held.at <= chain.seen + self.skew:
            chain.tangled = True
        if found:
            told = gaps(line["box"], (before, held), self.skew) if hole and before is not None else []
            chain.findings += (*found, *told)

    def _numbers(self, act: Act) -> None:
        """Cross-box facts: a seal number on two boxes, by the word of who sealed or opened; a code on another box than its own."""
        sealed = act.body.get("sealer", act.body.get("officer")) in act.signed
        for line in act.body["boxes"]:
            box, label = line["box"], line["by"]["label"]
            if sealed:
                for seal in line["seals"]:
                    self._once(seal["number"], box, act)
            if not self._own_label(line):
                self._foreign(label, box, act.entry)

    def readers(self, code: str) -> dict[str, int]:
        """The boxes that a code was read on or printed for, and was not theirs alone, as they came; and the first entry of each."""
        known = self.facts.get(("spare", code))
        if known is None and self._recall is not None:
            known = self._recall.fact("spare", code)
        words = known.split() if known is not None else []
        return dict(zip(words[::2], map(int, words[1::2]), strict=True))

    def _foreign(self, code: str, box: str, index: int) -> None:
        """A code on a box that is not, or not alone, of this box: one that nobody printed yet may turn out to be a spare (REG-5)."""
        boxes = self.readers(code)
        boxes.setdefault(box, index)
        self.facts["spare", code] = " ".join(f"{one} {entry}" for one, entry in boxes.items())
        if boxes[box] == index:
            self._spare(code, [box])

    def _spare(self, code: str, told: Iterable[str] | None = None) -> None:
        """A spare on two boxes, told of every box but the first that it was read on. told: only of these."""
        printed = self.register.codes.get(code)
        if printed is None or printed.box is not None:
            return
        boxes = self.readers(code)
        first = next(iter(boxes), None)
        for box in boxes if told is None else told:
            if box != first:
                self._tell([finding("label.two-boxes", boxes[box], box=box, other=first or "-", value=code)])

    def _once(self, number: str | None, box: str, act: Act) -> None:
        """A seal number may stand for one box only; the first box keeps it, every other is a finding."""
        if number is None:
            return
        first = self.facts.get(("seal", number))
        if first is None and self._recall is not None:
            first = self._recall.fact("seal", number)
        self.facts["seal", number] = first = first or box
        if first != box:
            self._tell(law.stated(act, [finding("seal.reused", act.entry, box=box, other=first, value=number)]))

    def settle(self, note: Note, boxes: Iterable[str] | None = None) -> dict[str, tuple[BoxState, tuple[Finding, ...]]]:
        """Judge boxes: the clean ones as they stand, the tangled ones folded from their entries, read again through `note`.

        Without `boxes`, every box that is registered or spoken of. After this, `holding` answers for tangled boxes too.
        """
        names = sorted({*self.chains, *self.register.boxes}) if boxes is None else boxes
        read = lru_cache(_RECENT)(lambda index: self.act_again(note(index), index))
        return {box: self._settled(box, read) for box in names}

    def _settled(self, box: str, read: Callable[[int], Act]) -> tuple[BoxState, tuple[Finding, ...]]:
        chain = self.chain(box)
        if chain is None or not chain.tangled:
            holding = chain.holding if chain is not None else None
            state = BoxState(box, "ok" if holding else "registered", holding, links=chain.links if chain else 0)
            return state, chain.findings if chain is not None else ()
        judged = self._judged(box, [read(index) for index in chain.indexes])
        chain.holding, chain.links, chain.findings = judged.state.holding, judged.state.links, tuple(judged.findings)
        self.trail.put(box, judged.steps, judged.loose)
        return judged.state, chain.findings

    def foresee(self, box: str, act: Act, note: Note) -> tuple[BoxState, list[Finding]]:
        """The judgment on a box as it would be with one act more; nothing of it is kept."""
        chain = self.chain(box)
        indexes = chain.indexes if chain is not None else ()
        judged = self._judged(box, [*(self.act_again(note(index), index) for index in indexes), act])
        return judged.state, judged.findings

    def _judged(self, box: str, acts: list[Act]) -> _Judged:
        """A box from all acts that name it: its links, and what inspections saw of it."""
        looks = sightings.looks(box, acts, self)
        state, found, steps = self._folded(box, acts)
        hanging = sightings.pending(box, acts, state, steps, self)
        seen = Sightings(box, steps, looks, hanging, self)
        if seen.sealed:  # the links once more, held against the seals that were seen between them
            state, found, steps = self._folded(box, acts, seen.last_seen)
            seen = Sightings(box, steps, looks, hanging, self)
        judged = seen.judge()
        return _Judged(state, [*found, *judged.findings], seen.path, [*hanging, *judged.loose])

    def _folded(self, box: str, acts: list[Act], seen: Seen = as_left) -> Folded:
        by = Standards(
            self,
            lambda act, line, parent: law.of_line(act, line, parent, self),
            lambda line: labels.copy_number(line, self.register.codes),
            self.reaches,
            self.skew,
            self.supervisors,
            seen,
        )
        return fold(box, acts, by)

    def booked(self, note: Note) -> list[Finding]:
        """What is found of the books, once all boxes are settled (`Shelf.judge`)."""
        return self.shelf.judge(lambda index: self.act_again(note(index), index), self.trail, self)

    def reaches(self, key: Key, place: str, index: int) -> bool:
        """Whether a key may act at a place, as the places stand at an entry. An authority without places acts everywhere (ROLE-7)."""
        return not key.places.isdisjoint(self.places.path(place, index)) or (key.role == "authority" and not key.places)

    def act_again(self, data: bytes, index: int) -> Act:
        """The act of an entry that was authenticated before, for which keys count as they did at its index."""
        entry = entries.parse(data)
        return act_of(entry.statement, entries.signers(entry, self.roster, index), index)
