"""Any order of writes, failures, reopenings and copies: the SQLite store and the memory store hold the same as plain lists."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from custody.core.rows import Tile
from custody.store.contract import Store
from custody.store.memory import MemoryStore
from custody.store.sqlite import SqliteStore
from tests.store.rows import box, row
from tests.store.test_contract import everything

BOXES = st.sampled_from(["B1", "B2", "B3"])
WORDS = st.sampled_from(["ok", "offered", "disputed"])


class Broken(Exception):
    """What a caller raises in the middle of a transaction."""


class TwoStores(RuleBasedStateMachine):
    """Each rule is done to both stores; `fails` breaks the transaction at its end."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name)
        self.stores: list[Store] = [MemoryStore(), SqliteStore.create(self.path)]
        self.bodies: list[bytes] = []
        self.copies = 0

    def teardown(self) -> None:
        for store in self.stores:
            store.close()
        self.folder.cleanup()

    @rule(count=st.integers(1, 300), fails=st.booleans(), checkpoint=st.booleans())
    def append(self, count: int, fails: bool, checkpoint: bool) -> None:
        new = [row(len(self.bodies) + at, f"{len(self.bodies) + at}") for at in range(count)]
        for store in self.stores:
            try:
                with store.write() as writer:
                    writer.append(new)
                    full = writer.size() // 256
                    have = len(list(writer.tiles(0)))
                    writer.put_tiles([Tile(0, n, bytes([n]) * 8192) for n in range(have, full)])
                    if checkpoint:
                        writer.put_checkpoint(writer.size(), b"catatan %d" % writer.size())
                    if fails:
                        raise Broken
            except Broken:
                pass
        if not fails:
            self.bodies += [one.body for one in new]

    @rule(name=BOXES, status=WORDS, idx=st.integers(0, 5), fails=st.booleans())
    def project(self, name: str, status: str, idx: int, fails: bool) -> None:
        for store in self.stores:
            try:
                with store.write() as writer:
                    writer.put_boxes([box(name, status)])
                    writer.touch([(name, idx)])
                    writer.put_facts(status, {name: str(idx).encode()})
                    if fails:
                        raise Broken
            except Broken:
                pass

    @rule(drop=WORDS)
    def forget(self, drop: str) -> None:
        for store in self.stores:
            with store.write() as writer:
                writer.drop_facts(drop)

    @rule()
    def rebuild(self) -> None:
        for store in self.stores:
            with store.write() as writer:
                writer.drop_projections()

    @rule()
    def tidy(self) -> None:
        for store in self.stores:
            store.tidy()

    @rule()
    def reopen(self) -> None:
        self.stores[1].close()
        self.stores[1] = SqliteStore.open(self.path)

    @precondition(lambda self: self.copies < 3)
    @rule()
    def go_on_in_a_copy(self) -> None:
        self.copies += 1
        target = self.path / "copy"
        target.mkdir()
        store = self.stores[1]
        assert isinstance(store, SqliteStore)
        store.copy(target)
        store.close()
        self.path = target
        self.stores[1] = SqliteStore.open(target)

    @invariant()
    def both_hold_the_same(self) -> None:
        memory, sqlite = (everything(store) for store in self.stores)
        assert memory == sqlite

    @invariant()
    def nothing_else_than_the_list(self) -> None:
        for store in self.stores:
            assert [found.body for found in store.rows()] == self.bodies


class TestTwoStores20(TwoStores.TestCase):  # type: ignore[name-defined, misc]
    """20 histories of up to 20 steps."""

    settings = settings(max_examples=20, stateful_step_count=20, deadline=None)
