"""The queue that RQ executes from: not what must be done, only that somebody should look.

The web asks a little and must stay light, so RQ itself is imported where something is put into the queue.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Protocol

import redis

from app.core.tokens import new_token

LANES = ("default", "mail")
ERRAND = "app.jobs.perform"
KEEP_FAILED_FOR = 24 * 3600


class Queue(Protocol):
    def waiting(self) -> Counter[str]:
        """How many errands of each topic wait."""
        ...

    def ask_for(self, topic: str, *, lane: str, seconds: int, times: int) -> None: ...


class RqQueue:
    """RQ's lists in Redis, with JSON inside. Whoever asks meets redis.RedisError while it is away."""

    def __init__(self, client: redis.Redis) -> None:
        self.client = client

    def waiting(self) -> Counter[str]:
        return Counter(_topic_in(name) for lane in LANES for name in self._names(lane))

    def ask_for(self, topic: str, *, lane: str, seconds: int, times: int) -> None:
        from rq import Queue as Lane

        name = topic.replace(".", "--")
        errands = [
            Lane.prepare_data(
                ERRAND,
                args=(topic,),
                timeout=seconds,
                result_ttl=0,  # a kept result would hold the name
                failure_ttl=KEEP_FAILED_FOR,
                job_id=f"{name}---{new_token()[:12].replace('-', '_')}",
                description=topic,
            )
            for _ in range(times)
        ]
        Lane(lane, connection=self.client, serializer="json").enqueue_many(errands)

    def _names(self, lane: str) -> Iterator[str]:
        return map(_as_text, self.client.lrange(f"rq:queue:{lane}", 0, -1))


def _as_text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _topic_in(name: str) -> str:
    return name.partition("---")[0].replace("--", ".")
