"""The ledger asks its witnesses and keeps what they sign (docs/spec/26-witnesses.md, ASK). A witness that is away blocks nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from custody.core.addcheckpoint import AddCheckpoint, lines_for
from custody.core.checkpoint import Checkpoint, cosignature_times
from custody.core.errors import CustodyError, Refused
from custody.core.note import MAX_LINES, Line, VerifierKey, split
from custody.ledger.ledger import checkpoint_note

if TYPE_CHECKING:
    from custody.core.errors import Fact
    from custody.core.policy import Policy
    from custody.ledger.ledger import Ledger
    from custody.ledger.ports import Reader, Store

Outcome = Literal["cosigned", "known", "away", "refused", "ahead", "contradicted", "full"]
_ROUNDS = 3  # an answer 409 names the size to begin from; meanwhile somebody else may have asked as well
_SIZE = re.compile(rb"(0|[1-9][0-9]{0,15})\n")


class Reply(NamedTuple):
    """What a witness answered: HTTP status, content type, body."""

    status: int
    kind: str
    body: bytes


class Away(Exception):
    """Nobody answered at that address. why: in the words of the system."""


Post = Callable[[str, bytes], Reply]  # address and body; raises Away


class Asked(NamedTuple):
    """What became of asking one witness.

    cosigned, known: it has signed the newest head, now or before. away: nobody answered. refused: it does not know this ledger or key.
    ahead: it has seen more entries than are here. contradicted: it says that this is another history than it saw. full: no room for it.
    """

    name: str
    outcome: Outcome
    size: int
    facts: dict[str, Fact]


def ask(ledger: Ledger, store: Store, policy: Policy, post: Post) -> list[Asked]:
    """Ask every witness of the policy that has an address for its line under the newest head, and keep what they sign, in their order."""
    size = ledger.refresh()
    return [
        _ask_one(ledger, store, name, key, policy.urls[key], size, post) for name, key in policy.witnesses.items() if key in policy.urls
    ]


def request(ledger: Ledger, old: int, size: int | None = None) -> bytes:
    """What a witness is sent that saw `old` entries last: a body over HTTP, a file on a stick. Raises as `Ledger.checkpoint`."""
    head = ledger.size if size is None else size
    hashes = ledger.consistency(old, head) if 0 < old < head else []
    return AddCheckpoint(old, tuple(hashes), ledger_line(ledger.checkpoint(head))).format()


def take(store: Store, note: bytes, policy: Policy) -> list[str]:
    """Keep the lines of the policy's witnesses under a checkpoint that was brought; returns the names of those that are new here.

    :raises Malformed: form. :raises BadSignature: `note.signature` when the line of a witness fails.
    :raises Refused: `cosign.absent` for a checkpoint that was never signed here; `cosign.other` for another text of that size;
        `cosign.none` when no witness of the policy has signed.
    """
    head = Checkpoint.parse(split(note)[0])
    kept = store.checkpoint(head.size)
    if kept is None:
        raise Refused("cosign.absent", origin=head.origin, size=head.size)
    if split(kept)[0] != head.text():
        raise Refused("cosign.other", origin=head.origin, size=head.size)
    times = cosignature_times(note, policy.witnesses.values())
    if not times:
        raise Refused("cosign.none", size=head.size)
    by_line = {(line.name, line.key_id): line for line in split(note)[1]}
    names = {key: name for name, key in policy.witnesses.items()}
    return [names[key] for key in times if _put(store, head.size, by_line[key.name, key.key_id])]


def last_seen(reader: Reader, key: VerifierKey) -> int:
    """The largest size that this witness has cosigned, as far as is known here; 0 when none."""
    for size in reversed(reader.cosigned()):
        if _has(reader, size, key):
            return size
    return 0


def witnessed(reader: Reader, policy: Policy) -> tuple[int, int] | None:
    """The largest size that the quorum of the policy has cosigned, and by when (seconds since 1970 UTC); None when there is none."""
    for size in reversed(reader.cosigned()):
        try:
            time = policy.witnessed(checkpoint_note(reader, size))
        except CustodyError:  # verification tells it
            continue
        if time is not None:
            return size, time
    return None


def _ask_one(ledger: Ledger, store: Store, name: str, key: VerifierKey, url: str, size: int, post: Post) -> Asked:
    if _has(store, size, key):
        return Asked(name, "known", size, {})
    if len(store.cosignatures(size)) >= MAX_LINES - 1:
        return Asked(name, "full", size, {})
    old = last_seen(store, key)
    for _ in range(_ROUNDS):
        try:
            reply = post(url.rstrip("/") + "/add-checkpoint", request(ledger, old, size))
        except Away as error:
            return Asked(name, "away", size, {"why": str(error)[:200], "url": url})
        if reply.status == 200:
            return _signed(store, name, key, size, reply.body)
        known = _SIZE.fullmatch(reply.body) if reply.status == 409 else None
        if known is None:
            break
        old = int(known[1])
        if old > size:
            return Asked(name, "ahead", size, {"known": old, "url": url})
    outcome: Outcome = "contradicted" if reply.status == 422 else "refused"
    return Asked(name, outcome, size, {"status": reply.status, "known": old, "url": url})


def own_line(checkpoint: bytes, answer: bytes, key: VerifierKey) -> Line | None:
    """The line of that witness in an answer, verified; lines of others are nobody's word. None where there is none.

    :raises Malformed: form. :raises BadSignature: `note.signature` when its line fails.
    """
    own = [line for line in lines_for(checkpoint, answer) if (line.name, line.key_id) == (key.name, key.key_id)]
    if not own:
        return None
    cosignature_times(split(checkpoint)[0] + b"\n" + own[0].format(), [key])
    return own[0]


def _signed(store: Store, name: str, key: VerifierKey, size: int, body: bytes) -> Asked:
    try:
        line = own_line(store.checkpoint(size) or b"", body, key)
    except CustodyError as error:
        return Asked(name, "refused", size, {"status": 200, "why": error.code})
    if line is None:
        return Asked(name, "refused", size, {"status": 200, "why": "cosign.none"})
    _put(store, size, line)
    return Asked(name, "cosigned", size, {})


def _put(store: Store, size: int, line: Line) -> bool:
    """Keep one line; False when it is here already, or when a note has no room for it."""
    with store.write() as writer:
        there = writer.cosignatures(size)
        if any(_same_key(line, data) for _, data in there) or len(there) >= MAX_LINES - 1:
            return False
        writer.put_cosignature(size, line.name, line.format())
    return True


def _same_key(line: Line, data: bytes) -> bool:
    one = _read(data)
    return one is not None and (one.name, one.key_id) == (line.name, line.key_id)


def _has(reader: Reader, size: int, key: VerifierKey) -> bool:
    lines: Sequence[Line | None] = [_read(data) for _, data in reader.cosignatures(size)]
    return any(line is not None and (line.name, line.key_id) == (key.name, key.key_id) for line in lines)


def _read(data: bytes) -> Line | None:
    try:
        return split(b"x\n\n" + data)[1][0]
    except CustodyError:  # a damaged row: verification tells it
        return None


def ledger_line(note: bytes) -> bytes:
    """The checkpoint with the ledger's lines alone: what others have signed need not travel to a witness, or fit into a code."""
    text, lines = split(note)
    origin = text.split(b"\n", 1)[0].decode()
    return text + b"\n" + b"".join(line.format() for line in lines if line.name == origin)
