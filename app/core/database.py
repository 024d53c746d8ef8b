"""The database session, the naming of constraints, and what every row carries."""

from datetime import datetime
from functools import lru_cache
from select import POLLIN, poll
from typing import TYPE_CHECKING, Any

import psycopg
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Engine,
    Identity,
    MetaData,
    UpdateBase,
    event,
    func,
)
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, registry
from sqlalchemy.orm.attributes import flag_modified

from app.core.errors import Stale

WEB_TIMEOUTS = {
    "statement_timeout": "5000",
    "lock_timeout": "1200",  # longer than a deadlock takes to be noticed; whoever queues for a row waits it twice
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


IN_UNIT_OF_WORK = "in_unit_of_work"
ON_ITS_OWN = "on_its_own"
OTHERWISE_BEGUN = {ON_ITS_OWN, "isolation_level"}  # whoever asks for a level has it from the driver


class OwnSession(Session):
    """Outside a unit of work each statement stands on its own: two journeys fewer for a page that reads."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        bind = super().get_bind(*args, **kwargs)
        if IN_UNIT_OF_WORK in self.info or not isinstance(bind, Engine):
            return bind
        return _for_reading(bind)


@lru_cache(maxsize=16)
def _for_reading(engine: Engine) -> Engine:
    return engine.execution_options(**{ON_ITS_OWN: True})


db = SQLAlchemy(model_class=Base, session_options={"class_": OwnSession, "expire_on_commit": False})

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


def told_at_once(statement: UpdateBase) -> None:
    """On a connection of its own: others see it before the unit of work ends, and however that ends."""
    engine: Engine | Connection = db.engine
    if not isinstance(engine, Engine):  # a test's one transaction
        db.session.execute(statement)
        return
    with _for_reading(engine).connect() as connection:
        connection.execute(statement)


def notice_dead_connections(engine: Engine) -> None:
    """Before a connection is used, look whether its server hung up: no question asked, so no time lost."""

    @event.listens_for(engine, "checkout")
    def look(connection: psycopg.Connection[Any], *_: object) -> None:
        line = poll()
        line.register(connection.fileno(), POLLIN)
        if line.poll(0):  # an idle server says nothing; this one said goodbye
            raise DisconnectionError


def begin_only_what_is_a_unit(engine: Engine) -> None:
    """The driver would begin a transaction for whatever comes; ours begin when somebody will commit."""

    @event.listens_for(engine, "checkout")
    def begin_nothing_unasked(connection: psycopg.Connection[Any], *_: object) -> None:
        if not connection.autocommit:
            connection.autocommit = True

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if not OTHERWISE_BEGUN & connection.get_execution_options().keys():
            connection.connection.cursor().execute("BEGIN")


def engine_options(*, pool: int, timeouts: dict[str, str]) -> dict[str, Any]:
    """A small pool that notices a restarted server and never waits long for a dead one."""
    return {
        "pool_size": pool,
        "max_overflow": pool,
        "pool_timeout": 3,
        "hide_parameters": True,  # an error in the log names the statement, never what people typed
        "connect_args": {
            "connect_timeout": 3,
            "application_name": "docket",
            "options": " ".join(f"-c {name}={value}" for name, value in (timeouts | PLANS).items()),
        },
    }
