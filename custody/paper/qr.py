"""QR codes as one-bit image masks inside the page: small, sharp at every scale, the same on every machine (spec chapter 12)."""

from functools import lru_cache

from qrcode import constants
from qrcode.main import QRCode

from custody.core.errors import Malformed
from custody.paper.sheet import MM, Sheet

QUIET = 4  # modules of white that must stay around a code
LABEL_VERSION = 2
_LEVELS = {"L": constants.ERROR_CORRECT_L, "M": constants.ERROR_CORRECT_M, "Q": constants.ERROR_CORRECT_Q}
_BITS = bytes([48, 49]) + bytes(254)  # False and True to the digits 0 and 1
_MASK = 3  # one mask for all: six times faster than trying them, and reads as well


def matrix(payload: str, version: int = LABEL_VERSION, level: str = "Q") -> list[list[bool]]:
    """The modules of a code, top row first, without quiet zone. Raises `Malformed("qr.long")` when it does not fit the version."""
    code = QRCode(version=version, error_correction=_LEVELS[level], border=0, mask_pattern=_MASK)
    code.add_data(payload, optimize=0)
    try:
        code.make(fit=False)
    except Exception as error:  # qrcode raises its own error, and ValueError, for data that is too long
        raise Malformed("qr.long", length=len(payload), version=version) from error
    return code.modules  # type: ignore[return-value]  # every module is set once the code is made


def rows_hex(modules: list[list[bool]]) -> str:
    """The rows as hex digits, each padded to whole bytes; 1 is dark."""
    wide = (len(modules) + 7) // 8 * 8
    spare, digits = wide - len(modules), wide // 4
    return "".join(f"{int(bytes(row).translate(_BITS), 2) << spare:0{digits}x}" for row in modules)


def mask_operators(x: float, y: float, side: float, count: int, rows: str) -> str:
    """Draw a code of `count` modules into a square of `side` millimetres without its quiet zone."""
    place = f"q 0 g {side * MM:.3f} 0 0 {side * MM:.3f} {x * MM:.3f} {y * MM:.3f} cm"
    return f"{place} BI /W {count} /H {count} /IM true /BPC 1 /D [1 0] /F /AHx ID {rows}> EI Q"


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
