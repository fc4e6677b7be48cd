"""The OpenSSH private key format for one Ed25519 key, sealed with bcrypt rounds (OpenSSH PROTOCOL.key; no chapter of the spec).

    "openssh-key-v1" 0x00, string cipher, string kdf, string(string salt, uint32 rounds), uint32 1, string public, string sealed
    sealed, opened: uint32 check, the same again, string "ssh-ed25519", string public, string seed||public, string comment, 1 2 3 …

Written here and not by `cryptography`, because that drops the comment, which is our key's name, and draws its own chance. What we write,
`ssh-keygen` and `cryptography` read; what `ssh-keygen -t ed25519` writes, we read.
"""

import re
from base64 import b64decode, encodebytes
from collections.abc import Callable
from dataclasses import dataclass, field

import bcrypt
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from custody.core.ed25519 import SigningKey
from custody.core.errors import KeyTrouble

ROUNDS = 64  # about half a second on an office PC; each guess at a passphrase costs the same
MOST_ROUNDS = 1024  # a file that asks for more is meant to hang its reader
MOST_BYTES = 65_536

_MAGIC = b"openssh-key-v1\x00"
_TYPE = b"ssh-ed25519"
_PEM = re.compile(rb"\s*-----BEGIN OPENSSH PRIVATE KEY-----\r?\n([A-Za-z0-9+/=\r\n]*)-----END OPENSSH PRIVATE KEY-----\s*")
_FOREIGN = {b"PRIVATE KEY-----": "PEM", b"PuTTY-User-Key-File": "PuTTY", b"SSH2 ENCRYPTED PRIVATE": "SSH2", b"AGE-SECRET-KEY": "age"}


@dataclass(frozen=True)
class Container:
    """A key file as read, still sealed: the public key is open, name and seed are not."""

    public: bytes
    cipher: str
    salt: bytes
    rounds: int
    sealed: bytes = field(repr=False)

    @property
    def encrypted(self) -> bool:
        """Whether a passphrase is needed."""
        return self.cipher != "none"

    def open(self, passphrase: bytes) -> tuple[SigningKey, str]:
        """The key and its comment. The passphrase is not looked at where none is needed.

        :raises KeyTrouble: `key.passphrase` for a wrong one; `key.damaged`.
        """
        opened = self.sealed
        if self.encrypted:
            if not passphrase:
                raise KeyTrouble("key.passphrase")
            opened = _crypt(opened, passphrase, self.salt, self.rounds)
        return self._secret(_Reader(opened))

    def _secret(self, reader: "_Reader") -> tuple[SigningKey, str]:
        if reader.uint32() != reader.uint32():
            raise KeyTrouble("key.passphrase") if self.encrypted else KeyTrouble("key.damaged", why="check")
        if reader.string() != _TYPE or reader.string() != self.public:
            raise KeyTrouble("key.damaged", why="pair")
        pair = reader.string()
        comment = reader.string()
        if reader.rest() != _padding(reader.at, self.encrypted):
            raise KeyTrouble("key.damaged", why="padding")
        key = SigningKey.from_seed(pair[:32])
        if pair[32:] != self.public or key.public != self.public:
            raise KeyTrouble("key.damaged", why="pair")
        return key, _text(comment)


def parse(data: bytes) -> Container:
    """Read a key file as far as that goes without its passphrase.

    :raises KeyTrouble: `key.damaged`; `key.foreign` for another program's format; `key.public` for the public half;
        `key.type` for another kind of key; `key.cipher`; `key.rounds`.
    """
    blob = _unwrapped(data)
    reader = _Reader(blob)
    if reader.take(len(_MAGIC)) != _MAGIC:
        raise KeyTrouble("key.damaged", why="magic")
    cipher, kdf, options, count = reader.string(), reader.string(), reader.string(), reader.uint32()
    if count != 1:
        raise KeyTrouble("key.damaged", why="count")
    public, sealed = _public(reader.string()), reader.string()
    if reader.rest():
        raise KeyTrouble("key.damaged", why="tail")
    salt, rounds = _options(cipher, kdf, options)
    if not sealed or len(sealed) % (16 if rounds else 8):
        raise KeyTrouble("key.damaged", why="length")
    return Container(public, _text(cipher), salt, rounds, sealed)


def seal(key_seed: bytes, comment: str, passphrase: bytes | None, random: Callable[[int], bytes], rounds: int = ROUNDS) -> bytes:
    """The key file of a seed of 32 bytes; `passphrase` None leaves it open, on purpose.

    :param random: gives that many unpredictable bytes. :param rounds: of bcrypt, 1 to `MOST_ROUNDS`.
    :raises KeyTrouble: `key.empty` for a passphrase of no bytes; `key.rounds`; `key.seed`.
    """
    if passphrase == b"":
        raise KeyTrouble("key.empty")
    _check_rounds(rounds)
    public = SigningKey.from_seed(key_seed).public
    check = random(4)
    secret = check + check + _string(_TYPE) + _string(public) + _string(key_seed + public) + _string(comment.encode())
    secret += _padding(len(secret), passphrase is not None)
    cipher, kdf, options = b"none", b"none", b""
    if passphrase is not None:
        salt = random(16)
        cipher, kdf, options = b"aes256-ctr", b"bcrypt", _string(salt) + rounds.to_bytes(4, "big")
        secret = _crypt(secret, passphrase, salt, rounds)
    head = _string(cipher) + _string(kdf) + _string(options) + (1).to_bytes(4, "big")
    blob = _MAGIC + head + _string(_string(_TYPE) + _string(public)) + _string(secret)
    return b"-----BEGIN OPENSSH PRIVATE KEY-----\n" + encodebytes(blob) + b"-----END OPENSSH PRIVATE KEY-----\n"


def public_line(public: bytes, comment: str) -> bytes:
    """The line of a `.pub` file: type, key, comment."""
    return _TYPE + b" " + encodebytes(_string(_TYPE) + _string(public)).replace(b"\n", b"") + b" " + comment.encode() + b"\n"


def parse_public_line(data: bytes) -> tuple[bytes, str]:
    """The raw key and the comment of a `.pub` file.

    :raises KeyTrouble: `key.type`, `key.damaged`.
    """
    kind, _, rest = data.strip().partition(b" ")
    encoded, _, comment = rest.partition(b" ")
    if kind != _TYPE:
        raise KeyTrouble("key.type", type=ascii(_text(kind)[:40]))
    return _public(_decoded(encoded)), _text(comment.strip())


def _crypt(data: bytes, passphrase: bytes, salt: bytes, rounds: int) -> bytes:
    """AES-256 in counter mode: the same call seals and opens."""
    derived = bcrypt.kdf(passphrase, salt, 48, rounds, ignore_few_rounds=True)
    return Cipher(AES(derived[:32]), CTR(derived[32:])).encryptor().update(data)


def _unwrapped(data: bytes) -> bytes:
    if len(data) > MOST_BYTES:
        raise KeyTrouble("key.damaged", why="size")
    found = _PEM.fullmatch(data)
    if found:
        return _decoded(re.sub(rb"[\r\n]", b"", found[1]))
    if data.lstrip().startswith(b"ssh-"):
        raise KeyTrouble("key.public")
    for mark, form in _FOREIGN.items():
        if mark in data[:200] and b"BEGIN OPENSSH" not in data[:200]:
            raise KeyTrouble("key.foreign", form=form)
    raise KeyTrouble("key.damaged", why="frame")


def _decoded(text: bytes) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError:
        raise KeyTrouble("key.damaged", why="base64") from None


def _public(blob: bytes) -> bytes:
    reader = _Reader(blob)
    kind = reader.string()
    if kind != _TYPE:
        raise KeyTrouble("key.type", type=ascii(_text(kind)[:40]))
    public = reader.string()
    if len(public) != 32 or reader.rest():
        raise KeyTrouble("key.damaged", why="public")
    return public


def _options(cipher: bytes, kdf: bytes, options: bytes) -> tuple[bytes, int]:
    """Salt and rounds; rounds are 0 for a file that is not encrypted."""
    if cipher == b"none" and kdf == b"none" and not options:
        return b"", 0
    if cipher != b"aes256-ctr" or kdf != b"bcrypt":
        raise KeyTrouble("key.cipher", cipher=ascii(_text(cipher)[:40]))
    reader = _Reader(options)
    salt, rounds = reader.string(), reader.uint32()
    if not salt or reader.rest():
        raise KeyTrouble("key.damaged", why="kdf")
    _check_rounds(rounds)
    return salt, rounds


def _check_rounds(rounds: int) -> None:
    if not 1 <= rounds <= MOST_ROUNDS:
        raise KeyTrouble("key.rounds", rounds=rounds, limit=MOST_ROUNDS)


def _padding(length: int, encrypted: bool) -> bytes:
    """1 2 3 … up to the block of the cipher; OpenSSH adds none where the length fits already."""
    return bytes(range(1, 1 + -length % (16 if encrypted else 8)))


def _string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def _text(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")


class _Reader:
    """A place in bytes; every step past the end is a damaged file."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, count: int) -> bytes:
        if self.at + count > len(self.data):
            raise KeyTrouble("key.damaged", why="short")
        self.at += count
        return self.data[self.at - count : self.at]

    def uint32(self) -> int:
        return int.from_bytes(self.take(4), "big")

    def string(self) -> bytes:
        return self.take(self.uint32())

    def rest(self) -> bytes:
        return self.data[self.at :]
