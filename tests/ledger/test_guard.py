"""The rollback guard: what it lets pass, what it refuses, and that a crash anywhere leaves the old mark or the new one."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from custody.core.checkpoint import Checkpoint
from custody.core.errors import Altered, CustodyError, Refused
from custody.core.merkle import EMPTY_ROOT
from custody.core.note import ED25519, Line, join, key_id
from custody.ledger.guard import Guard, guard_file, machine_id, state_folder

ORIGIN = "custody.contoh.id/0123456789abcdef0123456789abcdef"
ROOT = Path(__file__).parents[2]


def root(size: int, tree: str = "a") -> bytes:
    return sha256(f"{tree}{size}".encode()).digest() if size else EMPTY_ROOT


def note(size: int, tree: str = "a", origin: str = ORIGIN) -> bytes:
    """A checkpoint note; the guard does not verify signatures, so any 64 bytes will do."""
    text = Checkpoint(origin, size, root(size, tree)).text()
    return join(text, [Line(origin, key_id(origin, ED25519, b"\1" * 32), b"\2" * 64)])


class Turns:
    """A lock that counts, and that notices somebody who takes it twice."""

    def __init__(self) -> None:
        self.taken = 0
        self.inside = False

    @contextmanager
    def __call__(self) -> Iterator[None]:
        assert not self.inside
        self.inside, self.taken = True, self.taken + 1
        try:
            yield
        finally:
            self.inside = False


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def guard_at(state: Path, machine: str = "m1", folder: str = "buku", origin: str = ORIGIN) -> Guard:
    return Guard(state, origin, machine, state.parent / folder, Turns())


@pytest.fixture
def guard(state: Path) -> Guard:
    """A live guard at size 10."""
    guard = guard_at(state)
    guard.adopt(note(10), root)
    return guard


def remembered(guard: Guard) -> int:
    mark = guard.mark()
    assert mark is not None
    return mark.checkpoint().size


# What the database holds when the ledger is opened, and what the guard says to it. The guard remembers 10 entries of tree a.
OPENED: list[tuple[str, bytes | None, str, str | None, int]] = [
    ("the same", note(10), "a", None, 10),
    ("ahead: a crash after COMMIT", note(11), "a", None, 11),
    ("far ahead", note(900), "a", None, 900),
    ("behind: an older backup", note(9), "a", "guard.behind", 10),
    ("behind and another tree", note(9, "b"), "b", "guard.behind", 10),
    ("an empty database", None, "a", "guard.behind", 10),
    ("the same size, another tree", note(10, "b"), "b", "guard.fork", 10),
    ("ahead on another tree", note(11, "b"), "b", "guard.fork", 10),
    ("a checkpoint that its own entries do not bear out", note(11, "b"), "a", "guard.fork", 10),
    ("another ledger's checkpoint", note(11, origin="custody.lain.id/" + "0" * 32), "a", "guard.origin", 10),
]


@pytest.mark.parametrize(("name", "head", "tree", "code", "after"), OPENED, ids=[case[0] for case in OPENED])
def test_check(guard: Guard, name: str, head: bytes | None, tree: str, code: str | None, after: int) -> None:
    before = guard.path.read_bytes()
    if code is None:
        guard.check(head, lambda size: root(size, tree))
    else:
        with pytest.raises(CustodyError) as caught:
            guard.check(head, lambda size: root(size, tree))
        assert caught.value.code == code
        assert guard.path.read_bytes() == before
    assert remembered(guard) == after


def test_what_is_missing_is_altered_and_counted(guard: Guard) -> None:
    with pytest.raises(Altered) as caught:
        guard.check(note(7), root)
    assert caught.value.facts == {"size": 7, "promised": 10}


# What else keeps this folder on this machine from appending.
PLACES: list[tuple[str, Callable[[Guard, Path], Guard], type[CustodyError], str]] = [
    ("no guard", lambda guard, state: (guard.path.unlink(), guard)[1], Refused, "guard.missing"),
    ("no state directory", lambda guard, state: guard_at(state / "other"), Refused, "guard.missing"),
    ("another machine", lambda guard, state: guard_at(state, machine="m2"), Refused, "guard.machine"),
    ("another path", lambda guard, state: guard_at(state, folder="salinan"), Refused, "guard.path"),
    ("moved away", lambda guard, state: (guard.leave(), guard)[1], Refused, "guard.moved"),
    ("an empty file", lambda guard, state: (guard.path.write_bytes(b""), guard)[1], Altered, "guard.damaged"),
    ("half a file", lambda guard, state: (guard.path.write_bytes(guard.path.read_bytes()[:150]), guard)[1], Altered, "guard.damaged"),
    ("no JSON", lambda guard, state: (guard.path.write_bytes(b"\xff\xfe"), guard)[1], Altered, "guard.damaged"),
    ("very deep JSON", lambda guard, state: (guard.path.write_bytes(b"[" * 100_000), guard)[1], Altered, "guard.damaged"),
    ("a list", lambda guard, state: (guard.path.write_bytes(b"[]"), guard)[1], Altered, "guard.damaged"),
    ("a field more", lambda guard, state: changed(guard, more="x"), Altered, "guard.damaged"),
    ("a field less", lambda guard, state: changed(guard, machine=None), Altered, "guard.damaged"),
    ("a number for a word", lambda guard, state: changed(guard, machine=7), Altered, "guard.damaged"),
    ("an unknown status", lambda guard, state: changed(guard, status="asleep"), Altered, "guard.damaged"),
    ("another format", lambda guard, state: changed(guard, format="custody-guard/v2"), Altered, "guard.damaged"),
    ("another ledger", lambda guard, state: changed(guard, origin="custody.lain.id/" + "0" * 32), Altered, "guard.damaged"),
    ("no checkpoint", lambda guard, state: changed(guard, note="x"), Altered, "guard.damaged"),
    ("a checkpoint of no text", lambda guard, state: changed(guard, note="\ud800"), Altered, "guard.damaged"),
]


def changed(guard: Guard, **fields: object) -> Guard:
    """The guard's file with fields set, or removed where None."""
    value = {**json.loads(guard.path.read_bytes()), **fields}
    guard.path.write_text(json.dumps({name: said for name, said in value.items() if said is not None}))
    return guard


@pytest.mark.parametrize(("name", "spoil", "kind", "code"), PLACES, ids=[case[0] for case in PLACES])
@pytest.mark.parametrize("act", ["check", "advance", "leave"])
def test_who_may_not_append(
    guard: Guard, state: Path, name: str, spoil: Callable[[Guard, Path], Guard], kind: type[CustodyError], code: str, act: str
) -> None:
    guard = spoil(guard, state)
    before = guard.path.read_bytes() if guard.path.exists() else None
    acts = {"check": lambda: guard.check(note(11), root), "advance": lambda: guard.advance(note(11)), "leave": lambda: guard.leave()}
    with pytest.raises(CustodyError) as caught:
        acts[act]()
    assert (type(caught.value), caught.value.code) == (kind, code)
    assert (guard.path.read_bytes() if guard.path.exists() else None) == before


@pytest.mark.parametrize(
    ("name", "new", "code", "after"),
    [
        ("forward", note(11), None, 11),
        ("the same again", note(10), None, 10),
        ("another process was quicker", note(9), None, 10),
        ("another root at the same size", note(10, "b"), "guard.fork", 10),
        ("another ledger", note(11, origin="custody.lain.id/" + "0" * 32), "guard.origin", 10),
    ],
)
def test_advance(guard: Guard, name: str, new: bytes, code: str | None, after: int) -> None:
    if code is None:
        guard.advance(new)
    else:
        with pytest.raises(CustodyError) as caught:
            guard.advance(new)
        assert caught.value.code == code, name
    assert remembered(guard) == after


def test_the_note_is_kept_as_signed(guard: Guard) -> None:
    guard.advance(note(12))
    mark = guard.mark()
    assert mark is not None
    assert (mark.note.encode(), mark.machine, mark.status, mark.origin) == (note(12), "m1", "live", ORIGIN)


def test_another_guard_of_the_same_place_goes_on(guard: Guard, state: Path) -> None:
    again = guard_at(state)
    again.check(note(11), root)
    again.advance(note(12))
    assert remembered(guard) == 12


@pytest.mark.parametrize(
    ("name", "before", "new"),
    [
        ("at the founding", lambda guard: guard.path.unlink(), lambda state: guard_at(state)),
        ("after a restore on another machine", lambda guard: guard.path.unlink(), lambda state: guard_at(state, machine="m2")),
        ("in another folder", lambda guard: None, lambda state: guard_at(state, folder="baru")),
        ("back from another machine", lambda guard: guard.leave(), lambda state: guard_at(state)),
        ("the state directory on another machine", lambda guard: None, lambda state: guard_at(state, machine="m2")),
    ],
)
def test_adopt(guard: Guard, state: Path, name: str, before: Callable[[Guard], None], new: Callable[[Path], Guard]) -> None:
    before(guard)
    adopted = new(state)
    adopted.adopt(note(12), root)
    adopted.check(note(12), root)
    adopted.advance(note(13))
    assert remembered(adopted) == 13


@pytest.mark.parametrize(
    ("name", "head", "tree", "code"),
    [
        ("what is behind", note(9), "a", "guard.behind"),
        ("what is forked", note(12, "b"), "b", "guard.fork"),
        ("another ledger", note(12, origin="custody.lain.id/" + "0" * 32), "a", "guard.origin"),
    ],
)
@pytest.mark.parametrize("moved", [False, True])
def test_adopt_never_forgets(guard: Guard, state: Path, name: str, head: bytes, tree: str, code: str, moved: bool) -> None:
    if moved:
        guard.leave()
    before = guard.path.read_bytes()
    with pytest.raises(CustodyError) as caught:
        guard_at(state, machine="m2").adopt(head, lambda size: root(size, tree))
    assert caught.value.code == code, name
    assert guard.path.read_bytes() == before


def test_everything_happens_in_turn(state: Path) -> None:
    turns = Turns()
    guard = Guard(state, ORIGIN, "m1", state, turns)
    guard.adopt(note(1), root)
    guard.check(note(2), root)
    guard.advance(note(3))
    guard.leave()
    assert turns.taken == 4


# The order of the disk: what is on it at each call must be the old mark or the new one, and the new one only after its bytes are durable.


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, guard: Guard) -> list[tuple[str, int]]:
    """Each sync and rename, with the size that the guard's file holds just before it."""
    seen: list[tuple[str, int]] = []
    fsync, replace = os.fsync, Path.replace

    def watched_fsync(handle: int) -> None:
        kind = "folder" if Path(f"/proc/self/fd/{handle}").is_dir() else "file"
        seen.append((f"sync {kind}", remembered(guard)))
        fsync(handle)

    def watched_replace(self: Path, target: Path) -> Path:
        seen.append(("rename", remembered(guard)))
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(Path, "replace", watched_replace)
    return seen


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc to tell a folder's sync from a file's")
def test_an_advance_is_one_sync_and_a_file_made_anew_is_two_in_the_right_order(guard: Guard, calls: list[tuple[str, int]]) -> None:
    guard.advance(note(11))
    assert calls == [("sync file", 11)]
    calls.clear()
    guard.advance(note(11))
    guard.advance(note(9))
    guard.check(note(11), root)
    assert calls == []
    long(guard)
    guard.advance(note(12))
    assert calls == [("sync file", 11), ("rename", 11), ("sync folder", 12)]


def long(guard: Guard) -> None:
    """So many marks that the next one is written into a file made anew."""
    line = guard.path.read_bytes().splitlines(keepends=True)[-1]
    guard.path.write_bytes(line * (40_000 // len(line)))


def test_the_file_of_the_guard_does_not_grow_for_ever(guard: Guard) -> None:
    for size in range(11, 300):
        guard.advance(note(size))
        assert guard.path.stat().st_size < 40_000
    assert remembered(guard) == 299


# What a power cut, or a full disk, can leave of the last line; the mark before it counts, and the next one stands behind whole lines.
HALF: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda line: b"",
    "a byte": lambda line: line[:1],
    "half": lambda line: line[: len(line) // 2],
    "all but the end of the line": lambda line: line[:-1],
    "zeros": lambda line: bytes(len(line)),
    "zeros and the end": lambda line: bytes(len(line) - 20) + line[-20:],
}


@pytest.mark.parametrize("name", HALF)
def test_a_line_that_is_half_is_none(guard: Guard, name: str) -> None:
    before = guard.path.read_bytes()
    guard.advance(note(11))
    line = guard.path.read_bytes()[len(before) :]
    guard.path.write_bytes(before + HALF[name](line))
    assert remembered(guard) == (11 if name == "all but the end of the line" else 10)
    guard.advance(note(12))
    guard.advance(note(13))
    assert remembered(guard) == 13
    whole = [json.loads(one) for one in guard.path.read_bytes().splitlines()]
    assert whole[-1]["note"].encode() == note(13)


def test_two_lines_that_are_none_are_damage(guard: Guard) -> None:
    with guard.path.open("ab") as file:
        file.write(b"x\nx\n")
    with pytest.raises(Altered) as caught:
        guard.mark()
    assert caught.value.code == "guard.damaged"


@pytest.mark.parametrize("step", ["write", "fsync"])
def test_a_line_that_could_not_be_added_is_taken_away_again(guard: Guard, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    resource = pytest.importorskip("resource")
    before = guard.path.read_bytes()
    with monkeypatch.context() as patch, pytest.raises(Refused) as caught:
        if step == "fsync":
            patch.setattr(os, "fsync", _full)
        else:
            resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 100, resource.RLIM_INFINITY))
        try:
            guard.advance(note(11))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert caught.value.code == "guard.unwritable"
    assert guard.path.read_bytes() == before


def _full(handle: int) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("step", ["open", "fsync", "replace", "fsync of the folder"])
def test_an_error_at_each_step_of_a_file_made_anew_leaves_the_old_mark_or_the_new(
    guard: Guard, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    long(guard)
    fail_at, count = (2, "fsync") if step == "fsync of the folder" else (1, step), 0
    real = Path.replace if fail_at[1] == "replace" else getattr(os, str(fail_at[1]))

    def failing(*given: object, **named: object) -> object:
        nonlocal count
        count += 1
        if count == fail_at[0]:
            raise OSError(28, "No space left on device")
        return real(*given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(Path if step == "replace" else os, str(fail_at[1]), failing)
        with pytest.raises(Refused) as caught:
            guard.advance(note(11))
    assert (caught.value.code, caught.value.facts["reason"]) == ("guard.unwritable", "ENOSPC")
    assert remembered(guard) == (11 if step == "fsync of the folder" else 10)
    guard.advance(note(12))
    assert remembered(guard) == 12


KILLED = """
import os, signal, sys
from contextlib import nullcontext
from pathlib import Path
from custody.ledger.guard import Guard
from tests.ledger.test_guard import ORIGIN, note
step = int(sys.argv[2])
seen = 0
def dying(real):
    def call(*given, **named):
        global seen
        seen += 1
        if seen == step:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*given, **named)
    return call
os.fsync, Path.replace = dying(os.fsync), dying(Path.replace)
state = Path(sys.argv[1])
Guard(state, ORIGIN, "m1", state.parent / "buku", nullcontext).advance(note(11))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
@pytest.mark.parametrize(("step", "after"), [(1, 10), (2, 10), (3, 11), (4, 11)])
def test_killed_at_each_step_of_a_file_made_anew(guard: Guard, state: Path, step: int, after: int) -> None:
    long(guard)
    child = subprocess.run([sys.executable, "-c", KILLED, str(state), str(step)], cwd=ROOT, capture_output=True)
    assert (child.returncode, child.stderr) == (-9, b"")
    assert remembered(guard) == after
    guard.check(note(11), root)
    assert remembered(guard) == 11


def test_a_folder_by_any_of_its_names(state: Path, tmp_path: Path) -> None:
    real, link = tmp_path / "buku", tmp_path / "tautan"
    real.mkdir()
    link.symlink_to(real)
    guard_at(state, folder="buku").adopt(note(1), root)
    guard_at(state, folder="tautan").check(note(1), root)
    guard_at(state, folder="buku/../buku").check(note(1), root)


def test_a_folder_whose_name_is_no_text(state: Path, tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"buku-\xff")
    for _ in range(2):
        guard = Guard(state, ORIGIN, "m1", folder, Turns())
        guard.adopt(note(1), root)
        guard.check(note(1), root)


@pytest.mark.skipif(os.name == "nt", reason="file rights are POSIX")
def test_only_the_owner_can_read_it(guard: Guard, state: Path) -> None:
    guard.advance(note(11))
    assert (state.stat().st_mode & 0o777, guard.path.stat().st_mode & 0o777) == (0o700, 0o600)
    assert [path.name for path in state.iterdir()] == [guard.path.name]


def test_one_file_per_origin(tmp_path: Path) -> None:
    origins = [ORIGIN, ORIGIN.replace("/", "_"), ORIGIN.replace("/", "%2F"), "../../etc/x", "a/b", "a%b"]
    paths = [guard_file(tmp_path, origin) for origin in origins]
    assert len(set(paths)) == len(origins)
    assert {path.parent for path in paths} == {tmp_path}


@pytest.mark.parametrize(
    ("environ", "system", "folder"),
    [
        ({"CUSTODY_STATE": "/s", "XDG_STATE_HOME": "/x"}, "linux", "/s"),
        ({"CUSTODY_STATE": ""}, "linux", "/home/p/.local/state/custody"),
        ({}, "linux", "/home/p/.local/state/custody"),
        ({"XDG_STATE_HOME": "/x"}, "linux", "/x/custody"),
        ({}, "darwin", "/home/p/Library/Application Support/custody"),
        ({"LOCALAPPDATA": "/l"}, "win32", "/l/custody"),
        ({}, "win32", "/home/p/AppData/Local/custody"),
        ({"CUSTODY_STATE": "/s"}, "win32", "/s"),
    ],
)
def test_state_folder(environ: dict[str, str], system: str, folder: str) -> None:
    assert state_folder(environ, Path("/home/p"), system) == Path(folder)


def test_machine_id() -> None:
    assert machine_id(lambda: "abc\n") == machine_id(lambda: "abc") != machine_id(lambda: "abd")
    assert machine_id() == machine_id()
    assert machine_id(lambda: "") == machine_id(lambda: " \n")
    for one in (machine_id(), machine_id(lambda: ""), machine_id(lambda: "abc")):
        assert len(one) == 32
        assert set(one) <= set("0123456789abcdef")
    assert "abc" not in machine_id(lambda: "abc")
