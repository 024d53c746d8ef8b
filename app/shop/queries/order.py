"""One order as its buyer's page shows it: read as plain rows, since nothing here will be changed."""

from collections.abc import Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

from sqlalchemy import BigInteger, Date, bindparam, select

from app.core.access import Viewer
from app.core.errors import NotFound
from app.core.questions import Question
from app.fulfilment.models import Return, Shipment
from app.fulfilment.queries.returns import can_come_back
from app.orders.models import Order, OrderItem, OrderTax
from app.orders.queries.orders import UNKNOWN
from app.orders.queries.payment import payment_state

_order, _item, _tax = Order.__table__.c, OrderItem.__table__.c, OrderTax.__table__.c
_this = bindparam("order_id", type_=BigInteger)

ORDER = Question(
    select(*_order, payment_state(_order, bindparam("today", type_=Date)).label("payment_state")).where(
        _order.number == bindparam("number", type_=BigInteger),
        _order.customer_id == bindparam("customer_id", type_=BigInteger),
    )
)
_wanted = _item.quantity - _item.quantity_cancelled
ITEMS = Question(
    select(
        *_item,
        _wanted.label("wanted"),
        (_wanted - _item.quantity_shipped).label("held"),
        can_come_back,
    )
    .where(_item.order_id == _this)
    .order_by(_item.line)
)
TAXES = Question(select(*_tax).where(_tax.order_id == _this).order_by(_tax.rate.desc()))
SHIPMENTS = Question(select(*Shipment.__table__.c).where(Shipment.order_id == _this).order_by(Shipment.place))
RETURNS = Question(select(*Return.__table__.c).where(Return.order_id == _this).order_by(Return.place))


def order_shown_to(viewer: Viewer, number: int, *, today: date) -> Any:
    """With its `items` and `taxes`; it knows all that rules and words ask of an order."""
    head = ORDER.ask(number=number, customer_id=viewer.customer_id, today=today).one_or_none()
    if head is None:
        raise NotFound(UNKNOWN)
    items, taxes = ITEMS.ask(order_id=head.id), TAXES.ask(order_id=head.id)
    return SimpleNamespace(**head._asdict(), items=items, taxes=taxes)


def shipments_on(order: Any) -> Sequence[Any]:
    """Most orders that somebody looks at have none yet."""
    return SHIPMENTS.ask(order_id=order.id) if order.shipments_sent or order.open_shipment else []


def returns_on(order: Any) -> Sequence[Any]:
    return RETURNS.ask(order_id=order.id) if order.shipments_sent else []
