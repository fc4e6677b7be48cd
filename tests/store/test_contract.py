"""One suite for every store: what the contract promises, whatever the rows lie in."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from custody.core.errors import CustodyError, Locked, Refused
from custody.core.rows import BoxFilter, BoxRow, Row, Tile
from custody.store.contract import Store, Writer
from custody.store.sql import CHUNK
from tests.store.rows import box, row, rows, tile


def filled(store: Store, count: int = 600) -> Store:
    with store.write() as writer:
        writer.append(rows(0, count))
        writer.put_tiles([tile(n) for n in range(count // 256)])
        writer.put_checkpoint(count, b"catatan")
        writer.put_boxes([box("B1"), box("B2", status="disputed"), box("B3", desa="5307192002", holder=None)])
        writer.touch([("B1", 3), ("B1", 1), ("B2", 1)])
        writer.put_facts("roster", {"b": b"2", "a": b"1"})
        writer.put_cosignature(count, "saksi-dua", b"baris dua")
        writer.put_cosignature(count, "saksi-satu", b"baris satu")
    return store


def everything(store: Store) -> dict[str, object]:
    """All that a store holds, for comparing."""
    with store.read() as reader:
        return {
            "size": reader.size(),
            "rows": list(reader.rows()),
            "head": reader.head(),
            "checkpoints": list(reader.checkpoints()),
            "tiles": [list(reader.tiles(level)) for level in range(3)],
            "cosignatures": [(size, reader.cosignatures(size)) for size in reader.cosigned()],
            "boxes": list(reader.boxes()),
            "touches": list(reader.touches()),
            "facts": [(topic, list(reader.facts(topic))) for topic in reader.topics()],
        }


def test_a_new_store_is_empty(store: Store) -> None:
    assert everything(store) == {
        "size": 0,
        "rows": [],
        "head": None,
        "checkpoints": [],
        "tiles": [[], [], []],
        "cosignatures": [],
        "boxes": [],
        "touches": [],
        "facts": [],
    }


def test_what_was_written_is_read_back(store: Store) -> None:
    filled(store)
    assert everything(store) == {
        "size": 600,
        "rows": rows(0, 600),
        "head": (600, b"catatan"),
        "checkpoints": [(600, b"catatan")],
        "tiles": [[tile(0).hashes, tile(1).hashes], [], []],
        "cosignatures": [(600, [("saksi-dua", b"baris dua"), ("saksi-satu", b"baris satu")])],
        "boxes": [box("B1"), box("B2", status="disputed"), box("B3", desa="5307192002", holder=None)],
        "touches": [("B1", 1), ("B1", 3), ("B2", 1)],
        "facts": [("roster", [("a", b"1"), ("b", b"2")])],
    }


@pytest.mark.parametrize(
    ("name", "ask", "answer"),
    [
        ("a row", lambda s: s.row(7), row(7)),
        ("by leaf", lambda s: s.by_leaf(row(7).leaf), row(7)),
        ("by unknown leaf", lambda s: s.by_leaf(b"x" * 32), None),
        ("by sid", lambda s: s.by_sid(row(7).sid), [row(7)]),
        ("by unknown sid", lambda s: s.by_sid(b"x" * 32), []),
        ("leaves in one question", lambda s: s.indexes_by_leaf([row(9).leaf, b"x" * 32, row(2).leaf]), {row(9).leaf: 9, row(2).leaf: 2}),
        ("no leaves", lambda s: s.indexes_by_leaf([]), {}),
        ("more leaves than a chunk", lambda s: len(s.indexes_by_leaf([r.leaf for r in rows(0, 600)])), 600),
        ("sids in one question", lambda s: s.indexes_by_sid([row(9).sid, b"x" * 32]), {row(9).sid: [9]}),
        ("rows from", lambda s: list(s.rows(598)), rows(598, 600)),
        ("rows from to", lambda s: list(s.rows(3, 5)), rows(3, 5)),
        ("rows beyond the end", lambda s: list(s.rows(599, 9999)), rows(599, 600)),
        ("rows after the end", lambda s: list(s.rows(600)), []),
        ("leaves", lambda s: list(s.leaves(3, 5)), [row(3).leaf, row(4).leaf]),
        ("a checkpoint", lambda s: s.checkpoint(600), b"catatan"),
        ("no checkpoint", lambda s: s.checkpoint(599), None),
        ("checkpoints from", lambda s: list(s.checkpoints(601)), []),
        ("no cosignatures", lambda s: s.cosignatures(599), []),
        ("a tile", lambda s: s.tile(0, 1), tile(1).hashes),
        ("no tile", lambda s: s.tile(0, 2), None),
        ("no level", lambda s: s.tile(1, 0), None),
        ("tiles from", lambda s: list(s.tiles(0, 1)), [tile(1).hashes]),
        ("no tile where none can be", lambda s: s.other_tile(7), None),
        ("a tile above the levels that are named", lambda s: s.other_tile(0), (0, 0)),
        ("touching", lambda s: s.touching("B1"), [1, 3]),
        ("touching nothing", lambda s: s.touching("B3"), []),
        ("a box", lambda s: s.box("B1"), box("B1")),
        ("no box", lambda s: s.box("B9"), None),
        ("boxes in one question", lambda s: s.boxes_by_name(["B9", "B2", "B1"]), {"B1": box("B1"), "B2": box("B2", status="disputed")}),
        ("more boxes than a chunk", lambda s: len(s.boxes_by_name([*map(str, range(600)), "B1"])), 1),
        ("no boxes in one question", lambda s: s.boxes_by_name([]), {}),
        ("boxes of a desa", lambda s: [b.box for b in s.boxes(BoxFilter(desa="5307192001"))], ["B1", "B2"]),
        ("boxes of a desa and a status", lambda s: [b.box for b in s.boxes(BoxFilter(desa="5307192001", status="ok"))], ["B1"]),
        ("boxes of a kecamatan", lambda s: [b.box for b in s.boxes(BoxFilter(kecamatan="530719"))], ["B1", "B2", "B3"]),
        ("boxes of nobody", lambda s: list(s.boxes(BoxFilter(holder="x"))), []),
        ("a fact", lambda s: s.fact("roster", "a"), b"1"),
        ("no fact", lambda s: s.fact("roster", "c"), None),
        ("facts in one question", lambda s: s.facts_by_key("roster", ["c", "b", "a"]), {"a": b"1", "b": b"2"}),
        ("more facts than a chunk", lambda s: s.facts_by_key("roster", [*map(str, range(600)), "a"]), {"a": b"1"}),
        ("facts of no topic", lambda s: s.facts_by_key("x", ["a"]), {}),
        ("no facts in one question", lambda s: s.facts_by_key("roster", []), {}),
        ("no topic", lambda s: list(s.facts("x")), []),
    ],
)
def test_questions(store: Store, name: str, ask: Callable[[Store], object], answer: object) -> None:
    filled(store)
    assert ask(store) == answer, name
    with store.read() as reader:
        assert ask(reader) == answer, name  # type: ignore[arg-type]
    with store.write() as writer:
        assert ask(writer) == answer, name  # type: ignore[arg-type]


@pytest.mark.parametrize("idx", [-1, 600, 2**40])
def test_an_entry_that_is_not_there(store: Store, idx: int) -> None:
    with pytest.raises(Refused, match=r"store\.entry"):
        filled(store).row(idx)


def test_one_statement_may_have_several_entries(store: Store) -> None:
    sid = b"s" * 32
    with store.write() as writer:
        writer.append([row(0, "a", sid), row(1, "b"), row(2, "c", sid)])
    assert [found.idx for found in store.by_sid(sid)] == [0, 2]
    assert store.indexes_by_sid([sid]) == {sid: [0, 2]}


REFUSED: list[tuple[str, str, Callable[[Writer], Any]]] = [
    ("a gap", "store.order", lambda w: w.append([row(601)])),
    ("an index twice", "store.order", lambda w: w.append([row(599, "x")])),
    ("a gap inside a batch", "store.order", lambda w: w.append([row(600), row(602)])),
    ("a leaf twice", "store.duplicate", lambda w: w.append([Row(600, row(5).leaf, b"s" * 32, "seal", b"x")])),
    ("a leaf twice in a batch", "store.duplicate", lambda w: w.append([row(600, "x"), row(601, "x")])),
    ("a leaf twice in a large batch", "store.duplicate", lambda w: w.append([*rows(600, 660), row(660, "630")])),
    ("a short leaf", "store.row", lambda w: w.append([Row(600, b"x" * 31, b"s" * 32, "seal", b"x")])),
    ("a long sid", "store.row", lambda w: w.append([Row(600, b"x" * 32, b"s" * 33, "seal", b"x")])),
    ("an empty body", "store.row", lambda w: w.append([Row(600, b"x" * 32, b"s" * 32, "seal", b"")])),
    ("a body too long", "store.row", lambda w: w.append([Row(600, b"x" * 32, b"s" * 32, "seal", b"x" * 65536)])),
    ("no kind", "store.row", lambda w: w.append([Row(600, b"x" * 32, b"s" * 32, "", b"x")])),
    ("a tile of entries to come", "store.tile", lambda w: w.put_tiles([tile(2)])),
    ("a tile twice", "store.tile", lambda w: w.put_tiles([tile(1)])),
    ("a tile with a gap", "store.tile", lambda w: w.put_tiles([Tile(1, 0, tile(0).hashes)])),
    ("a short tile", "store.tile", lambda w: (w.append(rows(600, 800)), w.put_tiles([Tile(0, 2, b"x")]))),
    ("a checkpoint of entries to come", "store.checkpoint", lambda w: w.put_checkpoint(601, b"x")),
    ("a checkpoint twice", "store.checkpoint", lambda w: w.put_checkpoint(600, b"catatan")),
    ("an older checkpoint", "store.checkpoint", lambda w: w.put_checkpoint(599, b"x")),
    ("an empty checkpoint", "store.checkpoint", lambda w: (w.append(rows(600, 601)), w.put_checkpoint(601, b""))),
    ("a cosignature of nothing", "store.checkpoint", lambda w: w.put_cosignature(599, "saksi", b"x")),
]


@pytest.mark.parametrize(("name", "code", "do"), REFUSED, ids=[name for name, _, _ in REFUSED])
def test_refused_and_nothing_of_it_stays(store: Store, name: str, code: str, do: Callable[[Writer], Any]) -> None:
    before = everything(filled(store))
    with pytest.raises(Refused) as caught, store.write() as writer:
        writer.put_facts("roster", {"z": b"9"})
        do(writer)
    assert caught.value.code == code
    assert everything(store) == before
    with store.write() as writer:  # and the store goes on
        writer.append([row(600)])
    assert store.size() == 601


def test_projections_are_replaced_and_dropped(store: Store) -> None:
    filled(store)
    with store.write() as writer:
        writer.put_boxes([box("B2"), box("B1", status="offered"), box("B1", status="closed")])
        writer.touch([("B1", 3), ("B1", 3), ("B1", 4)])
        writer.put_facts("roster", {"a": b"new"})
        writer.put_facts("places", {"x": b"1"})
        writer.put_facts("nothing", {})
    assert [(found.box, found.status) for found in store.boxes()] == [("B1", "closed"), ("B2", "ok"), ("B3", "ok")]
    assert store.touching("B1") == [1, 3, 4]
    assert (store.fact("roster", "a"), store.topics()) == (b"new", ["places", "roster"])
    with store.write() as writer:
        writer.drop_facts("roster")
        writer.drop_facts("never was")
    assert store.topics() == ["places"]
    with store.write() as writer:
        writer.drop_projections()
    kept = everything(store)
    assert (kept["boxes"], kept["touches"], kept["facts"]) == ([], [], [])
    assert (kept["size"], len(kept["rows"]), kept["head"]) == (600, 600, (600, b"catatan"))  # type: ignore[arg-type]


def test_an_empty_box_row_is_kept_as_it_is(store: Store) -> None:
    with store.write() as writer:
        writer.put_boxes([BoxRow("B", "ok")])
    assert store.box("B") == BoxRow("B", "ok")


def test_the_same_cosignature_twice_is_one(store: Store) -> None:
    filled(store)
    with store.write() as writer:
        writer.put_cosignature(600, "saksi-satu", b"baris satu")
        writer.put_cosignature(600, "saksi-satu", b"baris lain")
    assert store.cosignatures(600) == [("saksi-dua", b"baris dua"), ("saksi-satu", b"baris lain"), ("saksi-satu", b"baris satu")]


def test_a_writer_sees_what_it_wrote_and_nobody_else_does(store: Store) -> None:
    filled(store)
    with store.write() as writer:
        writer.append([row(600)])
        writer.put_checkpoint(601, b"baru")
        assert (writer.size(), writer.row(600), writer.head()) == (601, row(600), (601, b"baru"))
        assert (store.size(), store.head()) == (600, (600, b"catatan"))
    assert (store.size(), store.head()) == (601, (601, b"baru"))


def test_a_reader_stands_still_while_others_write(store: Store) -> None:
    filled(store)
    with store.read() as reader:
        streaming = reader.rows()
        first = next(streaming)
        for idx in range(600, 603):
            with store.write() as writer:
                writer.append([row(idx)])
                writer.put_boxes([box(f"C{idx}")])
        assert [first, *streaming] == rows(0, 600)
        assert (reader.size(), len(list(reader.boxes()))) == (600, 3)
    assert (store.size(), len(list(store.boxes()))) == (603, 6)


def test_streams_are_whole_over_chunks(store: Store) -> None:
    count = 2 * CHUNK + 1
    with store.write() as writer:
        writer.append(rows(0, count))
    assert [found.idx for found in store.rows()] == list(range(count))


def test_a_stream_may_be_left_early(store: Store) -> None:
    filled(store)
    for _ in range(30):
        assert next(iter(store.rows())) == row(0)
    with store.write() as writer:
        writer.append([row(600)])


def test_a_second_writer_waits_and_is_told(store: Store) -> None:
    told: list[CustodyError] = []

    def second() -> None:
        try:
            with store.write():
                pass
        except CustodyError as error:
            told.append(error)

    with store.write() as writer:
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
        writer.append([row(0)])
    assert [(type(error), error.code) for error in told] == [(Locked, "store.locked")]
    assert store.size() == 1


def test_threads_append_one_after_the_other_8_by_25(make: Callable[..., Store]) -> None:
    store = make(wait=60.0)

    def work(name: int) -> None:
        for turn in range(25):
            with store.write() as writer:
                writer.append([row(writer.size(), f"{name}-{turn}")])

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    bodies = [found.body.decode().split()[1] for found in store.rows()]
    assert [found.idx for found in store.rows()] == list(range(200))
    for name in range(8):
        assert [body for body in bodies if body.startswith(f"{name}-")] == [f"{name}-{turn}" for turn in range(25)]


# Every step of a whole append, in the order in which the ledger takes them.
STEPS: list[tuple[str, Callable[[Writer], None]]] = [
    ("append", lambda w: w.append(rows(600, 800))),
    ("tiles", lambda w: w.put_tiles([tile(2)])),
    ("checkpoint", lambda w: w.put_checkpoint(800, b"baru")),
    ("boxes", lambda w: w.put_boxes([box("B1", status="offered")])),
    ("touch", lambda w: w.touch([("B1", 700)])),
    ("facts", lambda w: w.put_facts("roster", {"a": b"3"})),
    ("drop facts", lambda w: w.drop_facts("roster")),
    ("drop projections", lambda w: w.drop_projections()),
]


@pytest.mark.parametrize("broken", range(len(STEPS) + 1))
def test_broken_before_or_after_each_step_nothing_is_half_done(store: Store, broken: int) -> None:
    before = everything(filled(store))
    with pytest.raises(ZeroDivisionError), store.write() as writer:
        for _, step in STEPS[:broken]:
            step(writer)
        raise ZeroDivisionError
    assert everything(store) == before
    with store.write() as writer:
        for _, step in STEPS:
            step(writer)
    assert (store.size(), store.head(), list(store.boxes())) == (800, (800, b"baru"), [])


def test_a_store_whose_ledger_went_elsewhere_takes_nothing(store: Store) -> None:
    filled(store)
    assert not store.moved()
    with store.write() as writer:
        writer.mark(moved=True)
        assert writer.moved()
    before = everything(store)
    for _ in range(2):
        with pytest.raises(Refused, match=r"store\.moved"), store.write() as writer:
            writer.append(rows(600, 601))
        store.tidy()  # does not bring it back to life
    assert store.moved() and everything(store) == before
    with store.write(moved=True) as writer:
        writer.append(rows(600, 601))
        writer.mark(moved=False)
    with store.write() as writer:
        writer.append(rows(601, 602))
    assert (store.size(), store.moved()) == (602, False)


def test_closing_twice_is_fine_and_tidying_changes_nothing(store: Store) -> None:
    before = everything(filled(store))
    store.tidy()
    assert everything(store) == before
    store.close()
    store.close()
