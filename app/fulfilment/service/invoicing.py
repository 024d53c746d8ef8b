"""What leaves is invoiced: the facts of an order and its shipment, handed to billing."""

from collections.abc import Mapping
from datetime import date

from app.billing.invoiced import Leaving, Shipped
from app.billing.models import Invoice
from app.billing.service import issuing
from app.core.access import Viewer
from app.customers.queries.customers import customer_with_id
from app.fulfilment.models import Shipment
from app.orders.models import Order, OrderItem
from app.orders.states import PaymentMethod

AT_ONCE = "prepay"


def invoice(
    order: Order,
    shipment: Shipment,
    *,
    before: Mapping[int, int],
    by: Viewer,
    on: date,
    is_news: bool = True,
) -> Invoice:
    """The order is ours until we commit; `before` is how much of each of its items had left already."""
    customer = customer_with_id(by, order.customer_id)
    shipped = shipped_of(order, shipment, before, on)
    issued = issuing.issue(shipped, customer, by=by, on=on, is_news=is_news)
    order.invoiced += issued.total
    return issued


def shipped_of(order: Order, shipment: Shipment, before: Mapping[int, int], on: date) -> Shipped:
    now = {line.order_item_id: line.picked or 0 for line in shipment.items}
    is_on_account = order.payment_method == PaymentMethod.ACCOUNT
    return Shipped(
        order_id=order.id,
        order_number=order.number,
        shipment_id=shipment.id,
        shipment_number=shipment.number,
        customer_id=order.customer_id,
        po_number=order.po_number,
        terms=order.terms if is_on_account else AT_ONCE,
        is_prepaid=not is_on_account,
        currency=order.currency,
        bill_to=order.bill_to,
        deliver_to=order.deliver_to,
        delivery_name=order.delivery_method,
        delivery_net=order.delivery_net,
        delivery_rate=order.delivery_tax_rate,
        supplied_on=on,
        lines=[
            _leaving(item, now.get(item.id, 0), before.get(item.id, 0))
            for item in order.items
            if now.get(item.id) or before.get(item.id)
        ],
    )


def _leaving(item: OrderItem, quantity: int, before: int) -> Leaving:
    return Leaving(
        order_item_id=item.id,
        product_id=item.product_id,
        sku=item.sku,
        name=item.name,
        unit_label=item.unit_label,
        unit_price=item.unit_price,
        tax_rate=item.tax_rate,
        quantity=quantity,
        before=before,
    )
