"""Exports written: what is in them, what a second one writes, what stops it, and that a broken-off one goes on (spec chapter 25)."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from custody.core.addcheckpoint import AddCheckpoint
from custody.core.checkpoint import Checkpoint, cosign
from custody.core.errors import Altered, CustodyError, Refused, Undecided
from custody.core.merkle import leaf_hash, verify_consistency
from custody.core.note import VerifierKey, split
from custody.core.proof import Proof
from custody.ledger import exportpaths as paths
from custody.ledger.export import Exported, Wanted, encode_bundle, export
from custody.ledger.exported import verify_export
from custody.ledger.exportfolder import ExportFolder
from custody.ledger.ledger import Ledger
from fixtures.actors import PARTAI
from fixtures.exports import SIZE, TIME, grown, history, kept
from fixtures.office import in_folder, in_memory
from fixtures.smallworld import World
from fixtures.tamper import Intruder


@pytest.fixture
def world() -> World:
    return history()[0]


@pytest.fixture
def ledger(world: World) -> Ledger:
    return kept()


def written(world: World, ledger: Ledger, root: Path, **wanted: object) -> Exported:
    return export(ledger, ledger._store, world.policy(), ExportFolder(root), Wanted(**wanted))  # type: ignore[arg-type]


def files(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_what_is_in_it(world: World, ledger: Ledger, tmp_path: Path) -> None:
    told = written(world, ledger, tmp_path / "ekspor", entries=(0, 5, 600), since=4)
    found = files(tmp_path / "ekspor")
    assert sorted(found) == [
        "consistency.req",
        "cosigned/300",
        "log/checkpoint",
        "log/tile/0/000",
        "log/tile/0/001",
        "log/tile/0/002.p/188",
        "log/tile/1/000.p/2",
        "log/tile/entries/000",
        "log/tile/entries/001",
        "log/tile/entries/002.p/188",
        "officers.vkeys",
        "old.checkpoint",
        "policy",
        *[f"proofs/{index}.{ending}" for index in (0, 5, 600) for ending in ("entry", "tlog-proof")],
    ]
    assert told == Exported(SIZE, 0, len(found), sum(map(len, found.values())))
    assert found["log/checkpoint"] == ledger.checkpoint()
    assert found["log/checkpoint"].count("\n— ".encode()) == 2  # the ledger and a witness
    assert found["cosigned/300"] == ledger.checkpoint(300)
    notes = [ledger.note(index) for index in range(SIZE)]
    assert found["log/tile/entries/001"] == encode_bundle(notes[256:512])
    assert found["log/tile/0/002.p/188"] == b"".join(map(leaf_hash, notes[512:]))
    keys = [VerifierKey.parse(line) for line in found["officers.vkeys"].decode().splitlines()]
    assert {key.name for key in keys} == {*world.people, world.origin}
    proof = Proof.parse(found["proofs/600.tlog-proof"])
    assert proof.verify(leaf_hash(found["proofs/600.entry"]), world.policy()).size == SIZE
    request = AddCheckpoint.parse(found["consistency.req"])
    before, now = Checkpoint.parse(split(found["old.checkpoint"])[0]), Checkpoint.parse(split(request.checkpoint)[0])
    verify_consistency(request.old, now.size, before.root, now.root, request.hashes)


def test_a_second_export_writes_what_is_new(world: World, ledger: Ledger, tmp_path: Path) -> None:
    root = tmp_path / "ekspor"
    written(world, ledger, root, entries=(5,))
    before = {name: path.stat().st_mtime_ns for name in files(root) for path in [root / name]}
    assert written(world, ledger, root, entries=(5,)).files == 0
    grown(ledger, SIZE + 68)  # exactly three full bundles
    told = written(world, ledger, root)
    now = {name: path.stat().st_mtime_ns for name in files(root) for path in [root / name]}
    fresh = {name for name, when in now.items() if before.get(name) != when}
    assert fresh == {"cosigned/700", "log/checkpoint", "log/tile/0/002", "log/tile/entries/002", "log/tile/1/000.p/3"}
    assert told.files == len(fresh)
    assert set(before) - set(now) == {"log/tile/0/002.p/188", "log/tile/entries/002.p/188"}  # outgrown; that of level 1 is not
    assert verify_export(root)[0].integrity == "consistent"


def test_a_published_file_that_was_lost_is_written_again(world: World, ledger: Ledger, tmp_path: Path) -> None:
    written(world, ledger, tmp_path / "ekspor")
    before = files(tmp_path / "ekspor")
    for name in ("log/tile/entries/000", "log/tile/0/001", "officers.vkeys"):
        (tmp_path / "ekspor" / name).unlink()
    assert written(world, ledger, tmp_path / "ekspor").files == 3
    assert files(tmp_path / "ekspor") == before


def judged(root: Path) -> str:
    """What is said of an export; the file that is missing where that cannot be decided."""
    try:
        return verify_export(root)[0].integrity
    except Undecided as error:
        return Path(str(error.facts["path"])).name


class Stick(ExportFolder):
    """A stick that is pulled out at the given write: before it lands, or just behind it."""

    def __init__(self, root: Path, at: int, after: bool) -> None:
        super().__init__(root)
        self.left, self.after = at, after

    def put(self, name: str, data: bytes) -> None:
        if self.left == 0 and not self.after:
            raise OSError(5, "pulled out")
        super().put(name, data)
        if self.left == 0:
            raise OSError(5, "pulled out")
        self.left -= 1


def test_one_that_is_broken_off_anywhere_goes_on(world: World, ledger: Ledger, tmp_path: Path) -> None:
    first, whole = tmp_path / "first", tmp_path / "whole"
    written(world, ledger, first)
    grown(ledger, SIZE + 100)
    shutil.copytree(first, whole)
    wanted = Wanted(entries=(3,), since=5)
    count = export(ledger, ledger._store, world.policy(), ExportFolder(whole), wanted).files
    assert count > 8
    for at in range(count):
        for after in (False, True):
            root = tmp_path / f"{at}-{after}"
            shutil.copytree(first, root)
            with pytest.raises(OSError):
                export(ledger, ledger._store, world.policy(), Stick(root, at, after), wanted)
            published = (root / "log/checkpoint").read_bytes() == (whole / "log/checkpoint").read_bytes()
            assert judged(root) == "consistent" or (published and judged(root) in ("officers.vkeys", "3.tlog-proof", "consistency.req"))
            export(ledger, ledger._store, world.policy(), ExportFolder(root), wanted)
            assert files(root) == files(whole)
            shutil.rmtree(root)


def test_one_cut_short_is_written_again_and_one_that_differs_is_not(world: World, ledger: Ledger, tmp_path: Path) -> None:
    root = tmp_path / "ekspor"
    written(world, ledger, root)
    (root / "log/checkpoint").unlink()
    bundle = root / "log/tile/entries/001"
    whole = bundle.read_bytes()
    bundle.write_bytes(whole[:1000])
    assert written(world, ledger, root).files == 2
    assert bundle.read_bytes() == whole
    (root / "log/checkpoint").unlink()
    bundle.write_bytes(whole[:-1] + b"?")
    with pytest.raises(Refused) as told:
        written(world, ledger, root)
    assert (told.value.code, told.value.facts["path"]) == ("export.differs", str(bundle))
    assert bundle.read_bytes()[-1:] == b"?"


def _other(root: Path) -> None:
    stranger = World(operation="Operasi lain")
    written(stranger, in_memory(stranger), root)


def _fork(root: Path, world: World) -> None:
    """The same ledger with another history under the real key."""
    other = in_memory(world)
    other.append(list(world.entries[1:]))
    made = world.draft("label", labels=[{"box": None, "code": "f" * 64, "copy": 1}], reason="first")
    other.append([world.sign(made, "kpu-1")])
    written(world, other, root)


def _longer(root: Path, world: World) -> None:
    other = in_memory(world)
    grown(other, SIZE + 10)
    written(world, other, root)


def _foreign(root: Path) -> None:
    (root / "log/tile").mkdir(parents=True)
    (root / "log/checkpoint").write_bytes(b"x\n")


REFUSED: dict[str, tuple[Callable[..., object], type[CustodyError], str]] = {
    "another ledger": (lambda root, world: _other(root), Refused, "export.other-ledger"),
    "a fork": (_fork, Altered, "export.fork"),
    "a longer one": (_longer, Altered, "export.longer"),
    "a checkpoint that is none": (lambda root, world: _foreign(root), Refused, "export.foreign"),
    "other files": (lambda root, world: (root.mkdir(), (root / "foto.jpg").write_bytes(b"")), Refused, "export.not-empty"),
    "a ledger": (lambda root, world: (root.mkdir(), (root / "ledger.db").write_bytes(b"")), Refused, "export.ledger"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_folder_that_holds_something_else_is_left_alone(name: str, world: World, ledger: Ledger, tmp_path: Path) -> None:
    plant, error, code = REFUSED[name]
    root = tmp_path / "ekspor"
    plant(root, world)
    before = files(root)
    with pytest.raises(error) as told:
        written(world, ledger, root)
    assert told.value.code == code
    assert files(root) == before


def test_an_old_checkpoint_that_somebody_holds(world: World, ledger: Ledger, tmp_path: Path) -> None:
    junk = "— orang.contoh.example 1ef3fbaaAAAA\n".encode()
    held = ledger.checkpoint(5) + junk
    written(world, ledger, tmp_path / "ekspor", old=("lama", held))
    assert (tmp_path / "ekspor/old.checkpoint").read_bytes() == ledger.checkpoint(5)
    _fork(tmp_path / "fork", world)
    forked = (tmp_path / "fork/log/checkpoint").read_bytes()
    with pytest.raises(Altered) as told:
        written(world, ledger, tmp_path / "ekspor", old=("lama", forked))
    assert (told.value.code, told.value.facts["path"]) == ("export.fork", "lama")


def test_the_request_of_a_witness_that_has_seen_nothing(world: World, ledger: Ledger, tmp_path: Path) -> None:
    root = tmp_path / "ekspor"
    written(world, ledger, root, since=5)
    written(world, ledger, root, since=0)
    assert AddCheckpoint.parse((root / "consistency.req").read_bytes()) == AddCheckpoint(0, (), ledger.checkpoint())
    assert not (root / "old.checkpoint").exists()


@pytest.mark.parametrize(("entries", "code"), [((SIZE,), "export.entry"), (tuple(range(10_001)), "export.many")])
def test_proofs_that_cannot_be_given(entries: tuple[int, ...], code: str, world: World, ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(Refused) as told:
        written(world, ledger, tmp_path / "ekspor", entries=entries)
    assert told.value.code == code
    assert not (tmp_path / "ekspor/log/checkpoint").exists()


NUMBERS = {0: "000", 7: "007", 999: "999", 1000: "x001/000", 1_234_067: "x001/x234/067"}


@pytest.mark.parametrize("value", NUMBERS)
def test_path_numbers(value: int) -> None:
    assert paths.number(value) == NUMBERS[value]
    assert paths.of_number(NUMBERS[value]) == value


@pytest.mark.parametrize("path", ["7", "0007", "x000/007", "001/002", "x001", "x001/x002", "x001/0a2", "/001", "٠٠١"])
def test_names_that_are_no_path_number(path: str) -> None:
    assert paths.of_number(path) is None


def test_the_tiles_of_seventy_thousand() -> None:
    """The example of C2SP tlog-tiles."""
    full = list(paths.full_tiles(70_000))
    assert (sum(level == 0 for level, _ in full), full[-1]) == (273, (1, 0))
    assert list(paths.partial_tiles(70_000)) == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]


def test_the_ledger_grows_meanwhile(world: World, tmp_path: Path) -> None:
    """Others append between two files: the export is of the size at which it began."""
    ledger = in_folder(world, tmp_path / "ledger")
    grown(ledger, 600)
    told: list[int] = []

    def watch(index: int) -> None:
        told.append(index)
        grown(ledger, 600 + len(told))

    wanted = Wanted((599,), since=5)
    done = export(ledger, ledger._store, world.policy(), ExportFolder(tmp_path / "e"), wanted, watch)
    assert (done.size, ledger.size, told) == (600, 603, [256, 512, 600])
    verdict, _ = verify_export(tmp_path / "e")
    assert (verdict.integrity, verdict.size) == ("consistent", 600)
    written(world, ledger, tmp_path / "e")
    assert verify_export(tmp_path / "e")[0].size == 603
    ledger.close()


def test_a_witness_who_signs_later(world: World, ledger: Ledger, tmp_path: Path) -> None:
    """A cosignature that comes for a head that is published already, or for an earlier one, is added; nothing else is written."""
    written(world, ledger, tmp_path / "e")
    with ledger._store.write() as writer:
        for size in (300, SIZE, 10):
            line = cosign(ledger.checkpoint(size), PARTAI.sign, PARTAI.key, TIME)
            writer.put_cosignature(size, PARTAI.key.name, line.format())
    before = files(tmp_path / "e")
    written(world, ledger, tmp_path / "e")
    now = files(tmp_path / "e")
    assert {name for name in now if now[name] != before.get(name)} == {"cosigned/010", "cosigned/300", "log/checkpoint"}
    assert now["log/checkpoint"] == ledger.checkpoint()
    assert verify_export(tmp_path / "e")[0].integrity == "consistent"


def test_names_that_every_file_system_can_carry(world: World, ledger: Ledger, tmp_path: Path) -> None:
    """FAT: no links, no capitals that differ only so, no signs but dot and hyphen, nothing left of files that were begun."""
    written(world, ledger, tmp_path / "e", entries=(0,), since=5)
    for path in (tmp_path / "e").rglob("*"):
        assert re.fullmatch("[a-z0-9][a-z0-9.-]*", path.name), path
        assert not path.is_symlink()


HARM: dict[str, tuple[str, str, dict[str, object]]] = {
    "an entry was edited": ("UPDATE entry SET body = CAST(body || 'x' AS BLOB) WHERE idx = 300", "kept.changed", {"entry": 300}),
    "a late entry was edited": ("UPDATE entry SET body = CAST(body || 'x' AS BLOB) WHERE idx = 599", "kept.changed", {"entry": 599}),
    "an entry is gone": ("DELETE FROM entry WHERE idx = 40", "kept.changed", {"entry": 40}),
}


@pytest.mark.parametrize("name", HARM)
def test_a_ledger_that_is_not_as_it_was_signed_is_not_published(name: str, world: World, tmp_path: Path) -> None:
    """What is published is never taken back; so no head goes out over entries that do not belong to it."""
    sql, code, facts = HARM[name]
    ledger = in_folder(world, tmp_path / "ledger")
    grown(ledger, 600)
    intruder = Intruder(tmp_path / "ledger")
    intruder.run(sql)
    intruder.close()
    with pytest.raises(Altered) as told:
        written(world, ledger, tmp_path / "e")
    assert (told.value.code, told.value.facts) == (code, facts)
    assert not (tmp_path / "e/log/checkpoint").exists()
    ledger.close()
