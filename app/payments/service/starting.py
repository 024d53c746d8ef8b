"""Somebody wants to pay by card: a payment and its key are written down, then the gateway opens a page for it.

From two tabs, after a crash or after a timeout it is the same payment, the same key and the same page.
"""

from datetime import datetime
from decimal import Decimal

from app.billing.models import Payment, PaymentStatus
from app.billing.queries.invoices import invoice_seen_by
from app.core import audit
from app.core.access import SYSTEM, Viewer
from app.core.business import business
from app.core.clock import business_day
from app.core.database import db
from app.core.errors import Conflict, Refused
from app.core.transaction import use_case
from app.orders.models import Order
from app.orders.queries import credit
from app.orders.queries.orders import order_locked, order_with_id
from app.orders.states import OrderStatus, PaymentMethod
from app.payments.gateway import CardGateway
from app.payments.models import OperationKind
from app.payments.queries import due, payments
from app.payments.service import carrying_out, fitting, operations
from app.payments.service.applying import apply_event
from app.payments.service.wanting import Ways

NOTHING_TO_PAY = "Nothing is left to pay."


def pay_order(number: int, *, by: Viewer, cards: CardGateway, ways: Ways, at: datetime) -> str:
    """The address of the page to pay on; empty where it was paid meanwhile."""
    payment = start_for_order(number, by=by, at=at)
    if _is_stale(payment, at):
        close_page(payment, cards=cards, at=at)
        payment = start_for_order(number, by=by, at=at)
    return open_page(payment.id, cards=cards, ways=ways, at=at)


def pay_invoice(
    number: str, *, is_all: bool, by: Viewer, cards: CardGateway, ways: Ways, at: datetime
) -> str:
    """The same for one invoice, or for all that is due."""
    payment = start_for_invoice(number, is_all=is_all, by=by, at=at)
    if _is_stale(payment, at):
        close_page(payment, cards=cards, at=at)
        payment = start_for_invoice(number, is_all=is_all, by=by, at=at)
    return open_page(payment.id, cards=cards, ways=ways, at=at)


@use_case
def start_for_order(number: int, *, by: Viewer, at: datetime) -> Payment:
    """The one that is under way, or a new one for what is still to pay."""
    order = order_locked(by, number)
    if order.payment_method != PaymentMethod.CARD or order.status == OrderStatus.CANCELLED:
        raise Conflict(f"Order {number} is not paid by card any more.")
    earlier = payments.open_payment_of(order.id)
    if earlier is not None:
        return earlier
    amount = to_pay(order)
    if amount <= 0:
        raise Conflict(NOTHING_TO_PAY)
    payment = _started(order.customer_id, amount, order.currency, order_id=order.id)
    audit.record("order.card_started", order, by=by, diff={"amount": [None, str(amount)]})
    return payment


def to_pay(order: Order) -> Decimal:
    """What is wanted beside what a card holds for it already."""
    held = (
        payment.authorised - payment.captured
        for payment in payments.payments_of(order.id)
        if payment.status == PaymentStatus.AUTHORISED and payment.void_asked_at is None
    )
    return fitting.still_wanted(order) - sum(held, Decimal(0))


@use_case
def start_for_invoice(number: str, *, is_all: bool, by: Viewer, at: datetime) -> Payment:
    """Under the customer's lock, so that two tabs start one."""
    invoice = invoice_seen_by(by, number)
    credit.customer_locked(by, invoice.customer_id)
    invoice_id = None if is_all else invoice.id
    earlier = payments.open_payment_for(invoice.customer_id, invoice_id)
    if earlier is not None:
        return earlier
    amount = _all_due(invoice.customer_id, at) if is_all else due.open_of(invoice.id)
    if amount <= 0:
        raise Refused(NOTHING_TO_PAY)
    return _started(invoice.customer_id, amount, invoice.currency, invoice_id=invoice_id)


def _started(customer_id: int, amount: Decimal, currency: str, **purpose: int | None) -> Payment:
    payment = Payment(
        customer_id=customer_id, amount=amount, currency=currency, status=PaymentStatus.PENDING, **purpose
    )
    for sum_ in ("authorised", "captured", "refunded", "unused"):
        setattr(payment, sum_, Decimal(0))
    db.session.add(payment)
    db.session.flush()
    operations.new_operation(payment, OperationKind.AUTHORISE, amount)
    return payment


def open_page(payment_id: int, *, cards: CardGateway, ways: Ways, at: datetime) -> str:
    """Nothing is locked while the gateway is asked."""
    page = payments.page_of(payment_id)
    if page is not None and not page.page:
        carrying_out.carry_out(page.id, cards=cards, ways=ways, at=at)
        page = payments.page_of(payment_id)
    return page.page if page else ""


def _is_stale(payment: Payment, at: datetime) -> bool:
    """Its page is about to close, or asks for another amount than is wanted now."""
    page = payments.page_of(payment.id)
    is_over = page is not None and page.page_until is not None and page.page_until <= at
    return is_over or _wanted_now(payment, at) != payment.amount


def _wanted_now(payment: Payment, at: datetime) -> Decimal:
    if payment.order_id:
        return to_pay(order_with_id(SYSTEM, payment.order_id))
    if payment.invoice_id:
        return due.open_of(payment.invoice_id)
    return _all_due(payment.customer_id, at)


def _all_due(customer_id: int, at: datetime) -> Decimal:
    return due.due_of_customer(customer_id, on=business_day(at, business().time_zone))


def close_page(payment: Payment, *, cards: CardGateway, at: datetime) -> None:
    """Nobody pays on it any more; who paid first is not asked again."""
    if payment.session_ref is None:
        _give_up(payment.id, at)
        return
    page = payments.page_of(payment.id)
    apply_event(cards.void(payment.session_ref, key=f"close-{page.key if page else payment.id}"), at=at)


@use_case
def _give_up(payment_id: int, at: datetime) -> None:
    """Nobody ever saw a page of it."""
    payment = payments.payment_locked(payment_id)
    if payment.session_ref is None and payment.status in payments.OPEN:
        fitting.give_up(payment, at=at)
