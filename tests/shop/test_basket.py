"""The basket's own page: sums, quantities, and what has left the catalogue."""

import re
from datetime import time

import pytest
from sqlalchemy import update

from app.catalogue.models import Product, ProductStatus
from app.core.database import db
from app.stock.models import StockItem
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
    assert "Review order" in page


def test_more_than_there_is_is_kept_and_said(mayas, espresso, rye):
    page = filled(mayas, {espresso: 999, rye: 2})
    assert re.search(r"Only \d+ left", page)
    assert re.search(r"Only \d+ left", words(mayas.get("/catalogue")))
    assert box(espresso, mayas.get("/basket").text) == "999"


@pytest.mark.parametrize("path", ["/basket", "/catalogue", "/products/HOUSE-ESPRESSO"])
def test_more_than_there_is_is_told_beside_the_box_and_beside_the_sum(mayas, espresso, rye, path):
    filled(mayas, {espresso: 999, rye: 2})
    page = words(mayas.get(path))
    assert f'id="q{espresso.id}-error">Only 80 left, and you want 999.' in page
    assert f'id="q{rye.id}-error"' not in page
    assert "1 line asks for more than there is." in page
    assert "asks for more" not in filled(mayas, {espresso: 80})


def test_what_has_run_out_meanwhile_is_told(mayas, espresso):
    filled(mayas, {espresso: 6})
    db.session.execute(update(StockItem).values(on_hand=0))
    db.session.commit()
    assert "None are left just now." in words(mayas.get("/basket"))


def sent_by(button: str, page: str) -> dict[str, str]:
    """What a browser without script sends when this button is pressed."""
    boxes = dict(re.findall(r'name="(q\d+|was)" value="([^"]*)"', page))
    return boxes | {"minus": re.search(rf'name="minus" value="([^"]*)"[^>]*>{button}', page)[1]}


def test_a_line_is_removed_whatever_stands_in_its_box(mayas, espresso, rye):
    filled(mayas, {espresso: 6, rye: 2})
    pressed = sent_by("Remove", mayas.get("/basket").text)
    mayas.submit("/basket", **(pressed | {f"q{espresso.id}": "12"}))
    page = mayas.get("/basket").text
    assert (box(espresso, page), box(rye, page)) == ("no box", "2")


def test_a_basket_is_emptied_at_once_with_what_cannot_be_ordered_any_more(mayas, espresso, rye):
    filled(mayas, {espresso: 6, rye: 2})
    db.session.get_one(Product, rye.id).status = ProductStatus.DISCONTINUED
    db.session.commit()
    mayas.submit("/basket", **sent_by("Yes, take out all 2 lines", mayas.get("/basket").text))
    assert "Your basket is empty" in words(mayas.get("/basket"))


def bubble(browser, path: str) -> str:
    return re.search(r'class="count" data-waiting( hidden)?>(\d+)<', browser.get(path).text)[2]


def test_the_menu_of_every_page_tells_how_many_lines_wait(mayas, espresso, rye):
    pages = ["/", "/catalogue", "/products/DARK-RYE", "/basket", "/company", "/account"]
    assert {bubble(mayas, path) for path in pages} == {"0"}
    filled(mayas, {espresso: 6, rye: 2})
    assert {bubble(mayas, path) for path in pages} == {"2"}


def test_nothing_waits_for_our_own_people(as_user, tom, espresso):
    assert "data-waiting" not in as_user(tom).get("/desk").text


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


def test_it_says_until_when_to_order_for_the_next_delivery(mayas, espresso):
    assert "order by" not in filled(mayas, {espresso: 1})
    every_day = [1, 2, 3, 4, 5, 6, 7]
    factories.delivery_method("Our van", weekdays=every_day, cutoff_time=time(23, 59, 59))
    assert "Our van: order by 23:59 today for tomorrow." in filled(mayas, {espresso: 2})


def test_a_hundred_lines_cost_four_questions(mayas, context):
    goods = [stocked(factories.product(f"Thing {number:03}"), 9) for number in range(100)]
    for one in goods:
        factories.price(one, "2.50")
    filled(mayas, dict.fromkeys(goods, 1))
    with noted() as asked:
        assert len(re.findall(r'name="q\d', mayas.get("/basket").text)) == 100
    assert len(asked) <= 4, asked
