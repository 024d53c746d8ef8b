"""Products from a file."""

import pytest
from sqlalchemy import select, update

from app.catalogue.models import Category, Product
from app.core.access import SYSTEM
from app.core.database import db
from app.orders.service import baskets
from app.stock import service as stock
from tests import factories
from tests.accounts.acting import acting
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
        ("pack_size", "0", "Use a whole number from 1 to 999,999."),
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
    assert [problems["sku"].split()[0] for problems in seen.problems] == ["Begin", "Begin", "Every"]


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
    assert seen.said() == "Type 11 or more: that is the least."


@pytest.mark.parametrize(
    ("head", "cells", "sentence"),
    [
        ("pack_size,min_qty", "6,5", "5 is not a whole number of packs of 6. Type 6."),
        ("pack_size,max_qty", "6,5", "Type 6 or more: that is the least."),
        ("pack_size,max_qty", "6,13", "13 is not a whole number of packs of 6. Type 12."),
        ("barcode", "not a barcode!", "A barcode has letters, digits and hyphens only."),
    ],
)
def test_what_the_form_refuses_no_file_can_bring(desk, shop, head, cells, sentence):
    assert desk.send("products", table(f"sku,{head}", f"COF-HSE-1K,{cells}")).said() == sentence
    assert desk.send("products", table(f"{HEAD},{head}", f"N,New,coffee,standard,{cells}")).said() == sentence


def test_an_empty_quantity_is_the_usual_one(app, desk, shop):
    seen = desk.send("products", table(f"{HEAD},pack_size,min_qty,max_qty", "N,New,coffee,standard,,,"))
    assert seen.verdicts == ["new"]
    desk.do("commit")
    found = products(app)["N"]
    assert (found.pack_size, found.min_qty, found.max_qty) == (1, 1, None)


def test_a_category_and_a_tax_class_may_be_called_by_their_names(app, desk, shop):
    with app.app_context():
        for number in (1, 2):
            factories.saved(Category(name="Tea", slug=f"tea-{number}"))
    seen = desk.send("products", table(HEAD, "N,New,Coffee,STANDARD", "M,New,Tea,standard"))
    assert seen.verdicts == ["new", "wrong"]
    assert seen.said() == "“Tea” is not one of: coffee, tea-1, tea-2."
    assert desk.do("commit").values[0]["category"] == "coffee"
    assert products(app)["N"].category_id == products(app)["COF-HSE-1K"].category_id


def test_everything_wrong_with_a_row_is_said_at_once(desk, shop):
    seen = desk.send("products", table(f"{HEAD},pack_size", "N,,tea,zero,0"))
    assert set(seen.problems[0]) == {"name", "category", "tax_class", "pack_size"}


@pytest.mark.parametrize("used", ["counted", "in a basket"])
def test_a_new_product_that_somebody_used_stays(app, desk, shop, maya, used):
    desk.send("products", table(f"{HEAD},status", "N,New,coffee,standard,active"))
    desk.do("commit")
    with app.app_context():
        product_id = products(app)["N"].id
        if used == "counted":
            stock.receive(product_id, 1, by=SYSTEM)
        else:
            baskets.set_quantities({product_id: 1}, by=acting(maya))
    assert desk.do("undo").problem.startswith("Row 2 of this import was changed or used since")


def test_a_product_that_was_changed_and_changed_back_counts_as_touched(app, desk, shop):
    """Whoever had it open in between saw something that the undo would take from under them."""
    desk.send("products", table("sku,shelf", "COF-HSE-1K,A-07"))
    desk.do("commit")
    with app.app_context():
        db.session.execute(update(Product).values(version=Product.version + 1))
        db.session.commit()
    assert desk.do("undo").problem.startswith("Row 2 of this import was changed or used since")


def test_a_row_that_breaks_a_rule_by_now_stops_the_import(app, desk, shop):
    desk.send("products", table("sku,min_qty", "COF-HSE-1K,6"))
    with app.app_context():
        db.session.execute(update(Product).values(pack_size=4))
        db.session.commit()
    seen = desk.do("commit")
    assert (seen.state, "Something was changed since" in seen.problem) == ("read", True)
    assert desk.do("check").said() == "6 is not a whole number of packs of 4. Type 8."


def test_the_list_of_products_is_a_file_for_an_import(desk, shop):
    answer = desk.visitor.get("/admin/products.csv").get_data().decode("utf-8-sig")
    assert answer.splitlines()[0].startswith("SKU,Name,Category,")
    assert "18.40" in answer
    seen = desk.send("products", answer)
    assert (seen.state, seen.verdicts, seen.problem) == ("read", ["same", "same"], "")
