"""A minute of the past as people type it: a clock alone is the last time that it showed so, a date alone is its first minute."""

import re
from datetime import timedelta

from custody_cli.ground.exits import WrongUse

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
