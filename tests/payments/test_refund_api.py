"""Programs give money back as the desk does."""

import pytest

from app.billing.models import Invoice
from app.core.database import db
from tests import factories
from tests.accounts.program import code_of, signed_in
from tests.fulfilment.moving_goods import confirmed, sent
from tests.orders.ordering import able_to_order, goods
from tests.stock.shelving import filled, shelf

ALL = {"delivery": True, "reason": "Damaged on arrival", "to": "account"}


@pytest.fixture
def loaf(context):
    return filled(goods("Sourdough", "3.25"), 20)


@pytest.fixture
def order(copper_kettle, loaf, context):
    found = confirmed({loaf: 4}, able_to_order(copper_kettle))
    sent(found)
    return found


@pytest.fixture
def amirs(context):
    return signed_in(context, factories.user("Amir Shah", role="accounts"))


def posted(program, order, body, key="one"):
    return program.post(f"/orders/{order.number}/refunds", body, Idempotency_Key=key)


def test_a_refund_is_made_once_for_one_key(amirs, order, loaf):
    body = ALL | {"delivery": False, "items": [{"line": 1, "quantity": 1}], "restock": True}
    first, again = (posted(amirs, order, body) for _ in range(2))
    assert (first.status_code, again.json) == (201, first.json)
    told = first.json["data"]
    assert (told["order"], told["total"], told["paid_back"]) == (str(order.number), "3.90", "0.00")
    assert [note["total"] for note in told["credit_notes"]] == ["3.90"]
    assert (told["refunds"], shelf(loaf).on_hand) == ([], 17)
    assert posted(amirs, order, ALL, key="two").json["data"]["total"] == "11.70"


@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({"items": [{"line": 1, "quantity": 5}]}, 422, "items.0.quantity"),
        ({"items": [{"line": 9, "quantity": 1}]}, 422, "items.0.quantity"),
        ({"reason": " "}, 422, "reason"),
        ({"to": "cash"}, 422, "to"),
        ({"to": "card"}, 422, "to"),
        ({"amount": "5.00"}, 422, "amount"),
    ],
)
def test_what_cannot_be_refunded_is_refused_by_field(amirs, order, wrong, status, field):
    answer = posted(amirs, order, ALL | {"delivery": False} | wrong)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (status, field)
    assert db.session.query(Invoice).filter_by(kind="credit_note").count() == 0


def test_buyers_refund_nothing_and_a_key_is_needed(mayas, amirs, order):
    assert posted(mayas, order, ALL).status_code in (403, 404)
    answer = amirs.post(f"/orders/{order.number}/refunds", ALL)
    assert (answer.status_code, code_of(answer)) == (400, "idempotency_key_missing")


@pytest.fixture
def mayas(context, maya):
    return signed_in(context, maya)
