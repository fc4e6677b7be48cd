"""QR codes as one-bit image masks inside the page: small, sharp at every scale, the same on every machine (spec chapter 12).

The library `qrcode` makes every code word and every error correction. For labels, of which there are tens of thousands, it is asked once
where each bit of the data lies; after that a code is put together from those places instead of being walked through module by module.
"""

from functools import cache, lru_cache
from typing import Any

from qrcode import constants, util
from qrcode.exceptions import DataOverflowError
from qrcode.main import QRCode

from custody.core.errors import Malformed
from custody.paper.sheet import MM, Sheet
from custody.paper.stocks import QUIET

LABEL_VERSION = 2
LABEL_LEVEL = "Q"
_LEVELS = {"L": constants.ERROR_CORRECT_L, "M": constants.ERROR_CORRECT_M, "Q": constants.ERROR_CORRECT_Q}
_BITS = bytes([48, 49]) + bytes(254)  # False and True to the digits 0 and 1
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
    """What `rows_hex(matrix(payload))` gives for a label, in half the time. Raises `Malformed("qr.long")`."""
    try:
        words = util.create_data(LABEL_VERSION, _LEVELS[LABEL_LEVEL], [util.QRData(payload)])
    except DataOverflowError as error:
        raise Malformed("qr.long", length=len(payload), version=LABEL_VERSION) from error
    image, places = _places()
    for word, place in zip(words, places, strict=True):
        image ^= place[word]
    return f"{image:0200x}"  # 25 rows of 32 bits


@cache
def _places() -> tuple[int, list[list[int]]]:
    """The image of all-zero data, and for each code word what each of its 256 values changes in it."""
    count = len(util.create_data(LABEL_VERSION, _LEVELS[LABEL_LEVEL], [util.QRData("0")]))
    ground = _image([0] * count)
    places = []
    for at in range(count):
        changes = [0]
        for bit in range(8):
            one = _image([0] * at + [1 << bit] + [0] * (count - at - 1)) ^ ground
            changes += [one ^ known for known in changes]
        places.append(changes)
    return ground, places


def _image(words: list[int]) -> int:
    code = _blank(LABEL_VERSION, LABEL_LEVEL)
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
