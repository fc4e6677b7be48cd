"""The process that holds the ledger key: what it signs, what it refuses, how it ends; both ways of reaching it."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from custody.core.checkpoint import Checkpoint
from custody.core.errors import CustodyError, Locked, Refused
from custody.core.note import encode_base64
from custody.ledger import holder
from custody.ledger.holder import Holder, Shift
from fixtures.smallworld import Person

ORIGIN = "contoh"
TOKEN = "aa" * 32


def head(size: int, fill: int = 1, origin: str = ORIGIN) -> Checkpoint:
    return Checkpoint(origin, size, bytes([fill]) * 32)


def made(floor: Checkpoint | None) -> Holder:
    person = Person(ORIGIN)
    return Holder(person.key, person.signing.sign, TOKEN, lambda: floor)


def asked(one: Holder, **fields: Any) -> dict[str, Any]:
    answer = json.loads(one.answer(json.dumps({"token": TOKEN, **fields}).encode()))
    assert isinstance(answer, dict)
    return answer


def text(checkpoint: Checkpoint) -> str:
    return encode_base64(checkpoint.text()).decode()


SIGNED = [
    ("larger", head(6), None),
    ("much larger", head(600), None),
    ("the same again, after a crash", head(5), None),
    ("smaller", head(4), "holder.smaller"),
    ("the same size, another root", head(5, 2), "holder.smaller"),
    ("another ledger", head(6, origin="lain"), "holder.origin"),
]


@pytest.mark.parametrize(("name", "wanted", "error"), SIGNED, ids=[case[0] for case in SIGNED])
def test_it_signs_growing_checkpoints_of_its_ledger(name: str, wanted: Checkpoint, error: str | None) -> None:
    answer = asked(made(head(5)), do="sign", text=text(wanted))
    if error is None:
        Person(ORIGIN).key.verify(wanted.text(), bytes.fromhex(answer["signature"]))
    else:
        assert answer == {"error": error}


NONSENSE: list[tuple[str, dict[str, Any], str]] = [
    ("no token", {"token": None, "do": "status"}, "holder.token"),
    ("another token", {"token": "bb" * 32, "do": "status"}, "holder.token"),
    ("a token that is a number", {"token": 7, "do": "status"}, "holder.token"),
    ("a token in a list", {"token": [TOKEN], "do": "status"}, "holder.token"),
    ("a token that no encoding can write", {"token": "\ud800", "do": "status"}, "holder.token"),
    ("a token of other letters", {"token": "é" * 64, "do": "status"}, "holder.token"),
    ("part of the token", {"token": TOKEN[:-1], "do": "status"}, "holder.token"),
    ("the token and more", {"token": TOKEN + "0", "do": "status"}, "holder.token"),
    ("nothing to do", {}, "holder.request"),
    ("a statement instead of a checkpoint", {"do": "sign", "text": encode_base64(b"custody/enrol/v1\n{}\n").decode()}, "checkpoint.lines"),
    ("no text", {"do": "sign"}, "holder.request"),
    ("a text that is a number", {"do": "sign", "text": 1}, "holder.request"),
    ("no base64", {"do": "sign", "text": "é"}, "holder.request"),
]


@pytest.mark.parametrize(("name", "fields", "error"), NONSENSE, ids=[case[0] for case in NONSENSE])
def test_it_signs_nothing_else(name: str, fields: dict[str, Any], error: str) -> None:
    assert asked(made(head(5)), **fields) == {"error": error}


@pytest.mark.parametrize("request_", [b"", b"{", b"[]", b"1", b"\xff", b"[" * 100_000], ids=repr)
def test_it_survives_what_is_no_request(request_: bytes) -> None:
    assert json.loads(made(head(5)).answer(request_))["error"] == "holder.request"


def test_without_a_guard_it_signs_nothing() -> None:
    assert asked(made(None), do="sign", text=text(head(1))) == {"error": "guard.missing"}


@contextmanager
def held(state: Path, sockets: bool, seconds: float = 30.0) -> Iterator[threading.Thread]:
    """A holder that serves in a thread of its own."""
    one = made(head(5))

    def shift(address: str) -> Shift:
        return Shift(address, TOKEN, 1, str(one.key), "2024-11-27T10:00:00Z", "2024-11-27T22:00:00Z")

    server = threading.Thread(target=holder.serve, args=(one, state, shift, seconds, sockets))
    server.start()
    patience = time.monotonic() + 10
    while holder.find(state, ORIGIN) is None and time.monotonic() < patience:
        time.sleep(0.01)
    try:
        yield server
    finally:
        one.over = True
        server.join()


WAYS = [pytest.param(True, id="socket"), pytest.param(False, id="port")]


@pytest.mark.parametrize("sockets", WAYS)
def test_signing_through_it(tmp_path: Path, sockets: bool) -> None:
    with held(tmp_path / "state", sockets):
        shift = holder.find(tmp_path / "state", ORIGIN)
        assert shift is not None
        key = holder.HeldKey(shift.public(), shift)
        key.key.verify(head(7).text(), key.sign(head(7).text()))
        with pytest.raises(Refused) as refusal:
            key.sign(head(4).text())
        assert refusal.value.code == "holder.smaller"


@pytest.mark.parametrize("sockets", WAYS)
def test_locking_takes_everything_away(tmp_path: Path, sockets: bool) -> None:
    state = tmp_path / "state"
    with held(state, sockets) as server:
        shift = holder.find(state, ORIGIN)
        assert shift is not None
        assert holder.lock(state, ORIGIN)
        server.join(10)
        assert not server.is_alive()
        assert list(state.iterdir()) == []
        with pytest.raises(Locked):
            holder.HeldKey(shift.public(), shift).sign(head(9).text())
    assert not holder.lock(state, ORIGIN)


def test_the_shift_ends_by_itself(tmp_path: Path) -> None:
    with held(tmp_path / "state", sockets=True, seconds=0.5) as server:
        server.join(10)
        assert not server.is_alive() and holder.find(tmp_path / "state", ORIGIN) is None


def test_only_the_owner_reaches_socket_and_file(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with held(state, sockets=True):
        rights = {path.suffix: path.stat().st_mode & 0o777 for path in state.iterdir()}
    assert rights == {".holder": 0o600, ".socket": 0o600}
    assert state.stat().st_mode & 0o777 == 0o700


def test_a_state_folder_with_a_long_name(tmp_path: Path) -> None:
    """The system takes about a hundred bytes as the path of a socket."""
    state = tmp_path / ("folder-" * 20)
    with held(state, sockets=True):
        shift = holder.find(state, ORIGIN)
        assert shift is not None
        place = Path(shift.address.partition(":")[2])
        assert place.parent.stat().st_mode & 0o777 == 0o700
    assert not place.exists() and not place.parent.exists()


def test_a_caller_that_says_nothing_does_not_stop_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holder, "_LISTENS", 0.2)
    state = tmp_path / "state"
    with held(state, sockets=True):
        shift = holder.find(state, ORIGIN)
        assert shift is not None
        silent = socket.socket(socket.AF_UNIX)
        silent.connect(shift.address.partition(":")[2])
        assert holder.ask(shift, "status")["key"] == shift.key
        silent.close()


_SOUND = Shift("unix:/none", "x", 1, "custody.contoh/0+2f3b1c4d+AQ==", "a", "b").__dict__
_ODD: list[dict[str, object]] = [
    {"address": 1}, {"address": None}, {"address": "tcp:99999999999"}, {"address": "tcp:²"}, {"address": "unix:\0"},
    {"address": f"unix:{999 * chr(120)}"},
    {"token": ["x"]}, {"pid": True}, {"key": 7}, {"key": "k"}, {"until": {}}, {"since": None},
]  # fmt: skip
LEFT = ["", "{", "[]", '{"address": "unix:/none"}', *(json.dumps({**_SOUND, **odd}) for odd in [{}, *_ODD])]


@pytest.mark.parametrize("left", LEFT, ids=range(len(LEFT)))
def test_a_file_left_behind_counts_for_nothing(tmp_path: Path, left: str) -> None:
    holder.holder_file(tmp_path, ORIGIN).write_text(left)
    assert holder.find(tmp_path, ORIGIN) is None
    assert not holder.lock(tmp_path, ORIGIN)
    assert not holder.holder_file(tmp_path, ORIGIN).exists()


def test_errors_of_the_holder_keep_their_code() -> None:
    assert issubclass(Refused, CustodyError)
    shift = Shift("nothing:1", "x", 1, "k", "a", "b")
    with pytest.raises(Locked):
        holder.ask(shift, "status")
