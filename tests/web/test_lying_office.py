"""An office, or what stands before it, that answers wrong things: a laptop says so, ends the round and loses nothing (spec chapter 24)."""

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import pytest

pytest.importorskip("httpx2")

from custody.core.errors import CustodyError
from custody.web import line as lines
from fixtures.daydesk import DayDesk
from fixtures.laptops import Laptop, office_out
from fixtures.served import Runner

HABI = "5307192008"
PAUSE = b"<a while>"  # in an answer: nothing comes for a moment
Script = Callable[[bytes, int], bytes]


class Liar:
    """Whoever answers at a port; `script` gives the whole answer to a request's header and its number."""

    def __init__(self) -> None:
        self.script: Script = lambda head, count: b""
        self.count = 0
        self.heads: list[bytes] = []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.server.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                guest, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(guest,), daemon=True).start()

    def _one(self, guest: socket.socket) -> None:
        with suppress(OSError), guest, guest.makefile("rb") as file:
            while head := b"".join(_rows(file)):
                sizes = [row for row in head.lower().split(b"\r\n") if row.startswith(b"content-length:")]
                file.read(int(sizes[0].split(b":")[1]) if sizes else 0)
                self.count += 1
                self.heads.append(head)
                for at, piece in enumerate(self.script(head, self.count).split(PAUSE)):
                    time.sleep(0.3 if at else 0.0)
                    guest.sendall(piece)


def _rows(file: BinaryIO) -> Iterator[bytes]:
    """A header, row by row; nothing more where the other side is gone."""
    with suppress(OSError):
        while (row := file.readline()) not in (b"", b"\r\n"):
            yield row


def http(body: bytes, status: bytes = b"200 OK", *fields: bytes) -> bytes:
    """An answer."""
    return b"\r\n".join([b"HTTP/1.1 " + status, *fields, b"content-length: %d" % len(body), b"", body])


class World:
    """A laptop, whoever answers it, and a true bundle for it."""

    def __init__(self, root: Path) -> None:
        desk = DayDesk(root / "desk", (HABI,))
        self.laptop = Laptop(desk, "ndao", HABI, stick=root / "stick")
        self.bundle = office_out(desk, root / "stick", "ndao").read_bytes()
        self.liar = Liar()

    def round(self, script: Script, patience: float = 20.0) -> str:
        """A round: "" where all was well, else the code of what was told."""
        self.liar.script, self.liar.count = script, 0
        runner = Runner(self.laptop)
        try:
            told = runner.round(self.liar.port, patience=patience)
        except CustodyError as error:
            return error.code
        return told.trouble.code if told.trouble is not None else ""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    one = World(tmp_path_factory.mktemp("liar"))
    yield one
    one.liar.server.close()


NOTHING = http(b"", b"304 Not Modified")
TAG = b'etag: "ab-15-1"'


def well(head: bytes, count: int) -> bytes:
    """An office that takes all and has nothing."""
    return http(b"{}") if head.startswith(b"POST") else NOTHING


FAR = b'{"code":"network.clock","facts":{"now":1' + b"0" * 30 + b"}}"
BROUGHT: dict[str, tuple[bytes, str]] = {
    "answers of no shape": (http(b'{"refused":5}'), ""),
    "answers of nothing": (http(b'{"refused":null}'), ""),
    "a list": (http(b"[]"), "network.foreign"),
    "brackets in brackets": (http(b"[" * 500_000), "network.foreign"),
    "a moment that is no number": (http(b"{}", b"429 Later", b"retry-after: \xb2"), "network.wait"),
    "an office of an old backup": (http(b'{"code":"bundle.office-behind"}', b"422 No"), "network.behind"),
    "somewhere else": (http(b"", b"302 Found", b"location: http://127.0.0.1:1/"), "network.refused"),
    "a clock of the far future": (http(FAR, b"401 No"), "network.refused"),
    "a word that moves the screen": (http(b'{"code":"\\u001b[2J"}', b"409 No"), "network.refused"),
}
FETCHED: dict[str, tuple[tuple[bytes, ...], str]] = {
    "a tag in another alphabet": ((b"200 OK", 'etag: "é"'.encode()), "network.foreign"),
    "a tag without end": ((b"200 OK", b'etag: "' + b"a" * 9_000 + b'"'), "network.foreign"),
    "no tag": ((b"200 OK",), "network.foreign"),
    "a part that nobody asked for": ((b"206 Partial Content", TAG), "network.foreign"),
    "pressed bytes": ((b"200 OK", TAG, b"content-encoding: gzip"), "bundle.foreign"),
}


@pytest.mark.parametrize("name", [*BROUGHT, *FETCHED])
def test_a_lie_is_told_and_the_next_round_is_well(world: World, name: str) -> None:
    if name in BROUGHT:
        lie, code = BROUGHT[name]
        script: Script = lambda head, count: lie if head.startswith(b"POST") else NOTHING  # noqa: E731
    else:
        fields, code = FETCHED[name]
        body = gzip.compress(world.bundle) if name == "pressed bytes" else world.bundle
        script = lambda head, count: http(b"{}") if head.startswith(b"POST") else http(body, *fields)  # noqa: E731
    assert world.round(script) == code
    assert world.round(well) == ""


def test_the_same_bundle_for_ever_is_one(world: World) -> None:
    answer = lambda head, count: http(b"{}") if head.startswith(b"POST") else http(world.bundle, b"200 OK", b'etag: "ab-15-%d"' % count)  # noqa: E731
    assert world.round(answer) == "" and world.liar.count == 2


def test_nothing_between_may_press_the_bytes(world: World) -> None:
    assert world.round(well) == ""
    assert b"accept-encoding: identity" in world.liar.heads[-1].lower()


def test_what_has_no_end_leaves_nothing_behind(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MOST_PULL", 1 << 20)
    assert world.round(lambda head, count: http(b"{}") if count == 1 else http(b"x" * (2 << 20), b"200 OK", TAG)) == "network.size"
    assert not (world.laptop.folder / "network" / "pull.bundle").exists()


@pytest.mark.parametrize("asked", [b"POST", b"GET"])
def test_a_header_that_never_ends_is_given_up(world: World, asked: bytes) -> None:
    """Each piece comes in time, all of them in ten times what a laptop waits for a header."""
    drip = b"HTTP/1.1 200 OK\r\n" + PAUSE.join(b"x-%d: y\r\n" % at for at in range(33)) + http(b"{}")[len(b"HTTP/1.1 200 OK\r\n") :]
    whole = drip.replace(PAUSE, b"")
    script = lambda head, count: drip if head.startswith(asked) else well(head, count)  # noqa: E731
    assert world.round(script, patience=0.5) == "network.away"
    assert world.round(lambda head, count: whole if head.startswith(b"POST") else NOTHING, patience=0.5) == ""


def test_an_answer_that_hardly_moves_is_given_up_and_gone_on_with(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = world.bundle

    def script(head: bytes, count: int) -> bytes:
        if head.startswith(b"POST"):
            return http(b"{}")
        if b"range: bytes=" not in head.lower():
            slow = PAUSE.join(whole[at : at + 100] for at in range(0, 2_000, 100)) + whole[2_000:]
            return http(whole, b"200 OK", TAG)[: -len(whole)] + slow
        start = int(head.lower().split(b"bytes=")[1].split(b"-")[0])
        return http(whole[start:], b"206 Partial Content", TAG)

    monkeypatch.setattr(lines, "SLOWEST", 1_000_000)
    assert world.round(script, patience=0.5) == "network.away"
    assert world.round(script) == "" and any(b"range: bytes=" in head.lower() for head in world.liar.heads)
