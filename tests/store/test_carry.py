"""A ledger carried from one database into another: the same in both, resumable anywhere, and never two that take entries."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from custody.core.errors import Altered, CustodyError, Refused
from custody.store import carry as carrying
from custody.store.carry import carry
from custody.store.contract import Store
from custody.store.memory import MemoryStore
from custody.store.postgres import PostgresStore
from custody.store.sqlite import SqliteStore
from tests.store.rows import row, rows, tile
from tests.store.test_contract import everything, filled


@pytest.fixture(params=["sqlite to postgres", "postgres to sqlite", "sqlite to memory"])
def ends(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    """An empty store of each make."""

    def new(make: str) -> Any:
        if make == "postgres":
            return PostgresStore.open(request.getfixturevalue("database"))
        return MemoryStore(0.2) if make == "memory" else SqliteStore.create(tmp_path)

    one, _, other = request.param.split()
    with closing(new(one)) as source, closing(new(other)) as target:
        yield source, target


def live(*stores: Store) -> int:
    """How many of them take entries."""
    return sum(not store.moved() for store in stores)


def nothing() -> None:
    """The folder names the new place."""


def test_everything_arrives_and_only_the_target_takes_entries(ends: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrying, "_PART", 100)
    source, target = ends
    before = everything(filled(source))
    told: list[tuple[int, int]] = []
    when: list[int] = []
    assert carry(source, target, lambda: when.append(live(source, target)), lambda *now: told.append(now)) == 600
    assert everything(target) == everything(source) == before
    assert told == [(done, 600) for done in range(100, 601, 100)]
    assert when == [0]  # while the folder is told, neither takes anything
    assert (source.moved(), target.moved()) == (True, False)
    with target.write() as writer:
        writer.append(rows(600, 700))
    with pytest.raises(Refused, match=r"store\.moved"), source.write():
        pass


def test_and_back_again_onto_what_was_left(ends: tuple[Store, Store]) -> None:
    source, target = ends
    carry(filled(source), target, nothing)
    with target.write() as writer:
        writer.append(rows(600, 900))
        writer.put_tiles([tile(2)])
        writer.put_checkpoint(900, b"baru")
        writer.put_cosignature(600, "saksi-tiga", b"baris tiga")
        writer.drop_facts("roster")
    before = everything(target)
    assert carry(target, source, nothing) == 900
    assert everything(source) == before
    assert (source.moved(), target.moved()) == (False, True)


def test_the_same_call_again_after_the_end_changes_nothing(ends: tuple[Store, Store]) -> None:
    source, target = ends
    carry(filled(source), target, nothing)
    before = everything(target)
    assert carry(source, target, nothing) == 600
    assert (everything(target), live(source, target)) == (before, 1)


class Cut(Exception):
    """The power goes."""


class Cutting:
    """A store that breaks off after so many write transactions, before the one that comes next commits, or after it."""

    def __init__(self, store: Store, budget: list[int], after: bool) -> None:
        self.store, self.budget, self.after = store, budget, after

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    @contextmanager
    def write(self, moved: bool = False) -> Iterator[Any]:
        self.budget[0] -= 1
        with self.store.write(moved) as writer:
            yield writer
            if self.budget[0] == 0 and not self.after:
                raise Cut
        if self.budget[0] == 0:
            raise Cut


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_cut_off_before_or_after_any_commit_it_is_taken_up(ends: tuple[Store, Store], after: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrying, "_PART", 250)
    source, target = ends
    before = everything(filled(source))
    for budget in range(1, 30):
        left = [budget]
        try:
            carry(cast(Store, Cutting(source, left, after)), cast(Store, Cutting(target, left, after)), nothing)
        except Cut:
            assert live(source, target) <= 1 or target.size() == 0  # an empty database is no ledger yet
            continue
        break
    assert left[0] > 0 and budget > (3 if after else 2)
    assert everything(target) == before
    assert (source.moved(), target.moved()) == (True, False)


def other_entries(target: Store) -> None:
    with target.write() as writer:
        writer.append([row(0, "lain")])
        writer.mark(moved=True)


def a_live_ledger(target: Store) -> None:
    with target.write() as writer:
        writer.append(rows(0, 10))


def longer(target: Store) -> None:
    with target.write() as writer:
        writer.append(rows(0, 601))
        writer.mark(moved=True)


def another_in_the_middle(target: Store) -> None:
    with target.write() as writer:
        writer.append([*rows(0, 5), row(5, "lain"), *rows(6, 600)])
        writer.mark(moved=True)


@pytest.mark.parametrize(
    ("name", "harm", "kind", "code"),
    [
        ("other entries", other_entries, Refused, "store.other"),
        ("a live ledger", a_live_ledger, Refused, "store.other"),
        ("more entries than there are", longer, Refused, "store.other"),
        ("another entry in the middle", another_in_the_middle, Altered, "store.carried"),
    ],
)
def test_a_target_with_something_else_in_it(
    ends: tuple[Store, Store], name: str, harm: Callable[[Store], None], kind: type[CustodyError], code: str
) -> None:
    source, target = ends
    before = everything(filled(source))
    harm(target)
    with pytest.raises(kind) as caught:
        carry(source, target, nothing)
    assert caught.value.code == code
    assert everything(source) == before and not source.moved()
    with source.write() as writer:  # the ledger goes on where it was
        writer.append(rows(600, 601))


def test_a_row_that_changes_on_its_way_is_seen(ends: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = ends
    filled(source)
    real = type(target).write

    @contextmanager
    def write(self: Any, moved: bool = False) -> Iterator[Any]:
        with real(self, moved) as writer:
            append = writer.append
            writer.append = lambda batch: append([one._replace(body=one.body + b"x") if one.idx == 77 else one for one in batch])
            yield writer

    monkeypatch.setattr(type(target), "write", write)
    with pytest.raises(Altered, match=r"store\.carried"):
        carry(source, target, nothing)
    assert not source.moved() and target.moved()
