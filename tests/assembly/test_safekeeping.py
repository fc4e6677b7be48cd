"""Backups under load and on full sticks; the container byte by byte; moves that were cut short."""

import errno
import io
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody import assembly
from custody.core.errors import Altered, CustodyError, KeyTrouble, Refused
from custody.ledger import backup, move, restore, strongbox
from custody.ledger.strongbox import CHUNK, Head
from fixtures.smalloffice import MACHINE, SmallOffice
from tests.assembly.test_open import kabupaten

WORD = b"sandi contoh"
OTHER = "cd" * 16
HEAD = Head("2024-11-27T10:00:00Z", "custody.contoh/4eff2dd693781cdaa20e2a592e4457ba", 3, "00" * 16, logn=1)


@pytest.fixture
def office(tmp_path: Path) -> SmallOffice:
    return SmallOffice(tmp_path)


def sealed(payload: bytes) -> bytes:
    into = io.BytesIO()
    strongbox.seal(into, HEAD, WORD, iter([payload]))
    return into.getvalue()


@given(st.lists(st.integers(0, 3 * CHUNK), max_size=6), st.integers(0, 2**32))
def test_any_pieces_come_back_as_they_went_in(sizes: list[int], seed: int) -> None:
    pieces = [bytes([(seed + at) & 255]) * size for at, size in enumerate(sizes)]
    into = io.BytesIO()
    strongbox.seal(into, HEAD, WORD, iter(pieces))
    assert b"".join(strongbox.opened(io.BytesIO(into.getvalue()), WORD)) == b"".join(pieces)


SHORT = sealed(b"isi cadangan")


def test_no_bit_can_be_changed() -> None:
    for at in range(len(SHORT) * 8):
        changed = bytearray(SHORT)
        changed[at // 8] ^= 1 << at % 8
        with pytest.raises(CustodyError):
            b"".join(strongbox.opened(io.BytesIO(bytes(changed)), WORD))


def test_no_end_can_be_cut_off() -> None:
    for end in range(len(SHORT)):
        with pytest.raises(CustodyError):
            b"".join(strongbox.opened(io.BytesIO(SHORT[:end]), WORD))


@pytest.mark.parametrize("chunks", [1, 2])
def test_whole_chunks_cannot_be_cut_off(chunks: int) -> None:
    data = sealed(b"x" * 3 * CHUNK)
    with pytest.raises(Altered) as refusal:
        b"".join(strongbox.opened(io.BytesIO(data[: -chunks * (CHUNK + strongbox.TAG)]), WORD))
    assert refusal.value.code == "backup.cut"


def test_an_empty_last_chunk_is_no_second_form_of_the_file() -> None:
    data = sealed(b"x" * CHUNK)
    keys = strongbox.Keys(HEAD, WORD)
    head = data[: -(CHUNK + strongbox.TAG)]
    twin = head + keys.seal(0, False, b"x" * CHUNK) + keys.seal(1, True, b"")
    with pytest.raises(Altered):
        b"".join(strongbox.opened(io.BytesIO(twin), WORD))


def test_a_backup_while_others_append(office: SmallOffice) -> None:
    """It holds a whole prefix of the ledger; the appends go on."""
    done = threading.Event()
    trouble: list[Exception] = []

    def append() -> None:
        try:
            with office.open() as opened:
                for at in range(40):
                    opened.submit([kabupaten(office, opened, f"53{at:02d}")])
        except Exception as error:  # seen by the test below
            trouble.append(error)
        finally:
            done.set()

    worker = threading.Thread(target=append)
    with office.open(write=False) as opened:
        worker.start()
        made = [assembly.back_up(opened, office.root / f"{at}.backup", WORD, os.urandom, logn=1) for at in range(5)]
    worker.join()
    assert trouble == [] and done.is_set()
    outside = [restore.outside("founding", _checkpoint(office, 1))]
    for at, one in enumerate(made):
        state = office.root / f"state-{at}"
        back = assembly.restore(one.path, office.root / f"back-{at}", WORD, outside, state_dir=state, clock=office.clock, machine=OTHER)
        assert back.verdict.size == one.head.size


def _checkpoint(office: SmallOffice, size: int | None = None) -> bytes:
    with office.open(write=False) as opened:
        return opened.ledger.checkpoint(size)


class FullStick(io.FileIO):
    """A file on a stick that takes so many bytes and no more."""

    room = 20_000

    def write(self, data: Any) -> int:
        if self.tell() + len(data) > self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data)


def test_a_full_stick_leaves_nothing(office: SmallOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Path.open

    def opened(path: Path, mode: str = "r", *rest: Any, **more: Any) -> Any:
        return FullStick(path, "wb") if path.name.endswith(".part") and mode == "wb" else plain(path, mode, *rest, **more)

    monkeypatch.setattr(Path, "open", opened)
    stick = office.root / "stick"
    stick.mkdir()
    with office.open(write=False) as one, pytest.raises(Refused) as refusal:
        assembly.back_up(one, stick, WORD, os.urandom, logn=1)
    assert refusal.value.code == "backup.full"
    assert list(stick.iterdir()) == []
    assert [path.name for path in office.folder.iterdir() if path.name.startswith(".backup")] == []


def test_a_backup_that_cannot_be_read_back_is_not_named(office: SmallOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stick says yes and keeps something else."""
    plain = backup.check

    def worn(path: Path, passphrase: bytes) -> int:
        path.write_bytes(path.read_bytes()[:-1])
        return plain(path, passphrase)

    monkeypatch.setattr(backup, "check", worn)
    with office.open(write=False) as one, pytest.raises(Altered):
        assembly.back_up(one, office.root / "b.backup", WORD, os.urandom, logn=1)
    assert not (office.root / "b.backup").exists()


def test_without_the_key_nothing_can_be_appended(office: SmallOffice) -> None:
    with office.open(write=False) as one:
        made = assembly.back_up(one, office.root / "b.backup", WORD, os.urandom, with_key=False, logn=1)
    outside = [restore.outside("x", _checkpoint(office))]
    back = office.root / "back"
    state = office.root / "state2"
    assembly.restore(made.path, back, WORD, outside, state_dir=state, clock=office.clock, machine=OTHER)
    assert not (back / "keys").exists()
    with pytest.raises(KeyTrouble) as refusal, office.open(folder=back, state=state, machine=OTHER):
        pass
    assert refusal.value.code == "ledger.key.missing"


def test_a_restore_cut_short_before_the_folder_had_its_name(office: SmallOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard was made and the power went: the same command again succeeds."""
    with office.open(write=False) as one:
        made = assembly.back_up(one, office.root / "b.backup", WORD, os.urandom, logn=1)
    outside = [restore.outside("x", _checkpoint(office))]
    back, state = office.root / "back", office.root / "state2"

    def cut(*_: object) -> None:
        raise OSError(errno.EIO, "cut")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", cut)
        with pytest.raises(OSError, match="cut"):
            assembly.restore(made.path, back, WORD, outside, state_dir=state, clock=office.clock, machine=OTHER)
    assert not back.exists() and list(state.glob("*.guard"))
    assembly.restore(made.path, back, WORD, outside, state_dir=state, clock=office.clock, machine=OTHER)
    with office.open(folder=back, state=state, machine=OTHER) as opened:
        assert opened.submit([kabupaten(office, opened)]).sealed


def test_an_altered_body_in_a_backup_is_found(office: SmallOffice) -> None:
    """Somebody who knows the passphrase changed a row and sealed it again."""
    import sqlite3

    with office.open() as opened:
        opened.submit([kabupaten(office, opened)])
    outside = [restore.outside("x", _checkpoint(office))]
    db = sqlite3.connect(office.folder / "ledger.db")
    db.execute("DROP TRIGGER entry_no_update")
    db.execute("UPDATE entry SET body = CAST(replace(CAST(body AS TEXT), 'Kabupaten Contoh', 'Kabupaten Condoh') AS BLOB) WHERE idx = 1")
    db.executescript(_trigger())
    db.commit()
    db.close()
    with office.open(write=False) as one:
        made = assembly.back_up(one, office.root / "b.backup", WORD, os.urandom, logn=1)
    with pytest.raises(Altered) as refusal:
        assembly.restore(made.path, office.root / "back", WORD, outside, state_dir=office.root / "s2", clock=office.clock, machine=OTHER)
    assert refusal.value.code == "restore.altered"
    assert not (office.root / "back").exists() and not list((office.root / "s2").glob("*.guard"))


def _trigger() -> str:
    from custody.store.schema import LEDGER

    return LEDGER.triggers["entry_no_update"]


# --- moving


def test_a_move_cut_short_before_the_guard_closed_can_be_done_again(office: SmallOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    request = move.request(OTHER)
    person = office.people["kpu-1"]

    def cut(*_: object) -> None:
        raise OSError(errno.EIO, "cut")

    with office.open() as opened:
        with monkeypatch.context() as patch:
            patch.setattr("custody.ledger.guard.Guard.leave", cut)
            with pytest.raises(OSError, match="cut"):
                assembly.leave(opened, request, office, person.line, machine=MACHINE)
        assert assembly.departed(opened) is None
        note = assembly.leave(opened, request, office, person.line, machine=MACHINE)
        assert assembly.departed(opened) == note


LINES = [
    ("the ledger key alone", lambda office, text: [office.line_of_ledger(text)]),
    ("a person alone", lambda office, text: [office.people["kpu-1"].line(text)]),
    ("two persons", lambda office, text: [office.people["kpu-1"].line(text), office.people["polri-1"].line(text)]),
]


@pytest.mark.parametrize(("name", "lines"), LINES, ids=[case[0] for case in LINES])
def test_move_notes_that_do_not_count(office: SmallOffice, name: str, lines: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from custody.core.note import Line

    monkeypatch.setattr(
        SmallOffice, "line_of_ledger", lambda self, text: Line(self.key.name, self.key.key_id, self.sign(text)), raising=False
    )
    with office.open() as opened:
        head, state = opened.ledger.head(), opened.ledger.state
        made = move.Move(opened.now(), office.founding.sid, head, "x", MACHINE, OTHER)
        note = move.signed(made, lines(office, made.text()))
        with pytest.raises(CustodyError) as refusal:
            move.authentic(note, state.roster, 1)
        assert refusal.value.code == "move.signature"


def test_a_move_note_is_read_back(office: SmallOffice) -> None:
    with office.open() as opened:
        made = move.Move(opened.now(), office.founding.sid, opened.ledger.head(), "/tmp/x", MACHINE, OTHER)
    assert move.Move.parse(made.text()) == made
    assert move.requested(move.request(OTHER)) == OTHER
    for data in (b"", b"{}", b"custody/move/v1\n{}\n", move.request(OTHER)[:-3]):
        with pytest.raises(CustodyError):
            move.requested(data) if data.startswith(b"{") or not data else move.Move.parse(data)
