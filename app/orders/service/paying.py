"""Orders that are paid before they leave: what comes in for one lets it go on."""

from datetime import datetime
from decimal import Decimal

from app.billing.models import Receipt
from app.billing.queries.in_advance import paid_in_advance
from app.billing.queries.money import Source, SourceKind, Use, UseKind, paid_for
from app.billing.queries.receipts import receipt_locked
from app.billing.service import receiving, settling
from app.catalogue.totals import ZERO
from app.core import audit, outbox
from app.core.access import Viewer
from app.core.business import business
from app.core.clock import business_day
from app.core.errors import Conflict, Refused
from app.core.money import money
from app.core.transaction import use_case
from app.customers.queries.customers import customer_with_id
from app.orders.agreed import total_of
from app.orders.models import Order
from app.orders.moves import CONFIRM
from app.orders.queries.orders import order_locked
from app.orders.service.placing import TIME_TO_PAY, confirm_now
from app.orders.states import HOLDS_STOCK, HoldReason, OrderStatus, PaymentMethod

PAID, NOT_PAID = "Paid in advance", "The payment was taken back"


@use_case
def money_is_in(number: int, *, by: Viewer, at: datetime) -> Order:
    """Something came in for it, or was promised by a card: once all of it is covered, it waits no more."""
    order = order_locked(by, number)
    go_on_if_covered(order, by=by, at=at)
    return order


@use_case
def prepay(number: int, receipt_id: int, amount: Decimal, *, by: Viewer, at: datetime) -> Order:
    """So much of a bank receipt pays an order by transfer before it leaves."""
    order = order_locked(by, number)
    receipt = receipt_locked(receipt_id)
    if receipt.customer_id != order.customer_id:
        raise Refused(f"Order {number} is not an order of this customer.", field="amount")
    receiving.refuse_more_than_is_left(receipt, amount)
    _refuse_what_is_not_open(order, amount)
    _put(order, receipt, amount, by=by, at=at)
    receiving.note_use("receipt.allocated", receipt, str(order), amount, by=by)
    audit.record("order.prepaid", order, by=by, diff={"amount": [None, str(amount)]})
    go_on_if_covered(order, by=by, at=at)
    return order


@use_case
def take_back(number: int, receipt_id: int, *, by: Viewer, at: datetime) -> Decimal:
    """All that a receipt paid of an order in advance is unused again. What is not covered then has to wait."""
    order = order_locked(by, number)
    receipt = receipt_locked(receipt_id)
    amount = receiving.paid_of(receipt, Use(UseKind.ORDER, order.id))
    if not amount:
        raise Conflict(f"It does not pay order {number} any more.")
    if order.open_shipment is not None:
        raise Conflict(f"Order {number} is being packed. Put its shipment back first.")
    _free(order, receipt, amount, by=by, at=at)
    if order.status in HOLDS_STOCK and order.hold_reason is None and still_to_pay(order) > ZERO:
        order.hold(HoldReason.PAYMENT, "")
        _noted("order.held", order, NOT_PAID, by=by)
    return amount


def settle_up(order: Order, *, by: Viewer, at: datetime) -> None:
    """It is locked, and comes to something else by now: it goes on if what came in covers that, and what came
    in by bank beyond it is free for something else.
    """
    if order.payment_method == PaymentMethod.ACCOUNT:
        return
    if order.payment_method == PaymentMethod.CARD:
        settle_cards_soon(order)
        order.authorise_by = at + TIME_TO_PAY
    too_much = -still_to_pay(order)
    if too_much > ZERO:
        _free_beyond(order, too_much, by=by, at=at)
    go_on_if_covered(order, by=by, at=at)


def settle_cards_soon(order: Order) -> None:
    """What is held on a card for it is captured, let go or given back, as the order is by then."""
    outbox.promise("payments.settle_order", order_id=order.id)


def still_to_pay(order: Order) -> Decimal:
    """What was not invoiced yet and nobody has paid for: below nought where too much came in."""
    wanted = ZERO if order.status == OrderStatus.CANCELLED else total_of(order) - order.invoiced
    return wanted - paid_in_advance(order.id)


def go_on_if_covered(order: Order, *, by: Viewer, at: datetime) -> None:
    """It is locked. It is released, and confirmed where orders of this customer are confirmed at once."""
    if order.hold_reason != HoldReason.PAYMENT or still_to_pay(order) > ZERO:
        return
    order.release()
    _noted("order.released", order, PAID, by=by)
    if customer_with_id(by, order.customer_id).auto_confirm and not CONFIRM.why_not(order):
        confirm_now(order, by=by, at=at)


def wait_for_payment(order: Order, *, at: datetime) -> None:
    """It is locked, and somebody let it go on: what is paid in advance and is not covered waits for that."""
    if order.payment_method == PaymentMethod.ACCOUNT or still_to_pay(order) <= ZERO:
        return
    order.hold(HoldReason.PAYMENT, "")
    if order.payment_method == PaymentMethod.CARD:
        order.authorise_by = at + TIME_TO_PAY


def _free_beyond(order: Order, too_much: Decimal, *, by: Viewer, at: datetime) -> None:
    """What came last goes first."""
    by_bank = [paid for paid in paid_for(_as_use(order)) if paid.source.kind == SourceKind.RECEIPT]
    receipts = {row_id: receipt_locked(row_id) for row_id in sorted(paid.source.id for paid in by_bank)}
    for paid in reversed(by_bank):
        amount = min(paid.amount, too_much)
        if amount > ZERO:
            too_much -= amount
            _free(order, receipts[paid.source.id], amount, by=by, at=at)


def _free(order: Order, receipt: Receipt, amount: Decimal, *, by: Viewer, at: datetime) -> None:
    _put(order, receipt, -amount, by=by, at=at)
    receiving.note_use("receipt.taken_back", receipt, str(order), amount, by=by)
    audit.record("order.prepayment_taken_back", order, by=by, diff={"amount": [str(amount), None]})


def _put(order: Order, receipt: Receipt, amount: Decimal, *, by: Viewer, at: datetime) -> None:
    source, on = Source(SourceKind.RECEIPT, receipt.id), business_day(at, business().time_zone)
    settling.settle(source, _as_use(order), amount, customer_id=order.customer_id, by=by, on=on)


def _as_use(order: Order) -> Use:
    return Use(UseKind.ORDER, order.id)


def _noted(action: str, order: Order, reason: str, *, by: Viewer) -> None:
    order.mark_edited(by.user_id)
    audit.record(action, order, by=by, diff=audit.changes_of(order) | {"reason": [None, reason]})


def _refuse_what_is_not_open(order: Order, amount: Decimal) -> None:
    if order.payment_method != PaymentMethod.TRANSFER or order.status not in HOLDS_STOCK:
        raise Refused(f"Order {order.number} does not wait for a transfer any more.", field="amount")
    most = max(still_to_pay(order), ZERO)
    if not ZERO < amount <= most:
        left = money(most, order.currency)
        raise Refused(f"Order {order.number} has {left} still to pay.", field="amount")
