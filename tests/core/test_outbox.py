"""Promises: leased by one, counted, put off, handed back, and never lost."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from app.core import leases, outbox
from app.core.database import db
from app.core.outbox import OutboxMessage
from app.core.transaction import in_one_transaction

TOPIC = "tests.nothing"
MINUTE = timedelta(minutes=1)


def promised(count: int = 1, topic: str = TOPIC) -> list[int]:
    before = set(db.session.scalars(select(OutboxMessage.id)))

    def promise() -> None:
        for number in range(count):
            outbox.promise(topic, number=number)

    in_one_transaction(promise)
    return sorted(set(db.session.scalars(select(OutboxMessage.id))) - before)


def lease(holder: str, limit: int = leases.BATCH) -> list[int]:
    return list(in_one_transaction(lambda: leases.lease(TOPIC, holder=holder, limit=limit)))


def start(message_id: int, holder: str) -> OutboxMessage | None:
    return in_one_transaction(lambda: leases.start(message_id, holder=holder))


def due() -> dict[str, int]:
    return in_one_transaction(leases.due_topics)


def row(message_id: int) -> OutboxMessage:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(OutboxMessage, message_id)


def time_passes(column: str = "lease_until") -> None:
    """As if an hour had passed for every lease, or every pause."""
    earlier = getattr(OutboxMessage, column) - timedelta(hours=1)
    in_one_transaction(lambda: db.session.execute(update(OutboxMessage).values({column: earlier})))


def test_a_promise_with_a_key_is_made_once(context: Flask) -> None:
    for _ in range(2):
        in_one_transaction(lambda: outbox.promise(TOPIC, dedupe_key="order:1:received"))
    assert due() == {TOPIC: 1}


def test_a_leased_promise_is_not_due_until_the_lease_ends(context: Flask) -> None:
    [one] = promised()
    assert lease("ann") == [one]
    assert lease("bob") == []
    assert due() == {}
    time_passes()
    assert due() == {TOPIC: 1}
    assert lease("bob") == [one]


def test_whoever_lost_the_lease_does_not_begin(context: Flask) -> None:
    [one] = promised()
    lease("ann")
    time_passes()
    assert start(one, "ann") is None, "it ended"
    lease("bob")
    assert start(one, "ann") is None, "it is somebody else's"
    begun = start(one, "bob")
    assert begun is not None
    assert begun.attempts == 1


def test_a_kept_promise_is_over(context: Flask) -> None:
    [one] = promised()
    lease("ann")
    start(one, "ann")
    assert in_one_transaction(lambda: leases.finish(one, sent={"to": "maya@copperkettle.example"}))
    time_passes()
    assert due() == {}
    assert lease("bob") == []
    assert row(one).state == "sent"


def test_what_has_happened_counts_even_when_the_lease_was_lost(context: Flask) -> None:
    [one] = promised()
    lease("ann")
    start(one, "ann")
    time_passes()
    lease("bob")
    assert in_one_transaction(lambda: leases.finish(one))
    assert start(one, "bob") is None, "bob must not do it again"
    assert not in_one_transaction(lambda: leases.finish(one)), "and it happened once"


def test_a_failed_promise_waits_for_its_pause(context: Flask) -> None:
    [one] = promised()
    lease("ann")
    start(one, "ann")
    in_one_transaction(lambda: leases.postpone(one, holder="ann", error="451 later", pause=MINUTE))
    assert due() == {}
    assert (row(one).state, row(one).last_error) == ("waiting", "451 later")
    time_passes("not_before")
    assert due() == {TOPIC: 1}


def test_a_promise_given_up_is_dead_and_not_due(context: Flask) -> None:
    [one] = promised()
    lease("ann")
    in_one_transaction(lambda: leases.postpone(one, holder="ann", error="550 never", pause=None))
    time_passes("not_before")
    assert due() == {}
    assert row(one).state == "failed"


def test_only_the_holder_puts_off(context: Flask) -> None:
    [one] = promised()
    lease("ann")
    in_one_transaction(lambda: leases.postpone(one, holder="bob", error="not mine", pause=None))
    assert row(one).dead_at is None


def test_what_is_handed_back_is_due_at_once(context: Flask) -> None:
    numbers = promised(3)
    lease("ann")
    start(numbers[0], "ann")
    in_one_transaction(lambda: leases.finish(numbers[0]))
    in_one_transaction(lambda: leases.release("ann"))
    assert lease("bob") == numbers[1:]
    assert row(numbers[0]).state == "done"


def test_a_lease_takes_no_more_than_asked_however_postgresql_plans_it(context: Flask) -> None:
    numbers = promised(6)

    def planned_badly() -> list[int]:
        for way in ("hashjoin", "hashagg", "sort", "material"):
            db.session.execute(text(f"SET LOCAL enable_{way} = off"))
        return list(leases.lease(TOPIC, holder="ann", limit=2))

    assert in_one_transaction(planned_badly) == numbers[:2]


def test_a_topic_rests_while_its_other_side_is_away(context: Flask) -> None:
    numbers = promised(3)
    assert lease("ann", limit=2) == numbers[:2]
    start(numbers[0], "ann")
    was_due = row(numbers[0]).not_before
    in_one_transaction(lambda: leases.rest("ann", tried=numbers[0], error="No mail server", pause=MINUTE))
    assert due() == {}, "the third rests with the two that were tried"
    assert [row(number).attempts for number in numbers] == [0, 0, 0], (
        "nothing was tried, so nothing is counted"
    )
    assert row(numbers[0]).not_before == was_due, "it is late, and the figures say so"
    time_passes()
    assert due() == {TOPIC: 3}


def test_what_failed_before_comes_last(context: Flask) -> None:
    numbers = promised(3)
    in_one_transaction(
        lambda: db.session.execute(
            update(OutboxMessage).where(OutboxMessage.id == numbers[0]).values(attempts=1)
        )
    )
    assert lease("ann") == [*numbers[1:], numbers[0]]


def test_history_is_forgotten_but_mails_stay(context: Flask) -> None:
    mail, chore, fresh = promised(3)
    lease("ann")
    in_one_transaction(
        lambda: [leases.finish(mail, sent={"to": "x"}), leases.finish(chore), leases.finish(fresh)]
    )
    year = timedelta(days=365)
    in_one_transaction(
        lambda: db.session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id != fresh)
            .values(done_at=OutboxMessage.done_at - year)
        )
    )
    old = row(fresh).done_at - timedelta(days=90)
    assert in_one_transaction(lambda: outbox.forget_done(old)) == 1
    assert set(db.session.scalars(select(OutboxMessage.id))) >= {mail, fresh}


def test_two_holders_never_share_a_row(own_app: Flask) -> None:
    """Eight holders at once over one heap: every row is leased once."""
    with own_app.app_context():
        numbers = promised(200)
    taken: dict[str, list[int]] = {}
    together = threading.Barrier(8, timeout=60)

    def hold(name: str) -> None:
        with own_app.app_context():
            together.wait()
            taken[name] = []
            while len(taken[name]) <= len(numbers) and (batch := lease(name, limit=7)):
                taken[name].extend(batch)

    threads = [threading.Thread(target=hold, args=(f"holder {number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    everything = [number for batch in taken.values() for number in batch]
    assert sorted(everything) == numbers
    with own_app.app_context():
        rows = db.session.execute(select(OutboxMessage.lease_holder, OutboxMessage.id))
        assert {(holder, number) for holder, number in rows} == {
            (holder, number) for holder, batch in taken.items() for number in batch
        }


@pytest.fixture
def many_done(context: Flask) -> None:
    db.session.execute(
        text(
            "INSERT INTO outbox_message (topic, payload, done_at)"
            " SELECT 'tests.old', '{}', now() FROM generate_series(1, 20000)"
        )
    )
    db.session.execute(text("ANALYZE outbox_message"))


def test_asking_what_is_due_does_not_read_what_is_over(many_done: None) -> None:
    promised(3)
    statement = select(OutboxMessage.id).where(OutboxMessage.topic == TOPIC, *outbox.is_due())
    plan = "\n".join(
        db.session.scalars(
            text("EXPLAIN " + str(statement.compile(db.engine, compile_kwargs={"literal_binds": True})))
        )
    )
    assert "ix_outbox_message_due" in plan
