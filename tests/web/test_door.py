"""Who gets a place at the office's door, and who may ask on: crowds, clocks that were set, work that was asked for (spec chapter 24)."""

import os
import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

pytest.importorskip("uvicorn")

from custody.core.ed25519 import SigningKey
from custody.core.errors import Refused
from custody.core.note import ED25519, VerifierKey
from custody.core.signedrequest import Asked, signed
from custody.web import door as doors
from custody.web.door import Door, network_of
from custody.web.gate import BURST, Gate

SIGNING = SigningKey.from_seed(b"\x07" * 32)
KEY = VerifierKey("ndao", ED25519, SIGNING.public)


class Street:
    """A door on this machine; who comes in by it is let in at once."""

    def __init__(self, plain: socket.socket) -> None:
        self.door = Door(plain)
        self.came: list[socket.socket] = []
        self.let: list[socket.socket] = []

    def come(self) -> bool:
        """Whether one more found a place."""
        self.came.append(socket.create_connection(self.door.getsockname()[:2]))
        try:
            self.let.append(self.door.accept()[0])
        except BlockingIOError:
            return False
        return True

    def alive(self) -> list[bool]:
        """Who of those that came is still connected."""
        return [_open(one) for one in self.came]


def _open(one: socket.socket) -> bool:
    one.settimeout(0.05)
    try:
        return one.recv(1) != b""
    except TimeoutError:
        return True
    except OSError:
        return False


@pytest.fixture
def street() -> Iterator[Street]:
    one = Street(socket.create_server(("127.0.0.1", 0)))
    yield one
    for each in (*one.came, *one.let, one.door):
        with suppress(OSError):
            each.close()


def test_the_oldest_who_said_nothing_makes_place(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "FROM_ONE", 3)
    assert [street.come() for _ in range(5)] == [True] * 5
    assert street.alive() == [False, False, True, True, True] and len(street.door.inside) == 3


def test_who_asked_with_a_signature_keeps_his_place(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "FROM_ONE", 3)
    for _ in range(3):
        street.come()
    for one in street.came[:2]:
        street.door.know(one.getsockname())
    assert street.come() and street.alive() == [True, True, False, True]
    street.door.know(street.came[3].getsockname())
    assert not street.come() and street.alive() == [True, True, False, True, False]
    street.let[0].close()
    assert street.come()


def test_all_together_have_a_bound_too(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "IN_ALL", 2)
    assert [street.come() for _ in range(4)] == [True] * 4 and len(street.door.inside) == 2


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2::7", "20010db800010002"),
        ("2001:db8:1:2:9999::1", "20010db800010002"),
        ("fe80::1%eth0", "fe80000000000000"),
        ("", ""),
    ],
)
def test_an_address_counts_with_all_that_one_machine_can_have(host: str, network: str) -> None:
    assert network_of(host) == network


class Clocks:
    """The office's clock, as it is set, and the time that passes."""

    def __init__(self, now: float) -> None:
        self.now, self.passed = now, 1_000.0
        self.gate = Gate(lambda key: True, lambda: self.now, lambda: self.passed)

    def ask(self, created: float) -> str:
        """What one request of this time is told."""
        asked = Asked("GET", "/v1/checkpoint", "")
        try:
            self.gate.enter(*asked[:3], signed(asked, KEY, SIGNING.sign, int(created), os.urandom(16).hex()))
        except Refused as error:
            return error.code
        return ""


def test_a_clock_that_is_put_right_after_the_start_locks_nobody_out() -> None:
    one = Clocks(2_000_000_000.0)
    assert one.ask(2_000_000_000) == ""
    one.now, one.passed = 1_795_000_000.0, one.passed + 60
    assert one.ask(1_795_000_000) == "" and one.ask(2_000_000_000) == "network.clock"


def test_nonces_are_known_by_time_that_passes_not_by_the_clock() -> None:
    one = Clocks(1_795_000_000.0)
    asked = Asked("GET", "/v1/checkpoint", "")
    fields = signed(asked, KEY, SIGNING.sign, 1_795_000_000, "ab" * 16)
    one.gate.enter(*asked[:3], fields)
    one.now, one.passed = one.now + 200, one.passed + 200
    with pytest.raises(Refused, match=r"network\.replay"):
        one.gate.enter(*asked[:3], fields)


def test_work_counts_as_requests_and_is_forgiven_in_time() -> None:
    one = Clocks(1_795_000_000.0)
    one.gate.charge(KEY, 1.0)
    count = next(at for at in range(100) if one.ask(one.now) == "network.pace")
    assert count == BURST - 6
    one.gate.charge(KEY, 3_600.0)
    one.passed += 60
    assert one.ask(one.now) == "network.pace"
    one.passed += 90
    assert one.ask(one.now) == ""
