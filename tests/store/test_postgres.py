"""What only PostgreSQL has: addresses, roles and triggers, commits that are no answers, servers that cannot be trusted."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from typing import Any

import pytest

from custody.core.errors import Altered, CustodyError, Locked, Malformed, NoLedger, Refused, Undecided
from custody.core.private import Opening
from custody.store.postgres import PostgresStore
from custody.store.postgres_address import Address
from custody.store.postgres_base import Patience, deadline
from custody.store.postgres_private import PostgresPrivate
from custody.store.postgres_schema import setup_sql
from custody.store.postgres_trouble import translate
from custody.store.private import PlainCode
from tests.cluster import Server, copied, dropped
from tests.line import Line
from tests.store.rows import row, rows, tile

psycopg = pytest.importorskip("psycopg")

# -- addresses -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "url", "code"),
    [
        ("another database", "mysql://a@b/c", "database.url"),
        ("words of libpq", "host=a dbname=b", "database.url"),
        ("no database", "postgresql://custody_app@db1", "database.url"),
        ("a password", "postgresql://custody_app:rahasia@db1/custody", "database.secret"),
        ("a password as an option", "postgresql://custody_app@db1/custody?password=rahasia", "database.secret"),
        ("a password of a key", "postgresql://custody_app@db1/custody?sslpassword=rahasia", "database.secret"),
        ("an unknown option", "postgresql://custody_app@db1/custody?warna=merah", "database.url"),
        ("TLS that is asked for, and not checked", "postgresql://custody_app@db1/custody?sslmode=require", "database.sslmode"),
        ("TLS with any name", "postgresql://custody_app@db1/custody?sslmode=verify-ca", "database.sslmode"),
        ("no TLS on one of three", "postgresql://custody_app@localhost,db2,localhost/custody?sslmode=disable", "database.sslmode"),
        (
            "no TLS to a name with an address here",
            "postgresql://custody_app@db1/custody?hostaddr=127.0.0.1&sslmode=prefer",
            "database.sslmode",
        ),
        (
            "no TLS to an address elsewhere",
            "postgresql://custody_app@localhost/custody?hostaddr=10.0.0.1&sslmode=allow",
            "database.sslmode",
        ),
        ("another encryption in its place", "postgresql://custody_app@db1/custody?gssencmode=require", "database.sslmode"),
        ("nonsense with a password", "postgresql://u:rahasia@[/custody", "database.url"),
    ],
)
def test_addresses_that_are_refused(name: str, url: str, code: str) -> None:
    with pytest.raises(CustodyError) as caught:
        Address.parse(url)
    assert caught.value.code == code
    assert "rahasia" not in str(caught.value)


def test_an_address_of_three_servers_finds_the_one_that_can_be_written() -> None:
    values = dict(Address.parse("postgresql://custody_app@db1,db2,db3:6432/custody?connect_timeout=9").values)
    assert (values["host"], values["port"], values["dbname"]) == ("db1,db2,db3", ",,6432", "custody")
    assert (values["target_session_attrs"], values["connect_timeout"], values["tcp_user_timeout"]) == ("read-write", "9", "10000")


@pytest.mark.parametrize(
    ("name", "url", "mode"),
    [
        ("another computer", "postgresql://custody_app@db1/custody", "verify-full"),
        ("an address elsewhere", "postgresql://custody_app@10.1.2.3/custody", "verify-full"),
        ("said as it is", "postgresql://custody_app@db1/custody?sslmode=verify-full&sslrootcert=system", "verify-full"),
        ("one of three elsewhere", "postgresql://custody_app@127.0.0.1,localhost,db3/custody", "verify-full"),
        ("nobody named: perhaps in PGHOST", "postgresql:///custody", "verify-full"),
        ("a socket", "postgresql://custody_app@/custody?host=/run/postgresql", None),
        ("this computer", "postgresql://custody_app@localhost/custody", None),
        ("this computer, 6", "postgresql://custody_app@[::1]/custody", None),
        ("this computer, at the administrator's word", "postgresql://custody_app@127.0.0.1/custody?sslmode=disable", "disable"),
    ],
)
def test_who_has_to_prove_who_it_is(monkeypatch: pytest.MonkeyPatch, name: str, url: str, mode: str | None) -> None:
    monkeypatch.setenv("PGSSLMODE", "disable")  # what the computer says counts for servers on it alone
    assert dict(Address.parse(url).values).get("sslmode") == mode, name


# -- the application's rights, and the owner's mistakes -------------------------------------------------------------------------


@pytest.fixture
def full(database: str) -> str:
    with closing(PostgresStore.open(database)) as store, store.write() as writer:
        writer.append(rows(0, 300))
        writer.put_tiles([tile(0)])
        writer.put_checkpoint(200, b"satu")
        writer.put_checkpoint(300, b"dua")
        writer.put_cosignature(300, "saksi", b"baris")
    with closing(PostgresPrivate.at(database)) as register:
        register.put_openings([Opening("name", "00" * 16, "Petugas Contoh Satu")])
        register.put_codes([PlainCode(b"h" * 32, "A" * 16, "B1")])
    return database


def as_user(url: str, user: str = "custody_app") -> Any:
    return psycopg.connect(url.replace("custody_app", user), options="-c search_path=custody", autocommit=True)


KEPT = ("entry", "tile", "checkpoint", "cosignature", "opening", "code")
LEAF = f"'\\x{row(5).leaf.hex()}'"
NEW = f"'\\x{'ab' * 32}'"
ENTRY = "INSERT INTO entry (idx, leaf, sid, kind, body) VALUES"
BLOB = "decode(repeat('00', 8192), 'hex')"
CHANGES = [
    (f"{name} {table}", statement)
    for table, column in (
        ("entry", "kind"),
        ("tile", "level"),
        ("checkpoint", "size"),
        ("cosignature", "name"),
        ("opening", "value"),
        ("code", "box"),
    )
    for name, statement in (
        ("update", f"UPDATE {table} SET {column} = {column}"),
        ("delete from", f"DELETE FROM {table}"),
        ("truncate", f"TRUNCATE {table} CASCADE"),
    )
]
WRONG_ROWS = [
    ("a gap", f"{ENTRY} (301, {NEW}, {NEW}, 'seal', 'x')", "store.order"),
    ("below zero", f"{ENTRY} (-1, {NEW}, {NEW}, 'seal', 'x')", "store.order"),
    ("without an index", f"{ENTRY} (NULL, {NEW}, {NEW}, 'seal', 'x')", "store.order"),
    ("an index again", f"{ENTRY} (5, {NEW}, {NEW}, 'seal', 'x')", "store.order"),
    ("upsert an entry", f"{ENTRY} (5, {NEW}, {NEW}, 'seal', 'x') ON CONFLICT (idx) DO NOTHING", "store.order"),
    ("a leaf again", f"{ENTRY} (300, {LEAF}, {NEW}, 'seal', 'x')", "store.duplicate"),
    ("a gap inside a batch", f"{ENTRY} (300, {NEW}, {NEW}, 'a', 'x'), (302, '\\x{'cd' * 32}', {NEW}, 'a', 'x')", "store.order"),
    ("a tile of entries to come", f"INSERT INTO tile VALUES (0, 1, {BLOB})", "store.tile"),
    ("a high tile of entries to come", f"INSERT INTO tile VALUES (1, 0, {BLOB})", "store.tile"),
    ("an older checkpoint", "INSERT INTO checkpoint VALUES (250, 'x')", "store.checkpoint"),
    ("a checkpoint of entries to come", "INSERT INTO checkpoint VALUES (301, 'x')", "store.checkpoint"),
    ("another opening", "INSERT INTO opening SELECT commitment, field, salt, 'lain' FROM opening", "private.conflict"),
    ("another code", "INSERT INTO code SELECT hash, symbols, 'B2' FROM code", "private.conflict"),
]


def contents(connection: Any) -> list[object]:
    return [connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in KEPT]


@pytest.mark.parametrize(("name", "statement"), CHANGES, ids=[name for name, _ in CHANGES])
def test_nobody_changes_rows_neither_the_application_nor_the_administrator_by_mistake(full: str, name: str, statement: str) -> None:
    with as_user(full) as application, as_user(full, "postgres") as administrator:
        before = contents(application)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute(statement)
        with pytest.raises(psycopg.errors.RaiseException, match=r"custody:store\.append-only"):
            administrator.execute(statement)
        administrator.execute("SET session_replication_role = replica")  # ordinary triggers rest then
        with pytest.raises(psycopg.errors.RaiseException, match=r"custody:store\.append-only"):
            administrator.execute(statement)
        assert contents(application) == before


@pytest.mark.parametrize(("name", "statement", "code"), WRONG_ROWS, ids=[name for name, _, _ in WRONG_ROWS])
def test_rows_that_do_not_go_on(full: str, name: str, statement: str, code: str) -> None:
    with as_user(full) as application, as_user(full, "postgres") as administrator:
        administrator.execute("SET session_replication_role = replica")
        before = contents(application)
        for connection in (application, administrator):
            with pytest.raises(psycopg.errors.RaiseException) as caught:
                connection.execute(statement)
            assert translate(caught.value, "x").code == code
        assert contents(application) == before


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE entry",
        "ALTER TABLE entry DISABLE TRIGGER ALL",
        "ALTER TABLE entry ALTER COLUMN kind TYPE varchar USING 'x'",
        "DROP TRIGGER entry_insert ON entry",
        "CREATE TABLE custody.mine (a int)",
        "CREATE TABLE public.mine (a int)",
        "CREATE TEMPORARY TABLE entry (idx int)",
        "SET session_replication_role = replica",
        "SET ROLE custody_owner",
        "CREATE FUNCTION custody.own() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "UPDATE head SET one = 1",
        "DELETE FROM head",
        "INSERT INTO head VALUES (2, 0)",
        "ALTER SYSTEM SET fsync = off",
    ],
)
def test_the_application_may_do_nothing_else(full: str, statement: str) -> None:
    with as_user(full) as application, pytest.raises(psycopg.errors.InsufficientPrivilege):
        application.execute(statement)


ODD = [
    ("a trigger is gone", "DROP TRIGGER entry_insert ON entry", Altered, "store.schema"),
    ("a trigger is off", "ALTER TABLE entry DISABLE TRIGGER entry_no_change", Altered, "store.schema"),
    ("a trigger rests sometimes", "ALTER TABLE entry ENABLE TRIGGER entry_no_change", Altered, "store.schema"),
    (
        "a trigger does nothing",
        "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        Altered,
        "store.schema",
    ),
    ("a column more", "ALTER TABLE entry ADD COLUMN note text", Altered, "store.schema"),
    ("a table more", "CREATE TABLE mine (a int)", Altered, "store.schema"),
    ("a view more", "CREATE VIEW mine AS SELECT 1 AS a", Altered, "store.schema"),
    ("a table less", "DROP TABLE fact", Altered, "store.schema"),
    ("rights to delete", "GRANT DELETE ON entry TO custody_app", Refused, "database.toomuch"),
    ("rights to truncate", "GRANT TRUNCATE ON opening TO custody_app", Refused, "database.toomuch"),
    ("the owner's rights", "GRANT custody_owner TO custody_app", Refused, "database.toomuch"),
    ("another form", "COMMENT ON SCHEMA custody IS 'custody ledger, format 2'", NoLedger, "database.newer"),
    ("nothing of ours", "DROP SCHEMA custody CASCADE", NoLedger, "database.unprepared"),
]


@pytest.mark.parametrize(("name", "change", "kind", "code"), ODD, ids=[name for name, *_ in ODD])
def test_what_is_not_as_it_was_made_is_not_opened(full: str, name: str, change: str, kind: type[CustodyError], code: str) -> None:
    with as_user(full, "postgres") as administrator:
        administrator.execute(change)
        try:
            with pytest.raises(kind) as caught:
                PostgresStore.open(full)
        finally:
            if "custody_owner TO" in change:
                administrator.execute("REVOKE custody_owner FROM custody_app")  # roles belong to the whole server
    assert caught.value.code == code


def test_the_administrator_is_not_let_in(full: str) -> None:
    with pytest.raises(Refused) as caught:
        PostgresStore.open(full.replace("custody_app", "postgres"))
    assert caught.value.code == "database.toomuch"


def test_an_entry_that_the_index_does_not_know_is_found(full: str) -> None:
    """An index that leads astray hides what is there: here a row is added while the index is held still."""
    ready = "UPDATE pg_index SET indisready = {} WHERE indexrelid = 'entry_pkey'::regclass"
    with closing(PostgresStore.open(full)) as store:
        store.examine()
        with as_user(full, "postgres") as administrator:
            administrator.execute(ready.format("false"))
            administrator.execute(f"{ENTRY} (300, {NEW}, {NEW}, 'seal', 'x')")
            administrator.execute(ready.format("true"))
        with pytest.raises(Altered, match=r"store\.damaged"):
            store.examine()


@pytest.mark.parametrize("name", ["Custody", "a b", "x;DROP", "", "1a"])
def test_names_of_roles_are_plain(name: str) -> None:
    with pytest.raises(Malformed):
        setup_sql(application=name)


# -- commits -------------------------------------------------------------------------------------------------------------------


def test_a_commit_that_came_with_a_warning_is_no_answer(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the server says it when somebody cancels the wait for the standby: success, and a notice of SQLSTATE 01000."""
    with closing(PostgresStore.open(database)) as store:
        with pytest.raises(Undecided) as caught, store.write() as writer:
            writer.append(rows(0, 1))
            warned_at_commit(writer)
        assert caught.value.code == "database.unconfirmed"
        assert store.size() == 1  # it is there, and nobody may say so yet
        with store.write() as writer:
            writer.append(rows(1, 2))


def warned_at_commit(writer: Any) -> None:
    """A trigger that fires at COMMIT and warns, in a table of its own that only this transaction sees."""
    raw = writer._connection.connection.dbapi_connection
    raw.add_notice_handler(lambda diagnostic: None)
    commit = raw.commit

    def warned() -> None:
        raw.commit = commit
        raw.execute("DO $$ BEGIN RAISE WARNING 'canceling wait for synchronous replication' USING ERRCODE = '01000'; END $$")
        commit()

    raw.commit = warned


@pytest.fixture
def line(cluster: Server) -> Iterator[Line]:
    made = Line(cluster.port)
    yield made
    made.close()


def test_a_commit_that_nobody_answers_ends_and_the_same_rows_are_found_later(cluster: Server, database: str, line: Line) -> None:
    through = database.replace(f"port={cluster.port}", f"port={line.port}")
    with closing(PostgresStore.open(through, Patience(wait=5.0, commit=0.3))) as store, closing(PostgresStore.open(database)) as other:
        began = time.monotonic()
        with pytest.raises(Undecided) as caught, store.write() as writer:
            writer.append(rows(0, 3))
            line.silent.set()
        assert caught.value.code == "database.unconfirmed"
        assert time.monotonic() - began < 30  # for ever, without the deadline
        assert other.size() in (0, 3)  # all of it or none of it
        line.silent.clear()
        assert store.size() in (0, 3)  # and the store goes on with a new line


def test_a_server_that_is_silent_when_a_writer_asks_for_its_turn(cluster: Server, database: str, line: Line) -> None:
    through = database.replace(f"port={cluster.port}", f"port={line.port}")
    with closing(PostgresStore.open(through, Patience(wait=0.2, commit=0.2))) as store:
        with store.write() as writer:
            writer.append(rows(0, 1))
        line.silent.set()
        with pytest.raises(Refused) as caught, store.write() as writer:
            writer.append(rows(1, 2))
        assert caught.value.code == "database.lost"


def test_the_deadline_leaves_a_connection_alone_that_was_in_time(database: str) -> None:
    with psycopg.connect(database) as connection:
        for _ in range(3):
            with deadline(connection, 0.05):
                connection.execute("SELECT 1")
            time.sleep(0.1)
        assert connection.execute("SELECT 1").fetchone() == (1,)


# -- servers that cannot be trusted, and those that are not there ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"), [("synchronous_commit", "off"), ("synchronous_commit", "local"), ("synchronous_commit", "remote_write")]
)
def test_nothing_is_written_to_a_server_that_forgets(cluster: Server, database: str, name: str, value: str) -> None:
    cluster.sql(f"ALTER DATABASE {Address.parse(database).database} SET {name} = {value}")
    with closing(PostgresStore.open(database)) as store:
        assert store.size() == 0
        with pytest.raises(Refused) as caught, store.write() as writer:
            writer.append(rows(0, 1))
    assert (caught.value.code, caught.value.facts["name"], caught.value.facts["value"]) == ("database.unsafe", name, value)


def test_a_server_without_fsync_is_found(cluster: Server, database: str) -> None:
    cluster.sql("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    try:
        until = time.monotonic() + 10
        while cluster.sql("SHOW fsync") != "off" and time.monotonic() < until:
            time.sleep(0.05)
        with closing(PostgresStore.open(database)) as store, pytest.raises(Refused, match=r"database\.unsafe"), store.write():
            pass
    finally:
        cluster.sql("ALTER SYSTEM RESET fsync", "SELECT pg_reload_conf()")
        while cluster.sql("SHOW fsync") != "on":
            time.sleep(0.05)


def closed_port(url: str) -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return url.replace(f"port={dict(Address.parse(url).values)['port']}", f"port={probe.getsockname()[1]}")


GONE: list[tuple[str, Callable[[str], str], str]] = [
    ("no server", closed_port, "database.unreachable"),
    ("no such database", lambda url: url.replace("/ledger_", "/tidak_ada_"), "database.missing"),
    ("no such user", lambda url: url.replace("custody_app", "orang_lain"), "database.password"),
]


@pytest.mark.parametrize(("name", "change", "code"), GONE, ids=[name for name, *_ in GONE])
def test_a_database_that_is_not_there(database: str, name: str, change: Callable[[str], str], code: str) -> None:
    with pytest.raises(CustodyError) as caught:
        PostgresStore.open(change(database))
    assert caught.value.code == code


def test_a_database_that_was_never_prepared(cluster: Server, database: str) -> None:
    with pytest.raises(NoLedger) as caught:
        PostgresStore.open(cluster.url("postgres").replace("custody_app", "postgres"))
    assert caught.value.code == "database.unprepared"


def test_a_cut_line_is_noticed_before_the_next_question(cluster: Server, database: str) -> None:
    with closing(PostgresStore.open(database)) as store:
        with store.write() as writer:
            writer.append(rows(0, 1))
        cut = f"SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE datname = '{Address.parse(database).database}'"
        assert int(cluster.sql(cut)) >= 2
        time.sleep(0.2)
        with store.write() as writer:
            writer.append(rows(1, 2))
        assert store.size() == 2


def test_a_line_cut_in_the_middle_of_a_write_leaves_nothing(cluster: Server, database: str) -> None:
    with closing(PostgresStore.open(database)) as store:
        with pytest.raises(Refused) as caught, store.write() as writer:
            writer.append(rows(0, 30))
            cluster.sql(
                f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{Address.parse(database).database}'"
            )
            writer.put_checkpoint(30, b"x")
        assert caught.value.code == "database.lost"
        assert store.size() == 0


@pytest.mark.parametrize("more", [1, 2], ids=["asks again", "only leaves"])
def test_who_goes_on_after_the_line_broke_is_told_in_our_words(cluster: Server, database: str, more: int) -> None:
    """The ledger answers each note of a batch by itself, and may swallow the first error."""
    cut = f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{Address.parse(database).database}'"
    with closing(PostgresStore.open(database)) as store:
        with pytest.raises(CustodyError) as caught, store.write() as writer:
            writer.append(rows(0, 3))
            cluster.sql(cut)
            with suppress(CustodyError):
                writer.head()
            if more == 1:
                writer.head()
        assert caught.value.code == ("database.lost" if more == 1 else "database.unconfirmed")
        assert store.size() == 0
        with store.write() as writer:
            writer.append(rows(0, 3))


def test_a_reader_who_goes_on_after_the_line_broke_is_told_in_our_words(cluster: Server, full: str) -> None:
    cut = f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{Address.parse(full).database}'"
    with closing(PostgresStore.open(full)) as store:
        with pytest.raises(Refused, match=r"database\.lost"), store.read() as reader:
            assert reader.size() == 300
            cluster.sql(cut)
            with suppress(CustodyError):
                reader.head()
            reader.head()
        assert store.size() == 300


# -- several processes ---------------------------------------------------------------------------------------------------------


def test_two_offices_on_one_database_take_turns_and_make_one_ledger_2_by_4_by_10(database: str) -> None:
    stores = [PostgresStore.open(database, Patience(wait=60.0)) for _ in range(2)]

    def work(store: PostgresStore, name: str) -> None:
        for turn in range(10):
            with store.write() as writer:
                writer.append([row(writer.size(), f"{name}-{turn}")])

    threads = [threading.Thread(target=work, args=(store, f"{at}-{n}")) for at, store in enumerate(stores) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found.idx for found in stores[0].rows()] == list(range(80))
    assert len({found.leaf for found in stores[1].rows()}) == 80
    for store in stores:
        store.close()


def test_a_second_office_that_waits_too_long_is_told(database: str) -> None:
    with closing(PostgresStore.open(database)) as one, closing(PostgresStore.open(database, Patience(wait=0.2))) as other:
        with one.write() as writer:
            writer.append(rows(0, 1))
            with pytest.raises(Locked, match=r"store\.locked"), other.write():
                pass
        with other.write() as writer:
            assert writer.size() == 1


def test_readers_go_where_the_writer_went(cluster: Server, database: str, line: Line) -> None:
    """A former leader may live on and be asked by whoever still has a line to it; it knows less. Here: another database at another port."""
    other = copied(cluster)
    try:
        with closing(PostgresStore.open(other)) as store, store.write() as writer:
            writer.append(rows(0, 5))
        with closing(PostgresStore.open(database)) as store:
            with store.write() as writer:
                writer.append(rows(0, 1))
            assert store.size() == 1  # and keeps that line
            moved = Address.parse(other.replace(f"port={cluster.port}", f"port={line.port}"))
            store._base._address = moved
            store._base._writer.dispose()  # the writer's line is cut; the reader's lives
            with store.write() as writer:
                assert writer.size() == 5
            assert store.size() == 5
    finally:
        dropped(cluster, other)


def test_a_lock_that_nobody_lets_go_of_is_not_waited_for_on_the_same_line(database: str) -> None:
    with closing(PostgresStore.open(database)) as one, closing(PostgresStore.open(database, Patience(wait=0.2))) as other:
        with other.write() as writer:
            first = writer._connection.connection.dbapi_connection
        with one.write(), pytest.raises(Locked), other.write():
            pass
        with other.write() as writer:
            assert writer._connection.connection.dbapi_connection is not first
