"""Placing an order: all of it or nothing, once, at the prices that were seen."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from app.accounts.models import Customer
from app.accounts.queries import people
from app.core import audit, metrics, outbox
from app.core.access import Viewer
from app.core.business import business
from app.core.database import db
from app.core.errors import NotFound, Refused
from app.core.transaction import afterwards, use_case
from app.customers.models import Address
from app.customers.queries.addresses import addresses_of
from app.orders.agreed import charge, total_of
from app.orders.models import Order, OrderItem
from app.orders.models.orders import LONGEST_NOTES, LONGEST_PO
from app.orders.priced import PricedLine
from app.orders.queries import baskets, credit, orders
from app.orders.quoted import Quote, Seen
from app.orders.service import quoting
from app.orders.service.quoting import Terms
from app.orders.service.telling import TO_THE_DESK, promise_mail
from app.orders.states import Channel, HoldReason, PaymentMethod
from app.stock import service as stock

TIME_TO_PAY = timedelta(minutes=30)  # by card; its stock is kept for so long


@use_case
def place(
    wanted: Mapping[int, int],
    *,
    customer_id: int,
    terms: Terms,
    channel: Channel,
    by: Viewer,
    at: datetime,
    seen: Seen | None = None,
    submission_key: str | None = None,
) -> Order:
    """So many of each product."""
    customer = credit.customer_locked(by, customer_id)
    found = agreed(dict(wanted), customer, terms, at=at, seen=seen)
    order = _order(found, terms, channel, by)
    order.submission_key = submission_key
    use_reference(order, customer, terms.po_number)
    write_notes(order, terms.notes)
    _hold_what_must_wait(order, customer, at)
    db.session.add(order)
    db.session.flush()
    stock.reserve(order.items)
    _tell(order, by)
    if customer.auto_confirm and order.hold_reason is None:
        confirm_now(order, by=by, at=at)
    afterwards(metrics.ORDERS_CREATED.labels(order.status).inc)
    return order


class Sent(NamedTuple):
    """The order of a basket, and whether an earlier sending of the form placed it."""

    order: Order
    was_earlier: bool


@use_case
def place_basket(*, terms: Terms, seen: Seen, by: Viewer, at: datetime, submission_key: str) -> Sent:
    """What the viewer has put aside; their basket is empty afterwards.

    What they put in since an earlier sending of the same form stays in it.
    """
    if by.customer_id is None:
        raise NotFound
    credit.customer_locked(by, by.customer_id)  # a colleague with the same form waits until we are through
    basket_id = baskets.open_basket(by.person_id, by.customer_id)
    earlier = orders.placed_as(by.customer_id, submission_key)
    if earlier is not None:
        return Sent(earlier, was_earlier=True)
    wanted = baskets.quantities_in(basket_id)
    order = place(
        wanted,
        customer_id=by.customer_id,
        terms=terms,
        channel=Channel.WEB,
        by=by,
        at=at,
        seen=seen,
        submission_key=submission_key,
    )
    baskets.take_out(basket_id, wanted.keys())
    return Sent(order, was_earlier=False)


def agreed(
    wanted: dict[int, int], customer: Customer, terms: Terms, *, at: datetime, seen: Seen | None
) -> Quote:
    """A quote against which nothing stands."""
    quoting.refuse_whom_we_cannot_serve(customer)
    found = quoting.quote(wanted, customer, terms, at=at)
    quoting.refuse_what_cannot_be_ordered(found)
    quoting.refuse_what_was_not_seen(found, seen)
    quoting.refuse_wrong_terms(found)
    return found


def _order(found: Quote, terms: Terms, channel: Channel, by: Viewer) -> Order:
    customer = found.customer
    buyer = (
        people.person(by.person_id) if not by.is_staff and by.user_id else people.first_buyer_of(customer.id)
    )
    order = Order(
        customer_id=customer.id,
        buyer_id=buyer.id if buyer else None,
        buyer_name=buyer.name if buyer else "",
        placed_by=by.principal,
        placed_by_name=by.name,
        channel=channel,
        payment_method=quoting.payment_for(customer, terms.payment_method, takes_cards=terms.takes_cards),
        terms=customer.payment_terms,
        currency=business().currency,
        line_count=len(found.basket.lines),
        business_date=found.on,
        items=[item_of(number, line, found.on) for number, line in enumerate(found.basket.lines, 1)],
        taxes=[],
        created_by=by.user_id,
        updated_by=by.user_id,
    )
    _address(order, customer, terms, by)
    _come_by(order, found)
    charge(order)
    return order


def _address(order: Order, customer: Customer, terms: Terms, by: Viewer) -> None:
    """Both doors as they are written today."""
    doors = addresses_of(by, customer.id)
    door = chosen(doors, terms.address_id)
    billing = next((one for one in doors if one.is_default_billing), door)
    order.address_id, order.deliver_to = door.id, door.snapshot(customer.name)
    order.bill_to = billing.snapshot(customer.name)


def _come_by(order: Order, found: Quote) -> None:
    if found.way:
        order.delivery_method_id, order.delivery_method = found.way.id, found.way.name
    order.delivery_net, order.delivery_tax_rate = found.delivery_net, found.delivery_rate
    order.promised_on = found.deliver_on


def item_of(number: int, line: PricedLine, on: date) -> OrderItem:
    """The product as it is called and priced now; whatever becomes of it, the order stays as it was placed."""
    item = line.item
    return OrderItem(
        line=number,
        product_id=item.product_id,
        sku=item.sku,
        name=item.name,
        unit_label=item.unit_label,
        tax_rate=line.rate,
        quantity=item.quantity,
        quantity_planned=0,
        quantity_cancelled=0,
        quantity_shipped=0,
        quantity_returned=0,
        list_price=line.answer.list_price,
        unit_price=line.answer.unit_price,
        price_source=line.source(on),
    )


def chosen(doors: Sequence[Address], address_id: int | None) -> Address:
    """Where it goes: the one that was named, or the usual one."""
    if not doors:
        raise Refused("Add an address to deliver to first.", field="address_id")
    found = next((door for door in doors if address_id in (None, door.id)), None)
    if found is None:
        raise Refused("Choose one of your addresses.", field="address_id")
    return found


def use_reference(order: Order, customer: Customer, po_number: str) -> None:
    """Under the customer's lock: where a reference is asked for, it is used for one order alone."""
    if customer.po_required and not po_number:
        raise Refused(f"Type an order reference: {customer.name} asks for one.", field="po_number")
    if len(po_number) > LONGEST_PO:
        raise Refused(f"Use {LONGEST_PO} characters or fewer.", field="po_number")
    key = po_number.lower() if customer.po_required else None
    used = orders.order_with_reference(customer.id, key) if key else None
    if used not in (None, order.number):
        raise Refused(f"Order {used} has this reference already. Type another.", field="po_number")
    order.po_number, order.po_key = po_number, key


def write_notes(order: Order, notes: str) -> None:
    if len(notes) > LONGEST_NOTES:
        raise Refused(f"Use {LONGEST_NOTES} characters or fewer.", field="notes")
    order.notes = notes


def _hold_what_must_wait(order: Order, customer: Customer, at: datetime) -> None:
    if order.payment_method != PaymentMethod.ACCOUNT and total_of(order) > 0:
        order.hold_reason = HoldReason.PAYMENT
        order.authorise_by = at + TIME_TO_PAY if order.payment_method == PaymentMethod.CARD else None
    elif is_over_the_limit(order, customer):
        order.hold_reason = HoldReason.CREDIT


def is_over_the_limit(order: Order, customer: Customer) -> bool:
    """With all that counts beside it. The customer is locked."""
    if order.payment_method != PaymentMethod.ACCOUNT:
        return False
    return credit.credit_of(customer, but=order.id).over_by(total_of(order)) > 0


def _tell(order: Order, by: Viewer) -> None:
    told: audit.Diff = {
        "status": [None, order.status],
        "hold_reason": [None, order.hold_reason],
        "total": [None, str(total_of(order))],
        "lines": [None, order.line_count],
    }
    audit.record("order.placed", order, by=by, diff=told)
    promise_mail("received", order)
    promise_mail(TO_THE_DESK, order)


def confirm_now(order: Order, *, by: Viewer, at: datetime) -> None:
    """The order is locked or new, and nothing stands against it."""
    order.confirm(at)
    told: audit.Diff = {"status": ["pending", order.status]}
    if order.promised_on:
        told["promised_on"] = [None, order.promised_on.isoformat()]
    audit.record("order.confirmed", order, by=by, diff=told)
    if order.payment_method == PaymentMethod.CARD:
        outbox.promise("payments.settle_order", order_id=order.id)  # it is captured now
    promise_mail("confirmed", order)
