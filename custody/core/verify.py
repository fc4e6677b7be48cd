"""Verification of a whole ledger, in the numbered steps of spec chapter 10.

1 founding · 2 entries · 3 signatures · 4 tree · 5 checkpoints · 6 seen · 7 outside · 8 kept (columns and projections, done by
the ledger's audit) · 9 law. Bytes come in through a `Source`; a `Verdict` goes out. Nothing here reads a disk or a clock.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from custody.core import ahead, clocks, duties, legs, merkle, proof
from custody.core.act import Act
from custody.core.ahead import Waiting
from custody.core.brackets import Brackets, Claims, Seen
from custody.core.checkpoint import Checkpoint, open_note
from custody.core.entry import Entry, check_founding, check_signatures, glance, parse, signers
from custody.core.errors import Altered, BadSignature, CustodyError, Undecided
from custody.core.findings import Finding, finding, order
from custody.core.note import Line, VerifierKey, encode_base64
from custody.core.outside import judge
from custody.core.policy import Policy
from custody.core.repeats import Repeats
from custody.core.roster import Key
from custody.core.state import State
from custody.core.verdict import MOST_FAULTS, Fault, Step, Verdict

LINE = "\n\N{EM DASH} ".encode()  # how a signature line begins
_A_FEW = 255  # checkpoints between two questions whether to stop


class Source(Protocol):
    """Where the bytes of a ledger come from: a store, an export, a list in a test."""

    def notes(self, start: int) -> Iterator[bytes]:
        """Every entry from index `start`, in order."""

    def note(self, index: int) -> bytes:
        """One entry again."""

    def checkpoints(self) -> Iterable[tuple[int, bytes]]:
        """The sizes and signed notes of all checkpoints kept, ascending by size."""


class Outside(NamedTuple):
    """Something held outside the ledger: a checkpoint, or a receipt (a proof and the leaf it is for).

    unreadable: the code of what is wrong with a file that is neither of these; then nothing else of it is looked at.
    """

    name: str
    note: bytes
    receipt: proof.Proof | None = None
    leaf: bytes | None = None
    unreadable: str | None = None


class Checked(Protocol):
    """Signature checks done beforehand by another process."""

    def sure(self, index: int, keys: Sequence[Key]) -> bool:
        """True if every line of that entry was found valid under exactly these keys."""


Named = Callable[[int, "Sequence[str | None]"], None]  # index of the first, statement ids
Stop = Callable[[], bool]


class Snapshot(NamedTuple):
    """State, tree and times claimed after a verified prefix, so that the next verification reads only what is new. Each grows along.

    repeats: of a prefix at whose end somebody stopped (SNAP-4); the verification that goes on from there is one of the whole.
    """

    state: State
    tree: merkle.Tree
    claims: Claims
    repeats: Repeats | None = None

    @classmethod
    def empty(cls) -> "Snapshot":
        """Before the first entry."""
        return cls(State(), merkle.Tree(), Claims())


class Stopped(Exception):
    """Somebody stopped a verification between two blocks of entries: what can go on from there, and the faults of steps 1 to 5 so far."""

    def __init__(self, snapshot: Snapshot, faults: tuple[Fault, ...], count: int) -> None:
        super().__init__(snapshot.state.size)
        self.snapshot, self.faults, self.count = snapshot, faults, count


def verify(
    source: Source,
    trust: Policy | None = None,
    outside: Iterable[Outside] = (),
    checked: Checked | None = None,
    start: Snapshot | None = None,
    named: Named = lambda start, sids: None,
    stop: Stop = lambda: False,
) -> tuple[Verdict, Snapshot]:
    """Judge a ledger. Returns the verdict and what the next verification may start from.

    named: is told the statement ids of some entries from an index on, None where it could not be read, as soon as they are known.
    stop: is asked now and then whether to stop here.

    Never raises for what the source holds: everything wrong becomes a fault or a finding of the verdict.

    :raises Stopped: where `stop` said so.
    """
    run = _Run(source, trust, checked, start or Snapshot.empty(), stop)
    run.check_entries(named)
    run.check_head()
    run.check_checkpoints()
    run.check_seen()
    run.check_outside(list(outside))
    return run.verdict(), Snapshot(run.state, run.tree, run.claims)


class _Run:
    """One verification under way: the faults and claims gathered so far."""

    def __init__(self, source: Source, trust: Policy | None, checked: Checked | None, start: Snapshot, stop: Stop) -> None:
        self.source, self.trust, self.checked, self.stop = source, trust, checked, stop
        self.state, self.tree, self.claims, halfway = start
        self.first = start.state.size
        self.judged = self.first if halfway is None else 0  # checkpoints of a smaller size were looked at before
        self.kept = list(source.checkpoints())
        self.brackets = Brackets.of(self.kept, trust)
        self.faults: list[Fault] = []
        self.count = 0
        self.seen: dict[Seen, tuple[int, str]] = dict(self.claims.unsigned)  # heads seen -> first entry that names them, drafter
        self.fresh: list[Seen] = []  # of these the newest, until they have been looked up among the checkpoints kept
        self.good: set[int] = set()  # sizes of the kept checkpoints that were found right
        self.extra: list[Finding] = []
        self.repeats = halfway or Repeats(self.first)
        self.outsiders = 0
        self.undecided: list[Fault] = []
        self.spans: list[tuple[VerifierKey, int, int]] | None = None

    def fault(self, step: Step, error: CustodyError, entry: int | None = None, checkpoint: int | None = None) -> None:
        self.count += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault.of(step, error, entry, checkpoint))

    def check_entries(self, named: Named) -> None:
        """Steps 1 to 3: every entry in its turn; the tree grows from the bytes as they are, good or bad."""
        for block in ahead.blocks(self.source.notes(self.first), self.tree):
            roster, start, changes = self.state.roster, self.state.size, self.state.roster.changes
            held = ahead.held(block, roster, start) if self.checked is None else [()] * len(block)
            named(start, [self._take(waiting, keys, changes) for waiting, keys in zip(block, held, strict=True)])
            self._forget_kept()
            self._rest()
        self._trusted()

    def _rest(self) -> None:
        """Stop here if somebody asks for it: the heads seen that are not looked up yet go along among the claims."""
        if self.stop():
            self.claims.unsigned = dict(self.seen)
            raise Stopped(Snapshot(self.state, self.tree, self.claims, self.repeats), tuple(self.faults), self.count)

    def _take(self, waiting: Waiting, held: tuple[Key, ...], changes: int) -> str | None:
        """The next entry. changes: of the roster under which `held` was found. Returns the id of its statement."""
        index = self.state.size
        entry = self._form(waiting, index)
        if entry is None or not self._authentic(entry, held, index, self.state.roster.changes == changes):
            self.state.size = index + 1
            self.repeats.skip()
            self.claims.skip()
        return entry.statement.sid if entry is not None else None

    def _form(self, waiting: Waiting, index: int) -> Entry | None:
        try:
            entry = glance(waiting.text, waiting.lines, waiting.data) or parse(waiting.data)
            check_founding(entry, index)
        except CustodyError as error:
            self.fault(Step.FOUNDING if index == 0 else Step.ENTRIES, error, index)
            return None
        return entry

    def _authentic(self, entry: Entry, held: tuple[Key, ...], index: int, same: bool) -> bool:
        """held: keys under which the lines of this entry were found valid. same: the roster is as it was then."""
        try:
            keys = signers(entry, self.state.roster, index, held if same else ())
            if held != keys and (self.checked is None or not self.checked.sure(index, keys)):
                check_signatures(entry, keys)
            self.state.apply(entry, keys)
        except CustodyError as error:
            self.fault(Step.FOUNDING if index == 0 else Step.SIGNATURES, error, index)
            return False
        self.repeats.add(entry.statement.sid)
        self._claims(entry, index)
        return True

    def _claims(self, entry: Entry, index: int) -> None:
        """Keep what the statement says it has seen, and when it says that it was drafted."""
        body = entry.statement.body
        seen = body["seen"]
        self.claims.add(body["at"], seen["size"] if seen is not None else 0)
        claim = (seen["size"], seen["root"], seen["sig"]) if seen is not None else None
        if claim is not None and claim not in self.seen:
            self.seen[claim] = (index, _drafter(entry))
            self.fresh.append(claim)

    def _forget_kept(self) -> None:
        """Of heads seen that are right checkpoints kept here nothing is told: nearly all, and they would take much room."""
        self.spans = None  # keys may have come with these entries; those that count for a smaller size are known by now
        for claim in self.fresh:
            if claim[0] <= self.seen[claim][0] and self._is_kept(*claim):
                del self.seen[claim]
        self.fresh.clear()

    def _trusted(self) -> None:
        """Step 1: the ledger is the one that the trust file names, by origin and key; a file of another origin can decide nothing."""
        roster = self.state.roster
        if self.trust is None or not self.trust.logs or not roster.origin:
            return
        if roster.origin not in {log.name for log in self.trust.logs}:
            error = Undecided("founding.other-ledger", origin=roster.origin, expected=self.trust.logs[0].name)
            self.undecided.append(Fault.of(Step.FOUNDING, error))
            return
        own = {(key.name, key.public) for key in roster.ledger_keys()}
        if not any((log.name, log.public) in own for log in self.trust.logs):
            self.fault(Step.FOUNDING, Altered("founding.other", origin=roster.origin, expected=self.trust.logs[0].name), 0)

    def check_head(self) -> None:
        """Step 4: the newest checkpoint covers exactly the entries that are here."""
        size = self.tree.size
        covered = self.kept[-1][0] if self.kept else 0
        if size == 0:
            self.fault(Step.TREE, Altered("ledger.empty"))
        elif covered < size:
            self.fault(Step.TREE, Altered("tree.uncovered", size=size, covered=covered), entry=covered)
        elif covered > size:
            self.fault(Step.TREE, Altered("tree.short", size=size, covered=covered), entry=size)

    def _head_keys(self, size: int) -> list[VerifierKey]:
        """The ledger keys that may sign a checkpoint of that size (ROLE-6), once all entries before it have been read."""
        if self.spans is None:
            self.spans = self.state.roster.ledger_spans()
        return [key for key, least, most in self.spans if least <= size <= most]

    def check_checkpoints(self) -> None:
        """Step 5: every checkpoint is signed by the ledger key and has the root of the tree at its size."""
        good, last = 0, -1
        for number, (size, note) in enumerate(self.kept):
            if number & _A_FEW == _A_FEW:
                self._rest()
            if 0 <= size < self.judged:
                good = size
                continue
            try:
                if size not in self.good or size == last:  # of two of one size the other has not been looked at
                    self._checkpoint(size, note, good)
                good = size
            except CustodyError as error:
                self.fault(Step.CHECKPOINTS, error, checkpoint=size)
            last = size

    def _checkpoint(self, size: int, note: bytes, good: int) -> None:
        opened = open_note(note, self._head_keys(size))
        if self.trust is not None and note.count(LINE) > 1:
            self.trust.witnessed(note)  # CHECKPOINT-9: a false line of a trusted witness refuses it
        if opened.size != size:
            raise Altered("head.size", size=opened.size, kept=size)
        if size <= self.tree.size and opened.root != self.tree.root(size):
            raise Altered("head.root", first=good, last=size - 1)
        self.good.add(size)

    def check_seen(self) -> None:
        """Step 6: a checkpoint somebody saw under a valid signature is a head of this very tree."""
        self.claims.unsigned.clear()
        for (size, root, signature), (index, name) in self.seen.items():
            text = Checkpoint(self.state.roster.origin, size, bytes.fromhex(root)).text()
            signed = any(_verifies(key, text, bytes.fromhex(signature)) for key in self._head_keys(size))
            if not signed:
                self.claims.unsigned[size, root, signature] = (index, name)
                self.extra.append(finding("seen.unsigned", index, key=name, size=size))
            elif size > index or self.tree.root(size).hex() != root:
                self.fault(Step.SEEN, Altered("seen.split", size=size, root=root), entry=index)
        self.seen.clear()  # before the boxes are judged, which takes room too; of the checkpoints only the newest is asked for again
        del self.kept[:-1]

    def _is_kept(self, size: int, root: str, signature: str) -> bool:
        """Whether a claim is, to the letter, a checkpoint kept here that is right (step 5), with its line by a ledger key.

        Step 5 verifies every such line. Any other line of the note proves nothing: whoever has the files may add one.
        """
        place = bisect_left(self.kept, (size, b""))
        if size < self.judged or place == len(self.kept) or self.kept[place][0] != size:
            return False
        note = self.kept[place][1]
        text = b"%s\n%d\n%s\n" % (self.state.roster.origin.encode(), size, encode_base64(bytes.fromhex(root)))
        for key in self._head_keys(size):
            line = Line(key.name, key.key_id, bytes.fromhex(signature))
            if note == text + b"\n" + line.format() and size <= self.tree.size:
                return size in self.good or self._is_right(key, size, text, line.signature, root)
            if note.startswith(text + b"\n") and b"\n" + line.format() in note:
                return size in self.good or self._opens(size, note)
        return False

    def _is_right(self, key: VerifierKey, size: int, text: bytes, signature: bytes, root: str) -> bool:
        """As `_opens`, of a checkpoint with this one line: of its form nothing is left to ask."""
        if self.tree.root(size).hex() != root or not _verifies(key, text, signature):
            return False
        self.good.add(size)
        return True

    def _opens(self, size: int, note: bytes) -> bool:
        """Whether a checkpoint kept here is right; if not, step 5 will tell it."""
        try:
            self._checkpoint(size, note, 0)
        except CustodyError:
            return False
        return True

    def check_outside(self, items: list[Outside]) -> None:
        """Step 7: checkpoints and receipts held by others agree with this tree; one that proves nothing is told and alters nothing."""
        for item in items:
            try:
                judge(item, self.state.roster.origin, self._keys_outside, self.tree.size, self.tree.root)
                self.outsiders += 1
            except Undecided as error:
                self.undecided.append(Fault.of(Step.OUTSIDE, error))
            except CustodyError as error:
                self.fault(Step.OUTSIDE, error)

    def _keys_outside(self, size: int) -> list[VerifierKey]:
        """Under which keys a head from outside speaks of this ledger."""
        return [*self._head_keys(size), *(self.trust.logs if self.trust is not None else ())]

    def verdict(self) -> Verdict:
        """Step 9: judge every box, then the books, and gather all findings, in a fixed order."""
        settled = self.state.settle(self.source.note) if not self.count else {}
        found = dict.fromkeys(self.state.told)
        found.update((one, None) for one in self.extra)
        for _, findings in settled.values():
            found.update((one, None) for one in findings)
        found.update((one, None) for one in (self.state.booked(self.source.note) if not self.count else ()))
        found.update((one, None) for one in self._suspects())
        found.update((one, None) for one in (self.repeats.found(self.source.note) if not self.count else ()))
        found.update((one, None) for one in self.brackets.judge(self.claims, self.state.size, self.state.skew))
        found.update((one, None) for one in (clocks.of_entries(self.claims, self.state.skew, self._voice) if not self.count else ()))
        found.update((one, None) for one in legs.unjudged(self.state.places))
        return Verdict(
            origin=self.state.roster.origin,
            size=self.tree.size,
            root=self.tree.root(),
            covered=self.kept[-1][0] if self.kept else 0,
            trusted=self.trust is not None and bool(self.trust.logs),
            witnessed=self.brackets.newest,
            outside=self.outsiders,
            undecided=tuple(self.undecided),
            reread=self.tree.size - self.first,
            fault_count=self.count,
            faults=tuple(sorted(self.faults, key=lambda fault: fault.step)),
            findings=tuple(sorted(found, key=order)),
            boxes={box: state for box, (state, _) in settled.items()},
        )

    def _voice(self, index: int) -> clocks.Voice:
        """Who signed an entry, and whether what he says to have seen is a head that the ledger signed."""
        act = self.state.act_again(self.source.note(index), index)
        seen = act.body["seen"]
        known = seen is None or (seen["size"], seen["root"], seen["sig"]) not in self.claims.unsigned
        return clocks.voice(act, self.state.roster, known)

    def _suspects(self) -> list[Finding]:
        """A revocation that says since when makes it needed to look once more at what the key signed before."""
        suspects = {key.name for key in self.state.roster.by_name.values() if key.suspect is not None}
        if not suspects or self.count:
            return []
        found: list[Finding] = []
        for index in range(self.state.size):
            act = self._act_by(self.source.note(index), index, suspects)
            if act is not None:
                found += duties.suspects(act, self.state.roster)
        return found

    def _act_by(self, data: bytes, index: int, names: set[str]) -> Act | None:
        if not any(f" {name} ".encode() in data for name in names):
            return None
        act = self.state.act_again(data, index)
        return act if act.signed & names else None


def _drafter(entry: Entry) -> str:
    """Who answers for what a statement says it has seen: the recorder it names; else nobody is named, and all who signed do."""
    recorder = entry.statement.body.get("recorder")
    return recorder if recorder is not None else ", ".join(sorted({line.name for line in entry.lines}))


def _verifies(key: VerifierKey, text: bytes, signature: bytes) -> bool:
    try:
        key.verify(text, signature)
    except BadSignature:
        return False
    return True
