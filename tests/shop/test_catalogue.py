"""The catalogue: whose prices it shows, how it is searched and walked, and what its boxes do."""

import re
from datetime import timedelta

import pytest
from flask import g

from app.catalogue.models import Product, ProductStatus
from app.core import clock
from app.core.database import db
from tests import factories
from tests.orders.ordering import able_to_order, placed
from tests.shop.conftest import stocked
from tests.statements import noted


def words(page) -> str:
    return " ".join(page.get_data(as_text=True).split())


def box(product: Product, page: str) -> str:
    """What stands in the box of this product."""
    found = re.search(rf'name="q{product.id}" value="([^"]*)"', page)
    return found[1] if found else "no box"


def was(page: str) -> str:
    return re.search(r'name="was" value="([^"]*)"', page)[1]


def test_a_line_says_what_it_is_what_it_costs_and_whether_it_is_there(mayas, espresso, rye):
    page = words(mayas.get("/catalogue"))
    assert "<strong>£18.40</strong> <small>+ 20% VAT</small> <small>6+ £17.50</small>" in page
    assert "<strong>£3.25</strong> <small>no VAT</small>" in page
    assert "In stock" in page
    assert "Low, 3 left" in page
    assert "bag of beans" in page
    assert 'data-prices="1:184000,6:175000"' in page


def test_everybody_reads_their_own_price(mayas, as_user, ben, copper_kettle, espresso):
    contract = factories.price_list("Copper Kettle 2026", customer_id=copper_kettle.id)
    factories.price(espresso, "16.20", on=contract)
    assert "£16.20" in words(mayas.get("/catalogue"))
    g.pop("_login_user")  # the tests share one context, in which Flask-Login keeps whoever came first
    bens = words(as_user(ben).get("/catalogue"))
    assert "£18.40" in bens
    assert "£16.20" not in bens


def test_without_a_price_it_is_on_request_and_has_no_box(mayas, context):
    truffle = stocked(factories.product("Mystery truffle"), 5)
    page = words(mayas.get("/catalogue"))
    assert "Price on request" in page
    assert box(truffle, page) == "no box"


@pytest.mark.parametrize("status", [ProductStatus.DRAFT, ProductStatus.DISCONTINUED])
def test_what_is_not_on_sale_is_not_there(mayas, espresso, status):
    factories.product("Secret blend", status=status)
    assert "Secret blend" not in words(mayas.get("/catalogue"))


def test_what_is_out_of_stock_has_no_box_unless_some_of_it_waits_in_the_basket(mayas, espresso):
    gone = stocked(factories.product("Stollen"), 4)
    factories.price(gone, "9.00")
    mayas.submit("/catalogue", **{f"q{gone.id}": "2"})
    gone_item = db.session.get_one(Product, gone.id)
    assert box(gone_item, mayas.get("/catalogue").text) == "2"
    mayas.submit("/catalogue", **{f"q{gone.id}": "0", "was": f"{gone.id}:2"})
    db.session.execute(db.text("UPDATE stock_item SET on_hand = 0 WHERE product_id = :id"), {"id": gone.id})
    db.session.commit()
    page = mayas.get("/catalogue").text
    assert "Out of stock" in page
    assert box(gone, page) == "no box"


def test_a_category_shows_what_grows_from_it(mayas, espresso, rye):
    coffee = factories.category("Coffee")
    filters = factories.category("Filter coffee", parent_id=coffee.id)
    factories.product("Guji", category_id=filters.id)
    page = words(mayas.get("/catalogue/coffee"))
    assert "Guji" in page
    assert "House espresso" in page
    assert "Dark rye" not in page
    assert mayas.get("/catalogue/nowhere").status_code == 404


def chips(page) -> list[str]:
    return re.findall(r'<a href="/catalogue[^"]*"(?: aria-current="true")?>([^<]+)</a>', page.text)


def test_each_category_says_how_many_products_it_shows(mayas, espresso, rye):
    coffee = factories.category("Coffee")
    filters = factories.category("Filter coffee", parent_id=coffee.id)
    factories.category("Tea")
    factories.product("Guji", category_id=filters.id)
    factories.product("Sidamo", category_id=filters.id, status=ProductStatus.DRAFT)
    factories.product("Yirga", category_id=filters.id, deleted_at=clock.now())
    assert chips(mayas.get("/catalogue")) == ["All 3", "Bread 1", "Coffee 2", "Tea 0"]
    assert chips(mayas.get("/catalogue/coffee")) == [
        "All 3",
        "Bread 1",
        "Coffee 2",
        "Tea 0",
        "Filter coffee 1",
    ]


@pytest.mark.parametrize("query", ["q=espresso", "in_stock=1"])
def test_where_less_is_listed_no_category_says_how_many_it_has(mayas, espresso, rye, query):
    assert chips(mayas.get(f"/catalogue?{query}")) == ["All", "Bread", "Coffee"]


def test_nobody_counts_further_than_a_thousand(mayas, espresso):
    db.session.execute(
        db.text(
            "INSERT INTO product (sku, name, category_id, tax_class_id, status) "
            "SELECT 'B-' || n, 'Bean ' || n, category_id, tax_class_id, 'active' "
            "FROM product, generate_series(1, 1000) n WHERE id = :id"
        ),
        {"id": espresso.id},
    )
    assert chips(mayas.get("/catalogue")) == ["All 1,000+", "Coffee 1,000+"]


def test_the_search_forgives_a_typing_error_and_says_when_there_is_nothing(mayas, espresso, rye):
    assert "House espresso" in words(mayas.get("/catalogue?q=espreso"))
    assert "Dark rye" not in words(mayas.get("/catalogue?q=espreso"))
    empty = words(mayas.get("/catalogue?q=matcha"))
    assert "Nothing called “matcha” here" in empty
    assert "No matches for “matcha” – Catalogue" in empty


def test_where_nothing_is_found_the_category_called_so_is_one_press_away(mayas, espresso, rye):
    page = words(mayas.get("/catalogue/bread?q=coffee"))
    assert '<a class="btn btn--primary" href="/catalogue/coffee">Open Coffee</a>' in page
    assert "Open Bread" not in words(mayas.get("/catalogue/bread?q=matcha"))


def test_only_what_can_be_sent_now(mayas, espresso):
    stocked(factories.product("Stollen"), 0)
    factories.product("Never counted")
    page = words(mayas.get("/catalogue?in_stock=1"))
    assert "House espresso" in page
    assert "Stollen" not in page
    assert "Never counted" not in page


@pytest.mark.parametrize("query", ["", "q=thing", "in_stock=1"])
def test_pages_follow_each_other_and_lose_none(mayas, context, query):
    for number in range(100):
        stocked(factories.product(f"Thing {number:03}"), 1)
    seen, path = [], f"/catalogue?{query}"
    while path:
        page = mayas.get(path).text
        seen += re.findall(r">(Thing \d\d\d)</a>", page)
        found = re.search(r'href="([^"]+)" rel="next"', page)
        path = found[1].replace("&amp;", "&") if found else None
    assert len(seen) == len(set(seen)) == 100


def test_boxes_of_a_whole_page_go_into_the_basket_at_once(mayas, espresso, rye):
    sent = mayas.submit("/catalogue?q=e", **{f"q{espresso.id}": "6", f"q{rye.id}": "2"})
    assert (sent.status_code, sent.location) == (303, "/catalogue?q=e")
    page = mayas.get("/catalogue").text
    assert (box(espresso, page), box(rye, page)) == ("6", "2")
    assert "£111.50" in page


def test_an_old_page_takes_nothing_out_that_another_one_put_in(mayas, espresso, rye):
    old = was(mayas.get("/catalogue").text)
    mayas.submit("/catalogue", **{f"q{espresso.id}": "3", f"q{rye.id}": "0", "was": old})
    mayas.submit("/catalogue", **{f"q{espresso.id}": "0", f"q{rye.id}": "2", "was": old})
    page = mayas.get("/catalogue").text
    assert (box(espresso, page), box(rye, page)) == ("3", "2")


def test_the_buttons_work_without_script_and_twice_is_once(mayas, espresso):
    for _ in range(2):
        mayas.submit("/catalogue", **{f"q{espresso.id}": "1", "plus": f"{espresso.id}:1"})
    assert box(espresso, mayas.get("/catalogue").text) == "2"
    mayas.submit(
        "/catalogue", **{f"q{espresso.id}": "2", "was": f"{espresso.id}:2", "minus": f"{espresso.id}:1"}
    )
    assert box(espresso, mayas.get("/catalogue").text) == "1"


def test_a_quantity_that_was_put_right_is_said(mayas, context):
    buns = stocked(factories.product("Burger buns", pack_size=6), 90)
    factories.price(buns, "0.60")
    mayas.submit("/catalogue", **{f"q{buns.id}": "7"})
    page = words(mayas.get("/catalogue"))
    assert "Burger buns: 7 became 12, because it comes in packs of 6." in page
    assert box(buns, page) == "12"


def test_more_digits_than_anybody_orders_are_too_many(mayas, espresso):
    answer = mayas.submit("/catalogue", **{f"q{espresso.id}": "9" * 30})
    assert answer.status_code == 422
    told = "99999999999999999999 is too many. Type 999,999 or fewer."
    assert f'id="q{espresso.id}-error">{told}' in answer.text
    assert f"House espresso: {told}" in answer.text


@pytest.mark.parametrize("typed", ["six", "-1", "1.5", "1e3", "٣", "<b>"])
def test_what_is_not_a_whole_number_is_said_beside_its_box_and_kept(mayas, espresso, rye, typed):
    answer = mayas.submit("/catalogue", **{f"q{espresso.id}": typed, f"q{rye.id}": "2"})
    assert answer.status_code == 422
    assert "<title>Error: fix 1 thing" in answer.text
    assert f'id="q{espresso.id}-error">Type a whole number' in answer.text
    assert box(espresso, answer.text) == typed.replace("<", "&lt;").replace(">", "&gt;")
    assert box(rye, answer.text) == "2"
    assert box(rye, mayas.get("/catalogue").text) == "0"


def test_see_your_basket_saves_first(mayas, espresso):
    sent = mayas.submit("/catalogue", **{f"q{espresso.id}": "2", "then": "basket"})
    assert sent.location == "/basket"
    assert "House espresso" in mayas.get("/basket").text


def test_whoever_may_only_look_finds_no_boxes_and_cannot_send_any(app, as_user, maya, espresso):
    db.session.execute(db.text("DELETE FROM role_permission WHERE permission = 'orders:write'"))
    db.session.commit()
    browser = as_user(maya)
    assert box(espresso, browser.get("/catalogue").text) == "no box"
    assert browser.submit("/catalogue", **{f"q{espresso.id}": "2"}).status_code == 403


def test_our_own_people_have_no_shop(as_user, owner, espresso):
    for path in ("/catalogue", f"/products/{espresso.sku}", "/basket"):
        assert as_user(owner).get(path).status_code == 404


@pytest.mark.parametrize("path", ["/catalogue", "/catalogue/bread", "/catalogue?in_stock=1"])
def test_a_full_page_costs_five_questions(mayas, context, path):
    for number in range(60):
        one = stocked(factories.product(f"Thing {number:03}"), 9)
        factories.price(one, "2.50")
        if number < 30:
            mayas.submit("/catalogue", **{f"q{one.id}": "1"})
    mayas.get(path)
    with noted() as asked:
        assert len(re.findall(r'name="q\d', mayas.get(path).text)) == 48
    assert len(asked) <= 5, asked


def test_prices_change_with_the_day(mayas, espresso):
    today = clock.now().date()
    offer = factories.price_list("Autumn", customer_id=None, kind="list")
    db.session.execute(db.text("UPDATE customer SET price_list_id = :id"), {"id": offer.id})
    factories.price(espresso, "15.00", on=offer, valid_from=today + timedelta(days=2))
    assert "£15.00" not in mayas.get("/catalogue").text
    with clock.moved(timedelta(days=3)):
        assert "£15.00" in mayas.get("/catalogue").text


def test_only_what_we_buy_is_what_the_company_has_ordered(mayas, espresso, rye, copper_kettle, northgate):
    for customer, product in ((copper_kettle, espresso), (northgate, rye)):
        placed({product: 1}, able_to_order(customer))
    page = words(mayas.get("/catalogue?usual=1"))
    assert "House espresso" in page
    assert "Dark rye" not in page
    assert "Dark rye" in words(mayas.get("/catalogue"))
    assert "House espresso" in words(mayas.get("/catalogue?usual=1&q=espresso"))
    assert "Dark rye" not in words(mayas.get("/catalogue?usual=1&q=rye"))


def test_whoever_has_ordered_nothing_is_told(mayas, espresso):
    assert "Nothing here that you have ordered before" in words(mayas.get("/catalogue?usual=1"))


def test_only_what_we_buy_asks_no_more_than_the_whole_catalogue(mayas, espresso, copper_kettle):
    placed({espresso: 1}, able_to_order(copper_kettle))
    mayas.get("/catalogue")
    with noted() as whole:
        mayas.get("/catalogue")
    with noted() as ours:
        mayas.get("/catalogue?usual=1")
    assert len(ours) == len(whole)
