"""PostgreSQL over TLS: a server on another computer proves who it is, or it is told nothing (ADR 0019).

The servers run here, and are called by a name as if they were elsewhere: what counts is what the address says.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from custody.core.errors import CustodyError
from custody.ledger.patience import PASSING
from custody.store.postgres import PostgresStore
from custody.store.postgres_base import Patience
from tests.cluster import Server, in_memory, own_place, require_server
from tests.faults.certificates import Authority
from tests.faults.load import Load, figures, lost_at
from tests.store.rows import rows

Note = Callable[[str, object], None]
NAME = "db1.contoh"


@dataclass
class Guarded:
    """A server that speaks TLS, the authority that the office knows, and one that it does not know."""

    server: Server
    known: Authority
    stranger: Authority
    impostor: Authority  # has the name of the known one, and a key of its own

    def url(self, authority: Path | None = None, port: int | None = None) -> str:
        root = f"&sslrootcert={authority or self.known.path}"
        return f"postgresql://custody_app@/ledger?host={NAME}&hostaddr=127.0.0.1&port={port or self.server.port}{root}"

    def shows(self, settings: dict[str, str]) -> None:
        """From its next start on the server shows this certificate, or none at all."""
        self.server.stop("fast")
        self.server.configure(**settings)
        self.server.start()


@pytest.fixture(scope="module")
def guarded() -> Iterator[Guarded]:
    require_server()
    server = Server(own_place(in_memory()))
    try:
        server.make()
        known = Authority.made(server.place / "known.crt")
        stranger, impostor = Authority.made(server.place / "a.crt", "Orang Lain"), Authority.made(server.place / "b.crt")
        server.start()
        server.prepared("ledger")
        with (server.data / "pg_hba.conf").open("r+") as file:
            lines = file.read()
            file.seek(0)
            file.write("hostnossl all custody_app all reject\n" + lines)
        yield Guarded(server, known, stranger, impostor)
    finally:
        server.throw_away()


def opened(url: str) -> Callable[[], PostgresStore]:
    return lambda: PostgresStore.open(url, Patience(wait=5.0, commit=5.0))


def test_a_server_that_proves_who_it_is_is_written_to(guarded: Guarded) -> None:
    guarded.shows(guarded.known.issue(guarded.server.place, NAME))
    with closing(opened(guarded.url())()) as store, store.write() as writer:
        writer.append(rows(writer.size(), writer.size() + 3))
        used = guarded.server.sql("SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'custody_app'")
    assert used == "t"


REFUSED: list[tuple[str, Callable[[Guarded, Path], dict[str, str]], str]] = [
    ("by an authority that nobody knows", lambda one, at: one.stranger.issue(at, NAME), "certificate verify failed"),
    ("by one of the same name", lambda one, at: one.impostor.issue(at, NAME), "signature failure"),
    ("expired yesterday", lambda one, at: one.known.issue(at, NAME, until=timedelta(days=-1)), "certificate verify failed"),
    ("for another server", lambda one, at: one.known.issue(at, "db2.contoh"), "does not match host name"),
    ("for its address alone", lambda one, at: one.known.issue(at, "127.0.0.1"), "does not match host name"),
    ("none", lambda one, at: {"ssl": "off"}, "server does not support SSL"),
]


@pytest.mark.parametrize(("name", "issued", "said"), REFUSED, ids=[name for name, *_ in REFUSED])
def test_a_server_that_does_not_is_told_nothing(
    guarded: Guarded, name: str, issued: Callable[[Guarded, Path], dict[str, str]], said: str
) -> None:
    guarded.shows(issued(guarded, guarded.server.place))
    with pytest.raises(CustodyError) as caught:
        opened(guarded.url())()
    assert caught.value.code == "database.tls" and said in str(caught.value.facts["reason"]), name
    assert caught.value.code not in PASSING, "told at once, not tried for half a minute"


def test_without_the_certificate_of_the_authority_nobody_is_believed(guarded: Guarded, tmp_path: Path) -> None:
    guarded.shows(guarded.known.issue(guarded.server.place, NAME))
    with pytest.raises(CustodyError, match=r"database\.tls") as caught:
        opened(guarded.url(tmp_path / "missing.crt"))()
    assert "root certificate file" in str(caught.value.facts["reason"])


def test_of_two_servers_the_unproven_one_is_named_and_the_other_one_waited_for(guarded: Guarded) -> None:
    """One is dead, and may be replaced in a moment; that the other one is no server of ours must be seen all the same."""
    guarded.shows(guarded.stranger.issue(guarded.server.place, NAME))
    both = guarded.url().replace(f"host={NAME}", f"host=db2.contoh,{NAME}").replace("hostaddr=127.0.0.1", "hostaddr=127.0.0.1,127.0.0.1")
    with pytest.raises(CustodyError, match=r"database\.unreachable") as caught:
        opened(both.replace("port=", "port=1,"))()
    assert "certificate verify failed" in str(caught.value.facts["reason"])


def test_a_certificate_that_is_changed_under_load_for_a_wrong_one_and_back(guarded: Guarded, record_property: Note) -> None:
    """As at a renewal gone wrong: the server reads it anew, lines that stand go on, new ones are refused."""
    guarded.shows(guarded.known.issue(guarded.server.place, NAME))
    load = Load(opened(guarded.url())).start()
    load.until(60)
    guarded.stranger.issue(guarded.server.place, NAME)
    guarded.server.sql("SELECT pg_reload_conf()", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'custody_app'")
    load.until_refused(code="database.tls")
    guarded.known.issue(guarded.server.place, NAME)
    guarded.server.sql("SELECT pg_reload_conf()")
    load.until(60)
    load.stop()
    missing = lost_at(load.acknowledged, opened(guarded.url()))
    figures(load, missing, record_property)
    assert missing == 0
    assert set(load.refused) <= {"database.tls", "database.lost", "database.unconfirmed"}
