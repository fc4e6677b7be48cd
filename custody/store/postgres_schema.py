"""The tables, triggers and rights of a ledger in PostgreSQL: the text that its administrator runs once, and how it is recognised again.

Keeps design chapter 3, "store"; ADR 0019. The owner has no login; the application may read and add, nothing else, and the projections alone
it may also delete. Triggers stop accidents, rights stop the application, signatures stop the administrator.
"""

from __future__ import annotations

import re

from sqlalchemy import Connection, Executable, Table, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable, DDLElement

from custody.core.errors import Altered, Malformed, NoLedger, Refused
from custody.store.layout import Layout, Rule
from custody.store.postgres_address import Address
from custody.store.postgres_base import Patience, PostgresBase
from custody.store.private import PRIVATE
from custody.store.schema import HEAD, LEDGER, PROJECTIONS

SCHEMA = "custody"
LAYOUTS = (LEDGER, PRIVATE)
OWNER, APPLICATION = "custody_owner", "custody_app"
_MARK = f"custody ledger, format {LEDGER.format}"
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_ON_INSERT, _ON_CHANGE = 7, 58  # pg_trigger.tgtype: BEFORE INSERT FOR EACH ROW; BEFORE UPDATE OR DELETE OR TRUNCATE FOR EACH STATEMENT
_REFUSE = "\nBEGIN\n  RAISE EXCEPTION 'custody:store.append-only';\nEND\n"


def setup_sql(owner: str = OWNER, application: str = APPLICATION) -> str:
    """What an administrator runs in an empty database that is the ledger's own. :raises Malformed: `database.role` for a strange name."""
    for name in (owner, application):
        if not _NAME.fullmatch(name):
            raise Malformed("database.role", name=name)
    parts = [_roles(owner, application), f"CREATE SCHEMA {SCHEMA} AUTHORIZATION {owner};", f"SET ROLE {owner};"]
    parts.append(f"COMMENT ON SCHEMA {SCHEMA} IS '{_MARK}';")
    parts.append(_function("refuse", _REFUSE))
    for layout in LAYOUTS:
        parts += _tables(layout)
    parts += [f"GRANT USAGE ON SCHEMA {SCHEMA} TO {application};", *_grants(application), "RESET ROLE;"]
    return "\n\n".join(parts) + "\n"


def _roles(owner: str, application: str) -> str:
    made = "\n".join(
        f"  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN CREATE ROLE {role} {login}; END IF;"
        for role, login in ((owner, "NOLOGIN"), (application, "LOGIN"))
    )
    return (
        f"DO $$\nBEGIN\n{made}\n"
        "  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());\n"
        f"  EXECUTE format('GRANT CONNECT ON DATABASE %I TO {application}', current_database());\n"
        "END $$;\nREVOKE ALL ON SCHEMA public FROM PUBLIC;"
    )


def _tables(layout: Layout) -> list[str]:
    parts = []
    for table in layout.metadata.sorted_tables:
        made: list[DDLElement] = [CreateTable(table)]
        made += [CreateIndex(index) for index in sorted(table.indexes, key=lambda index: str(index.name))]
        parts += [_qualified(str(one.compile(dialect=_DIALECT)).strip(), layout) + ";" for one in made]
    for rule in layout.rules:
        parts += _guard(rule)
    for table_name in layout.append_only:
        parts.append(_trigger(table_name, "no_change", "UPDATE OR DELETE OR TRUNCATE", "STATEMENT", "refuse"))
    return parts + [f"{_qualified(row, layout)};" for row in layout.first_rows]


def _qualified(statement: str, layout: Layout) -> str:
    names = "|".join(layout.metadata.tables)
    return re.sub(rf"\b(TABLE|ON|INTO|FROM|REFERENCES) ({names})\b", rf"\1 {SCHEMA}.\2", statement)


def _guard(rule: Rule) -> list[str]:
    name = f"{rule.table}_{rule.name}"
    return [_function(name, _body(rule)), _trigger(rule.table, rule.name, "INSERT", "ROW", name)]


def _body(rule: Rule) -> str:
    wrong = re.sub(r"\bFROM (?=[a-z])", f"FROM {SCHEMA}.", rule.wrong)
    return f"\nBEGIN\n  IF {wrong} THEN RAISE EXCEPTION 'custody:{rule.code}'; END IF;\n  RETURN NEW;\nEND\n"


def _function(name: str, body: str) -> str:
    return f"CREATE FUNCTION {SCHEMA}.{name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$;"


def _trigger(table: str, name: str, event: str, each: str, function: str) -> str:
    """ENABLE ALWAYS: it also fires where somebody has set session_replication_role to replica."""
    return (
        f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {SCHEMA}.{table} FOR EACH {each} EXECUTE FUNCTION {SCHEMA}.{function}();\n"
        f"ALTER TABLE {SCHEMA}.{table} ENABLE ALWAYS TRIGGER {table}_{name};"
    )


def _grants(application: str) -> list[str]:
    kept = [table for layout in LAYOUTS for table in layout.append_only]
    rights = [(table, "SELECT, INSERT") for table in kept]
    rights += [(table.name, "SELECT, INSERT, DELETE") for table in PROJECTIONS]
    rights.append((HEAD.name, "SELECT, UPDATE (turn)"))  # SELECT … FOR UPDATE asks for a right to update
    return [f"GRANT {right} ON {SCHEMA}.{table} TO {application};" for table, right in rights]


def checked(url: str, lock: Executable, patience: Patience | None = None) -> PostgresBase:
    """A database, connected and found to be ours; nothing is written. Raises as `Address.parse`, `PostgresBase.reading` and `check`."""
    base = PostgresBase(Address.parse(url), lock, patience)
    try:
        with base.reading() as connection:
            check(connection, base.path)
    except BaseException:
        base.close()
        raise
    return base


def check(connection: Connection, where: str) -> None:
    """Is this database ours, as it was made, and are we in it with no more rights than we need?

    :raises NoLedger: `database.unprepared`, `database.newer`. :raises Altered: `store.schema`. :raises Refused: `database.toomuch`.
    """
    mark = connection.execute(text(f"SELECT obj_description(to_regnamespace('{SCHEMA}'), 'pg_namespace')")).scalar_one()
    if mark is None:
        raise NoLedger("database.unprepared", path=where, reason=SCHEMA)
    if mark != _MARK:
        raise NoLedger("database.newer", path=where, found=str(mark), known=_MARK)
    _check_tables(connection, where)
    _check_triggers(connection, where)
    _check_rights(connection, where)


def _check_tables(connection: Connection, where: str) -> None:
    found: dict[str, list[str]] = {}
    question = """
        SELECT relname, attname FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid
        WHERE relnamespace = CAST(:schema AS regnamespace) AND relkind IN ('r', 'p', 'v', 'm', 'f') AND attnum > 0
        ORDER BY relname, attnum"""
    for table, column in connection.execute(text(question), {"schema": SCHEMA}):
        found.setdefault(table, []).append(column)
    made: dict[str, Table] = {name: table for layout in LAYOUTS for name, table in layout.metadata.tables.items()}
    for name in sorted(found.keys() | made.keys()):
        if name not in made or found.get(name) != [column.name for column in made[name].columns]:
            raise Altered("store.schema", name=name, path=where)


def _check_triggers(connection: Connection, where: str) -> None:
    made = {(f"{table}_no_change", table, _ON_CHANGE, "A", _REFUSE) for layout in LAYOUTS for table in layout.append_only}
    made |= {(f"{rule.table}_{rule.name}", rule.table, _ON_INSERT, "A", _body(rule)) for layout in LAYOUTS for rule in layout.rules}
    question = """
        SELECT tgname, relname, tgtype, tgenabled, prosrc FROM pg_trigger
        JOIN pg_class c ON c.oid = tgrelid JOIN pg_proc p ON p.oid = tgfoid
        WHERE relnamespace = CAST(:schema AS regnamespace) AND NOT tgisinternal"""
    there = {tuple(row) for row in connection.execute(text(question), {"schema": SCHEMA})}
    for odd in sorted(str(one[0]) for one in made ^ there):
        raise Altered("store.schema", name=odd, path=where)


def _check_rights(connection: Connection, where: str) -> None:
    """Whoever may change rows may not be the one who appends."""
    kept = [table for layout in LAYOUTS for table in layout.append_only]
    asked = [f"has_table_privilege('{SCHEMA}.{table}', 'UPDATE, DELETE, TRUNCATE')" for table in kept]
    question = f"SELECT current_user, {', '.join(asked)}"
    user, *may = connection.execute(text(question)).one()
    for table, too_much in zip(kept, may, strict=True):
        if too_much:
            raise Refused("database.toomuch", path=where, user=str(user), table=table)
