"""What is due in PostgreSQL finds its way into Redis, whatever Redis forgot."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import text

from app.core.database import db
from app.core.resilience import redis_client
from app.core.transaction import in_one_transaction
from app.gateways import Gateways
from app.queue import Queue, RqQueue
from app.worker.relay import MOST_ERRANDS, Relay, refill

TOPIC, OTHER = "tests.job", "tests.other"


def promise(topic: str, count: int) -> None:
    statement = text(
        "INSERT INTO outbox_message (topic, payload)"
        " SELECT CAST(:topic AS text), '{}' FROM generate_series(1, :count)"
    )
    in_one_transaction(lambda: db.session.execute(statement, {"topic": topic, "count": count}))


def empty_queue(app: Flask) -> Queue:
    gateways: Gateways = app.extensions["gateways"]
    assert gateways.queue is not None
    assert gateways.redis.client is not None
    gateways.redis.client.flushall()
    return gateways.queue


def test_it_asks_for_as_much_work_as_there_is_and_no_more(own_app: Flask) -> None:
    with own_app.app_context():
        queue = empty_queue(own_app)
        promise(TOPIC, 41)
        promise(OTHER, 1)
        for _ in range(3):
            refill(queue)
        assert queue.waiting() == {TOPIC: 3, OTHER: 1}
        empty_queue(own_app)
        refill(queue)
        assert queue.waiting() == {TOPIC: 3, OTHER: 1}, "an empty Redis fills by itself"


def test_a_flood_stays_in_postgresql(own_app: Flask) -> None:
    with own_app.app_context():
        queue = empty_queue(own_app)
        promise(TOPIC, 5000)
        for _ in range(3):
            refill(queue)
        assert queue.waiting() == {TOPIC: MOST_ERRANDS}
        empty_queue(own_app)


def test_without_redis_it_keeps_the_clock_and_complains_once(
    own_app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    usual: Gateways = own_app.extensions["gateways"]
    nobody = RqQueue(redis_client("redis://127.0.0.1:1/0"))
    own_app.extensions["gateways"] = replace(usual, queue=nobody)
    relay = Relay(own_app)
    with own_app.app_context():
        promise(TOPIC, 1)
        for _ in range(3):
            relay.turn()
        assert len([line for line in caplog.records if "relay.waits" in str(line.msg)]) == 1
        assert db.session.scalar(text("SELECT count(*) FROM pulse")) == 1
