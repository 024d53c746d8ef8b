"""Orders that were invoiced and paid, for everybody who gives money back."""

from decimal import Decimal

from app.billing.models import Invoice, Payment, PaymentStatus
from app.billing.queries.money import Source, SourceKind, Use, UseKind
from app.billing.service import settling
from app.core import clock
from app.core.access import SYSTEM
from app.core.business import today
from app.payments.refunded import RefundTo, Wanted
from app.payments.service import refunding
from app.payments.service.refunding import Refunded
from tests import factories


def paid_by_card(invoice: Invoice, amount: Decimal | None = None) -> Payment:
    """All of it, unless told otherwise, as after the gateway took it."""
    amount = amount or invoice.total
    facts = {"status": PaymentStatus.CAPTURED, "captured_on": today(), "card": "Visa 4242"}
    sums = {"amount": amount, "authorised": amount, "captured": amount, "unused": amount}
    payment = factories.saved(
        Payment(customer_id=invoice.customer_id, invoice_id=invoice.id, currency="GBP", **facts, **sums)
    )
    source, use = Source(SourceKind.PAYMENT, payment.id), Use(UseKind.INVOICE, invoice.id)
    settling.settle(source, use, amount, customer_id=invoice.customer_id, by=SYSTEM, on=today())
    return payment


def asked(lines: dict[int, int] | None = None, *, to: str = "account", **more) -> Wanted:
    """Everything, for what came damaged, unless told otherwise."""
    usual = {"with_delivery": lines is None, "reason": "Damaged on arrival"}
    return Wanted(lines=lines, to=RefundTo(to), **(usual | more))


def refunded(number: int, lines: dict[int, int] | None = None, *, by=SYSTEM, seen=None, **more) -> Refunded:
    return refunding.refund_order(number, asked(lines, **more), by=by, at=clock.now(), seen=seen)
