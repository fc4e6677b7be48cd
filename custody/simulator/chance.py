"""Chance with a seed: every draw has a name, so that a thing added to a night changes nothing else in it."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")
Name = str | int


class Chance:
    """Draws that depend on the seed and on their name alone: the same on every machine and version of Python."""

    def __init__(self, seed: Name) -> None:
        self.seed = seed
        self._key = blake2b(f"custody simulator {seed}".encode(), digest_size=32).digest()

    def bytes(self, size: int, *name: Name) -> bytes:
        """That many bytes, at most 64."""
        return blake2b("\0".join(map(str, name)).encode(), digest_size=size, key=self._key).digest()

    def hex(self, size: int, *name: Name) -> str:
        """That many bytes as lower-case hex."""
        return self.bytes(size, *name).hex()

    def share(self, *name: Name) -> float:
        """A number from 0 up to, not including, 1."""
        return int.from_bytes(self.bytes(6, *name), "big") / (1 << 48)

    def between(self, low: int, high: int, *name: Name) -> int:
        """A whole number from low to high, both included."""
        return low + int(self.share(*name) * (high - low + 1))

    def pick(self, options: Sequence[T], *name: Name) -> T:
        """One of the options."""
        return options[self.between(0, len(options) - 1, *name)]

    def order(self, items: Iterable[T], *name: Name) -> list[T]:
        """The items in an order by chance."""
        drawn = [(self.bytes(8, *name, number), number, item) for number, item in enumerate(items)]
        return [item for _, _, item in sorted(drawn, key=lambda one: one[:2])]
