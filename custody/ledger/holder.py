"""The ledger key for the length of a shift: one process holds it and signs growing checkpoints, nothing else (design chapter 2).

The process that was unlocked listens at a Unix socket in the state folder (0600), or, where the system has none, at a loopback port.
A request carries a token that only a reader of the owner's holder file (0600) knows. What the process signs is a checkpoint of its one
ledger, larger than what the rollback guard remembers; it signs for no person, and with the process the key is gone.

Trusted with: the order of entries, from unlock to lock. Not trusted with: anybody's signature. Whoever runs programs under this account
while the key is unlocked can have checkpoints signed; the witnesses and papers outside are against him (threat model).

The branch without Unix sockets (Windows) is tested on other systems and has not been tried on Windows.
"""

import contextlib
import hmac
import json
import os
import socket
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from custody.core.checkpoint import Checkpoint
from custody.core.errors import CustodyError, Locked, Malformed, Refused
from custody.core.note import VerifierKey, decode_base64, encode_base64
from custody.durable import write_durably
from custody.reading import read

_MOST_REQUEST = 65_536
_PATIENCE = 10.0  # seconds until a holder that says nothing is given up
_LISTENS = 2.0  # seconds that the holder waits for one caller while others wait behind it
_LONGEST_ADDRESS = 100  # bytes; the system's own limit for a socket's path is 104 to 108
_TICK = 1.0  # seconds between two looks at the clock


@dataclass(frozen=True)
class Shift:
    """The holder file: how the process is reached, by whom it was unlocked for how long (moments)."""

    address: str
    token: str
    pid: int
    key: str
    since: str
    until: str

    def public(self) -> VerifierKey:
        """The key that is held. :raises Malformed: `key.…`."""
        return VerifierKey.parse(self.key)


class Holder:
    """What the process does with a request; knows no socket."""

    def __init__(self, key: VerifierKey, sign: Callable[[bytes], bytes], token: str, floor: Callable[[], Checkpoint | None]) -> None:
        """:param floor: the newest checkpoint that the guard remembers; asked before every signature."""
        self.key = key
        self.over = False
        self._sign, self._token, self._floor = sign, token, floor

    def answer(self, request: bytes) -> bytes:
        """One line of JSON for one line of JSON. Never raises for what a caller sends."""
        try:
            reply = self._do(_object(request))
        except CustodyError as error:
            reply = {"error": error.code}
        return json.dumps(reply).encode() + b"\n"

    def _do(self, asked: dict[str, Any]) -> dict[str, Any]:
        token = asked.get("token")
        if not isinstance(token, str) or not hmac.compare_digest(token.encode("utf-8", "surrogatepass"), self._token.encode()):
            raise Refused("holder.token")
        match asked.get("do"):
            case "sign":
                return {"signature": self._signature(asked.get("text")).hex()}
            case "status":
                return {"key": str(self.key), "pid": os.getpid()}
            case "lock":
                self.over = True
                return {"locked": True}
        raise Malformed("holder.request")

    def _signature(self, encoded: object) -> bytes:
        if not isinstance(encoded, str):
            raise Malformed("holder.request")
        text = decode_base64(encoded.encode("ascii", "replace"), "holder.request")
        head, floor = Checkpoint.parse(text), self._floor()
        if head.origin != self.key.name:
            raise Refused("holder.origin")
        if floor is None:
            raise Refused("guard.missing", path="")
        if head.size < floor.size or (head.size == floor.size and head.root != floor.root):
            raise Refused("holder.smaller", size=head.size, known=floor.size)
        return self._sign(text)


def holder_file(state: Path, origin: str) -> Path:
    """Where it is written how the holder of a ledger's key is reached."""
    return state / (quote(origin, safe="") + ".holder")


def serve(holder: Holder, state: Path, shift: Callable[[str], Shift], seconds: float, sockets: bool | None = None) -> None:
    """Answer requests until the shift is over or a caller says `lock`; then take away the holder file.

    :param shift: the holder file for an address. :param sockets: use Unix sockets; None asks the system.
    """
    server, address = _listen(state, hasattr(socket, "AF_UNIX") if sockets is None else sockets)
    path = holder_file(state, holder.key.name)
    ends = time.monotonic() + seconds
    wall = time.time() + seconds  # a computer that slept through the shift has not counted that on the other clock
    try:
        written = shift(address)
        write_durably(path, json.dumps(asdict(written)).encode() + b"\n", 0o600)
        server.settimeout(_TICK)
        while not holder.over and time.monotonic() < ends and time.time() < wall:
            with contextlib.suppress(TimeoutError):
                _serve_one(holder, server.accept()[0])
    finally:
        server.close()
        _forget(state, holder.key.name, address)


def find(state: Path, origin: str) -> Shift | None:
    """The holder that answers now; None when the key is locked. A file left by a process that is gone counts for nothing."""
    shift = _read(holder_file(state, origin))
    if shift is None:
        return None
    try:
        ask(shift, "status")
    except (Locked, Refused):
        return None
    return shift


def lock(state: Path, origin: str) -> bool:
    """Let the holder forget the key; tells whether there was one. Returns when its file is gone."""
    shift = find(state, origin)
    if shift is None:
        holder_file(state, origin).unlink(missing_ok=True)
        return False
    ask(shift, "lock")
    patience = time.monotonic() + _PATIENCE
    while holder_file(state, origin).exists() and time.monotonic() < patience:
        time.sleep(0.02)
    return True


def ask(shift: Shift, what: str, **fields: str) -> dict[str, Any]:
    """One question to the holder.

    :raises Locked: `ledger.locked` when nobody answers. :raises Refused: the code that the holder refused with.
    """
    request = json.dumps({"token": shift.token, "do": what, **fields}).encode() + b"\n"
    try:
        with _connect(shift.address) as line:
            line.sendall(request)
            reply = _object(_line(line))
    except (OSError, Malformed, ValueError, OverflowError):  # the address may say anything: a port of nine digits, a path with a NUL
        raise Locked("ledger.locked") from None
    if "error" in reply:
        raise Refused(str(reply["error"]))
    return reply


@dataclass(frozen=True)
class HeldKey:
    """The ledger key in another process, as what signs checkpoints here."""

    key: VerifierKey
    shift: Shift

    def sign(self, message: bytes) -> bytes:
        """The signature of a checkpoint's text. :raises Locked: `ledger.locked`. :raises Refused: `holder.…`."""
        reply = ask(self.shift, "sign", text=encode_base64(message).decode())
        try:
            return bytes.fromhex(str(reply.get("signature")))
        except ValueError:
            raise Locked("ledger.locked") from None


def _listen(state: Path, sockets: bool) -> tuple[socket.socket, str]:
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not sockets:
        server = socket.create_server(("127.0.0.1", 0))
        return server, f"tcp:{server.getsockname()[1]}"
    folder = state if len(os.fsencode(state)) + 20 < _LONGEST_ADDRESS else Path(tempfile.mkdtemp(prefix="custody-"))
    place = folder / f"{os.getpid()}.socket"
    place.unlink(missing_ok=True)  # of a process that had this number before
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    former = os.umask(0o177)  # the socket has its rights from its first moment on
    try:
        server.bind(str(place))
    finally:
        os.umask(former)
    server.listen(16)
    return server, f"unix:{place}"


def _connect(address: str) -> socket.socket:
    kind, _, place = address.partition(":")
    if kind == "tcp" and place.isdigit():
        return socket.create_connection(("127.0.0.1", int(place)), timeout=_PATIENCE)
    if kind != "unix" or not hasattr(socket, "AF_UNIX"):
        raise Malformed("holder.address")
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        line.settimeout(_PATIENCE)
        line.connect(place)
    except BaseException:
        line.close()
        raise
    return line


def _serve_one(holder: Holder, line: socket.socket) -> None:
    """A caller that says nothing or goes away harms nobody but itself."""
    with line, contextlib.suppress(OSError, ValueError, CustodyError):
        line.settimeout(_LISTENS)
        line.sendall(holder.answer(_line(line)))


def _line(line: socket.socket) -> bytes:
    data = b""
    while not data.endswith(b"\n"):
        more = line.recv(_MOST_REQUEST)
        if not more or len(data) > _MOST_REQUEST:
            raise Malformed("holder.request")
        data += more
    return data


def _object(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise Malformed("holder.request") from None
    if not isinstance(found, dict):
        raise Malformed("holder.request")
    return found


def _read(path: Path) -> Shift | None:
    try:
        found = _object(read(path, _MOST_REQUEST))
    except (OSError, Malformed):
        return None
    fields = Shift.__dataclass_fields__
    if set(found) != set(fields) or any(type(found[name]) is not (int if name == "pid" else str) for name in fields):
        return None
    shift = Shift(**found)
    try:
        shift.public()
    except Malformed:
        return None
    return shift


def _forget(state: Path, origin: str, address: str) -> None:
    """Take away socket and file; the file only if it is still ours."""
    kind, _, place = address.partition(":")
    if kind == "unix":
        Path(place).unlink(missing_ok=True)
        if Path(place).parent != state:
            with contextlib.suppress(OSError):
                Path(place).parent.rmdir()
    shift = _read(holder_file(state, origin))
    if shift is not None and shift.address == address:
        holder_file(state, origin).unlink(missing_ok=True)
