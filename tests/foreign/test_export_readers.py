"""An export before readers that we did not write: OpenSSL in a shell script, and the C2SP code of the Go project (docs/spec/25-export.md).

The honest export is accepted, every forgery that a reader can see is refused, and our own verification names it.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from custody.core.errors import Undecided
from custody.ledger.exported import verify_export
from fixtures.exports import FORGERIES, PROVEN, SIZE, history, honest, kept, written
from fixtures.smallworld import World

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "docs" / "check-export.sh"
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
    assert (exit, told.splitlines()[-1][:11]) == (0, "HOLDS / SAH")
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
    assert "HOLDS" not in told


@pytest.mark.parametrize("name", FORGERIES)
def test_forgeries_by_us(forged: Path, name: str) -> None:
    FORGERIES[name].forge(forged)
    assert ours(forged) == (FORGERIES[name].code, FORGERIES[name].entry)


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
