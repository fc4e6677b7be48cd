"""Private rows as they travel inside a bundle, before they are encrypted to their receiver (spec chapter 23, BUNDLE-13, BUNDLE-14)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from custody.core import canonical
from custody.core import shapes as s
from custody.core.errors import Malformed
from custody.core.private import Opening
from custody.core.schema import Shape, many, null_or, pattern, record

MOST_ROWS = 256  # openings, and as many codes, in one part
_OPENING = record({"field": s.CODE, "salt": s.NONCE, "value": Shape("text", lambda value: type(value) is str, lambda value: None)})
_CODE = record({"box": null_or(s.BOX), "symbols": pattern("16 symbols", "[0-9A-HJKMNP-TV-Z]{16}")})
_ROWS = record({"codes": many(_CODE, 0, MOST_ROWS), "openings": many(_OPENING, 0, MOST_ROWS)})


class Code(NamedTuple):
    """The symbols of a printed label and its box, None for a spare."""

    symbols: str
    box: str | None


class Rows(NamedTuple):
    """What is private and goes to one receiver. It proves itself: an opening by its commitment, a code by its hash in the ledger."""

    openings: tuple[Opening, ...] = ()
    codes: tuple[Code, ...] = ()

    def format(self) -> bytes:
        """:raises Malformed: `bundle.rows`, `json.…`."""
        body = {
            "codes": [{"box": one.box, "symbols": one.symbols} for one in self.codes],
            "openings": [{"field": one.field, "salt": one.salt, "value": one.value} for one in self.openings],
        }
        if not _ROWS.ok(body):
            raise Malformed("bundle.rows")
        return canonical.encode(body)

    @classmethod
    def parse(cls, data: bytes) -> Rows:
        """:raises Malformed: `bundle.rows`."""
        try:
            body = canonical.decode(data)
        except Malformed:
            raise Malformed("bundle.rows") from None
        if not _ROWS.ok(body):
            raise Malformed("bundle.rows")
        openings = tuple(Opening(one["field"], one["salt"], one["value"]) for one in body["openings"])
        return cls(openings, tuple(Code(one["symbols"], one["box"]) for one in body["codes"]))


def portions(openings: Iterable[Opening], codes: Iterable[Code]) -> Iterator[Rows]:
    """All rows, in portions that one part may hold."""
    left, right = list(openings), list(codes)
    for at in range(0, max(len(left), len(right)), MOST_ROWS):
        yield Rows(tuple(left[at : at + MOST_ROWS]), tuple(right[at : at + MOST_ROWS]))
