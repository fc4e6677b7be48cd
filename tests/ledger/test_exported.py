"""An export judged from its files alone: the verdict is that of the ledger itself, and what is wrong is named (spec chapter 25)."""

from dataclasses import replace
from pathlib import Path

import pytest

from custody.core.checkpoint import cosign
from custody.core.errors import Altered, NoLedger, Undecided
from custody.core.note import split
from custody.core.policy import Policy
from custody.core.verify import Outside
from custody.ledger.audit import audit
from custody.ledger.export import Wanted, encode_bundle, export
from custody.ledger.exported import decode_bundle, published_size, same_entry, verify_export
from custody.ledger.exportfolder import MOST, ExportFolder
from custody.ledger.ledger import Ledger
from custody.store.memory import MemoryStore
from fixtures.actors import BAWASLU
from fixtures.exports import FORGERIES, SIZE, history, honest
from fixtures.office import Key, MemoryGuard, key_of
from fixtures.smallhistory import BOX, hand, on, seal, small
from fixtures.smallworld import World
from tests.simulator.corpus import Kept, faulty, land_of
from tests.verifier.second import verify as second


def clean(world: World) -> None:
    on(world, hand(world, seal(world)))


def disputed(world: World) -> None:
    """Two handoffs follow one sealing; one is only offered by the giver later on."""
    sealed = seal(world)
    hand(world, sealed)
    hand(world, sealed, "kpps-1")
    hand(world, sealed, end="5307192002")


def suspected(world: World) -> None:
    """A key is revoked since before it signed: the judge reads what it signed once more."""
    on(world, hand(world, seal(world)))
    gone = world.draft("revoke", key="kpps-1", reason="lost", since="2024-11-27T00:00:00Z")
    world.log(world.sign(gone, "kpu-1", "polri-1"), head=False)


LIVES = {"clean": clean, "disputed": disputed, "suspected": suspected}


def kept(name: str) -> tuple[World, MemoryStore, Ledger]:
    """A small ledger that lived so, some of its heads cosigned by a witness at different times."""
    world = small()
    LIVES[name](world)
    store = MemoryStore()
    ledger = Ledger(store, MemoryGuard(), key_of(world))
    ledger.found(world.entries[0])
    for index, note in enumerate(world.entries[1:], 1):
        ledger.append([note])
        if index % 4 == 0:
            line = cosign(ledger.checkpoint(), BAWASLU.sign, BAWASLU.key, 1_732_700_000 + index * 60)
            with store.write() as writer:
                writer.put_cosignature(index + 1, BAWASLU.key.name, line.format())
    return world, store, ledger


def trusting(world: World, witnessed: bool) -> Policy:
    """The ledger's own trust file; with the witness in it, where times are to be bounded by what she signed."""
    alone = world.policy()
    return replace(alone, witnesses={"b": BAWASLU.key}, quorum="b") if witnessed else alone


@pytest.mark.parametrize("witnessed", [False, True])
@pytest.mark.parametrize("name", LIVES)
def test_the_verdict_is_that_of_the_ledger(name: str, witnessed: bool, tmp_path: Path) -> None:
    world, store, ledger = kept(name)
    trust = trusting(world, witnessed)
    export(ledger, store, world.policy(), ExportFolder(tmp_path / "e"), Wanted((3,), since=4))
    held = [Outside("lama", ledger.checkpoint(5))]
    there, _ = verify_export(tmp_path / "e", trust, held)
    here, _ = audit(store, trust, held)
    assert there == here
    assert (there.integrity, there.outside) == ("consistent", 1)
    assert there.findings
    assert (there.witnessed is not None) == witnessed


@pytest.mark.parametrize("number", [1, 2])
def test_so_it_is_of_a_night_full_of_faults(number: int, tmp_path: Path) -> None:
    kept = Kept(faulty(land_of(1, 1, 2, 6, number), number, 12))
    store = MemoryStore()
    ledger = Ledger(store, MemoryGuard(), Key(kept.ledger_key, kept.ledger.sign))
    ledger.found(kept.entries[0])
    for size, head in kept.heads:
        ledger.append(kept.entries[ledger.size : size])
        with store.write() as writer:
            writer.put_cosignature(size, kept.witness.name, split(head)[1][-1].format())
    assert export(ledger, store, kept.policy(), ExportFolder(tmp_path / "e")).size == len(kept.entries)
    there, here = verify_export(tmp_path / "e", kept.policy())[0], audit(store, kept.policy())[0]
    assert there == here
    assert (there.integrity, there.procedure) == ("consistent", True)


def test_without_a_trust_file_that_of_the_folder_serves_and_its_witnesses_do_not(tmp_path: Path) -> None:
    world, store, ledger = kept("clean")
    own = trusting(world, True)
    export(ledger, store, own, ExportFolder(tmp_path / "e"))
    verdict, _ = verify_export(tmp_path / "e")
    assert (verdict.integrity, verdict.trusted, verdict.witnessed) == ("consistent", True, None)
    assert verify_export(tmp_path / "e", own)[0].witnessed is not None


def test_the_trust_file_of_another_ledger_decides_nothing(tmp_path: Path) -> None:
    honest(tmp_path / "e")
    verdict, _ = verify_export(tmp_path / "e", World(operation="Operasi lain").policy())
    assert (verdict.integrity, verdict.undecided[0].code) == ("undecided", "founding.other-ledger")


@pytest.mark.parametrize("name", ["a bit of a bundle", "an entry taken out", "a bundle cut short"])
def test_several_processes_find_what_one_finds(name: str, tmp_path: Path) -> None:
    honest(tmp_path / "e")
    assert verify_export(tmp_path / "e", workers=2)[0] == verify_export(tmp_path / "e")[0]
    FORGERIES[name].forge(tmp_path / "e")
    alone, _ = verify_export(tmp_path / "e")
    assert alone.fault_count
    assert verify_export(tmp_path / "e", workers=2)[0] == alone


def test_the_full_tile_stands_for_a_partial_one(tmp_path: Path) -> None:
    """As on a server that has gone on and not yet published the newer head."""
    honest(tmp_path / "e")
    notes = history()[1]
    for name, width, data in (("entries", 188, encode_bundle(notes[512:768])), ("0", 188, b"")):
        partial = tmp_path / "e" / "log/tile" / name / f"002.p/{width}"
        full = data or partial.read_bytes() + bytes(32) * 68
        partial.unlink()
        (tmp_path / "e" / "log/tile" / name / "002").write_bytes(full)
    assert verify_export(tmp_path / "e")[0].integrity == "consistent"


def test_what_nobody_asked_for_says_nothing(tmp_path: Path) -> None:
    honest(tmp_path / "e")
    for name in (
        "index.html",
        "proofs/baca.txt",
        "proofs/007.entry",
        "proofs/9999.entry",
        "cosigned/baca",
        "cosigned/700",
        "log/tile/0/009",
    ):
        (tmp_path / "e" / name).write_bytes(b"x")
    verdict, _ = verify_export(tmp_path / "e")
    assert (verdict.integrity, verdict.faults) == ("consistent", ())


def test_a_missing_file_is_named_first_to_last(tmp_path: Path) -> None:
    honest(tmp_path / "e")
    for name in ("officers.vkeys", "log/tile/1/000.p/2", "log/tile/entries/001"):
        (tmp_path / "e" / name).unlink()
    with pytest.raises(Undecided) as told:
        verify_export(tmp_path / "e")
    assert told.value.facts == {"path": str(tmp_path / "e/log/tile/entries/001"), "count": 3}


LINKS = ("cosigned", "log", "proofs/5.entry", "policy", "lain", "log/tile/entries/001")


@pytest.mark.parametrize("name", LINKS)
def test_a_link_in_it_is_named_and_nothing_is_read(name: str, tmp_path: Path) -> None:
    """Links (chapter 25), by the program and by the second verifier; also where nobody asks for what it leads to, or nothing is there."""
    honest(tmp_path / "e")
    path, elsewhere = tmp_path / "e" / name, tmp_path / "lain"
    if path.exists():
        path.rename(elsewhere)
    path.symlink_to(elsewhere)
    (tmp_path / "jalan").symlink_to(tmp_path / "e")  # the folder itself may be reached by one
    with pytest.raises(Undecided) as told:
        verify_export(tmp_path / "jalan")
    assert (told.value.code, told.value.facts) == ("export.link", {"path": str(tmp_path / "jalan" / name)})
    found = second.folder_of(tmp_path / "jalan", None)
    assert (found.integrity, found.undecided[0].code, found.undecided[0].path) == ("undecided", "export.link", name)
    path.unlink()
    if elsewhere.exists():
        elsewhere.rename(path)
    assert verify_export(tmp_path / "jalan")[0].integrity == second.folder_of(tmp_path / "jalan", None).integrity == "consistent"


def test_what_is_altered_is_altered_though_the_export_was_not_finished_either(tmp_path: Path) -> None:
    honest(tmp_path / "e")
    (tmp_path / "e/proofs/5.entry").unlink()
    path = tmp_path / "e/log/tile/0/000"
    path.write_bytes(bytes(8192))
    assert verify_export(tmp_path / "e")[0].faults[0].code == "kept.tile"


def test_one_entry_against_an_export(tmp_path: Path) -> None:
    honest(tmp_path / "e")
    note = history()[1][300]
    same_entry(tmp_path / "e", 300, note)
    with pytest.raises(Altered) as told:
        same_entry(tmp_path / "e", 301, note)
    assert told.value.code == "reveal.entry"
    with pytest.raises(Undecided) as short:
        same_entry(tmp_path / "e", SIZE, note)
    assert short.value.code == "export.short"


@pytest.mark.parametrize(("name", "code"), [("custody.toml", "export.is-ledger"), ("foto.jpg", "export.none")])
def test_folders_that_are_no_export(name: str, code: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(NoLedger) as told:
        published_size(tmp_path)
    assert told.value.code == code


BUNDLES: dict[str, tuple[bytes, int, list[bytes | None], bool]] = {
    "whole": (b"\0\1a\0\2bc", 2, [b"a", b"bc"], True),
    "an empty note": (b"\0\0\0\1a", 2, [b"", b"a"], True),
    "nothing": (b"", 2, [None, None], False),
    "half a length": (b"\0\1a\0", 2, [b"a", None], False),
    "half a note": (b"\0\1a\0\2b", 2, [b"a", None], False),
    "more": (b"\0\1a\0\2bc\0", 2, [b"a", b"bc"], False),
}


@pytest.mark.parametrize("name", BUNDLES)
def test_bundles(name: str) -> None:
    data, width, notes, sound = BUNDLES[name]
    assert decode_bundle(data, width) == (notes, sound)


def test_boxes_stand_as_in_the_ledger(tmp_path: Path) -> None:
    world, store, ledger = kept("clean")
    export(ledger, store, world.policy(), ExportFolder(tmp_path / "e"))
    assert verify_export(tmp_path / "e")[0].boxes[BOX].holding.holder == "ppk-1"


WITNESS = "— saksi".encode()  # the line of a witness whom the judge does not know says nothing, whatever is in it


def test_one_bit_in_any_file(tmp_path: Path) -> None:
    """At eight places of each file: altered or undecided, never consistent."""
    world, notes = history()
    store = MemoryStore()
    ledger = Ledger(store, MemoryGuard(), key_of(world))
    ledger.found(notes[0])
    for start, end in ((1, 5), (5, 20), (20, 260)):
        ledger.append(notes[start:end])
        with store.write() as writer:
            writer.put_cosignature(end, BAWASLU.key.name, cosign(ledger.checkpoint(), BAWASLU.sign, BAWASLU.key, 1_732_800_000).format())
    export(ledger, store, world.policy(), ExportFolder(tmp_path / "e"), Wanted((3, 258), since=5))
    silent = [(path.name, at) for path in (tmp_path / "e").rglob("*") if path.is_file() for at in _flips(path) if not _seen(path, at)]
    assert silent == []
    assert judged(tmp_path / "e") == "consistent"


def _flips(path: Path) -> set[int]:
    end = path.read_bytes().rfind(WITNESS) if WITNESS in path.read_bytes() else path.stat().st_size
    return {number * (end - 1) // 7 for number in range(8)}


def _seen(path: Path, at: int) -> bool:
    """Whether one bit of the byte at a place is told; afterwards the file is as it was."""
    whole = path.read_bytes()
    changed = bytearray(whole)
    changed[at] ^= 1 << at % 7
    path.write_bytes(changed)
    root = next(one for one in path.parents if one.name == "e")
    told = judged(root)
    path.write_bytes(whole)
    return told != "consistent"


def judged(root: Path) -> str:
    """What is said of an export; the code where that cannot be decided."""
    try:
        return verify_export(root)[0].integrity
    except Undecided as error:
        return error.code


def test_a_file_larger_than_any_can_be(tmp_path: Path) -> None:
    honest(tmp_path / "e")
    with (tmp_path / "e/log/tile/entries/000").open("r+b") as file:
        file.truncate(MOST + 1000)
    assert [fault.code for fault in verify_export(tmp_path / "e")[0].faults] == ["export.bundle"]
