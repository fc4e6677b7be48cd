"""Openings for a court: single private values of one entry, with the receipt of that entry (spec chapter 25, REVEAL-1 to REVEAL-4)."""

from collections.abc import Iterable, Iterator
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
    """Some openings of the statement in a receipt. Nothing is proven before `verify`."""

    openings: tuple[Opening, ...]
    receipt: Receipt

    def format(self) -> bytes:
        """The file; `parse` gives the same again."""
        rows = [{"c": one.commitment(), **one._asdict()} for one in self.openings]
        body = canonical.encode({"openings": sorted(rows, key=lambda row: str(row["c"]))})
        return b"\n".join([HEADER, body, b"", self.receipt.format()])

    @classmethod
    def parse(cls, data: bytes) -> "Reveal":
        """Read a file and check each opening against its own commitment (REVEAL-1, REVEAL-2).

        :raises Malformed: `reveal.form`, and those of a receipt. :raises Altered: `private.opening`.
        """
        head, separator, receipt = data.partition(b"\n\n")
        first, _, row = head.partition(b"\n")
        if len(data) > MAX_BYTES or first != HEADER or not separator:
            raise Malformed("reveal.form")
        return cls(tuple(_openings(row)), Receipt.parse(receipt))

    def verify(self, policy: Policy) -> list[Shown]:
        """Judge the receipt, then tell what is shown and where it stands (REVEAL-3, REVEAL-4).

        Raises as `Receipt.verify`, and `Altered("reveal.elsewhere")` for an opening of nothing that this statement commits to.
        """
        self.receipt.verify(policy)
        where = places(self.receipt.note)
        told = [(where.get(one.commitment()), one) for one in self.openings]
        for place, one in told:
            if place is None:
                raise Altered("reveal.elsewhere", field=one.field, entry=self.receipt.index)
        return [Shown(place, one) for place, one in told if place is not None]


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


def _openings(row: bytes) -> Iterable[Opening]:
    try:
        body = canonical.decode(row)
    except Malformed:
        raise Malformed("reveal.form") from None
    if not _SHAPE.ok(body):
        raise Malformed("reveal.form")
    last = ""
    for one in body["openings"]:
        if one["c"] <= last:
            raise Malformed("reveal.form")
        last = one["c"]
        opening = Opening(one["field"], one["salt"], one["value"])
        if opening.commitment() != last:
            raise Altered("private.opening", field=opening.field)
        yield opening
