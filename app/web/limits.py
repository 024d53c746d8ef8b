"""How often one principal or one address may ask: one count over all pages and endpoints, reads and writes apart."""

import math
import time
from collections.abc import Callable
from functools import lru_cache
from threading import Lock
from typing import Any, TypeVar

from flask import Flask, current_app, request
from flask_limiter import Limiter
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, RateLimiter
from redis import ConnectionPool

from app.core.errors import TooMany
from app.core.resilience import RedisBreaker
from app.web.access import viewer_to_be
from app.web.csrf import SAFE_METHODS
from app.web.doorstep import ASKED_BY_MACHINES

BUNDLES, LARGEST_BUNDLE = 30, 20  # an allowance comes from Redis in parts: each trip costs a tenth of a page
MOST_KEPT = 10_000
OFTEN = RateLimitItemPerMinute(3_000, namespace="often")

View = TypeVar("View", bound=Callable[..., Any])


def limit(app: Flask, redis: RedisBreaker, *, reads_a_minute: int, writes_a_minute: int) -> None:
    """Before anybody is refused, so that refusals count too."""
    count = Count(app, redis)
    reads = RateLimitItemPerMinute(reads_a_minute, namespace="reads")
    writes = RateLimitItemPerMinute(writes_a_minute, namespace="writes")

    @app.before_request
    def come_in_or_wait() -> None:
        if request.endpoint and request.path.startswith(ASKED_BY_MACHINES):
            return
        usual = reads if request.method in SAFE_METHODS else writes
        seconds = count.wait(_own_limit() or usual, who_asks())
        if seconds:
            raise TooMany("That was too often. Wait a minute, then try again.", retry_after=seconds)


def often(view: View) -> View:
    """Beside `@public`: somebody calls here for many people, and is counted apart from pages."""
    view.own_limit = OFTEN  # type: ignore[attr-defined]  # a function carries its declaration
    return view


def _own_limit() -> RateLimitItem | None:
    return getattr(current_app.view_functions.get(request.endpoint or ""), "own_limit", None)


def who_asks() -> str:
    """The principal when the page is for somebody and we know who it is, else the address."""
    who = viewer_to_be()
    return who.principal or f"address:{request.remote_addr}"


class Bundles:
    """What this process has fetched for somebody and not used yet."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[str, tuple[int, float]] = {}

    def take(self, key: str) -> bool:
        with self._lock:
            left, until = self._kept.pop(key, (0, 0.0))
            is_good = left > 0 and time.monotonic() < until
            if is_good and left > 1:
                self._kept[key] = left - 1, until
            return is_good

    def keep(self, key: str, more: int, seconds: int) -> None:
        with self._lock:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            left, _ = self._kept.get(key, (0, 0.0))
            self._kept[key] = left + more, time.monotonic() + seconds


class Count:
    """Kept in Redis for all processes; while it is away each process counts for itself.

    All together never let more through than the minute allows, but what one has fetched the others cannot use.
    """

    def __init__(self, app: Flask, redis: RedisBreaker) -> None:
        self.redis = redis
        self.fetched = Bundles()
        self.alone = FixedWindowRateLimiter(MemoryStorage())
        self.together = _on(redis.client.connection_pool, app) if redis.client else self.alone

    def wait(self, item: RateLimitItem, who: str) -> int:
        """Count one more, and say how many seconds to wait: none is the rule."""
        key = item.key_for(who)
        if self.fetched.take(key):
            return 0
        bundle = bundle_of(item.amount)
        seconds = self.redis.ask(lambda _: _wait(self.together, item, who, bundle))
        if seconds is None:
            return _wait(self.alone, item, who)
        if not seconds and bundle > 1:
            self.fetched.keep(key, bundle - 1, item.get_expiry())
        return seconds


@lru_cache
def bundle_of(amount: int) -> int:
    """As many as go into the allowance without a rest."""
    largest = min(max(1, amount // BUNDLES), LARGEST_BUNDLE)
    return next(size for size in range(largest, 0, -1) if amount % size == 0)


def _on(connections: ConnectionPool, app: Flask) -> RateLimiter:
    """Flask-Limiter, on our own connections.

    It is told that its hooks are in place already, because they cost a request more than all the rest of Flask.
    We know the one thing there is to ask, and ask it ourselves.
    """
    limiter = Limiter(key_func=who_asks)
    app.config["RATELIMIT_STORAGE_URI"] = "redis://"
    app.config["RATELIMIT_STORAGE_OPTIONS"] = {"connection_pool": connections}
    app.extensions["limiter"] = {limiter}
    limiter.init_app(app)
    return limiter.limiter


def _wait(strategy: RateLimiter, item: RateLimitItem, who: str, cost: int = 1) -> int:
    if strategy.hit(item, who, cost=cost):
        return 0
    ends = strategy.storage.get_expiry(item.key_for(who))
    return max(1, math.ceil(ends - time.time()))
