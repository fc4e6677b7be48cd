"""A stream under a passphrase: the container of a backup (spec chapter 15).

    custody-backup/v1
    {"at":…,"chunk":65536,"kdf":"scrypt","logn":17,"origin":…,"p":1,"r":8,"salt":…,"size":…}
    <64 hex: HMAC-SHA-256 of the two lines>
    chunks: AES-256-GCM, nonce = number of the chunk in 11 bytes, then 1 in the last chunk and 0 in all others

The number binds the order and the last byte the end, so that nothing can be cut off, left out or swapped unseen (STREAM: Hoang,
Reyhanitabar, Rogaway and Vizar 2015).
"""

import hmac
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from custody.core import canonical
from custody.core import shapes as s
from custody.core.errors import Altered, KeyTrouble, Malformed
from custody.core.schema import integer, one_of, record, text

MAGIC = b"custody-backup/v1\n"
CHUNK = 65_536
TAG = 16
SALT = 16
LOG_N = 17  # 128 MiB and about half a second; each guess at the passphrase costs the same
MOST_LOG_N = 20
_MOST_HEAD = 4_096
_MAC = re.compile(rb"[0-9a-f]{64}\n")
_HEAD = record(
    {
        "at": s.MOMENT,
        "chunk": integer(CHUNK, CHUNK),
        "kdf": one_of("scrypt"),
        "logn": integer(1, MOST_LOG_N),
        "origin": text(100),
        "p": integer(1, 1),
        "r": integer(8, 8),
        "salt": s.NONCE,
        "size": s.SIZE,
    }
)


@dataclass(frozen=True)
class Head:
    """What can be read without the passphrase: which ledger, how many entries, when; and how the keys are made."""

    at: str
    origin: str
    size: int
    salt: str
    logn: int = LOG_N
    chunk: int = CHUNK
    kdf: str = "scrypt"
    r: int = 8
    p: int = 1

    def lines(self) -> bytes:
        """The first two lines of the file."""
        return MAGIC + canonical.encode(asdict(self)) + b"\n"


class Keys:
    """The keys of one file: 64 bytes of scrypt, half for the chunks, half for the head (BACKUP-3)."""

    def __init__(self, head: Head, passphrase: bytes) -> None:
        """:raises KeyTrouble: `backup.empty` for a passphrase of no bytes."""
        if not passphrase:
            raise KeyTrouble("backup.empty")
        made = Scrypt(salt=bytes.fromhex(head.salt), length=64, n=1 << head.logn, r=head.r, p=head.p).derive(passphrase)
        self.cipher = AESGCM(made[:32])
        self.mac = hmac.new(made[32:], head.lines(), sha256).digest()

    def seal(self, number: int, last: bool, data: bytes) -> bytes:
        """One chunk."""
        return self.cipher.encrypt(_nonce(number, last), data, self.mac)

    def open(self, number: int, last: bool, data: bytes) -> bytes | None:
        """One chunk opened; None when it is not this one."""
        try:
            return self.cipher.decrypt(_nonce(number, last), data, self.mac)
        except InvalidTag:
            return None


def seal(into: BinaryIO, head: Head, passphrase: bytes, payload: Iterator[bytes]) -> None:
    """Write a file: the payload in pieces of any size. Memory stays flat. :raises KeyTrouble: `backup.empty`."""
    keys = Keys(head, passphrase)
    into.write(head.lines() + keys.mac.hex().encode() + b"\n")
    waiting, number = bytearray(), 0
    for piece in payload:
        waiting += piece
        while len(waiting) > CHUNK:
            into.write(keys.seal(number, False, bytes(waiting[:CHUNK])))
            del waiting[:CHUNK]
            number += 1
    into.write(keys.seal(number, True, bytes(waiting)))


def read_head(source: BinaryIO) -> tuple[Head, bytes]:
    """The head of a file and the 32 bytes that guard it, unverified.

    :raises Malformed: `backup.foreign` for a file that is no backup, `backup.newer`, `backup.head`.
    """
    magic = source.read(len(MAGIC))
    if magic != MAGIC:
        raise Malformed("backup.newer" if magic.startswith(MAGIC[:-2]) else "backup.foreign")
    line, mac = source.readline(_MOST_HEAD), source.readline(66)
    if not line.endswith(b"\n") or not mac.endswith(b"\n"):
        raise Altered("backup.cut", chunk=0)
    try:
        body = canonical.decode(line[:-1])
    except Malformed:
        raise Malformed("backup.head") from None
    if not _HEAD.ok(body) or not _MAC.fullmatch(mac):
        raise Malformed("backup.head")
    return Head(**body), bytes.fromhex(mac[:-1].decode("ascii"))


def fits(head: Head, guard: bytes, passphrase: bytes) -> bool:
    """Whether a passphrase is the one that the head of a file was made under. :raises KeyTrouble: `backup.empty`."""
    return hmac.compare_digest(Keys(head, passphrase).mac, guard)


def opened(source: BinaryIO, passphrase: bytes) -> Iterator[bytes]:
    """The payload, chunk by chunk. What has been given out is authentic; that it is whole is known only when this ends without error.

    :raises KeyTrouble: `backup.passphrase` for another passphrase, or an altered head. :raises Altered: `backup.damaged` with the number
        of the chunk, `backup.cut` when the end is missing. :raises Malformed: as `read_head`.
    """
    head, mac = read_head(source)
    keys = Keys(head, passphrase)
    if not hmac.compare_digest(keys.mac, mac):
        raise KeyTrouble("backup.passphrase")
    number, block = 0, source.read(CHUNK + TAG)
    while True:
        following = source.read(CHUNK + TAG)
        last = not following
        data = keys.open(number, last, block)
        if data is None or (number and not data):  # a last chunk with nothing in it would be a second form of the same file
            cut = last and (len(block) < TAG or keys.open(number, False, block) is not None)
            raise Altered("backup.cut" if cut else "backup.damaged", chunk=number)
        yield data
        if last:
            return
        number, block = number + 1, following


def new_head(origin: str, size: int, at: str, random: Callable[[int], bytes], logn: int = LOG_N) -> Head:
    """A head with a fresh salt."""
    return Head(at, origin, size, random(SALT).hex(), logn)


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
