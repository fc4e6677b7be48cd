"""The private register: openings come back checked, codes come back, the file is its owner's alone."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from custody.core.errors import Altered, CustodyError, Malformed, Refused
from custody.core.private import Opening, seal
from custody.store.private import PRIVATE, PlainCode, PrivateRegister

OPENINGS = [
    Opening("name", "00" * 16, "Petugas Contoh Satu"),
    Opening("name", "01" * 16, "Petugas Contoh Satu"),
    Opening("rank", "02" * 16, "Bripka"),
    Opening("note", "03" * 16, "Tali segel ‘lama’ – 40 °C"),
]
CODES = [
    PlainCode(b"a" * 32, "0123456789ABCDEF", "B1"),
    PlainCode(b"b" * 32, "FEDCBA9876543210", "B1"),
    PlainCode(b"c" * 32, "A" * 16, None),
]


@pytest.fixture
def register(tmp_path: Path) -> Iterator[PrivateRegister]:
    register = PrivateRegister.create(tmp_path)
    register.put_openings(OPENINGS)
    register.put_codes(CODES)
    yield register
    register.close()


@pytest.mark.parametrize(
    ("name", "ask", "answer"),
    [
        ("an opening", lambda r: r.opening(OPENINGS[0].commitment()), OPENINGS[0]),
        ("no opening", lambda r: r.opening("ab" * 32), None),
        (
            "several",
            lambda r: r.opened([OPENINGS[2].commitment(), "ab" * 32, OPENINGS[3].commitment()]),
            {o.commitment(): o for o in OPENINGS[2:]},
        ),
        ("none", lambda r: r.opened([]), {}),
        ("all", lambda r: sorted(found.salt for _, found in r.openings()), ["00" * 16, "01" * 16, "02" * 16, "03" * 16]),
        ("a code", lambda r: r.code(b"a" * 32), CODES[0]),
        ("no code", lambda r: r.code(b"z" * 32), None),
        ("codes of a box", lambda r: r.codes_of("B1"), CODES[:2]),
        ("codes of no box", lambda r: r.codes_of("B9"), []),
        ("spares", lambda r: r.spares(), CODES[2:]),
    ],
)
def test_what_was_put_comes_back(register: PrivateRegister, name: str, ask: Callable[[PrivateRegister], object], answer: object) -> None:
    assert ask(register) == answer, name


def test_it_is_there_after_opening_again(register: PrivateRegister, tmp_path: Path) -> None:
    register.close()
    again = PrivateRegister.open(tmp_path)
    assert again.opening(OPENINGS[3].commitment()) == OPENINGS[3]
    again.examine()
    again.close()


def test_the_core_seals_and_the_register_opens(register: PrivateRegister) -> None:
    committed, opening = seal("number", "00000000", b"\7" * 16)
    register.put_openings([opening])
    assert register.opening(committed["c"]) == opening


def test_the_same_twice_is_one(register: PrivateRegister) -> None:
    register.put_openings([*OPENINGS, OPENINGS[0]])
    register.put_codes([*CODES, CODES[0]])
    assert len(list(register.openings())) == 4
    assert len(register.codes_of("B1")) == 2


def test_nothing_of_a_refused_batch_stays(register: PrivateRegister) -> None:
    with pytest.raises(Refused) as caught:
        register.put_codes([PlainCode(b"d" * 32, "A" * 16, "B2"), PlainCode(b"a" * 32, "0123456789ABCDEF", "B2")])
    assert caught.value.code == "private.conflict"
    assert register.code(b"d" * 32) is None
    assert register.code(b"a" * 32) == CODES[0]


@pytest.mark.parametrize("text", ["", "x", "zz" * 32, "é" * 64])
def test_a_commitment_that_is_none(register: PrivateRegister, text: str) -> None:
    if text == "":
        assert register.opening(text) is None
    else:
        with pytest.raises(Malformed, match=r"private\.hex"):
            register.opening(text)


@pytest.mark.parametrize("salt", ["00" * 15, "zz" * 16, ""])
def test_a_salt_that_is_none(register: PrivateRegister, salt: str) -> None:
    with pytest.raises(Malformed):
        register.put_openings([Opening("name", salt, "x")])
    assert len(list(register.openings())) == 4


@pytest.mark.parametrize("column", ["value", "field", "salt"])
def test_an_altered_opening_is_seen(tmp_path: Path, column: str) -> None:
    register = PrivateRegister.create(tmp_path)
    register.put_openings(OPENINGS)
    register.close()
    trigger = PRIVATE.triggers["opening_no_update"]
    with closing(sqlite3.connect(tmp_path / "private.db", isolation_level=None)) as stranger:
        stranger.execute("DROP TRIGGER opening_no_update")
        stranger.execute(f"UPDATE opening SET {column} = {'randomblob(16)' if column == 'salt' else chr(39) + 'lain' + chr(39)}")
        stranger.execute(trigger)
    register = PrivateRegister.open(tmp_path)
    for ask in (lambda: register.opening(OPENINGS[0].commitment()), lambda: list(register.openings())):
        with pytest.raises(Altered, match=r"private\.opening"):
            ask()
    register.close()


@pytest.mark.skipif(os.name == "nt", reason="file rights are POSIX")
def test_only_the_owner_can_read_it(register: PrivateRegister, tmp_path: Path) -> None:
    names = ["private.db", "private.db-wal", "private.db-shm"]
    assert {name: (tmp_path / name).stat().st_mode & 0o777 for name in names} == dict.fromkeys(names, 0o600)
    register.close()
    (tmp_path / "private.db").chmod(0o644)
    again = PrivateRegister.open(tmp_path)
    assert (tmp_path / "private.db").stat().st_mode & 0o777 == 0o600
    backup = tmp_path / "backup"
    backup.mkdir()
    again.copy(backup)
    assert (backup / "private.db").stat().st_mode & 0o777 == 0o600
    again.close()
    copy = PrivateRegister.open(backup)
    assert copy.spares() == CODES[2:]
    copy.close()


def test_creating_twice_is_refused(register: PrivateRegister, tmp_path: Path) -> None:
    with pytest.raises(CustodyError) as caught:
        PrivateRegister.create(tmp_path)
    assert caught.value.code == "store.exists"
    assert len(list(register.openings())) == 4
