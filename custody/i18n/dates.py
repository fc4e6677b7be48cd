"""Dates, clocks and numbers as officers write them, from own tables: CLDR changes, and papers must stay the same bytes (no spec chapter).

Inside the ledger a time is UTC text `YYYY-MM-DDTHH:MM:SSZ` (spec, canonical bytes); a zone is an IANA name such as `Asia/Makassar`.
"""

import re
from datetime import UTC, datetime, tzinfo
from functools import lru_cache

from custody.core.errors import Malformed

DAYS = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS = {
    "id": ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"),
}
_UTC = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z", re.ASCII)
_TYPED = re.compile(
    r"(?P<a>\d{1,4})[\s/.-]+(?P<month>\d{1,2}|[a-z]+)[\s/.-]+(?P<b>\d{1,4})[\s,t]+(?:pukul\s+|jam\s+|at\s+)?"
    r"(?P<hour>\d{1,2})[.:](?P<minute>\d\d)(?:[.:](?P<second>\d\d))?",
    re.ASCII | re.IGNORECASE,
)


@lru_cache(maxsize=64)
def zone(name: str) -> tzinfo:
    """The zone of an IANA name. Malformed("date.zone") when there is none of that name."""
    from zoneinfo import ZoneInfo  # no help text tells a time

    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError) as error:
        raise Malformed("date.zone", zone=name) from error


def parse_utc(text: str) -> datetime:
    """UTC text to an aware datetime. Malformed("date.utc") unless it is exactly `YYYY-MM-DDTHH:MM:SSZ`."""
    found = _UTC.fullmatch(text)
    if found is None:
        raise Malformed("date.utc", text=text)
    try:
        return datetime(*(int(part) for part in found.groups()), tzinfo=UTC)  # type: ignore[misc,arg-type]
    except ValueError as error:
        raise Malformed("date.utc", text=text) from error


def utc_text(moment: datetime) -> str:
    """An aware datetime to UTC text, cut to the second. Malformed("date.naive") when it has no zone."""
    if moment.utcoffset() is None:
        raise Malformed("date.naive")
    utc = moment.astimezone(UTC)
    return f"{utc.year:04d}-{utc.month:02d}-{utc.day:02d}T{utc.hour:02d}:{utc.minute:02d}:{utc.second:02d}Z"


def local(text: str, zone_name: str) -> datetime:
    """UTC text to the wall clock of a zone. Raises Malformed as `parse_utc` and `zone` do, and at the ends of the calendar."""
    try:
        return parse_utc(text).astimezone(zone(zone_name))
    except OverflowError as error:
        raise Malformed("date.utc", text=text) from error


def _short_zone(moment: datetime) -> str:
    """WIB, WITA, WIT or UTC; zones without letters of their own are shown by their offset, `UTC+05:30`."""
    name = moment.tzname() or ""
    return name if name.isalpha() else f"UTC{moment.strftime('%z')[:3]}:{moment.strftime('%z')[3:]}"


def day(text: str, zone_name: str, lang: str, weekday: bool = False) -> str:
    """ "27 November 2024", with `weekday` "Rabu, 27 November 2024"."""
    moment = local(text, zone_name)
    shown = f"{moment.day} {MONTHS[lang][moment.month - 1]} {moment.year}"
    return f"{DAYS[lang][moment.weekday()]}, {shown}" if weekday else shown


def clock(text: str, zone_name: str, lang: str) -> str:
    """ "19.42 WITA" in Indonesian, "19:42 WITA" in English."""
    moment = local(text, zone_name)
    point = "." if lang == "id" else ":"
    return f"{moment.hour:02d}{point}{moment.minute:02d} {_short_zone(moment)}"


def when(text: str, zone_name: str, lang: str, weekday: bool = False) -> str:
    """ "27 November 2024 pukul 18.00 WITA"; in English "27 November 2024 at 18:00 WITA"."""
    joint = "pukul" if lang == "id" else "at"
    return f"{day(text, zone_name, lang, weekday)} {joint} {clock(text, zone_name, lang)}"


def _month(typed: str) -> int | None:
    if typed.isdigit():
        return int(typed)
    low = typed.lower()
    for names in MONTHS.values():
        for number, name in enumerate(names, 1):
            if len(low) >= 3 and name.lower().startswith(low):
                return number
    return None


def from_typed(typed: str, zone_name: str) -> str:
    """A date and clock as people type it, to UTC text; the clock is that of `zone_name`.

    Read: "27-11-2024 18.00", "27/11/2024 18:00", "27 November 2024 pukul 18.00", "2024-11-27 18:00", and UTC text itself.
    Malformed("date.typed") for all else, a day that does not exist included.
    """
    stripped = typed.strip()
    if _UTC.fullmatch(stripped):
        return utc_text(parse_utc(stripped))
    found = _TYPED.fullmatch(stripped)
    month = _month(found["month"]) if found else None
    if found is None or month is None or len(found["a"]) + len(found["b"]) not in (5, 6):
        raise Malformed("date.typed", text=typed)
    year, number = (found["a"], found["b"]) if len(found["a"]) == 4 else (found["b"], found["a"])
    clock_parts = (int(found["hour"]), int(found["minute"]), int(found["second"] or 0))
    try:
        moment = datetime(int(year), month, int(number), *clock_parts, tzinfo=zone(zone_name))
    except ValueError as error:
        raise Malformed("date.typed", text=typed) from error
    return utc_text(moment)


def number(value: int, lang: str) -> str:
    """19428 to "19.428" in Indonesian, "19,428" in English."""
    grouped = f"{value:,}"
    return grouped.replace(",", ".") if lang == "id" else grouped
