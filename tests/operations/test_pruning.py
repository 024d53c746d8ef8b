"""What nobody asks for any more is forgotten: answers after a day, history after ninety."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import Customer
from app.core import clock, outbox, schedules
from app.core.database import db
from app.core.idempotency import IdempotencyKey
from app.core.outbox import OutboxMessage
from app.core.schedules import ScheduledRun
from app.core.transaction import in_one_transaction
from app.jobs import perform
from tests import factories
from tests.visitor import Visitor

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def prune(*, after: timedelta = timedelta()) -> None:
    """As the clock would hand it out then."""
    with clock.moved(after):
        in_one_transaction(lambda: outbox.promise("operations.prune"))
        assert perform("operations.prune") == 1


def count(kind: type) -> int:
    return db.session.scalar(select(func.count()).select_from(kind)) or 0


def test_a_form_sent_again_gets_its_first_answer_for_a_day(context: Flask, visitor: Visitor) -> None:
    ida = {"company": "Blue Door", "name": "Ida", "email": "ida@bluedoor.example", "once": "a" * 20}
    answers = []
    for _ in range(2):
        answers.append(visitor.submit("/register", **ida, password="seven brown geese over leeds"))
        prune(after=23 * HOUR)
    assert [answer.headers.get("Idempotent-Replayed") for answer in answers] == [None, "true"]
    assert count(Customer) == 1
    prune(after=25 * HOUR)
    assert count(IdempotencyKey) == 0


def test_kept_promises_and_slots_are_history_for_ninety_days_and_open_ones_for_ever(context: Flask) -> None:
    long_ago = clock.now() - 91 * DAY
    for name, facts in {
        "kept long ago": {"done_at": long_ago},
        "kept lately": {"done_at": long_ago + 2 * DAY},
        "given up": {"dead_at": long_ago},
        "still open": {},
    }.items():
        factories.saved(OutboxMessage(topic=name, payload={}, created_at=long_ago, **facts))
    for slot in (long_ago, long_ago + 2 * DAY):
        in_one_transaction(lambda slot=slot: schedules.claim_slot("x", slot))
    prune()
    topics = set(db.session.scalars(select(OutboxMessage.topic)))
    assert topics == {"kept lately", "given up", "still open", "operations.prune"}
    assert list(db.session.scalars(select(ScheduledRun.slot))) == [long_ago + 2 * DAY]
