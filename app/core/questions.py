"""What every request asks, put into words once and sent to the driver as it is."""

from typing import Any, cast

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import Connection, Dialect, Engine, PoolProxiedConnection, ReturnsRows, Select
from sqlalchemy.exc import DBAPIError

from app.core.database import db


class Answer(list[Any]):
    """The rows of a question, each a named tuple."""

    def one(self) -> Any:
        (row,) = self
        return row

    def one_or_none(self) -> Any | None:
        return self.one() if self else None


class Question:
    """What every request asks: put into words once, so that only its values are left to send.

    It goes to the driver as it is: SQLAlchemy's way around costs more than the driver's own. It may also change
    rows and return them; what the session was told before has to be flushed by then.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]] | ReturnsRows) -> None:
        self.statement = statement
        self.words = ""
        self.constants: dict[str, Any] = {}

    def ask(self, **values: Any) -> Answer:
        engine: Engine | Connection = db.engine
        if not self.words:
            self._put_into_words(engine.dialect)
        if isinstance(engine, Engine) and not db.session.registry.has():
            borrowed = _borrowed(engine)  # a session for this alone would cost three times as much
            try:
                return self._answered(borrowed, borrowed, values)
            finally:
                borrowed.close()
        connection = db.session.connection()  # it may be about what is not committed
        return self._answered(connection.connection, connection, values)

    def _answered(
        self,
        pooled: PoolProxiedConnection,
        holder: Connection | PoolProxiedConnection,
        values: dict[str, Any],
    ) -> Answer:
        driver = cast(psycopg.Connection[Any], pooled.driver_connection)
        try:
            with driver.cursor(row_factory=namedtuple_row) as cursor:
                return Answer(cursor.execute(self.words, self.constants | values).fetchall())
        except psycopg.Error as error:
            dialect = cast(Engine | Connection, db.engine).dialect
            broke = dialect.is_disconnect(cast(Any, error), pooled.dbapi_connection, None)
            if broke:  # it is used no more
                holder.invalidate(error)
            raise _as_sqlalchemy_says(error, self.words, broke, dialect) from error

    def _put_into_words(self, dialect: Dialect) -> None:
        compiled = self.statement.compile(dialect=dialect)
        self.constants = {name: value for name, value in compiled.params.items() if value is not None}
        self.words = str(compiled)


def _borrowed(engine: Engine) -> PoolProxiedConnection:
    try:
        return engine.raw_connection()
    except psycopg.Error as error:  # the server is away, or just coming up
        raise _as_sqlalchemy_says(error, "", True, engine.dialect) from error


def _as_sqlalchemy_says(error: psycopg.Error, words: str, broke: bool, dialect: Dialect) -> BaseException:
    """The same error as from any other statement."""
    return DBAPIError.instance(
        words, None, error, psycopg.Error, hide_parameters=True, connection_invalidated=broke, dialect=dialect
    )
