"""One cell of a foreign sheet: made tidy, or refused with its place (docs/adr/0002-intake-room.md)."""

import re
import unicodedata

from custody.core.errors import Malformed
from custody.intake.faults import shown

BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
FORMULA = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")  # the last four: full-width forms, which some spreadsheets run as well
_SIGNED = re.compile(r"[+-] ?[0-9][0-9.,]*")
_SPACE = re.compile(r"\s+")
_TAB_OR_RETURN = ("\t", "\r")


def tidy(raw: str, most: int, number: bool = False) -> str:
    """The text of a cell in NFC with single spaces and none at its ends.

    `number`: the column holds numbers, so that `-3` is a wrong number and not a formula.
    Raises `Malformed`: `import.long`, `import.formula`, `import.newline`, `import.control`, `import.bidi`, `import.invisible` or
    `import.damaged`.
    """
    if len(raw) > most:
        raise Malformed("import.long", value=shown(raw, 20), length=len(raw), limit=most)
    if raw.startswith(_TAB_OR_RETURN):
        raise Malformed("import.formula", value=shown(raw))
    text = raw.strip(" \n\u00a0")
    if not (text.isascii() and text.isprintable()):
        text = _checked(text)
    text = _SPACE.sub(" ", text).strip()
    if text[:1] in FORMULA and text and not (number and _SIGNED.fullmatch(text)):
        raise Malformed("import.formula", value=shown(text))
    return text


def _checked(text: str) -> str:
    for at, mark in enumerate(text, 1):
        code = _trouble(mark)
        if code:
            raise Malformed(code, value=shown(text), character=f"U+{ord(mark):04X}", position=at)
    return unicodedata.normalize("NFC", text)


def _trouble(mark: str) -> str | None:
    if mark == "\n":
        return "import.newline"
    if mark in BIDI:
        return "import.bidi"
    if mark == "\ufffd":
        return "import.damaged"
    kind = unicodedata.category(mark)
    if kind == "Cc":
        return "import.control"
    return "import.invisible" if kind in ("Cf", "Cs", "Co", "Cn", "Zl", "Zp") else None
