"""Who may ask, how often, and each request once (docs/spec/24-network.md, NET-1 to NET-5). Knows no socket; time is passed in."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from custody.core.errors import BadSignature, Refused
from custody.core.note import VerifierKey
from custody.core.signedrequest import Asked, claimed

WINDOW = 300  # seconds that the clocks of office and station may differ
BURST = 60.0  # requests at once of one key
PACE = 2.0  # requests of one key in a second, after that
WORK = 6.0  # requests that a second of work at the office counts as
DEBT = 240.0  # requests that one key can owe at the most
MOST_KEYS = 65_536  # whose pace is remembered: more stations than a ledger has


@dataclass
class _Caller:
    """What is remembered of one key: requests it has left, since when, and the nonces of the last minutes."""

    left: float
    at: float
    nonces: OrderedDict[str, float] = field(default_factory=OrderedDict)


class Gate:
    """Lets signed requests of admitted stations through."""

    def __init__(self, admitted: Callable[[VerifierKey], bool], clock: Callable[[], float], monotonic: Callable[[], float]) -> None:
        """:param admitted: whether a device key is that of an admitted station. :param clock: seconds since 1970 UTC, as it is set.
        :param monotonic: seconds that pass, whatever is done to the clock.
        """
        self._admitted, self._clock, self._monotonic = admitted, clock, monotonic
        self._since = clock()
        self._callers: OrderedDict[VerifierKey, _Caller] = OrderedDict()

    def enter(self, method: str, path: str, query: str, headers: Mapping[str, str]) -> tuple[VerifierKey, Asked]:
        """Who asks, and for what.

        :raises Malformed: `network.unsigned`, `key.…`. :raises BadSignature: `network.signature`.
        :raises Refused: `network.stranger`, `network.clock`, `network.replay`; `network.pace` with the seconds to wait.
        """
        fields = (headers.get(name, "") for name in ("content-digest", "signature-input", "signature"))
        asked, claim = claimed(method, path, query, *fields)
        if not self._admitted(claim.key):
            raise Refused("network.stranger", name=claim.key.name)
        try:
            claim.verify()
        except BadSignature:
            raise BadSignature("network.signature", name=claim.key.name) from None
        now = self._clock()
        # Which nonces were used before this process began nobody knows: what was signed then is not taken either.
        self._since = min(self._since, now)  # a clock that was ahead when this began, and was put right
        if abs(now - claim.created) > WINDOW or claim.created < int(self._since):
            raise Refused("network.clock", now=int(now), stated=claim.created)
        self._once(self._caller(claim.key, passed := self._monotonic()), claim.nonce, passed)
        return claim.key, asked

    def charge(self, key: VerifierKey, seconds: float) -> None:
        """Count the work that a request was: who keeps the office busy asks less often. :param seconds: of a processor."""
        caller = self._caller(key, self._monotonic())
        caller.left = max(-DEBT, caller.left - seconds * WORK)

    def _once(self, caller: _Caller, nonce: str, now: float) -> None:
        while caller.nonces and next(iter(caller.nonces.values())) < now - 2 * WINDOW:
            caller.nonces.popitem(last=False)
        if nonce in caller.nonces:
            raise Refused("network.replay")
        if caller.left < 1:
            raise Refused("network.pace", seconds=int((1 - caller.left) / PACE) + 1)
        caller.left -= 1
        caller.nonces[nonce] = now

    def _caller(self, key: VerifierKey, now: float) -> _Caller:
        """What is known of a key, its requests filled up to now."""
        caller = self._callers.setdefault(key, _Caller(BURST, now))
        self._callers.move_to_end(key)
        caller.left, caller.at = min(BURST, caller.left + max(0.0, now - caller.at) * PACE), now
        while len(self._callers) > MOST_KEYS:
            self._callers.popitem(last=False)
        return caller
