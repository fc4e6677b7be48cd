"""Where a PostgreSQL ledger lies: a connection URL as libpq reads it, without a password. Keeps design chapter 3, "store"; ADR 0019.

Several hosts may stand in it (`postgresql://custody_app@db1,db2,db3/custody`): the one that can be written is found by itself, also after a
failover. The password comes from the file `~/.pgpass`, from the file that PGPASSFILE names, or from `passfile=` in the URL.
A server on another computer must prove by TLS who it is, else whoever stands on the line could answer "recorded" in its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, NamedTuple
from urllib.parse import quote

from custody.core.errors import Malformed, Refused

# What holds where the URL says nothing else. Times in seconds, tcp_user_timeout in milliseconds.
_DEFAULTS = {
    "target_session_attrs": "read-write",
    "load_balance_hosts": "random",  # a former leader that still answers is not asked first each time
    "connect_timeout": "3",
    "tcp_user_timeout": "10000",
    "keepalives": "1",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "application_name": "custody",
    "client_encoding": "UTF8",
}
# A server on another computer shows a certificate by a known authority for the name that it is called by (libpq, "SSL Support").
_PROVEN = {"sslmode": "verify-full", "gssencmode": "disable"}
_SECRET = ("password", "sslpassword", "oauth_client_secret")


class Server(NamedTuple):
    """One server: the name that it must prove, the address behind it, and its port."""

    name: str
    address: str
    port: int


@dataclass(frozen=True)
class Address:
    """A URL that was read, and what libpq is given for it."""

    url: str
    values: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, url: str) -> Address:
        """Reads one, and what holds where it says nothing.

        :raises Malformed: `database.url`. :raises Refused: `database.secret` for a password in it, `database.driver` without psycopg,
        `database.sslmode` where a server on another computer would not have to prove who it is.
        """
        psycopg = driver()
        if not url.startswith(("postgresql://", "postgres://")):
            raise Malformed("database.url", url=_shown(url), reason="postgresql://")
        try:
            found = {name: str(value) for name, value in psycopg.conninfo.conninfo_to_dict(url).items()}
        except (psycopg.Error, UnicodeError) as error:
            raise Malformed("database.url", url=_shown(url), reason=str(error).strip().partition(': "')[0]) from None
        if any(name in found for name in _SECRET):
            raise Refused("database.secret")
        if not found.get("dbname"):
            raise Malformed("database.url", url=url, reason="dbname")
        proven = {} if _here(found) else _PROVEN
        for name, right in proven.items():
            if found.get(name, right) != right:
                raise Refused("database.sslmode", name=name, value=found[name], right=right)
        return cls(url, tuple(sorted({**_DEFAULTS, **proven, **found}.items())))

    @property
    def database(self) -> str:
        """The name of the database."""
        return dict(self.values)["dbname"]

    def connected(self, options: str, only: Server | None = None) -> Any:
        """A new connection; `options` are settings of its session, `only` the one server to ask. Raises psycopg's own errors."""
        values = dict(self.values)
        if only is not None:
            named = {"host": only.name, "hostaddr": only.address, "port": str(only.port)}
            values |= {name: value for name, value in named.items() if name in values or name != "hostaddr"}
        given = values.pop("options", "")
        return driver().connect("", **values, options=f"{options} {given}".strip())


def address(host: str, port: int, database: str, user: str) -> str:
    """A URL from its parts; a host that is a path is the folder of a local socket."""
    return f"postgresql://{quote(user)}@/{quote(database)}?host={quote(host, safe='/')}&port={port}"


def driver() -> Any:
    """psycopg, which comes with the extra `postgres`. :raises Refused: `database.driver`."""
    try:
        import psycopg
        import psycopg.conninfo
    except ImportError as error:
        raise Refused("database.driver", reason=str(error)) from error
    return psycopg


def _here(found: Mapping[str, str]) -> bool:
    """Whether all servers of an address are on this computer for certain; a name that is looked up elsewhere may be anybody's."""
    named = [one for name in ("host", "hostaddr") for one in found.get(name, "").split(",") if name in found]
    return bool(named) and all(_local(one) for one in named)


def _local(name: str) -> bool:
    """The folder of a socket, or the loopback interface."""
    try:
        return name == "localhost" or name.startswith(("/", "@")) or ip_address(name).is_loopback
    except ValueError:
        return False


def _shown(url: str) -> str:
    """A URL that could not be read may hold a password anywhere: only its beginning is repeated."""
    return url.partition("@")[0][:12] + "…" if "@" in url else url[:40]
