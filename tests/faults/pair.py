"""A primary and its synchronous standby on this machine: made, broken and replaced (ADR 0019)."""

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fixtures.ports import free_port
from tests.cluster import Server, in_memory, own_place
from tests.line import Line

# From the start: a standby that waits five seconds before it looks again makes every promotion as long.
_PRIMARY = {
    "max_wal_senders": "5",
    "max_replication_slots": "5",
    "wal_log_hints": "on",
    "hot_standby": "on",
    "wal_retrieve_retry_interval": "200ms",
    "wal_receiver_timeout": "10s",
    "wal_sender_timeout": "10s",
    "synchronous_commit": "on",
}


@dataclass
class Pair:
    """`url` names both servers; whoever can be written is found."""

    primary: Server
    standby: Server
    line: Line
    url: str

    @classmethod
    def made(cls, delay: float = 0.0, synchronous: bool = True, place: Path | None = None) -> "Pair":
        """Both running, the standby in step. :param delay: seconds each way between them."""
        primary = Server(own_place(place or in_memory()), settings=dict(_PRIMARY))
        primary.make()
        with (primary.data / "pg_hba.conf").open("a") as file:
            file.write("host replication rep 127.0.0.1/32 trust\n")
        primary.start()
        line = Line(primary.port, delay)
        primary.sql("CREATE ROLE rep REPLICATION LOGIN", "SELECT pg_create_physical_replication_slot('s')")
        one = primary.prepared("ledger")
        standby = Server(primary.place, free_port(), name="standby")
        words = ("-h", "127.0.0.1", "-p", str(line.port), "-U", "rep", "-D", str(standby.data), "-R", "-X", "stream", "-S", "s")
        primary.run("pg_basebackup", *words, "-c", "fast", "--no-sync")
        auto = standby.data / "postgresql.auto.conf"
        auto.write_text(auto.read_text().replace("primary_conninfo = '", "primary_conninfo = 'application_name=s "))
        standby.configure(cluster_name="'s'")
        standby.start()
        if synchronous:
            primary.sql("ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (s)'", "SELECT pg_reload_conf()")
        pair = cls(primary, standby, line, one.replace("host=127.0.0.1&port=", "host=127.0.0.1,127.0.0.1&port=") + f",{standby.port}")
        pair.wait("sync" if synchronous else "async")
        return pair

    def wait(self, state: str, seconds: float = 30.0) -> None:
        """Until the primary says so of its standby."""
        end = time.monotonic() + seconds
        while self.primary.sql("SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming'") != state:
            if time.monotonic() > end:
                raise TimeoutError(f"the standby is not {state}: {(self.primary.place / 'standby.log').read_text()[-1000:]}")
            time.sleep(0.05)

    def url_of(self, server: Server) -> str:
        return server.url("ledger")

    def throw_away(self) -> None:
        for server in (self.standby, self.primary):
            with suppress(OSError):
                server.stop()
        self.line.close()
        self.primary.throw_away()
