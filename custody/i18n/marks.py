"""What a name or a code tells where no ledger is at hand: that it is of a drill, and in which zone a place lies (no spec chapter).

The province stands in the first two digits of every official code; the zones are those of Keppres 41/1987 for the provinces of today.
"""

from collections.abc import Iterable

DRILL = "latihan"
_WIB = frozenset(("11", "12", "13", "14", "15", "16", "17", "18", "19", "21", "31", "32", "33", "34", "35", "36", "61", "62"))
_WITA = frozenset(("51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"))
_WIT = frozenset(("81", "82", "91", "92", "93", "94", "95", "96", "97"))


def is_drill(name: str) -> bool:
    """Whether a domain, or an origin (`custody.<domain>/…`), is that of a drill."""
    domain = name.removeprefix("custody.").partition("/")[0]
    return domain == DRILL or domain.startswith(f"{DRILL}-")


def zone_of(codes: Iterable[object]) -> str | None:
    """The IANA zone of the first of these that is the official code of a place, or a box id that holds one; None where none is."""
    for code in codes:
        area = _area(code)
        for name, provinces in (("Asia/Jakarta", _WIB), ("Asia/Makassar", _WITA), ("Asia/Jayapura", _WIT)):
            if area[:2] in provinces:
                return name
    return None


def _area(code: object) -> str:
    """`5307-GUDANG`, `5307192008-001` or `PEM24-5307192008-001-DPR-1` → the digits of the place."""
    pieces = code.split("-")[:2] if isinstance(code, str) else []
    return next((one for one in pieces if one.isascii() and one.isdigit() and len(one) >= 4), "")
