"""Where the office answers over the network, as `address.json` keeps it at the office and at its stations (spec chapter 24)."""

from __future__ import annotations

from pathlib import Path

import orjson

from custody.core import canonical
from custody.core.bundle import Address, Answers
from custody.core.errors import CustodyError, Malformed
from custody.durable import write_durably
from custody.reading import read

_MOST = 16_384


def read_address(path: Path) -> Address | None:
    """None where nobody has told one. :raises Malformed: `network.address`."""
    try:
        body = orjson.loads(read(path, _MOST))
        return Answers.parse(canonical.encode({"heard": [], "network": body, "refused": []})).network
    except FileNotFoundError:
        return None
    except (ValueError, CustodyError):
        raise Malformed("network.address", path=str(path)) from None


def keep_address(path: Path, address: Address | None) -> None:
    """Remember it, durably; None changes nothing: an office that does not serve now may serve again. Raises `OSError`."""
    if address is not None and (not path.exists() or read_address(path) != address):
        write_durably(path, canonical.encode(dict(address._asdict())) + b"\n", 0o600)
