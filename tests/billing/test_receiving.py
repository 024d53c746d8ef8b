"""Money that came in by bank: written down once, used to the penny, taken back, reversed; the book balances."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.billing.models import Allocation, Receipt
from app.billing.service import receiving
from app.core import clock
from app.core.access import SYSTEM
from app.core.audit import AuditEvent
from app.core.business import today
from app.core.database import db
from app.core.errors import Conflict, NotFound, Refused, Several
from tests.billing.owing import came_in, invoice_for, still_open, unused


def allocate(receipt: Receipt, amounts) -> None:
    amounts = {invoice.number: Decimal(amount) for invoice, amount in amounts.items()}
    receiving.allocate(receipt.id, amounts, by=SYSTEM, on=today())


def reverse(receipt: Receipt, reason: str = "It was the deli's") -> None:
    receiving.reverse(receipt.id, reason=reason, by=SYSTEM, at=clock.now())


def took_back(receipt: Receipt, number: str) -> Decimal:
    return receiving.take_back(receipt.id, number, by=SYSTEM, on=today())


def noted() -> list[str]:
    events = db.session.query(AuditEvent).filter_by(entity="receipt").order_by(AuditEvent.id)
    return [event.action for event in events]


def test_what_came_in_is_there_to_be_used(cafe):
    receipt = came_in("120.00", cafe, "INV-2026-00001")
    assert (receipt.amount, unused(receipt)) == (Decimal(120), Decimal(120))
    assert noted() == ["receipt.recorded"]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal("-1.00")}, "amount"),
        ({"amount": Decimal("10000000000")}, "amount"),
        ({"days": 1}, "received_on"),
        ({"days": -731}, "received_on"),
        ({"reference": "x" * 81}, "reference"),
        ({"note": "x" * 201}, "note"),
    ],
)
def test_what_cannot_have_come_in_is_refused_beside_its_box(cafe, facts, field):
    days = facts.pop("days", 0)
    usual = {"amount": Decimal(10), "received_on": today() + timedelta(days=days)}
    with pytest.raises(Refused) as refused:
        receiving.record(cafe.code, **(usual | facts), by=SYSTEM, on=today())
    assert refused.value.field == field
    assert db.session.query(Receipt).count() == 0


def test_nobody_pays_who_is_no_customer(context):
    with pytest.raises(NotFound):
        receiving.record("NOBODY", amount=Decimal(1), received_on=today(), by=SYSTEM, on=today())


def test_it_pays_several_invoices_and_the_rest_stays(cafe, loaf):
    first, second = invoice_for({loaf: 5}, cafe), invoice_for({loaf: 10}, cafe)
    receipt = came_in("60.00", cafe)
    allocate(receipt, {first: "19.50", second: "30.00"})
    assert (still_open(first), still_open(second), unused(receipt)) == (0, Decimal(9), Decimal("10.50"))
    assert noted() == ["receipt.recorded", *["receipt.allocated"] * 2]


def test_all_of_it_or_nothing(cafe, deli, loaf):
    own, others = invoice_for({loaf: 5}, cafe), invoice_for({loaf: 5}, deli)
    receipt = came_in("60.00", cafe)
    with pytest.raises(Several) as refused:
        allocate(receipt, {own: "19.51", others: "1.00"})
    assert {part.field: part.message for part in refused.value.parts} == {
        f"pays.{own.number}": f"{own.number} has £19.50 open.",
        f"pays.{others.number}": f"{others.number} is not an invoice of this customer.",
    }
    for amounts in ({own: "0"}, {own: "-1.00"}, {own: "19.50", others: "19.50"}):
        with pytest.raises(Refused):
            allocate(receipt, amounts)
    assert (still_open(own), still_open(others), unused(receipt)) == (
        Decimal("19.50"),
        Decimal("19.50"),
        Decimal(60),
    )
    assert db.session.query(Allocation).count() == 0


def test_no_more_is_used_than_came_in(cafe, loaf):
    invoice = invoice_for({loaf: 5}, cafe)
    receipt = came_in("10.00", cafe)
    with pytest.raises(Refused, match=r"That uses £10\.01, and £10\.00 of the receipt is left"):
        allocate(receipt, {invoice: "10.01"})
    allocate(receipt, {invoice: "10.00"})
    with pytest.raises(Refused, match=r"£0\.00 of the receipt is left"):
        allocate(receipt, {invoice: "0.01"})


def test_what_was_taken_back_is_open_again_and_can_be_used_again(cafe, loaf):
    invoice = invoice_for({loaf: 5}, cafe)
    receipt = came_in("19.50", cafe)
    allocate(receipt, {invoice: "9.50"})
    allocate(receipt, {invoice: "10.00"})
    assert took_back(receipt, invoice.number) == Decimal("19.50")
    assert (still_open(invoice), unused(receipt)) == (Decimal("19.50"), Decimal("19.50"))
    with pytest.raises(Conflict):
        took_back(receipt, invoice.number)
    allocate(receipt, {invoice: "19.50"})
    assert still_open(invoice) == 0


def test_only_what_pays_nothing_can_be_reversed_and_only_once(cafe, loaf):
    invoice = invoice_for({loaf: 5}, cafe)
    receipt = came_in("19.50", cafe)
    allocate(receipt, {invoice: "1.00"})
    with pytest.raises(Conflict, match=r"£1\.00 of it is used"):
        reverse(receipt)
    took_back(receipt, invoice.number)
    with pytest.raises(Refused):
        reverse(receipt, "")
    reverse(receipt)
    assert unused(receipt) == 0
    with pytest.raises(Conflict):
        reverse(receipt)
    with pytest.raises(Conflict):
        allocate(receipt, {invoice: "1.00"})
    assert noted()[-1] == "receipt.reversed"
