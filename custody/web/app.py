"""What answers over HTTP: an office given in, a gate before it (docs/spec/24-network.md). No clock, no socket."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import orjson
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from custody.core.errors import Altered, CustodyError, Locked, Malformed, Refused
from custody.durable import trouble
from custody.web.bounds import SIGNED, Bounds
from custody.web.saying import MOST_PUSH, ROUTES, TYPE, status_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from custody.assembly.hearing import Found
    from custody.assembly.serving import Ready
    from custody.core.note import VerifierKey
    from custody.core.signedrequest import Asked
    from custody.ledger.receipt import Receipt
    from custody.web.gate import Gate

AT_ONCE = 8  # bundles that are read or written at the same time; one of each station
SMALL = 8 << 20  # bytes of a bundle that always finds a place: a laptop that brings statements sends no larger one
COMING = 256 << 20  # bytes of all larger ones that are on their way in
QUEUE = 20.0  # seconds that one waits for his turn
SLOWEST = 1_000  # bytes in a second that a body must bring
GRACE = 60  # seconds besides


T = TypeVar("T")


class Desk(Protocol):
    """What the office does; any thread may ask. `custody.assembly.serving.Serving` is one."""

    folder: Path

    @property
    def ledger(self) -> str: ...
    def hear(self, path: Path) -> Found: ...
    def bundle(self, key: VerifierKey, start: int, had: str | None, cut: str | None) -> Ready | None: ...
    def checkpoint(self) -> bytes: ...
    def receipt(self, sid: str) -> Receipt: ...
    def tidy(self) -> None: ...


Watch = Callable[[str, "Found | Exception"], None]  # a station's name, and what its bundle brought
_STRANGE = ("network.unsigned", "network.signature", "network.stranger")  # nobody who is known said this


def application(
    desk: Desk,
    gate: Gate,
    now: Callable[[], str],
    watch: Watch = lambda name, one: None,
    worked: Callable[[], float] = lambda: 0.0,
) -> Bounds:
    """The ASGI application. :param now: the present as a moment. :param watch: is told of every bundle, for the screen of who serves.

    :param worked: seconds of a processor that this thread has used.
    """
    office = _Office(desk, gate, now, watch, worked)
    does = {"health": office.health, "push": office.push, "pull": office.pull, "checkpoint": office.checkpoint, "receipt": office.receipt}
    routes = [Route(one.path, _speaking(does[one.name]), methods=[one.method]) for one in ROUTES]
    inner = Starlette(routes=routes, exception_handlers={HTTPException: _unknown})
    inner.router.redirect_slashes = False  # it would go where the Host field says
    return Bounds(inner)


class _Office:
    """The five answers."""

    def __init__(self, desk: Desk, gate: Gate, now: Callable[[], str], watch: Watch, worked: Callable[[], float]) -> None:
        self._desk, self._gate, self._now, self._watch, self._worked = desk, gate, now, watch, worked
        self._bringing: dict[VerifierKey, int] = {}  # bytes that come in
        self._asking: set[VerifierKey] = set()
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def health(self, request: Request) -> Response:
        return _json({"at": self._now(), "ledger": self._desk.ledger}, headers={"connection": "close"})

    async def checkpoint(self, request: Request) -> Response:
        key, _ = await self._enter(request)
        return PlainTextResponse(await self._working(key, self._desk.checkpoint))

    async def receipt(self, request: Request) -> Response:
        key, _ = await self._enter(request)
        sid = request.path_params["sid"]
        if len(sid) != 64 or set(sid) - set("0123456789abcdef"):
            raise Malformed("network.sid")
        return PlainTextResponse((await self._working(key, self._desk.receipt, sid)).format())

    async def pull(self, request: Request) -> Response:
        key, _ = await self._enter(request)
        start = request.query_params.get("start", "")
        if not start.isascii() or not start.isdigit() or len(start) > 15:
            raise Malformed("network.start")
        had, cut = _tag(request.headers.get("if-none-match")), _tag(request.headers.get("if-range"))
        if key in self._asking:
            raise Refused("network.busy", seconds=5)
        self._asking.add(key)
        try:
            ready = await self._working(key, self._desk.bundle, key, int(start), had, cut)
        finally:
            self._asking.discard(key)
        if ready is None:
            return Response(status_code=304)
        return FileResponse(ready.path, headers={"etag": f'"{ready.tag}"'}, media_type=TYPE)

    async def push(self, request: Request) -> Response:
        key, asked = await self._enter(request)
        size = request.headers.get("content-length", "")
        if not size.isascii() or not size.isdigit():
            raise Malformed("network.length")
        if len(size) > 15 or int(size) > MOST_PUSH:
            raise Refused("network.size", size=int(size[:15]), limit=MOST_PUSH)
        large = sum(one for one in self._bringing.values() if one > SMALL)
        if key in self._bringing or (int(size) > SMALL and large + int(size) > COMING):
            raise Refused("network.busy", seconds=5)
        self._bringing[key] = int(size)
        path = self._desk.folder / "in" / f"{secrets.token_hex(16)}.bundle"
        try:
            await self._received(request, key, path, asked)
            return await self._heard(key, path)
        finally:
            del self._bringing[key]
            with suppress(OSError):
                path.unlink(missing_ok=True)

    async def _received(self, request: Request, key: VerifierKey, path: Path, asked: Asked) -> None:
        """What a station brings, on disk; where there is no room for it the office's own screen says so too."""
        try:
            await _onto_disk(request, path, self._bringing[key], asked)
        except OSError as error:
            self._watch(key.name, error)
            raise

    async def _heard(self, key: VerifierKey, path: Path) -> Response:
        try:
            found = await self._working(key, self._desk.hear, path)
        except Exception as error:
            self._watch(key.name, error)
            raise
        self._watch(key.name, found)
        answer = _json(_told(found))
        answer.background = BackgroundTask(self._desk.tidy)
        return answer

    async def _working(self, key: VerifierKey, do: Callable[..., T], *given: object) -> T:
        """Have something done, a few at a time; the work is counted against who asked for it. :raises Refused: `network.busy`."""
        used = 0.0

        def done() -> T:
            nonlocal used
            before = self._worked()
            try:
                return do(*given)
            finally:
                used = self._worked() - before

        try:
            async with asyncio.timeout(QUEUE):
                await self._turns.acquire()
        except TimeoutError:
            raise Refused("network.busy", seconds=5) from None
        try:
            return await run_in_threadpool(done)
        finally:
            self._turns.release()
            self._gate.charge(key, used)

    async def _enter(self, request: Request) -> tuple[VerifierKey, Asked]:
        path = request.scope.get("raw_path", b"").decode("ascii", "replace") or request.url.path
        query = request.scope["query_string"].decode("ascii", "replace")
        entered = self._gate.enter(request.method, path, query, request.headers)
        request.scope[SIGNED] = True
        return entered


async def _onto_disk(request: Request, path: Path, size: int, asked: Asked) -> None:
    """The body on disk. Raises `OSError`. :raises Altered: `network.digest`, `network.cut`. :raises Refused: `network.late`."""
    digest, come = hashlib.sha256(), 0
    try:
        with path.open("xb") as file:
            async with asyncio.timeout(GRACE + size / SLOWEST):
                async for piece in request.stream():
                    come += len(piece)
                    if come > size:
                        raise Altered("network.digest")
                    digest.update(piece)
                    await run_in_threadpool(file.write, piece)
    except TimeoutError:
        raise Refused("network.late") from None
    if come != size or digest.digest() != asked.digest:
        raise Altered("network.digest")


def _told(found: Found) -> dict[str, Any]:
    """What a bundle brought, as the station is told it; refusals come again in the bundle that it fetches, signed."""
    return {
        "known": found.seen,
        "missing": found.missing,
        "refused": [one._asdict() for one in found.refused],
        "statements": found.notes,
        "stranger": found.stranger,
        "whole": found.whole,
    }


def _speaking(do: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def answered(request: Request) -> Response:
        try:
            return await do(request)
        except CustodyError as error:
            return refusal(error, request.method == "POST" or error.code in _STRANGE or error.code.startswith("key."))
        except OSError as error:
            return refusal(Refused("network.trouble", reason=trouble(error)), request.method == "POST")

    return answered


def refusal(error: CustodyError, close: bool) -> Response:
    """The answer to a request that was not taken: its code, and facts that show no path of this machine.

    :param close: what is left of its body is not read, or nobody who is known asked: the connection ends.
    """
    facts = {name: value for name, value in error.facts.items() if name != "path"}
    seconds = error.facts.get("seconds", 10 if isinstance(error, Locked) else None)
    headers = {} if seconds is None else {"retry-after": str(seconds)}
    if close:
        headers["connection"] = "close"
    return _json({"code": error.code, "facts": facts}, status_of(error), headers)


async def _unknown(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return _json({"code": "network.path", "facts": {"status": status}}, status, {"connection": "close"})


def _json(body: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(body, option=orjson.OPT_SORT_KEYS), status, headers, "application/json")


def _tag(field: str | None) -> str | None:
    """The tag in quotes; None for anything that is none of ours, so that no other file is ever named."""
    if field is None or len(field) > 200 or field[:1] != '"' or field[-1:] != '"':
        return None
    tag = field[1:-1]
    return tag if tag and not set(tag) - set("0123456789abcdef-") else None
