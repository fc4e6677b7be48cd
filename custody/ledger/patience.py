"""Trying again: what a server that is just being replaced refuses, it takes a little later (design chapter 3, ADR 0019).

The same notes are offered again. Those that were committed without an answer are recognised, and get the receipt of what is there; so
nothing is recorded twice and nothing that was answered is lost. Only what passes by itself is tried again; all else is told at once.
"""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from custody.core.errors import CustodyError

T = TypeVar("T")
# Codes of custody/store/postgres_trouble.py: the line broke, or no server takes entries at this moment.
PASSING = frozenset(("database.unreachable", "database.lost", "database.unconfirmed", "database.standby", "database.busy"))
WAIT = 30.0  # seconds; a failover takes 12 to 22
_FIRST, _LONGEST = 0.2, 3.0


def patiently(do: Callable[[], T], wait: float = WAIT, sleep: Callable[[float], None] = time.sleep) -> T:
    """What `do` gives, trying again for `wait` seconds of sleep; then its last error.

    After an unanswered commit the dead line may still hold the ledger's lock: `store.locked` then passes, too.
    """
    slept, pause, passing = 0.0, _FIRST, set(PASSING)
    while True:
        try:
            return do()
        except CustodyError as error:
            if error.code not in passing or slept >= wait:
                raise
        passing.add("store.locked")
        nap = min(pause, wait - slept) * random.uniform(0.7, 1.0)  # offices that were cut off together do not come back together
        sleep(nap)
        slept, pause = slept + max(nap, 0.01), min(pause * 2, _LONGEST)
