"""Today: what waits, as a link to its rows, and only for those who may do something about it."""

import pytest
from sqlalchemy import func

from app.accounts.models import CustomerStatus
from app.core.business import Business, read_business, setting
from app.core.database import db
from app.core.outbox import OutboxMessage
from app.desk.first_steps import steps_left
from tests import factories

FILLED = Business(
    name="Millrace", phone="1", email="a@b.example", address="Leeds", tax_id="GB", bank_account="1"
)


@pytest.fixture
def settled(app):
    """The business has been set up."""
    with app.app_context():
        row = setting()
        for name in ("name", "phone", "email", "address", "tax_id", "bank_account"):
            setattr(row, name, getattr(FILLED, name))
        db.session.commit()
        read_business()


def said_to(browser) -> str:
    page = browser.get("/desk")
    assert page.status_code == 200
    return " ".join(page.get_data(as_text=True).split())


def test_each_count_is_a_link_to_its_rows(app, as_user, owner, settled):
    with app.app_context():
        factories.customer("Hopeful Café", status=CustomerStatus.APPLIED)
        factories.user("Not Yet", role="warehouse", password=None)
        factories.saved(
            OutboxMessage(
                topic="accounts.mail_reset",
                payload={},
                attempts=1,
                last_error="x",
                dead_at=func.clock_timestamp(),
            )
        )
    browser = as_user(owner)
    page = said_to(browser)
    waiting = {
        "/admin/applications": "Hopeful Café",
        "/admin/users?tab=invited": "Not Yet",
        "/admin/messages?state=failed": "Promise ",
    }
    for address, name in waiting.items():
        assert f'<a href="{address}">1</a>' in page
        assert name in browser.get(address).text


def test_the_first_page_of_a_new_process_knows_the_business(as_user, owner, settled, monkeypatch):
    browser = as_user(owner)
    monkeypatch.setattr("app.core.business._known", Business())
    assert "Nothing waits for you" in said_to(browser)


def test_nothing_waits_and_it_says_so(as_user, owner, settled):
    assert "Nothing waits for you" in said_to(as_user(owner))


def test_a_zero_claims_nothing_that_never_happened(app, as_user, owner, settled):
    """Nobody was ever invited, nobody applied, and no mail went anywhere."""
    page = said_to(as_user(owner))
    for claim in ("has signed in", "has an answer", "went out"):
        assert claim not in page
    for fact in ("None waits for an answer", "None is open", "None was given up"):
        assert fact in page


def test_counts_are_for_those_who_may_act_on_them(as_user, tom, settled):
    page = said_to(as_user(tom))
    assert "Trade applications" not in page
    assert "Failed messages" not in page
    assert "Nothing waits for you" in page


def test_a_new_installation_says_what_is_left_to_set_up(as_user, owner, tom):
    assert "Give the business its name" in said_to(as_user(owner))
    assert "Give the business its name" not in said_to(as_user(tom))


def test_steps_go_away_one_by_one():
    assert len(steps_left(Business())) == 5
    assert steps_left(FILLED) == []


def test_buyers_have_no_desk(as_user, maya):
    assert as_user(maya).get("/desk").status_code == 404
