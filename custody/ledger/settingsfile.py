"""The small files of a ledger folder that say what it is and where it lives: a few keys in TOML, read strictly (no spec chapter)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from custody.core.errors import Malformed, NoLedger
from custody.reading import NotToml, read, toml

FORMAT = 1
_MOST = 65_536  # bytes


def settings(path: Path, keys: Mapping[str, type]) -> dict[str, Any] | None:
    """The table in a file, with exactly these keys of these types, `format` among them; None where there is no file.

    :raises Malformed: `ledger.settings`. :raises NoLedger: `store.newer`.
    """
    try:
        table = toml(read(path, _MOST))
    except FileNotFoundError:
        return None
    except NotToml:
        raise Malformed("ledger.settings", path=str(path), key="-") from None
    version = table.get("format")
    if type(version) is int and version > FORMAT:
        raise NoLedger("store.newer", found=version, known=FORMAT)
    for key in sorted(table.keys() | keys.keys()):
        if type(table.get(key)) is not keys.get(key):
            raise Malformed("ledger.settings", path=str(path), key=key)
    return table
