"""What the gateway is asked for, from our rows alone: the same key always goes with the same words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from app.billing.models import Payment
from app.core.text import tidy
from app.payments.gateway import Wanted
from app.payments.models import OperationKind, PaymentOperation
from app.payments.queries import payments
from app.payments.queries.names import name_of, payer_of

PAGE_STAYS_OPEN = timedelta(
    minutes=60
)  # it can be asked for again for half of that, and stay open long enough


@dataclass(frozen=True, slots=True)
class Ways:
    """Where somebody comes back to, by the number of their payment."""

    paid: Callable[[int], str]
    back: Callable[[int], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One call, in plain values: no row is needed while it lasts."""

    kind: OperationKind
    key: str
    ref: str
    amount: Decimal
    currency: str
    refund_id: int = 0
    wanted: Wanted | None = None


def to_ask(operation: PaymentOperation, ways: Ways) -> Ask:
    payment = payments.payment(operation.payment_id)
    return Ask(
        kind=OperationKind(operation.kind),
        key=operation.key if payment.authorised else f"page-{operation.key}",
        ref=payments.ref_of(payment) or "",
        amount=operation.amount,
        currency=payment.currency,
        refund_id=operation.refund_id or 0,
        wanted=_wanted(operation, payment, ways) if operation.kind == OperationKind.AUTHORISE else None,
    )


def _wanted(operation: PaymentOperation, payment: Payment, ways: Ways) -> Wanted:
    return Wanted(
        payment_id=payment.id,
        amount=payment.amount,
        currency=payment.currency,
        what=tidy(name_of(payment)),
        email=payer_of(payment),
        captures=payment.order_id is None,
        paid_url=ways.paid(payment.id),
        back_url=ways.back(payment.id),
        until=operation.created_at + PAGE_STAYS_OPEN,
    )
