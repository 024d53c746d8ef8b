"""Products on their pages: adding, changing, deleting and bringing back."""

import re

import pytest
from flask import g
from sqlalchemy import func, select

from app.catalogue.models import Category, Product
from app.core import clock
from app.core.audit import AuditEvent
from app.core.database import db
from tests import factories


def typed(**more) -> dict:
    usual = {
        "name": "House espresso, 1 kg",
        "sku": "COF-HSE-1K",
        "category_id": factories.category("Coffee").id,
        "tax_class_id": factories.tax_class("standard").id,
        "pack_size": "1",
        "min_qty": "1",
        "standing": "active",
    }
    return usual | more


def as_typed(product, **more) -> dict:
    now = {
        name: getattr(product, name) for name in ("name", "sku", "category_id", "tax_class_id", "description")
    }
    return (
        now
        | {"pack_size": "1", "min_qty": "1", "standing": product.status, "version": product.version}
        | more
    )


def called(name) -> Product:
    db.session.expire_all()
    return db.session.scalars(select(Product).where(Product.name == name)).one()


def listed(answer) -> list[str]:
    return re.findall(r'<a href="/admin/products/\d+">(.*?)</a>', answer.text)


def told(product) -> list[str]:
    events = select(AuditEvent.action).where(
        AuditEvent.entity == "product", AuditEvent.entity_id == product.id
    )
    return list(db.session.scalars(events.order_by(AuditEvent.id)))


def test_a_product_is_added(desk):
    more = {
        "barcode": "5012345678900",
        "family_code": "COF-HSE",
        "unit_label": "bag of beans",
        "shelf": "C-07",
    }
    text = "Brazil and Guatemala.\r\n\r\n Cocoa,  toffee. "
    answer = desk.submit("/admin/products/new", **typed(**more, description=text, max_qty="40"))
    assert answer.status_code == 303, answer.text
    made = called("House espresso, 1 kg")
    assert {name: getattr(made, name) for name in more} == more
    assert (made.max_qty, made.status) == (40, "active")
    assert made.description == "Brazil and Guatemala.\n\nCocoa, toffee."
    page = desk.get(answer.location).text
    assert ("COF-HSE-1K" in page, "On request" in page, "C-07" in page) == (True, True, True)
    assert told(made) == ["product.created"]


def test_another_of_its_kind_is_added_at_once(desk):
    answer = desk.submit("/admin/products/new", **typed(another="1"))
    category = factories.category("Coffee")
    assert answer.location.endswith(f"/admin/products/new?category={category.id}")
    assert f'<option selected value="{category.id}">' in desk.get(answer.location).text


def test_sent_twice_it_is_added_once(desk):
    for _ in range(2):
        assert desk.submit("/admin/products/new", **typed(once="one and the same")).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Product)) == 1


def test_whoever_goes_back_and_types_another_one_adds_another_one(desk):
    for sku in ("COF-ONE", "COF-TWO"):
        assert (
            desk.submit("/admin/products/new", **typed(sku=sku, once="one and the same")).status_code == 303
        )
    assert set(db.session.scalars(select(Product.sku))) == {"COF-ONE", "COF-TWO"}


@pytest.mark.parametrize("sku", ["COF-HSE-1K", "cof-hse-1k"])
def test_a_sku_is_unique_in_any_case_and_the_sentence_names_its_holder(desk, sku):
    factories.product("House espresso, 250 g", sku="Cof-Hse-1K")
    answer = desk.submit("/admin/products/new", **typed(sku=sku))
    assert answer.status_code == 422
    assert "This SKU belongs to House espresso, 250 g. Type another." in answer.text
    assert f'value="{sku}"' in answer.text


def test_a_barcode_is_unique(desk):
    factories.product("House espresso, 250 g", barcode="501234")
    answer = desk.submit("/admin/products/new", **typed(barcode="501234"))
    assert (answer.status_code, "This barcode belongs to House espresso, 250 g." in answer.text) == (
        422,
        True,
    )


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": " "}, "Type the product’s name."),
        ({"name": "x" * 121}, "Use 120 characters or fewer."),
        ({"sku": ""}, "Type a SKU, like COF-HSE-250."),
        ({"sku": "-COF"}, "Begin with a letter or digit"),
        ({"sku": "COF HSE"}, "Begin with a letter or digit"),
        ({"sku": "x" * 65}, "Use 64 characters or fewer."),
        ({"barcode": "50/12"}, "A barcode has letters, digits and hyphens only."),
        ({"category_id": ""}, "Choose the category it stands in."),
        ({"category_id": "987654321"}, "Choose one of those in the list."),
        ({"tax_class_id": ""}, "Choose how it is taxed."),
        ({"pack_size": "0"}, "Type 1 or more."),
        ({"pack_size": "1.5"}, "Type a whole number, like 12."),
        ({"pack_size": ""}, "Type 1 when it is sold one by one."),
        ({"min_qty": "0"}, "Type 1 or more."),
        ({"pack_size": "6", "min_qty": "8"}, "8 is not a whole number of packs of 6. Type 12."),
        ({"pack_size": "6", "max_qty": "5"}, "Type 6 or more: that is the least."),
        ({"min_qty": "10", "max_qty": "9"}, "Type 10 or more: that is the least."),
        ({"pack_size": "6", "max_qty": "20"}, "20 is not a whole number of packs of 6. Type 18."),
        ({"max_qty": "9999999"}, "Type 999,999 or fewer."),
        ({"standing": "everywhere"}, "Choose who can order it."),
        ({"description": "x" * 4001}, "Use 4000 characters or fewer."),
    ],
)
def test_bad_input_is_answered_beside_the_field(desk, wrong, sentence):
    answer = desk.submit("/admin/products/new", **typed(**wrong))
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert db.session.scalar(select(func.count()).select_from(Product)) == 0


def test_all_that_is_wrong_is_said_at_once(desk):
    answer = desk.submit("/admin/products/new", **typed(sku="?", barcode="?", pack_size="6", max_qty="7"))
    assert "Fix 3 things to save this product" in answer.text


def test_what_is_missing_and_what_is_wrong_are_said_together(desk):
    answer = desk.submit(
        "/admin/products/new", **typed(category_id="", sku="bad sku!", pack_size="6", min_qty="5")
    )
    assert answer.status_code == 422
    assert "Fix 3 things to save this product" in answer.text
    assert "5 is not a whole number of packs of 6. Type 6." in answer.text
    assert 'value="bad sku!"' in answer.text


def test_a_sku_stays_text(desk):
    desk.submit("/admin/products/new", **typed(sku="0090.750"))
    assert called("House espresso, 1 kg").sku == "0090.750"


def test_two_people_change_one_product_and_nothing_is_lost(desk):
    product = factories.product("Sourdough")
    before = as_typed(product)
    assert desk.submit(f"/admin/products/{product.id}/edit", **(before | {"name": "Rye"})).status_code == 303
    mine = before | {"name": "Country loaf", "standing": "draft", "shelf": "A-1"}
    answer = desk.submit(f"/admin/products/{product.id}/edit", **mine)
    assert answer.status_code == 409
    assert ("It is now “Rye”." in answer.text, 'value="Country loaf"' in answer.text) == (True, True)
    assert '<h2 id="errors-title">Somebody changed this while you had it open.' in answer.text
    assert f'<a href="/admin/products/{product.id}/edit">Start again from what is saved</a>' in answer.text
    assert "It is now “active”." in answer.text or "It is now “Every customer”." in answer.text
    version = re.search(r'name="version"[^>]*value="(\d+)"', answer.text)[1]
    assert (
        desk.submit(f"/admin/products/{product.id}/edit", **(mine | {"version": version})).status_code == 303
    )
    assert (called("Country loaf").shelf, called("Country loaf").status) == ("A-1", "draft")


def test_a_deleted_product_frees_its_sku_and_comes_back_only_when_it_is_free(desk):
    product = factories.product("Sourdough", sku="BRD-1")
    gone = desk.submit(f"/admin/products/{product.id}/remove", version=product.version)
    assert gone.status_code == 303
    assert listed(desk.get("/admin/products")) == []
    assert listed(desk.get("/admin/products?show=deleted")) == ["Sourdough"]
    other = factories.product("Rye", sku="brd-1")
    version = called("Sourdough").version
    answer = desk.submit(f"/admin/products/{product.id}/restore", version=version)
    assert (answer.status_code, "This SKU belongs to Rye." in answer.text) == (422, True)
    other.sku = "BRD-2"
    db.session.commit()
    assert desk.submit(f"/admin/products/{product.id}/restore", version=version).status_code == 303
    assert called("Sourdough").deleted_at is None
    assert told(product) == ["product.removed", "product.restored"]


def test_a_product_whose_category_went_meanwhile_stays_deleted(desk):
    product = factories.product("Sourdough", deleted_at=clock.now())
    db.session.get_one(Category, product.category_id).deleted_at = clock.now()
    db.session.commit()
    answer = desk.submit(f"/admin/products/{product.id}/restore", version=product.version)
    assert (answer.status_code, "The category of Sourdough was deleted meanwhile" in answer.text) == (
        422,
        True,
    )
    assert called("Sourdough").deleted_at is not None


def test_a_product_is_added_with_what_one_costs(desk):
    added = desk.submit("/admin/products/new", **typed(base_price="18.4"))
    page = desk.get(added.location).text
    assert ("£18.40" in page, "Change its prices" in page, "Receive or count" in page) == (True, True, True)
    refused = desk.submit("/admin/products/new", **typed(sku="COF-2", base_price="999999999"))
    assert (refused.status_code, "more than we can write down" in refused.text) == (422, True)
    assert db.session.scalar(select(func.count(Product.id))) == 1


def test_without_a_price_its_page_leads_to_one(desk):
    added = desk.submit("/admin/products/new", **typed())
    page = desk.get(added.location).text
    address = f"/admin/price-lists/{factories.base_list().id}/prices/COF-HSE-1K"
    assert f'<a href="{address}">Set its price</a>' in page
    assert desk.get(address).status_code == 200


def test_where_nothing_can_be_chosen_the_form_leads_to_making_it(desk):
    page = desk.get("/admin/products/new").text
    assert ('href="/admin/categories/new"' in page, 'href="/admin/tax">Add' in page) == (True, True)
    assert 'href="/admin/tax">Add' in desk.get("/admin/delivery/new").text


def test_a_deleted_product_cannot_be_changed(desk):
    product = factories.product("Sourdough", deleted_at=clock.now())
    answer = desk.submit(f"/admin/products/{product.id}/edit", **as_typed(product, name="Rye"))
    assert (answer.status_code, "Sourdough is deleted. Restore it" in answer.text) == (422, True)


def test_prices_of_the_base_list_stand_on_its_page(desk):
    loaf = factories.product("Sourdough")
    factories.price(loaf, "3.20")
    factories.price(loaf, "2.95", min_qty=10)
    page = desk.get(f"/admin/products/{loaf.id}").text
    assert ("£3.20" in page, "£2.95" in page) == (True, True)


def test_those_who_may_not_change_a_product_read_it(as_user, tom, maya, context):
    loaf = factories.product("Sourdough")
    assert "Send picture" not in as_user(tom).get(f"/admin/products/{loaf.id}").text
    g.pop("_login_user", None)
    assert as_user(maya).get(f"/admin/products/{loaf.id}").status_code == 404
