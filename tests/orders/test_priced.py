"""What a basket comes to: today's prices, the customer's tax, and what cannot be ordered any more."""

from datetime import date
from decimal import Decimal

import pytest

from app.accounts.models import Customer
from app.catalogue.models import Product, ProductStatus
from app.catalogue.queries.offers import offers
from app.core import clock
from app.core.database import db
from app.orders.priced import PricedBasket, priced
from app.orders.queries import baskets as queries
from app.orders.service import baskets
from tests import factories
from tests.orders.test_baskets import TODAY, viewer_of


def basket_of(person, on: date = TODAY) -> PricedBasket:
    contents = queries.contents_seen_by(viewer_of(person), on)
    return priced(contents, offers(contents.product_ids, customer_id=person.customer_id, on=on))


@pytest.fixture
def basket(maya, espresso):
    baskets.set_quantities({espresso.id: 6}, by=viewer_of(maya))
    return lambda: basket_of(maya)


def test_a_line_costs_what_its_quantity_costs(basket):
    [line] = basket().lines
    assert (line.answer.unit_price, line.net) == (Decimal("17.5"), Decimal("105.00"))
    assert basket().totals.total == Decimal("126.00")


@pytest.mark.parametrize(("treatment", "tax"), [("standard", "21.00"), ("exempt", "0.00"), ("zero", "0.00")])
def test_tax_follows_how_the_customer_is_treated(basket, copper_kettle, treatment, tax):
    db.session.get_one(Customer, copper_kettle.id).tax_treatment = treatment
    db.session.commit()
    assert str(basket().totals.tax) == tax


def test_the_rate_is_the_one_of_the_day(maya, basket, espresso):
    assert basket_of(maya, date(2019, 12, 31)).totals.tax == 0
    assert basket_of(maya, date(2020, 1, 1)).totals.tax == Decimal("21.00")


def test_parts_of_a_penny_are_rounded_line_by_line(maya, context):
    stirrer = factories.product("Stirrer")
    factories.price(stirrer, "0.0125")
    baskets.set_quantities({stirrer.id: 1002}, by=viewer_of(maya))
    assert basket_of(maya).goods == Decimal("12.53")


@pytest.mark.parametrize("status", ["draft", "discontinued"])
def test_what_left_the_catalogue_is_kept_apart_and_not_charged(basket, espresso, status):
    db.session.get_one(Product, espresso.id).status = ProductStatus(status)
    db.session.commit()
    assert [left.why for left in basket().left_over] == ["We no longer sell it."]
    assert basket().goods == 0


def test_a_deleted_product_is_kept_apart_too(basket, espresso):
    db.session.get_one(Product, espresso.id).deleted_at = clock.now()
    db.session.commit()
    assert basket().lines == []
    assert len(basket().left_over) == 1


def test_without_a_price_for_the_quantity_nothing_can_be_ordered(maya, context):
    bulk = factories.product("Flour by the pallet")
    factories.price(bulk, "9.00", min_qty=40)
    baskets.set_quantities({bulk.id: 39}, by=viewer_of(maya))
    assert "no price for you in this quantity" in basket_of(maya).left_over[0].why
    baskets.set_quantities({bulk.id: 40}, by=viewer_of(maya))
    assert basket_of(maya).goods == Decimal("360.00")


def test_a_rule_that_came_later_is_said_beside_the_line(basket, espresso):
    db.session.get_one(Product, espresso.id).pack_size = 4
    db.session.commit()
    assert basket().lines[0].advice == "Order 8: it comes in packs of 4."
