"""The basket's own page: sums, quantities, and what has left the catalogue."""

import re

from app.catalogue.models import Product, ProductStatus
from app.core.database import db
from tests import factories
from tests.shop.conftest import stocked
from tests.shop.test_catalogue import box, words
from tests.statements import noted


def filled(browser, quantities: dict[Product, int]) -> str:
    browser.submit("/basket", **{f"q{one.id}": str(quantity) for one, quantity in quantities.items()})
    return words(browser.get("/basket"))


def test_an_empty_one_says_so_and_leads_to_the_catalogue(mayas):
    page = words(mayas.get("/basket"))
    assert "Your basket is empty" in page
    assert 'href="/catalogue"' in page


def test_it_adds_up_goods_and_tax_by_rate(mayas, espresso, rye):
    page = filled(mayas, {espresso: 6, rye: 2})
    assert "<dt>Goods, 2 lines</dt><dd>£111.50</dd>" in page
    assert "<dt>VAT 20% on £105.00</dt><dd>£21.00</dd>" in page
    assert "<dt>Total</dt><dd>£132.50</dd>" in page
    assert "£17.50 each + 20% VAT" in page


def test_it_says_honestly_that_nothing_is_ordered_yet(mayas, espresso):
    page = filled(mayas, {espresso: 6})
    assert "Nothing is ordered yet" in page
    assert "To order it, call the order desk" in page


def test_more_than_there_is_is_kept_and_said(mayas, espresso, rye):
    page = filled(mayas, {espresso: 999, rye: 2})
    assert re.search(r"Only \d+ left", page)
    assert re.search(r"Only \d+ left", words(mayas.get("/catalogue")))
    assert box(espresso, mayas.get("/basket").text) == "999"


def test_a_line_is_changed_and_taken_out_here(mayas, espresso, rye):
    filled(mayas, {espresso: 6, rye: 2})
    shown = mayas.get("/basket").text
    was = re.search(r'name="was" value="([^"]*)"', shown)[1]
    mayas.submit("/basket", **{f"q{espresso.id}": "0", f"q{rye.id}": "3", "was": was})
    page = mayas.get("/basket").text
    assert (box(espresso, page), box(rye, page)) == ("no box", "3")


def test_what_is_not_sold_any_more_is_kept_apart_and_can_be_taken_out(mayas, espresso, rye):
    filled(mayas, {espresso: 6, rye: 2})
    db.session.get_one(Product, espresso.id).status = ProductStatus.DISCONTINUED
    db.session.commit()
    page = words(mayas.get("/basket"))
    assert "1 line cannot be ordered" in page
    assert "We no longer sell it." in page
    assert "<dt>Total</dt><dd>£6.50</dd>" in page
    mayas.submit(
        "/basket", **{f"q{espresso.id}": "6", "was": f"{espresso.id}:6", "minus": f"{espresso.id}:6"}
    )
    assert "cannot be ordered" not in words(mayas.get("/basket"))


def test_the_start_page_shows_it(mayas, espresso):
    assert "Nothing in it yet." in words(mayas.get("/"))
    filled(mayas, {espresso: 6})
    home = words(mayas.get("/"))
    assert "6 × House espresso" in home
    assert "£105.00" in home


def test_a_hundred_lines_cost_four_questions(mayas, context):
    goods = [stocked(factories.product(f"Thing {number:03}"), 9) for number in range(100)]
    for one in goods:
        factories.price(one, "2.50")
    filled(mayas, dict.fromkeys(goods, 1))
    with noted() as asked:
        assert len(re.findall(r'name="q\d', mayas.get("/basket").text)) == 100
    assert len(asked) <= 4, asked
