"""Callers that are slow on purpose, or too many: how long anything may take (docs/spec/24-network.md).

`Bounds` stands around the application, `Patient` is the connection below it: a request must be there in time, a body must come on, an
answer must be taken.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any, ClassVar

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

HEADERS = 20.0  # seconds until a request line and its header are there
SILENT = 30.0  # seconds that a body may bring nothing
TAKEN = 60.0  # seconds until a piece of an answer is taken
FROM_ONE = 64  # connections of one address
IN_ALL = 512  # connections


class Bounds:
    """Ends what does not move."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI says. Raises `TimeoutError`, by which the connection is closed."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        over = False

        async def came() -> Any:
            nonlocal over
            if over:  # the request is here: whoever waits for its caller to go away waits as long as he likes
                return await receive()
            async with asyncio.timeout(SILENT):
                message = await receive()
            over = not message.get("more_body", False)
            return message

        async def gave(message: Any) -> None:
            async with asyncio.timeout(TAKEN):
                await send(message)

        await self._app(scope, came, gave)


class Patient(H11Protocol):
    """A connection whose next request must come in time; and only so many from one address."""

    from_one: ClassVar[Counter[str]] = Counter()
    _late: asyncio.TimerHandle | None = None
    _address: str | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """As uvicorn's."""
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        self.from_one[self._address] += 1
        if self.from_one[self._address] > FROM_ONE:
            transport.abort()
            return
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """As uvicorn's."""
        self._come()
        if self._address is not None:
            self.from_one[self._address] -= 1
            if not self.from_one[self._address]:
                del self.from_one[self._address]
            self._address = None
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """As uvicorn's; where no request is under way, the clock runs."""
        super().handle_events()
        if self.cycle is not None and not self.cycle.response_complete:
            self._come()
        elif self._late is None and not self.transport.is_closing() and self.conn.trailing_data[0]:
            self._wait()

    def _wait(self) -> None:
        self._late = self.loop.call_later(HEADERS, self.transport.abort)

    def _come(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
