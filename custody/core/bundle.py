"""Bundles: statements, entries and checkpoints that travel as a file, by stick or network (spec chapter 23).

A bundle is a row of parts, each a line of JSON and its bytes; it is written and read part by part and never held whole. Trusted with: that
what was read is what its sender wrote, and how much of it arrived. Not with: anything in it. Every entry, statement, checkpoint and private
row proves itself against the ledger; a bundle may come from anybody's hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal, NamedTuple, cast

from custody.core import canonical, note
from custody.core import shapes as s
from custody.core.checkpoint import Checkpoint
from custody.core.errors import Altered, Malformed, quoted
from custody.core.note import Line, VerifierKey
from custody.core.schema import Shape, integer, many, null_or, one_of, pattern, record, text

Kind = Literal["head", "entries", "checkpoint", "notes", "private", "answers", "end"]
KINDS: tuple[Kind, ...] = ("head", "entries", "checkpoint", "notes", "private", "answers", "end")

MAGIC = b"custody-bundle/v1\n"
MOST_NOTES = 256  # entries or statements in one part
MOST_PART = MOST_NOTES * (2 + note.MAX_BYTES)  # bytes of one part
MOST_PARTS = 65_536
MOST_LINE = 256  # bytes of the line before a part
MOST_ANSWERS = 512  # statements refused that one bundle tells of
MOST_SPANS = 1_024

_STAGE = {"head": 0, "entries": 1, "checkpoint": 1, "notes": 2, "private": 3, "answers": 4, "end": 5}
_COUNTED = ("entries", "notes")
_HEAD = b"custody/bundle/v1\n"
_END = b"custody/bundle-end/v1\n"
_LINE = record(
    {"count": integer(1, MOST_NOTES), "part": one_of(*KINDS), "sha256": s.HASH, "size": integer(1, MOST_PART), "start": null_or(s.SIZE)}
)
_HEAD_BODY = record(
    {
        "at": s.MOMENT,
        "counter": integer(1, 2**53 - 1),
        "from": s.PERSON_KEY,
        "ledger": s.HASH,
        "nonce": s.NONCE,
        "origin": text(100),
        "seen": s.SEEN,
        "start": s.SIZE,
        "to": null_or(s.PERSON_KEY),
    }
)
_END_BODY = record({"head": s.HASH, "parts": integer(1, MOST_PARTS), "sha256": s.HASH})
_ANSWERS = record(
    {
        "heard": many(record({"first": integer(1, 2**53 - 1), "last": integer(1, 2**53 - 1)}), 0, MOST_SPANS),
        "network": null_or(
            record(
                {
                    "ca": null_or(pattern("base64", r"[A-Za-z0-9+/]{1,4096}={0,2}")),
                    "url": pattern("address", r"https?://[!#-\[\]-~]{1,200}"),
                }
            )
        ),
        "refused": many(record({"code": text(64), "facts": text(1_000), "leaf": s.HASH, "sid": s.HASH}), 0, MOST_ANSWERS),
    }
)

Sign = Callable[[bytes], Line]
Take = Callable[[int], bytes]  # as `file.read`: up to so many bytes, fewer or none only at the end


@dataclass(frozen=True)
class Head:
    """Who sends what to whom. `counter` rises by one with every bundle of its sender, `seen` is the newest checkpoint he has verified.

    start: the index of the first entry in the bundle, or where the next would be. to: whose key opens the private rows; None for anybody.
    """

    at: str
    counter: int
    sender: VerifierKey
    ledger: str
    nonce: str
    head: Checkpoint
    sig: str
    start: int
    to: VerifierKey | None = None

    @property
    def size(self) -> int:
        """How many entries the sender has."""
        return self.head.size

    def text(self) -> bytes:
        """What the sender signs. :raises Malformed: `bundle.head`."""
        body = {
            "at": self.at,
            "counter": self.counter,
            "from": str(self.sender),
            "ledger": self.ledger,
            "nonce": self.nonce,
            "origin": self.head.origin,
            "seen": {"root": self.head.root.hex(), "sig": self.sig, "size": self.head.size},
            "start": self.start,
            "to": None if self.to is None else str(self.to),
        }
        return _HEAD + canonical.encode(_checked(body, _HEAD_BODY, "bundle.head")) + b"\n"

    @property
    def digest(self) -> str:
        """SHA-256 of the text, hex: by it two bundles of one sender under one counter are told apart."""
        return sha256(self.text()).hexdigest()

    @classmethod
    def parse(cls, signed: bytes) -> Head:
        """Read a head as it was signed, and check the signature with the key that it names.

        :raises Malformed: `bundle.head`. :raises BadSignature: `note.signature`.
        """
        body, line, said = _signed(signed, _HEAD, _HEAD_BODY, "bundle.head")
        sender = VerifierKey.parse(body["from"])
        _verify(sender, line, said, "bundle.head")
        to, seen = body["to"], body["seen"]
        head = Checkpoint(body["origin"], seen["size"], bytes.fromhex(seen["root"]))
        whom = None if to is None else VerifierKey.parse(to)
        return cls(body["at"], body["counter"], sender, body["ledger"], body["nonce"], head, seen["sig"], body["start"], whom)


class Refusal(NamedTuple):
    """A statement that the office did not take: its leaf hash and statement id (hex), and why, as the code and facts of an error."""

    leaf: str
    sid: str
    code: str
    facts: str


class Address(NamedTuple):
    """Where an office answers over the network, and the one certificate authority to believe there.

    ca: an X.509 certificate (DER) in base64; None for those that the system believes.
    """

    url: str
    ca: str | None = None


class Answers(NamedTuple):
    """What an office tells a station: the counters of its bundles that were read to their end, as spans; what was refused; its address."""

    heard: tuple[tuple[int, int], ...]
    refused: tuple[Refusal, ...] = ()
    network: Address | None = None

    def format(self) -> bytes:
        """:raises Malformed: `bundle.answers`."""
        body = {
            "heard": [{"first": first, "last": last} for first, last in self.heard[-MOST_SPANS:]],
            "network": None if self.network is None else self.network._asdict(),
            "refused": [one._asdict() for one in self.refused[-MOST_ANSWERS:]],
        }
        return canonical.encode(_checked(body, _ANSWERS, "bundle.answers"))

    @classmethod
    def parse(cls, data: bytes) -> Answers:
        """:raises Malformed: `bundle.answers`."""
        body = _checked(_decoded(data, "bundle.answers"), _ANSWERS, "bundle.answers")
        heard = tuple((one["first"], one["last"]) for one in body["heard"])
        refused = tuple(Refusal(one["leaf"], one["sid"], one["code"], one["facts"]) for one in body["refused"])
        return cls(heard, refused, None if body["network"] is None else Address(**body["network"]))


class Part(NamedTuple):
    """One part as it was read.

    amount: how many notes it holds, else 1. start: the index of the first of its entries, or the size of its checkpoint.
    """

    kind: Kind
    amount: int
    start: int | None
    data: bytes

    def notes(self) -> list[bytes]:
        """The notes of `entries` and `notes`. :raises Malformed: `bundle.notes`."""
        return unpacked(self.data, self.amount)


def packed(notes: Sequence[bytes]) -> bytes:
    """Notes one after the other, each behind its length in two bytes, as in an entry bundle of C2SP tlog-tiles."""
    return b"".join([len(one).to_bytes(2, "big") + one for one in notes])


def unpacked(data: bytes, count: int) -> list[bytes]:
    """The notes of an entry bundle that must hold `count` of them. :raises Malformed: `bundle.notes`."""
    found, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 2], "big")
        one = data[at + 2 : at + 2 + size]
        if not size or len(one) != size:
            raise Malformed("bundle.notes", count=count)
        found.append(one)
        at += 2 + size
    if len(found) != count:
        raise Malformed("bundle.notes", count=count)
    return found


class Writer:
    """Writes one bundle, part by part, in the order of `KINDS`. Nothing is kept of what was written but its digest."""

    def __init__(self, write: Callable[[bytes], object], head: Head, sign: Sign) -> None:
        """:param sign: gives the line of the sender's key over a text."""
        self._write, self._sign = write, sign
        self._head = head
        self._digest = sha256()
        self.parts = 0
        self._write(MAGIC)
        text_ = head.text()
        self._put("head", 1, None, note.join(text_, [sign(text_)]))

    def entries(self, start: int, notes: Sequence[bytes]) -> None:
        """Up to `MOST_NOTES` entries of the ledger, the first one with index `start`."""
        self._put("entries", len(notes), start, packed(notes))

    def checkpoint(self, size: int, signed: bytes) -> None:
        """A checkpoint over the entries before it, as signed, with its cosignatures."""
        self._put("checkpoint", 1, size, signed)

    def notes(self, notes: Sequence[bytes]) -> None:
        """Up to `MOST_NOTES` signed statements that are not in the ledger as far as the sender knows."""
        self._put("notes", len(notes), None, packed(notes))

    def private(self, sealed: bytes) -> None:
        """Private rows, encrypted to the receiver (PRIVATE rows: see the spec)."""
        self._put("private", 1, None, sealed)

    def answers(self, answers: Answers) -> None:
        """What the office tells."""
        self._put("answers", 1, None, answers.format())

    def end(self) -> None:
        """The last part, without which a bundle counts as cut."""
        body = {"head": self._head.digest, "parts": self.parts, "sha256": self._digest.hexdigest()}
        text_ = _END + canonical.encode(body) + b"\n"
        self._put("end", 1, None, note.join(text_, [self._sign(text_)]))

    def _put(self, kind: Kind, count: int, start: int | None, data: bytes) -> None:
        body = {"count": count, "part": kind, "sha256": sha256(data).hexdigest(), "size": len(data), "start": start}
        line = canonical.encode(_checked(body, _LINE, "bundle.part")) + b"\n"
        self._digest.update(line)
        self.parts += 1
        self._write(line)
        self._write(data)


class Reader:
    """Reads one bundle, part by part. `head` stands at once; `whole` once everything before the end was found as its sender wrote it."""

    def __init__(self, take: Take) -> None:
        """:raises Malformed: `bundle.foreign`, `bundle.newer`, `bundle.head`. :raises Altered: `bundle.cut`, `bundle.damaged`.

        :raises BadSignature: `note.signature`.
        """
        self._take = take
        self._digest = sha256()
        self._stage, self._number, self._at = 0, 0, 0
        self.whole = False
        self._begin()
        first = self._part()
        if first.kind != "head":
            raise Malformed("bundle.order", part=1, found=first.kind)
        self.head = Head.parse(first.data)
        self._at = self.head.start

    def __iter__(self) -> Iterator[Part]:
        """The parts between head and end. Each that was given is whole and as it was written, whatever comes after it.

        :raises Altered: `bundle.cut` where the file ends early, `bundle.damaged` for a part with another hash; with the part's number.
        :raises Malformed: `bundle.…`. :raises BadSignature: `note.signature`.
        """
        while True:
            before = self._digest.copy()
            part = self._part()
            if part.kind == "end":
                self._ended(part, before.hexdigest())
                return
            yield part

    def _begin(self) -> None:
        magic = b""
        while len(magic) < len(MAGIC) and (more := self._take(len(MAGIC) - len(magic))):
            magic += more
        if magic != MAGIC:
            if MAGIC.startswith(magic):
                raise Altered("bundle.cut", part=1)
            raise Malformed("bundle.newer" if magic.startswith(MAGIC[:-2]) else "bundle.foreign")

    def _part(self) -> Part:
        self._number += 1
        if self._number > MOST_PARTS:
            raise Malformed("bundle.parts", limit=MOST_PARTS)
        line = self._line()
        body = _checked(_decoded(line, "bundle.part"), _LINE, "bundle.part")
        part = Part(cast(Kind, body["part"]), body["count"], body["start"], b"")
        self._order(part, body["size"])
        data = self._exactly(body["size"])
        if sha256(data).hexdigest() != body["sha256"]:
            raise Altered("bundle.damaged", part=self._number)
        self._digest.update(line + b"\n")
        return part._replace(data=data)

    def _order(self, part: Part, size: int) -> None:
        """Kinds in their order, entries without a gap, checkpoints over no more than what came."""
        stage = _STAGE[part.kind]
        alone = part.kind not in ("entries", "checkpoint", "notes", "private")
        if (self._number == 1) != (part.kind == "head") or stage < self._stage or (alone and self._number > 1 and stage == self._stage):
            raise Malformed("bundle.order", part=self._number, found=part.kind)
        numbered = part.kind in ("entries", "checkpoint")
        if numbered != (part.start is not None) or (part.kind not in _COUNTED and part.amount != 1):
            raise Malformed("bundle.part")
        if part.kind in ("head", "checkpoint", "end") and size > note.MAX_BYTES:
            raise Malformed("bundle.part")
        if part.kind == "entries":
            if part.start != self._at:
                raise Malformed("bundle.gap", part=self._number, expected=self._at)
            self._at += part.amount
        if part.kind == "checkpoint" and part.start is not None and part.start > self._at:
            raise Malformed("bundle.gap", part=self._number, expected=self._at)
        self._stage = stage

    def _ended(self, part: Part, digest: str) -> None:
        body, line, said = _signed(part.data, _END, _END_BODY, "bundle.end")
        _verify(self.head.sender, line, said, "bundle.end")
        if body != {"head": self.head.digest, "parts": self._number - 1, "sha256": digest}:
            raise Altered("bundle.damaged", part=self._number)
        if self._take(1):
            raise Malformed("bundle.behind")
        self.whole = True

    def _line(self) -> bytes:
        line = bytearray()
        while not line.endswith(b"\n"):
            more = self._take(1)
            if not more:
                raise Altered("bundle.cut", part=self._number)
            line += more
            if len(line) > MOST_LINE:
                raise Malformed("bundle.part")
        return bytes(line[:-1])

    def _exactly(self, size: int) -> bytes:
        pieces, left = [], size
        while left:
            piece = self._take(left)
            if not piece:
                raise Altered("bundle.cut", part=self._number)
            pieces.append(piece)
            left -= len(piece)
        return b"".join(pieces)


def spans(counters: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Numbers as spans from the first to the last, ascending."""
    found: list[tuple[int, int]] = []
    for one in sorted(set(counters)):
        if found and found[-1][1] + 1 == one:
            found[-1] = (found[-1][0], one)
        else:
            found.append((one, one))
    return tuple(found)


def _signed(data: bytes, head: bytes, shape: Shape, code: str) -> tuple[dict[str, Any], Line, bytes]:
    """The body of a note with one line of a signature, not yet verified, and its text."""
    said, lines = note.split_statement(data)
    if not said.startswith(head) or said.count(b"\n") != 2 or len(lines) != 1:
        raise Malformed(code)
    return _checked(_decoded(said[len(head) : -1], code), shape, code), lines[0], said


def _verify(key: VerifierKey, line: Line, said: bytes, code: str) -> None:
    if (line.name, line.key_id) != (key.name, key.key_id):
        raise Malformed(code, name=quoted(line.name))
    key.verify(said, line.signature)


def _decoded(data: bytes, code: str) -> dict[str, Any]:
    try:
        return canonical.decode(data)
    except Malformed:
        raise Malformed(code) from None


def _checked(body: dict[str, Any], shape: Shape, code: str) -> dict[str, Any]:
    if not shape.ok(body):
        raise Malformed(code)
    return body
