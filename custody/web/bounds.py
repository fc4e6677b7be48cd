"""Callers who are slow on purpose: how long anything may take (docs/spec/24-network.md).

`Bounds` stands around the application, `Patient` is the connection below it: a request must be there in time, a body must come on, an
answer must be taken. How many there may be is the door's part.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

HEADERS = 20.0  # seconds until a request line and its header are there
SILENT = 30.0  # seconds that a body may bring nothing
TAKEN = 60.0  # seconds until a piece of an answer is taken
SIGNED = "custody.signed"  # in the scope of a request: a station signed it


class Bounds:
    """Ends what does not move."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.know: Callable[[Any], None] = lambda address: None  # told from where signed requests come

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI says. Raises `TimeoutError`, by which the connection is closed."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        over = False

        async def came() -> Any:
            nonlocal over
            self._look(scope)
            if over:  # the request is here: whoever waits for its caller to go away waits as long as he likes
                return await receive()
            async with asyncio.timeout(SILENT):
                message = await receive()
            over = not message.get("more_body", False)
            return message

        async def gave(message: Any) -> None:
            self._look(scope)
            async with asyncio.timeout(TAKEN):
                await send(message)

        await self._app(scope, came, gave)

    def _look(self, scope: Scope) -> None:
        if scope.pop(SIGNED, False) and scope.get("client"):
            self.know(scope["client"])


class Patient(H11Protocol):
    """A connection whose next request must come in time."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """As uvicorn's."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """As uvicorn's."""
        self._come()
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
