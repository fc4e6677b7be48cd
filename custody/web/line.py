"""The way from a station to its office over HTTP (docs/spec/24-network.md). Connections are kept."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import urlsplit

import httpx2
import orjson

from custody.core.bundle import Address
from custody.core.errors import CustodyError, Refused, Undecided, quoted
from custody.core.signedrequest import EMPTY, Asked, signed
from custody.durable import trouble, write_durably
from custody.reading import read
from custody.web.authority import trusting
from custody.web.saying import MOST_PULL, TYPE

if TYPE_CHECKING:
    from custody.station.keyfile import KeyFile

PATIENCE = 60.0  # seconds until an office that says nothing is away
SLOWEST = 100  # bytes in a second that an answer must bring; what is here then is gone on with
_MOST_ANSWER = 1 << 20
_PIECE = 1 << 16
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_TAG = re.compile(r'"([0-9a-f-]{1,150})"')


class HttpLine:
    """One office, asked with one device key. Used by one thread; closed at the end of its block."""

    def __init__(
        self,
        address: Address,
        key: KeyFile,
        random: Callable[[int], bytes],
        *,
        plain: bool = False,
        clock: Callable[[], float] = time.time,
        patience: float = PATIENCE,
    ) -> None:
        """:param plain: HTTP without TLS is meant, also to another machine.

        :raises Refused: `network.plain`. :raises Malformed: `network.ca`.
        """
        where = urlsplit(address.url)
        if where.scheme != "https" and not plain and where.hostname not in _LOOPBACK:
            raise Refused("network.plain", url=address.url)
        self.url = address.url.rstrip("/")
        self._base = where.path.rstrip("/")
        self._key, self._random, self._clock, self._patience = key, random, clock, patience
        self._stream: Any = None  # what goes to the office now
        self._late = Timer(patience, self._end)  # not started: ends what takes too long
        self.ahead = 0  # seconds that the clock of the office is ahead of this one, as it said
        context = trusting(address.ca) if where.scheme == "https" else False
        limits = httpx2.Limits(max_connections=2, keepalive_expiry=60.0)
        plain_bytes = {"accept-encoding": "identity"}  # what is between may not press anything: bytes are gone on with
        self._client = httpx2.Client(
            verify=context, timeout=patience, limits=limits, trust_env=False, follow_redirects=False, headers=plain_bytes
        )

    def __enter__(self) -> HttpLine:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def push(self, path: Path) -> dict[str, Any]:
        """Bring a bundle; what the office says of it. Raises as `_asked`."""
        digest, size = sha256(), path.stat().st_size
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)

        def fields() -> dict[str, Any]:
            return {"content": _pieces(path), "headers": {"content-length": str(size), "content-type": TYPE}}

        with self._asked("POST", "/v1/bundle", "", digest.digest(), fields) as answer:
            with self._speaking():
                data = self._whole(answer)
            return _object(data)

    def pull(self, start: int, had: str | None, target: Path) -> str | None:
        """Fetch a bundle into `target`, going on with one that was cut; its tag, None where nothing is lacking. Raises as `_asked`."""
        note = target.with_suffix(".tag")
        cut = _begun(target, note)

        def fields() -> dict[str, Any]:
            headers = {} if had is None else {"if-none-match": f'"{had}"'}
            if cut is not None:
                headers |= {"if-range": f'"{cut}"', "range": f"bytes={target.stat().st_size}-"}
            return {"headers": headers}

        with self._asked("GET", "/v1/bundle", f"start={start}", EMPTY, fields) as answer:
            if answer.status_code == 304:
                return None
            if answer.status_code == 416:  # what is here is all of it, or nothing that the office knows
                tag = cut
            else:
                told = _TAG.fullmatch(answer.headers.get("etag", ""))
                if told is None or (answer.status_code == 206 and told[1] != cut) or answer.status_code not in (200, 206):
                    raise Refused("network.foreign")
                tag = told[1]
                self._take(answer, tag, target, note)
        note.unlink(missing_ok=True)
        return tag

    def _take(self, answer: httpx2.Response, tag: str, target: Path, note: Path) -> None:
        """The bytes onto the disk as they come: what is there when the line is cut is gone on with."""
        on = answer.status_code == 206
        if not on:
            target.unlink(missing_ok=True)
            write_durably(note, tag.encode(), 0o600)
        size = target.stat().st_size if on else 0
        with self._speaking(), target.open("ab") as file:
            for piece in self._pieces(answer):
                size += len(piece)
                if size > MOST_PULL:
                    target.unlink()
                    raise Refused("network.size", size=size, limit=MOST_PULL)
                _put(file, piece, target)

    @contextmanager
    def _asked(self, method: str, path: str, query: str, digest: bytes, fields: Callable[[], dict[str, Any]]) -> Iterator[httpx2.Response]:
        """The answer to a signed request, its body not yet read.

        :raises Undecided: `network.away`, `network.certificate`, `network.wait` with the seconds that the office asks for.
        :raises Refused: `network.refused` with status and code.
        """
        for again in (True, False):
            with self._sent(method, path, query, digest, fields()) as answer:
                if answer.status_code < 300 or answer.status_code in (304, 416):
                    yield answer
                    return
                error = self._refusal(answer, again)
            if error is not None:
                raise error

    @contextmanager
    def _sent(self, method: str, path: str, query: str, digest: bytes, fields: dict[str, Any]) -> Iterator[httpx2.Response]:
        asked = Asked(method, self._base + path, query, digest)
        created = int(self._clock()) + self.ahead
        headers = signed(asked, self._key.public, self._key.signing.sign, created, self._random(16).hex())
        url = f"{self.url}{path}" + (f"?{query}" if query else "")
        more = {**fields, "headers": {**fields.get("headers", {}), **headers}}
        stream = self._client.stream(method, url, extensions={"trace": self._see}, **more)
        with self._speaking(), self._ending_after(2 * self._patience + int(more["headers"].get("content-length", 0)) / SLOWEST):
            answer = stream.__enter__()
        try:
            yield answer
        finally:
            with self._speaking():
                stream.__exit__(None, None, None)

    def _see(self, event: str, info: dict[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._stream = info["return_value"]
        if event == "http11.receive_response_headers.started":  # what was to be brought is brought
            self._wait(2 * self._patience)

    @contextmanager
    def _ending_after(self, seconds: float) -> Iterator[None]:
        """What takes longer in all is ended: of a header each byte may come in time, and the last one never."""
        self._wait(seconds)
        try:
            yield
        finally:
            self._late.cancel()

    def _wait(self, seconds: float) -> None:
        self._late.cancel()
        self._late = Timer(seconds, self._end)
        self._late.daemon = True
        self._late.start()

    def _end(self) -> None:
        """From another thread: whoever reads finds the end."""
        own = self._stream.get_extra_info("socket") if self._stream is not None else None
        if own is not None:
            with suppress(OSError, ValueError), socket.fromfd(own.fileno(), own.family, own.type) as same:
                same.shutdown(socket.SHUT_RDWR)

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        """What goes wrong on the way, in our words."""
        try:
            yield
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            why = f"{type(error).__name__}: {error}"[:200]
            code = "network.certificate" if "CERTIFICATE_VERIFY_FAILED" in str(error) else "network.away"
            raise Undecided(code, url=self.url, why=quoted(why)) from None

    def _pieces(self, answer: httpx2.Response) -> Iterator[bytes]:
        """The body as it comes. An answer that hardly moves is given up."""
        begun, size = time.monotonic(), 0
        for piece in answer.iter_raw():
            size += len(piece)
            if time.monotonic() - begun > 2 * self._patience + size / SLOWEST:
                raise Undecided("network.away", url=self.url, why="slow")
            yield piece

    def _whole(self, answer: httpx2.Response) -> bytes:
        data = b""
        for piece in self._pieces(answer):
            data += piece
            if len(data) > _MOST_ANSWER:
                break
        return data

    def _refusal(self, answer: httpx2.Response, again: bool) -> CustodyError | None:
        """What a refusal means; None where the same should be asked once more, by the clock of the office."""
        with self._speaking():
            body = _object(self._whole(answer), strict=False)
        code, facts = str(body.get("code", ""))[:64], body.get("facts")
        now = facts.get("now") if isinstance(facts, dict) else None
        if code == "network.clock" and again and type(now) is int:
            self.ahead = now - int(self._clock())
            return None
        wait = answer.headers.get("retry-after", "")
        if answer.status_code in (429, 503):
            return Undecided("network.wait", url=self.url, seconds=int(wait) if re.fullmatch("[0-9]{1,4}", wait) else 30)
        if code == "bundle.office-behind":
            return Refused("network.behind", url=self.url)
        return Refused("network.refused", url=self.url, status=answer.status_code, why=quoted(code))


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _put(file: BinaryIO, piece: bytes, path: Path) -> None:
    try:
        file.write(piece)
        file.flush()
    except OSError as error:
        raise Refused("bundle.unwritable", path=path.name, reason=trouble(error)) from None


def _begun(target: Path, note: Path) -> str | None:
    """The tag of a bundle of which the beginning is here."""
    try:
        tag = read(note, 200).decode("ascii")
        return tag if target.stat().st_size else None
    except (OSError, ValueError):
        return None


def _object(data: bytes, strict: bool = True) -> dict[str, Any]:
    try:
        found = orjson.loads(data)
    except ValueError:
        found = None
    if isinstance(found, dict):
        return found
    if strict:
        raise Refused("network.foreign")
    return {}
