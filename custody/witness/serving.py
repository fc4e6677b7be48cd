"""A witness over HTTP: C2SP tlog-witness `add-checkpoint`, and the last heads for monitors (docs/spec/26-witnesses.md, WITNESS-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from custody.core.addcheckpoint import MAX_BYTES
from custody.core.errors import Altered, BadSignature, CustodyError, Malformed
from custody.witness.book import origin_hash

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from custody.witness.witness import Cosigned, Witness

SIZE_TYPE = "text/x.tlog.size"
_BY_CODE = {"witness.origin": 404, "witness.size": 409, "witness.damaged": 503, "witness.disk": 503, "store.locked": 503}


def application(witness: Witness, watch: Callable[[Cosigned | CustodyError], None] = lambda one: None) -> Starlette:
    """What answers requests. :param watch: is told of every answer, for the screen of whoever runs the witness."""

    async def add(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return PlainTextResponse("witness.request.size\n", 413)
        return await run_in_threadpool(_added, witness, body, watch)

    def head(request: Request) -> Response:
        known = {origin_hash(log.name): log.name for log in witness.logs}
        origin = known.get(request.path_params["origin"])
        note = witness.book.last(origin) if origin is not None else None
        return PlainTextResponse(note) if note is not None else PlainTextResponse("witness.origin\n", 404)

    return Starlette(routes=[Route("/add-checkpoint", add, methods=["POST"]), Route("/{origin}/checkpoint", head, methods=["GET"])])


def _added(witness: Witness, body: bytes, watch: Callable[[Cosigned | CustodyError], None]) -> Response:
    try:
        made = witness.add(body)
    except CustodyError as error:
        watch(error)
        return refusal(error)
    watch(made)
    return PlainTextResponse(made.line.format())


def refusal(error: CustodyError) -> Response:
    """The answer to a request that is not cosigned; its body is the code of the refusal, and of 409 the size."""
    if error.code == "witness.size":
        return Response(f"{error.facts['known']}\n", 409, media_type=SIZE_TYPE, headers={"content-type": SIZE_TYPE})
    return PlainTextResponse(f"{error.code}\n", status_of(error))


def status_of(error: CustodyError) -> int:
    """The HTTP status of a refusal, as C2SP tlog-witness gives it; 503 where the witness itself cannot work."""
    if error.code in _BY_CODE:
        return _BY_CODE[error.code]
    kinds: tuple[tuple[type[CustodyError], int], ...] = ((Malformed, 400), (BadSignature, 403), (Altered, 422))
    return next((status for kind, status in kinds if isinstance(error, kind)), 503)


async def _body(request: Request) -> bytes | None:
    """The body; None as soon as it is longer than any request."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BYTES:
            return None
    return body
