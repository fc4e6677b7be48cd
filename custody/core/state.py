"""The state of a ledger: what its entries, taken one after the other, add up to (spec chapter 09)."""

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple, Protocol

from custody.core import clocks, duties, labels, law, sightings
from custody.core import entry as entries
from custody.core.act import Act, act_of, completion, present
from custody.core.authority import Authority
from custody.core.books import happened, speaks
from custody.core.box import Folded, Standards, as_left, fold
from custody.core.concern import home
from custody.core.coverage import uncovered
from custody.core.crossing import SEAL, SPARE, Facts, Mark
from custody.core.entry import Entry
from custody.core.findings import Finding
from custody.core.holding import BoxState, Holding, Line, advance
from custody.core.places import Places
from custody.core.profile import Profile
from custody.core.refold import Refold
from custody.core.register import Register
from custody.core.rights import SLOTS
from custody.core.roster import Key, Roster
from custody.core.shelf import Shelf
from custody.core.sightings import Sightings
from custody.core.statement import boxes_of
from custody.core.trail import Loose, Step, Trail

Seen = Callable[[Holding, tuple[Act, Line] | None], Holding]  # see `Standards.seen`
Note = Callable[[int], bytes]  # gives the bytes of an entry again, by index
_AT_HAND = 20_000  # lines of acts at hand while boxes are folded anew: some 60 MB
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
        """What `Facts` keeps under a topic and a key, or None."""


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
        self.said: dict[Finding, None] = {}  # an ordered set: findings on statements
        self.facts = Facts(recall.fact if recall is not None else None)
        self.trail = Trail()
        self.shelf = Shelf()
        self._recall = recall
        self._refold = Refold(keeps=authority is None)  # who shares its authorities is not told when they speak

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
        for kept in (self.chains, self.facts.known, self.said):
            kept.clear()
        self.trail = Trail()
        self._refold.outdated()

    def _new_chain(self, box: str) -> Chain:
        chain = self.chain(box)
        if chain is None:
            chain = self.chains[box] = Chain()
        return chain

    @property
    def told(self) -> dict[Finding, None]:
        """An ordered set: the findings on statements, and on what crosses from box to box, of all that is at hand."""
        return {**self.said, **dict.fromkeys(self.facts.told(self.register.codes))}

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

    def routine(self, index: int) -> set[tuple[object, ...]]:
        """See `Known`."""
        return self.authority.routine(index)

    def holding(self, box: str) -> Holding | None:
        """The state of a box after its last link, as far as `settle` has folded it."""
        chain = self.chain(box)
        return chain.holding if chain is not None else None

    def authenticate(self, data: bytes) -> tuple[Entry, tuple[Key, ...]]:
        """Read a note and check all of its signatures against the state before it.

        Raises `Malformed`, `BadSignature` or `Refused`; nothing is changed.
        """
        entry = entries.parse(data)
        return entry, self.check(entry)

    def check(self, entry: Entry) -> tuple[Key, ...]:
        """The keys behind the signatures of an entry, all of them checked against the state before it.

        Raises `BadSignature` or `Refused`; nothing is changed.
        """
        entries.check_founding(entry, self.size)
        keys = entries.signers(entry, self.roster, self.size)
        entries.check_signatures(entry, keys)
        return keys

    def apply(self, entry: Entry, keys: Iterable[Key]) -> None:
        """Take an authentic entry as the next one."""
        index, statement = self.size, entry.statement
        effect = statement.kind.takes_effect
        act = act_of(statement, keys, index)
        if effect == "authority":
            self._tell(self.authority.take(statement, keys, index))
            self._refold.outdated()
        else:
            self._tell(law.of_statement(act, self))
            if statement.kind.name == "inspection":
                self._looks(act)
            elif effect == "box":
                self._boxes(act)
            elif statement.kind.name == "label":
                self._labels(act)
            self.shelf.take(statement, index)
        self.size += 1

    def _tell(self, found: Iterable[Finding]) -> None:
        for one in found:
            self.said[one] = None

    def _labels(self, act: Act) -> None:
        if duties.may_print(act, self):
            self._tell(self.register.take_labels(act.statement, act.entry))
            self._refold.outdated()

    def _boxes(self, act: Act) -> None:
        kind = act.statement.kind
        clean = kind.name in _PLAIN and not act.late and self._is_clean(act)
        at, strange = happened(act) if kind.link else 0, False
        for item in act.statement.body["boxes"]:
            box = item if type(item) is str else item["box"]
            own = kind.link and self._own_label(item, at)
            strange = strange or not own
            chain = self.chains.get(box) or self._new_chain(box)
            chain.indexes.append(act.entry)
            if chain.tangled:
                continue
            last = chain.holding
            follows = clean and item["prev"] == (last.sid if last else None)
            if follows and (own or (last and self._own_label(item, max(at, last.at, last.first)))):
                self._advance(act, item, chain)
            else:
                chain.tangled = True
        if kind.link and (strange or kind.name != "handoff"):
            self._numbers(act, clean, at)

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
            if not self._own_label(line, at) and self._on_way(act, line["box"]):
                self._foreign(line, act, at)

    def _is_clean(self, act: Act) -> bool:
        """A complete link that nothing else in the box's history can change the meaning of."""
        body, signed = act.statement.body, act.signed
        if body.get("withdraws") or body.get("unsigned") is not None or completion(act, self) != "complete":
            return False
        if "present" in body:
            return present(body) <= signed
        recorder, through = body.get("recorder"), body.get("through")
        return (recorder is None or recorder in signed) and (through is None or through in signed)

    def _own_label(self, line: Line, at: int) -> bool:
        """Nothing was read, or a code printed for this very box by then. What any other means may change with the next label statement."""
        label = line["by"]["label"]
        if label is None:
            return True
        printed = self.register.codes.get(label)
        return printed is not None and printed.box == line["box"] and printed.at <= at + self.skew

    def _advance(self, act: Act, line: Line, chain: Chain) -> None:
        found = law.of_line(act, line, chain.holding, self)
        # Who moved it did not hold it, or one of two clocks is wrong: what that comes to is not said at a glance (FOLD-15, ROOM-4, TIME-7).
        if found and (uncovered(found) or clocks.backwards(found)):
            chain.tangled = True
            return
        chain.holding = held = advance(act, line, chain.holding, labels.copy_number(line, self.register.codes))
        chain.links += 1
        self.trail.add(line["box"], held.at, held.place, held.to, act.entry)
        if chain.seen and held.at <= chain.seen + self.skew:
            chain.tangled = True
        chain.findings += tuple(found)

    def _numbers(self, act: Act, clean: bool, at: int) -> None:
        """Cross-box facts: a seal number on two boxes, a code on another box than its own; by a link or a side who may (LAW-9)."""
        name = act.statement.kind.name
        complete = clean or completion(act, self) == "complete"
        if not complete and not self._speaks(act):
            return
        sealed = name == "opening" or (name == "seal" and act.body["sealer"] in act.signed)
        for line in act.body["boxes"]:
            if not complete and not self._on_way(act, line["box"]):
                continue
            if sealed:
                self._once(line, act, at)
            if not self._own_label(line, at):
                self._foreign(line, act, at)

    def _speaks(self, act: Act) -> bool:
        """Whether one of the sides of a link signed it who has the role and acts at its place."""
        slots = SLOTS.get(act.statement.kind.name, ())
        return any(slot.party and slot.where and speaks(act, slot.field, self) for slot in slots)

    def _on_way(self, act: Act, box: str) -> bool:
        """Whether the place of an act is one where the box may come: elsewhere whoever signs alone tells nothing of its label and seals."""
        return self.places.on_way(home(box), act.body["place"], act.entry)

    def _foreign(self, line: Line, act: Act, at: int) -> None:
        """A code on a box that is not of this box: one that nobody printed yet may turn out to be a spare (REG-5)."""
        self.facts.put(SPARE, line["by"]["label"], Mark.of(act, line["box"], at, SPARE))

    def _once(self, line: Line, act: Act, at: int) -> None:
        """A seal number may stand for one box only; the earliest keeps it, every other is a finding."""
        numbers = [seal["number"] for seal in line["seals"] if seal["number"] is not None]
        mark = Mark.of(act, line["box"], at, SEAL)
        for number in numbers:
            self.facts.put(SEAL, number, mark)

    def settle(self, note: Note, boxes: Iterable[str] | None = None) -> dict[str, tuple[BoxState, tuple[Finding, ...]]]:
        """Judge boxes: the clean ones as they stand, the tangled ones folded from their entries, read again through `note`.

        Without `boxes`, every box that is registered or spoken of. After this, `holding` answers for tangled boxes too.
        """
        names = sorted({*self.chains, *self.register.boxes}) if boxes is None else boxes
        found = dict[str, tuple[BoxState, tuple[Finding, ...]]]()
        for group in self._groups(names):
            acts = self._acts(group, note, again=boxes is not None)
            found.update((box, self._settled(box, acts.pop(box, []))) for box in group)
        return found

    def _groups(self, boxes: Iterable[str]) -> Iterator[list[str]]:
        """The boxes, as many at a time as there is room for what was said of them: so each act is read once for many of them."""
        group, said = list[str](), 0
        for box in boxes:
            chain = self.chain(box)
            more = len(chain.indexes) if chain is not None and chain.tangled else 0
            if group and said + more > _AT_HAND:
                yield group
                group, said = [], 0
            group.append(box)
            said += more
        yield group

    def _acts(self, boxes: Iterable[str], note: Note, clean: bool = False, again: bool = False) -> dict[str, list[Act]]:
        """Of each box whose chain is tangled, or `clean` as well, the acts that name it; kept where they may be asked `again`."""
        chains = {box: chain for box in boxes if (chain := self.chain(box)) is not None and (clean or chain.tangled)}
        refold = self._refold if again else Refold(keeps=False)
        return refold.acts({box: chain.indexes for box, chain in chains.items()}, lambda index: self.act_again(note(index), index))

    def _settled(self, box: str, acts: list[Act]) -> tuple[BoxState, tuple[Finding, ...]]:
        chain = self.chain(box)
        if chain is None or not chain.tangled:
            holding = chain.holding if chain is not None else None
            state = BoxState(box, "ok" if holding else "registered", holding, links=chain.links if chain else 0)
            return state, chain.findings if chain is not None else ()
        judged = self._judged(box, acts)
        chain.holding, chain.links, chain.findings = judged.state.holding, judged.state.links, tuple(judged.findings)
        self.trail.put(box, judged.steps, judged.loose)
        return judged.state, chain.findings

    def foresee(self, box: str, act: Act, note: Note) -> tuple[BoxState, list[Finding]]:
        """The judgment on a box as it would be with one act more; nothing of it is kept."""
        judged = self._judged(box, [*self._acts([box], note, clean=True).get(box, []), act])
        return judged.state, judged.findings

    def _judged(self, box: str, acts: list[Act]) -> _Judged:
        """A box from all acts that name it: its links, and what inspections saw of it."""
        looks = sightings.looks(box, acts, self)
        state, found, steps = self._folded(box, acts)
        hanging = sightings.pending(box, acts, state, steps, self)
        seen = Sightings(box, steps, looks, hanging, self)
        if seen.sealed or seen.copies:  # the links once more, held against the seals and labels that were seen between them
            state, found, steps = self._folded(box, acts, seen.last_seen)
            seen = Sightings(box, steps, looks, hanging, self)
        judged = seen.judge()
        return _Judged(state, [*found, *judged.findings], seen.path, [*hanging, *judged.loose])

    def _folded(self, box: str, acts: list[Act], seen: Seen = as_left) -> Folded:
        by = Standards(
            self,
            self._refold.judge(box, partial(law.of_line, known=self)),
            partial(law.of_receipt, known=self),
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
