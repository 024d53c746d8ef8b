"""Today: what waits, as a link to its rows, and only for those who may do something about it."""

import re
from datetime import time, timedelta

import pytest
from flask import g
from sqlalchemy import func

from app.accounts.models import CustomerStatus, Role
from app.catalogue.models import DeliveryMethod
from app.core import clock
from app.core.access import SYSTEM
from app.core.business import Business, read_business, setting, today
from app.core.database import db
from app.core.outbox import OutboxMessage
from app.desk.first_steps import Known, steps
from app.fulfilment.service import returning
from app.orders.service import moving
from tests import factories
from tests.desk.queueing import confirmed, listed, packed, promised
from tests.desk.staging import at_stage
from tests.orders.ordering import placed
from tests.statements import noted
from tests.stock.shelving import filled

FILLED = Business(
    name="Millrace", phone="1", email="a@b.example", address="Leeds", tax_id="GB", bank_account="1"
)


@pytest.fixture
def settled(app, named):
    """Everything has been set up."""
    with app.app_context():
        factories.price(factories.product("Sourdough"), "3.20")
        factories.saved(
            DeliveryMethod(
                name="Van",
                tax_class_id=factories.tax_class("delivery").id,
                weekdays=[1],
                cutoff_time=time(14),
            )
        )
        factories.customer("First Café")


@pytest.fixture
def clara(app):
    """Works here, and may do nothing yet."""
    with app.app_context():
        factories.saved(Role(code="guest", name="Guest", kind="staff"))
        return factories.user("Clara Bow", role="guest")


@pytest.fixture
def named(app):
    """The business has said who it is, and nothing else."""
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
        filled(factories.product("Rye loaf"), 3, low_at=3)
        filled(factories.product("Torn loaf"), 2, reserved=5)
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
        "/admin/applications": ("1 trade application", "Hopeful Café"),
        "/admin/users?tab=invited": ("1 open invitation", "Not Yet"),
        "/desk/stock?standing=low": ("1 product low", "Rye loaf"),
        "/desk/stock?standing=short": ("1 product short", "Torn loaf"),
        "/admin/messages?state=failed": ("1 failed message", "Promise "),
    }
    for address, (words, name) in waiting.items():
        assert f'<a href="{address}">{words}</a>' in page
        assert name in browser.get(address).text


def test_each_count_of_orders_is_a_link_to_them(as_user, owner, cafe, loaf):
    held = placed({loaf: 1}, cafe)
    moving.hold(held.number, reason="Ring them", by=SYSTEM)
    waiting = {
        "/desk/orders?view=confirm": ("order to confirm", placed({loaf: 1}, cafe)),
        "/desk/orders?view=hold": ("order on hold", held),
        "/desk/pick": ("order to pick", confirmed({loaf: 1}, cafe)),
        "/desk/pick?show=packed": ("order packed", packed({loaf: 1}, cafe)),
    }
    browser = as_user(owner)
    page = said_to(browser)
    for address, (words, order) in waiting.items():
        assert f'<a href="{address}">1 {words}</a>' in page
        rows = re.findall(r"<tr role=\"row\" data-row>(.*?)</tr>", browser.get(address).text, re.DOTALL)
        assert len(rows) == 1
        assert str(order.number) in rows[0]
    promised(held, -1)
    assert '<a href="/desk/orders?view=late">1 order late</a>' in said_to(browser)


def test_today_stands_beside_the_same_weekday_of_last_week(as_user, owner, cafe, loaf):
    browser, weekday = as_user(owner), f"{today():%A}"
    placed({loaf: 2}, cafe)
    page = said_to(browser)
    assert 'Sales before VAT</dt><dd class="fig"><a href="/desk/orders?view=today">£6.50</a></dd>' in page
    assert f"None last {weekday} by now" in page
    for quantity in (1, 1, 2):
        earlier = placed({loaf: quantity}, cafe)
        a_week_before(earlier)
    a_week_before(placed({loaf: 3}, cafe), later=timedelta(minutes=5))
    lost = placed({loaf: 9}, cafe)
    moving.cancel(lost.number, reason="Wrong day", by=SYSTEM, at=clock.now())
    assert f'<span class="down">2 fewer</span> than last {weekday} by now' in said_to(browser)
    assert f'<span class="down">50% less</span> than last {weekday} by now' in said_to(browser)


def a_week_before(order, later: timedelta = timedelta(0)) -> None:
    order.business_date -= timedelta(days=7)
    order.created_at += later - timedelta(days=7)
    db.session.commit()


def test_what_was_placed_today_is_a_link_to_it(clerk, cafe, loaf):
    a_week_before(placed({loaf: 1}, cafe))
    lost = placed({loaf: 1}, cafe)
    moving.cancel(lost.number, reason="Wrong day", by=SYSTEM, at=clock.now())
    shipped = confirmed({loaf: 1}, cafe)
    assert 'Orders placed</dt><dd class="fig"><a href="/desk/orders?view=today">1</a>' in said_to(clerk)
    page = clerk.get("/desk/orders?view=today")
    assert listed(page) == [shipped.number]
    assert ">Placed today</a>" in page.text
    assert ">Placed today</a>" not in clerk.get("/desk/orders").text


def test_returns_to_answer_are_counted_for_whoever_may_answer(as_user, wanda, owner, cafe, loaf):
    order = at_stage(placed({loaf: 2}, cafe), "shipped")
    returning.ask(order.number, lines={1: 1}, reason="Burnt", by=SYSTEM)
    assert "return to answer" not in said_to(as_user(wanda))
    g.pop("_login_user", None)
    hana = as_user(owner)
    link = '<a href="/desk/returns?status=requested">1 return to answer</a>'
    assert link in said_to(hana)
    assert f"{order.number}/R1" in hana.get("/desk/returns?status=requested").text


def test_what_waits_to_be_picked_says_since_when(as_user, wanda, tom, cafe, loaf):
    page = said_to(browser := as_user(wanda))
    assert "Nothing confirmed is waiting" in page
    confirmed({loaf: 1}, cafe)
    page = said_to(browser)
    assert '<a href="/desk/pick">1</a>' in page
    assert "Oldest placed Today" in page
    g.pop("_login_user", None)
    assert '<a href="/desk/orders?view=pick">1</a>' in said_to(as_user(tom))


def test_the_day_is_told_with_few_questions(as_user, owner, cafe, loaf):
    browser = as_user(owner)
    browser.get("/desk")
    placed({loaf: 1}, cafe)
    with noted() as asked:
        browser.get("/desk")
    assert len(asked) <= 4, asked


def test_the_first_page_of_a_new_process_knows_the_business(as_user, owner, settled, monkeypatch):
    browser = as_user(owner)
    monkeypatch.setattr("app.core.business._known", Business())
    assert "Nothing waits for you" in said_to(browser)


def test_nothing_waits_and_it_says_so(as_user, owner, settled):
    assert "Nothing waits for you" in said_to(as_user(owner))


def test_stock_that_nobody_counts_with_any_more_is_not_counted(app, as_user, wanda, settled):
    with app.app_context():
        for name, gone in (
            ("Stopped", {"status": "discontinued"}),
            ("Thrown out", {"deleted_at": clock.now()}),
        ):
            filled(factories.product(name, **gone), low_at=3)
    assert "Nothing waits for you" in said_to(as_user(wanda))


@pytest.mark.parametrize(
    ("person", "nouns"),
    [
        ("tom", ["orders to confirm", "orders on hold", "orders late", "short stock"]),
        ("wanda", ["orders to pick", "orders packed", "orders late", "short stock", "low stock"]),
        ("clara", []),
    ],
)
def test_counts_are_for_those_who_may_act_on_them(request, as_user, settled, person, nouns):
    page = said_to(as_user(request.getfixturevalue(person)))
    assert "Nothing waits for you" in page
    assert re.findall("will show here: ([^<]+)[.]<", page) == ([", ".join(nouns)] if nouns else [])
    assert ("Sales before VAT" in page) == bool(nouns)


def test_a_new_installation_says_what_is_left_to_set_up(as_user, owner, tom):
    page = said_to(as_user(owner))
    assert "Name the business" in page
    assert "0 of 10 done" in page
    assert "Name the business" not in said_to(as_user(tom))


def test_each_step_is_a_page_that_opens(as_user, owner):
    browser = as_user(owner)
    page = browser.get("/desk").text
    addresses = set(
        re.findall(r'<a href="([^"]+)">', page[page.index('class="to-do"') : page.index("</main")])
    )
    assert len(addresses) == 7
    assert {browser.get(address).status_code for address in addresses} == {200}


def test_steps_are_ticked_one_by_one_and_go_away_together(app, as_user, owner, named):
    browser = as_user(owner)
    assert "4 of 10 done" in said_to(browser)
    with app.app_context():
        factories.customer("First Café")
    assert "5 of 10 done" in said_to(browser)
    assert "Done:" in browser.get("/desk").text
    everything = Known(*[True] * len(Known._fields))
    assert steps(FILLED, everything) == []
    assert len([step for step in steps(Business(), everything) if step.is_done]) == 6


def test_buyers_have_no_desk(as_user, maya):
    assert as_user(maya).get("/desk").status_code == 404
