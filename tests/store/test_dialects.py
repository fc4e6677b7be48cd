"""What the tables and questions become where several writers are let in (PostgreSQL). Compiled only: no server is asked."""

import pytest
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from custody.store.schema import METADATA
from custody.store.sql import LOCK_HEAD


def test_a_writer_locks_the_head_row() -> None:
    assert "FOR UPDATE" in str(LOCK_HEAD.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("table", METADATA.sorted_tables, ids=lambda table: table.name)
def test_tables_have_types_of_the_other_database(table: Table) -> None:
    text = str(CreateTable(table).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
    assert "SERIAL" not in text  # a rollback would leave gaps
    assert ("BYTEA" in text) == any("BLOB" in str(column.type).upper() or column.type.python_type is bytes for column in table.columns)
