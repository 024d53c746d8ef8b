"""Products through the JSON door: staff see all at the base price, buyers what is on sale at their own."""

from decimal import Decimal

import pytest

from app.catalogue.models import Product, ProductStatus
from app.core.access import SYSTEM
from app.core.database import db
from tests import factories
from tests.accounts.program import NOT_OURS_TO_SEND, Program, code_of

SENT = {"sku": "COF-HSE-1K", "name": "House espresso, 1 kg", "category": "coffee", "tax_class": "standard"}
FIELDS = {
    *("id", "sku", "name", "description", "category", "family_code", "barcode", "unit_label", "pack_size"),
    *("min_qty", "max_qty", "tax_class", "status", "unit_price", "breaks", "version"),
}


@pytest.fixture(autouse=True)
def shelf(context) -> None:
    factories.category("Coffee")
    factories.tax_class("standard")


def made(office: Program, **more) -> dict:
    answer = office.post("/products", SENT | more)
    assert answer.status_code == 201, answer.text
    return answer.json["data"]


def whole(product: dict, **more) -> dict:
    told = {"id", "unit_price", "breaks", "version"}
    return {name: value for name, value in product.items() if name not in told} | more


def skus(program: Program, query: str = "") -> list[str]:
    return [row["sku"] for row in program.get(f"/products{query}").json["data"]["items"]]


def test_a_product_is_made_read_replaced_and_deleted(office):
    first = made(office, pack_size=6, max_qty=60, barcode="501")
    assert set(first) == FIELDS
    assert (first["status"], first["category"], first["unit_price"], first["breaks"]) == (
        "draft",
        "coffee",
        None,
        [],
    )
    read = office.get("/products/cof-hse-1k")
    assert (read.json["data"], read.headers["ETag"]) == (first, f'"{first["version"]}"')
    changed = office.put(
        "/products/COF-HSE-1K", whole(first, name="Espresso", sku="COF-1"), version=first["version"]
    )
    assert (changed.json["data"]["name"], changed.json["data"]["sku"]) == ("Espresso", "COF-1")
    assert office.put("/products/COF-1", whole(first), version=first["version"]).status_code == 412
    assert office.put("/products/COF-1", whole(first), version=None).status_code == 428
    version = changed.json["data"]["version"]
    assert office.delete("/products/COF-1", version=None).status_code == 428
    assert office.delete("/products/COF-1", version=version).status_code == 200
    assert office.get("/products/COF-1").status_code == 404
    assert db.session.query(Product).one().deleted_at is not None


def test_replacing_keeps_what_a_program_cannot_see(office):
    first = made(office)
    product = db.session.query(Product).one()
    product.shelf, product.picture = "C-07", "0" * 64
    db.session.commit()
    office.put("/products/COF-HSE-1K", whole(first, name="Espresso"), version=product.version)
    db.session.expire_all()
    assert (product.name, product.shelf, product.picture) == ("Espresso", "C-07", "0" * 64)


def test_buyers_see_what_is_on_sale_at_their_own_price(mayas, maya):
    espresso = factories.product("Espresso", sku="E-1")
    factories.product("Secret", sku="S-1", status=ProductStatus.DRAFT)
    factories.product("Old", sku="O-1", status=ProductStatus.DISCONTINUED)
    factories.price(espresso, "10")
    theirs = factories.price_list("Contract", customer_id=maya.customer_id)
    factories.price(espresso, "9.5", on=theirs)
    factories.price(espresso, "0.0125", on=theirs, min_qty=10)
    assert skus(mayas) == ["E-1"]
    told = mayas.get("/products/E-1").json["data"]
    assert told["unit_price"] == "9.50"
    assert told["breaks"] == [
        {"min_qty": 1, "unit_price": "9.50"},
        {"min_qty": 10, "unit_price": "0.0125"},
    ]
    for sku in ("S-1", "O-1"):
        assert mayas.get(f"/products/{sku}").status_code == 404
    assert skus(mayas, "?status=draft") == []


def test_staff_see_everything_at_the_base_price(office):
    espresso = factories.product("Espresso", sku="E-1", status=ProductStatus.DRAFT)
    factories.price(espresso, "10")
    assert office.get("/products/E-1").json["data"]["unit_price"] == "10.00"


def test_lists_are_searched_filtered_sorted_and_paged(office):
    for number in range(3):
        factories.product(
            f"Espresso {number}", sku=f"E-{number}", category_id=factories.category("Coffee").id
        )
    factories.product("Sourdough", sku="B-1")
    assert skus(office, "?q=expresso&sort=-name") == ["E-2", "E-1", "E-0"]
    assert skus(office, "?category=bread") == ["B-1"]
    data = office.get("/products?page_size=3&page=2").json["data"]
    assert (data["total"], data["page"], data["has_more"], len(data["items"])) == (4, 2, False, 1)
    assert skus(office, "?sort=sku")[0] == "B-1"
    only = office.get("/products?fields=sku,unit_price").json["data"]["items"]
    assert set(only[0]) == {"sku", "unit_price"}


@pytest.mark.parametrize(
    "extra", [*sorted(NOT_OURS_TO_SEND.keys() - {"status"}), "unit_price", "shelf", "picture"]
)
def test_a_product_takes_no_foreign_fields(office, extra):
    answer = office.post("/products", SENT | {extra: NOT_OURS_TO_SEND.get(extra, "1")})
    assert (answer.status_code, code_of(answer)) == (422, "unknown_field")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"sku": "COF HSE"}, "sku"),
        ({"sku": "x" * 65}, "sku"),
        ({"name": ""}, "name"),
        ({"category": "nowhere"}, "category"),
        ({"tax_class": "nothing"}, "tax_class"),
        ({"pack_size": 0}, "pack_size"),
        ({"pack_size": "6"}, "pack_size"),
        ({"pack_size": 6, "min_qty": 8}, "min_qty"),
        ({"min_qty": 8, "max_qty": 7}, "max_qty"),
        ({"status": "gone"}, "status"),
        ({"max_qty": 10**12}, "max_qty"),
    ],
)
def test_bad_input_names_its_field(office, wrong, field):
    answer = office.post("/products", SENT | wrong)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)


def test_a_taken_sku_is_refused_in_any_case(office):
    made(office)
    answer = office.post("/products", SENT | {"sku": "cof-hse-1k"})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "sku")


def test_everything_wrong_is_said_at_once(office):
    answer = office.post("/products", SENT | {"pack_size": 6, "min_qty": 8, "barcode": "?"})
    assert {error["field"] for error in answer.json["errors"]} == {"barcode", "min_qty"}


def test_buyers_change_no_products(mayas):
    factories.product("Espresso", sku="E-1")
    assert mayas.post("/products", SENT).status_code == 404
    assert mayas.delete("/products/E-1", version=1).status_code == 404


def test_a_key_of_one_customer_sees_their_prices(app, maya, owner):
    espresso = factories.product("Espresso", sku="E-1")
    factories.price(espresso, "10")
    factories.price(espresso, "8", on=factories.price_list("Contract", customer_id=maya.customer_id))
    _, text = factories.api_key("orders:read", customer_id=maya.customer_id, by=SYSTEM)
    told = Program(app, text).get("/products/E-1").json["data"]
    assert Decimal(told["unit_price"]) == 8


def test_what_is_gone_cannot_be_deleted_again(office):
    product = made(office)
    assert office.delete("/products/COF-HSE-1K", version=product["version"]).status_code == 200
    assert office.delete("/products/COF-HSE-1K", version=product["version"] + 1).status_code == 404
    assert office.delete("/products/NEVER-WAS", version=1).status_code == 404
