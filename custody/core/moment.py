"""Moments: the one way a time is written in a statement (spec chapter 07, STMT-4)."""

import re
from datetime import UTC, datetime

from custody.core.errors import Malformed

_SHAPE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


def is_moment(value: object) -> bool:
    """Tell whether `value` is a real moment written `YYYY-MM-DDTHH:MM:SSZ`."""
    if type(value) is not str or _SHAPE.fullmatch(value) is None:
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def to_seconds(text: str) -> int:
    """Seconds since 1970-01-01T00:00:00Z of a moment. Raises `Malformed("moment.shape")`."""
    if not is_moment(text):
        raise Malformed("moment.shape", value=text)
    return int(datetime.fromisoformat(text).timestamp())


def from_seconds(seconds: int) -> str:
    """The moment of a Unix time in whole seconds. Raises `Malformed("moment.range")` outside the years 1 to 9999."""
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Malformed("moment.range", value=seconds) from error
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")
