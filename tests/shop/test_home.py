"""The buyer's start page: what waits in the basket, what is on its way, the last order, and the credit left."""

import pytest

from app.accounts.models import Role
from app.core import clock
from app.core.access import SYSTEM
from app.orders.service import moving
from tests import factories
from tests.orders.ordering import able_to_order, goods, placed
from tests.shop.ordering import fill, words
from tests.statements import noted
from tests.stock.shelving import filled


@pytest.fixture
def cafe(copper_kettle, context):
    return able_to_order(copper_kettle)


@pytest.fixture
def loaf(context):
    return filled(goods("Sourdough, 800 g", "3.25"), 100)


def said_to(browser) -> str:
    page = browser.get("/")
    assert page.status_code == 200
    return words(page)


def test_it_says_who_you_are_and_for_whom_you_buy(mayas):
    page = said_to(mayas)
    assert "<h1>Copper Kettle Café</h1>" in page
    assert "Maya Osei" in page


def test_before_the_first_order_it_leads_to_the_catalogue(mayas):
    page = said_to(mayas)
    assert "Nothing in it yet." in page
    assert "Nothing is on its way to you just now." in page
    assert 'class="btn btn--primary" href="/catalogue"' in page
    assert "Your last order" not in page


def test_what_is_on_the_way_and_the_last_order_are_one_press_away(mayas, cafe, northgate, loaf):
    first, last = placed({loaf: 2}, cafe), placed({loaf: 4}, cafe)
    theirs = placed({loaf: 1}, able_to_order(northgate))
    moving.cancel(last.number, reason="Wrong day", by=SYSTEM, at=clock.now())
    page = said_to(mayas)
    assert page.count(f'href="/orders/{first.number}"') == 2
    assert f'href="/orders/{first.number}/reorder"' in page
    assert "Sourdough</td>" in page
    assert f"/orders/{last.number}" not in page
    assert f"/orders/{theirs.number}" not in page


def test_five_orders_on_the_way_are_enough(mayas, cafe, loaf):
    made = [placed({loaf: 1}, cafe).number for _ in range(7)]
    page = said_to(mayas)
    assert [number for number in made if f'href="/orders/{number}"' in page] == made[2:]


def test_the_credit_left_is_told_to_whoever_has_some(mayas, cafe, loaf):
    placed({loaf: 4}, cafe)
    placed({loaf: 4}, cafe, payment_method="transfer")
    assert "<strong>£4,984.40</strong> of £5,000.00 free" in said_to(mayas)
    cafe.payment_terms = "prepay"
    factories.saved(cafe)
    assert "On account" not in said_to(mayas)


def test_the_basket_leads_to_the_checkout(mayas, cafe, loaf):
    fill(mayas, {loaf: 2})
    page = said_to(mayas)
    assert "2 × Sourdough, 800 g" in page
    assert 'href="/checkout"' in page


def test_whoever_may_see_no_orders_is_told_who_can_help(as_user, copper_kettle, context):
    factories.saved(Role(code="nobody", name="Nobody", kind="buyer"))
    page = said_to(as_user(factories.user("Nils Nobody", role="nobody", of=copper_kettle)))
    assert "Your role does not include orders" in page
    assert "/orders" not in page


def test_it_asks_four_questions(mayas, cafe, loaf):
    fill(mayas, {loaf: 2})
    for _ in range(3):
        placed({loaf: 1}, cafe)
    said_to(mayas)
    with noted() as asked:
        said_to(mayas)
    assert len(asked) <= 4, asked


def test_staff_start_at_their_desk(as_user, tom):
    assert as_user(tom).get("/").location == "/desk"


def test_strangers_sign_in_first(visitor):
    assert visitor.get("/").location.startswith("/login")
