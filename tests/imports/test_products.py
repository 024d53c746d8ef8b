"""Products from a file."""

import pytest
from sqlalchemy import select

from app.catalogue.models import Product
from app.core.database import db
from tests import factories
from tests.imports.desk import table

HEAD = "sku,name,category,tax_class"


def products(app):
    with app.app_context():
        db.session.expire_all()
        found = db.session.scalars(select(Product).where(Product.deleted_at.is_(None)).order_by(Product.sku))
        return {product.sku: product for product in found}


def test_new_ones_are_added_and_known_ones_changed_field_by_field(app, desk, shop):
    seen = desk.send(
        "products",
        table(
            f"{HEAD},pack_size,status",
            "COF-HSE-1K,House espresso,coffee,standard,6,active",
            "0090.750,Brioche,coffee,standard,1,draft",
        ),
    )
    assert seen.verdicts == ["changed", "new"]
    assert seen.befores == [{"pack_size": "1"}, {}]
    assert desk.do("commit").state == "committed"
    found = products(app)
    assert list(found) == ["0090.750", "COF-DEC-1K", "COF-HSE-1K"]
    assert (found["COF-HSE-1K"].pack_size, found["COF-HSE-1K"].version) == (6, 2)
    assert (found["0090.750"].name, found["0090.750"].status) == ("Brioche", "draft")


def test_what_the_file_does_not_name_stays_as_it_is(app, desk, shop):
    desk.send("products", table("sku,shelf", "cof-hse-1k,A-07"))
    desk.do("commit")
    product = products(app)["COF-HSE-1K"]
    assert (product.shelf, product.name, product.status) == ("A-07", "House espresso", "active")


def test_an_import_is_undone_and_can_be_done_again(app, desk, shop):
    desk.send(
        "products", table(f"{HEAD},shelf", "COF-HSE-1K,Espresso,coffee,standard,A", "N,New,coffee,standard,")
    )
    desk.do("commit")
    assert desk.do("undo").state == "undone"
    assert {sku: product.name for sku, product in products(app).items()} == {
        "COF-HSE-1K": "House espresso",
        "COF-DEC-1K": "Decaf espresso",
    }
    assert desk.do("check").verdicts == ["changed", "new"]
    assert desk.do("commit").state == "committed"


def test_a_new_product_that_has_a_price_by_now_stays(app, desk, shop):
    desk.send("products", table(HEAD, "N,New,coffee,standard"))
    desk.do("commit")
    with app.app_context():
        factories.price(products(app)["N"], "1.00")
    assert desk.do("undo").problem.startswith("Row 2 of this import was changed or used since")


@pytest.mark.parametrize(
    ("column", "cell", "sentence"),
    [
        ("category", "tea", "“tea” is not one of: coffee."),
        ("tax_class", "zero", "“zero” is not one of: standard."),
        ("status", "sold", "“sold” is not one of: draft, active, discontinued."),
        ("pack_size", "1.5", "“1.5” is not a whole number. Write it like 12, without commas."),
        ("pack_size", "0", "Use a whole number from 1 to 999999."),
        ("name", "x" * 121, "Use 120 characters or fewer."),
        ("name", "", "A product needs a name."),
    ],
)
def test_what_cannot_be_read_says_why_beside_its_column(desk, shop, column, cell, sentence):
    seen = desk.send("products", table(f"sku,{column}", f"COF-HSE-1K,{cell}"))
    assert seen.problems == [{column: sentence}]
    assert sentence.replace("“", "“") in desk.page("wrong")


def test_a_sku_is_text_and_looks_like_one(desk, shop):
    seen = desk.send("products", table("sku,name", "A B,Name", "é,Name", ",Name"))
    assert [problems["sku"].split()[0] for problems in seen.problems] == ["A", "A", "Every"]


def test_barcodes_belong_to_one_product(app, desk, shop):
    assert desk.send("products", table("sku,barcode", "COF-HSE-1K,0501")).problems == [{}]
    desk.do("commit")
    seen = desk.send("products", table("sku,barcode", "COF-DEC-1K,0501", "COF-HSE-1K,7", "N,7"))
    assert [row.get("barcode") for row in seen.problems] == [
        "The product COF-HSE-1K has this barcode.",
        None,
        "Row 3 has the same.",
    ]


def test_a_new_product_says_what_it_needs(desk, shop):
    seen = desk.send("products", table("sku,shelf", "N,A-07"))
    assert set(seen.problems[0]) == {"name", "category", "tax_class"}


def test_quantities_fit_together_also_with_what_stands(desk, shop):
    desk.send("products", table("sku,max_qty", "COF-HSE-1K,10"))
    desk.do("commit")
    seen = desk.send("products", table("sku,min_qty", "COF-HSE-1K,11"))
    assert seen.said() == "At most 10 and at least 11 cannot both be."
