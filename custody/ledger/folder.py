"""What lies where in a ledger folder (design chapter 3; no chapter of the spec).

ledger.db  private.db     the ledger, and what is kept out of it (store)
database.toml             instead of those two: which database holds both
policy                    the trust file (spec chapter 06)
custody.toml              which ledger this is, for people and programs that only look
keys/ledger               the ledger key, mode 0600
drafts/  outbox/          what is not yet signed by all; what is signed and waits for the ledger key, or to reach the office
device.json  keys/device  what this laptop keeps of its bundles; its device key (spec chapter 23)
stations/  bundles/       other devices as they were heard of; bundles that wait for what comes before them
address.json  network/    where the office answers over the network; what is under way there (spec chapter 24)
tls/                      an office's own certificate authority and certificate, where it has one
evidence/                 what shows a second history under one ledger key
invitations/              who was asked to make a key and has not been enrolled
founding/                 the ceremony, while it lasts and as it was
"""

from dataclasses import dataclass
from pathlib import Path

from custody.core.errors import NoLedger
from custody.ledger.settingsfile import FORMAT, settings

_HEAD = "# Buku besar custody. Jangan diubah dengan tangan. / A ledger of custody. Not to be edited by hand.\n"
_KEYS = {"format": int, "origin": str, "founding": str, "operation": str, "drill": bool}


@dataclass(frozen=True)
class Folder:
    """The paths inside one ledger folder."""

    path: Path

    @property
    def db(self) -> Path:
        return self.path / "ledger.db"

    @property
    def database(self) -> Path:
        """Names the database where the rows lie, if they lie in one (`dwelling.py`)."""
        return self.path / "database.toml"

    @property
    def private(self) -> Path:
        return self.path / "private.db"

    @property
    def policy(self) -> Path:
        return self.path / "policy"

    @property
    def settings(self) -> Path:
        return self.path / "custody.toml"

    @property
    def key(self) -> Path:
        return self.path / "keys" / "ledger"

    @property
    def drafts(self) -> Path:
        return self.path / "drafts"

    @property
    def outbox(self) -> Path:
        return self.path / "outbox"

    @property
    def device(self) -> Path:
        return self.path / "device.json"

    @property
    def device_key(self) -> Path:
        return self.path / "keys" / "device"

    @property
    def stations(self) -> Path:
        return self.path / "stations"

    @property
    def bundles(self) -> Path:
        return self.path / "bundles"

    @property
    def address(self) -> Path:
        return self.path / "address.json"

    @property
    def network(self) -> Path:
        return self.path / "network"

    @property
    def tls(self) -> Path:
        return self.path / "tls"

    @property
    def evidence(self) -> Path:
        return self.path / "evidence"

    @property
    def invitations(self) -> Path:
        return self.path / "invitations"

    @property
    def founding(self) -> Path:
        return self.path / "founding"

    @property
    def whole(self) -> bool:
        """Whether a founding went to its end here: everything lies where it belongs."""
        return (
            self.kept and all(path.exists() for path in (self.policy, self.settings)) and (self.database.exists() or self.private.exists())
        )

    @property
    def kept(self) -> bool:
        """Whether rows of a ledger are to be found from here: in a file, or in the database that a file names."""
        return self.db.exists() or self.database.exists()

    def require(self) -> None:
        """:raises NoLedger: `ledger.none`; `ledger.unfounded` where a founding has begun; `station.unjoined` at a laptop
        that asked for a place at an office and has read no bundle of it yet.
        """
        if not self.path.is_dir():
            raise NoLedger("ledger.none", path=str(self.path))
        if not self.kept:
            began = self.founding.is_dir() and any(self.founding.iterdir())
            code = "ledger.unfounded" if began else "station.unjoined" if self.device_key.exists() else "ledger.none"
            raise NoLedger(code, path=str(self.path))


@dataclass(frozen=True)
class Identity:
    """What `custody.toml` says: which ledger this is. Nothing is decided by it; entry 0 is what counts."""

    origin: str
    founding: str
    operation: str
    drill: bool
    format: int = FORMAT

    def text(self) -> str:
        """The file."""
        rows = [f"{name} = {_toml(getattr(self, name))}\n" for name in _KEYS]
        return _HEAD + "".join(rows)

    @classmethod
    def read(cls, path: Path) -> "Identity | None":
        """None where there is no file. :raises Malformed: `ledger.settings`. :raises NoLedger: `store.newer`."""
        table = settings(path, _KEYS)
        return None if table is None else cls(**table)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
