"""Where the rows of a ledger lie: in the folder's own two files, or in a database that `database.toml` names (ADR 0019; no spec chapter).

Guard, keys, drafts and outbox stay with the folder in either case. The file holds no password. When a ledger comes back from a database the
file stays and says so: a move that was cut off finds there where it came from.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from custody.core.errors import Malformed
from custody.durable import write_durably
from custody.ledger.settingsfile import FORMAT, settings

IN_DATABASE, IN_FOLDER = "database", "folder"
_KEYS = {"format": int, "url": str, "lives": str}
_HEAD = """\
# Basis data tempat buku besar ini hidup. Tanpa kata sandi: itu ada di ~/.pgpass.
# The database in which this ledger lives. No password here: that is in ~/.pgpass.
"""


@dataclass(frozen=True)
class Dwelling:
    """`lives` is "database" or "folder"; `url` names the database, also the one that was left."""

    url: str
    lives: str = IN_DATABASE

    @classmethod
    def read(cls, path: Path) -> "Dwelling | None":
        """None where there is no file. :raises Malformed: `ledger.settings`. :raises NoLedger: `store.newer`."""
        table = settings(path, _KEYS)
        if table is None:
            return None
        if table["lives"] not in (IN_DATABASE, IN_FOLDER):
            raise Malformed("ledger.settings", path=str(path), key="lives")
        return cls(table["url"], table["lives"])

    def write(self, path: Path) -> None:
        """Put it in place of what is there, durably. Raises `OSError`."""
        quoted = self.url.replace("\\", "\\\\").replace('"', '\\"')
        write_durably(path, f'{_HEAD}format = {FORMAT}\nurl = "{quoted}"\nlives = "{self.lives}"\n'.encode(), 0o600)

    def back(self) -> "Dwelling":
        """The ledger lives in the folder again."""
        return replace(self, lives=IN_FOLDER)


def url_of(path: Path) -> str | None:
    """The database in which the ledger lives; None when it lives in the folder. Raises as `Dwelling.read`."""
    found = Dwelling.read(path)
    return found.url if found is not None and found.lives == IN_DATABASE else None
