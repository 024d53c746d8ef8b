"""Bringing a backup back: one transaction, so the database holds all of it or what it held before."""

from pathlib import Path
from zipfile import ZipFile

import psycopg
from psycopg import sql
from sqlalchemy import Connection, inspect, text

from app.core.database import db
from app.core.errors import Conflict, Refused
from app.core.schema import present_revision_of
from app.operations.backup.archive import Contents, Damaged, Table, chunks_of, contents_of, opened
from app.operations.backup.making import PLAIN_TEXT, cursor_of, listed, tables_in_order

SOWN_WITH_THE_SCHEMA = {"price_list", "role", "role_permission", "setting"}
PATIENCE = "SET LOCAL lock_timeout = '15s'"
# Web, relay and worker all carry our name.
COMPANY = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'docket%'
"""


def restore(path: Path, *, replace: bool = False) -> Contents:
    """Into an empty database; over one that is in use only when told so."""
    with opened(path) as archive, db.engine.begin() as connection:
        contents = contents_of(archive)
        connection.execute(text(f"{PLAIN_TEXT}; {PATIENCE}"))
        _refuse_company(connection)
        _refuse_another_schema(connection, contents)
        _empty(connection, contents, replace=replace)
        ahead = _pointing_ahead(connection, contents)
        try:
            _constraints(connection, ahead, "DEFERRABLE INITIALLY DEFERRED")
            for table in contents.tables:
                _copied_in(connection, archive, table)
            connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
            _constraints(connection, ahead, "NOT DEFERRABLE")
        except psycopg.Error as error:
            raise Damaged(path) from error
        _go_on_counting(connection, contents)
        _triggers(connection, contents, "ENABLE")
    return contents


def _refuse_company(connection: Connection) -> None:
    """Web and worker would go on with what they know of rows that are gone."""
    if connection.scalar(text(COMPANY)):
        raise Conflict("Docket is running on this database. Stop web and worker, then restore.")


def _refuse_another_schema(connection: Connection, contents: Contents) -> None:
    present = present_revision_of(connection)
    if present is None:
        raise Refused("This database has no tables yet: run flask prepare first.")
    if present != contents.revision:
        raise Refused(
            f"The backup was made at revision {contents.revision} and this database is at {present}."
            " Restore it with the version of Docket that made it, then upgrade."
        )
    here = {name: set(columns) for name, columns in tables_in_order(connection)}
    if here != {table.name: set(table.columns) for table in contents.tables}:
        raise Refused("The tables of this database are not those of the backup. Nothing was restored.")


def _empty(connection: Connection, contents: Contents, *, replace: bool) -> None:
    names = sql.SQL(", ").join(sql.Identifier(table.name) for table in contents.tables)
    with cursor_of(connection) as cursor:
        cursor.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(names))
        if not replace:
            _refuse_to_overwrite(connection, contents)
        _triggers(
            connection, contents, "DISABLE"
        )  # history refuses to be emptied, and this is not a change of it
        cursor.execute(sql.SQL("TRUNCATE {}").format(names))


def _refuse_to_overwrite(connection: Connection, contents: Contents) -> None:
    for table in contents.tables:
        if table.name in SOWN_WITH_THE_SCHEMA:
            continue
        with cursor_of(connection) as cursor:
            cursor.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(table.name)))
            if cursor.fetchone():
                raise Conflict(
                    "This database is in use. Add --replace to delete everything in it and restore the backup."
                )


def _triggers(connection: Connection, contents: Contents, word: str) -> None:
    with cursor_of(connection) as cursor:
        for table in contents.tables:
            statement = sql.SQL("ALTER TABLE {} {} TRIGGER USER")
            cursor.execute(statement.format(sql.Identifier(table.name), sql.SQL(word)))


def _pointing_ahead(connection: Connection, contents: Contents) -> list[tuple[str, str]]:
    """References to rows of a table that is filled later: a customer's to its list, a contract's to its customer."""
    place = {table.name: number for number, table in enumerate(contents.tables)}
    inspector = inspect(connection)
    return [
        (name, str(key["name"]))
        for name, number in place.items()
        for key in inspector.get_foreign_keys(name)
        if place[key["referred_table"]] > number
    ]


def _constraints(connection: Connection, ahead: list[tuple[str, str]], word: str) -> None:
    with cursor_of(connection) as cursor:
        for table, name in ahead:
            statement = sql.SQL("ALTER TABLE {} ALTER CONSTRAINT {} {}")
            cursor.execute(statement.format(sql.Identifier(table), sql.Identifier(name), sql.SQL(word)))


def _copied_in(connection: Connection, archive: ZipFile, table: Table) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), listed(table.columns))
    with cursor_of(connection) as cursor:
        with cursor.copy(statement) as copy:
            for chunk in chunks_of(archive, table.name):
                copy.write(chunk)
        if cursor.rowcount != table.rows:
            raise Damaged(Path(str(archive.filename)))


def _go_on_counting(connection: Connection, contents: Contents) -> None:
    with cursor_of(connection) as cursor:
        for name, following in contents.counters.items():
            statement = sql.SQL("ALTER SEQUENCE {} RESTART WITH {}")
            cursor.execute(statement.format(sql.Identifier(name), sql.Literal(following)))
