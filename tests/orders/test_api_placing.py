"""Placing orders through the JSON door: all of it or nothing, once, and every refusal by its field."""

import pytest

from app.accounts.models import CustomerStatus
from app.catalogue.models import Price, ProductStatus
from app.core.database import db
from app.core.tokens import new_token
from app.orders.models import Order
from tests import factories
from tests.accounts.program import NOT_OURS_TO_SEND, Program, code_of
from tests.architecture.rows import key_text
from tests.orders.ordering import able_to_order, as_it_is
from tests.stock.shelving import filled, shelf

FIELDS = [
    *("taxes", "subtotal_net", "delivery_net", "tax_total", "total", "currency"),
    *("id", "number", "status", "hold_reason", "customer_id", "customer", "buyer", "channel", "po_number"),
    *("notes", "payment_method", "payment_state", "payment_url", "delivery", "items", "created_at"),
    *("confirmed_at", "shipped_at", "delivered_at", "cancelled_at", "cancel_reason", "actions", "version"),
]
ITEM_FIELDS = {
    *("line", "product_id", "sku", "name", "unit_label", "quantity", "quantity_cancelled"),
    *("quantity_shipped", "quantity_returned", "list_price", "unit_price", "price_source"),
    *("line_net", "tax_rate", "line_tax"),
}
THREE = [{"sku": "HOUSE-ESPRESSO", "quantity": 3}]


@pytest.fixture(autouse=True)
def _on_the_shelf(espresso, buns):
    filled(espresso, 100)
    filled(buns, 48)


def sent(program: Program, items=THREE, *, key: str = "", **more):
    return program.post("/orders", {"items": items} | more, Idempotency_Key=key or new_token())


def placed(program: Program, items=THREE, **more):
    answer = sent(program, items, **more)
    assert answer.status_code == 201, answer.text
    return answer.json["data"]


def wrong(answer) -> list[tuple[str, str]]:
    return [(error["code"], error["field"]) for error in answer.json["errors"]]


def test_a_buyer_places_an_order_and_reads_all_of_it(mayas, maya, cafe, espresso):
    factories.delivery_method("Our van", price_net="6.50")
    answer = sent(mayas, po_number=" CK-1119 ", notes="Side door", delivery_method="our VAN")
    data = answer.json["data"]
    assert (answer.status_code, set(data)) == (201, set(FIELDS))
    assert answer.headers["ETag"] == f'"{data["version"]}"'
    assert (data["status"], data["hold_reason"], data["channel"]) == ("pending", None, "api")
    assert (data["customer"], data["customer_id"]) == ("COPPER-KETTLE-CAF", cafe.id)
    assert data["buyer"] == {"id": maya.id, "name": "Maya Osei"}
    assert (data["po_number"], data["notes"]) == ("CK-1119", "Side door")
    assert (data["payment_method"], data["payment_state"], data["payment_url"]) == ("account", "unpaid", None)
    assert data["delivery"]["method"] == "Our van"
    assert data["delivery"]["address"]["line1"] == "14 Weir Street"
    assert (data["subtotal_net"], data["delivery_net"]) == ("55.20", "6.50")
    assert (data["tax_total"], data["total"], data["currency"]) == ("12.34", "74.04", "GBP")
    assert data["taxes"] == [{"rate": "0.2", "net": "61.70", "tax": "12.34"}]
    assert data["actions"] == ["amend", "cancel", "note"]
    [item] = data["items"]
    assert set(item) == ITEM_FIELDS
    assert (item["line"], item["product_id"], item["quantity"]) == (1, espresso.id, 3)
    assert (item["unit_price"], item["list_price"], item["tax_rate"]) == ("18.40", "18.40", "0.2")
    assert (item["price_source"]["kind"], item["price_source"]["min_qty"]) == ("base", 1)
    assert shelf(espresso).reserved == 3


def test_the_same_order_sent_twice_is_one(mayas, espresso):
    key = new_token()
    first, second = (sent(mayas, key=key) for _ in range(2))
    assert (first.status_code, second.data) == (201, first.data)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert (db.session.query(Order).count(), shelf(espresso).reserved) == (1, 3)
    assert code_of(sent(mayas, key=key, notes="And milk")) == "idempotency_key_reused"
    assert code_of(mayas.post("/orders", {"items": THREE})) == "idempotency_key_missing"


def test_equal_products_are_one_line_in_the_place_of_the_first(mayas, espresso, buns):
    data = placed(
        mayas,
        [
            {"sku": "house-espresso", "quantity": 2},
            {"product_id": buns.id, "quantity": 12},
            {"product_id": espresso.id, "quantity": 4},
        ],
    )
    assert [(item["sku"], item["quantity"]) for item in data["items"]] == [
        ("HOUSE-ESPRESSO", 6),
        ("BURGER-BUNS", 12),
    ]
    assert data["items"][0]["unit_price"] == "17.50"


@pytest.mark.parametrize("quantity", [0, -1, 1.5, 1e9, 10**9, "٣", "3", True, None])
def test_a_quantity_that_is_none_is_refused(mayas, quantity):
    answer = sent(mayas, [*THREE, {"sku": "BURGER-BUNS", "quantity": quantity}])
    assert (answer.status_code, wrong(answer)) == (422, [("invalid", "items.1.quantity")])
    assert db.session.query(Order).count() == 0


@pytest.mark.parametrize("count", [0, 101])
def test_an_order_has_one_to_a_hundred_items(mayas, count):
    items = [{"sku": f"SKU-{number}", "quantity": 1} for number in range(count)]
    answer = sent(mayas, items)
    assert (answer.status_code, wrong(answer)) == (422, [("invalid", "items")])


@pytest.mark.parametrize(
    ("item", "code", "field"),
    [
        ({"sku": "NO-SUCH-THING", "quantity": 1}, "not_orderable", "items.2.sku"),
        ({"product_id": 987_654_321, "quantity": 1}, "not_orderable", "items.2.product_id"),
        ({"product_id": 2**63, "quantity": 1}, "invalid", "items.2.product_id"),
        ({"sku": "BURGER-BUNS", "quantity": 13}, "wrong_quantity", "items.2.quantity"),
        ({"sku": "BURGER-BUNS", "quantity": 6}, "wrong_quantity", "items.2.quantity"),
        ({"quantity": 1}, "invalid", "items.2"),
        ({"sku": "BURGER-BUNS", "product_id": 1, "quantity": 12}, "invalid", "items.2"),
        ({"sku": "BURGER-BUNS", "quantity": 12, "unit_price": "0.01"}, "unknown_field", "items.2.unit_price"),
        ({"sku": "BURGER-BUNS", "quantity": 54}, "out_of_stock", "items.2.quantity"),
    ],
)
def test_a_wrong_item_is_refused_by_the_place_where_it_was_sent(mayas, espresso, item, code, field):
    answer = sent(mayas, [*THREE, *THREE, item])
    assert answer.status_code == (409 if code == "out_of_stock" else 422)
    assert wrong(answer) == [(code, field)]
    assert (db.session.query(Order).count(), shelf(espresso).reserved) == (0, 0)


def test_what_is_not_for_sale_is_refused_and_a_draft_is_not_named(mayas, context):
    old = factories.product("Old blend", status=ProductStatus.DISCONTINUED)
    secret = factories.product("Secret", status=ProductStatus.DRAFT)
    answer = sent(mayas, [{"product_id": one.id, "quantity": 1} for one in (old, secret)])
    assert wrong(answer) == [("not_orderable", f"items.{place}.product_id") for place in (0, 1)]
    assert "Secret" not in answer.text


def test_the_desk_hears_that_it_is_sold_no_more(toms, cafe):
    old = factories.product("Old blend", status=ProductStatus.DISCONTINUED)
    answer = sent(toms, [{"product_id": old.id, "quantity": 1}], customer=cafe.code)
    assert wrong(answer) == [("not_orderable", "items.0.product_id")]
    assert "We no longer sell it." in answer.json["message"]


@pytest.mark.parametrize("status", [CustomerStatus.CLOSED, CustomerStatus.ON_STOP, CustomerStatus.APPLIED])
def test_who_may_not_order_hears_so(toms, cafe, status):
    db.session.merge(cafe).status = status
    db.session.commit()
    answer = sent(toms, customer=cafe.code)
    assert (answer.status_code, code_of(answer)) == (422, "customer_not_active")


def test_staff_say_whom_it_is_for(toms, cafe):
    assert wrong(sent(toms)) == [("missing", "customer")]
    assert wrong(sent(toms, customer=cafe.code, customer_id=cafe.id)) == [("refused", "customer_id")]
    assert sent(toms, customer="NOBODY").status_code == 404
    assert sent(toms, customer_id=2**62).status_code == 404
    assert placed(toms, customer=cafe.code.lower())["customer_id"] == cafe.id
    assert placed(toms, customer_id=cafe.id)["customer"] == cafe.code


def test_a_key_of_a_customer_orders_for_it_and_for_nobody_else(app, cafe, maya, northgate):
    text = key_text(app, "orders:read", "orders:write", customer_id=cafe.id)
    program = Program(app, text)
    data = placed(program)
    assert (data["customer_id"], data["buyer"]["name"]) == (cafe.id, "Maya Osei")
    assert placed(program, customer=cafe.code)["customer_id"] == cafe.id
    able_to_order(northgate)
    assert sent(program, customer=northgate.code).status_code == 404
    assert sent(program, customer_id=northgate.id).status_code == 404


def test_a_key_for_all_customers_says_for_whom(app, cafe):
    program = Program(app, key_text(app, "orders:read", "orders:write"))
    assert wrong(sent(program)) == [("missing", "customer")]
    assert placed(program, customer=cafe.code)["customer"] == cafe.code


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"address_id": 987_654_321}, "address_id"),
        ({"delivery_method": "Pigeon"}, "delivery_method"),
        ({"deliver_on": "2020-01-01"}, "deliver_on"),
        ({"deliver_on": "tomorrow"}, "deliver_on"),
        ({"payment_method": "card"}, "payment_method"),
        ({"payment_method": "shells"}, "payment_method"),
        ({"po_number": "x" * 41}, "po_number"),
        ({"notes": "x" * 501}, "notes"),
        ({"agreed": "nonsense"}, "agreed"),
        ({"agreed": f"1:1:1={'9' * 5000}"}, "agreed"),
        ({"agreed": f"1:{'9' * 19}:1=1"}, "agreed"),
        ({"agreed": "1:1:1=٣"}, "agreed"),
        ({"total": "1.00"}, "total"),
    ],
)
def test_wrong_terms_are_refused_by_their_field(mayas, more, field):
    factories.delivery_method("Our van")
    answer = sent(mayas, **more)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)
    assert db.session.query(Order).count() == 0


@pytest.mark.parametrize("name", sorted(set(NOT_OURS_TO_SEND) - {"customer_id"}))
def test_nothing_that_is_ours_to_set_can_be_sent(mayas, name):
    assert code_of(sent(mayas, **{name: NOT_OURS_TO_SEND[name]})) == "unknown_field"


def test_a_quote_says_what_it_would_come_to_and_places_nothing(mayas, cafe, espresso):
    factories.delivery_method("Our van", price_net="6.50")
    answer = mayas.post("/orders/quote", {"items": [{"sku": "HOUSE-ESPRESSO", "quantity": 6}]})
    data = answer.json["data"]
    assert answer.status_code == 200
    assert (data["subtotal_net"], data["delivery_net"], data["total"]) == ("105.00", "6.50", "133.80")
    assert (data["items"][0]["unit_price"], data["items"][0]["line_net"]) == ("17.50", "105.00")
    assert data["delivery"] == {"method": "Our van", "promised_on": data["days"][0]}
    assert (data["payment_method"], data["customer_id"]) == ("account", cafe.id)
    assert (db.session.query(Order).count(), shelf(espresso).reserved) == (0, 0)


def test_a_quote_refuses_what_placing_would_and_warns_of_what_is_short(mayas):
    refused = mayas.post("/orders/quote", {"items": [*THREE, {"sku": "BURGER-BUNS", "quantity": 13}]})
    assert wrong(refused) == [("wrong_quantity", "items.1.quantity")]
    short = mayas.post("/orders/quote", {"items": [{"sku": "HOUSE-ESPRESSO", "quantity": 101}]})
    assert short.json["data"]["items"][0]["advice"] == "Only 100 left, and you want 101."


def test_an_order_at_agreed_prices_is_refused_when_they_have_changed(mayas, espresso):
    agreed = mayas.post("/orders/quote", {"items": THREE}).json["data"]["agreed"]
    assert placed(mayas, agreed=agreed)["subtotal_net"] == "55.20"
    db.session.query(Price).filter_by(product_id=espresso.id).update({"unit_price": "19.00"})
    db.session.commit()
    answer = sent(mayas, agreed=agreed)
    assert (answer.status_code, wrong(answer)) == (422, [("price_changed", "items.0.unit_price")])
    assert "£19.00 now, not £18.40" in answer.json["message"]


def test_with_auto_confirm_it_is_confirmed_at_once(mayas, cafe):
    db.session.merge(cafe).auto_confirm = True
    db.session.commit()
    assert placed(mayas)["status"] == "confirmed"


def test_a_reference_that_was_used_is_refused(mayas, cafe):
    db.session.merge(cafe).po_required = True
    db.session.commit()
    assert wrong(sent(mayas)) == [("refused", "po_number")]
    first = placed(mayas, po_number="CK-1119")
    answer = sent(mayas, po_number="ck-1119")
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "po_number")
    assert str(first["number"]) in answer.json["message"]


def test_over_the_credit_limit_it_waits(mayas, cafe):
    db.session.merge(cafe).credit_limit = 10
    db.session.commit()
    assert placed(mayas)["hold_reason"] == "credit"
    assert as_it_is(db.session.query(Order).one()).status == "pending"
