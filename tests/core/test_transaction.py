"""The unit of work: all or nothing, and again when PostgreSQL asks for it."""

import threading

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.accounts.models import Customer
from app.core import outbox
from app.core.database import db
from app.core.errors import Busy, Refused
from app.core.outbox import OutboxMessage
from app.core.transaction import afterwards, use_case
from tests import factories


def names() -> list[str]:
    return list(db.session.scalars(select(Customer.name).order_by(Customer.name)))


def test_a_refusal_takes_rows_and_promises_back(context: Flask) -> None:
    @use_case
    def half() -> None:
        db.session.add(Customer(code="A", name="Half"))
        db.session.flush()
        outbox.promise("accounts.mail_reset", email="a@b.example")
        raise Refused("No.")

    with pytest.raises(Refused):
        half()
    assert names() == []
    assert db.session.scalars(select(OutboxMessage)).all() == []


def test_a_use_case_inside_another_joins_it(context: Flask) -> None:
    @use_case
    def inner() -> None:
        db.session.add(Customer(code="I", name="Inner"))

    @use_case
    def outer() -> None:
        inner()
        raise Refused("The whole is refused.")

    with pytest.raises(Refused):
        outer()
    assert names() == []


def test_what_follows_a_unit_happens_once_it_is_committed_and_never_after_one_that_was_undone(
    context: Flask,
) -> None:
    done: list[str] = []

    @use_case
    def inner(name: str) -> None:
        afterwards(lambda: done.append(name))

    @use_case
    def outer(*, is_refused: bool) -> None:
        inner("refused" if is_refused else "committed")
        assert done == []
        if is_refused:
            raise Refused("The whole is refused.")

    with pytest.raises(Refused):
        outer(is_refused=True)
    outer(is_refused=False)
    assert done == ["committed"]


def test_a_deadlock_is_tried_again_and_both_sides_commit(own_app: Flask) -> None:
    with own_app.app_context():
        one, two = factories.customer("One"), factories.customer("Two")
        ids = [one.id, two.id]
    meet = threading.Barrier(2, timeout=60)
    tries: list[int] = []
    followed: list[str] = []

    @use_case
    def rename(order: list[int], suffix: str) -> None:
        tries.append(1)
        afterwards(lambda: followed.append(suffix))
        for number, customer_id in enumerate(order):
            db.session.execute(
                text("UPDATE customer SET phone = phone || :suffix WHERE id = :id"),
                {"suffix": suffix, "id": customer_id},
            )
            if number == 0 and len(tries) <= 2:
                meet.wait()

    def run(order: list[int], suffix: str) -> None:
        with own_app.app_context():
            rename(order, suffix)

    threads = [
        threading.Thread(target=run, args=(ids, "a")),
        threading.Thread(target=run, args=(ids[::-1], "b")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with own_app.app_context():
        phones = list(db.session.scalars(select(Customer.phone)))
    assert [sorted(phone) for phone in phones] == [["a", "b"], ["a", "b"]]
    assert len(tries) == 3, "one of the two was the victim and ran again"
    assert sorted(followed) == ["a", "b"], "what follows is not done for the try that was undone"


def test_a_lock_that_never_comes_free_ends_as_busy_at_once(own_app: Flask) -> None:
    with own_app.app_context():
        held = factories.customer("Held").id
    statement = text("UPDATE customer SET phone = 'x' WHERE id = :id")
    tries: list[int] = []

    @use_case
    def wanting() -> None:
        tries.append(1)
        db.session.execute(text("SET LOCAL lock_timeout = '20ms'"))
        db.session.execute(statement, {"id": held})

    with own_app.app_context(), db.engine.connect() as other:
        other.execute(statement, {"id": held})
        with pytest.raises(Busy):
            wanting()
        assert len(tries) == 1, "PostgreSQL has waited already"
        other.rollback()
        wanting()
        assert db.session.scalar(select(Customer.phone).where(Customer.id == held)) == "x"


def test_history_cannot_be_rewritten(context: Flask) -> None:
    for statement in (
        "UPDATE audit_event SET actor = 'me'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
    ):
        with pytest.raises(Exception, match="keeps history"), db.session.begin_nested():
            db.session.execute(text(statement))
