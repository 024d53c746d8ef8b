"""Bank receipts through the JSON door: recorded once, used as suggested or as said, all of it or nothing."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.billing.models import Receipt
from app.core.business import today
from app.core.database import db
from app.core.tokens import new_token
from app.orders.states import PaymentMethod
from tests import factories
from tests.accounts.program import Program, signed_in
from tests.billing.owing import came_in, invoice_for, still_open
from tests.orders.ordering import as_it_is, goods, placed
from tests.stock.shelving import filled

FIELDS = {
    *("id", "customer", "amount", "unused", "received_on", "reference", "note", "paid"),
    *("reversed_on", "reversal_reason", "created_at", "version"),
}


@pytest.fixture
def loaf(context):
    """£3.90 with VAT."""
    return filled(goods("Sourdough", "3.25"), 100)


@pytest.fixture
def amirs(context) -> Program:
    """Accounts."""
    return signed_in(context, factories.user("Amir Rahman", role="accounts"))


def record(program: Program, customer, *, key: str = "", **sent):
    body = {"customer": customer.code, "amount": "30.00", "received_on": today().isoformat()} | sent
    return program.post("/receipts", body, Idempotency_Key=key or new_token())


def wrong(answer) -> list[tuple[str | None, str]]:
    return [(error["field"], error["detail"]) for error in answer.json["errors"]]


def count() -> int:
    return db.session.query(Receipt).count()


def test_it_is_recorded_once_and_told_as_it_is(amirs, cafe):
    for _ in range(2):
        made = record(amirs, cafe, key="one", reference="PO 7", note="Rang").json["data"]
        assert (set(made), made["customer"], made["paid"]) == (FIELDS, cafe.code, [])
        assert (made["amount"], made["unused"], made["reference"]) == ("30.00", "30.00", "PO 7")
    assert count() == 1
    assert amirs.get(f"/receipts/{made['id']}").json["data"] == made
    assert amirs.get("/receipts/99999").status_code == 404


def test_it_can_be_used_at_once_as_suggested(amirs, cafe, loaf):
    order = placed({loaf: 2}, cafe, payment_method=PaymentMethod.TRANSFER)
    invoice = invoice_for({loaf: 5}, cafe)
    made = record(amirs, cafe, reference=f"Order {order.number}", allocate="suggested").json["data"]
    assert made["unused"] == "2.70"
    assert made["paid"] == [
        {"invoice": None, "order": str(order.number), "amount": "7.80"},
        {"invoice": invoice.number, "order": str(invoice.order_number), "amount": "19.50"},
    ]
    assert (as_it_is(order).hold_reason, still_open(invoice)) == (None, 0)


def test_it_can_be_used_at_once_as_said_or_not_at_all(amirs, cafe, loaf):
    invoice = invoice_for({loaf: 5}, cafe)
    uses = [
        {"invoice": invoice.number.lower(), "amount": "9.00"},
        {"invoice": invoice.number, "amount": "0.50"},
    ]
    assert record(amirs, cafe, allocate=uses).json["data"]["unused"] == "20.50"
    assert still_open(invoice) == Decimal(10)
    refused = record(amirs, cafe, allocate=[{"invoice": invoice.number, "amount": "10.01"}])
    assert refused.status_code == 422
    assert wrong(refused) == [("allocate.0.amount", f"{invoice.number} has £10.00 open.")]
    assert (still_open(invoice), count()) == (Decimal(10), 1)


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"amount": "0.00"}, "amount"),
        ({"amount": 30}, "amount"),
        ({"received_on": (today() + timedelta(days=2)).isoformat()}, "received_on"),
        ({"allocate": [{"amount": "1.00"}]}, "allocate.0"),
        ({"allocate": [{"invoice": "INV-1", "order": "10001", "amount": "1.00"}]}, "allocate.0"),
        ({"allocate": [{"invoice": "010001", "amount": "1.00"}]}, "allocate.0.invoice"),
        ({"allocate": [{"invoice": "99999999999999999999", "amount": "1.00"}]}, "allocate.0.invoice"),
        ({"allocate": [{"invoice": "１０００１", "amount": "1.00"}]}, "allocate.0.invoice"),
        ({"allocate": "all"}, "allocate"),
        ({"reference": "x" * 81}, "reference"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_field(amirs, cafe, sent, field):
    answer = record(amirs, cafe, **sent)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field), answer.text
    assert count() == 0


def test_the_list_can_be_narrowed(amirs, cafe, northgate):
    first, second = came_in("10.00", cafe), came_in("20.00", northgate)
    listed = lambda query: [one["id"] for one in amirs.get(f"/receipts{query}").json["data"]["items"]]  # noqa: E731
    assert listed("") == [second.id, first.id]
    assert listed(f"?customer={cafe.code}") == [first.id]
    first.unused = Decimal(0)
    factories.saved(first)
    assert listed("?unused=true") == [second.id]


def test_nobody_else_knows_about_them(cafe, context, maya, tom):
    assert signed_in(context, maya).get("/receipts").status_code == 404
    assert signed_in(context, tom).get("/receipts").status_code == 403
