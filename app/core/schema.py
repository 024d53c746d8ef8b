"""Which revision the database has, which one this code needs, and getting there one process at a time."""

from functools import lru_cache

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import Connection, text

from app.core.database import db

ONLY_ONE_MIGRATES = 0x0D0C4E7  # the key of the advisory lock


def present_revision() -> str | None:
    return present_revision_of(db.session.connection())


def present_revision_of(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


@lru_cache(maxsize=1)
def newest_revision() -> str | None:
    return ScriptDirectory(str(current_app.extensions["migrate"].directory)).get_current_head()


def upgrade_when_needed() -> bool:
    """True when something was done. Two releases at once wait for each other."""
    # Outside any transaction: the lock must outlast a migration that takes its time.
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = '60s'; SET lock_timeout = '60s'"))
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ONLY_ONE_MIGRATES})
        try:
            if present_revision_of(connection) == newest_revision():
                return False
            from flask_migrate import upgrade  # alembic's commands are for the few starts that migrate

            upgrade()
            return True
        finally:
            connection.invalidate()  # closed for good, and the lock and the timeouts with it
