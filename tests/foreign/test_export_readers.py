"""An export before readers that we did not write: OpenSSL in a shell script, and the C2SP code of the Go project (docs/spec/25-export.md).

The honest export is accepted, every forgery that a reader can see is refused, and our own verification names it.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from custody.core.errors import Undecided
from custody.core.note import Line, join, split
from custody.ledger.exported import verify_export
from fixtures.exports import FORGERIES, PROVEN, SIZE, history, honest, kept, written
from fixtures.smallworld import World

ROOT = Path(__file__).resolve().parents[2]
SCRIPT, NOTES = ROOT / "docs" / "check-export.sh", ROOT / "docs" / "check-note.sh"
GOCODE = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog")
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="the program openssl is not installed")
needs_go = pytest.mark.skipif(
    shutil.which("go") is None or not GOCODE.is_dir(), reason="golang-go or golang-golang-x-mod-dev is not installed"
)


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("ekspor") / "ekspor"
    honest(root)
    (root.parent / "percaya").write_bytes(history()[0].policy().format())
    return root


@pytest.fixture
def forged(export: Path, tmp_path: Path) -> Path:
    shutil.copytree(export, tmp_path / "ekspor")
    shutil.copy(export.parent / "percaya", tmp_path / "percaya")
    return tmp_path / "ekspor"


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Go program, built without network out of what Debian ships."""
    home = tmp_path_factory.mktemp("go")
    told = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": str(home / "cache"), "GOFLAGS": ""}
    source = ROOT / "tests" / "foreign" / "readexport"
    command = ["go", "build", "-o", str(home / "readexport"), "."]
    subprocess.run(command, cwd=source, env=os.environ | told, check=True, capture_output=True)
    return home / "readexport"


def by_go(reader: Path, root: Path) -> tuple[int, str]:
    ended = subprocess.run([str(reader), str(root), str(root.parent / "percaya")], capture_output=True, text=True)
    return ended.returncode, ended.stdout


def by_shell(root: Path, index: int, trust: Path | None = None) -> tuple[int, str]:
    command = ["sh", str(SCRIPT), str(root), str(index), str(trust or root.parent / "percaya")]
    ended = subprocess.run(command, capture_output=True)
    return ended.returncode, ended.stdout.decode()


def ours(root: Path) -> tuple[str, int | None]:
    """The first thing that is wrong, and the entry."""
    try:
        verdict, _ = verify_export(root)
    except Undecided as error:
        return error.code, None
    return (verdict.faults[0].code, verdict.faults[0].entry) if verdict.faults else ("", None)


@needs_go
def test_the_honest_export_by_go(reader: Path, export: Path) -> None:
    signatures = sum(note.count("\n— ".encode()) for note in history()[1][:SIZE])
    assert by_go(reader, export) == (0, f"{SIZE} entries, {signatures} signatures, {len(PROVEN)} proofs\n")


@needs_openssl
@pytest.mark.parametrize("index", PROVEN)
def test_the_honest_export_by_shell(export: Path, index: int) -> None:
    exit, told = by_shell(export, index)
    assert (exit, told.splitlines()[-1]) == (0, f"HOLDS / SAH: entry {index} of {SIZE}")
    assert history()[1][index].split(b"\n")[1].decode() in told


def test_the_honest_export_by_us(export: Path) -> None:
    assert ours(export) == ("", None)


@needs_go
@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 513])
def test_other_sizes_by_go(reader: Path, tmp_path: Path, size: int) -> None:
    from custody.ledger.export import Wanted
    from fixtures.office import in_memory

    world, notes = history()
    ledger = in_memory(world)
    if size > 1:
        ledger.append(notes[1:size])
    written(ledger, tmp_path / "ekspor", Wanted((0, size - 1), since=0))
    (tmp_path / "percaya").write_bytes(world.policy().format())
    assert by_go(reader, tmp_path / "ekspor")[0] == 0
    assert ours(tmp_path / "ekspor") == ("", None)


@needs_go
@pytest.mark.parametrize("name", [name for name, one in FORGERIES.items() if "go" in one.readers])
def test_forgeries_by_go(reader: Path, forged: Path, name: str) -> None:
    FORGERIES[name].forge(forged)
    assert by_go(reader, forged)[0] == 1


@needs_openssl
@pytest.mark.parametrize("name", [name for name, one in FORGERIES.items() if "sh" in one.readers])
def test_forgeries_by_shell(forged: Path, name: str) -> None:
    FORGERIES[name].forge(forged)
    exit, told = by_shell(forged, 5)
    assert exit in (3, 4), told
    assert told.splitlines()[-1].startswith(("ALTERED", "NOT DECIDED"))


@pytest.mark.parametrize("name", FORGERIES)
def test_forgeries_by_us(forged: Path, name: str) -> None:
    FORGERIES[name].forge(forged)
    assert ours(forged) == (FORGERIES[name].code, FORGERIES[name].entry)


def test_each_script_is_one_that_a_person_reads() -> None:
    scripts = [SCRIPT.read_text(encoding="utf-8"), NOTES.read_text(encoding="utf-8")]
    assert [(len(one.splitlines()) <= 30, max(map(len, one.splitlines())) <= 140) for one in scripts] == [(True, True)] * 2


NOTE_CASES: dict[str, tuple[Callable[[bytes], bytes], str, int]] = {
    "an entry": (lambda note: note, "officers.vkeys", 0),
    "its text changed": (lambda note: note.replace(b'"at":"2', b'"at":"1', 1), "officers.vkeys", 3),
    "a signature changed": (lambda note: note[:-20] + (b"B" if note[-20:-19] == b"A" else b"A") + note[-19:], "officers.vkeys", 3),
    "a signature cut short": (lambda note: note[:-9] + b"\n", "officers.vkeys", 3),
    "another mark before a name": (lambda note: note.replace("\n\n— ".encode(), b"\n\n- ", 1), "officers.vkeys", 3),
    "another name under it": (
        lambda note: note.replace(b"kpu-1 ", b"kpu-9 "),
        "officers.vkeys",
        0,
    ),  # the others hold; it says whom it does not know
    "only names that nobody knows": (lambda note: re.sub(rb"(?m)^(\xe2\x80\x94 )[^ ]+", rb"\1kpu-9", note), "officers.vkeys", 4),
    "no signatures": (lambda note: note.partition(b"\n\n")[0], "officers.vkeys", 3),
    "nothing": (lambda note: b"", "officers.vkeys", 3),
}


@needs_openssl
@pytest.mark.parametrize("name", NOTE_CASES)
def test_a_note_by_shell(export: Path, tmp_path: Path, name: str) -> None:
    change, keys, want = NOTE_CASES[name]
    (tmp_path / "note").write_bytes(change((export / "proofs/0.entry").read_bytes()))
    ended = subprocess.run(["sh", str(NOTES), str(tmp_path / "note"), str(export / keys)], capture_output=True)
    told = ended.stdout.decode()
    assert ended.returncode == want, told
    assert ("UNKNOWN" in told) == (name in ("another name under it", "only names that nobody knows"))
    assert want != 3 or "ALTERED" in told


@needs_openssl
def test_an_entry_under_which_somebody_unknown_stands_is_not_decided(forged: Path) -> None:
    path = forged / "officers.vkeys"
    rows = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(row for row in rows if not row.startswith(b"kpu-1+")))
    exit, told = by_shell(forged, 0)
    assert exit == 4 and "UNKNOWN / TIDAK DIKENAL: kpu-1" in told


@needs_openssl
def test_a_head_that_another_ledger_of_the_trust_file_has_signed(forged: Path) -> None:
    """Its signature is good, under its own name; under this head it says nothing."""
    other, path = World(operation="Operasi lain"), forged / "log/checkpoint"
    (forged.parent / "percaya").write_bytes(other.policy().format().partition(b"\n")[0] + b"\n" + history()[0].policy().format())
    text = split(path.read_bytes())[0]
    assert by_shell(forged, 5)[0] == 0
    path.write_bytes(join(text, [Line(other.ledger_key.name, other.ledger_key.key_id, other.ledger_signing.sign(text))]))
    assert by_shell(forged, 5)[0] == 3


@needs_openssl
def test_another_trust_file_decides_nothing(export: Path, tmp_path: Path) -> None:
    (tmp_path / "lain").write_bytes(World(operation="Operasi lain").policy().format())
    assert by_shell(export, 5, tmp_path / "lain")[0] == 4
    assert by_shell(export, 6)[0] == 4  # nobody asked for its proof


@needs_openssl
def test_a_second_export_after_which_both_heads_are_held(tmp_path: Path) -> None:
    """The proof carries the older head, the folder publishes the newer one."""
    from custody.ledger.export import Wanted
    from fixtures.exports import grown

    ledger = kept()
    written(ledger, tmp_path / "ekspor", Wanted((5,)))
    grown(ledger, SIZE + 10)
    written(ledger, tmp_path / "ekspor")
    (tmp_path / "percaya").write_bytes(history()[0].policy().format())
    assert by_shell(tmp_path / "ekspor", 5)[0] == 0
    assert ours(tmp_path / "ekspor") == ("", None)
