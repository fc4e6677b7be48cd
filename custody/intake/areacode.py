"""Official area codes, polling-station numbers and the places they name (Kemendagri codes; docs/adr/0002-intake-room.md)."""

import re
from typing import NamedTuple

from custody.core.errors import Malformed
from custody.intake.faults import shown

LEVELS = {2: "provinsi", 4: "kabupaten", 6: "kecamatan", 10: "desa"}
PARENT = {"kabupaten": "provinsi", "kecamatan": "kabupaten", "desa": "kecamatan", "tps": "desa"}
SPECIAL = 901  # polling stations at special locations (hospitals, prisons) are numbered from here on
_DOTTED = re.compile(r"([0-9]{2})(?:[. ]([0-9]{2})(?:[. ]([0-9]{2})(?:[. ]([0-9]{4}))?)?)?")
_DIGITS = re.compile(r"[0-9]+")
_FLOAT = re.compile(r"[0-9]+[.,]?[0-9]*[eE][+]?[0-9]+")
_STATION = re.compile(r"(?:tps)?[ .:-]*([0-9]{1,3})", re.IGNORECASE)


class PlaceName(NamedTuple):
    """A place: official code, kind as in the statements (`tps`, `desa`, `warehouse` …; also `provinsi`), name, code of its parent."""

    code: str
    kind: str
    name: str
    parent: str | None


def area(text: str) -> str:
    """The digits of an area code written `53.07.19.2001`, `5307192001` or, as text in a spreadsheet, `'5307192001`.

    Raises `Malformed`: `import.code.empty`, `.scientific` (a spreadsheet made a number of it), `.shape`, `.bps` (another office's codes).
    """
    bare = text.removeprefix("'").strip()
    if not bare:
        raise Malformed("import.code.empty")
    if _FLOAT.fullmatch(bare):
        raise Malformed("import.code.scientific", value=shown(bare))
    match = _DOTTED.fullmatch(bare)
    digits = "".join(part for part in match.groups() if part) if match else bare
    if not _DIGITS.fullmatch(digits) or len(digits) not in LEVELS or digits[0] == "0":
        raise Malformed("import.code.shape", value=shown(bare))
    if len(digits) == 10 and digits[6] == "0":
        raise Malformed("import.code.bps", value=shown(bare))
    return digits


def level(code: str) -> str:
    """The kind of place an area code names, by its length."""
    return LEVELS[len(code)]


def above(code: str) -> str | None:
    """The code of the place above: `5307192001-003` → `5307192001` → `530719` → `5307` → `53` → None."""
    if "-" in code:
        return code.partition("-")[0]
    return {10: code[:6], 6: code[:4], 4: code[:2]}.get(len(code))


def dotted(code: str) -> str:
    """An area code as people write it: `53.07.19.2001`."""
    return ".".join(part for part in (code[:2], code[2:4], code[4:6], code[6:]) if part)


def station(text: str) -> str:
    """A polling-station number as three digits: `3`, `03`, `003`, `TPS 01`. Raises `Malformed("import.tps.number")`."""
    match = _STATION.fullmatch(text)
    if match is None or int(match[1]) == 0:
        raise Malformed("import.tps.number", value=shown(text))
    return f"{int(match[1]):03d}"
