"""The text of a new key: shown for a while to whoever made it, and kept nowhere."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts import key_text
from app.accounts.credentials import ApiKey
from app.accounts.models import User
from app.core import clock
from app.core.database import db
from app.core.idempotency import IdempotencyKey
from tests import factories
from tests.accounts.program import Program
from tests.accounts.test_role_and_key_pages import key_facts
from tests.visitor import Visitor


@pytest.fixture
def desk(as_user: Callable[[User], Visitor], owner: User) -> Visitor:
    """The owner's browser; every request finds out anew who sits there."""
    return as_user(owner)


def shown_in(page: str) -> list[str]:
    return re.findall(r'value="(dk_[^"]+)"', page)


def test_a_key_is_shown_to_whoever_made_it_also_when_the_form_was_sent_twice(app, desk):
    made = [desk.submit("/admin/keys/new", **key_facts(once="k1")) for _ in range(2)]
    assert [answer.status_code for answer in made] == [303, 303]
    [first], [second] = (shown_in(desk.get(answer.location).text) for answer in made)
    assert first == second
    with app.app_context():
        assert len(db.session.scalars(select(ApiKey)).all()) == 1
    assert Program(app, first).get("/roles").status_code == 403, "it works, and may not do this"
    assert first not in desk.get("/admin/keys").text


def test_a_key_is_in_no_cookie_and_in_no_row(app, desk):
    made = desk.submit("/admin/keys/new", **key_facts(once="k1"))
    [text] = shown_in(desk.get(made.location).text)
    _, secret = key_text.parts_of(text)
    with app.app_context():
        kept = db.session.scalars(select(IdempotencyKey)).one()
    assert secret not in str([vars(kept), made.headers])
    with desk.session_transaction() as session:
        assert secret not in str(session)


def test_a_key_is_shown_for_ten_minutes_to_its_maker_and_for_no_other_key(app, as_user, desk):
    made = desk.submit("/admin/keys/new", **key_facts())
    page, _, token = made.location.partition("?")
    other = desk.submit("/admin/keys/new", **key_facts()).location.partition("?")[0]
    with app.app_context():
        colleague = as_user(factories.user("Second Admin", role="admin"))
    assert shown_in(desk.get(page).text) == []
    assert shown_in(desk.get(f"{page}?{token[:-1]}").text) == []
    assert shown_in(desk.get(f"{other}?{token}").text) == []
    assert shown_in(colleague.get(made.location).text) == []
    with clock.moved(timedelta(minutes=9)):
        assert len(shown_in(desk.get(made.location).text)) == 1
    with clock.moved(timedelta(minutes=11)):
        assert shown_in(desk.get(made.location).text) == []
