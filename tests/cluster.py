"""Throw-away PostgreSQL servers for the tests: made, started, cut off and thrown away by the account `postgres` where we are root.

One server for each process of pytest, started when a test first asks; each test gets a database of its own. Where no server can be started
the tests skip and say why.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from custody.store.postgres_address import address
from custody.store.postgres_schema import APPLICATION, setup_sql
from fixtures.ports import free_port

ACCOUNT = "postgres"
_ALWAYS = {
    "listen_addresses": "'127.0.0.1'",
    "max_connections": "100",
    "shared_buffers": "16MB",
    "wal_level": "replica",
    "dynamic_shared_memory_type": "mmap",  # else a server that is killed leaves files in memory for ever
    "min_wal_size": "32MB",
    "max_wal_size": "64MB",
}
# Where pytest itself is killed, its end of the pipe closes, and nobody would stop the server.
_WATCH = 'read said && exit; kill -QUIT "$1"; sleep 2; rm -rf "$2"'
# In memory a sync costs nothing, and the server need not be told to leave it out. What survives a loss of power is asked elsewhere.
_MEMORY = Path("/dev/shm")
_ROOM = 1 << 29  # bytes


def programs() -> Path | None:
    """The folder of initdb, pg_ctl and the others; Debian keeps them out of the PATH."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "initdb").exists() and (place / "pg_ctl").exists()), None)


def why_not() -> str:
    """Why no server can be started here; empty when it can."""
    if os.name != "posix":
        return "PostgreSQL servers are started on POSIX systems only"
    if programs() is None:
        return "no PostgreSQL server programs (Debian: apt install postgresql)"
    if os.getuid() == 0:
        import pwd

        try:
            pwd.getpwnam(ACCOUNT)
        except KeyError:
            return f"PostgreSQL does not run as root and there is no account {ACCOUNT}"
        if shutil.which("runuser") is None:
            return "PostgreSQL does not run as root and there is no runuser"
    return ""


def servers() -> str:
    """The versions of what is broken on purpose here."""
    place = programs()
    asked = [[str(place / "postgres"), "--version"]] if place is not None else []
    asked += [["etcd", "--version"], ["uname", "-r"]]
    said = []
    for words in asked:
        with suppress(OSError):
            done = subprocess.run(words, capture_output=True, text=True, check=False)
            said.append(" ".join((done.stdout or done.stderr).split("\n")[0].split()))
    return " · ".join(said)


def as_account(*words: str) -> list[str]:
    """A command line that runs as the account of the servers."""
    return ["runuser", "-u", ACCOUNT, "--", *words] if os.getuid() == 0 else [*words]


def in_memory() -> Path | None:
    """A folder whose files lie in memory, if there is one with room."""
    try:
        return _MEMORY if shutil.disk_usage(_MEMORY).free > _ROOM and os.access(_MEMORY, os.W_OK) else None
    except OSError:
        return None


def own_place(parent: Path | None = None) -> Path:
    """A new folder that belongs to the account of the servers; all of its parents must be open to it."""
    place = Path(tempfile.mkdtemp(prefix="custody-pg-", dir=parent))
    if os.getuid() == 0:
        shutil.chown(place, ACCOUNT)
    place.chmod(0o755)
    return place


@dataclass
class Server:
    """One server: its folder (data below it), port and settings."""

    place: Path
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)
    name: str = "data"
    environ: dict[str, str] = field(default_factory=dict)  # of the server
    _watcher: subprocess.Popen[bytes] | None = None
    first: int = 0  # the process number of the server, also when its disk can no longer be read

    @property
    def data(self) -> Path:
        return self.place / self.name

    def make(self) -> None:
        """initdb. Its own syncs are left out: nothing has been acknowledged yet."""
        self.run("initdb", "-D", str(self.data), "-A", "trust", "-U", "postgres", "-k", "--no-sync", "-E", "UTF8", "--locale=C")
        self.configure(**_ALWAYS, unix_socket_directories=f"'{self.place}'", **self.settings)

    def configure(self, **settings: str) -> None:
        """More settings, for the next start."""
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(f"port = {self.port}\n" + "".join(f"{name} = {value}\n" for name, value in settings.items()))

    def start(self) -> None:
        log = self.place / f"{self.name}.log"
        try:
            self.run("pg_ctl", "-D", str(self.data), "-l", str(log), "-w", "-t", "60", "start", environ=self.environ)
        except subprocess.CalledProcessError as error:
            said = log.read_text(errors="replace")[-2000:] if log.exists() else ""
            raise RuntimeError(f"the server did not start: {error.stderr!r} {said}") from error
        self.first = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        self._let_go()
        self._watcher = subprocess.Popen(["sh", "-c", _WATCH, "sh", str(self.first), str(self.place)], stdin=subprocess.PIPE, cwd="/")

    def stop(self, how: str = "immediate") -> None:
        self._let_go()
        with suppress(subprocess.CalledProcessError):
            self.run("pg_ctl", "-D", str(self.data), "-m", how, "-w", "stop")

    def promote(self) -> None:
        self.run("pg_ctl", "-D", str(self.data), "-w", "promote")

    def family(self) -> list[int]:
        """The server's processes, the first one first."""
        listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.first)], capture_output=True, text=True, check=False).stdout
        return [self.first, *map(int, listed.split())]

    def kill(self) -> None:
        """kill -9 of the server and all of its children, as a machine dies."""
        self._let_go()
        for one in self.family():
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        until = time.monotonic() + 10
        while self.answers() and time.monotonic() < until:
            time.sleep(0.02)

    def forget(self) -> None:
        """After a real loss of power no process has the number that the files of the former server name."""
        for path in (self.data / "postmaster.pid", *self.place.glob(".s.PGSQL.*")):
            path.unlink(missing_ok=True)

    def answers(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(0.5)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def sql(self, *statements: str, database: str = "postgres") -> str:
        """Run each as the administrator; what the last one answers, bare."""
        words = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres"]
        asked = [part for statement in statements for part in ("-c", statement)]
        return self.run(*words, "-d", database, *asked).strip()

    def run(self, program: str, *words: str, text: str | None = None, environ: dict[str, str] | None = None) -> str:
        place = programs()
        assert place is not None
        around = ["env", *(f"{name}={value}" for name, value in environ.items())] if environ else []
        line = as_account(*around, str(place / program), *words)
        done = subprocess.run(line, input=text, capture_output=True, text=True, check=True, cwd="/")
        return done.stdout

    def prepared(self, database: str) -> str:
        """A new database with the tables of a ledger; returns its URL for the application."""
        self.sql(f"CREATE DATABASE {database}")
        self.run(
            *("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", database),
            text=setup_sql(),
        )
        return self.url(database)

    def url(self, database: str) -> str:
        return address("127.0.0.1", self.port, database, APPLICATION)

    def _let_go(self) -> None:
        """The watcher is told that this process cares for the server itself."""
        if self._watcher is not None:
            self._watcher.communicate(b"done\n")
            self._watcher = None

    def throw_away(self) -> None:
        self.stop()
        shutil.rmtree(self.place, ignore_errors=True)


def require_server() -> None:
    """Skip, and say why, where no server can be started."""
    pytest.importorskip("psycopg", reason="psycopg is not installed (extra postgres)")
    if reason := why_not():
        pytest.skip(reason)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Server]:
    """The server of this process of pytest, with a prepared database `template_ledger` to copy from."""
    require_server()
    server = Server(own_place(in_memory()))
    try:
        server.make()
        server.start()
        server.prepared("template_ledger")
        yield server
    finally:
        server.throw_away()


@pytest.fixture
def database(cluster: Server) -> Iterator[str]:
    """The URL of an empty, prepared database."""
    url = copied(cluster)
    yield url
    dropped(cluster, url)


def copied(server: Server) -> str:
    """One more empty, prepared database."""
    name = f"ledger_{next(_NUMBERS)}"
    server.sql(f"CREATE DATABASE {name} TEMPLATE template_ledger", f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
    server.sql(f"GRANT CONNECT ON DATABASE {name} TO {APPLICATION}")
    return server.url(name)


def dropped(server: Server, url: str) -> None:
    found = re.search(r"/(\w+)\?", url)
    assert found is not None
    server.sql(f"DROP DATABASE {found[1]} WITH (FORCE)")


_NUMBERS = iter(range(1, 1_000_000))
