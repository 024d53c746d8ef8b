"""The database session, the naming of constraints, and what every row carries."""

from datetime import datetime
from select import POLLIN, poll
from typing import TYPE_CHECKING, Any

import psycopg
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, Engine, Identity, MetaData, UpdateBase, event, func
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, registry
from sqlalchemy.orm.attributes import flag_modified

from app.core.errors import Stale

WEB_TIMEOUTS = {
    "statement_timeout": "5000",
    "lock_timeout": "2000",
    "idle_in_transaction_session_timeout": "10000",
}
WORKER_TIMEOUTS = WEB_TIMEOUTS | {
    "statement_timeout": "60000",
    "idle_in_transaction_session_timeout": "60000",
}

# A search plans for the word it is given: the plan for any word at all walks the whole table.
PLANS = {"plan_cache_mode": "force_custom_plan"}


class Base(DeclarativeBase):
    """Constraints have names of our own, so that migrations and refusals can say which one."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={datetime: DateTime(timezone=True)},
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

if TYPE_CHECKING:
    Model = Base  # Flask-SQLAlchemy makes its base at run time, where mypy cannot follow
else:
    Model = db.Model


class Record(Model):
    """Every row has a number, a birth and a last change."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class Edited:
    """Rows that people edit: who did, and a version that a second editor trips over."""

    created_by: Mapped[int | None] = mapped_column(BigInteger)
    updated_by: Mapped[int | None] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    def expect(self, seen: int) -> None:
        """The version the person had before their eyes must still be the current one."""
        if self.version != seen:
            raise Stale

    def mark_edited(self, by: int | None) -> None:
        """Who changed it; a new version, even when only rows beside it changed (its roles, its permissions)."""
        self.updated_by = by
        flag_modified(self, "updated_by")

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy calls it on the class
        return {"version_id_col": cls.version}


class SoftDeleted:
    """Rows that leave the lists but can come back."""

    deleted_at: Mapped[datetime | None]


def rows_changed(statement: UpdateBase) -> int:
    """How many rows an UPDATE or DELETE met: the answer of every statement that decides."""
    result = db.session.execute(statement)
    return int(result.rowcount)  # type: ignore[attr-defined]  # the result of DML has one


def notice_dead_connections(engine: Engine) -> None:
    """Before a connection is used, look whether its server hung up: no question asked, so no time lost."""

    @event.listens_for(engine, "checkout")
    def look(connection: psycopg.Connection[Any], *_: object) -> None:
        line = poll()
        line.register(connection.fileno(), POLLIN)
        if line.poll(0):  # an idle server says nothing; this one said goodbye
            raise DisconnectionError


def engine_options(*, pool: int, timeouts: dict[str, str]) -> dict[str, Any]:
    """A small pool that notices a restarted server and never waits long for a dead one."""
    return {
        "pool_size": pool,
        "max_overflow": pool,
        "pool_timeout": 3,
        "connect_args": {
            "connect_timeout": 3,
            "application_name": "docket",
            "options": " ".join(f"-c {name}={value}" for name, value in (timeouts | PLANS).items()),
        },
    }
