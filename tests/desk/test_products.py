"""The list of products: what stands of each, what it is narrowed to, its file, and several changed at once."""

import csv
import re

import pytest

from app.accounts.models import Role
from app.catalogue.models import Product, ProductStatus
from app.core import clock
from app.core.audit import AuditEvent
from app.core.database import db
from tests import factories
from tests.statements import noted
from tests.stock.shelving import filled
from tests.visitor import Visitor


@pytest.fixture
def desk(as_user, owner, context) -> Visitor:
    """The owner's browser."""
    found: Visitor = as_user(owner)
    return found


@pytest.fixture
def shelves(context) -> None:
    """Enough, low, short, none at all, none any more of what is not sold any more."""
    filled(factories.product("Apple cake"), 1200, reserved=200, low_at=5)
    filled(factories.product("Barm"), 4, low_at=5)
    filled(factories.product("Ciabatta"), 2, reserved=9)
    factories.product("Doughnut")
    factories.product("Eclair", status=ProductStatus.DISCONTINUED)


def listed(answer) -> list[str]:
    return re.findall(r'<a href="/admin/products/\d+">(.*?)</a>', answer.text)


def test_several_are_changed_at_once_and_each_that_cannot_says_why(desk):
    made = [factories.product(name, status=ProductStatus.DRAFT) for name in ("Sourdough", "Rye", "Oat")]
    made[1].status, made[2].deleted_at = ProductStatus.ACTIVE, clock.now()
    db.session.commit()
    answer = desk.submit("/admin/products?show=draft", do="activate", p=[one.id for one in made])
    assert (answer.status_code, answer.location) == (303, "/admin/products?show=draft")
    page = desk.get("/admin/products").text
    for words in ("1 product is on sale now", "Rye is already active", "Oat is deleted"):
        assert words in page
    db.session.expire_all()
    assert db.session.get_one(Product, made[0].id).status == "active"
    events = db.session.query(AuditEvent).filter_by(entity="product").all()
    assert [(event.action, event.entity_id) for event in events] == [("product.activated", made[0].id)]


@pytest.mark.parametrize(
    "sent", [{}, {"do": "activate"}, {"do": "explode", "p": "1"}, {"do": "activate", "p": "x"}]
)
def test_nothing_ticked_changes_nothing(desk, sent):
    assert desk.submit("/admin/products?_scheme=javascript", **sent).location == "/admin/products"
    assert "Tick some products first" in desk.get("/admin/products").text


def test_the_list_is_searched_filtered_and_sorted(desk):
    bread = factories.category("Bread")
    rolls = factories.category("Rolls", parent_id=bread.id)
    factories.product("Sourdough", sku="Z-1")
    factories.product("Soft roll", sku="A-1", category_id=rolls.id)
    factories.product(
        "House espresso", category_id=factories.category("Coffee").id, status=ProductStatus.DRAFT
    )
    assert listed(desk.get("/admin/products")) == ["House espresso", "Soft roll", "Sourdough"]
    assert listed(desk.get("/admin/products?sort=-name"))[0] == "Sourdough"
    assert listed(desk.get("/admin/products?sort=sku"))[0] == "Soft roll"
    assert listed(desk.get(f"/admin/products?category={bread.id}")) == ["Soft roll", "Sourdough"]
    assert listed(desk.get(f"/admin/products?category={rolls.id}")) == ["Soft roll"]
    assert listed(desk.get("/admin/products?category=987654321")) == []
    assert listed(desk.get("/admin/products?show=draft")) == ["House espresso"]
    assert listed(desk.get("/admin/products?q=expresso")) == ["House espresso"]
    assert listed(desk.get("/admin/products?q=expresso&show=active")) == []


def test_a_long_list_has_pages(desk):
    for number in range(53):
        factories.product(f"Loaf {number:02}")
    first = desk.get("/admin/products")
    assert (len(listed(first)), "53 products" in first.text) == (50, True)
    after = re.search(r'href="([^"]*after=[^"]*)"', first.text)[1].replace("&amp;", "&")
    assert listed(desk.get(after)) == ["Loaf 50", "Loaf 51", "Loaf 52"]


def test_prices_of_the_base_list_stand_beside_the_products(desk):
    loaf = factories.product("Sourdough")
    factories.price(loaf, "3.20")
    factories.price(loaf, "2.95", min_qty=10)
    page = desk.get("/admin/products").text
    assert ("£3.20" in page, "£2.95" in page) == (True, True)


def test_what_stands_of_each_is_seen_at_a_glance(desk, shelves):
    page = desk.get("/admin/products").text
    assert re.findall(r'class="stock" data-tone="(\w+)">([^<]+)<', page) == [
        ("good", "In stock"),
        ("warn", "Low, 4 left"),
        ("bad", "Out of stock"),
        ("bad", "Out of stock"),
    ]
    figures = re.findall(r'data-label="(?:On hand|Free)">(?:<span class="down">)?([^<]+)<', page)
    assert figures == ["1,200", "1,000", "4", "4", "2", "−7", "0", "0", "0", "0"]
    assert '<span class="down">−7</span>' in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("stock=low", ["Barm"]),
        ("stock=short", ["Ciabatta"]),
        ("stock=out", ["Ciabatta", "Doughnut"]),
        ("stock=out&q=dough", ["Doughnut"]),
        ("stock=out&show=draft", []),
        ("stock=nonsense", ["Apple cake", "Barm", "Ciabatta", "Doughnut", "Eclair"]),
    ],
)
def test_what_runs_low_is_found(desk, shelves, query, names):
    assert listed(desk.get(f"/admin/products?{query}")) == names


def test_the_list_costs_no_more_for_its_stock(desk, shelves):
    with noted() as asked:
        desk.get("/admin/products")
    assert len(asked) <= 5, asked


def test_the_file_holds_every_row_of_the_filter(desk, shelves):
    factories.product("Rye", description="=1+1")
    assert len(desk.get("/admin/products.csv").text.splitlines()) == 7
    [row] = csv.DictReader(desk.get("/admin/products.csv?q=rye").text.lstrip("\ufeff").splitlines())
    assert (row["Name"], row["Description"]) == ("Rye", "'=1+1")


def test_the_file_says_what_stands_of_each(desk, shelves):
    rows = csv.DictReader(desk.get("/admin/products.csv").text.lstrip("\ufeff").splitlines())
    assert [(row["On hand"], row["Held"], row["Free"], row["Stock"]) for row in rows] == [
        ("1200", "200", "1000", "In stock"),
        ("4", "0", "4", "Low, 4 left"),
        ("2", "9", "-7", "Out of stock"),
        ("0", "0", "0", "Out of stock"),
        ("0", "0", "0", ""),
    ]


def test_those_who_may_not_change_products_read_them(as_user, tom, context):
    loaf = factories.product("Sourdough")
    clerk = as_user(tom)
    page = clerk.get("/admin/products").text
    assert ("Sourdough" in page, "Add product" in page, 'type="checkbox"' in page) == (True, False, False)
    assert clerk.submit("/admin/products", do="discontinue", p=loaf.id).status_code == 403


def test_those_who_may_not_see_stock_find_nothing_of_it(as_user, context, shelves):
    factories.saved(Role(code="guest", name="Guest", kind="staff"))
    guest = as_user(factories.user("Clara Bow", role="guest"))
    page = guest.get("/admin/products?stock=out")
    assert listed(page) == ["Apple cake", "Barm", "Ciabatta", "Doughnut", "Eclair"]
    assert ("On hand" in page.text, "Out of stock" in page.text) == (False, False)
    assert guest.get("/admin/products.csv").text.splitlines()[0].endswith(",Shelf,Price")
