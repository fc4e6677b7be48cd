"""Ed25519 with one strict rule for what a valid signature is (docs/spec/02-note.md, NOTE-11 and NOTE-15 to NOTE-20)."""

from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from nacl.bindings import crypto_core_ed25519_add, crypto_sign_open
from nacl.exceptions import CryptoError, UnavailableError
from nacl.exceptions import RuntimeError as SodiumError

from custody.core.errors import BadSignature, KeyTrouble, Malformed

P = 2**255 - 19
_Y = 2**255 - 1
_NEUTRAL = (1).to_bytes(32, "little")

# y of the eight points of small order, also as y + p where that still fits 255 bits; either sign bit. RFC 8032 has no such list.
_ORDER_8 = int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little")
_ORDER_8_OTHER = P - _ORDER_8
LOW_ORDER = frozenset(
    (y | sign << 255).to_bytes(32, "little") for y in (0, 1, P - 1, _ORDER_8, _ORDER_8_OTHER, P, P + 1) for sign in (0, 1)
)


def check_public(public: bytes) -> None:
    """Refuse a public key that no honest person has: wrong length, y >= p, not on the curve, or a point of small order.

    :raises Malformed: `ed25519.public`, with `why`: length, range, order, curve.
    """
    if len(public) != 32:
        raise Malformed("ed25519.public", why="length")
    if int.from_bytes(public, "little") & _Y >= P:
        raise Malformed("ed25519.public", why="range")
    if public in LOW_ORDER:
        raise Malformed("ed25519.public", why="order")
    if not _on_curve(public):
        raise Malformed("ed25519.public", why="curve")


@lru_cache(maxsize=1024)
def _on_curve(public: bytes) -> bool:
    """Whether x exists for this y (RFC 8032, 5.1.3): libsodium adds nothing to a point that is none. In Python it takes five times as long.

    :raises UnavailableError: a libsodium that was built without its arithmetic of points.
    """
    try:
        crypto_core_ed25519_add(public, _NEUTRAL)
    except UnavailableError:
        raise
    except SodiumError:
        return False
    return True


def verify(public: bytes, signature: bytes, message: bytes) -> None:
    """Accept a signature by the strict rule: S < L, A and R canonical and not of small order, [S]B - [k]A encodes to R.

    libsodium keeps this rule by itself. `verify_with_cryptography` decides the same at twice the cost.

    :param public: 32 bytes. :param signature: 64 bytes.
    :raises BadSignature: `ed25519.signature`.
    """
    if len(signature) != 64 or len(public) != 32:
        raise BadSignature("ed25519.signature")
    try:
        crypto_sign_open(signature + message, public)
    except CryptoError:
        raise BadSignature("ed25519.signature") from None


def verify_with_cryptography(public: bytes, signature: bytes, message: bytes) -> None:
    """The same rule on OpenSSL, which by itself lets small-order points and y >= p pass.

    :raises BadSignature: `ed25519.signature`.
    """
    if len(public) != 32 or len(signature) != 64 or public in LOW_ORDER or signature[:32] in LOW_ORDER:
        raise BadSignature("ed25519.signature")
    if int.from_bytes(public, "little") & _Y >= P:  # of R this need not be asked: OpenSSL compares it as bytes with an encoding of its own
        raise BadSignature("ed25519.signature")
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise BadSignature("ed25519.signature") from None


class SigningKey:
    """A private key in memory; signs as RFC 8032 says. Never shows its seed."""

    __slots__ = ("_private", "public")

    public: bytes

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public = private.public_key().public_bytes_raw()

    @classmethod
    def from_seed(cls, seed: bytes) -> "SigningKey":
        """:param seed: 32 secret bytes. :raises KeyTrouble: `key.seed` for another length."""
        if len(seed) != 32:
            raise KeyTrouble("key.seed", length=len(seed))
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    def sign(self, message: bytes) -> bytes:
        """64 bytes, the same for the same message."""
        return self._private.sign(message)

    def __repr__(self) -> str:
        return f"SigningKey(public={self.public.hex()})"
