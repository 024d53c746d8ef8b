"""What opens doors asks for the password again: which pages do, when, and how one goes on from there."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.routing import Rule

from app.accounts.credentials import ApiKey, Session
from app.accounts.models import User
from app.core import clock
from app.core.audit import AuditEvent
from app.core.database import db
from app.web.access import needs_confirmation
from tests.accounts.acting import codes_of, now
from tests.accounts.test_admin_pages import version_in
from tests.accounts.test_role_and_key_pages import key_facts
from tests.architecture.test_access import sample
from tests.factories import PASSWORD
from tests.visitor import Visitor

ASKS_FIRST = {
    "accounts_admin.act_for_good",  # anonymise
    "accounts_admin.edit",  # a person's roles
    "accounts_admin.invite",
    "accounts_admin.new_key",
    "accounts_admin.new_role",
    "accounts_admin.remove_role",
    "accounts_admin.revoke_key",
    "accounts_admin.role",
    "operations.settings",  # the bank account that customers pay into
}
ASKS_BUYERS_FIRST = {"company.colleague", "company.invite"}  # the same, by the customer's own people
DOES_NOT_ASK = {"accounts_admin.act"}  # can be undone, and must be quick when somebody has to be shut out
SOON, LATER, TOO_LATE = timedelta(minutes=14), timedelta(minutes=16), timedelta(minutes=31)


@pytest.fixture
def desk(as_user: Callable[[User], Visitor], owner: User) -> Visitor:
    """The owner's browser; every request finds out anew who sits there."""
    return as_user(owner)


@pytest.fixture
def company(as_user: Callable[[User], Visitor], maya: User) -> Visitor:
    """The browser of whoever runs a customer's account."""
    return as_user(maya)


def guarded(app: Flask) -> list[Rule]:
    return [
        rule for rule in app.url_map.iter_rules() if needs_confirmation(app.view_functions[rule.endpoint])
    ]


def paths_of(app: Flask, endpoints: set[str]) -> list[str]:
    adapter = app.url_map.bind("localhost")
    return [
        adapter.build(rule.endpoint, {name: sample(rule, name) for name in rule.arguments})
        for rule in guarded(app)
        if rule.endpoint in endpoints
    ]


def asks(answer) -> bool:
    return answer.status_code == 303 and answer.location.startswith("/account/confirm?next=")


def awake(browser: Visitor) -> None:
    """Somebody looks around, so that it is not idleness that ends anything."""
    with clock.moved(timedelta(minutes=20)):
        assert browser.get("/account").status_code == 200


def test_every_page_that_gives_power_asks_and_a_new_one_has_to_decide(app: Flask):
    changing = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("accounts_admin.") and "POST" in rule.methods
    } | {"operations.settings"}
    assert {rule.endpoint for rule in guarded(app)} == ASKS_FIRST | ASKS_BUYERS_FIRST
    assert changing == ASKS_FIRST | DOES_NOT_ASK


def test_what_asks_can_be_opened_so_that_one_comes_back_to_a_page(app: Flask):
    assert [rule.endpoint for rule in guarded(app) if "GET" not in rule.methods] == []


@pytest.mark.parametrize(("who", "endpoints"), [("desk", ASKS_FIRST), ("company", ASKS_BUYERS_FIRST)])
def test_each_of_them_asks_before_it_opens_and_does_nothing_when_sent(app: Flask, request, who, endpoints):
    browser, paths = request.getfixturevalue(who), paths_of(app, endpoints)
    with clock.moved(SOON):
        assert [path for path in paths if asks(browser.get(path))] == []
    with clock.moved(LATER):
        assert [path for path in paths if not asks(browser.get(path))] == []
        assert [path for path in paths if asks(browser.submit(path))] == [], "opened in time, sent in time"
    awake(browser)
    with clock.moved(TOO_LATE):
        assert [path for path in paths if not asks(browser.submit(path))] == []


def test_the_way_leads_back_to_where_one_wanted_to_go(desk: Visitor):
    with clock.moved(LATER):
        asked = desk.get("/admin/users/invite?kind=buyer")
        assert "Type your password to go on" in desk.get(asked.location).text
        went_on = desk.submit("/account/confirm", password=PASSWORD, next="/admin/users/invite?kind=buyer")
        assert (went_on.status_code, went_on.location) == (303, "/admin/users/invite?kind=buyer")
        assert desk.get(went_on.location).status_code == 200
    with clock.moved(LATER + SOON):
        assert desk.get("/admin/keys/new").status_code == 200


def test_a_form_that_was_opened_in_time_is_saved_with_what_was_typed(app: Flask, desk: Visitor, tom: User):
    with clock.moved(SOON):
        page = desk.get(f"/admin/users/{tom.id}/edit").text
    with clock.moved(timedelta(minutes=29)):
        facts = {"name": "Thomas", "email": tom.email, "phone": "", "roles": ["warehouse"]}
        answer = desk.submit(f"/admin/users/{tom.id}/edit", **facts, version=version_in(page))
    assert (answer.status_code, answer.location) == (303, f"/admin/users/{tom.id}")
    with app.app_context():
        assert codes_of(tom) == ["warehouse"]


def test_a_stolen_session_makes_no_key_and_changes_nobody(app: Flask, desk: Visitor, tom: User):
    awake(desk)
    with clock.moved(TOO_LATE):
        assert asks(desk.submit("/admin/keys/new", **key_facts()))
        assert asks(desk.submit(f"/admin/users/{tom.id}/anonymise", version=tom.version))
        assert asks(desk.submit("/admin/users/invite", name="X", email="x@x.example", roles="admin"))
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ApiKey)) == 0
        assert now(tom).state == "active"


def test_a_wrong_password_is_refused_and_told_to_the_log(app: Flask, desk: Visitor):
    with clock.moved(LATER):
        answer = desk.submit("/account/confirm", password="not the password", next="/admin/keys/new")
        assert answer.status_code == 422
        assert "This is not your password." in answer.text
        assert 'value="/admin/keys/new"' in answer.text
        assert asks(desk.get("/admin/keys/new"))
    assert told(app) == ["session.opened", "session.refused"]


def told(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def test_guesses_here_and_at_the_sign_in_page_are_counted_together(
    desk: Visitor, visitor: Visitor, owner: User
):
    for _ in range(5):
        visitor.sign_in(owner.email, "guess guess guess")
        desk.submit("/account/confirm", password="guess guess guess")
    answer = desk.submit("/account/confirm", password=PASSWORD)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert visitor.sign_in(owner.email).status_code == 429


def test_the_right_password_costs_no_try_and_is_told_to_the_log(app: Flask, desk: Visitor):
    for _ in range(12):
        assert desk.submit("/account/confirm", password=PASSWORD).status_code == 303
    assert told(app)[-1] == "session.confirmed"


def test_the_session_gets_a_new_token_and_stays_one_session(app: Flask, desk: Visitor):
    before = desk.get_cookie("docket_session").value
    desk.submit("/account/confirm", password=PASSWORD)
    thief = app.test_client()
    thief.set_cookie("docket_session", before)
    assert thief.get("/desk").status_code == 302
    assert desk.get("/desk").status_code == 200
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Session)) == 1


@pytest.mark.parametrize("target", ["//e.com", "https://e.com", "/\\e.com", "javascript:alert(1)"])
def test_nobody_is_sent_off_this_host(desk: Visitor, target: str):
    assert desk.submit("/account/confirm", password=PASSWORD, next=target).location == "/"


def test_a_stranger_is_asked_to_sign_in_and_a_clerk_is_not_asked_in_vain(
    visitor: Visitor, as_user: Callable[[User], Visitor], tom: User
):
    assert visitor.get("/account/confirm").location.startswith("/login")
    clerk = as_user(tom)
    with clock.moved(LATER):
        assert clerk.get("/admin/keys/new").status_code == 403
