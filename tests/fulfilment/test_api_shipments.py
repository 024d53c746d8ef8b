"""Shipments and returns through the JSON door: from picked to delivered and back, once, and by who may."""

import pytest
from flask import Flask

from app.core import clock
from app.core.access import SYSTEM
from app.core.tokens import new_token
from app.orders.models import Order
from app.orders.service import moving
from app.stock import service as stock
from tests import factories
from tests.accounts.program import Program, code_of, signed_in
from tests.architecture.rows import key_text
from tests.orders.ordering import able_to_order, as_it_is, goods, placed
from tests.stock.shelving import filled, shelf

SHIPMENT_FIELDS = {
    *("id", "number", "order", "status", "picker", "carrier", "tracking", "items", "created_at"),
    *("packed_at", "shipped_at", "delivered_at", "cancelled_at", "version"),
}


@pytest.fixture
def loaf(context):
    return filled(goods("Sourdough", "3.25"), 20)


@pytest.fixture
def order(copper_kettle, loaf) -> Order:
    """Ten loaves and two ryes, confirmed."""
    rye = filled(goods("Rye", "4.00"), 20)
    made = placed({loaf: 10, rye: 2}, able_to_order(copper_kettle))
    return moving.confirm(made.number, by=SYSTEM, at=clock.now())


@pytest.fixture
def wandas(context, wanda) -> Program:
    return signed_in(context, wanda)


@pytest.fixture
def mayas(context, maya) -> Program:
    return signed_in(context, maya)


def done(program: Program, path: str, body=None, *, key: str = ""):
    return program.post(path, body, Idempotency_Key=key or new_token())


def opened(program: Program, order: Order, **body) -> dict:
    answer = done(program, f"/orders/{order.number}/shipments", body)
    assert answer.status_code == 201, answer.text
    return answer.json["data"]


def wrong(answer) -> list[tuple[str, str]]:
    return [(error["code"], error["field"]) for error in answer.json["errors"]]


def test_a_shipment_goes_from_the_shelf_to_the_door(wandas, mayas, order, loaf):
    made = opened(wandas, order)
    assert (set(made), made["status"], made["picker"]) == (SHIPMENT_FIELDS, "picking", "Wanda Price")
    assert (made["number"], made["order"]) == (f"{order.number}/1", str(order.number))
    assert [(line["line"], line["sku"], line["planned"], line["picked"]) for line in made["items"]] == [
        (1, "SOURDOUGH", 10, None),
        (2, "RYE", 2, None),
    ]
    path = f"/shipments/{made['id']}"
    assert done(wandas, f"{path}/pack", {}).json["data"]["status"] == "packed"
    sent = done(wandas, f"{path}/ship", {"carrier": "DPD", "tracking": " 15 5020 "}).json["data"]
    assert (sent["status"], sent["carrier"], sent["tracking"]) == ("shipped", "DPD", "15 5020")
    assert (shelf(loaf).on_hand, shelf(loaf).reserved) == (10, 0)
    assert done(mayas, f"{path}/deliver").json["data"]["status"] == "delivered"
    told = mayas.get(f"/orders/{order.number}").json["data"]
    assert (told["status"], told["actions"]) == ("delivered", ["return", "note"])
    assert [item["quantity_shipped"] for item in told["items"]] == [10, 2]


def test_what_was_not_found_is_sent_later_or_cancelled(wandas, order, loaf):
    first = opened(wandas, order)
    packed = done(
        wandas,
        f"/shipments/{first['id']}/pack",
        {"items": [{"line": 1, "quantity": 8}, {"line": 2, "quantity": 2}], "is_missing": True},
    ).json["data"]
    assert [line["picked"] for line in packed["items"]] == [8, 2]
    assert done(wandas, f"/shipments/{first['id']}/ship", {}).status_code == 200
    assert (as_it_is(order).status, shelf(loaf).on_hand) == ("confirmed", 10)
    second = opened(wandas, order, items=[{"line": 1, "quantity": 2}])
    body = {"items": [{"line": 1, "quantity": 1}], "when_short": "cancel"}
    assert done(wandas, f"/shipments/{second['id']}/pack", body).status_code == 200
    done(wandas, f"/shipments/{second['id']}/ship", {})
    now = as_it_is(order)
    assert (now.status, now.items[0].quantity_cancelled, shelf(loaf).reserved) == ("shipped", 1, 0)


@pytest.mark.parametrize(
    ("items", "field"),
    [
        ([{"line": 2, "quantity": 1}, {"line": 1, "quantity": 11}], "items.1.quantity"),
        ([{"line": 3, "quantity": 1}], "items.0.quantity"),
        ([{"line": 1, "quantity": 6}, {"line": 1, "quantity": 5}], "items.0.quantity"),
        ([{"line": 1, "quantity": 0}], "items.0.quantity"),
        ([{"line": 1, "quantity": 1.5}], "items.0.quantity"),
        ([{"line": 0, "quantity": 1}], "items.0.line"),
        ([], "items"),
    ],
)
def test_more_than_was_ordered_cannot_be_sent(wandas, order, items, field):
    answer = done(wandas, f"/orders/{order.number}/shipments", {"items": items})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)
    assert as_it_is(order).open_shipment is None


def test_more_than_was_planned_cannot_be_picked_and_nothing_is_no_shipment(wandas, order):
    path = f"/shipments/{opened(wandas, order)['id']}/pack"
    more = done(wandas, path, {"items": [{"line": 2, "quantity": 2}, {"line": 1, "quantity": 11}]})
    assert (more.status_code, wrong(more)) == (422, [("refused", "items.1.quantity")])
    nothing = done(wandas, path, {"items": [{"line": 1, "quantity": 0}]})
    assert (nothing.status_code, code_of(nothing)) == (422, "refused")
    assert done(wandas, path, {"when_short": "burn"}).status_code == 422


def test_a_shipment_of_which_nothing_is_on_the_shelf_is_put_back_and_the_stock_corrected(wandas, order, loaf):
    path = f"/shipments/{opened(wandas, order, items=[{'line': 1, 'quantity': 8}])['id']}/pack"
    body = {"items": [{"line": 1, "quantity": 0}], "is_missing": True}
    assert done(wandas, path, body | {"when_short": "cancel"}).status_code == 422
    back = done(wandas, path, body).json["data"]
    assert (back["status"], back["cancelled_at"] is not None) == ("cancelled", True)
    assert (shelf(loaf).on_hand, as_it_is(order).open_shipment) == (12, None)


def test_a_shipment_that_does_not_stand_there_is_not_moved(wandas, order):
    path = f"/shipments/{opened(wandas, order)['id']}"
    for answer in (done(wandas, f"{path}/ship", {}), done(wandas, f"{path}/deliver")):
        assert (answer.status_code, code_of(answer)) == (409, "illegal_transition")
    again = done(wandas, f"/orders/{order.number}/shipments", {})
    assert (again.status_code, code_of(again)) == (409, "illegal_transition")


def test_a_shipment_sent_twice_leaves_once(wandas, order, loaf):
    path = f"/shipments/{opened(wandas, order)['id']}"
    done(wandas, f"{path}/pack", {})
    key = new_token()
    first, second = (done(wandas, f"{path}/ship", {}, key=key) for _ in range(2))
    assert (first.status_code, second.data) == (200, first.data)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert shelf(loaf).on_hand == 10
    assert code_of(wandas.post(f"{path}/deliver")) == "idempotency_key_missing"


def test_what_is_gone_from_the_shelf_cannot_leave(wandas, order, loaf):

    path = f"/shipments/{opened(wandas, order)['id']}"
    done(wandas, f"{path}/pack", {})
    stock.count(loaf.id, 3, by=SYSTEM)
    answer = done(wandas, f"{path}/ship", {})
    assert (answer.status_code, code_of(answer)) == (409, "out_of_stock")
    assert shelf(loaf).on_hand == 3


@pytest.fixture
def toms(context, tom) -> Program:
    return signed_in(context, tom)


def test_only_who_may_fulfil_does(context: Flask, mayas, wandas, toms, order):
    assert done(mayas, f"/orders/{order.number}/shipments", {}).status_code == 403
    assert done(toms, f"/orders/{order.number}/shipments", {}).status_code == 403
    path = f"/shipments/{opened(wandas, order)['id']}"
    assert done(mayas, f"{path}/pack", {}).status_code == 403
    assert done(toms, f"{path}/ship", {}).status_code == 403
    done(wandas, f"{path}/pack", {})
    done(wandas, f"{path}/ship", {})
    assert done(toms, f"{path}/deliver").status_code == 403
    strangers = factories.customer("Northgate Deli").id
    text = key_text(context, "orders:read", "orders:write", customer_id=strangers)
    assert done(Program(context, text), f"{path}/deliver").status_code == 404
    assert done(wandas, f"/shipments/{10**17}/deliver").status_code == 404


@pytest.fixture
def sent(wandas, order) -> Order:
    """All of it has left."""
    path = f"/shipments/{opened(wandas, order)['id']}"
    done(wandas, f"{path}/pack", {})
    done(wandas, f"{path}/ship", {})
    return order


def test_a_buyer_asks_to_send_something_back(mayas, sent):
    body = {"items": [{"line": 1, "quantity": 2}], "reason": "Burnt"}
    answer = done(mayas, f"/orders/{sent.number}/returns", body)
    data = answer.json["data"]
    assert (answer.status_code, data["status"], data["reason"]) == (201, "requested", "Burnt")
    assert (data["number"], data["order"]) == (f"{sent.number}/R1", str(sent.number))
    assert data["items"] == [{"line": 1, "sku": "SOURDOUGH", "name": "Sourdough", "quantity": 2}]
    more = done(mayas, f"/orders/{sent.number}/returns", body | {"items": [{"line": 1, "quantity": 9}]})
    assert (more.status_code, wrong(more)) == (422, [("refused", "items.0.quantity")])


def test_a_return_needs_something_sent_a_reason_and_the_right_to_ask(context, mayas, order, ben, wanda):
    path, body = f"/orders/{order.number}/returns", {"items": [{"line": 1, "quantity": 1}], "reason": "Burnt"}
    assert code_of(done(mayas, path, body)) == "illegal_transition"
    assert done(mayas, path, body | {"reason": " "}).status_code == 422
    assert done(signed_in(context, ben), path, body).status_code == 404
    assert done(signed_in(context, wanda), path, body).status_code == 403
