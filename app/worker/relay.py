"""The relay: once a second it asks PostgreSQL what is due and Redis what is queued, and fills the gap.

So an empty Redis fills by itself, a full outbox does not flood it, and a Redis that is away costs delay only.
"""

import time

import structlog
from flask import Flask
from redis import RedisError
from sqlalchemy.exc import InternalError, OperationalError

from app.core import clock, leases, schedules
from app.core.deadlines import pause, stopping
from app.core.errors import Busy
from app.core.transaction import in_one_transaction
from app.gateways import Gateways
from app.jobs import JOBS, SHIFT
from app.queue import Queue
from app.schedule import SCHEDULE, Clock
from app.worker.connections import call_ourselves

PAUSE = 1.0
BETWEEN_BEATS = 5.0
MOST_ERRANDS = 8  # of one topic in Redis; each is good for some seconds of work

log = structlog.get_logger(__name__)


class Relay:
    """Also the keeper of the clock: both are one loop that asks PostgreSQL."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.clock = Clock(SCHEDULE)
        self.last_beat = 0.0
        self.trouble: str | None = None

    def run(self) -> None:
        call_ourselves("docket relay", self.app)
        while not stopping():
            self.turn()
            pause(PAUSE)

    def turn(self) -> None:
        try:
            with self.app.app_context():
                self._beat()
                gateways: Gateways = self.app.extensions["gateways"]
                if gateways.queue:
                    refill(gateways.queue)
        except (OperationalError, InternalError, Busy, RedisError) as error:
            self._note(type(error).__name__)
        else:
            self._note(None)

    def _beat(self) -> None:
        if time.monotonic() - self.last_beat < BETWEEN_BEATS:
            return
        self.clock.tick(clock.now())
        in_one_transaction(lambda: schedules.beat("relay"))
        self.last_beat = time.monotonic()

    def _note(self, trouble: str | None) -> None:
        """Once when it begins, once when it is over: not a line per second in between."""
        if trouble != self.trouble:
            log.warning("relay.waits", error=trouble) if trouble else log.info("relay.goes_on")
        self.trouble = trouble


def refill(queue: Queue) -> None:
    """As many errands as the due promises need, less those that wait already."""
    due = in_one_transaction(leases.due_topics)
    waiting = queue.waiting() if due else {}
    for topic, count in due.items():
        wanted = min(-(-count // leases.BATCH), MOST_ERRANDS) - waiting.get(topic, 0)
        if wanted > 0:
            job = JOBS.get(topic)
            lane, seconds = (job.lane, job.seconds) if job else ("default", 60)
            queue.ask_for(topic, lane=lane, seconds=SHIFT + seconds * leases.BATCH, times=wanted)
