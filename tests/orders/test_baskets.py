"""Filling a basket: what is taken, what is put right, and what two tabs do to each other."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from flask import Flask

from app.accounts.models import User
from app.catalogue.models import Product, ProductStatus
from app.catalogue.queries.offers import offers
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotFound, Refused
from app.orders.models import Basket
from app.orders.priced import priced
from app.orders.queries import baskets as queries
from app.orders.service import baskets
from tests import factories
from tests.statements import noted

TODAY = date(2026, 11, 21)


def viewer_of(person: User) -> Viewer:
    return Viewer(principal=f"user:{person.id}", user_id=person.id, customer_id=person.customer_id)


def in_basket_of(person: User) -> dict[int, int]:
    return queries.contents_seen_by(viewer_of(person), TODAY).quantities


def test_what_is_put_in_is_there(maya, espresso, buns):
    baskets.set_quantities({espresso.id: 3, buns.id: 12}, by=viewer_of(maya))
    assert in_basket_of(maya) == {espresso.id: 3, buns.id: 12}


def test_a_quantity_is_set_and_not_added_so_twice_is_once(maya, espresso):
    for _ in range(2):
        baskets.set_quantities({espresso.id: 3}, by=viewer_of(maya))
    assert in_basket_of(maya) == {espresso.id: 3}
    assert db.session.query(Basket).count() == 1


def test_none_takes_a_line_out_and_leaves_the_others(maya, espresso, buns):
    baskets.set_quantities({espresso.id: 3, buns.id: 12}, by=viewer_of(maya))
    baskets.set_quantities({espresso.id: 0}, by=viewer_of(maya))
    assert in_basket_of(maya) == {buns.id: 12}


@pytest.mark.parametrize(
    ("asked", "taken", "words"),
    [
        (13, 18, "13 became 18, because it comes in packs of 6"),
        (1, 12, "1 became 12, because 12 is the least you can order"),
        (64, 60, "64 became 60, because 60 is the most you can order"),
        (12, 12, None),
    ],
)
def test_a_quantity_that_does_not_fit_is_put_right_and_said_so(maya, buns, asked, taken, words):
    corrections = baskets.set_quantities({buns.id: asked}, by=viewer_of(maya))
    assert in_basket_of(maya) == {buns.id: taken}
    assert [str(one) for one in corrections] == ([f"Burger buns: {words}."] if words else [])


def test_everybody_has_a_basket_of_their_own(maya, ben, espresso):
    baskets.set_quantities({espresso.id: 3}, by=viewer_of(maya))
    assert in_basket_of(ben) == {}


def test_whoever_buys_for_nobody_has_no_basket(owner, espresso):
    with pytest.raises(NotFound):
        baskets.set_quantities({espresso.id: 3}, by=viewer_of(owner))
    assert db.session.query(Basket).count() == 0


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (ProductStatus.DRAFT, []),
        (ProductStatus.DISCONTINUED, ["Old blend: we no longer sell it, so it was left out."]),
    ],
)
def test_what_is_not_on_sale_cannot_be_put_in_and_what_was_once_is_named(maya, context, status, said):
    product = factories.product("Old blend", status=status)
    answers = baskets.set_quantities({product.id: 3}, by=viewer_of(maya))
    assert (in_basket_of(maya), [str(answer) for answer in answers]) == ({}, said)
    assert baskets.set_quantities({product.id: 0}, by=viewer_of(maya)) == []


def test_a_basket_holds_a_hundred_lines_and_says_so(maya, context):
    goods = [factories.product(f"Thing {number}") for number in range(101)]
    baskets.set_quantities({one.id: 1 for one in goods[:100]}, by=viewer_of(maya))
    with pytest.raises(Refused, match="100 lines at most"):
        baskets.set_quantities({goods[100].id: 1}, by=viewer_of(maya))
    assert len(in_basket_of(maya)) == 100


def test_two_tabs_at_once_lose_nothing(own_app: Flask) -> None:
    with own_app.app_context():
        customer = factories.customer("Copper Kettle Café")
        maya = viewer_of(factories.user("Maya Osei", role="buyer", of=customer))
        goods = [factories.product(f"Thing {number}").id for number in range(24)]

    def tab(product_id: int) -> None:
        with own_app.app_context():
            baskets.set_quantities({product_id: 2}, by=maya)

    with ThreadPoolExecutor(8) as tabs:
        list(tabs.map(tab, goods))
    with own_app.app_context():
        assert queries.contents_seen_by(maya, TODAY).quantities == dict.fromkeys(goods, 2)
        assert db.session.query(Basket).count() == 1


def test_the_hundredth_line_is_taken_once_however_many_ask_for_it(own_app: Flask) -> None:
    with own_app.app_context():
        customer = factories.customer("Copper Kettle Café")
        maya = viewer_of(factories.user("Maya Osei", role="buyer", of=customer))
        goods = [factories.product(f"Thing {number}").id for number in range(108)]
        baskets.set_quantities(dict.fromkeys(goods[:99], 1), by=maya)

    def tab(product_id: int) -> bool:
        with own_app.app_context():
            try:
                baskets.set_quantities({product_id: 1}, by=maya)
            except Refused:
                return False
            return True

    with ThreadPoolExecutor(8) as tabs:
        assert sum(tabs.map(tab, goods[99:])) == 1


def test_a_hundred_lines_are_priced_with_two_questions(maya, context):
    goods: list[Product] = [factories.product(f"Thing {number}") for number in range(100)]
    for one in goods:
        factories.price(one, "2.50")
    baskets.set_quantities({one.id: 2 for one in goods}, by=viewer_of(maya))
    with noted() as asked:
        contents = queries.contents_seen_by(viewer_of(maya), TODAY)
        basket = priced(contents, offers(contents.product_ids, customer_id=maya.customer_id, on=TODAY))
    assert len(asked) == 2
    assert str(basket.goods) == "500.00"
    assert str(basket.totals.tax) == "100.00"
