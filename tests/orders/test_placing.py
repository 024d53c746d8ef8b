"""Rules of placing that no form or schema repeats, or that hold whoever asks: at the door of the service."""

from datetime import date
from decimal import Decimal

import pytest

from app.core import clock
from app.core.access import SYSTEM
from app.core.business import business
from app.core.clock import business_day
from app.core.database import db
from app.core.errors import NotFound, Refused
from app.orders.models import Order
from app.orders.service import moving
from tests import factories
from tests.orders.ordering import buying, goods, placed
from tests.shop.ordering import fill, sent, words
from tests.stock.shelving import filled, shelf


@pytest.fixture
def loaf(context):
    return filled(goods("Sourdough", "3.25"), 20)


def agree(customer, **facts) -> None:
    for name, value in facts.items():
        setattr(customer, name, value)
    db.session.add(customer)
    db.session.commit()


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"po_number": "x" * 41}, "Use 40 characters or fewer."),
        ({"notes": "x" * 501}, "Use 500 characters or fewer."),
    ],
)
def test_too_long_a_text_is_refused(cafe, loaf, terms, said):
    with pytest.raises(Refused, match=said):
        placed({loaf: 1}, cafe, **terms)
    assert (db.session.query(Order).count(), shelf(loaf).reserved) == (0, 0)


def test_a_hundred_lines_are_an_order_and_one_more_is_none(cafe):
    many = [filled(goods(f"Thing {number}", "1.00"), 2) for number in range(101)]
    assert placed(dict.fromkeys(many[:100], 1), cafe).line_count == 100
    with pytest.raises(Refused, match=r"An order has 100 lines at most. Take some out."):
        placed(dict.fromkeys(many, 1), cafe)


def test_no_order_comes_to_more_than_can_be_written_down(cafe):
    dear = filled(goods("Truffle", "20000.00"), 2)
    with pytest.raises(Refused, match=r"comes to £9,999,999,999.99 at most. Make two of it."):
        placed({dear: 999_999}, cafe)


@pytest.mark.parametrize(("least", "fits"), [("13.00", True), ("13.01", False)])
def test_the_smallest_order_is_met_by_the_penny(cafe, loaf, least, fits):
    agree(cafe, min_order_net=Decimal(least))
    if fits:
        assert placed({loaf: 4}, cafe).subtotal_net == 13
    else:
        with pytest.raises(Refused, match=r"Add £0.01 more."):
            placed({loaf: 4}, cafe)


def test_for_a_customer_who_was_deleted_nothing_is_ordered(cafe, loaf, maya):
    agree(cafe, deleted_at=clock.now())
    for by in (SYSTEM, buying(maya)):
        with pytest.raises((Refused, NotFound)):
            placed({loaf: 1}, cafe, by=by)
    assert db.session.query(Order).count() == 0


def test_the_reference_of_a_cancelled_order_can_be_used_again(cafe, loaf):
    agree(cafe, po_required=True)
    first = placed({loaf: 1}, cafe, po_number="CK-1")
    moving.cancel(first.number, reason="Wrong day", by=SYSTEM, at=clock.now())
    assert placed({loaf: 1}, cafe, po_number="ck-1").po_number == "ck-1"


def test_a_quantity_that_another_tab_has_changed_is_looked_at_again(as_user, maya, cafe, loaf):
    browser = as_user(maya)
    fill(browser, {loaf: 2})
    page = browser.get("/checkout")
    fill(browser, {loaf: 3})
    answer = sent(browser, page)
    assert answer.status_code == 422
    assert "Your basket has changed since you opened this page." in words(answer)
    assert db.session.query(Order).count() == 0


def test_a_rule_that_no_quantity_keeps_is_said_without_a_nought(cafe, context):
    """A pack of six, four at most: somebody made a mistake."""
    torn = filled(goods("Torn buns", "0.60", pack_size=6, max_qty=4), 20)
    with pytest.raises(Refused, match=r"Torn buns: No whole pack fits between the least and the most of it."):
        placed({torn: 4}, cafe)


def test_the_page_of_an_order_says_why_each_line_costs_what_it_does(as_user, maya, cafe):
    names = ("Sourdough", "Dark rye", "Bagel")
    loaf, rye, bagel = (filled(goods(name, "3.25"), 20) for name in names)
    on = business_day(clock.now(), business().time_zone)
    contract = factories.price_list("Copper Kettle 2026", customer_id=cafe.id)
    since, until = date(2020, 3, 2), on.replace(year=on.year + 1, month=4, day=3)
    factories.price(loaf, "3.00", on=contract, min_qty=1000, valid_from=since, valid_to=until)
    factories.price(loaf, "3.10", on=contract, min_qty=6, valid_from=since, valid_to=until)
    cafes = factories.price_list("Cafés")
    agree(cafe, price_list_id=cafes.id)
    factories.price(rye, "3.15", on=cafes)
    order = placed({loaf: 6, rye: 1, bagel: 1}, cafe, by=buying(maya))
    page = words(as_user(maya).get(f"/orders/{order.number}"))
    year = until.year
    assert f"Contract “Copper Kettle 2026”, from 6 on, since 2 March 2020, until 3 April {year}. The" in page
    assert "Price list “Cafés”. The base price was £3.25." in page
    assert "<p>Base price.</p>" in page
