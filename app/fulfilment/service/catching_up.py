"""What left before invoices were kept here is invoiced once, as if they had been."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from app.billing.models import Invoice
from app.billing.service.paid_before import note_as_paid
from app.core import audit
from app.core.access import Viewer
from app.core.business import business, read_business
from app.core.clock import business_day
from app.core.errors import Refused
from app.core.transaction import use_case
from app.fulfilment.models import Shipment
from app.fulfilment.queries import catching_up as queries
from app.fulfilment.queries.to_pick import orders_locked
from app.fulfilment.service import invoicing
from app.orders.models import Order

AT_ONCE = 50  # whoever ships meanwhile waits for the next number as long as these take


class Caught(NamedTuple):
    """How far it has come."""

    invoices: int = 0
    total: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)

    def and_then(self, more: "Caught") -> "Caught":
        return Caught(self.invoices + more.invoices, self.total + more.total, self.paid + more.paid)


def catch_up(
    *, by: Viewer, at: datetime, paid_before: date | None = None, tell: Callable[[Caught], object]
) -> Caught:
    """In the order they left, a few in each transaction: it can be stopped and begun again at any time.

    What left before the day `paid_before` is paid already, also where an earlier run invoiced it. Nobody is sent
    an old invoice.
    """
    read_business()
    if paid_before and paid_before > business_day(at, business().time_zone):
        raise Refused("That day is still to come. Choose today or a day before.")
    waiting = queries.never_invoiced()
    caught = Caught(paid=_earlier_settled(before=paid_before, by=by) if paid_before else Decimal(0))
    for place in range(0, len(waiting), AT_ONCE):
        caught = caught.and_then(
            _some(dict(waiting[place : place + AT_ONCE]), paid_before=paid_before, by=by)
        )
        tell(caught)
    return caught


@use_case
def _earlier_settled(*, before: date, by: Viewer) -> Decimal:
    queries.alone()
    return note_as_paid(queries.caught_up_unpaid(before), before=before, by=by)


@use_case
def _some(shipments: Mapping[int, int], *, paid_before: date | None, by: Viewer) -> Caught:
    """By id, with the numbers of their orders, which are all locked before a number is taken."""
    queries.alone()
    orders = {order.id: order for order in orders_locked(by, set(shipments.values()))}
    before = _before_each(queries.left_of(orders.keys()))
    invoices = [
        _invoice(orders[shipment.order_id], shipment, before[shipment.id], by=by)
        for shipment in queries.still_to_invoice(shipments.keys())
    ]
    paid = note_as_paid(invoices, before=paid_before, by=by) if paid_before else Decimal(0)
    return Caught(len(invoices), sum((one.total for one in invoices), Decimal(0)), paid)


def _before_each(left: Iterable[Shipment]) -> dict[int, Mapping[int, int]]:
    """How much of each item had left when a shipment left: what has an invoice already counts like any other."""
    so_far: dict[int, Counter[int]] = defaultdict(Counter)
    before: dict[int, Mapping[int, int]] = {}
    for shipment in left:
        before[shipment.id] = so_far[shipment.order_id]
        so_far[shipment.order_id] = so_far[shipment.order_id] + Counter(
            {line.order_item_id: line.picked or 0 for line in shipment.items}
        )
    return before


def _invoice(order: Order, shipment: Shipment, before: Mapping[int, int], *, by: Viewer) -> Invoice:
    if shipment.shipped_at is None:
        raise ValueError(f"{shipment} has not left")
    on = business_day(shipment.shipped_at, business().time_zone)
    issued = invoicing.invoice(order, shipment, before=before, by=by, on=on, is_news=False)
    audit.record("order.invoiced", order, by=by, diff={"invoice": [None, issued.number]})
    return issued
