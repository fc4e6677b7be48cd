"""What can be asked and what is answered: paths, statuses, bounds; the OpenAPI page is made of it (docs/spec/24-network.md)."""

from __future__ import annotations

from typing import Any, NamedTuple

from custody.core.errors import Altered, BadSignature, CustodyError, Locked, Malformed, Refused

TYPE = "application/vnd.custody.bundle"
MOST_PUSH = 32 << 20  # bytes of a bundle that is brought
MOST_PULL = 1 << 30  # bytes of one that is fetched

_BY_CODE = {
    "network.stranger": 403, "network.clock": 401, "network.replay": 401, "network.pace": 429, "network.size": 413, "network.busy": 503,
    "network.late": 408, "network.length": 411, "network.unsigned": 401, "ledger.statement": 404, "bundle.other-ledger": 409,
    "bundle.waiting-full": 507, "bundle.unwritable": 507, "network.trouble": 507,
}  # fmt: skip
_BY_CLASS: tuple[tuple[type[CustodyError], int], ...] = (
    (Malformed, 400),
    (BadSignature, 401),
    (Altered, 422),
    (Locked, 503),
    (Refused, 409),
)


class Ask(NamedTuple):
    """One thing that can be asked. signed: only by a station that the office admitted. answers: status and what it says."""

    name: str
    method: str
    path: str
    does: str
    signed: bool
    answers: dict[int, str]
    parameters: tuple[dict[str, Any], ...] = ()


_REFUSED = {401: "No signature of the form of NET-1, a clock that differs, or a request seen before.", 403: "Not a station of this office.",
            429: "Too many; the field Retry-After says when.", 503: "Busy; the field Retry-After says when."}  # fmt: skip

ROUTES: tuple[Ask, ...] = (
    Ask("health", "GET", "/v1/health", "Whether somebody answers, for which ledger, and what time it is there.", False, {200: "health"}),
    Ask("push", "POST", "/v1/bundle", "Bring a bundle. The same bundle again changes nothing.", True,
        {200: "brought", **_REFUSED, 408: "The body came too slowly.", 409: "A bundle of another ledger.", 411: "No Content-Length.",
         413: f"More than {MOST_PUSH} bytes.", 422: "Not the bytes that were signed, or a bundle that was altered or cut.",
         507: "No room here."}),
    Ask("pull", "GET", "/v1/bundle", "Fetch a bundle with what is lacking. A range goes on with one that was cut.", True,
        {200: "bundle", 206: "The rest of a bundle.", 304: "Nothing is lacking.", **_REFUSED, 416: "A range behind the end."},
        ({"name": "start", "in": "query", "required": True, "schema": {"type": "integer", "minimum": 0},
          "description": "How many entries the station has."},
         {"name": "If-None-Match", "in": "header", "schema": {"type": "string"}, "description": "The tag of the last bundle read."},
         {"name": "If-Range", "in": "header", "schema": {"type": "string"}, "description": "The tag of a bundle that was cut."},
         {"name": "Range", "in": "header", "schema": {"type": "string"}, "description": "From which byte on, of that bundle."})),
    Ask("checkpoint", "GET", "/v1/checkpoint", "The newest checkpoint, with its cosignatures.", True, {200: "checkpoint", **_REFUSED}),
    Ask("receipt", "GET", "/v1/receipt/{sid}", "The receipt of a statement, under the newest checkpoint.", True,
        {200: "receipt", **_REFUSED, 404: "Not in the ledger."},
        ({"name": "sid", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
          "description": "The id of the statement."},)),
)  # fmt: skip


def status_of(error: CustodyError) -> int:
    """The HTTP status of a refusal; 503 for what is wrong with the office itself."""
    if error.code in _BY_CODE:
        return _BY_CODE[error.code]
    return next((status for kind, status in _BY_CLASS if isinstance(error, kind)), 503)
