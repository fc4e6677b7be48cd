"""Key files: made once, whole or not at all, refused when open to others, and quiet about their secret."""

import logging
import os
import stat
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from custody.core.errors import CustodyError, KeyTrouble, Malformed
from custody.core.note import ED25519, VerifierKey, join, split
from custody.i18n import words
from custody.station import openssh
from custody.station.access import Readers
from custody.station.keyfile import KeyFile, load_key, new_key, public_path, read_passphrase, read_public

PHRASE = b"kata sandi rekaan"
posix = pytest.mark.skipif(os.name == "nt", reason="file modes are a thing of POSIX")


class Told:
    """An access check that answers what it was told."""

    def __init__(self, readers: Readers) -> None:
        self.answer = readers

    def readers(self, path: Path, descriptor: int) -> tuple[Readers, str]:
        os.fstat(descriptor)
        return self.answer, "644"


def drawing() -> Callable[[int], bytes]:
    """A source of bytes that are the same in every run and differ from draw to draw."""
    draws = count(1)
    return lambda size: bytes([next(draws)]) * size


def make(path: Path, passphrase: bytes | None = PHRASE, name: str = "petugas-contoh") -> VerifierKey:
    return new_key(path, name, passphrase, random=drawing(), rounds=1)


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(CustodyError) as caught:
        call()
    assert words.known(caught.value.code), caught.value.code
    assert "{" not in words.say(caught.value.code, caught.value.facts), "every fact of the sentence is given"
    return caught.value.code


def never() -> bytes:
    raise AssertionError("the passphrase must not be asked")


def test_a_new_key_is_private_and_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "kunci"
    key = make(path)
    opened = load_key(path, lambda: PHRASE)
    assert (opened.public, opened.name, opened.guarded) == (key, "petugas-contoh", True)
    assert read_public(path) == read_public(public_path(path)) == key
    assert sorted(found.name for found in tmp_path.iterdir()) == ["kunci", "kunci.pub"]


@posix
def test_modes_hold_under_any_umask(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        make(tmp_path / "kunci")
    finally:
        os.umask(old)
    assert (tmp_path / "kunci").stat().st_mode & 0o777 == 0o600


def test_a_line_signs_a_note(tmp_path: Path) -> None:
    key = make(tmp_path / "kunci")
    signed = join(b"teks\n", [load_key(tmp_path / "kunci", lambda: PHRASE).line(b"teks\n")])
    text, lines = split(signed)
    assert (lines[0].name, lines[0].key_id) == (key.name, key.key_id)
    key.verify(text, lines[0].signature)


@pytest.mark.parametrize("there", ["kunci", "kunci.pub"])
@pytest.mark.parametrize("kind", ["file", "folder", "dangling link"])
def test_nothing_is_overwritten(tmp_path: Path, there: str, kind: str) -> None:
    path = tmp_path / there
    {"file": path.touch, "folder": path.mkdir, "dangling link": lambda: path.symlink_to("nowhere")}[kind]()
    assert code_of(lambda: make(tmp_path / "kunci")) == "key.exists"
    assert [found.name for found in tmp_path.iterdir()] == [there]


def test_a_key_that_appears_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path, draw = tmp_path / "kunci", drawing()

    class Late(Told):
        def readers(self, path: Path, descriptor: int) -> tuple[Readers, str]:
            path.write_text("milik orang lain")
            return super().readers(path, descriptor)

    assert code_of(lambda: new_key(path, "a", PHRASE, random=draw, rounds=1, rights=Late(Readers.OWNER))) == "key.exists"
    assert path.read_text() == "milik orang lain"
    assert [found.name for found in tmp_path.iterdir()] == ["kunci"]


REFUSED_NEW = {
    "empty passphrase": (b"", "petugas", 1, "key.empty"),
    "no rounds": (PHRASE, "petugas", 0, "key.rounds"),
    "name with a space": (PHRASE, "petugas satu", 1, "key.name"),
    "no name": (PHRASE, "", 1, "key.name"),
}


@pytest.mark.parametrize(("phrase", "name", "rounds", "code"), REFUSED_NEW.values(), ids=REFUSED_NEW)
def test_a_key_that_would_be_wrong_is_not_begun(tmp_path: Path, phrase: bytes, name: str, rounds: int, code: str) -> None:
    with pytest.raises(CustodyError) as caught:
        new_key(tmp_path / "kunci", name, phrase, random=drawing(), rounds=rounds)
    assert caught.value.code == code
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("step", ["write", "fsync", "link", "chmod"])
def test_a_full_or_failing_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    if step == "write":
        monkeypatch.setattr(os, "fdopen", fails)
    elif step == "chmod":
        monkeypatch.setattr(Path, "chmod", fails)
    else:
        monkeypatch.setattr(os, step, fails)
        monkeypatch.setattr(Path, "rename", fails)
    assert code_of(lambda: make(tmp_path / "kunci")) == "key.unwritable"
    assert list(tmp_path.iterdir()) == []


def test_a_stick_without_hard_links_still_gets_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    key = make(tmp_path / "kunci")
    assert read_public(tmp_path / "kunci") == key
    assert sorted(found.name for found in tmp_path.iterdir()) == ["kunci", "kunci.pub"]
    assert code_of(lambda: make(tmp_path / "kunci")) == "key.exists"


def test_without_hard_links_a_key_that_appears_meanwhile_is_not_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "kunci"

    def no_links(_: Path, target: Path) -> None:
        if target == path:
            path.write_text("milik orang lain")
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    assert code_of(lambda: make(path)) == "key.exists"
    assert path.read_text() == "milik orang lain"


@posix
def test_bytes_and_names_are_on_disk_before_the_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced, really = [], os.fsync

    def fsync(descriptor: int) -> None:
        synced.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        really(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    make(tmp_path / "kunci")
    assert synced == ["file", "folder"] * 2


RIGHTS = {
    "owner, sealed": (Readers.OWNER, PHRASE, None),
    "others, sealed": (Readers.OTHERS, PHRASE, "key.permissions"),
    "others, open": (Readers.OTHERS, None, "key.permissions"),
    "stick, sealed": (Readers.UNKEPT, PHRASE, None),
    "stick, open": (Readers.UNKEPT, None, "key.permissions"),
}


@pytest.mark.parametrize(("readers", "phrase", "code"), RIGHTS.values(), ids=RIGHTS)
def test_rights_when_loading(tmp_path: Path, readers: Readers, phrase: bytes | None, code: str | None) -> None:
    make(tmp_path / "kunci", phrase)

    def load() -> KeyFile:
        return load_key(tmp_path / "kunci", lambda: PHRASE, rights=Told(readers), unencrypted_allowed=True)

    if code is None:
        assert load().guarded is (readers is Readers.OWNER)
    else:
        assert code_of(load) == code


@pytest.mark.parametrize(("readers", "phrase", "code"), RIGHTS.values(), ids=RIGHTS)
def test_rights_when_making(tmp_path: Path, readers: Readers, phrase: bytes | None, code: str | None) -> None:
    def new() -> VerifierKey:
        return new_key(tmp_path / "kunci", "petugas", phrase, random=drawing(), rounds=1, rights=Told(readers))

    if code is None:
        new()
    else:
        assert code_of(new) == code
        assert list(tmp_path.iterdir()) == []


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_that_others_can_read_is_refused_before_the_passphrase(tmp_path: Path, mode: int) -> None:
    make(tmp_path / "kunci")
    (tmp_path / "kunci").chmod(mode)
    with pytest.raises(KeyTrouble) as caught:
        load_key(tmp_path / "kunci", never)
    assert (caught.value.code, caught.value.facts["rights"]) == ("key.permissions", f"{mode:03o}")


def test_an_unencrypted_key_needs_leave(tmp_path: Path) -> None:
    key = make(tmp_path / "kunci", None)
    assert code_of(lambda: load_key(tmp_path / "kunci", never)) == "key.unencrypted"
    assert load_key(tmp_path / "kunci", never, unencrypted_allowed=True).public == key


def test_a_wrong_passphrase_names_the_file(tmp_path: Path) -> None:
    make(tmp_path / "kunci")
    with pytest.raises(KeyTrouble) as caught:
        load_key(tmp_path / "kunci", lambda: b"lain")
    assert (caught.value.code, caught.value.facts) == ("key.passphrase", {"path": str(tmp_path / "kunci")})


def test_a_comment_that_cannot_be_a_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "kunci"
    path.touch(mode=0o600)
    path.write_bytes(openssh.seal(b"s" * 32, "petugas satu", PHRASE, drawing(), 1))
    with pytest.raises(Malformed) as caught:
        load_key(path, lambda: PHRASE)
    assert caught.value.code == "key.name"


def test_files_that_are_no_keys(tmp_path: Path) -> None:
    make(tmp_path / "kunci")
    rubbish = tmp_path / "rusak"
    rubbish.touch(mode=0o600)
    rubbish.write_bytes((tmp_path / "kunci").read_bytes()[:200])
    cases = {
        tmp_path / "tiada": "key.missing",
        tmp_path: "key.folder",
        tmp_path / "kunci.pub": "key.public",
        rubbish: "key.damaged",
        Path("nol\0nol"): "key.missing",
    }
    for path, code in cases.items():
        assert code_of(lambda path=path: load_key(path, never)) == code


def test_the_public_half(tmp_path: Path) -> None:
    path = tmp_path / "kunci"
    make(path)
    half = public_path(path)
    other = new_key(tmp_path / "lain", "lain", PHRASE, random=lambda size: b"z" * size, rounds=1)
    half.write_bytes(openssh.public_line(other.public, "petugas-contoh"))
    assert code_of(lambda: read_public(path)) == "key.pair"
    half.write_bytes(b"ssh-rsa AAAA petugas\n")
    assert code_of(lambda: read_public(path)) == "key.type"
    half.write_bytes(openssh.public_line(read_public_bytes(path), ""))
    with pytest.raises(Malformed):
        read_public(path)
    half.unlink()
    assert code_of(lambda: read_public(path)) == "key.nameless"


def read_public_bytes(path: Path) -> bytes:
    return openssh.parse(path.read_bytes()).public


PASSPHRASES = {
    "one line": (b"kata sandi\n", b"kata sandi"),
    "no newline": (b"kata sandi", b"kata sandi"),
    "Windows": (b"kata sandi\r\n", b"kata sandi"),
    "spaces count": (b" kata sandi \n", b" kata sandi "),
    "only the first line": (b"satu\ndua\n", b"satu"),
}


@pytest.mark.parametrize(("data", "phrase"), PASSPHRASES.values(), ids=PASSPHRASES)
def test_passphrase_files(tmp_path: Path, data: bytes, phrase: bytes) -> None:
    path = tmp_path / "sandi"
    path.touch(mode=0o600)
    path.write_bytes(data)
    assert read_passphrase(path) == phrase


def test_passphrase_files_refused(tmp_path: Path) -> None:
    path = tmp_path / "sandi"
    path.touch(mode=0o600)
    assert code_of(lambda: read_passphrase(path)) == "key.empty"
    path.write_bytes(b"\nkata sandi\n")
    assert code_of(lambda: read_passphrase(path)) == "key.empty"
    path.write_bytes(b"x" * 2000)
    assert code_of(lambda: read_passphrase(path)) == "key.long"
    assert code_of(lambda: read_passphrase(path, rights=Told(Readers.UNKEPT))) == "key.permissions"


def test_nothing_is_logged_and_nothing_shows_the_secret(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        new_key(tmp_path / "kunci", "petugas", PHRASE, random=lambda size: b"\x5a" * size, rounds=1)
        opened = load_key(tmp_path / "kunci", lambda: PHRASE)
    assert caplog.records == []
    shown = repr(opened) + str(opened) + repr(vars(opened))
    assert "5a5a5a5a" not in shown.replace(opened.signing.public.hex(), "")
    assert "ZZZZ" not in shown
    assert PHRASE.decode() not in shown


def test_the_name_may_be_an_origin(tmp_path: Path) -> None:
    origin = f"custody.contoh/{'0' * 32}"
    make(tmp_path / "kunci", name=origin)
    assert read_public(tmp_path / "kunci") == VerifierKey(origin, ED25519, load_key(tmp_path / "kunci", lambda: PHRASE).signing.public)
