"""The circuit in front of the card gateway: after some failures it is left alone, then tried again."""

import time
from collections import deque
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any, cast

from pybreaker import STATE_CLOSED, STATE_OPEN, CircuitBreaker, CircuitMemoryStorage

from app.core import clock

FAILURES, WITHIN, REST = 5, 30.0, 30.0


class _RecentFailures(CircuitMemoryStorage):
    """Old failures do not count, and each success makes up for one: a busy hour may have a few."""

    def __init__(self) -> None:
        super().__init__(STATE_CLOSED)
        self.moments: deque[float] = deque(maxlen=FAILURES)

    @property
    def counter(self) -> int:
        recent = time.monotonic() - WITHIN
        return sum(moment > recent for moment in self.moments)

    def increment_counter(self) -> None:
        self.moments.append(time.monotonic())

    def reset_counter(self) -> None:
        if self.moments:
            self.moments.popleft()


class Circuit:
    """Closed while all is well. `calling()` raises CircuitBreakerError while it is open."""

    def __init__(self, *, is_no_failure: Any, rest: float = REST) -> None:
        self.rest = timedelta(seconds=rest)
        self.seen = _RecentFailures()
        self.breaker = CircuitBreaker(
            fail_max=FAILURES,
            reset_timeout=rest,
            exclude=[is_no_failure],
            state_storage=self.seen,
            throw_new_error_on_trip=False,
        )

    def calling(self) -> AbstractContextManager[None]:
        return cast(AbstractContextManager[None], self.breaker.calling())

    @property
    def is_open(self) -> bool:
        """No longer after the rest: somebody has to try."""
        opened = self.seen.opened_at
        return bool(self.seen.state == STATE_OPEN and opened and clock.now() < opened + self.rest)
