"""The ledger against a plain list: whatever is offered, in whatever order and by whichever process, the list says what must be there."""

from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from custody.core import merkle, note
from custody.core.errors import BadSignature, Malformed, Refused
from custody.ledger.audit import audit
from custody.ledger.ledger import Ledger
from custody.ledger.rebuild import rebuild
from custody.ledger.receipt import Receipt
from custody.store.sqlite import SqliteStore
from fixtures.office import again, in_folder
from fixtures.smallworld import BOX, World, ready

START = ready()
PEOPLE = ("kpps-1", "pps-1", "ppk-1", "guard-1")


class Model:
    """The reference: notes in a list, and for each statement the keys that have signed it."""

    def __init__(self, notes: list[bytes]) -> None:
        self.notes: list[bytes] = []
        self.signed: dict[bytes, set[str]] = {}
        for data in notes:
            self.offer(data)

    def offer(self, data: bytes) -> int:
        """The index that an authentic note gets or has."""
        text, lines = note.split(data)
        sid, names = sha256(text).digest(), {line.name for line in lines}
        known = self.signed.setdefault(sid, set())
        if data in self.notes:
            return self.notes.index(data)
        if names <= known:
            return next(index for index, other in enumerate(self.notes) if note.split(other)[0] == text)
        known |= names
        self.notes.append(data)
        return len(self.notes) - 1


class Ledgers(RuleBasedStateMachine):
    """Two ledgers over one folder, as two processes; the model beside them."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp()) / "ledger"
        self.world: World = START
        self.model = Model(START.entries)
        self.texts: list[bytes] = []
        self.receipts: list[Receipt] = []
        self.tip: str | None = None
        self.number = 0

    @initialize()
    def begin(self) -> None:
        first = in_folder(self.world, self.folder)
        first.append(self.world.entries)
        self.ledgers: list[Ledger] = [first, again(self.world, self.folder)]

    def teardown(self) -> None:
        for ledger in getattr(self, "ledgers", ()):
            ledger.close()
        rmtree(self.folder.parent, ignore_errors=True)

    @rule(who=st.lists(st.sampled_from(PEOPLE), min_size=1, unique=True), forked=st.booleans(), which=st.integers(0, 1))
    def a_new_statement(self, who: list[str], forked: bool, which: int) -> None:
        self.number += 1
        prev = None if forked else self.tip
        made = self.world.handoff(
            self.world.line(BOX, prev), giver="kpps-1", receiver="pps-1", start="5307192001-001", end="5307192001",
            vehicle=f"EB{self.number}",
        )  # fmt: skip
        self.texts.append(made.text)
        self.tip = made.sid
        self.offered([self.world.sign(made, *who)], which)

    @precondition(lambda self: self.texts)
    @rule(pick=st.integers(0, 99), who=st.lists(st.sampled_from(PEOPLE), min_size=1, unique=True), which=st.integers(0, 1))
    def an_old_statement_with_other_signatures(self, pick: int, who: list[str], which: int) -> None:
        text = self.texts[pick % len(self.texts)]
        self.offered([note.join(text, [self.world.person(name).line(text) for name in who])], which)

    @rule(picks=st.lists(st.integers(0, 99), min_size=1, max_size=4), which=st.integers(0, 1))
    def notes_that_are_there(self, picks: list[int], which: int) -> None:
        self.offered([self.model.notes[pick % len(self.model.notes)] for pick in picks], which)

    @rule(pick=st.integers(0, 99), at=st.integers(0, 4_000), mask=st.integers(1, 255), which=st.integers(0, 1))
    def a_spoiled_note_between_good_ones(self, pick: int, at: int, mask: int, which: int) -> None:
        data = bytearray(self.model.notes[pick % len(self.model.notes)])
        data[at % len(data)] ^= mask
        good = self.model.notes[0]
        answers = self.ledgers[which].offer([good, bytes(data), good])
        assert isinstance(answers[1], Malformed | BadSignature | Refused)
        assert [answers[0], answers[2]] == [self.ledgers[which].receipt(0)] * 2

    @rule(which=st.integers(0, 1))
    def a_process_starts_anew(self, which: int) -> None:
        self.ledgers[which].close()
        self.ledgers[which] = again(self.world, self.folder)

    @rule()
    def projections_are_built_anew(self) -> None:
        store = SqliteStore.open(self.folder)
        assert rebuild(store) == len(self.model.notes)
        store.close()

    def offered(self, notes: list[bytes], which: int) -> None:
        wanted = [self.model.offer(data) for data in notes]
        receipts = self.ledgers[which].append(notes)
        assert [receipt.index for receipt in receipts] == wanted
        self.receipts += receipts

    @invariant()
    def both_hold_what_the_list_holds(self) -> None:
        if not hasattr(self, "ledgers"):
            return
        root = merkle.Tree(merkle.leaf_hash(data) for data in self.model.notes).root()
        for ledger in self.ledgers:
            assert ledger.refresh() == len(self.model.notes)
            assert ledger.head().root == root
            assert list(ledger.notes()) == self.model.notes
        assert self.ledgers[0].judge([BOX]) == self.ledgers[1].judge([BOX])
        for receipt in self.receipts[-3:]:
            receipt.verify(self.world.policy())

    @rule()
    def the_audit_agrees(self) -> None:
        store = SqliteStore.open(self.folder)
        verdict, _ = audit(store, self.world.policy())
        store.close()
        assert (verdict.integrity, verdict.faults, verdict.size) == ("consistent", (), len(self.model.notes))
        assert verdict.boxes[BOX] == self.ledgers[0].judge([BOX])[BOX][0]


Ledgers.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
TestTheLedgerIsAListIn25StoriesOf20Steps = Ledgers.TestCase
