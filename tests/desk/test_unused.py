"""Money that pays nothing yet, at the desk: used for invoices, oldest first, or paid back by bank, never twice."""

import re
from decimal import Decimal

import pytest

from app.billing.models import Invoice, Payment, PaymentStatus, Refund
from app.billing.service import crediting, receiving
from app.core import clock
from app.core.access import SYSTEM
from app.core.audit import AuditEvent
from app.core.business import today
from app.core.database import db
from tests import factories
from tests.billing.owing import came_in, invoice_for, still_open, unused
from tests.desk.test_receipts import boxes, said
from tests.orders.test_invariants import broken
from tests.visitor import Visitor


@pytest.fixture
def amir(as_user, context) -> Visitor:
    """Accounts."""
    found: Visitor = as_user(factories.user("Amir Rahman", role="accounts"))
    return found


@pytest.fixture
def credit(cafe, loaf) -> Invoice:
    """£7.80 of a paid invoice is credited: all of it is left."""
    invoice = invoice_for({loaf: 2}, cafe)
    receiving.allocate(came_in("7.80", cafe).id, {invoice.number: Decimal("7.80")}, by=SYSTEM, on=today())
    return crediting.credit(
        invoice.number, lines={1: 2}, with_delivery=False, reason="Mouldy", by=SYSTEM, on=today()
    )


def refunds() -> list[Refund]:
    db.session.expire_all()
    return db.session.query(Refund).order_by(Refund.id).all()


def actions() -> set[str]:
    return {event.action for event in db.session.query(AuditEvent)}


def all_agrees() -> bool:
    return not broken().get("money_is_used_once")


def test_what_is_left_of_a_credit_note_pays_open_invoices_the_oldest_due_first(amir, cafe, credit, loaf):
    older, newer = invoice_for({loaf: 1}, cafe), invoice_for({loaf: 5}, cafe)
    page, path = f"/desk/invoices/{credit.number}", f"/desk/unused/credit/{credit.id}"
    assert f'href="{path}">Use £7.80' in said(amir.get(page))
    asked = amir.get(path)
    assert boxes(asked) == {older.number: "3.90", newer.number: "3.90"}
    assert re.search(r"Use <span data-sum>£7.80</span>", asked.text)
    answer = amir.submit(path, **{f"pays_{name}": amount for name, amount in boxes(asked).items()})
    assert (answer.status_code, answer.location) == (303, page)
    told = said(amir.get(page))
    assert "£7.80 is used" in told
    assert path not in told
    assert [still_open(one) for one in (older, newer, credit)] == [0, Decimal("15.60"), 0]
    assert ("credit.used" in actions(), all_agrees()) == (True, True)


def test_more_than_is_left_or_open_is_refused_beside_its_box_and_nothing_is_used(
    amir, cafe, deli, credit, loaf
):
    small, large, theirs = (
        invoice_for({loaf: count}, whose) for count, whose in ((1, cafe), (5, cafe), (1, deli))
    )
    wrong = [
        ({small.number: "3.90", large.number: "3.91"}, "That uses £7.81, and £7.80 is left."),
        ({small.number: "3.91"}, f"{small.number} has £3.90 open."),
        (
            {large.number: "1.00", theirs.number: "1.00"},
            f"{theirs.number} is not an invoice of this customer.",
        ),
        ({credit.number: "1.00"}, f"{credit.number} is not an invoice of this customer."),
        ({}, "Type how much to use"),
    ]
    for typed, words in wrong:
        answer = amir.submit(
            f"/desk/unused/credit/{credit.id}", **{f"pays_{name}": amount for name, amount in typed.items()}
        )
        assert (answer.status_code, words in said(answer)) == (422, True), words
    assert [still_open(one) for one in (small, large, theirs, credit)] == [
        *(Decimal("3.90"), Decimal("19.50"), Decimal("3.90")),
        Decimal("-7.80"),
    ]


def test_what_is_left_of_a_credit_note_is_paid_back_by_bank_once(amir, credit):
    path = f"/desk/unused/credit/{credit.id}/pay-back"
    assert "Pay £7.80 back by bank?" in said(amir.get(path))
    assert amir.submit(path, seen="7.80", reason="").status_code == 422
    assert amir.submit(path, seen="7.00", reason="They asked").status_code == 409
    answer = amir.submit(path, seen="7.80", reason="They asked")
    assert (answer.status_code, answer.location) == (303, f"/desk/invoices/{credit.number}")
    again = amir.submit(path, seen="7.80", reason="They asked")
    assert (again.status_code, "Nothing of it is left." in said(again)) == (409, True)
    [made] = refunds()
    assert (made.amount, made.status, made.refunded_on) == (Decimal("7.80"), "done", today())
    assert (made.credit_id, made.order_id, made.payment_id) == (credit.id, credit.order_id, None)
    assert (still_open(credit), "credit.paid_back" in actions(), all_agrees()) == (0, True, True)


def test_what_is_unused_on_a_receipt_is_paid_back_by_bank(amir, cafe, loaf):
    invoice, receipt = invoice_for({loaf: 1}, cafe), came_in("10.00", cafe)
    page = f"/desk/receipts/{receipt.id}"
    amir.submit(page, **{f"pays_{invoice.number}": "3.90"})
    path = f"/desk/unused/receipt/{receipt.id}/pay-back"
    assert f'href="{path}">Pay £6.10 back by bank' in said(amir.get(page))
    assert amir.submit(path, seen="6.10", reason="Paid too much").location == page
    told = said(amir.get(page))
    assert ("Rest of a bank receipt paid back" in told, path in told, "Reverse" in told) == (
        True,
        False,
        False,
    )
    assert [one.amount for one in refunds()] == [Decimal("6.10")]
    assert (unused(receipt), all_agrees()) == (0, True)


def test_an_unused_card_payment_pays_an_invoice_and_the_rest_goes_back_by_bank(amir, cafe, loaf):
    invoice = invoice_for({loaf: 1}, cafe)
    captured = dict.fromkeys(("amount", "authorised", "captured", "unused"), Decimal(10))
    payment = factories.saved(
        Payment(
            customer_id=cafe.id,
            currency="GBP",
            status=PaymentStatus.CAPTURED,
            captured_at=clock.now(),
            captured_on=today(),
            **captured,
        )
    )
    path = f"/desk/unused/payment/{payment.id}"
    assert amir.submit(path, **{f"pays_{invoice.number}": "3.90"}).location == path
    assert "Use £6.10" in said(amir.get(path))
    assert amir.submit(f"{path}/pay-back", seen="6.10", reason="Paid too much").location == path
    assert ("Nothing of it is left" in said(amir.get(path)), all_agrees()) == (True, True)
    assert still_open(invoice) == 0


def test_money_that_is_not_there_is_not_found(amir, cafe, loaf):
    invoice = invoice_for({loaf: 1}, cafe)
    for kind, row_id in (("credit", invoice.id), ("credit", 999), ("receipt", 999), ("payment", 999)):
        assert amir.get(f"/desk/unused/{kind}/{row_id}/pay-back").status_code == 404
