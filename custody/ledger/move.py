"""Moving: the signed act by which a ledger goes to another machine or path, so that there is one live place at any time (design chapter 3).

The new machine asks (its id in a small file); the old one answers with a move note and from then on refuses for ever; the new one accepts
the note that names it, once, for a folder that holds exactly the entries the note states. The text of a note:

    custody/move/v1
    {"at":…,"from":{"folder":…,"machine":…},"ledger":…,"origin":…,"root":…,"size":…,"to":…}

signed by the ledger key and by a supervisor or an authority. Trusted with: accidents and forgotten copies. Not with: whoever owns both
machines and the keys; the witnesses are against him.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from custody.core import canonical, note
from custody.core import shapes as s
from custody.core.checkpoint import Checkpoint
from custody.core.errors import Altered, BadSignature, Malformed, Refused
from custody.core.note import ED25519, Line, VerifierKey
from custody.core.roster import Roster
from custody.core.schema import Shape, one_of, record, text
from custody.durable import write_durably
from custody.ledger.guard import Mark

MAY_MOVE = frozenset(("authority", "supervisor"))
_HEAD = b"custody/move/v1\n"
_MOVE = record(
    {
        "at": s.MOMENT,
        "from": record({"folder": text(4_096), "machine": s.NONCE}),
        "ledger": s.HASH,
        "origin": text(100),
        "root": s.HASH,
        "size": s.SIZE,
        "to": s.NONCE,
    }
)
_REQUEST = record({"custody": one_of("move-request/v1"), "machine": s.NONCE})


@dataclass(frozen=True)
class Move:
    """One move: `source` and `to` are machine ids (32 hex digits), `folder` the path that the ledger leaves."""

    at: str
    ledger: str
    head: Checkpoint
    folder: str
    source: str
    to: str

    def text(self) -> bytes:
        """What is signed."""
        body = {
            "at": self.at,
            "from": {"folder": self.folder, "machine": self.source},
            "ledger": self.ledger,
            "origin": self.head.origin,
            "root": self.head.root.hex(),
            "size": self.head.size,
            "to": self.to,
        }
        return _HEAD + canonical.encode(_checked(body, _MOVE, "move.form")) + b"\n"

    @classmethod
    def parse(cls, data: bytes) -> "Move":
        """Read the text. :raises Malformed: `move.form`, `json.…`."""
        if not data.startswith(_HEAD) or data.count(b"\n") != 2:
            raise Malformed("move.form")
        body = _checked(canonical.decode(data[len(_HEAD) : -1]), _MOVE, "move.form")
        head = Checkpoint(body["origin"], body["size"], bytes.fromhex(body["root"]))
        return cls(body["at"], body["ledger"], head, body["from"]["folder"], body["from"]["machine"], body["to"])


def request(machine: str) -> bytes:
    """The small file by which the new machine names itself."""
    return canonical.encode({"custody": "move-request/v1", "machine": machine}) + b"\n"


def requested(data: bytes) -> str:
    """The machine of a request. :raises Malformed: `move.request`."""
    try:
        return str(_checked(canonical.decode(data.strip()), _REQUEST, "move.request")["machine"])
    except Malformed:
        raise Malformed("move.request") from None


def signed(move: Move, lines: Sequence[Line]) -> bytes:
    """The move note."""
    return note.join(move.text(), lines)


def authentic(data: bytes, roster: Roster, size: int) -> Move:
    """A move note with valid lines of the ledger key and of a person who may move a ledger.

    :raises Malformed: `move.…`, `note.…`. :raises BadSignature: `move.signature` when one of the two is missing, `note.signature`.
    :raises Refused: `move.other-ledger`.
    """
    try:
        text, lines = note.split_statement(data)
    except Malformed:
        raise Malformed("move.form") from None
    move = Move.parse(text)
    if move.ledger != roster.founding or move.head.origin != roster.origin:
        raise Refused("move.other-ledger", origin=move.head.origin, expected=roster.origin)
    roles = set()
    for line in lines:
        key = roster.known(line.name, line.key_id, size)
        if key is None:
            raise BadSignature("move.signature", name=line.name)
        VerifierKey(key.name, ED25519, key.public).verify(text, line.signature)
        if key.counts(size):
            roles.add("mover" if key.role in MAY_MOVE else key.role)
    if not {"ledger", "mover"} <= roles:
        raise BadSignature("move.signature", name=roster.origin)
    return move


def check_arrival(move: Move, head: Checkpoint, machine: str, mark: Mark | None, folder: str, used: bool) -> None:
    """May this folder on this machine go on from the move?

    :param head: the newest checkpoint of the folder. :param mark: what the guard here remembers. :param used: accepted here before.
    :raises Refused: `move.other-machine`, `move.live`, `move.used`. :raises Altered: `move.other-head`.
    """
    if move.to != machine:
        raise Refused("move.other-machine", machine=machine, named=move.to)
    if mark is not None and mark.status == "live" and mark.machine == machine:
        if used and mark.folder == folder:
            return  # accepted before, and the answer was lost
        if mark.folder != folder and not move_within(move):
            raise Refused("move.live", folder=mark.folder)
    if used:
        raise Refused("move.used")
    if head != move.head:
        raise Altered("move.other-head", size=head.size, stated=move.head.size)


def move_within(move: Move) -> bool:
    """Whether only the path changes."""
    return move.source == move.to


def pending_file(state: Path, origin: str) -> Path:
    """The note of the last move away from this machine: it can be handed out again, and never another one in its place."""
    return state / (quote(origin, safe="") + ".move")


def is_used(state: Path, data: bytes) -> bool:
    """Whether this machine has accepted the note before."""
    return _stamp(data) in _used(state)


def use(state: Path, data: bytes) -> None:
    """Note that this machine has accepted it."""
    write_durably(state / "moves", "".join(f"{one}\n" for one in sorted({*_used(state), _stamp(data)})).encode(), 0o600)


def _used(state: Path) -> set[str]:
    try:
        return set((state / "moves").read_text("ascii").split())
    except FileNotFoundError:
        return set()


def _stamp(data: bytes) -> str:
    return sha256(note.split(data)[0]).hexdigest()


def _checked(body: dict[str, object], shape: Shape, code: str) -> dict[str, Any]:
    if not shape.ok(body):
        raise Malformed(code)
    return body
