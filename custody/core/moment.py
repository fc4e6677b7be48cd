"""Moments: the one way a time is written in a statement (spec chapter 07, STMT-4)."""

from datetime import UTC, datetime
from functools import lru_cache

from custody.core.errors import Malformed

# A regular expression that matches moments only: those of the years 1000 to 9999 (not the leap days of full centuries).
_LONG, _SHORT, _FEBRUARY = (f"(?:{months})-(?:0[1-9]|{days})" for months, days in (
    ("0[13578]|1[02]", "[12][0-9]|3[01]"), ("0[469]|11", "[12][0-9]|30"), ("02", "1[0-9]|2[0-8]"),
))  # fmt: skip
_LEAP_DAY = "[1-9][0-9](?:0[48]|[2468][048]|[13579][26])-02-29"
FORM = f"(?:[1-9][0-9]{{3}}-(?:{_LONG}|{_SHORT}|{_FEBRUARY})|{_LEAP_DAY})T(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){{2}}Z"


def _seconds(text: str) -> int | None:
    """Unix time of a moment, None for anything else. `fromisoformat` alone would also take other separators and week dates."""
    if len(text) != 20 or text[4::3] != "--T::Z":
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    # Newer versions of Python read 24:00:00 as the next day; by the places of its marks there is no other form of the same length.
    return int(moment.timestamp()) if text[11:13] < "24" else None


def is_moment(value: object) -> bool:
    """Tell whether `value` is a real moment written `YYYY-MM-DDTHH:MM:SSZ`."""
    return type(value) is str and _seconds(value) is not None


@lru_cache(maxsize=4096)
def to_seconds(text: str) -> int:
    """Seconds since 1970-01-01T00:00:00Z of a moment. Raises `Malformed("moment.shape")`."""
    seconds = _seconds(text)
    if seconds is None:
        raise Malformed("moment.shape", value=text)
    return seconds


def from_seconds(seconds: int) -> str:
    """The moment of a Unix time in whole seconds. Raises `Malformed("moment.range")` outside the years 1 to 9999."""
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Malformed("moment.range", value=seconds) from error
    return moment.isoformat()[:19] + "Z"
