"""Every list as a file: the rows of the same filter, and prices in the columns that an import reads."""

import csv
from datetime import date
from decimal import Decimal

import pytest

from app.catalogue.models import TaxRate
from app.imports.kinds import PRICES
from tests import factories


def rows_of(answer) -> list[list[str]]:
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    return list(csv.reader(answer.data.decode("utf-8-sig").splitlines()))


def test_the_prices_of_a_list_are_a_file_that_can_be_imported(desk):
    rye, cafes = factories.product("Dark rye"), factories.price_list("Cafes")
    factories.price(factories.product("Bagel"), "18.4", on=cafes, min_qty=12)
    factories.price(rye, "2.755", on=cafes, valid_from=date(2026, 1, 1))
    factories.price(rye, "2.90", on=cafes, valid_to=date(2025, 12, 31))
    factories.price(rye, "3.25")
    head, *rows = rows_of(desk.get(f"/admin/price-lists/{cafes.id}.csv"))
    PRICES.check_header(head)
    assert head == list(PRICES.head)
    assert rows == [
        ["cafes", "BAGEL", "12", "18.40", "", ""],
        ["cafes", "DARK-RYE", "1", "2.755", "2026-01-01", ""],
    ]


def test_the_file_of_prices_holds_what_the_search_found(desk):
    for name in ("Dark rye", "Bagel"):
        factories.price(factories.product(name), "3.25")
        factories.price(factories.product(f"{name}, sliced"), "3.50", min_qty=6)
    page = desk.get(f"/admin/price-lists/{factories.base_list().id}?q=rye").text
    assert f"/admin/price-lists/{factories.base_list().id}.csv?q=rye" in page
    _, *rows = rows_of(desk.get(f"/admin/price-lists/{factories.base_list().id}.csv?q=rye"))
    assert sorted(row[1] for row in rows) == ["DARK-RYE", "DARK-RYE-SLICED"]


def test_price_lists_say_whose_they_are_and_what_is_on_them(desk, copper_kettle):
    factories.price(factories.product("Dark rye"), "3.25")
    factories.price_list("Agreed", customer_id=copper_kettle.id, valid_from=date(2026, 1, 1), is_active=False)
    _, base, contract = rows_of(desk.get("/admin/price-lists.csv"))
    assert base == ["base", "Base prices", "base", "", "", "", "yes", "1", "0"]
    assert contract == ["agreed", "Agreed", "contract", copper_kettle.name, "2026-01-01", "", "no", "0", "0"]


def test_categories_stand_in_their_order(desk):
    bread = factories.category("Bread", position=1)
    factories.category("Rolls", parent_id=bread.id)
    factories.category("Coffee", position=2)
    factories.product("Sourdough", category_id=bread.id)
    assert rows_of(desk.get("/admin/categories.csv"))[1:] == [
        ["bread", "Bread", "Bread", "1"],
        ["rolls", "Rolls", "Bread › Rolls", "0"],
        ["coffee", "Coffee", "Coffee", "0"],
    ]


def test_tax_has_a_row_for_each_rate(desk):
    standard = factories.tax_class("standard")
    factories.saved(TaxRate(tax_class_id=standard.id, rate=Decimal("0.175"), valid_from=date(2999, 1, 1)))
    assert rows_of(desk.get("/admin/tax.csv"))[1:] == [
        ["standard", "Standard", "20", "2020-01-01"],
        ["standard", "Standard", "17.5", "2999-01-01"],
    ]


def test_delivery_says_when_it_goes_and_what_it_costs(desk):
    factories.delivery_method("Our van", price_net=Decimal("4.50"))
    assert rows_of(desk.get("/admin/delivery.csv"))[1:] == [
        ["Our van", "4.50", "", "standard", "Mon–Fri", "1", "14:00:00"]
    ]


@pytest.mark.parametrize("name", ["price-lists", "categories", "tax", "delivery"])
def test_each_page_leads_to_its_file(desk, name):
    factories.category("Bread")
    factories.delivery_method("Our van")
    assert f'href="/admin/{name}.csv"' in desk.get(f"/admin/{name}").text
