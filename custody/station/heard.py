"""What a laptop has heard of other devices: a file each in `stations/`, with every bundle's counter, and who was copied (BUNDLE-15).

The first line of a file is all that was known when it was written; each line behind it is one bundle more. Those are not synced: a power
cut may take the last away, or leave it half, and then that bundle counts as not heard of: its sender, and this laptop, tell it again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from custody.core import shapes as s
from custody.core.bundle import Head, Refusal, spans
from custody.core.errors import Malformed
from custody.core.note import VerifierKey
from custody.core.schema import BOOLEAN, integer, many, null_or, record, text
from custody.durable import append_whole, write_durably, write_whole
from custody.reading import read

_MOST = 16 << 20
_KEPT = 8_192  # bundles of one device that are remembered
_REFUSED = 512
_TAIL = 1 << 16  # bytes of single bundles from which on a file is written anew
_BUNDLE = record({"at": s.MOMENT, "counter": integer(1, 2**53 - 1), "digest": s.HASH, "size": s.SIZE, "whole": BOOLEAN})
_REFUSALS = many(record({"code": text(64), "facts": text(1_000), "leaf": s.HASH, "sid": s.HASH}), 0, _REFUSED)
_SHAPE = record(
    {
        "admitted": null_or(s.MOMENT),
        "areas": s.PLACES,
        "bundles": many(_BUNDLE, 0, _KEPT),
        "key": s.PERSON_KEY,
        "refused": _REFUSALS,
    }
)
_NEWS = record({"bundle": _BUNDLE, "refused": _REFUSALS, "taken": many(s.HASH, 0, _REFUSED)})


class Told(NamedTuple):
    """A bundle that was heard of: its counter, the digest of its head, its sender's clock and size, and whether it was read to its end."""

    counter: int
    digest: str
    at: str
    size: int
    whole: bool


class News(NamedTuple):
    """One bundle that was heard: what was refused of it, and leaf hashes of what was taken."""

    told: Told
    refused: tuple[Refusal, ...] = ()
    taken: frozenset[str] = frozenset()

    @classmethod
    def of(cls, head: Head, whole: bool, size: int) -> News:
        """Of a bundle of this head. size: how many entries its sender has, as far as that is believed."""
        return cls(Told(head.counter, head.digest, head.at, size, whole))


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

    def hearing(self, *news: News) -> Heard:
        """With these bundles. What was taken since is refused no more."""
        bundles = {one[:2]: one for one in self.bundles}
        refused = {one.leaf: one for one in self.refused}
        for one in news:
            known = bundles.get(one.told[:2])
            bundles[one.told[:2]] = one.told._replace(whole=one.told.whole or (known is not None and known.whole))
            for leaf in (*one.taken, *(fresh.leaf for fresh in one.refused)):
                refused.pop(leaf, None)
            refused |= {fresh.leaf: fresh for fresh in one.refused}
        kept = tuple(sorted(bundles.values())[-_KEPT:])
        return replace(self, bundles=kept, refused=tuple(refused.values())[-_REFUSED:])


class _Kept(NamedTuple):
    """A file as it was read. tail: bytes behind its first line; clean: each line of it was whole."""

    heard: Heard
    tail: int
    clean: bool


class Others:
    """The folder `stations/`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> list[Heard]:
        """Every device that was heard of, by name. Raises `Malformed("device.form")`."""
        found = [_read(path).heard for path in self._folder.glob("*.json")] if self._folder.is_dir() else []
        return sorted(found, key=lambda one: str(one.key))

    def find(self, key: VerifierKey) -> Heard | None:
        """What is known of a device."""
        path = self.path(key)
        return _read(path).heard if path.exists() else None

    def named(self, name: str) -> list[Heard]:
        """The devices of a name; more than one only where a laptop was given a name that another has."""
        return [one for one in self.all() if one.name == name]

    def make_place(self, most: int) -> None:
        """For one more, where there are so many: of those that nobody admitted, the one that was not heard of for the longest time goes."""
        paths = list(self._folder.glob("*.json")) if self._folder.is_dir() else []
        if len(paths) >= most:
            for path in sorted(paths, key=lambda path: path.stat().st_mtime_ns):
                if _read(path).heard.admitted is None:
                    path.unlink()
                    return

    def hear(self, key: VerifierKey, news: News) -> Heard:
        """Remember one bundle of a device; returns what is known of it now. A power cut may forget it. Raises `OSError`."""
        path = self.path(key)
        before = _read(path) if path.exists() else None
        known = Heard(key) if before is None else before.heard
        news = news._replace(taken=news.taken & {one.leaf for one in known.refused}, refused=news.refused[-_REFUSED:])
        heard = known.hearing(news)
        if before is None or not before.clean or before.tail > _TAIL:
            self.keep(heard, lasting=False)
        else:
            append_whole(path, _line(news), lasting=False)
        return heard

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


def _line(news: News) -> bytes:
    refused = [one._asdict() for one in news.refused]
    body = {"bundle": news.told._asdict(), "refused": refused, "taken": sorted(news.taken)}
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def _read(path: Path) -> _Kept:
    first, _, tail = read(path, _MOST).partition(b"\n")
    body = _parsed(first)
    if not _SHAPE.ok(body):
        raise Malformed("device.form", path=str(path))
    heard = Heard(VerifierKey.parse(body["key"]), body["admitted"], tuple(body["areas"]), _told(body["bundles"]), _refused(body["refused"]))
    if not tail:
        return _Kept(heard, 0, True)
    lines = [one for line in tail.removesuffix(b"\n").split(b"\n") if _NEWS.ok(one := _parsed(line))]
    news = [News(_told([one["bundle"]])[0], _refused(one["refused"]), frozenset(one["taken"])) for one in lines]
    return _Kept(heard.hearing(*news), len(tail), tail.endswith(b"\n") and len(lines) == tail.count(b"\n"))


def _parsed(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except ValueError:
        return None


def _told(rows: list[dict[str, Any]]) -> tuple[Told, ...]:
    return tuple(Told(one["counter"], one["digest"], one["at"], one["size"], one["whole"]) for one in rows)


def _refused(rows: list[dict[str, Any]]) -> tuple[Refusal, ...]:
    return tuple(Refusal(one["leaf"], one["sid"], one["code"], one["facts"]) for one in rows)
