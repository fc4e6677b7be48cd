"""What photographed pages are held against: an open ledger, a report's file, an excerpt, a receipt (spec chapter 13, SCAN-4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from custody.core import merkle, note
from custody.core.checkpoint import Checkpoint
from custody.core.errors import Altered, Undecided

if TYPE_CHECKING:
    from custody.assembly.office import Office
    from custody.core.excerpt import Excerpt
    from custody.core.policy import Policy
    from custody.paper.codes.pagecode import PageCode
    from custody.paper.codes.sheaf import Paper
    from custody.paper.proven.evidence import Reading


@dataclass(frozen=True)
class _Headed:
    """What lies under a signed head. witnessed: whether as many witnesses as the trust file asks for have cosigned it."""

    head: Checkpoint
    witnessed: bool

    @property
    def origin(self) -> str:
        return self.head.origin

    @property
    def size(self) -> int:
        return self.head.size


@dataclass(frozen=True)
class OfLedger(_Headed):
    """An open ledger whose head the trust file's log has signed; every root and every entry asked for is proven to lie under it."""

    office: Office
    trust: Policy

    def root(self, size: int) -> bytes | None:
        """The root over the first entries. Raises `Altered` where it is not the beginning of what is signed."""
        root = self.office.ledger.root(size)
        if size:
            proof = self.office.ledger.consistency(size, self.head.size)
            merkle.verify_consistency(size, self.head.size, root, self.head.root, proof)
        return root

    def note(self, index: int) -> bytes | None:
        """The entry. Raises `Altered("merkle.inclusion")` where it is not what was signed."""
        receipt = self.office.ledger.receipt(index, self.head.size)
        merkle.verify_inclusion(receipt.leaf, index, self.head.size, receipt.proof.hashes, self.head.root)
        return receipt.note

    def page(self, paper: Paper, page: int) -> None:
        """A ledger holds the hash of a report's facts and not its pages."""
        return


@dataclass(frozen=True)
class OfFile(_Headed):
    """Entries of an excerpt or a report under its checkpoint, proven; or a checkpoint alone. pdf: the report, where its pages hold."""

    notes: Mapping[int, bytes]
    reading: Reading | None = None
    pdf: bytes | None = None
    _codes: dict[int, PageCode | Literal[False] | None] = field(default_factory=dict)

    def root(self, size: int) -> bytes | None:
        """Only that of its own checkpoint."""
        return self.head.root if size == self.head.size else None

    def note(self, index: int) -> bytes | None:
        """An entry, where it is carried."""
        return self.notes.get(index)

    def page(self, paper: Paper, page: int) -> PageCode | Literal[False] | None:
        """The code at the foot of a page, read off the file."""
        if self.pdf is None or self.reading is None or self.reading.own.entry != paper.entry:
            return None
        if page not in self._codes:
            self._codes[page] = _page_code(self.pdf, page)
        return self._codes[page]


def of_ledger(office: Office, trust: Policy) -> OfLedger:
    """The ledger at hand. Raises `Undecided("check.other-ledger")` for a trust file of another one, `BadSignature` or `Altered`
    where its newest checkpoint is not signed as the trust file says, or not the root of its entries."""
    office.ledger.refresh()
    signed = office.ledger.checkpoint()
    _same(office.origin, trust)
    head = trust.checkpoint(signed)
    if office.ledger.root(head.size) != head.root:
        raise Altered("outside.root", name="ledger.db", size=head.size)
    return OfLedger(head, _witnessed(signed, trust), office, trust)


def of_reading(reading: Reading, trust: Policy, pdf: bytes | None) -> OfFile:
    """A report whose evidence is proven; pdf: the file, where its pages hold too."""
    return OfFile(reading.head, _witnessed(reading.checkpoint, trust), reading.notes, reading, pdf)


def of_excerpt(excerpt: Excerpt, trust: Policy) -> OfFile:
    """An excerpt, proven here with all its signatures. Raises as `Excerpt.replay`, and `Undecided("check.other-ledger")`."""
    _same(excerpt.head().origin, trust)
    excerpt.replay(trust)
    return OfFile(excerpt.head(), _witnessed(excerpt.checkpoint, trust), dict(excerpt.entries))


def of_checkpoint(signed: bytes, trust: Policy) -> OfFile:
    """A checkpoint that somebody kept, as in a receipt: it tells its root and nothing else. Raises as `of_ledger`."""
    _same(Checkpoint.parse(note.split(signed)[0]).origin, trust)
    return OfFile(trust.checkpoint(signed), _witnessed(signed, trust), {})


def _same(origin: str, trust: Policy) -> None:
    if origin not in {log.name for log in trust.logs}:
        raise Undecided("check.other-ledger", origin=origin, expected=trust.logs[0].name if trust.logs else "-")


def _witnessed(signed: bytes, trust: Policy) -> bool:
    return not trust.requires_witnesses or trust.witnessed(signed) is not None


def _page_code(pdf: bytes, page: int) -> PageCode | Literal[False] | None:
    """None where there is a page whose code cannot be read."""
    from custody.paper.codes import pagecode, pagesight

    texts = pagesight.page_texts(pdf, page)
    if texts is None:
        return False
    return next((pagecode.parse(text) for text in texts if text.startswith(pagecode.HEAD)), None)
