"""Payments fit their order: what is held is captured once it is confirmed, and what is not wanted goes back.

Whatever happens to an order or to its payments, this says what follows. Doing it twice does nothing twice.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from app.billing.models import Payment, PaymentStatus
from app.core.access import SYSTEM
from app.core.business import business
from app.core.clock import business_day
from app.core.transaction import use_case
from app.orders.agreed import total_of
from app.orders.models import Order
from app.orders.queries import orders
from app.orders.service import paying
from app.orders.states import HoldReason, OrderStatus, PaymentMethod
from app.payments.models import OperationKind
from app.payments.queries import given_back, payments
from app.payments.queries import operations as asked_before
from app.payments.service import operations, using

ZERO = Decimal(0)
LESS_IS_WANTED = "Less of the order is wanted"
NOBODY_WAITS = "Nobody waits for it any more."
NOT_WANTED = "The order is cancelled"


@use_case
def settle_order(order_id: int, *, at: datetime) -> None:
    """After it was confirmed, changed or cancelled."""
    order = orders.order_locked(SYSTEM, orders.order_with_id(SYSTEM, order_id).number)
    paying.go_on_if_covered(order, by=SYSTEM, at=at)
    fit(order, payments.payments_locked(order.id), at=at)


def fit(order: Order, held: Sequence[Payment], *, at: datetime) -> None:
    """The order and its payments are locked."""
    wanted = still_wanted(order)
    for payment in held:
        if payment.status in payments.OPEN:
            _close_if_wrong(payment, wanted, at)
        elif payment.status == PaymentStatus.AUTHORISED and _is_free(payment):
            wanted = _held_on_card(payment, order, wanted, at)
    if wanted < 0:
        _too_much(order, held, -wanted, on=business_day(at, business().time_zone))


def still_wanted(order: Order) -> Decimal:
    """What this order needs beside what is here already; below nought where too much is."""
    here = given_back.put_aside_for(order.id)
    if order.payment_method == PaymentMethod.ACCOUNT:
        return -here
    is_open = sum((open_part for _, open_part in _open_invoices(order)), ZERO)
    return total_of(order) - order.invoiced + is_open - here


def _open_invoices(order: Order) -> Sequence[tuple[int, Decimal]]:
    return given_back.open_invoices_locked(order.customer_id, order_id=order.id) if order.invoiced else ()


def _is_free(payment: Payment) -> bool:
    """Nothing has been decided about it, and nobody has to look at it first."""
    return payment.void_asked_at is None and not payment.problem


def _close_if_wrong(payment: Payment, wanted: Decimal, at: datetime) -> None:
    """Nobody shall pay another amount than the one that is wanted."""
    if payment.amount == wanted or payment.void_asked_at is not None:
        return
    if payment.session_ref is None:  # nobody has seen a page of it
        give_up(payment, at=at)
    else:
        let_go(payment, at=at)


def give_up(payment: Payment, *, at: datetime) -> None:
    payment.status = PaymentStatus.FAILED
    operations.declined(payments.page_of(payment.id), NOBODY_WAITS, at=at)


def _held_on_card(payment: Payment, order: Order, wanted: Decimal, at: datetime) -> Decimal:
    """What is wanted beside it."""
    waits_for_more = order.hold_reason == HoldReason.PAYMENT and payment.authorised < wanted
    if wanted <= 0 or waits_for_more:
        let_go(payment, at=at)
        return wanted
    part = min(payment.authorised, wanted)
    if order.status not in (OrderStatus.PENDING, OrderStatus.CANCELLED):
        operations.promise(payment, OperationKind.CAPTURE, part)
    return wanted - part


def let_go(payment: Payment, *, at: datetime) -> None:
    """What is held goes free, and a page on which nobody has paid closes."""
    payment.void_asked_at = at
    capture = asked_before.operation_under(payment.id, OperationKind.CAPTURE)
    if capture is not None and operations.is_untouched(capture):
        operations.declined(capture, NOBODY_WAITS, at=at)
    operations.promise(payment, OperationKind.VOID, payment.amount)


def _too_much(order: Order, held: Sequence[Payment], amount: Decimal, *, on: date) -> None:
    reason = NOT_WANTED if order.status == OrderStatus.CANCELLED else LESS_IS_WANTED
    for payment in reversed(held):
        in_advance = sum((used for use, used in given_back.used_by(payment.id) if use.kind == "order"), ZERO)
        part = min(amount, payment.unused + in_advance)
        if part > 0 and not payment.problem:  # else somebody looks at it first, and asks the gateway again
            using.give_back(payment, part, order, reason=reason, on=on)
        amount -= max(part, ZERO)
