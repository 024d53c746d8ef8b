"""Changing an order that has not left: stock, prices and credit are looked at as if it were placed anew."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from app.accounts.models import Customer
from app.catalogue import quantities
from app.catalogue.pricing import Offer, price
from app.catalogue.queries.offers import offers
from app.core import audit
from app.core.access import Viewer
from app.core.business import business
from app.core.clock import business_day
from app.core.database import db
from app.core.errors import Refused
from app.core.transaction import use_case
from app.customers.queries.addresses import addresses_of
from app.orders.agreed import charge, total_of
from app.orders.amended import AmendedLine, Changes, Plan
from app.orders.models import Order, OrderItem
from app.orders.models.orders import MOST_ITEMS
from app.orders.priced import Contents, Item, PricedLine, priced
from app.orders.queries import baskets, credit, orders
from app.orders.queries.ways import days_for, ways_of_delivery
from app.orders.quoted import Seen
from app.orders.service.moving import Freed, end_if_all_is_sent, to_move
from app.orders.service.paying import settle_up
from app.orders.service.placing import (
    chosen,
    is_over_the_limit,
    item_of,
    use_reference,
    write_notes,
)
from app.orders.service.quoting import (
    PriceChanged,
    refuse_too_little,
    refuse_too_much,
    refuse_whom_we_cannot_serve,
)
from app.orders.service.telling import promise_mail_of_change
from app.orders.states import HoldReason, PaymentMethod
from app.stock import service as stock


def plan(order: Order, items: Mapping[int, int], *, customer: Customer, at: datetime) -> Plan:
    """What these quantities would make of it: first what was asked for, in its order, then what goes.

    Lines that stay keep their price, unless a break is crossed. What has left in part was invoiced at its price.
    """
    on = business_day(at, business().time_zone)
    known = {item.product_id: item for item in order.items}
    everything = {**items, **{one: 0 for one in known if one not in items}}
    products = {item.product_id: item for item in baskets.items_wanted(everything, on)}
    prices = offers(products.keys(), customer_id=customer.id, on=on)
    lines = [
        _line(known.get(one), products[one], prices.get(one, ()), customer, place)
        for place, one in enumerate(everything)
        if one in products
    ]
    goods = sum((line.net for line in lines), Decimal(0))
    return Plan(order, lines, _delivery(order, goods, on))


def _line(
    item: OrderItem | None, product: Item, found: Sequence[Offer], customer: Customer, place: int
) -> AmendedLine:
    before, after = item.wanted if item else 0, product.quantity
    advice = quantities.fitted(product, after).advice if after != before else ""
    anew = None
    if item is not None and (item.quantity_shipped or _keeps_its_price(product, before, found)):
        unit_price, rate = item.unit_price, item.tax_rate
    else:
        anew = _priced(product, found, customer, place)
        unit_price, rate = anew.answer.unit_price, anew.rate
    return AmendedLine(
        product=product,
        sku=item.sku if item else product.sku,
        name=item.name if item else product.name,
        before=before,
        after=after,
        unit_price=unit_price,
        tax_rate=rate,
        advice=advice,
        item=item,
        priced=anew,
    )


def _keeps_its_price(product: Item, before: int, found: Sequence[Offer]) -> bool:
    """Fewer of what is sold no more, or as many as before, or still between the same two breaks."""
    after = product.quantity
    if after in (0, before) or (after < before and not product.is_on_sale):
        return True
    return bool(before) and product.is_on_sale and not _crosses(found, before, after)


def _priced(product: Item, found: Sequence[Offer], customer: Customer, place: int) -> PricedLine:
    contents = Contents(customer.tax_treatment, [product])
    basket = priced(contents, {product.product_id: found})
    for left in basket.left_over:
        raise Refused(f"{product.name}: {left.why}", field=f"items.{place}.sku", code="not_orderable")
    return basket.lines[0]


def _crosses(found: Sequence[Offer], before: int, after: int) -> bool:
    """Whether another quantity break of today decides."""
    was, will_be = price(found, before), price(found, after)
    if was is None or will_be is None:
        return False
    return (was.because.list_id, was.because.min_qty) != (will_be.because.list_id, will_be.because.min_qty)


def _delivery(order: Order, goods: Decimal, on: date) -> Decimal:
    if order.shipments_sent:  # charged with the first that left
        return order.delivery_net
    way = ways_of_delivery(on).with_id(order.delivery_method_id) if order.delivery_method_id else None
    return way.charge_for(goods) if way else order.delivery_net


@use_case
def amend(
    number: int,
    changes: Changes,
    *,
    by: Viewer,
    at: datetime,
    version: int | None = None,
    seen: Seen | None = None,
) -> Order:
    """Whatever is different, and nothing else. `seen` is the plan that the person agreed to."""
    customer = credit.customer_locked(by, orders.customer_of(by, number))
    order = to_move(number, "amend", by=by, version=version)
    told: audit.Diff = {}
    if changes.items is not None:
        told |= _change_items(order, changes.items, customer=customer, at=at, seen=seen)
    with db.session.no_autoflush:  # what is written already would not be among the changes
        _change_terms(order, changes, customer=customer, by=by, at=at)
        told |= audit.changes_of(order)
    if not told:
        return order
    order.mark_edited(by.user_id)
    audit.record("order.amended", order, by=by, diff=told)
    db.session.flush()
    settle_up(order, by=by, at=at)
    promise_mail_of_change(order, told)
    return order


def _change_terms(order: Order, changes: Changes, *, customer: Customer, by: Viewer, at: datetime) -> None:
    if changes.notes is not None:
        write_notes(order, changes.notes)
    if changes.po_number is not None and changes.po_number != order.po_number:
        use_reference(order, customer, changes.po_number)
    if changes.address_id is not None:
        order.deliver_to = chosen(addresses_of(by, customer.id), changes.address_id).snapshot(customer.name)
        order.address_id = changes.address_id
    if changes.deliver_on is not None and changes.deliver_on != order.promised_on:
        order.promised_on = _day(order, changes.deliver_on, at)


def _change_items(
    order: Order, items: Mapping[int, int], *, customer: Customer, at: datetime, seen: Seen | None
) -> audit.Diff:
    found = plan(order, items, customer=customer, at=at)
    _refuse_what_cannot_be(found, customer)
    if seen is not None and seen != found.seen:
        raise PriceChanged(
            "It comes to something else by now. Look at it again.", [Refused("Look at it again.")]
        )
    different = [line for line in found.lines if line.is_different or line.has_another_price]
    before = total_of(order)
    for line in different:
        _apply(order, line)
    order.delivery_net = found.delivery_net
    charge(order)
    _hold_what_must_wait(order, customer, has_grown=total_of(order) > before)
    end_if_all_is_sent(order, at)
    told = _lines_told(different) | audit.changes_of(order)
    db.session.flush()
    stock.exchange(
        [Freed(line.product_id, line.after) for line in found.lines],
        [Freed(line.product_id, line.before) for line in found.lines],
    )
    return told


def _lines_told(lines: Sequence[AmendedLine]) -> audit.Diff:
    return {"lines": {line.sku: [line.before, line.after] for line in lines}} if lines else {}


def refuse_what_no_order_may_be(found: Plan, customer: Customer) -> None:
    """Whom we cannot serve may still take less; an order that was too small before may stay so, and grow."""
    if not found.kept:
        raise Refused("That would leave nothing. Cancel the order instead.", field="items")
    if any(line.after > line.before for line in found.lines):
        refuse_whom_we_cannot_serve(customer)
    if found.goods < found.order.subtotal_net:
        refuse_too_little(found.goods, customer)
    refuse_too_much(found.totals.total)


def _refuse_what_cannot_be(found: Plan, customer: Customer) -> None:
    refuse_what_no_order_may_be(found, customer)
    if len(found.lines) > MOST_ITEMS:
        raise Refused(f"An order has {MOST_ITEMS} lines at most.", field="items")
    for number, line in enumerate(found.lines):
        sent = line.item.quantity_shipped if line.item else 0
        if line.after < sent:
            raise Refused(f"{line.name}: {sent:,} have left already.", field=f"items.{number}.quantity")
        if line.advice:
            raise Refused(f"{line.name}: {line.advice}", field=f"items.{number}.quantity")


def _apply(order: Order, line: AmendedLine) -> None:
    item = line.item
    if item is None and line.priced is not None:
        order.items.append(item_of(len(order.items) + 1, line.priced, order.business_date))
    elif item is not None and not line.after:
        item.quantity_cancelled = item.quantity
    elif item is not None:
        item.quantity, item.quantity_cancelled = line.after, 0
        if line.priced is not None:
            anew = item_of(item.line, line.priced, order.business_date)
            item.unit_price, item.list_price = anew.unit_price, anew.list_price
            item.price_source, item.tax_rate = anew.price_source, anew.tax_rate


def _hold_what_must_wait(order: Order, customer: Customer, *, has_grown: bool) -> None:
    """What a person holds, and what waits for its money, stays so: only a release with a reason ends that.

    What a person let go over the limit is not held again because it became less.
    """
    if order.hold_reason not in (None, HoldReason.CREDIT):
        return
    if is_over_the_limit(order, customer):
        if has_grown:
            order.hold(HoldReason.CREDIT, "")
    elif order.payment_method != PaymentMethod.ACCOUNT and has_grown:
        order.hold(HoldReason.PAYMENT, "")
    else:
        order.release()


def _day(order: Order, wished: date, at: datetime) -> date:
    days = days_for(order, at)
    if days is not None and wished not in days:
        raise Refused("We cannot deliver on that day. Choose one of the days offered.", field="deliver_on")
    return wished
