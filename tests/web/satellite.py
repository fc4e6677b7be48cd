"""A satellite line between network namespaces: packets are held back, lost and stopped by a program between two TUN devices.

`tc netem` is not in every kernel; TUN devices are in nearly all. Everything is made by this process and gone when it ends.
"""

import fcntl
import os
import random
import select
import struct
import subprocess
import threading
import time
from contextlib import ExitStack
from heapq import heappop, heappush

_TUNSETIFF = 0x400454CA
_TUN_WITHOUT_HEADER = 0x0001 | 0x1000


def missing() -> str | None:
    """What this machine does not allow; None where all is there."""
    try:
        with Sky(0.0, 0.0, 0, ["uji"]):
            return None
    except (OSError, subprocess.CalledProcessError) as error:
        return f"network namespaces and TUN devices: {error}"


class Sky:
    """A namespace for each name, with the addresses 10.77.0.1, .2 …; packets between them go through the program."""

    def __init__(self, delay: float, loss: float, seed: int, names: list[str]) -> None:
        """:param delay: seconds one way. :param loss: part of the packets that is lost."""
        self.delay, self.loss, self.names = delay, loss, [f"cst{os.getpid()}{name}" for name in names]
        self._chance = random.Random(seed)
        self.silent = threading.Event()
        self.carried = self.lost = 0
        self._over = threading.Event()
        self._stack = ExitStack()
        self._ends: dict[bytes, int] = {}

    def __enter__(self) -> "Sky":
        try:
            for number, name in enumerate(self.names, 1):
                self._namespace(name, number)
        except BaseException:
            self._stack.close()
            raise
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(5)
        self._stack.close()

    def prefix(self, name: str) -> tuple[str, ...]:
        """What stands before a command that is to run there."""
        return ("ip", "netns", "exec", next(one for one in self.names if one.endswith(name)))

    def address(self, name: str) -> str:
        """Of a namespace."""
        return f"10.77.0.{[one.endswith(name) for one in self.names].index(True) + 1}"

    def _namespace(self, name: str, number: int) -> None:
        _ip("netns", "add", name)
        self._stack.callback(_ip, "netns", "del", name)
        end = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        self._stack.callback(os.close, end)
        device = f"{name[-9:]}{number}"
        fcntl.ioctl(end, _TUNSETIFF, struct.pack("16sH", device.encode(), _TUN_WITHOUT_HEADER))
        _ip("link", "set", device, "netns", name)
        for words in (("link", "set", "lo", "up"), ("addr", "add", f"10.77.0.{number}/24", "dev", device), ("link", "set", device, "up")):
            _ip("-n", name, *words)
        self._ends[bytes([10, 77, 0, number])] = end

    def _carry(self) -> None:
        under_way: list[tuple[float, int, int, bytes]] = []
        while not self._over.is_set():
            due = under_way[0][0] - time.monotonic() if under_way else 0.05
            for end in select.select(list(self._ends.values()), [], [], min(0.05, max(0.0, due)))[0]:
                packet = os.read(end, 65536)
                to = self._ends.get(packet[16:20])
                self.carried += 1
                if to is None or self.silent.is_set() or self._chance.random() < self.loss:
                    self.lost += 1
                    continue
                heappush(under_way, (time.monotonic() + self.delay, self.carried, to, packet))
            while under_way and under_way[0][0] <= time.monotonic():
                _, _, to, packet = heappop(under_way)
                os.write(to, packet)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
