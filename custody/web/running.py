"""Running the server: its certificate, made anew in time; connections that are ended (docs/spec/24-network.md)."""

from __future__ import annotations

import asyncio
import signal
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn

from custody.core.errors import KeyTrouble, Refused, quoted
from custody.durable import trouble
from custody.web import authority
from custody.web.bounds import Bounds, Patient
from custody.web.door import IN_ALL, Door

KEEP = 30  # seconds that a connection stays open with nothing asked
AGAIN = 6 * 3600  # seconds until a certificate of our own authority is made anew


class Certificate:
    """What the server shows. `fresh` loads it, as it is now, into connections that come from then on."""

    def __init__(self, files: Callable[[], tuple[Path, Path]]) -> None:
        """:param files: certificate and key, as they should be used now."""
        self._files = files
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_3
        self.fresh()

    @classmethod
    def of_authority(cls, folder: Path) -> Certificate:
        """By the office's own authority. Raises as `authority.issue`."""
        return cls(lambda: authority.issue(folder, datetime.now(UTC)))

    def fresh(self) -> None:
        """Load it. :raises KeyTrouble: `network.certificate-file`."""
        cert, key = self._files()
        try:
            self.context.load_cert_chain(cert, key)
        except (OSError, ssl.SSLError) as error:
            raise KeyTrouble("network.certificate-file", path=str(cert), reason=type(error).__name__) from error


def run(application: Bounds, host: str, port: int, certificate: Certificate | None) -> None:
    """Serve until the process is told to stop (SIGINT, SIGTERM); what is under way is brought to its end, and this returns.

    :raises Refused: `network.port` where nobody can listen there.
    """

    @asynccontextmanager
    async def alive(_: Any) -> AsyncIterator[None]:
        task = asyncio.create_task(_renewed(certificate)) if certificate is not None else None
        yield
        if task is not None:
            task.cancel()

    config = uvicorn.Config(
        _with_life(application, alive), http=Patient, loop="asyncio", ws="none", lifespan="on",
        log_level="critical", access_log=False, server_header=False, proxy_headers=False, limit_concurrency=2 * IN_ALL, backlog=128,
        timeout_keep_alive=KEEP, timeout_graceful_shutdown=20, h11_max_incomplete_event_size=16_384,
        ssl_context_factory=None if certificate is None else lambda config, default: certificate.context,
    )  # fmt: skip
    with _listening(host, port) as door, _ending_in_order():
        application.know = door.know
        uvicorn.Server(config).run(sockets=[door])


def _listening(host: str, port: int) -> Door:
    try:
        return Door(socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=256))
    except (OSError, UnicodeError) as error:
        raise Refused("network.port", host=quoted(host), port=str(port), reason=trouble(error)) from None


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """uvicorn sends itself the signal again by which it was stopped: here that ends nothing any more."""
    former = {one: signal.signal(one, lambda number, frame: None) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handler in former.items():
            signal.signal(one, handler)


async def _renewed(certificate: Certificate) -> None:
    while True:
        await asyncio.sleep(AGAIN)
        with suppress(KeyTrouble, OSError):  # the one that is loaded is good for days
            certificate.fresh()


def _with_life(application: Any, alive: Any) -> Any:
    async def whole(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await application(scope, receive, send)
            return
        await receive()
        async with alive(None):
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    return whole
