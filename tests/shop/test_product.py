"""One product: its prices and why they are what they are, its family, and its box."""

import re

import pytest

from app.catalogue.models import ProductStatus
from tests import factories
from tests.shop.conftest import stocked
from tests.shop.test_catalogue import box, words
from tests.statements import noted


def test_it_says_why_each_price_is_what_it_is(mayas, copper_kettle, espresso):
    contract = factories.price_list("Copper Kettle 2026", customer_id=copper_kettle.id)
    factories.price(espresso, "16.20", on=contract, min_qty=12)
    page = words(mayas.get(f"/products/{espresso.sku}"))
    assert "Our base price." in page
    assert "Our base price, from 6 on." in page
    assert "Your contract “Copper Kettle 2026”, from 12 on. The base price is £17.50." in page


def test_its_sku_is_found_in_any_case(mayas, espresso):
    assert mayas.get(f"/products/{espresso.sku.lower()}").status_code == 200


@pytest.mark.parametrize("facts", [{"status": ProductStatus.DRAFT}, {"status": ProductStatus.DISCONTINUED}])
def test_what_is_not_on_sale_does_not_exist(mayas, context, facts):
    hidden = factories.product("Secret blend", **facts)
    assert mayas.get(f"/products/{hidden.sku}").status_code == 404
    assert mayas.submit(f"/products/{hidden.sku}", **{f"q{hidden.id}": "1"}).status_code == 404


def test_its_family_stands_beside_it(mayas, context):
    bags = [
        stocked(factories.product(f"Espresso {size}", family_code="ESP"), 5) for size in ("250 g", "1 kg")
    ]
    factories.product("Espresso cup", family_code="CUP")
    page = words(mayas.get(f"/products/{bags[0].sku}"))
    assert "From the same family" in page
    assert "Espresso 1 kg" in page
    assert "Espresso cup" not in page


def test_what_has_no_family_stands_alone(mayas, context):
    cup, _ = (stocked(factories.product(name), 5) for name in ("Espresso cup", "Rye loaf"))
    page = words(mayas.get(f"/products/{cup.sku}"))
    assert "From the same family" not in page
    assert "Rye loaf" not in page


def test_prices_begin_at_what_can_be_ordered(mayas, context):
    buns = stocked(factories.product("Burger buns", pack_size=6, max_qty=50), 90)
    for least, price in ((1, "0.60"), (10, "0.55"), (49, "0.50")):
        factories.price(buns, price, min_qty=least)
    page = words(mayas.get("/products/BURGER-BUNS"))
    assert re.findall(r"[\d,]+ or more", page) == ["6 or more", "12 or more"]
    assert "<small>12+ £0.55</small>" in page
    assert "<dt>You can order</dt><dd>In packs of 6, from 6 to 48</dd>" in page


def test_what_can_be_ordered_one_by_one_says_so(mayas, espresso):
    assert "<dt>You can order</dt><dd>Any number</dd>" in words(mayas.get("/products/HOUSE-ESPRESSO"))


def test_it_is_put_in_the_basket_from_here(mayas, espresso):
    sent = mayas.submit(f"/products/{espresso.sku}", **{f"q{espresso.id}": "6"})
    assert (sent.status_code, sent.location) == (303, f"/products/{espresso.sku}")
    assert box(espresso, mayas.get(f"/products/{espresso.sku}").text) == "6"


def test_it_costs_five_questions_with_a_family(mayas, context):
    for number in range(10):
        stocked(factories.product(f"Espresso {number}", family_code="ESP"), 5)
    mayas.get("/products/ESPRESSO-1")
    with noted() as asked:
        mayas.get("/products/ESPRESSO-1")
    assert len(asked) <= 5, asked
