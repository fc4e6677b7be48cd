"""One thing held outside, against one tree: agreement, contradiction, or nothing proven (docs/spec/10-verification.md, VERIFY-7)."""

from collections.abc import Callable, Iterable
from typing import Protocol

from custody.core import merkle
from custody.core.checkpoint import Checkpoint, open_note
from custody.core.errors import Altered, BadSignature, CustodyError, Malformed, Undecided
from custody.core.note import VerifierKey, split
from custody.core.proof import Proof


class Held(Protocol):
    """A checkpoint, or a receipt with the leaf it is for; unreadable: the code of what is wrong with a file that is neither."""

    @property
    def name(self) -> str: ...
    @property
    def note(self) -> bytes: ...
    @property
    def receipt(self) -> Proof | None: ...
    @property
    def leaf(self) -> bytes | None: ...
    @property
    def unreadable(self) -> str | None: ...


def judge(item: Held, origin: str, keys: Callable[[int], Iterable[VerifierKey]], size: int, root: Callable[[int], bytes]) -> Checkpoint:
    """Hold it against the tree of a ledger; returns its head, which is one of this tree.

    :param keys: those that may sign a head of a size. :param size: of the tree. :param root: of the tree at a size.
    :raises Undecided: `outside.…` for what does not speak of this ledger under its key: it proves nothing.
    :raises Altered: `outside.longer`, `outside.root` for what does and differs.
    """
    head = signed(item, origin, keys)
    if head.size > size:
        raise Altered("outside.longer", name=item.name, size=head.size, here=size)
    if head.root != root(head.size):
        raise Altered("outside.root", name=item.name, size=head.size)
    if item.receipt is not None and item.leaf is not None:
        try:
            merkle.verify_inclusion(item.leaf, item.receipt.index, head.size, item.receipt.hashes, head.root)
        except CustodyError as error:  # the head is one of this tree: it is the file that does not fit together
            raise Undecided("outside.proof", name=item.name, entry=item.receipt.index) from error
    return head


def signed(item: Held, origin: str, keys: Callable[[int], Iterable[VerifierKey]]) -> Checkpoint:
    """The head it carries, under a key of this ledger. :raises Undecided: `outside.form`, `outside.other-ledger`, `outside.foreign`."""
    try:
        if item.unreadable is not None:
            raise Malformed(item.unreadable)
        head = Checkpoint.parse(split(item.note)[0])
    except Malformed as error:
        raise Undecided("outside.form", name=item.name, why=error.code) from error
    if head.origin != origin:
        raise Undecided("outside.other-ledger", name=item.name, origin=head.origin, expected=origin)
    try:
        open_note(item.note, keys(head.size))
    except (BadSignature, Malformed) as error:
        raise Undecided("outside.foreign", name=item.name) from error
    return head
