"""What captured money pays, and what it stops paying when it goes back."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from app.billing.models import Payment, Refund, RefundStatus
from app.billing.queries.money import Source, SourceKind, Use, UseKind, paid_for
from app.billing.service import settling
from app.core import audit
from app.core.access import SYSTEM
from app.core.database import db
from app.orders.agreed import total_of
from app.orders.models import Order
from app.payments.models import OperationKind
from app.payments.queries import given_back
from app.payments.service import operations

ZERO = Decimal(0)


def came_in(payment: Payment, amount: Decimal, order: Order | None, *, on: date) -> None:
    """It pays what it was made for: the order's open invoices, then the order in advance; or an invoice, then others.

    What is left is the customer's money, and pays nothing yet.
    """
    payment.unused += amount
    db.session.flush()
    uses = _of_order(order) if order else _of_invoices(payment)
    for use, wanted in uses:
        part = min(wanted, amount)
        if part > 0:
            _settle(payment.id, use, part, payment.customer_id, on)
            amount -= part


def _of_order(order: Order) -> Iterator[tuple[Use, Decimal]]:
    yield from _open_invoices(order.customer_id, order.id)
    still = total_of(order) - order.invoiced - given_back.put_to(order.id)
    yield Use(UseKind.ORDER, order.id), max(still, ZERO)


def _of_invoices(payment: Payment) -> Iterator[tuple[Use, Decimal]]:
    """The one it was made for comes first."""
    found = sorted(
        given_back.open_invoices_locked(payment.customer_id), key=lambda one: one[0] != payment.invoice_id
    )
    yield from ((Use(UseKind.INVOICE, invoice_id), still) for invoice_id, still in found)


def _open_invoices(customer_id: int, order_id: int) -> list[tuple[Use, Decimal]]:
    found = given_back.open_invoices_locked(customer_id, order_id=order_id)
    return [(Use(UseKind.INVOICE, invoice_id), still) for invoice_id, still in found]


def give_back(payment: Payment, amount: Decimal, order: Order, *, reason: str, on: date) -> Refund:
    """So much of it goes back to its card: it pays this refund now, and the worker asks for it."""
    refund = Refund(
        customer_id=payment.customer_id,
        order_id=order.id,
        payment_id=payment.id,
        amount=amount,
        status=RefundStatus.PENDING,
        reason=reason,
    )
    db.session.add(refund)
    db.session.flush()
    pay_refund(payment, refund, on=on)
    operations.promise(payment, OperationKind.REFUND, amount, refund=refund)
    told: audit.Diff = {"amount": [None, str(amount)], "reason": [None, reason]}
    audit.record("order.refund_asked", order, by=SYSTEM, diff=told)
    return refund


def pay_refund(payment: Payment, refund: Refund, *, on: date) -> None:
    """What pays nothing goes first, then what was paid in advance; last of all, invoices are open again."""
    missing = refund.amount - payment.unused
    for use, used in given_back.used_by(payment.id):
        part = min(used, missing)
        if part > 0:
            _settle(payment.id, use, -part, payment.customer_id, on)
            missing -= part
    _settle(payment.id, Use(UseKind.REFUND, refund.id), refund.amount, payment.customer_id, on)


def take_refund_back(refund: Refund, *, on: date) -> None:
    """It did not go through: whatever was to pay it is there again."""
    for source, amount in paid_for(Use(UseKind.REFUND, refund.id)):
        use = Use(UseKind.REFUND, refund.id)
        settling.settle(source, use, -amount, customer_id=refund.customer_id, by=SYSTEM, on=on)


def _settle(payment_id: int, use: Use, amount: Decimal, customer_id: int, on: date) -> None:
    source = Source(SourceKind.PAYMENT, payment_id)
    settling.settle(source, use, amount, customer_id=customer_id, by=SYSTEM, on=on)
