"""The door of the server: how many are in, of one address and in all, and who makes place (docs/spec/24-network.md).

Counted from the first packet on, before TLS: whoever connects and says nothing costs a place as well. Trusted with: that there is a place
for somebody who asks. Not with: who that is.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from ipaddress import IPv6Address, ip_address
from typing import Any

FROM_ONE = 64  # connections of one address; of IPv6, of one network of 64 bits
IN_ALL = 512  # connections


class Guest(socket.socket):
    """One connection. known: it brought a request that a station signed."""

    host = ""
    known = False
    _door: Door | None = None
    _at: Any = None

    def enter(self, door: Door, address: Any) -> None:
        """Take a place, until this is closed."""
        self._door, self._at, self.host = door, address, network_of(address[0])
        door.inside[address] = self

    def turn_out(self) -> None:
        """Give the place away; whoever reads here finds the end."""
        self._leave()
        with suppress(OSError):
            self.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """As every socket's."""
        self._leave()
        super().close()

    def _leave(self) -> None:
        if self._door is not None:
            self._door.inside.pop(self._at, None)
            self._door = None


class Door(socket.socket):
    """A socket that listens. Who has asked nothing yet makes place, the oldest first; where all have, a new one is turned away."""

    def __init__(self, listening: socket.socket) -> None:
        """:param listening: its descriptor is taken over."""
        kind = (listening.family, listening.type, listening.proto)
        super().__init__(*kind, fileno=listening.detach())
        self.inside: dict[Any, Guest] = {}

    def accept(self) -> tuple[socket.socket, Any]:
        """As every socket's. :raises BlockingIOError: nobody is there, or he was turned away."""
        came, address = super().accept()
        guest = Guest(came.family, came.type, came.proto, came.detach())
        if not self._place(network_of(address[0])):
            guest.close()
            raise BlockingIOError
        guest.enter(self, address)
        return guest, address

    def know(self, address: Any) -> None:
        """A station signed what came from this address and port. Whoever it is that asks."""
        for at in [one for one in self.inside if one[:2] == tuple(address)[:2]]:
            self.inside[at].known = True

    def _place(self, host: str) -> bool:
        for most, same in ((FROM_ONE, True), (IN_ALL, False)):
            crowd = [one for one in self.inside.values() if not same or one.host == host]
            if len(crowd) < most:
                continue
            silent = next((one for one in crowd if not one.known), None)
            if silent is None:
                return False
            silent.turn_out()
        return True


def network_of(host: str) -> str:
    """Where somebody comes from, as one: an address, or the network of an IPv6 address, of which one machine has as many as it likes."""
    try:
        one = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if not isinstance(one, IPv6Address):
        return str(one)
    return str(one.ipv4_mapped) if one.ipv4_mapped else one.packed[:8].hex()
