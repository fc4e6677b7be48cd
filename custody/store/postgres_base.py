"""One PostgreSQL database under our rules: how it is connected, read, written and given up on. Keeps design chapter 3; ADR 0019.

Three things of PostgreSQL that lose what was acknowledged, or wait for ever, are shut here:
A COMMIT whose wait for the standby was cancelled returns as if all were well, with a notice of SQLSTATE 01000 beside it: here such a commit
is not an acknowledgement. No timeout of the server bounds that wait: here a clock beside it shuts the socket down, which cancels nothing on
the server. And a server that runs with fsync or full_page_writes off forgets what it said: nothing is written there.
"""

from __future__ import annotations

import os
import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Executable, QueuePool, Transaction, create_engine, event, exc
from sqlalchemy.engine import ExceptionContext

from custody.core.errors import CustodyError, Locked, Refused, Undecided
from custody.store.postgres_address import Address, Server, driver
from custody.store.postgres_trouble import translate, unreachable

if TYPE_CHECKING:
    import psycopg
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

WAIT = 20.0  # seconds that a writer waits for its turn
COMMIT = 10.0  # seconds that a commit may take: longer means that the standby does not answer
_STANDSTILL = "300s"  # a writer that stands still holds the head row: so long, and no longer
_NOT_CONFIRMED = "01000"  # the SQLSTATE of "canceling wait for synchronous replication"
_READERS, _MORE_READERS = 5, 15
_CERTAIN = frozenset(("store.locked", "store.row", "database.full"))  # said by a server that undid the transaction
_SESSION = {
    "search_path": "custody",
    "tcp_keepalives_idle": "5",  # the server, too, notices that the other end is gone
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
}
_UNSAFE = {"fsync": ("on",), "full_page_writes": ("on",), "synchronous_commit": ("on", "remote_apply")}


@dataclass(frozen=True)
class Patience:
    """How long a writer waits for its turn and a commit for its answer, in seconds.

    `unsafe`: also write to a server that may forget what it said (drills, and tests of what is lost there).
    """

    wait: float = WAIT
    commit: float = COMMIT
    unsafe: bool = False


class PostgresBase:
    """Connections to one database. Threads may share it; a forked child must open its own, Refused("store.fork")."""

    def __init__(self, address: Address, lock: Executable, patience: Patience | None = None) -> None:
        """Connects when first asked. :param lock: what locks other writers out, the first statement of every write transaction."""
        self.path = address.url
        self._address, self._lock, self._patience = address, lock, patience or Patience()
        self._pid = os.getpid()
        self._turn = threading.Lock()
        self._notices: list[str] = []
        self._home: Server | None = None  # the server that was last written to
        self._reader = self._engine(self._connect_reader, _READERS, _MORE_READERS)
        self._writer = self._engine(self._connect_writer, 1, 0)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot; from the first question on it does not change."""
        with self._connected(self._reader) as connection:
            try:
                with connection.begin():
                    yield connection
            except exc.SQLAlchemyError as error:
                raise Refused("database.lost", path=self.path, reason=type(error).__name__) from error

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The one write transaction: durable, also on the standby, when the block was left without error.

        Locked("store.locked") when others write for too long. Undecided("database.unconfirmed") when nobody can say whether it is there:
        ask again, after a little.
        """
        if not self._turn.acquire(timeout=self._patience.wait):
            raise Locked("store.locked", path=self.path, pid="?")
        try:
            with self._connected(self._writer) as connection:
                transaction = connection.begin()
                try:
                    with deadline(_raw(connection), self._patience.wait + self._patience.commit):
                        connection.execute(self._lock)
                    yield connection
                except BaseException as error:
                    with suppress(CustodyError, exc.SQLAlchemyError):
                        transaction.rollback()
                    if isinstance(error, Locked) and error.code == "store.locked":
                        connection.invalidate()  # it may be a former leader, where a dead line holds the row for good: look anew next time
                    if isinstance(error, exc.SQLAlchemyError):  # a caller went on after the line had broken
                        raise Refused("database.lost", path=self.path, reason=type(error).__name__) from error
                    raise
                self._commit(connection, transaction)
        finally:
            self._turn.release()

    def close(self) -> None:
        """Gives back all connections; closing twice is fine."""
        own = self._pid == os.getpid()
        self._reader.dispose(close=own)
        self._writer.dispose(close=own)

    def _commit(self, connection: Connection, transaction: Transaction) -> None:
        """COMMIT that is an answer, or an error that says that there was none."""
        self._notices.clear()
        try:
            with deadline(_raw(connection), self._patience.commit):
                transaction.commit()
        except (CustodyError, exc.SQLAlchemyError) as error:
            code = error.code if isinstance(error, CustodyError) else type(error).__name__
            if code in _CERTAIN:
                raise
            connection.invalidate()
            raise Undecided("database.unconfirmed", path=self.path, reason=code) from error
        if _NOT_CONFIRMED in self._notices:
            raise Undecided("database.unconfirmed", path=self.path, reason=_NOT_CONFIRMED)

    @contextmanager
    def _connected(self, engine: Engine) -> Iterator[Connection]:
        if self._pid != os.getpid():
            raise Refused("store.fork", path=self.path)
        try:
            connection = engine.connect()
        except exc.TimeoutError:
            raise Locked("store.locked", path=self.path, pid="?") from None
        with connection:
            yield connection

    def _engine(self, connect: Callable[[], Any], size: int, more: int) -> Engine:
        pool = {"poolclass": QueuePool, "pool_size": size, "max_overflow": more, "pool_timeout": self._patience.wait}
        engine = create_engine("postgresql+psycopg://", creator=connect, **pool)

        @event.listens_for(engine, "checkout")
        def _still_there(raw: DBAPIConnection, record: ConnectionPoolEntry, proxy: object) -> None:
            """A line that was cut while nobody used it is readable: seen without asking the server."""
            if select.select([_driven(raw).fileno()], [], [], 0)[0]:
                raise exc.DisconnectionError

        @event.listens_for(engine, "handle_error")
        def _translate(context: ExceptionContext) -> None:
            if isinstance(context.original_exception, (driver().Error, OSError, CustodyError)):
                raise translate(context.original_exception, self.path) from context.original_exception

        return engine

    def _connect_reader(self) -> Any:
        raw = self._connect({}, self._home)
        raw.isolation_level = driver().IsolationLevel.REPEATABLE_READ
        raw.read_only = True
        return raw

    def _connect_writer(self) -> Any:
        # The snapshot of READ COMMITTED is taken anew for each statement, so that the one after the lock sees what the last holder wrote.
        raw = self._connect({"lock_timeout": f"{int(self._patience.wait * 1000)}ms", "idle_in_transaction_session_timeout": _STANDSTILL})
        home = Server(str(raw.info.host), str(raw.info.hostaddr), int(raw.info.port))
        if self._home not in (None, home):
            self._reader.dispose()  # whoever was read from may be a former leader, who knows less
        self._home = home
        raw.isolation_level = driver().IsolationLevel.READ_COMMITTED
        raw.add_notice_handler(lambda diagnostic: self._notices.append(diagnostic.sqlstate or ""))
        if not self._patience.unsafe:
            self._refuse_unsafe(raw)
        return raw

    def _connect(self, more: dict[str, str], home: Server | None = None) -> Any:
        """:param home: asked first, if it still can be written."""
        options = " ".join(f"-c {name}={value}" for name, value in {**_SESSION, **more}.items())
        if home is not None:
            with suppress(driver().Error):
                return self._address.connected(options, home)
        try:
            return self._address.connected(options)
        except driver().Error as error:
            raise unreachable(error, self.path) from error

    def _refuse_unsafe(self, raw: Any) -> None:
        found = dict(raw.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(_UNSAFE)]).fetchall())
        raw.rollback()
        for name, right in _UNSAFE.items():
            if found.get(name) not in right:
                raw.close()
                raise Refused("database.unsafe", path=self.path, name=name, value=str(found.get(name)))


@contextmanager
def deadline(raw: psycopg.Connection[Any], seconds: float) -> Iterator[None]:
    """After so many seconds the socket is shut down under whatever waits on it.

    Never a cancel: a cancelled wait for the standby is reported as a success. The server keeps waiting, and keeps the head row locked until
    its standby answers or it is replaced; what it then commits is found by the next try.
    """
    twin = socket.socket(fileno=os.dup(raw.fileno())) if os.name != "nt" else _twin(raw.fileno())
    timer = threading.Timer(seconds, _shut, [twin])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        twin.close()


def _twin(handle: int) -> socket.socket:
    """Where sockets are no files (Windows; simulated, not tried there)."""
    own = socket.socket(fileno=handle)
    try:
        return own.dup()
    finally:
        own.detach()


def _shut(twin: socket.socket) -> None:
    with suppress(OSError):
        twin.shutdown(socket.SHUT_RDWR)


def _raw(connection: Connection) -> psycopg.Connection[Any]:
    return _driven(connection.connection.dbapi_connection)


def _driven(raw: Any) -> psycopg.Connection[Any]:
    """The driver's own connection; SQLAlchemy hands out nothing else."""
    found: psycopg.Connection[Any] = raw
    return found
