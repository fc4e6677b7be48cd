"""QR codes as one-bit image masks inside the page: small, sharp at every scale, the same on every machine (spec chapter 12).

The library `qrcode` packs every payload. For labels and pages, of which there are thousands, it is asked once where each bit lies and what
its polynomials leave behind; after that a code is put together from what it answered instead of being walked through module by module.
"""

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any

from qrcode import LUT, constants, util
from qrcode.base import Polynomial, rs_blocks
from qrcode.exceptions import DataOverflowError
from qrcode.main import QRCode

from custody.core.errors import Malformed
from custody.paper.canvas.sheet import MM, Sheet

QUIET = 4  # modules of white around a code
LABEL_VERSION = 2
LABEL_LEVEL = "Q"
_LEVELS = {"L": constants.ERROR_CORRECT_L, "M": constants.ERROR_CORRECT_M, "Q": constants.ERROR_CORRECT_Q}
_BITS = bytes([48, 49]) + bytes(254)  # False and True to the digits 0 and 1
_FILL = b"\xec\x11"  # ISO/IEC 18004, 7.4.10
_MASK = 3  # one mask for all: six times faster than trying them, and reads as well


def _blank(version: int, level: str) -> "QRCode[Any]":
    return QRCode(version=version, error_correction=_LEVELS[level], border=0, mask_pattern=_MASK)


def matrix(payload: str, version: int = LABEL_VERSION, level: str = LABEL_LEVEL) -> list[list[bool]]:
    """The modules of a code, top row first, without quiet zone. Raises `Malformed("qr.long")` when it does not fit the version."""
    code = _blank(version, level)
    code.add_data(payload, optimize=0)
    try:
        code.make(fit=False)
    except (DataOverflowError, ValueError) as error:
        raise Malformed("qr.long", length=len(payload), version=version) from error
    return code.modules  # type: ignore[return-value]  # every module is set once the code is made


def rows_hex(modules: list[list[bool]]) -> str:
    """The rows as hex digits, each padded to whole bytes; 1 is dark."""
    wide = (len(modules) + 7) // 8 * 8
    spare, digits = wide - len(modules), wide // 4
    return "".join(f"{int(bytes(row).translate(_BITS), 2) << spare:0{digits}x}" for row in modules)


def label_rows(payload: str) -> str:
    """What `rows_hex(matrix(payload))` gives for a label, in a tenth of the time. Raises `Malformed("qr.long")`."""
    return quick_rows(payload, LABEL_VERSION, LABEL_LEVEL)


def quick_rows(payload: str, version: int, level: str) -> str:
    """What `rows_hex(matrix(payload, version, level))` gives, in a tenth of the time. Raises `Malformed("qr.long")`."""
    image, places = _places(version, level)
    for word, (high, low) in zip(_words(payload, version, level), places, strict=True):
        image ^= high[word >> 4] ^ low[word & 15]
    side = 17 + 4 * version
    return f"{image:0{side * ((side + 7) // 8) * 2}x}"


def _words(payload: str, version: int, level: str) -> Iterator[int]:
    """Data and corrections, block by block in turns (ISO/IEC 18004, 7.4 to 7.6)."""
    blocks = rs_blocks(version, _LEVELS[level])
    whole = _data(payload, version, sum(block.data_count for block in blocks))
    data, corrections = list[bytes](), list[bytes]()
    for block in blocks:
        data.append(whole[: block.data_count])
        whole = whole[block.data_count :]
        corrections.append(_corrections(data[-1], block.total_count - block.data_count))
    for part in (data, corrections):
        for at in range(max(map(len, part))):
            yield from (words[at] for words in part if at < len(words))


def _data(payload: str, version: int, room: int) -> bytes:
    """The payload as the library packs it, ended and filled up to `room` bytes. Raises `Malformed("qr.long")`."""
    packed, buffer = util.QRData(payload), util.BitBuffer()
    buffer.put(packed.mode, 4)
    buffer.put(len(packed), util.length_in_bits(packed.mode, version))
    packed.write(buffer)
    if len(buffer) > room * 8:
        raise Malformed("qr.long", length=len(payload), version=version)
    ended = bytes(buffer.buffer).ljust((min(len(buffer) + 4, room * 8) + 7) // 8, b"\0")
    return ended + (_FILL * room)[: room - len(ended)]


def _corrections(data: bytes, count: int) -> bytes:
    """The remainder of the data as a polynomial, byte by byte (ISO/IEC 18004, 7.5.2)."""
    rests, rest, shift = _rests(count), 0, 8 * (count - 1)
    for byte in data:
        first = (rest >> shift) ^ byte
        rest = ((rest & ((1 << shift) - 1)) << 8) ^ rests[first]
    return rest.to_bytes(count, "big")


@cache
def _rests(count: int) -> list[int]:
    """What each value of a first byte leaves behind, worked out by the library for each of its bits."""
    divisor, rests = Polynomial(LUT.rsPoly_LUT[count], 0), [0]
    for bit in range(8):
        one = int.from_bytes(bytes(Polynomial([1 << bit], count) % divisor), "big")
        rests += [one ^ known for known in rests]
    return rests


@cache
def _places(version: int, level: str) -> tuple[int, list[tuple[list[int], list[int]]]]:
    """The image of all-zero words, and for each word what each value of its upper and its lower half changes in it.

    Where the library puts each bit is found by halves: one image for each digit of the bit's number, counted from 1.
    """
    count = sum(block.total_count for block in rs_blocks(version, _LEVELS[level]))
    ground, numbers = _image([0] * count, version, level), range(1, 8 * count + 1)
    digits = [
        _image(_bytes(number >> digit & 1 for number in numbers), version, level) ^ ground for digit in range(numbers[-1].bit_length())
    ]
    places = [0] * (8 * count)
    for at in range(max(digits).bit_length()):
        if number := sum((image >> at & 1) << digit for digit, image in enumerate(digits)):
            places[number - 1] = 1 << at
    halves = [_changes(places[at : at + 4]) for at in range(0, len(places), 4)]
    return ground, list(zip(halves[::2], halves[1::2], strict=True))


def _bytes(bits: Iterable[int]) -> list[int]:
    digits = "".join(map(str, bits))
    return [int(digits[at : at + 8], 2) for at in range(0, len(digits), 8)]


def _changes(places: list[int]) -> list[int]:
    """What each value of four bits changes; the first is worth most."""
    changes = [0]
    for place in reversed(places):
        changes += [place ^ known for known in changes]
    return changes


def _image(words: list[int], version: int, level: str) -> int:
    code = _blank(version, level)
    code.data_cache = words  # so that the library neither encodes nor corrects
    code.make(fit=False)
    return int(rows_hex(code.modules), 16)  # type: ignore[arg-type]


def mask_operators(x: float, y: float, side: float, count: int, rows: str) -> str:
    """Draw a code of `count` modules into a square of `side` millimetres without its quiet zone."""
    return f"{mask_place(x, y, side, count)}{rows}> EI Q"


def mask_place(x: float, y: float, side: float, count: int) -> str:
    """The operators up to the rows of a code; the rows and `> EI Q` follow."""
    place = f"q 0 g {side * MM:.3f} 0 0 {side * MM:.3f} {x * MM:.3f} {y * MM:.3f} cm"
    return f"{place} BI /W {count} /H {count} /IM true /BPC 1 /D [1 0] /F /AHx ID "


@lru_cache(maxsize=64)
def smallest_version(length: int, level: str = "M") -> int:
    """The smallest version that holds so many bytes. Raises `Malformed("qr.long")` beyond version 40."""
    for version in range(1, 41):
        try:
            matrix("a" * length, version, level)
        except Malformed:
            continue
        return version
    raise Malformed("qr.long", length=length, version=40)


def draw(sheet: Sheet, x: float, y: float, module: float, payload: str, level: str = "M") -> float:
    """Draw a code of any length with its lower left corner (quiet zone included) at x, y; returns its side in millimetres."""
    modules = matrix(payload, smallest_version(len(payload.encode()), level), level)
    side = len(modules) * module
    sheet.write(mask_operators(x + QUIET * module, y + QUIET * module, side, len(modules), rows_hex(modules)))
    return side + 2 * QUIET * module
