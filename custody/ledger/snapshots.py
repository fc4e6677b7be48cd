"""What a verifier remembers between two audits, in a file with its hash and checkpoint (spec chapter 10, SNAP-1 to SNAP-5).

Trusted with: that whoever verified before did so. Not with anything against somebody who can write where the file lies; that is why it
belongs into the verifier's own folder, beside his trust file, and never into the ledger folder.
"""

import errno
from array import array
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from custody.core.brackets import Claims
from custody.core.checkpoint import open_note
from custody.core.errors import Altered, CustodyError, Refused, Undecided
from custody.core.merkle import HASH, Tree
from custody.core.repeats import Repeats
from custody.core.snapshot import state_from_json, state_to_json
from custody.core.state import State

FORMAT = "custody-snapshot/v4"


class Halfway(NamedTuple):
    """What a verification that was stopped knows beside its prefix, so that the one that goes on is one of the whole (SNAP-4).

    touched: who spoke of which box where the chains do not say so. newest: the newest checkpoint that the ledger had then.
    runs: before which entry each run ended, and when (Unix seconds).
    """

    repeats: Repeats
    touched: dict[str, list[int]]
    newest: bytes
    runs: tuple[tuple[int, int], ...] = ()


class Verified(NamedTuple):
    """A verified prefix of a ledger: what it adds up to, its tree, what its entries claim of their time, the notes that are read again when
    it opens, its newest checkpoint. halfway: where it was stopped there; the checkpoint is then the newest that lies within.
    """

    state: State
    tree: Tree
    claims: Claims
    replayed: dict[int, bytes]
    head: bytes
    halfway: Halfway | None = None


def save(path: Path, verified: Verified) -> str:
    """Write a snapshot and, beside it, its SHA-256 (`<name>.sha256`), which is returned too, as hex.

    Only what an audit returned with a verdict that is not `altered`, or where it was stopped without a fault, may be saved.

    Raises `Refused("snapshot.unwritable")`.
    """
    size = verified.tree.size
    data = orjson.dumps(
        {
            "claims": verified.claims.to_json(),
            "format": FORMAT,
            "halfway": _halfway_to_json(verified.halfway),
            "head": verified.head.decode(),
            "leaves": b64encode(verified.tree.nodes(0, 0, size)).decode(),
            "state": state_to_json(verified.state, verified.replayed),
        }
    )
    digest = sha256(data).hexdigest()
    with _speaking(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        for target, content in ((path, data), (_beside(path), f"{digest}  {path.name}\n".encode())):
            fresh = target.with_name(target.name + ".new")
            fresh.write_bytes(content)
            fresh.replace(target)
    return digest


def load(path: Path, digest: str | None = None) -> Verified:
    """Read a snapshot that has the hash given or, when that is None, the one kept beside it.

    Raises `Undecided("snapshot.none")` where there is none; `Altered("snapshot.hash")` when the hash or the checkpoint does not agree:
    then it is to be thrown away and the whole verified anew.
    """
    try:
        data = path.read_bytes()
        wanted = digest or _beside(path).read_text("ascii").split(" ", 1)[0]
    except FileNotFoundError:
        raise Undecided("snapshot.none", path=str(path)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Undecided("snapshot.none", path=str(path)) from error
    if sha256(data).hexdigest() != wanted:
        raise Altered("snapshot.hash", path=str(path))
    try:
        return _read(orjson.loads(data), path)
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:  # it has its hash, and is none that we wrote
        raise Altered("snapshot.hash", path=str(path)) from error


def _read(value: dict[str, Any], path: Path) -> Verified:
    if value.get("format") != FORMAT:
        raise Undecided("snapshot.none", path=str(path))
    leaves = b64decode(value["leaves"])
    tree = Tree(leaves[at : at + HASH] for at in range(0, len(leaves), HASH))
    state, replayed = state_from_json(value["state"])
    halfway = _halfway_from_json(value["halfway"])
    verified = Verified(state, tree, Claims.from_json(value["claims"]), replayed, value["head"].encode(), halfway)
    try:
        head = open_note(verified.head, state.roster.ledger_keys())
    except CustodyError as error:
        raise Altered("snapshot.hash", path=str(path)) from error
    within = head.size <= tree.size if halfway is not None else head.size == tree.size
    if not within or head.root != tree.root(head.size) or state.size != tree.size:
        raise Altered("snapshot.hash", path=str(path))
    return verified


def _halfway_to_json(halfway: Halfway | None) -> dict[str, Any] | None:
    if halfway is None:
        return None
    repeats = [halfway.repeats.first, halfway.repeats.heads.tolist()]
    return {"newest": halfway.newest.decode(), "repeats": repeats, "runs": halfway.runs, "touched": halfway.touched}


def _halfway_from_json(value: dict[str, Any] | None) -> Halfway | None:
    if value is None:
        return None
    first, heads = value["repeats"]
    runs = tuple((end, at) for end, at in value["runs"])
    return Halfway(Repeats(first, array("Q", heads)), value["touched"], value["newest"].encode(), runs)


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".sha256")


@contextmanager
def _speaking(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Refused("snapshot.unwritable", path=str(path), reason=errno.errorcode.get(error.errno or 0, "OSError")) from error
