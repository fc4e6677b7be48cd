"""One SQLite file under our rules: how it is opened, written, read, tidied and closed. Keeps design chapter 3 (transaction rules).

WAL and synchronous=FULL: a commit is one sync of the log. SQLite would now and then fold the log into the file inside a commit, and the
first commit of a fresh log pays a second sync; both are taken out of the way of an append and done by `tidy()` and `close()`, by the one
who holds the lock.
Readers never fold anything: they open the file read-only. SQLite before 3.51.3 can damage a file when two connections write or fold at the
same time; the lock file keeps that to one.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.engine import ExceptionContext

from custody.core.errors import Altered, CustodyError, Locked, Refused
from custody.durable import sync_folder
from custody.store.layout import Layout
from custody.store.lock import TurnLock
from custody.store.mounts import refuse_network
from custody.store.trouble import TROUBLE, speaking, translate

WAIT = 20.0  # seconds that a writer waits for its turn
LOG_PAGES = 2048  # of 4 KiB; from here on tidy() folds the log into the file
_MOST_PAGES = 8 * LOG_PAGES  # a caller who never tidies gets it folded before a write
_KEPT_LOG = 4 * LOG_PAGES * 4096  # bytes: a log is written over again where it lies, which is faster than letting it grow anew
_PAGES_A_COMMIT, _PAGES_A_ROW = 5, 2  # measured at 10,000 entries: one entry a commit writes 5 pages, a hundred write 170

_ALWAYS = ("trusted_schema=OFF", "cell_size_check=ON", "foreign_keys=ON", "recursive_triggers=ON")
_WRITER = ("synchronous=FULL", "wal_autocheckpoint=0", "journal_size_limit={kept}", "busy_timeout={wait}")


@dataclass(frozen=True)
class Setup:
    """What is special about one file: its layout, its rights when made (None: as the umask says) and how long writers wait (seconds)."""

    layout: Layout
    rights: int | None = None
    wait: float = WAIT
    network: Callable[[Path], str | None] | None = None


class Database:
    """An open file. Threads may share it; a forked child must open its own, Refused("store.fork").

    While it is open, nothing else in this process may open and close the same file, not even to read it: that drops SQLite's locks (fcntl
    locks belong to the process). To copy a file in use there is `copy`.
    """

    def __init__(self, path: Path, setup: Setup) -> None:
        """Use `create` or `open`; this alone checks nothing."""
        self.path = path
        self._wait = setup.wait
        self._pid = os.getpid()
        self._lock = TurnLock(path.with_suffix(".lock"), setup.wait)
        self._reader = self._engine(self._connect_reader, "BEGIN", pool_size=4, overflow=-1)
        self._writer = self._engine(self._connect_writer, "BEGIN IMMEDIATE", pool_size=1, overflow=0)
        self._wrote = self._primed = False
        self._log = 0  # pages, roughly. Never look into -shm for it: closing that file would drop SQLite's own locks on it (fcntl)

    @classmethod
    def create(cls, path: Path, setup: Setup) -> Database:
        """Makes the file, durably, and opens it. Refused("store.exists" | "store.network" | "store.readonly" | "store.full")."""
        refuse_network(path.parent, setup.network)
        with speaking(path):
            if not path.exists():  # an empty file, left by a crash in the middle of this, will do
                _make_file(path, setup.rights)
        database = cls(path, setup)
        with database._or_closed():
            database._refuse_used(setup.layout)
            with database.writing() as connection:
                setup.layout.create(connection)
            with database._lock.held():
                database._fold("TRUNCATE")
        return database

    @classmethod
    def open(cls, path: Path, setup: Setup) -> Database:
        """Opens what is there, without writing. Refused("store.network"), NoLedger("store.missing" …) and what `Layout.check` raises."""
        refuse_network(path.parent, setup.network)
        with speaking(path):
            path.stat()
        database = cls(path, setup)
        with database._or_closed(), database.reading() as connection:
            setup.layout.check(connection)
        return database

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot; from the first question on it does not change."""
        self._same_process()
        with self._reader.connect() as connection:
            transaction = connection.begin()
            try:
                yield connection
            finally:
                transaction.rollback()  # a commit would ask a spoiled file once more, and fail

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The one write transaction: durable when the block was left without error, undone when not."""
        self._same_process()
        with self._lock.held():
            self._wrote = True
            if self._log > _MOST_PAGES:
                self._fold("PASSIVE")
            with self._writer.connect() as connection:
                before = _raw(connection).total_changes
                with connection.begin():
                    yield connection
                self._log += _PAGES_A_COMMIT + _PAGES_A_ROW * (_raw(connection).total_changes - before)

    def tidy(self, prime: str) -> None:
        """Folds a long log into the file and starts a fresh one with `prime` (SQL), so that the next append pays one sync.

        Does so at the first call, when the log is what others left, and whenever this process has written about LOG_PAGES since; else
        nothing, and nothing while another process writes.
        """
        self._same_process()
        if self._primed and self._log < LOG_PAGES:
            return
        with suppress(Locked), self._lock.held(wait=0.0):
            self._wrote = True
            self._fold("PASSIVE")
            with self._writer.connect() as connection, connection.begin():
                connection.exec_driver_sql(prime)
            self._primed = True

    def examine(self) -> None:
        """SQLite's own check of pages and indexes; Altered("store.damaged"). It overlooks most flips in bodies: those the judge finds."""
        with self.reading() as connection:
            said = str(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one())
        if said != "ok":
            raise Altered("store.damaged", path=str(self.path), reason=said)

    def copy(self, target: Path) -> None:
        """A consistent copy of the committed state into a new file, while others go on writing. Refused("store.exists")."""
        with speaking(target):
            _make_file(target, self.path.stat().st_mode & 0o777)
            with self.reading() as connection, closing(sqlite3.connect(target)) as into:
                _raw(connection).backup(into, pages=-1)

    def close(self) -> None:
        """Folds the log if nobody else is writing, then lets go."""
        own = self._pid == os.getpid()  # what a forked child got from its parent it only forgets
        self._reader.dispose(close=own)
        if self._wrote and own:
            with suppress(CustodyError), self._lock.held(wait=0.0):
                self._fold("TRUNCATE")
                self._writer.dispose()
        self._writer.dispose(close=own)
        self._wrote = False

    @contextmanager
    def _or_closed(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            self.close()
            if isinstance(error, CustodyError):
                error.facts.setdefault("path", str(self.path))
            raise

    def _refuse_used(self, layout: Layout) -> None:
        """Looks before the first write, so that a file of somebody else's is not even switched to WAL."""
        try:
            with self.reading() as connection:
                layout.refuse_used(connection)
        except Altered:
            raise Refused("store.exists", path=str(self.path)) from None

    def _same_process(self) -> None:
        if self._pid != os.getpid():
            raise Refused("store.fork", path=str(self.path))

    def _log_waits(self) -> bool:
        with suppress(OSError):
            return self._beside("-wal").stat().st_size > 0
        return False

    def _beside(self, ending: str) -> Path:
        return self.path.with_name(self.path.name + ending)

    def _fold(self, how: str) -> None:
        """Only under the lock. Readers are not waited for: what they still need stays in the log."""
        with self._writer.connect() as connection, speaking(self.path):
            raw = _raw(connection)
            raw.execute("PRAGMA busy_timeout=0")
            raw.execute(f"PRAGMA wal_checkpoint({how})").fetchall()
            raw.execute(f"PRAGMA busy_timeout={int(self._wait * 1000)}")
            self._log = 0

    def _engine(self, connect: Callable[[], sqlite3.Connection], begin: str, pool_size: int, overflow: int) -> Engine:
        engine = create_engine("sqlite+pysqlite://", creator=connect, poolclass=QueuePool, pool_size=pool_size, max_overflow=overflow)

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            with speaking(self.path):
                _raw(connection).execute(begin)  # straight to the driver: SQLAlchemy's way costs a tenth of a whole append

        @event.listens_for(engine, "handle_error")
        def _translate(context: ExceptionContext) -> None:
            if isinstance(context.original_exception, TROUBLE):
                raise translate(context.original_exception, self.path) from context.original_exception

        return engine

    def _connect_writer(self) -> sqlite3.Connection:
        raw = self._connect(f"{self.path.absolute().as_uri()}?mode=rw", self._wait)
        with speaking(self.path):
            mode = raw.execute("PRAGMA journal_mode=WAL").fetchone()[0]
            for pragma in _WRITER:
                raw.execute("PRAGMA " + pragma.format(wait=int(self._wait * 1000), kept=_KEPT_LOG))
        if mode != "wal":
            raise Refused("store.io", path=str(self.path), reason=f"journal_mode={mode}")
        return raw

    def _connect_reader(self) -> sqlite3.Connection:
        uri = f"{self.path.absolute().as_uri()}?mode=ro"
        try:
            return self._connect(uri, self._wait)
        except Refused:
            # A folder that cannot be written has no room for SQLite's shared memory. With an empty log the file alone is the whole truth.
            if os.access(self.path.parent, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
                raise
            if self._log_waits():
                raise Refused("store.unfolded", path=str(self.path)) from None
            return self._connect(uri + "&immutable=1", self._wait)

    def _connect(self, uri: str, wait: float) -> sqlite3.Connection:
        with speaking(self.path):
            raw = sqlite3.connect(uri, uri=True, timeout=wait, isolation_level=None, check_same_thread=False)
            try:
                for pragma in _ALWAYS:
                    raw.execute("PRAGMA " + pragma)
                raw.execute("SELECT count(*) FROM sqlite_master").fetchone()  # opens the file, the log and the shared memory now, not later
            except BaseException:
                raw.close()
                raise
            return raw


def _raw(connection: Connection) -> sqlite3.Connection:
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw


def _make_file(path: Path, rights: int | None) -> None:
    """An empty file that has its rights from the first moment on, its name durable. Refused("store.exists")."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666 if rights is None else rights)
    except FileExistsError:
        raise Refused("store.exists", path=str(path)) from None
    os.close(handle)
    sync_folder(path.parent)
