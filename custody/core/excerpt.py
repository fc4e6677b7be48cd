"""Excerpts: some entries of a ledger with what proves that they stand in it, under one checkpoint (spec chapter 16).

Many entries share most of their proofs, so an excerpt carries the hashes of the ranges it leaves out, each once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from custody.core import merkle
from custody.core.checkpoint import Checkpoint
from custody.core.entry import check_founding, check_signatures, signers
from custody.core.entry import parse as parse_entry
from custody.core.errors import Altered, Malformed, Undecided
from custody.core.note import decode_base64, encode_base64, split
from custody.core.policy import Policy
from custody.core.state import State

HEADER = b"custody/excerpt/v1\n"
END = b"end\n"
MOST_ENTRIES = 200_000


class Nodes(Protocol):
    """Complete nodes of a tree, as `merkle.Tree.nodes` gives them."""

    def nodes(self, level: int, start: int, end: int) -> bytes:
        """The hashes `start` to `end` of a level, joined."""


class Range(NamedTuple):
    """A stretch of entries that is left out: `start` to `end` (exclusive), and its hash."""

    start: int
    end: int
    hash: bytes


@dataclass(frozen=True)
class Excerpt:
    """Entries by index, the checkpoint they are proven under, and the hashes of all ranges between them."""

    checkpoint: bytes
    entries: tuple[tuple[int, bytes], ...]
    ranges: tuple[Range, ...]

    def format(self) -> bytes:
        """The bytes of the excerpt (EXCERPT-1)."""
        parts = [HEADER, b"checkpoint %d\n" % len(self.checkpoint), self.checkpoint]
        parts += [b"range %d %d %s\n" % (one.start, one.end, encode_base64(one.hash)) for one in self.ranges]
        for index, note in self.entries:
            parts += [b"entry %d %d\n" % (index, len(note)), note]
        return b"".join([*parts, END])

    @classmethod
    def parse(cls, data: bytes) -> "Excerpt":
        """Read an excerpt. Raises `Malformed("excerpt.form")` with the byte where it breaks off; nothing is proven yet."""
        return _Reader(data).excerpt()

    def prove(self, policy: Policy) -> Checkpoint:
        """Check that the entries stand at their indexes in a tree that the policy's log has signed and its quorum cosigned (EXCERPT-4, 6).

        Raises `BadSignature` for the checkpoint, `Altered("excerpt.root")` or `Altered("excerpt.ranges")` for the rest; and last
        `Undecided("excerpt.unwitnessed")`, so that what is altered is never called undecided.
        """
        head = self._rooted(policy)
        if policy.requires_witnesses and policy.witnessed(self.checkpoint) is None:
            raise Undecided("excerpt.unwitnessed", origin=head.origin, size=head.size)
        return head

    def _rooted(self, policy: Policy) -> Checkpoint:
        """Steps 1 and 2: a checkpoint of the policy's log, and the root that it signs."""
        head = policy.checkpoint(self.checkpoint)
        if self.root(head.size) != head.root:
            raise Altered("excerpt.root", size=head.size)
        return head

    def head(self) -> Checkpoint:
        """The checkpoint as it reads, unproven. Raises `Malformed`."""
        return Checkpoint.parse(split(self.checkpoint)[0])

    def root(self, size: int) -> bytes:
        """The tree head over `size` entries that follows from entries and ranges. Raises `Altered("excerpt.ranges")`."""
        leaves = {index: merkle.leaf_hash(note) for index, note in self.entries}
        given = {(one.start, one.end): one.hash for one in self.ranges}
        if not size or any(index >= size for index in leaves) or len(leaves) != len(self.entries):
            raise Altered("excerpt.ranges", size=size)
        root = _root(0, size, sorted(leaves), leaves, given)
        if given:
            raise Altered("excerpt.ranges", size=size)
        return root

    def replay(self, policy: Policy) -> State:
        """Apply the entries at their indexes to a fresh state, each with all its signatures checked (EXCERPT-5): steps 1 to 3.

        The witnesses are not counted: who concludes anything from the state asks `prove` too, after whatever else may be altered.

        Raises as `prove` but for them, what the entries raise, and `Altered("excerpt.founding")` unless entry 0 is here, of this ledger.
        """
        head = self._rooted(policy)
        state = State()
        for index, note in self.entries:
            state.size = index
            entry = parse_entry(note)
            check_founding(entry, index)  # a second founding would begin another roster
            keys = signers(entry, state.roster, index)
            check_signatures(entry, keys)
            state.apply(entry, keys)
        if not self.entries or self.entries[0][0] != 0 or state.roster.origin != head.origin:
            raise Altered("excerpt.founding", origin=head.origin)
        state.size = head.size
        return state


def excerpt(tree: Nodes, checkpoint: bytes, size: int, entries: Mapping[int, bytes]) -> Excerpt:
    """Take these entries out of a tree of `size` entries whose head is signed in `checkpoint`."""
    wanted = sorted(entries)
    ranges = tuple(_left_out(tree, 0, size, wanted))
    return Excerpt(checkpoint, tuple((index, entries[index]) for index in wanted), ranges)


def _left_out(tree: Nodes, start: int, end: int, wanted: Sequence[int]) -> Iterator[Range]:
    if not wanted:
        yield Range(start, end, _hash(tree, start, end))
    elif end - start > 1:
        middle = start + _left_size(end - start)
        cut = next((at for at, index in enumerate(wanted) if index >= middle), len(wanted))
        yield from _left_out(tree, start, middle, wanted[:cut])
        yield from _left_out(tree, middle, end, wanted[cut:])


def _left_size(count: int) -> int:
    """The largest power of two smaller than `count` (RFC 6962, section 2.1)."""
    return 1 << ((count - 1).bit_length() - 1)


def _hash(tree: Nodes, start: int, end: int) -> bytes:
    count = end - start
    level = (count - 1).bit_length()
    if count == 1 << level:
        return tree.nodes(level, start >> level, (start >> level) + 1)
    middle = start + _left_size(count)
    return merkle.node_hash(_hash(tree, start, middle), _hash(tree, middle, end))


def _root(start: int, end: int, wanted: Sequence[int], leaves: Mapping[int, bytes], given: dict[tuple[int, int], bytes]) -> bytes:
    if not wanted:
        if (start, end) not in given:
            raise Altered("excerpt.ranges", size=end)
        return given.pop((start, end))
    if end - start == 1:
        return leaves[start]
    middle = start + _left_size(end - start)
    cut = next((at for at, index in enumerate(wanted) if index >= middle), len(wanted))
    left = _root(start, middle, wanted[:cut], leaves, given)
    return merkle.node_hash(left, _root(middle, end, wanted[cut:], leaves, given))


class _Reader:
    """Reads the parts of an excerpt in their order, never past what is there."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def excerpt(self) -> Excerpt:
        if not self.data.startswith(HEADER):
            raise Malformed("excerpt.form", at=0)
        self.at = len(HEADER)
        (length,) = self._words(b"checkpoint", 1)
        checkpoint = self._take(self._number(length))
        ranges, entries = self._ranges(), self._entries()
        if self.data[self.at :] != END:
            raise Malformed("excerpt.form", at=self.at)
        return Excerpt(checkpoint, entries, ranges)

    def _ranges(self) -> tuple[Range, ...]:
        found: list[Range] = []
        while self.data.startswith(b"range ", self.at):
            start, end, digest = self._words(b"range", 3)
            one = Range(self._number(start), self._number(end), decode_base64(digest, "excerpt.form"))
            if len(one.hash) != 32 or one.start >= one.end or (found and one.start < found[-1].end):
                raise Malformed("excerpt.form", at=self.at)
            found.append(one)
        return tuple(found)

    def _entries(self) -> tuple[tuple[int, bytes], ...]:
        found: list[tuple[int, bytes]] = []
        while self.data.startswith(b"entry ", self.at):
            index, length = (self._number(word) for word in self._words(b"entry", 2))
            if (found and index <= found[-1][0]) or len(found) >= MOST_ENTRIES:
                raise Malformed("excerpt.form", at=self.at)
            found.append((index, self._take(length)))
        return tuple(found)

    def _words(self, name: bytes, count: int) -> list[bytes]:
        end = self.data.find(b"\n", self.at, self.at + 200)
        words = self.data[self.at : end].split(b" ") if end >= 0 else []
        if len(words) != count + 1 or words[0] != name:
            raise Malformed("excerpt.form", at=self.at)
        self.at = end + 1
        return words[1:]

    def _number(self, word: bytes) -> int:
        if not word.isdigit() or len(word) > 16 or (word[:1] == b"0" and word != b"0"):
            raise Malformed("excerpt.form", at=self.at)
        return int(word)

    def _take(self, length: int) -> bytes:
        taken = self.data[self.at : self.at + length]
        if len(taken) != length:
            raise Malformed("excerpt.form", at=len(self.data))
        self.at += length
        return taken
