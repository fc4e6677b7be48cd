"""Where a PostgreSQL ledger lies: a connection URL as libpq reads it, without a password. Keeps design chapter 3, "store"; ADR 0019.

Several hosts may stand in it (`postgresql://custody_app@db1,db2,db3/custody`): the one that can be written is found by itself, also after a
failover. The password comes from the file `~/.pgpass`, from the file that PGPASSFILE names, or from `passfile=` in the URL.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
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
_SECRET = ("password", "sslpassword", "oauth_client_secret")


@dataclass(frozen=True)
class Address:
    """A URL that was read, and what libpq is given for it."""

    url: str
    values: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, url: str) -> Address:
        """:raises Malformed: `database.url`. :raises Refused: `database.secret` for a password in it, `database.driver` without psycopg."""
        psycopg = driver()
        if not url.startswith(("postgresql://", "postgres://")):
            raise Malformed("database.url", url=_shown(url), reason="postgresql://")
        try:
            found = {name: str(value) for name, value in psycopg.conninfo.conninfo_to_dict(url).items()}
        except psycopg.Error as error:
            raise Malformed("database.url", url=_shown(url), reason=str(error).strip().partition(': "')[0]) from None
        if any(name in found for name in _SECRET):
            raise Refused("database.secret")
        if not found.get("dbname"):
            raise Malformed("database.url", url=url, reason="dbname")
        return cls(url, tuple(sorted({**_DEFAULTS, **found}.items())))

    @property
    def database(self) -> str:
        """The name of the database."""
        return dict(self.values)["dbname"]

    def connected(self, options: str, only: tuple[str, int] | None = None) -> Any:
        """A new connection; `options` are settings of its session, `only` the one server to ask. Raises psycopg's own errors."""
        values = dict(self.values)
        if only is not None:
            values = {name: value for name, value in values.items() if name != "hostaddr"} | {"host": only[0], "port": str(only[1])}
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


def _shown(url: str) -> str:
    """A URL that could not be read may hold a password anywhere: only its beginning is repeated."""
    return url.partition("@")[0][:12] + "…" if "@" in url else url[:40]
