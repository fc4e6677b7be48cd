"""Openings for a court: single private values of one entry, with the receipt of that entry (spec chapter 25, REVEAL-1 to REVEAL-4)."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from custody.core import canonical
from custody.core import entry as entries
from custody.core.errors import Altered, Malformed
from custody.core.policy import Policy
from custody.core.private import Opening
from custody.core.schema import many, record, simple
from custody.core.shapes import HASH, NONCE
from custody.ledger.receipt import Receipt

HEADER = b"custody/reveal/v1"
MOST = 256  # openings
MAX_BYTES = 1 << 22
_TEXT = simple("text", lambda value: type(value) is str)  # whatever was committed to
_SHAPE = record({"openings": many(record({"c": HASH, "field": _TEXT, "salt": NONCE, "value": _TEXT}), 1, MOST)})


class Shown(NamedTuple):
    """A private value that was opened, and where it stands in the statement: `authorities/0/name`."""

    place: str
    opening: Opening


class Reveal(NamedTuple):
    """Some openings of the statement in a receipt. Nothing is proven before `verify`.

    stated: the commitments that a file gives for the openings, in their order; none where the openings are one's own.
    """

    openings: tuple[Opening, ...]
    receipt: Receipt
    stated: tuple[str, ...] = ()

    def format(self) -> bytes:
        """The file; `parse` gives the same again."""
        stated = self.stated or tuple(one.commitment() for one in self.openings)
        rows = [{"c": c, **one._asdict()} for c, one in zip(stated, self.openings, strict=True)]
        body = canonical.encode({"openings": sorted(rows, key=lambda row: str(row["c"]))})
        return b"\n".join([HEADER, body, b"", self.receipt.format()])

    @classmethod
    def parse(cls, data: bytes) -> "Reveal":
        """Read a file; checks form only (REVEAL-1). :raises Malformed: `reveal.form`, and those of a receipt."""
        head, separator, receipt = data.partition(b"\n\n")
        first, _, row = head.partition(b"\n")
        if len(data) > MAX_BYTES or first != HEADER or not separator:
            raise Malformed("reveal.form")
        rows = _rows(row)
        openings = tuple(Opening(one["field"], one["salt"], one["value"]) for one in rows)
        return cls(openings, Receipt.parse(receipt), tuple(one["c"] for one in rows))

    def verify(self, policy: Policy, there: Callable[[int, bytes], object] = lambda index, note: None) -> list[Shown]:
        """Judge the receipt, then tell what is shown and where it stands (REVEAL-2 to REVEAL-4).

        :param there: is given index and note of the entry, and raises where a ledger or an export at hand has another there.
        :raises Altered: `private.opening`, `reveal.elsewhere` for an opening of nothing that it commits to; as `Receipt.verify`.
        """
        self.receipt.verify(policy)
        there(self.receipt.index, self.receipt.note)
        where = places(self.receipt.note)
        stated = self.stated or tuple(one.commitment() for one in self.openings)
        return [self._shown(one, c, where.get(c)) for c, one in zip(stated, self.openings, strict=True)]

    def _shown(self, one: Opening, stated: str, place: str | None) -> Shown:
        if one.commitment() != stated:
            raise Altered("private.opening", field=one.field)
        if place is None:
            raise Altered("reveal.elsewhere", field=one.field, entry=self.receipt.index)
        return Shown(place, one)


def places(note: bytes) -> dict[str, str]:
    """The commitments in the statement of a note, and where each stands; of two places with one commitment the first."""
    found: dict[str, str] = {}
    for place, commitment in _commitments(entries.parse(note).statement.body, ()):
        found.setdefault(commitment, place)
    return found


def _commitments(value: Any, way: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if value.keys() == {"c"}:
            yield "/".join(way), value["c"]
        else:
            for name, inner in value.items():
                yield from _commitments(inner, (*way, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _commitments(inner, (*way, str(number)))


def _rows(row: bytes) -> list[dict[str, str]]:
    try:
        body = canonical.decode(row)
    except Malformed:
        raise Malformed("reveal.form") from None
    if not _SHAPE.ok(body):
        raise Malformed("reveal.form")
    rows: list[dict[str, str]] = body["openings"]
    if any(one["c"] >= other["c"] for one, other in pairwise(rows)):
        raise Malformed("reveal.form")
    return rows
