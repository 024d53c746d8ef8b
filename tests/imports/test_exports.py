"""What stands as a file: sent back it says "same" of every row, and an export of it is the same byte for byte."""

import pytest
from sqlalchemy import delete, select

from app.accounts.models import Customer, User
from app.catalogue.models import Price, Product
from app.core.database import db
from app.core.text import tidy
from app.customers.models import Address
from app.stock.models import StockItem
from tests import factories

AWKWARD = (
    "'apostrophe",
    "=SUM(A1)",
    "'=SUM(A1)",
    "''-2",
    "+44 113 496",
    "-5",
    "@me",
    'a "quoted" word',
    "a, comma; semicolon\ttab",
    "two\nlines",
    "Windows\r\nlines",
    "  spaces  around ",
    "two  spaces",
    "Café ☕👩‍🍳",
    "0090.750",
    "1,234",
    "problem",
)


@pytest.fixture
def fill(app, maya, ben, copper_kettle, northgate):
    """A shop in which every text is as awkward as can be."""

    def filled(texts, lines=str):
        with app.app_context():
            contract = factories.price_list("Kettle", customer_id=copper_kettle.id)
            some = factories.price_list("Cafés")
            customer = db.session.get_one(Customer, copper_kettle.id)
            customer.price_list_id, customer.min_order_net = some.id, 50
            customer.note, customer.phone = texts[1], texts[4]
            for number, text in enumerate(texts):
                product = factories.product(
                    text, sku=f"sku-{number}.0+1", description=lines(AWKWARD[number]), unit_label=text
                )
                product.barcode, product.max_qty = f"00{number}", number + 1
                factories.price(product, "18.40")
                factories.price(product, "0.0125", on=some, min_qty=number + 2)
                factories.price(product, "9999.9", on=contract)
                factories.saved(StockItem(product_id=product.id, on_hand=number, low_at=number or None))
                person = factories.user(f"Person {number}", role="buyer", of=northgate)
                person.name, person.phone = text, text
                door = {"label": f"Door {number}", "line1": text, "city": "Leeds", "postcode": "0113"}
                factories.saved(Address(customer_id=northgate.id, delivery_instructions=text, **door))

    return filled


@pytest.mark.parametrize("kind", ["products", "prices", "stock", "customers"])
def test_an_export_says_same_of_every_row_and_stays_as_it_is(desk, fill, kind):
    """Also where a program left texts that no form would."""
    fill(AWKWARD)
    first = desk.export(kind)
    seen = desk.send(kind, first)
    assert (seen.state, set(seen.verdicts), list(filter(None, seen.problems))) == ("read", {"same"}, [])
    assert desk.export(kind) == first


@pytest.mark.parametrize("kind", ["products", "prices", "stock", "customers"])
def test_what_was_lost_comes_back_from_the_export_byte_for_byte(app, desk, fill, kind):
    fill([tidy(text) for text in AWKWARD], lines=as_a_form_keeps_them)
    first = desk.export(kind)
    with app.app_context():
        lose(kind)
        db.session.commit()
    assert desk.export(kind) != first
    assert list(filter(None, desk.send(kind, first).problems)) == []
    assert desk.do("commit").state == "committed"
    assert desk.export(kind) == first


def as_a_form_keeps_them(text):
    return "\n".join(text.splitlines()).strip()


def test_two_addresses_of_one_label_are_told_apart_as_long_as_nothing_changes(app, desk, northgate):
    with app.app_context():
        for line in ("1 Weir Lane", "2 Weir Lane"):
            door = {"label": "Shop", "line1": line, "city": "Leeds", "postcode": "0113"}
            factories.saved(Address(customer_id=northgate.id, **door))
    export = desk.export("customers")
    assert set(desk.send("customers", export).verdicts) == {"same"}
    assert (
        "has two addresses called Shop" in desk.send("customers", export.replace("2 Weir", "3 Weir")).said()
    )


def lose(kind):
    if kind == "stock":
        db.session.execute(delete(StockItem))
    if kind in {"prices", "products"}:
        db.session.execute(delete(Price))
    if kind == "products":
        db.session.execute(delete(StockItem))
        db.session.execute(delete(Product))
    if kind == "customers":
        code = db.session.scalar(select(Customer.id).where(Customer.code == "NORTHGATE-DELI"))
        db.session.execute(delete(Address).where(Address.customer_id == code))
        db.session.execute(delete(User).where(User.customer_id == code))
        db.session.execute(delete(Customer).where(Customer.id == code))


@pytest.mark.parametrize("kind", ["products", "prices", "stock", "customers"])
def test_a_template_has_the_columns_of_an_export(desk, shop, kind):
    template = desk.visitor.get(f"/admin/imports/templates/{kind}.csv").get_data().decode("utf-8-sig")
    assert desk.export(kind).splitlines()[0] == template.strip()
    assert desk.send(kind, template).problem == "There are no rows under the header."
