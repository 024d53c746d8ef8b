"""A hand: an RQ worker that forks for each errand, and does only errands that are ours."""

import os
import signal
import socket
from types import FrameType
from typing import Any

import structlog
from flask import Flask
from redis import Redis, RedisError
from rq import Queue as Lane
from rq import Worker
from rq.exceptions import StopRequested
from rq.job import Job
from rq.worker import WorkerStatus

from app import jobs
from app.core.deadlines import pause, please_stop, stopping
from app.core.resilience import redis_client
from app.queue import ERRAND, LANES
from app.worker.connections import call_ourselves
from app.worker.tree import end_with

SEEN_EVERY = 15  # seconds: how long it listens for work before it reports itself
TIDIES_EVERY = 60

log = structlog.get_logger(__name__)


class NotOurs(Exception):
    """Somebody wrote a job into Redis that we never asked for."""


class Errand(Job):
    """RQ calls whatever function a job names. We know one, and RQ's other hooks are left out."""

    @property
    def func(self) -> Any:
        if self.func_name != ERRAND:
            raise NotOurs(f"{self.func_name} is not a job of ours.")
        return jobs.perform

    def restore(self, raw_data: Any) -> None:
        super().restore(raw_data)
        self._success_callback_name = self._failure_callback_name = self._stopped_callback_name = None
        self.webhooks = []


class Hand(Worker):
    """It opens no database connection itself: the fork that does the errand opens its own."""

    job_class = Errand
    max_connection_wait_time = 2.0
    log_result_lifespan = False

    def __init__(self, app: Flask, lanes: list[Lane], connection: Redis) -> None:
        self.app = app
        self.own_pid = os.getpid()
        super().__init__(
            lanes,
            connection=connection,
            serializer="json",
            worker_ttl=SEEN_EVERY + 15,
            job_monitoring_interval=SEEN_EVERY,
            maintenance_interval=TIDIES_EVERY,
            log_job_description=False,
        )

    def subscribe(self) -> None:
        """Nobody steers us through Redis, and a fork is safer without a second thread."""

    def check_for_suspension(self, burst: bool) -> None:
        """RQ asks this before each errand: is there a reason not to begin?"""
        if stopping():
            raise StopRequested

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        first = not stopping()
        please_stop()
        if self.get_state() == WorkerStatus.BUSY:
            self._hurry_the_horse()
        elif first:
            raise StopRequested

    def fork_work_horse(self, job: Job, queue: Lane) -> None:
        super().fork_work_horse(job, queue)
        if stopping():  # asked between the fork and now
            self._hurry_the_horse()

    def _hurry_the_horse(self) -> None:
        if self.horse_pid:
            os.kill(self.horse_pid, signal.SIGTERM)

    def main_work_horse(self, job: Job, queue: Lane) -> None:
        end_with(self.own_pid)
        call_ourselves("docket worker", self.app)
        with self.app.app_context():
            super().main_work_horse(job, queue)

    def perform_job(self, job: Job, queue: Lane) -> bool:
        """The fork ends without goodbye."""
        is_done = bool(super().perform_job(job, queue))
        for say in self.app.extensions["last_words"]:
            say()
        return is_done

    def setup_work_horse_signals(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, please_stop)


def work(app: Flask, number: int) -> None:
    """The life of one hand. Odd ones look for mail last, even ones first, so that neither lane waits long."""
    url = app.extensions["settings"].redis_url
    if not _redis_answers(redis_client(url)):
        return
    connection = redis_client(url)  # a fresh one: RQ makes it patient enough to listen
    names = LANES if number % 2 else LANES[::-1]
    lanes = [Lane(name, connection=connection, job_class=Errand, serializer="json") for name in names]
    Hand(app, lanes, connection).work()


def _redis_answers(connection: Redis) -> bool:
    """Wait for Redis quietly. False when we should stop instead."""
    complained = False
    while not stopping():
        try:
            return bool(connection.ping())
        except RedisError as error:
            if not complained:
                log.warning("worker.waits_for_redis", host=socket.gethostname(), error=type(error).__name__)
            complained = True
            pause(1)
    return False
