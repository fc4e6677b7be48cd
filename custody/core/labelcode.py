"""The short random code in a label's QR, also typed by hand where the sticker is torn (docs/spec/11-label-code.md)."""

import re
from hashlib import sha256

from custody.core.errors import Malformed, quoted

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base32: no I, L, O, U
PREFIX = "KSU1"  # kotak suara, version 1; the U can be no symbol, so that prefix and code never run together
LENGTH = 16
RANDOM_BYTES = 10

_VALUES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"  # ISO 7064, mod 37-2
_READ_AS = str.maketrans("OIL", "011")
_SEPARATOR = re.compile(r"[\s-]+")
_MARKS_OF_OTHERS = re.compile(r"[/:?=@&%#{}<>|]")
_FOUNDING = re.compile("[0-9a-f]{64}")


def check_symbol(symbols16: str) -> str:
    """The ISO 7064 mod 37-2 check character of 16 symbols; it may lie outside the alphabet, and such a draw is thrown away.

    :raises Malformed: `labelcode.short`, `labelcode.long`, `labelcode.symbol`.
    """
    _check_symbols(symbols16, LENGTH)
    return _check(symbols16)


def from_random(ten_bytes: bytes) -> str | None:
    """The code that 80 random bits give, or None when its check character could not be typed: draw again.

    :raises Malformed: `labelcode.random` for another length.
    """
    if len(ten_bytes) != RANDOM_BYTES:
        raise Malformed("labelcode.random", length=len(ten_bytes))
    bits = int.from_bytes(ten_bytes, "big")
    code = "".join(ALPHABET[bits >> shift & 31] for shift in range(75, -1, -5))
    return code if _check(code) in ALPHABET else None


def parse(typed: str) -> str:
    """The 16 symbols in what a scanner or a person entered, with or without the prefix.

    :raises Malformed: `labelcode.foreign` (somebody else's code), `labelcode.short`, `labelcode.long`, `labelcode.symbol`,
        `labelcode.check`.
    """
    if _MARKS_OF_OTHERS.search(typed):
        raise Malformed("labelcode.foreign", text=quoted(typed))
    bare = _upper(_SEPARATOR.sub("", typed))
    if _is_foreign(bare):
        raise Malformed("labelcode.foreign", text=quoted(typed))
    symbols = bare.removeprefix(PREFIX).translate(_READ_AS)
    _check_symbols(symbols, LENGTH + 1)
    code, check = symbols[:LENGTH], symbols[LENGTH]
    if _check(code) != check:
        raise Malformed("labelcode.check", text=symbols)
    return code


def printed(code: str) -> str:
    """The code with its check in groups of four, as it stands beside the QR: `ABCD-EFGH-JKMN-PQRS-T`."""
    full = code + check_symbol(code)
    return "-".join(full[at : at + 4] for at in range(0, len(full), 4))


def payload(code: str) -> str:
    """What the QR holds: prefix, code and check, 21 characters of the alphanumeric mode."""
    return PREFIX + code + check_symbol(code)


def commitment(code: str, founding_sid_hex: str) -> bytes:
    """What the ledger holds instead of the code: 32 bytes, bound to one ledger.

    :raises Malformed: as `check_symbol`, and `labelcode.founding`.
    """
    _check_symbols(code, LENGTH)
    if not _FOUNDING.fullmatch(founding_sid_hex):
        raise Malformed("labelcode.founding")
    return sha256(f"custody/code/v1\n{founding_sid_hex}\n{code}".encode()).digest()


def _check(symbols: str) -> str:
    total = 0
    for symbol in symbols:
        total = (total + _VALUES.index(symbol)) * 2 % 37
    return _VALUES[(1 - total) % 37]


def _check_symbols(symbols: str, length: int) -> None:
    if len(symbols) != length:
        raise Malformed("labelcode.short" if len(symbols) < length else "labelcode.long", count=len(symbols), need=length)
    for position, symbol in enumerate(symbols, 1):
        if symbol not in ALPHABET:
            raise Malformed("labelcode.symbol", symbol=quoted(symbol), position=position)


def _upper(text: str) -> str:
    """ASCII only: the upper case of some other letters is an ASCII letter, and those must not pass."""
    return "".join(c.upper() if c.isascii() else c for c in text)


def _is_foreign(bare: str) -> bool:
    """Other versions of our own prefix, and bare numbers of a length that ours never have (goods, forms, identity numbers)."""
    if bare.startswith(PREFIX[:3]) and not bare.startswith(PREFIX):
        return len(bare) > LENGTH
    return bare.isascii() and bare.isdigit() and len(bare) >= 8 and len(bare) != LENGTH + 1
