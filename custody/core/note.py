"""The envelope of everything that is signed: C2SP signed notes, read strictly (docs/spec/02-note.md)."""

import hashlib
import re
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from itertools import pairwise
from typing import NamedTuple

from custody.core import ed25519
from custody.core.errors import BadSignature, Malformed, quoted

ED25519 = 0x01
COSIGNATURE = 0x04

MAX_LINES = 16
MAX_BYTES = 65_535

_DASH = "— ".encode()
_CONTROLS = bytes(byte for byte in range(32) if byte != 10)
_KEY_HEX = re.compile("[0-9a-f]{8}")
# A line as nearly all are: a printable ASCII name, and canonical base64 of 68 bytes, which is so many characters.
_START = re.compile(rb"\xe2\x80\x94 ([!-*,-~]+) ")
_ENCODED, _MATERIAL = 92, 68


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """The 4-byte hint by which a reader finds the key: SHA-256(name, newline, type, public key), cut short (C2SP signed-note)."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


@dataclass(frozen=True)
class VerifierKey:
    """A public key under a name, as it stands in policies and enrolments. The key binds; its id is only a hint.

    :raises Malformed: `key.name`, `key.kind`, `ed25519.public`.
    """

    name: str
    kind: int
    public: bytes

    def __post_init__(self) -> None:
        check_name(self.name)
        if self.kind not in (ED25519, COSIGNATURE):
            raise Malformed("key.kind", kind=self.kind)
        ed25519.check_public(self.public)

    @cached_property
    def key_id(self) -> bytes:
        return key_id(self.name, self.kind, self.public)

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(bytes([self.kind]) + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """Read a verifier key (`name+hex id+base64`) whose id agrees with its name and key.

        :raises Malformed: `key.form`, `key.id` and those of the class.
        """
        name, id_hex, encoded = _three_parts(text)
        material = decode_base64(encoded.encode(), "key.form")
        if len(material) != 33:
            raise Malformed("key.form", text=quoted(text))
        key = cls(name, material[0], material[1:])
        if key.key_id.hex() != id_hex:
            raise Malformed("key.id", name=name, stated=id_hex, computed=key.key_id.hex())
        return key

    def verify(self, text: bytes, signature: bytes) -> None:
        """:raises BadSignature: `note.signature` with the name of this key."""
        try:
            ed25519.verify(self.public, signature, text)
        except BadSignature:
            raise BadSignature("note.signature", name=self.name) from None


class Line(NamedTuple):
    """One signature line. `signature` is what follows the key id: 64 bytes for type 0x01, 8 of time and 64 for type 0x04."""

    name: str
    key_id: bytes
    signature: bytes

    def format(self) -> bytes:
        """The line as it stands in a note, with its newline."""
        return _DASH + self.name.encode() + b" " + encode_base64(self.key_id + self.signature) + b"\n"


_line_of: Callable[[tuple[str, bytes, bytes]], Line] = partial(tuple.__new__, Line)  # as `Line(...)`, in a third of the time


def split(note: bytes) -> tuple[bytes, tuple[Line, ...]]:
    """Cut a note into its text (with the final newline) and its signature lines, in their order. Checks form, no signature.

    :raises Malformed: `note.size`, `note.control`, `note.utf8`, `note.separator`, `note.lines`, `note.line`, `key.name`.
    """
    if len(note) > MAX_BYTES:
        raise Malformed("note.size", size=len(note), limit=MAX_BYTES)
    if len(note.translate(None, _CONTROLS)) != len(note):
        raise Malformed("note.control")
    try:
        note.decode()
    except UnicodeDecodeError as error:
        raise Malformed("note.utf8", position=error.start) from None
    at = note.rfind(b"\n\n")
    if at < 0:
        raise Malformed("note.separator")
    return note[: at + 1], _lines(note[at + 2 :])


def glance(note: bytes) -> tuple[bytes, tuple[Line, ...]] | None:
    """Cut the note of a statement as `split_statement` does, where all of its lines are usual ones in order; else None.

    Of the text it says nothing: whoever takes it must see for himself that it is UTF-8 without control characters.
    """
    at = note.rfind(b"\n\n")
    lines = _usual(note[at + 2 :]) if at >= 0 and len(note) <= MAX_BYTES else None
    if lines is None:
        return None
    for before, after in pairwise(lines):
        if after[0] <= before[0] and after[:2] <= before[:2]:
            return None
    return note[: at + 1], lines


def split_statement(note: bytes) -> tuple[bytes, tuple[Line, ...]]:
    """Cut the note of a statement: as `split`, and the lines sorted by name and key id, none twice, 64 bytes each.

    :raises Malformed: also `note.order`, `note.twice`, `note.length`.
    """
    text, lines = split(note)
    last: tuple[str, bytes] = ("", b"")
    for line in lines:
        here = line[:2]
        if here <= last:
            raise Malformed("note.twice" if here == last else "note.order", name=line.name)
        if len(line.signature) != 64:
            raise Malformed("note.length", name=line.name, length=len(line.signature))
        last = here
    return text, lines


def join(text: bytes, lines: Iterable[Line]) -> bytes:
    """The note of a text and its signatures, lines sorted by name and key id; two lines of one key are refused.

    :raises Malformed: as `split`, and `note.text`, `note.twice`.
    """
    if not text.endswith(b"\n"):
        raise Malformed("note.text")
    ordered = sorted(lines)
    for before, after in pairwise(ordered):
        if before[:2] == after[:2]:
            raise Malformed("note.twice", name=after.name)
    note = text + b"\n" + b"".join([line.format() for line in ordered])
    if split(note) != (text, tuple(ordered)):
        raise Malformed("note.text")
    return note


@lru_cache(maxsize=8192)
def check_name(name: str) -> str:
    """A key name of C2SP: not empty, no space of Unicode, no plus, no control. Statements narrow this further.

    :raises Malformed: `key.name`.
    """
    if not name or "+" in name or any(c.isspace() or c < " " or "\x7f" <= c <= "\x9f" or "\ud800" <= c <= "\udfff" for c in name):
        raise Malformed("key.name", name=quoted(name))
    return name


def encode_base64(data: bytes) -> bytes:
    """Base64 of RFC 4648, section 4, with padding, without newline."""
    return b2a_base64(data, newline=False)


def decode_base64(text: bytes, code: str) -> bytes:
    """The one reading of canonical base64: decoding and encoding again must give the same characters.

    :raises Malformed: `code`.
    """
    try:
        data = a2b_base64(text)
    except (Base64Error, ValueError):
        raise Malformed(code, text=quoted(text)) from None
    if b2a_base64(data, newline=False) != text:
        raise Malformed(code, text=quoted(text))
    return data


def _usual(block: bytes) -> tuple[Line, ...] | None:
    """The lines of a block that consists of usual ones, each with 68 bytes in canonical base64; else None."""
    rows = block.split(b"\n")
    if rows.pop() or not 1 <= len(rows) <= MAX_LINES:
        return None
    lines = []
    try:
        for row in rows:
            name, encoded = _usual_name(row[:-_ENCODED]), row[-_ENCODED:]
            data = a2b_base64(encoded)
            if name is None or len(data) != _MATERIAL or b2a_base64(data, newline=False) != encoded:
                return None
            lines.append(_line_of((name, data[:4], data[4:])))
    except Base64Error:
        return None
    return tuple(lines)


@lru_cache(maxsize=8192)
def _usual_name(start: bytes) -> str | None:
    """The name in the beginning of a usual line."""
    found = _START.fullmatch(start)
    return None if found is None else found[1].decode()


def _lines(block: bytes) -> tuple[Line, ...]:
    return _usual(block) or _each_line(block)


def _each_line(block: bytes) -> tuple[Line, ...]:
    rows = block.split(b"\n")
    if rows.pop():  # what follows the last newline
        raise Malformed("note.end")
    if not 1 <= len(rows) <= MAX_LINES:
        raise Malformed("note.lines", count=len(rows), limit=MAX_LINES)
    return tuple([_line(row) for row in rows])


def _line(row: bytes) -> Line:
    if not row.startswith(_DASH):
        raise Malformed("note.line", text=quoted(row))
    name, _, encoded = row[4:].partition(b" ")
    data = decode_base64(encoded, "note.base64")
    if len(data) < 5:
        raise Malformed("note.line", text=quoted(row))
    return Line(check_name(name.decode()), data[:4], data[4:])


def _three_parts(text: str) -> tuple[str, str, str]:
    parts = text.split("+", 2)
    if len(parts) != 3 or not _KEY_HEX.fullmatch(parts[1]) or not parts[2].isascii():
        raise Malformed("key.form", text=quoted(text))
    return parts[0], parts[1], parts[2]
