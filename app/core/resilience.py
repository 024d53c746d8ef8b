"""Every call that leaves the process has short timeouts and a breaker."""

import time
from collections.abc import Callable
from typing import TypeVar

import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry

R = TypeVar("R")

CONNECT_WITHIN, ANSWER_WITHIN = 0.25, 0.4
PAUSE_AFTER_FAILURE = 5.0

log = structlog.get_logger(__name__)


def redis_client(url: str) -> redis.Redis:
    """The one way to a Redis client in the web: it fails in half a second, not in a minute."""
    return redis.Redis.from_url(
        url,
        socket_connect_timeout=CONNECT_WITHIN,
        socket_timeout=ANSWER_WITHIN,
        retry=Retry(NoBackoff(), 0),
        health_check_interval=0,
    )


class Away(Exception):
    """The other side cannot be reached. Nothing has happened there, so trying again is safe and costs no try."""


class RedisBreaker:
    """After a failure Redis is left alone for a few seconds; then one page tries it, for all."""

    def __init__(self, client: redis.Redis | None) -> None:
        self.client = client
        self._rest_until = 0.0

    @property
    def is_open(self) -> bool:
        return self.client is None or time.monotonic() < self._rest_until

    def ask(self, question: Callable[[redis.Redis], R]) -> R | None:
        """What Redis says, or None when it is away."""
        if self.client is None or self.is_open:
            return None
        is_trial = self._rest_until > 0
        if is_trial:
            self._rest()
        try:
            answer = question(self.client)
        except redis.RedisError as error:
            self._rest()
            log.warning("redis.away", error=type(error).__name__)
            return None
        if is_trial:
            self._rest_until = 0.0
        return answer

    def _rest(self) -> None:
        self._rest_until = time.monotonic() + PAUSE_AFTER_FAILURE
