"""How work ended, added up in PostgreSQL: web and worker may share no disk, but they share this."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import structlog
from sqlalchemy import BigInteger, Float, Row, String, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Model, db
from app.core.errors import Busy
from app.core.transaction import in_one_transaction

log = structlog.get_logger(__name__)


class Tally(Model):
    """How often work on one topic ended in one way, and how long all of it took."""

    topic: Mapped[str] = mapped_column(String(60), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(10), primary_key=True)
    times: Mapped[int] = mapped_column(BigInteger)
    seconds: Mapped[float] = mapped_column(Float(53))


@contextmanager
def tallied(topic: str) -> Iterator[Callable[[str, float], None]]:
    """Note outcomes and seconds; all of them are written together when the block ends.

    After the work and in a transaction of its own: nobody waits with kept promises for a figure, and
    a process that is killed takes no more than its last notes with it.
    """
    noted: dict[str, list[float]] = defaultdict(list)
    try:
        yield lambda outcome, seconds: noted[outcome].append(seconds)
    finally:
        if noted:
            _write(topic, noted)


def _write(topic: str, noted: dict[str, list[float]]) -> None:
    rows = [
        {"topic": topic, "outcome": outcome, "times": len(seconds), "seconds": sum(seconds)}
        for outcome, seconds in sorted(noted.items())  # in one order, so that two writers never deadlock
    ]
    new = insert(Tally).values(rows)
    added = {"times": Tally.times + new.excluded.times, "seconds": Tally.seconds + new.excluded.seconds}
    statement = new.on_conflict_do_update(index_elements=["topic", "outcome"], set_=added)
    try:
        in_one_transaction(lambda: db.session.execute(statement))
    except (SQLAlchemyError, Busy) as error:
        log.warning("tally.lost", topic=topic, error=type(error).__name__)


def tallies() -> Sequence[Row[str, str, int, float]]:
    """By topic and outcome."""
    columns = select(Tally.topic, Tally.outcome, Tally.times, Tally.seconds)
    return db.session.execute(columns.order_by(Tally.topic, Tally.outcome)).all()
