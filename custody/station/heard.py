"""What a laptop has heard of other devices: a file each in `stations/`, with every bundle's counter, and who was copied (BUNDLE-15)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import orjson

from custody.core import shapes as s
from custody.core.bundle import Head, Refusal, spans
from custody.core.errors import Malformed
from custody.core.note import VerifierKey
from custody.core.schema import BOOLEAN, integer, many, null_or, record, text
from custody.durable import write_durably, write_whole
from custody.reading import read

_MOST = 16 << 20
_KEPT = 8_192  # bundles of one device that are remembered
_REFUSED = 512
_SHAPE = record(
    {
        "admitted": null_or(s.MOMENT),
        "areas": s.PLACES,
        "bundles": many(
            record({"at": s.MOMENT, "counter": integer(1, 2**53 - 1), "digest": s.HASH, "size": s.SIZE, "whole": BOOLEAN}), 0, _KEPT
        ),
        "key": s.PERSON_KEY,
        "refused": many(record({"code": text(64), "facts": text(1_000), "leaf": s.HASH, "sid": s.HASH}), 0, _REFUSED),
    }
)


class Told(NamedTuple):
    """A bundle that was heard of: its counter, the digest of its head, its sender's clock and size, and whether it was read to its end."""

    counter: int
    digest: str
    at: str
    size: int
    whole: bool


@dataclass(frozen=True)
class Heard:
    """One other device. admitted: since when the office knows it, None for one that nobody admitted. areas: whose private rows it gets."""

    key: VerifierKey
    admitted: str | None = None
    areas: tuple[str, ...] = ()
    bundles: tuple[Told, ...] = ()
    refused: tuple[Refusal, ...] = ()

    @property
    def name(self) -> str:
        """The name that it was given."""
        return self.key.name

    @property
    def size(self) -> int:
        """How many entries it is known to have."""
        return max((one.size for one in self.bundles), default=0)

    @property
    def last(self) -> Told | None:
        """Its newest bundle, by counter."""
        return max(self.bundles, key=lambda one: one.counter, default=None)

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """The counters of the bundles that were read to their end."""
        return spans(one.counter for one in self.bundles if one.whole)

    @property
    def copied(self) -> tuple[int, ...]:
        """The counters at which two devices with this one key show: the same twice, or one that had seen less than the one before it."""
        found, highest = set[int](), 0
        last: Told | None = None
        for one in sorted(self.bundles, key=lambda one: (one.counter, one.digest)):
            twice = last is not None and one.counter == last.counter and one.digest != last.digest
            if twice or one.size < highest:
                found.add(one.counter)
            highest, last = max(highest, one.size), one
        return tuple(sorted(found))

    def hearing(self, head: Head, whole: bool, size: int) -> Heard:
        """With a bundle of this head. size: how many entries its sender has, as far as that is believed."""
        told = Told(head.counter, head.digest, head.at, size, whole)
        others = [one for one in self.bundles if (one.counter, one.digest) != told[:2]]
        told = told._replace(whole=whole or any(one.whole for one in self.bundles if one[:2] == told[:2]))
        return replace(self, bundles=tuple(sorted([*others, told])[-_KEPT:]))

    def answering(self, refused: Iterable[Refusal], taken: Iterable[str]) -> Heard:
        """With what was refused of it now; what was taken since is refused no more. taken: leaf hashes."""
        gone, fresh = set(taken), {one.leaf: one for one in refused}
        kept = [one for one in self.refused if one.leaf not in gone and one.leaf not in fresh]
        return replace(self, refused=(*kept, *fresh.values())[-_REFUSED:])


class Others:
    """The folder `stations/`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> list[Heard]:
        """Every device that was heard of, by name. Raises `Malformed("device.form")`."""
        return sorted(map(_read, self._folder.glob("*.json")), key=lambda one: str(one.key)) if self._folder.is_dir() else []

    def find(self, key: VerifierKey) -> Heard | None:
        """What is known of a device."""
        path = self.path(key)
        return _read(path) if path.exists() else None

    def named(self, name: str) -> list[Heard]:
        """The devices of a name; more than one only where a laptop was given a name that another has."""
        return [one for one in self.all() if one.name == name]

    def make_place(self, most: int) -> None:
        """For one more, where there are so many: of those that nobody admitted, the one that was not heard of for the longest time goes."""
        paths = list(self._folder.glob("*.json")) if self._folder.is_dir() else []
        if len(paths) >= most:
            for path in sorted(paths, key=lambda path: path.stat().st_mtime_ns):
                if _read(path).admitted is None:
                    path.unlink()
                    return

    def keep(self, one: Heard, lasting: bool = True) -> None:
        """Remember. :param lasting: through a power cut from now on; else it may be what was known before. Raises `OSError`."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        body = {
            "admitted": one.admitted,
            "areas": list(one.areas),
            "bundles": [told._asdict() for told in one.bundles],
            "key": str(one.key),
            "refused": [told._asdict() for told in one.refused],
        }
        put = write_durably if lasting else write_whole
        put(self.path(one.key), orjson.dumps(body, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE), 0o600)

    def path(self, key: VerifierKey) -> Path:
        """Where it is kept what is known of a device."""
        return self._folder / f"{key.name}-{key.public.hex()[:16]}.json"


def _read(path: Path) -> Heard:
    try:
        body = orjson.loads(read(path, _MOST))
    except ValueError:
        raise Malformed("device.form", path=str(path)) from None
    if not _SHAPE.ok(body):
        raise Malformed("device.form", path=str(path))
    bundles = tuple(Told(one["counter"], one["digest"], one["at"], one["size"], one["whole"]) for one in body["bundles"])
    refused = tuple(Refusal(one["leaf"], one["sid"], one["code"], one["facts"]) for one in body["refused"])
    return Heard(VerifierKey.parse(body["key"]), body["admitted"], tuple(body["areas"]), bundles, refused)
