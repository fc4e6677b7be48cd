"""Heads that others held, against a ledger, an export and each other: what a disagreement proves (docs/spec/27-receipts.md, GOSSIP)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from custody.core.checkpoint import Checkpoint
from custody.core.errors import Altered, CustodyError, Undecided
from custody.core.fork import Fork
from custody.core.note import VerifierKey, split
from custody.core.outside import judge, signed
from custody.core.policy import Policy
from custody.core.verify import Outside, Snapshot

if TYPE_CHECKING:
    from custody.core.errors import Fact
    from custody.core.state import State
    from custody.ledger.ledger import Ledger

Outcome = Literal["agrees", "fork", "cut", "differs", "undecided"]


class Shown(Protocol):
    """The tree that somebody shows: a ledger, an export."""

    @property
    def origin(self) -> str: ...
    @property
    def size(self) -> int: ...
    def keys(self, size: int) -> Iterable[VerifierKey]: ...
    def root(self, size: int) -> bytes: ...
    def consistency(self, old: int, new: int) -> list[bytes]: ...
    def head(self) -> bytes | None: ...
    def note(self, index: int) -> bytes | None: ...


class Compared(NamedTuple):
    """What one thing proves.

    agrees: its head is the beginning of what is shown. fork: the ledger signed two histories, and `fork` proves it to anyone.
    cut: the ledger once had more entries than are shown. differs: what is shown is not what was signed, and its own head does not
    cover it either. undecided: it proves nothing here; code and facts say why.
    """

    item: Outside
    outcome: Outcome
    code: str
    facts: dict[str, Fact]
    fork: Fork | None = None


@dataclass(frozen=True)
class OfLedger:
    """An open ledger, as what is shown. trust: the judge's own, whose keys speak for the ledger too."""

    ledger: Ledger
    trust: Policy | None = None

    @property
    def origin(self) -> str:
        return self.ledger.origin

    @property
    def size(self) -> int:
        return self.ledger.size

    def keys(self, size: int) -> list[VerifierKey]:
        return _keys(self.ledger.state, size, self.trust)

    def root(self, size: int) -> bytes:
        return self.ledger.root(size)

    def consistency(self, old: int, new: int) -> list[bytes]:
        return self.ledger.consistency(old, new)

    def head(self) -> bytes | None:
        return self.ledger.checkpoint()

    def note(self, index: int) -> bytes | None:
        return self.ledger.note(index)


@dataclass(frozen=True)
class OfExport:
    """An export that was verified: what its verification went through (`verify_export`), its published head, and an entry by its index."""

    after: Snapshot
    published: bytes | None
    entry: Callable[[int], bytes | None]
    trust: Policy | None = None

    @property
    def origin(self) -> str:
        return self.after.state.roster.origin

    @property
    def size(self) -> int:
        return self.after.tree.size

    def keys(self, size: int) -> list[VerifierKey]:
        return _keys(self.after.state, size, self.trust)

    def root(self, size: int) -> bytes:
        return self.after.tree.root(size)

    def consistency(self, old: int, new: int) -> list[bytes]:
        return self.after.tree.consistency(old, new)

    def head(self) -> bytes | None:
        return self.published

    def note(self, index: int) -> bytes | None:
        return self.entry(index)


def compare(items: Iterable[Outside], shown: Shown) -> list[Compared]:
    """Hold each against what is shown, in their order. Nothing of it is verified here beyond the heads: that is a verification's part."""
    return [_compare(item, shown) for item in items]


def stated(shown: Shown, size: int, root: str, origin: str | None = None) -> Literal["agrees", "longer", "differs", "other-ledger"]:
    """What a line says that nobody signed, against what is shown: one that agrees binds it, any other decides nothing.

    :param root: how the root over the first `size` entries begins, in hex. :param origin: the ledger it names, where it does.
    """
    if origin is not None and origin != shown.origin:
        return "other-ledger"
    if size > shown.size:
        return "longer"
    return "agrees" if shown.root(size).hex().startswith(root) else "differs"


def contradictions(items: Sequence[Outside], trust: Policy) -> Iterator[tuple[Outside, Outside, Fork]]:
    """Pairs of things held outside that contradict each other, whatever anybody shows: two roots of one size under the ledger's key."""
    heads = [(item, head) for item in items if (head := _trusted(item, trust)) is not None]
    for (one, first), (other, second) in combinations(heads, 2):
        if (first.origin, first.size) == (second.origin, second.size) and first.root != second.root:
            yield one, other, Fork(one.note, other.note, second.root)


def alone(item: Outside, trust: Policy) -> Compared:
    """What a thing proves with a trust file and nothing to compare with: that the ledger signed it, at best."""
    try:
        head = signed(item, trust.logs[0].name if trust.logs else "", lambda _: trust.logs)
    except Undecided as error:
        return Compared(item, "undecided", error.code, error.facts)
    return Compared(item, "undecided", "gossip.alone", {"name": item.name, "size": head.size, "line": head.short})


def _compare(item: Outside, shown: Shown) -> Compared:
    try:
        head = judge(item, shown.origin, shown.keys, shown.size, shown.root)
    except Undecided as error:
        return Compared(item, "undecided", error.code, error.facts)
    except Altered as error:
        return _contradicts(item, error, shown)
    return Compared(item, "agrees", "gossip.agrees", {"name": item.name, "size": head.size, "line": head.short, "here": shown.size})


def _contradicts(item: Outside, error: Altered, shown: Shown) -> Compared:
    if error.code == "outside.longer":
        return Compared(item, "cut", "gossip.cut", error.facts)
    fork = _fork(item, shown)
    return Compared(
        item, "fork" if fork is not None else "differs", "gossip.fork" if fork is not None else "gossip.differs", error.facts, fork
    )


def _fork(item: Outside, shown: Shown) -> Fork | None:
    """The proof for anyone that both are signed and cannot both be true; None where the head shown does not cover what is shown."""
    later = shown.head()
    if later is None:
        return None
    early, late = Checkpoint.parse(split(item.note)[0]), Checkpoint.parse(split(later)[0])
    if early.size > late.size:
        return None
    hashes = shown.consistency(early.size, late.size) if 0 < early.size < late.size else []
    fork = Fork(item.note, later, shown.root(early.size), tuple(hashes))
    try:
        fork.verify(Policy(tuple(dict.fromkeys((*shown.keys(early.size), *shown.keys(late.size))))))
    except CustodyError:
        return None
    return fork


def _trusted(item: Outside, trust: Policy) -> Checkpoint | None:
    try:
        return trust.checkpoint(item.note)
    except CustodyError:
        return None


def _keys(state: State, size: int, trust: Policy | None) -> list[VerifierKey]:
    own = [key for key, least, most in state.roster.ledger_spans() if least <= size <= most]
    return [*own, *(trust.logs if trust is not None else ())]
