"""Making a backup while everybody works: one snapshot of all tables, streamed into the file."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import psycopg
from psycopg import sql
from sqlalchemy import Connection, inspect, text

from app.core.database import db
from app.core.errors import Refused
from app.core.schema import present_revision_of
from app.operations.backup.archive import Contents, Table, new_archive, part_of, write_contents

NOT_OURS_TO_KEEP = {"alembic_version"}  # the revision is in the contents
PLAIN_TEXT = (
    "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;"
    "SET LOCAL datestyle = 'ISO'; SET LOCAL intervalstyle = 'postgres'; SET LOCAL extra_float_digits = 3;"
    "SET LOCAL timezone = 'UTC'; SET LOCAL client_encoding = 'UTF8'"
)


def back_up(path: Path, *, at: datetime) -> Contents:
    """Everything the database held at one moment. Nobody waits for it."""
    with new_archive(path) as archive, db.engine.connect() as connection:
        connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            connection.execute(text(PLAIN_TEXT))
            revision = present_revision_of(connection)
            if revision is None:
                raise Refused("This database is empty: there is nothing to back up.")
            tables = [_copied_out(connection, archive, *table) for table in tables_in_order(connection)]
            contents = Contents(
                revision=revision, made_at=at.isoformat(), tables=tables, counters=counters(connection)
            )
        write_contents(archive, contents)
    return contents


def tables_in_order(connection: Connection) -> list[tuple[str, list[str]]]:
    """Every table with the columns that hold data, parents before children."""
    inspector = inspect(connection)
    names = [name for name, _ in inspector.get_sorted_table_and_fkc_names() if name]
    return [
        (name, [column["name"] for column in inspector.get_columns(name) if "computed" not in column])
        for name in names
        if name not in NOT_OURS_TO_KEEP
    ]


def counters(connection: Connection) -> dict[str, int]:
    """The next number of every sequence: a number that was given once is never given again."""
    rows = connection.execute(text("SELECT sequencename, increment_by FROM pg_sequences ORDER BY 1")).all()
    return {name: _following(connection, name, step) for name, step in rows}


def _following(connection: Connection, name: str, step: int) -> int:
    question = sql.SQL("SELECT last_value + CASE WHEN is_called THEN {} ELSE 0 END FROM {}")
    with cursor_of(connection) as cursor:
        cursor.execute(question.format(sql.Literal(step), sql.Identifier(name)))
        return int(cursor.fetchall()[0][0])


def cursor_of(connection: Connection) -> psycopg.Cursor[tuple[Any, ...]]:
    """psycopg's own cursor on the same transaction: only it speaks COPY."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101 - tells mypy what the URL already says
    return driver.cursor()


def listed(columns: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _copied_out(connection: Connection, archive: ZipFile, name: str, columns: list[str]) -> Table:
    statement = sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(name), listed(columns))
    with cursor_of(connection) as cursor, archive.open(part_of(name), "w", force_zip64=True) as part:
        with cursor.copy(statement) as copy:
            for block in copy:
                part.write(block)
        return Table(name=name, columns=columns, rows=cursor.rowcount)
