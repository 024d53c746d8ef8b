"""One thread from the request to the promise, the job and its mail, so that one search finds all of it."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import User
from app.core import correlation
from app.core.audit import AuditEvent
from app.core.correlation import correlation_id
from app.core.database import db
from app.core.outbox import OutboxMessage
from app.jobs import perform_all
from tests.visitor import Visitor

HEADER = "X-Correlation-ID"


def thread_of(answer_of: Visitor, offered: str | None) -> str:
    headers = {} if offered is None else {HEADER: offered}
    return answer_of.get("/api/v1/me", headers=headers).headers[HEADER]


@pytest.mark.parametrize("offered", ["till-7-000001", "a" * 8, "A1._:-" * 4, "x" * 128])
def test_a_caller_may_bring_their_own(visitor: Visitor, offered: str) -> None:
    assert thread_of(visitor, offered) == offered


@pytest.mark.parametrize(
    "offered", [None, "", "short", "x" * 129, "till 7 000001", "till-7-00000é", "a;b=c'--{}"]
)
def test_one_that_is_missing_or_strange_is_replaced(visitor: Visitor, offered: str | None) -> None:
    given = thread_of(visitor, offered)
    assert given != offered
    assert correlation.ACCEPTABLE.fullmatch(given)


def test_every_request_has_its_own(visitor: Visitor) -> None:
    assert len({thread_of(visitor, None) for _ in range(20)}) == 20


def test_the_request_its_promise_the_job_and_the_mail_share_one(
    app: Flask, as_user: Callable[[User], Visitor], owner: User
) -> None:
    sent = {"name": "Ida Hall", "email": "ida@millrace.example", "roles": "warehouse"}
    as_user(owner).submit("/admin/users/invite", headers={HEADER: "till-7-000001"}, **sent)
    with app.app_context():
        [event] = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "user.invited"))
        [promise] = db.session.scalars(select(OutboxMessage))
        assert (event.request_id, promise.correlation_id) == ("till-7-000001", "till-7-000001")
        perform_all()
        assert correlation_id() is None, "a job leaves its thread when it is done"
    [mail] = app.extensions["gateways"].mailer.sent
    assert mail.correlation_id == "till-7-000001"


def test_a_thread_ends_where_it_was_taken_up_even_when_that_went_wrong() -> None:
    def fail() -> None:
        with correlation.continued("till-7-000001"):
            raise LookupError(correlation_id())

    with pytest.raises(LookupError, match="till-7-000001"):
        fail()
    assert correlation_id() is None


def test_the_address_is_part_of_the_thread(app: Flask, visitor: Visitor) -> None:
    visitor.sign_in("nobody@staff.example", "guess guess guess")
    with app.app_context():
        [event] = db.session.scalars(select(AuditEvent))
        assert (event.action, event.address) == ("session.refused", "127.0.0.1")
