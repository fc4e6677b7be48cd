"""A ledger changed behind its back: everything that can be seen from inside is called altered, and the place is named."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from custody.core.errors import Altered
from custody.core.note import Line
from custody.core.policy import Policy
from custody.core.rows import BoxRow
from custody.core.verdict import Fault, Step, Verdict
from custody.core.verify import Outside
from custody.ledger.audit import audit
from custody.ledger.ledger import Ledger
from custody.ledger.rebuild import rebuild
from custody.store.sqlite import SqliteStore
from fixtures.bigworld import BigWorld
from fixtures.office import file_guard, in_folder, key_of, refuses
from fixtures.smallworld import BOX, World
from fixtures.tamper import Cell, Intruder, Value, flips


def twelve() -> tuple[World, list[bytes]]:
    """Twelve entries: founding, places, three people, boxes, a spare label, seals with numbers, an offer, its completion, two remarks."""
    world = World()
    world.geography()
    for name, role, place in (("kpps-1", "kpps", "5307192001-001"), ("pps-1", "pps", "5307192001"), ("guard-1", "guard", "5307")):
        world.enrol(name, role, [place])
    world.register(BOX)
    label = world.draft("label", labels=[{"box": None, "code": "a" * 64, "copy": 1}], reason="spare")
    scanned = {"how": "scanned", "label": "a" * 64}
    seals = [{"number": f"S{point.upper()}", "point": point, "state": "intact"} for point in ("lid", "tie-1", "tie-2")]
    seal = world.seal(world.line(BOX, None, by=scanned, seals=seals))
    line = world.line(BOX, seal.sid, seals=seals)
    handoff = world.handoff(line, giver="kpps-1", receiver="pps-1", start="5307192001-001", end="5307192001")
    nothing = {"about": [], "due": None, "irregular": [], "note": None, "owner": None, "photos": [], "settles": []}
    other = world.draft("incident", **nothing, boxes=[BOX], code="wet", place="5307")
    remark = world.draft("correction", about=[seal.sid], boxes=[BOX], effect="remark", instead=None, note=None, reason="other")
    first, second = [(label, "kpu-1"), (seal, "kpps-1", "guard-1")], [(handoff, "kpps-1"), (handoff, "kpps-1", "pps-1")]
    later = [*first, *second, (other, "guard-1"), (remark, "guard-1")]
    return world, [*world.entries, *(world.sign(what, *who) for what, *who in later)]


class Ground:
    """One ledger of twelve entries, open for reading, and an intruder at its file."""

    def __init__(self, folder: Path) -> None:
        world, notes = twelve()
        ledger = in_folder(world, folder)
        for data in notes[1:]:
            ledger.append([data])
        self.receipt, self.heads = ledger.receipt(11), [ledger.checkpoint(size) for size in range(1, 13)]
        ledger.close()
        self.folder = folder
        self.world, self.notes, self.trust = world, notes, world.policy()
        self.store = SqliteStore.open(folder)
        self.intruder = Intruder(folder)

    def verdict(self, trust: Policy | None = None) -> Verdict:
        return audit(self.store, trust or self.trust)[0]


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    made = Ground(tmp_path_factory.mktemp("ground") / "ledger")
    yield made
    made.intruder.close()
    made.store.close()


def names_it(fault: Fault, cell: Cell, value: Value) -> bool:
    """Whether a fault points at the row that was changed, under its old name or the new one."""
    key, facts = dict(cell.key), dict(fault.facts)
    if cell.table == "entry":
        return fault.entry == key["idx"]
    if cell.table == "checkpoint":
        return fault.checkpoint in (key["size"], value)
    if cell.table == "tile":
        return (facts.get("level"), facts.get("n")) == (key["level"], key["n"])
    where = {"box": "box", "touch": "box", "fact": "key"}[cell.table]
    return fault.code == f"projection.{cell.table}" and facts[where] == key[where]


def overlooked(ground: Ground, cell: Cell, mask: int = 1) -> list[str]:
    """The single changes of this cell that the audit does not answer as it should."""
    found = []
    for where, value in flips(cell, mask):
        with ground.intruder.changed(cell, value):
            verdict = ground.verdict()
        projection = cell.table in ("box", "touch", "fact")
        if verdict.integrity != "altered" or not any(names_it(fault, cell, value) for fault in verdict.faults):
            found.append(f"{cell.table} {dict(cell.key)} {cell.column} {where}: {verdict.faults}")
        elif projection and any(not fault.code.startswith("projection.") for fault in verdict.faults):
            found.append(f"{cell.table} {cell.column} {where} is called altered history: {verdict.faults}")
    return found


def test_the_ledger_is_whole_before_anybody_touches_it(ground: Ground) -> None:
    verdict = ground.verdict()
    assert (verdict.size, verdict.integrity, verdict.faults) == (12, "consistent", ())


COLUMNS = [
    *(("entry", column) for column in ("idx", "leaf", "sid", "kind")),
    *(("checkpoint", column) for column in ("size", "note")),
    *(("box", column) for column in BoxRow._fields),
    *(("touch", column) for column in ("box", "idx")),
    *(("fact", column) for column in ("topic", "value")),
]


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_every_byte_of_every_row_counts(ground: Ground, table: str, column: str) -> None:
    cells = [cell for cell in ground.intruder.cells(table) if cell.column == column]
    assert cells
    assert [one for cell in cells for one in overlooked(ground, cell)] == []


def test_every_byte_of_the_keys_of_facts_counts(ground: Ground) -> None:
    """With another mask: numbers must not become one another."""
    cells = [cell for cell in ground.intruder.cells("fact") if cell.column == "key"]
    assert [one for cell in cells for one in overlooked(ground, cell, mask=0x10)] == []


@pytest.mark.parametrize("index", range(12))
def test_every_byte_of_every_body_counts(ground: Ground, index: int) -> None:
    (cell,) = [cell for cell in ground.intruder.cells("entry") if cell.column == "body" and cell.key == (("idx", index),)]
    assert overlooked(ground, cell) == []


@pytest.mark.parametrize("spoilt", [False, True])
def test_the_column_of_the_sid_is_compared_where_the_body_is_no_statement_too(ground: Ground, spoilt: bool) -> None:
    cells = {cell.column: cell for cell in ground.intruder.cells("entry") if cell.key == (("idx", 5),)}
    body, sid = cells["body"], cells["sid"]
    assert isinstance(body.value, bytes)
    unread = b"custody/unread/v1" + body.value[17:]
    fitting = sha256(unread[: unread.rfind(b"\n\n") + 1]).digest()
    with ground.intruder.changed(body, unread), ground.intruder.changed(sid, sid.value if spoilt else fitting):
        told = [fault for fault in ground.verdict().faults if dict(fault.facts).get("column") == "sid"]
    assert [fault.entry for fault in told] == ([5] if spoilt else [])


def test_every_256th_byte_of_every_tile_counts(tmp_path: Path) -> None:
    world = BigWorld(10)
    folder = tmp_path / "ledger"
    folder.mkdir()
    ledger = Ledger(SqliteStore.create(folder), file_guard(world, folder), key_of(world))
    notes = list(world.all(520))
    ledger.found(notes[0])
    ledger.append(notes[1:])
    ledger.close()
    store, intruder = SqliteStore.open(folder), Intruder(folder)
    cells = [cell for cell in intruder.cells("tile") if cell.column == "hashes"]
    assert [dict(cell.key) for cell in cells] == [{"level": 0, "n": 0}, {"level": 0, "n": 1}]
    for cell in cells:
        for _, value in list(flips(cell))[255::4096]:
            with intruder.changed(cell, value):
                verdict, _ = audit(store, world.policy())
            assert [(fault.code, names_it(fault, cell, value)) for fault in verdict.faults] == [("kept.tile", True)]
    kept = [cell.value for cell in cells]
    for sql, undo, code in (
        ("INSERT INTO tile SELECT 0, 2, hashes FROM tile WHERE n = 0", "DELETE FROM tile WHERE n = 2", "kept.tile"),
        ("INSERT INTO tile SELECT 1, 0, hashes FROM tile WHERE n = 0", "DELETE FROM tile WHERE level = 1", "kept.tile"),
        ("DELETE FROM tile WHERE n = 0", f"INSERT INTO tile VALUES (0, 0, x'{kept[0].hex()}')", "tile.missing"),
        ("DELETE FROM tile WHERE n = 1", f"INSERT INTO tile VALUES (0, 1, x'{kept[1].hex()}')", "tile.missing"),
    ):
        intruder.run(sql)
        assert [fault.code for fault in audit(store, world.policy())[0].faults] == [code], sql
        intruder.run(undo)
        assert audit(store, world.policy())[0].integrity == "consistent"
    store.close()
    intruder.close()


# -- rows removed, swapped, written anew -----------------------------------------------------------------------------------------


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Ground]:
    made = Ground(tmp_path / "ledger")
    yield made
    made.intruder.close()
    made.store.close()


REMOVED = {
    "the last entry": ("DELETE FROM entry WHERE idx = 11", 11),
    "the last three entries": ("DELETE FROM entry WHERE idx > 8", 9),
    "an entry in the middle": ("DELETE FROM entry WHERE idx = 6", 6),
    "three in the middle": ("DELETE FROM entry WHERE idx BETWEEN 5 AND 7", 5),
    "the founding": ("DELETE FROM entry WHERE idx = 0", 0),
    "all entries": ("DELETE FROM entry", None),
}


@pytest.mark.parametrize("case", REMOVED)
def test_removed_entries_are_called_altered_and_named(own: Ground, case: str) -> None:
    sql, entry = REMOVED[case]
    own.intruder.run(sql)
    verdict = own.verdict()
    assert verdict.integrity == "altered"
    assert entry is None or verdict.faults[0].entry == entry
    assert verdict.faults[0].code in ("entry.missing", "tree.short", "ledger.empty")


def test_entries_closed_up_behind_a_removed_one_are_altered(own: Ground) -> None:
    own.intruder.run("DELETE FROM entry WHERE idx = 6")
    for idx in range(7, 12):
        own.intruder.run("UPDATE entry SET idx = ? WHERE idx = ?", (idx - 1, idx))
    verdict = own.verdict()
    assert verdict.integrity == "altered"
    assert ("tree.short", 11) in [(fault.code, fault.entry) for fault in verdict.faults]
    assert min(fault.checkpoint for fault in verdict.faults if fault.checkpoint is not None) == 7


def test_two_swapped_entries_are_altered(own: Ground) -> None:
    own.intruder.run("UPDATE entry SET idx = 99 WHERE idx = 3")
    own.intruder.run("UPDATE entry SET idx = 3 WHERE idx = 4")
    own.intruder.run("UPDATE entry SET idx = 4 WHERE idx = 99")
    verdict = own.verdict()
    assert verdict.integrity == "altered"
    assert next(fault.checkpoint for fault in verdict.faults if fault.code == "head.root") == 4


@pytest.mark.parametrize("name", ["nobody", "the ledger"])
def test_a_line_more_in_a_stored_checkpoint_is_called_altered(own: Ground, name: str) -> None:
    """Beside the ledger's line there is none: cosignatures are kept in their own table."""
    extra = Line(own.world.origin if name == "the ledger" else name, b"\1\2\3\4", bytes(range(64)))
    own.intruder.run(f"UPDATE checkpoint SET note = CAST(note || x'{extra.format().hex()}' AS BLOB) WHERE size = 9")
    assert [(fault.step, fault.code, fault.checkpoint) for fault in own.verdict().faults] == [(Step.KEPT, "kept.line", 9)]


def test_a_tail_cut_with_its_checkpoints_is_seen_from_outside_only(own: Ground) -> None:
    """An older state is a ledger too. Only what somebody else holds tells that there was more."""
    for sql in ("DELETE FROM entry WHERE idx > 7", "DELETE FROM checkpoint WHERE size > 8"):
        own.intruder.run(sql)
    inside = own.verdict()
    assert all(fault.code.startswith("projection.") for fault in inside.faults)
    rebuild(own.store)
    assert (own.verdict().integrity, own.verdict().size) == ("consistent", 8)
    head, receipt = Outside("titik periksa", own.heads[11]), Outside("tanda terima", own.heads[11], own.receipt.proof, own.receipt.leaf)
    for outside in (head, receipt):
        verdict, _ = audit(own.store, own.trust, [outside])
        assert [(fault.step, fault.code) for fault in verdict.faults] == [(Step.OUTSIDE, "outside.longer")]


def rewritten(world: World, notes: list[bytes], folder: Path) -> SqliteStore:
    """Another history under the same people and the given ledger key: the last four entries are gone and another label stands there."""
    ledger = in_folder(world, folder)
    for data in notes[1:8]:
        ledger.append([data])
    other = world.draft("label", labels=[{"box": None, "code": f"{n:064x}", "copy": 1} for n in range(4)], reason="spare")
    ledger.append([world.sign(other, "kpu-1")])
    ledger.close()
    return SqliteStore.open(folder)


def test_a_rewrite_with_the_real_ledger_key_is_seen_from_outside_only(own: Ground, tmp_path: Path) -> None:
    store = rewritten(own.world, own.notes, tmp_path / "other")
    inside, _ = audit(store, own.trust)
    assert (inside.integrity, inside.witnessed, inside.faults) == ("consistent", None, ())
    verdict, _ = audit(store, own.trust, [Outside("laporan lama", own.heads[8])])
    assert [(fault.step, fault.code) for fault in verdict.faults] == [(Step.OUTSIDE, "outside.root")]


def test_a_rewrite_with_a_new_ledger_key_fails_against_the_trust_file(own: Ground, tmp_path: Path) -> None:
    """The founding names the ledger key: with another one, the whole is another ledger, about which the trust file says nothing."""
    other = World(operation="Operasi Contoh", procedure="0" * 64)
    ledger = in_folder(other, tmp_path / "other")
    ledger.close()
    store = SqliteStore.open(tmp_path / "other")
    assert audit(store, None)[0].integrity == "consistent"
    verdict, _ = audit(store, own.trust)
    assert verdict.integrity == "undecided", "never called consistent"
    assert [(one.step, one.code) for one in verdict.undecided] == [(Step.FOUNDING, "founding.other-ledger")]


def test_an_older_backup_put_back_and_continued_is_refused(own: Ground, tmp_path: Path) -> None:
    for sql in ("DELETE FROM entry WHERE idx > 7", "DELETE FROM checkpoint WHERE size > 8"):
        own.intruder.run(sql)
    own.intruder.close()
    rebuild(own.store)
    ledger = Ledger(own.store, file_guard(own.world, own.folder), key_of(own.world))
    with refuses(Altered, "guard.behind"):
        ledger.append(own.notes[8:9])


def test_a_removed_trigger_is_noticed_at_the_next_opening(own: Ground) -> None:
    with refuses(Altered, "store.schema"):
        SqliteStore.open(own.folder)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE box SET state = x'7b'",
        "UPDATE box SET state = x'6e756c6c'",
        "UPDATE box SET state = x'7b7d'",
        "UPDATE fact SET key = 'x' WHERE topic = 'replay' AND key LIKE '%5'",
        "UPDATE fact SET value = x'ff' WHERE topic IN ('seal', 'spare')",
    ],
)
def test_a_ledger_over_damaged_projections_ends_with_a_sentence(own: Ground, sql: str) -> None:
    own.intruder.run(sql)
    seals = [{"number": "SLID", "point": "lid", "state": "intact"}]
    by = {"how": "scanned", "label": "a" * 64}
    again = own.world.seal(own.world.line(BOX, None, by=by, seals=seals))
    ledger = Ledger(own.store, file_guard(own.world, own.folder), key_of(own.world))
    with refuses(Altered, "projection.damaged"):
        ledger.append([own.world.sign(again, "kpps-1", "guard-1")])
