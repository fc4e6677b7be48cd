"""A minute of the past as people type it, and a time from one to another: a clock alone is the last time that it showed so.

A date alone is its first minute where something begins, and includes the whole day, by the operation's clock, where something ends.
"""

import re
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from custody_cli.ground.exits import WrongUse

if TYPE_CHECKING:
    from custody_cli.ground.app import App

_SECONDS = re.compile(r"[0-9][.:][0-9]{2}[.:][0-9]{2}Z?")
_CLOCK = re.compile(r"(?:pukul\s+|jam\s+|at\s+)?([0-9]{1,2})[.:]([0-9]{2})(?:\s+WI(?:B|T|TA))?", re.IGNORECASE)


def minute(typed: str, now: str, zone: str) -> str:
    """The moment that was typed, in UTC. :raises Malformed: `date.typed`. :raises WrongUse: `cli.minute.future`."""
    from custody.core.errors import Malformed
    from custody.core.moment import to_seconds
    from custody.i18n.dates import from_typed, local, utc_text

    found = _CLOCK.fullmatch(typed.strip())
    if found is not None:
        here = local(now, zone)
        moment = from_typed(f"{here:%d-%m-%Y} {found[1]}:{found[2]}", zone)
        if to_seconds(moment) > to_seconds(now):
            before = here - timedelta(days=1)
            moment = from_typed(f"{before:%d-%m-%Y} {found[1]}:{found[2]}", zone)
        return moment
    try:
        moment = utc_text(local(_dated(typed, zone), "UTC"))
    except OverflowError:  # midnight of the first day there is, east of Greenwich
        raise Malformed("date.typed", text=typed) from None
    if to_seconds(moment) > to_seconds(now):
        raise WrongUse("cli.minute.future", at=moment, zone=zone)
    return moment


def yesterday(typed: str, moment: str, now: str, zone: str) -> bool:
    """Whether a clock alone was typed that has not shown so yet today, so that its moment lies a day back."""
    from custody.i18n.dates import local

    return _CLOCK.fullmatch(typed.strip()) is not None and local(moment, zone).date() != local(now, zone).date()


def of_past(app: "App", typed: str | None, now: str, zone: str) -> str | None:
    """The moment that was typed, None for now; that it lies a day back is said. Raises as `minute`."""
    if typed is None:
        return None
    moment = minute(typed, now, zone)
    if yesterday(typed, moment, now, zone):
        app.console.warn(app.say("cli.minute.yesterday", at=moment, zone=zone))
    return moment


class Span(NamedTuple):
    """A time from `since` on, before `until`; UTC text, None for without bound."""

    since: str | None
    until: str | None

    @property
    def last(self) -> str | None:
        """The last second of it."""
        from custody.core.moment import from_seconds, to_seconds

        return from_seconds(to_seconds(self.until) - 1) if self.until is not None else None


def span(since: str | None, until: str | None, now: str, zone: str) -> Span:
    """A time as typed; its end may be to come. The last day or minute belongs to it whole.

    An end without a date is the last time that the clock showed so, or the first after the beginning where that was before it.

    :raises Malformed: `date.typed`. :raises WrongUse: `cli.minute.future` of the beginning, `cli.minute.reversed`.
    """
    start = minute(since, now, zone) if since is not None else None
    end = _end(until, start, now, zone) if until is not None else None
    if start is not None and end is not None and end <= start:
        raise WrongUse("cli.minute.reversed", since=since, until=until)
    return Span(start, end)


def _end(typed: str, start: str | None, now: str, zone: str) -> str:
    """The first moment after a day, minute or second that was typed."""
    from custody.core.errors import Malformed
    from custody.i18n.dates import from_typed, local, utc_text

    try:
        if _CLOCK.fullmatch(typed.strip()) is not None:
            here = local(minute(typed, now, zone), zone)
            if start is not None and utc_text(here) < start:
                here += timedelta(days=-(-(local(start, zone) - here) // timedelta(days=1)))
            return utc_text(here + timedelta(minutes=1))
        here = local(_dated(typed, zone), zone)
        try:
            from_typed(typed, zone)
        except Malformed:
            return utc_text(here + timedelta(days=1))
        return utc_text(here + timedelta(seconds=1 if _SECONDS.search(typed) is not None else 60))
    except OverflowError:  # the last day there is
        raise Malformed("date.typed", text=typed) from None


def _dated(typed: str, zone: str) -> str:
    """A date with its clock, or without one. Raises `Malformed("date.typed")`."""
    from custody.core.errors import Malformed
    from custody.i18n.dates import from_typed

    try:
        return from_typed(typed, zone)
    except Malformed as error:
        try:
            return from_typed(f"{typed} 00.00", zone)
        except Malformed:
            raise error from None
