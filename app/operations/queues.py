"""What RQ knows at this moment: how much it holds, and who works on it."""

from datetime import datetime
from typing import NamedTuple

import redis

from app.core.resilience import RedisBreaker


class Lane(NamedTuple):
    """One queue."""

    name: str
    waiting: int
    running: int


class Hand(NamedTuple):
    """One worker process."""

    name: str
    state: str
    lanes: str
    seen_at: datetime | None
    done: int


class Executor(NamedTuple):
    """RQ, as it answered just now."""

    lanes: list[Lane]
    hands: list[Hand]


def executor(breaker: RedisBreaker) -> Executor | None:
    """None while Redis is away: promises wait in PostgreSQL, and nothing is lost."""
    return breaker.ask(lambda client: _look(_of_its_own(client)))


def _of_its_own(client: redis.Redis) -> redis.Redis:
    """RQ's Worker lengthens the timeouts of the connections it is given: it must not be given the pages'."""
    pool = client.connection_pool
    own = redis.ConnectionPool(connection_class=pool.connection_class, **pool.connection_kwargs)
    return redis.Redis.from_pool(own)


def _look(client: redis.Redis) -> Executor:
    from rq import Queue, Worker  # only this page needs it

    lanes = [Lane(q.name, q.count, q.started_job_registry.count) for q in Queue.all(connection=client)]
    hands = [
        Hand(
            name=worker.name,
            state=str(worker.get_state()),
            lanes=", ".join(worker.queue_names()),
            seen_at=worker.last_heartbeat,
            done=worker.successful_job_count or 0,
        )
        for worker in Worker.all(connection=client)
    ]
    return Executor(sorted(lanes), sorted(hands))
