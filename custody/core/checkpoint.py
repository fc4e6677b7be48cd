"""The signed head of the ledger and its cosignatures (docs/spec/04-checkpoint.md; C2SP tlog-checkpoint, tlog-cosignature)."""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from custody.core.errors import BadSignature, Malformed, quoted
from custody.core.merkle import EMPTY_ROOT, HASH
from custody.core.note import (
    COSIGNATURE,
    ED25519,
    Line,
    VerifierKey,
    check_name,
    decode_base64,
    encode_base64,
    join,
    split,
)

MAX_SIZE = 2**53 - 1  # sizes also stand in JSON
MAX_TIME = 2**63 - 1

_DECIMAL = re.compile(b"0|[1-9][0-9]{0,15}")


@dataclass(frozen=True)
class Checkpoint:
    """Name, size and root of the ledger's tree at one moment; no extension lines.

    :raises Malformed: `checkpoint.origin`, `checkpoint.size`, `checkpoint.root`.
    """

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        try:
            check_name(self.origin)
        except Malformed:
            raise Malformed("checkpoint.origin", origin=quoted(self.origin)) from None
        if not 0 <= self.size <= MAX_SIZE:
            raise Malformed("checkpoint.size", text=str(self.size)[:100])
        if len(self.root) != HASH or (self.size == 0 and self.root != EMPTY_ROOT):
            raise Malformed("checkpoint.root", text=self.root.hex()[:100])

    def text(self) -> bytes:
        """The three lines that are signed."""
        return b"%s\n%d\n%s\n" % (self.origin.encode(), self.size, encode_base64(self.root))

    @property
    def short(self) -> str:
        """Size and the first 64 bits of the root, to be read aloud, or sent by radio: `412 3f9a-77c1-0b2e-44d1`."""
        digits = self.root.hex()
        return f"{self.size} {digits[:4]}-{digits[4:8]}-{digits[8:12]}-{digits[12:16]}"

    @classmethod
    def parse(cls, text: bytes) -> "Checkpoint":
        """Read the text of a checkpoint. :raises Malformed: `checkpoint.lines` and those of the class."""
        rows = text.split(b"\n")
        if len(rows) != 4 or rows[3]:
            raise Malformed("checkpoint.lines", count=len(rows) - 1)
        try:
            origin = rows[0].decode()
        except UnicodeDecodeError:
            raise Malformed("checkpoint.origin", origin=quoted(rows[0])) from None
        return cls(origin, decimal(rows[1], "checkpoint.size"), decode_base64(rows[2], "checkpoint.root"))


def decimal(digits: bytes, code: str) -> int:
    """A whole number from 0 to 2^53 - 1 in ASCII digits without leading zeros. :raises Malformed: `code`."""
    if not _DECIMAL.fullmatch(digits) or int(digits) > MAX_SIZE:
        raise Malformed(code, text=quoted(digits))
    return int(digits)


def sign(checkpoint: Checkpoint, sign: Callable[[bytes], bytes], key: VerifierKey) -> bytes:
    """The checkpoint as a note with one line by the ledger key, whose name is the origin.

    :param sign: makes 64 bytes over the text, with the private half of `key`.
    :raises Malformed: `checkpoint.key` when the key has another name or type. :raises BadSignature: `note.signature`.
    """
    if key.name != checkpoint.origin or key.kind != ED25519:
        raise Malformed("checkpoint.key", origin=checkpoint.origin, name=key.name)
    text = checkpoint.text()
    signature = sign(text)
    key.verify(text, signature)
    return join(text, [Line(key.name, key.key_id, signature)])


def open_note(note: bytes, keys: Iterable[VerifierKey]) -> Checkpoint:
    """The checkpoint in a note that one of `keys` has signed under the checkpoint's own origin. Lines of other keys say nothing.

    :raises Malformed: form.
    :raises BadSignature: `note.signature` when the line of a known key fails, `checkpoint.unsigned` when there is none.
    """
    text, lines = split(note)
    checkpoint = Checkpoint.parse(text)
    logs = [key for key in keys if key.kind == ED25519 and key.name == checkpoint.origin]
    signed = [_verified(logs, line, text) for line in lines]
    if not any(signed):
        raise BadSignature("checkpoint.unsigned", origin=checkpoint.origin)
    return checkpoint


def signed_by(checkpoint: Checkpoint, signature: bytes, keys: Iterable[VerifierKey]) -> bytes | None:
    """The signed note of a checkpoint of which text and signature are known and no name; None where none of these keys signed it."""
    text = checkpoint.text()
    for key in keys:
        with suppress(BadSignature):
            key.verify(text, signature)
            return join(text, [Line(key.name, key.key_id, signature)])
    return None


def cosign(note: bytes, sign: Callable[[bytes], bytes], key: VerifierKey, time: int) -> Line:
    """A witness's line for a checkpoint. Whether the tree is consistent and the log's signature holds is for the witness to check before.

    :param time: seconds since 1970 UTC, above 0.
    :raises Malformed: `cosignature.key`, `cosignature.time`. :raises BadSignature: `note.signature`.
    """
    if key.kind != COSIGNATURE:
        raise Malformed("cosignature.key", name=key.name)
    if not 0 < time <= MAX_TIME:
        raise Malformed("cosignature.time", time=str(time)[:100])
    text, _ = split(note)
    Checkpoint.parse(text)
    message = _message(text, time)
    signature = sign(message)
    key.verify(message, signature)
    return Line(key.name, key.key_id, time.to_bytes(8, "big") + signature)


def cosignatures(note: bytes, witnesses: Iterable[VerifierKey]) -> dict[str, int]:
    """Key name and time of each of `witnesses` that has cosigned; the earliest time where one did so twice.

    :raises Malformed: form. :raises BadSignature: `note.signature` when a line of a known witness fails.
    """
    times: dict[str, int] = {}
    for key, time in cosignature_times(note, witnesses).items():
        times[key.name] = min(time, times.get(key.name, time))
    return times


def cosignature_times(note: bytes, witnesses: Iterable[VerifierKey]) -> dict[VerifierKey, int]:
    """As `cosignatures`, by the full key, which alone binds."""
    text, lines = split(note)
    Checkpoint.parse(text)
    known = [key for key in witnesses if key.kind == COSIGNATURE]
    times: dict[VerifierKey, int] = {}
    for line in lines:
        time = int.from_bytes(line.signature[:8], "big")
        key = _verified(known, Line(line.name, line.key_id, line.signature[8:]), _message(text, time))
        if key is not None:
            if not 0 < time <= MAX_TIME:
                raise Malformed("cosignature.time", time=str(time)[:100])
            times[key] = min(time, times.get(key, time))
    return times


def _message(text: bytes, time: int) -> bytes:
    return b"cosignature/v1\ntime %d\n%s" % (time, text)


def _verified(keys: Iterable[VerifierKey], line: Line, message: bytes) -> VerifierKey | None:
    """The key that made this line; None when no key answers to its name and id.

    Ids are 32-bit hints, so several keys may answer; the line is bad only when none of them verifies it.
    """
    claimed = [key for key in keys if key.name == line.name and key.key_id == line.key_id]
    for key in claimed:
        try:
            key.verify(message, line.signature)
        except BadSignature:
            continue
        return key
    if claimed:
        raise BadSignature("note.signature", name=line.name)
    return None
