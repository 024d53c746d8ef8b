"""The list of a company's own orders: what stands in it, how it is searched, and its file."""

import re

import pytest

from app.core import clock
from app.core.access import SYSTEM
from app.orders.service import moving
from tests.orders.ordering import able_to_order, goods, placed
from tests.shop.ordering import words
from tests.statements import noted
from tests.stock.shelving import filled


@pytest.fixture
def cafe(copper_kettle, context):
    return able_to_order(copper_kettle)


@pytest.fixture
def loaf(context):
    return filled(goods("Sourdough", "3.25"), 500)


@pytest.fixture
def buns(context):
    return filled(goods("Buns", "0.60"), 500)


@pytest.fixture
def rolls(context):
    return filled(goods("Rolls", "0.40"), 500)


def numbers(page) -> list[int]:
    return [int(one) for one in re.findall(r'class="mono" href="/orders/(\d+)"', page.text)]


def test_without_orders_it_says_so_and_leads_to_the_catalogue(mayas):
    page = words(mayas.get("/orders"))
    assert "No orders yet" in page
    assert 'href="/catalogue">Open the catalogue' in page


def test_each_says_what_where_and_how_much(mayas, cafe, loaf, buns, rolls):
    order = placed({loaf: 2, buns: 10, rolls: 10}, cafe, po_number="CK-1")
    page = words(mayas.get("/orders"))
    assert "Sourdough, Buns and 1 more" in page
    assert "Your reference CK-1" in page
    assert 'data-state="placed">Placed' in page
    assert "On account" in page
    assert "<strong>£19.80</strong>" in page
    assert f'href="/orders/{order.number}/reorder"' in page


def test_what_was_cancelled_is_not_named(mayas, cafe, loaf, buns):
    order = placed({loaf: 2, buns: 10}, cafe)
    moving.confirm(order.number, by=SYSTEM, at=clock.now())
    moving.cancel_remainder(order.number, lines={1: 2}, reason="Gone", by=SYSTEM, at=clock.now())
    assert '<td class="is-l" role="cell">Buns</td>' in words(mayas.get("/orders"))


def test_an_order_that_waits_says_why(mayas, cafe, loaf):
    placed({loaf: 2}, cafe, payment_method="transfer")
    page = words(mayas.get("/orders"))
    assert "Waiting for payment" in page
    assert "By transfer" in page


def test_another_companys_orders_are_not_there(mayas, cafe, northgate, loaf):
    theirs, own = placed({loaf: 1}, able_to_order(northgate)), placed({loaf: 1}, cafe)
    assert numbers(mayas.get("/orders")) == [own.number]
    assert numbers(mayas.get(f"/orders?q={theirs.number}")) == []
    assert str(theirs.number) not in mayas.get("/orders.csv").text


def test_it_is_searched_by_number_reference_and_product(mayas, cafe, loaf, buns):
    first = placed({loaf: 1}, cafe, po_number="CK-100")
    second = placed({buns: 1}, cafe, po_number="XY-100%")
    assert numbers(mayas.get("/orders")) == [second.number, first.number]
    for q, found in {
        str(first.number): [first.number],
        "ck-1": [first.number],
        "xy-100%": [second.number],
        "sourd": [first.number],
        "BUNS": [second.number],
        "100": [],
        "%": [],
        "99999999999999999999": [],
    }.items():
        assert numbers(mayas.get("/orders", query_string={"q": q})) == found, q
    assert "No order fits" in words(mayas.get("/orders?q=marmalade"))


def test_it_is_filtered_by_state(mayas, cafe, loaf):
    still_open, gone = placed({loaf: 1}, cafe), placed({loaf: 1}, cafe)
    moving.cancel(gone.number, reason="Wrong day", by=SYSTEM, at=clock.now())
    assert numbers(mayas.get("/orders?state=open")) == [still_open.number]
    assert numbers(mayas.get("/orders?state=cancelled")) == [gone.number]
    assert numbers(mayas.get("/orders?state=delivered")) == []
    assert numbers(mayas.get("/orders?state=nonsense")) == [gone.number, still_open.number]
    assert "Nothing due" in words(mayas.get("/orders?state=cancelled"))


def test_pages_follow_each_other_and_lose_none_at_six_questions_each(mayas, cafe, loaf):
    made = [placed({loaf: 1}, cafe).number for _ in range(30)]
    with noted() as asked:
        first = mayas.get("/orders")
    assert len(asked) <= 4, asked
    assert "1–25 of 30 orders" in words(first)
    following = re.search(r'href="([^"]+)" rel="next"', first.text)[1].replace("&amp;", "&")
    assert numbers(first) + numbers(mayas.get(following)) == made[::-1]


def test_the_file_has_the_same_rows_in_words(mayas, cafe, loaf):
    one = placed({loaf: 2}, cafe, po_number="=CK-1")
    placed({loaf: 1}, cafe, po_number="Other")
    lines = mayas.get("/orders.csv?q==ck").text.splitlines()
    assert len(lines) == 2
    assert lines[0].lstrip("\ufeff").startswith("Order,Placed,By,Reference,State")
    assert f"{one.number}," in lines[1]
    assert ",'=CK-1,Placed,,On account," in lines[1]
    assert ",6.50,0.00,1.30,7.80,GBP" in lines[1]
