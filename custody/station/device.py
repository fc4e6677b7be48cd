"""The device key of a laptop, and what the laptop keeps of its bundles in `device.json` (spec chapter 23, BUNDLE-6, BUNDLE-15).

The key lies open in its 0600 file, as a ledger key in file mode does: it signs bundles, opens what was encrypted to this laptop, and
nothing else. Whoever steals it can pretend to be this laptop, which shows (BUNDLE-15); he can sign for no person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import orjson

from custody.core import shapes as s
from custody.core.errors import KeyTrouble, Malformed
from custody.core.note import VerifierKey
from custody.core.schema import integer, many, null_or, one_of, record
from custody.durable import write_durably
from custody.reading import read
from custody.station import envelope, keyfile
from custody.station.keyfile import KeyFile

MOST_OWED = 500_000  # rows: more than all codes of a kabupaten
_MOST = 64 << 20  # bytes of device.json
_OWED = record({"counter": null_or(integer(1, 2**53 - 1)), "hash": s.HASH})
_SHAPE = record(
    {
        "counter": integer(0, 2**53 - 1),
        "format": integer(1, 1),
        "kind": one_of("office", "station"),
        "office": null_or(s.PERSON_KEY),
        "owed": many(_OWED, 0, MOST_OWED),
    }
)


@dataclass(frozen=True)
class Device:
    """This laptop: whether it is the office or a station, the counter of its last bundle, the office's device key as first heard.

    owed: hashes of private rows that the office has not confirmed, with the counter of the bundle they went out in, None before that.
    """

    kind: str
    counter: int = 0
    office: VerifierKey | None = None
    owed: tuple[tuple[str, int | None], ...] = ()

    @property
    def station(self) -> bool:
        """Whether this is a station: it has no ledger key, and what is signed here waits to reach the office."""
        return self.kind == "station"

    @classmethod
    def read(cls, path: Path) -> Device | None:
        """None where there is no such file. :raises Malformed: `device.form`."""
        try:
            body = orjson.loads(read(path, _MOST))
        except FileNotFoundError:
            return None
        except ValueError:
            raise Malformed("device.form", path=str(path)) from None
        if not _SHAPE.ok(body):
            raise Malformed("device.form", path=str(path))
        office = None if body["office"] is None else VerifierKey.parse(body["office"])
        return cls(body["kind"], body["counter"], office, tuple((one["hash"], one["counter"]) for one in body["owed"]))

    def write(self, path: Path) -> None:
        """Keep it, durably. Raises `OSError`."""
        body = {
            "counter": self.counter,
            "format": 1,
            "kind": self.kind,
            "office": None if self.office is None else str(self.office),
            "owed": [{"counter": counter, "hash": one} for one, counter in self.owed],
        }
        write_durably(path, orjson.dumps(body, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE), 0o600)

    def owing(self, hashes: dict[str, int | None]) -> Device:
        """With these rows owed."""
        return replace(self, owed=tuple(sorted(hashes.items())[:MOST_OWED]))


def new_key(path: Path, name: str, random: Callable[[int], bytes]) -> VerifierKey:
    """Make a device key, or give the one that is there under that name; `path` and `path`.pub.

    :raises KeyTrouble: `device.other-name`, and as `keyfile.new_key`.
    """
    if path.exists():
        known = keyfile.read_public(path)
        if known.name != name:
            raise KeyTrouble("device.other-name", path=str(path), name=known.name)
        return known
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return keyfile.new_key(path, name, None, random=random)


def open_key(path: Path) -> KeyFile:
    """The device key of this laptop. :raises KeyTrouble: as `keyfile.load_key`."""
    return keyfile.load_key(path, lambda: b"", unencrypted_allowed=True)


def opened(path: Path, sealed: bytes) -> bytes:
    """What was encrypted to the device key in `path`. :raises KeyTrouble: `device.sealed`, and as `open_key`."""
    open_key(path)  # rights and form first
    return envelope.opened(sealed, read(path, 1 << 16))
