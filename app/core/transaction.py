"""One commit in the house: `@use_case` is the unit of work, and retries as a whole."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

import structlog
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from app.core.database import IN_UNIT_OF_WORK, db
from app.core.errors import Busy, Refusal, Stale

P = ParamSpec("P")
R = TypeVar("R")

AFTERWARDS = "afterwards"
TRIES = 4
PATIENCE = 1.5  # seconds, for all tries together: a deadlock is noticed after one
WORTH_ANOTHER_TRY = {"40001", "40P01"}  # serialization, deadlock
LOCKED = "55P03"  # PostgreSQL has waited long enough for both of us
TROUBLE = {"08", "53", "57", "58"}  # how they begin: connection, room, somebody's stop, the disk
READ_ONLY, IDLE_TOO_LONG = "25006", "25P03"
TROUBLE_OF_ITS_OWN = WORTH_ANOTHER_TRY | {LOCKED, READ_ONLY, IDLE_TOO_LONG}
SHORTEST_PAUSE, LONGEST_PAUSE = 0.02, 0.2

log = structlog.get_logger(__name__)


def use_case(function: Callable[P, R]) -> Callable[P, R]:
    """Run as one transaction. A use case called by another joins the one that is open."""

    @wraps(function)
    def unit_of_work(*args: P.args, **kwargs: P.kwargs) -> R:
        if in_unit_of_work():
            return function(*args, **kwargs)
        return _tried(lambda: function(*args, **kwargs))

    return unit_of_work


def in_unit_of_work() -> bool:
    return IN_UNIT_OF_WORK in db.session.info


def afterwards(work: Callable[[], object]) -> None:
    """Once this unit has been committed, and never for one that was undone."""
    db.session.info[AFTERWARDS].append(work)


def in_one_transaction(work: Callable[[], R]) -> R:
    """The same unit for work that has no name of its own (an idempotent request, a job's last step)."""
    return work() if in_unit_of_work() else _tried(work)


def _tried(work: Callable[[], R]) -> R:
    began = time.monotonic()
    for attempt in range(1, TRIES + 1):
        try:
            with _committing():
                return work()
        except StaleDataError:
            raise Stale from None
        except PoolTimeout:
            raise Busy from None
        except DBAPIError as error:
            if sqlstate(error) not in WORTH_ANOTHER_TRY:
                raise busy_after(error) from error
            log.warning("transaction.retried", attempt=attempt, sqlstate=sqlstate(error))
            if attempt == TRIES or time.monotonic() - began > PATIENCE:
                raise Busy from error
            time.sleep(random.uniform(SHORTEST_PAUSE, LONGEST_PAUSE))  # noqa: S311 - jitter, not a secret
    raise AssertionError("the loop returns or raises")


@contextmanager
def _committing() -> Iterator[None]:
    # Whatever was read before belongs to an older picture of the rows.
    db.session.rollback()
    db.session.info[IN_UNIT_OF_WORK] = True
    follow = db.session.info[AFTERWARDS] = []
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        db.session.info.pop(IN_UNIT_OF_WORK, None)
    for work in follow:
        work()


def busy_after(error: DBAPIError) -> Busy:
    """When somebody else holds a row for too long: the unit is undone. Any other error stays what it is."""
    if sqlstate(error) != LOCKED:
        raise error
    db.session.rollback()
    log.warning("transaction.locked_out")
    return Busy()


@contextmanager
def refusing(**in_words: Refusal) -> Iterator[None]:
    """What a constraint of this name forbids is refused in these words, and the rest of the unit stays."""
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError as error:
        refusal = in_words.get(constraint_of(error) or "")
        if refusal is None:
            raise
        raise refusal from None


def sqlstate(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)


def constraint_of(error: DBAPIError) -> str | None:
    """The name of the constraint that said no, for refusals that name their field."""
    diagnosis = getattr(error.orig, "diag", None)
    return getattr(diagnosis, "constraint_name", None)


def database_cannot_now(error: DBAPIError) -> bool:
    """Nothing is wrong with what was asked: it may be asked again later."""
    state = sqlstate(error) or ""
    return database_is_away(error) or state[:2] in TROUBLE or state in TROUBLE_OF_ITS_OWN


def database_is_away(error: BaseException) -> bool:
    """The server is gone or refuses connections: nobody's fault, and it will be back."""
    return isinstance(error, OperationalError) and (
        error.connection_invalidated or sqlstate(error) in {None, "57P01", "57P02", "57P03", "53300"}
    )
