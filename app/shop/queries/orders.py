"""A buyer's own orders, as their list and their start page show them."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Date,
    Select,
    String,
    any_,
    bindparam,
    func,
    literal,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.accounts.models import Customer
from app.billing.queries.balances import overdue
from app.core.access import Viewer
from app.core.database import db
from app.core.paging import Page, Sort, page_of
from app.core.questions import Question
from app.core.streaming import EveryRow
from app.orders.models import Order, OrderItem
from app.orders.queries.credit import exposed
from app.orders.queries.orders import orders_seen_by
from app.orders.queries.payment import payment_state
from app.orders.states import IN_PROGRESS, OrderStatus
from app.shop.words import OPEN

PAGE_SIZE = 25
NAMES_SHOWN = 2
LONGEST_NUMBER = 9  # digits that PostgreSQL can compare with a number of an order

NEWEST_FIRST = Sort(Order.id, Order.id, descending=True)
COLUMNS = (
    Order.id,
    Order.number,
    Order.created_at,
    Order.po_number,
    Order.status,
    Order.hold_reason,
    Order.open_shipment,
    Order.shipments_sent,
    Order.payment_method,
    Order.line_count,
    Order.total,
)
IN_A_FILE = (
    *COLUMNS,
    Order.promised_on,
    Order.buyer_name,
    Order.subtotal_net,
    Order.delivery_net,
    Order.tax_total,
    Order.currency,
)

ON_THE_WAY_SHOWN = 5
_theirs = select(*COLUMNS, Order.promised_on).where(
    Order.customer_id == bindparam("customer_id", type_=BigInteger)
)
_newest = _theirs.order_by(Order.id.desc())
_shown = union(
    _newest.where(Order.status != OrderStatus.CANCELLED).limit(1),
    _newest.where(Order.status == any_(literal(list(IN_PROGRESS), ARRAY(String)))).limit(ON_THE_WAY_SHOWN),
).subquery("shown")
_names = func.array(
    select(OrderItem.name)
    .where(OrderItem.order_id == _shown.c.id, OrderItem.quantity_cancelled < OrderItem.quantity)
    .order_by(OrderItem.line)
    .limit(NAMES_SHOWN)
    .scalar_subquery(),
    type_=ARRAY(String),
)
_customer = Customer.__table__
UNDER_WAY = Question(
    select(
        _customer.c.payment_terms,
        _customer.c.credit_limit,
        exposed(_customer.c.id).label("exposure"),
        overdue(_customer.c.id, bindparam("today", type_=Date)).label("overdue"),
        *_shown.c,
        _names.label("names"),
    )
    .select_from(_customer.outerjoin(_shown, true()))
    .where(_customer.c.id == bindparam("customer_id", type_=BigInteger))
    .order_by(_shown.c.id.desc())
)


def orders_of(
    viewer: Viewer, *, q: str, state: str, today: date, after: str | None = None, before: str | None = None
) -> Page[Any]:
    """The newest first."""
    rows = _sought(viewer, q, state).with_only_columns(*COLUMNS, _paid(today))
    return page_of(rows, NEWEST_FIRST, after=after, before=before, size=PAGE_SIZE)


def every_order(viewer: Viewer, *, q: str, state: str, today: date) -> EveryRow:
    return EveryRow(_sought(viewer, q, state).with_only_columns(*IN_A_FILE, _paid(today)), NEWEST_FIRST)


def _paid(today: date) -> ColumnElement[str]:
    return payment_state(Order, literal(today)).label("payment_state")


def first_names(order_ids: Collection[int]) -> dict[int, list[str]]:
    """What stands first in each of them; what was cancelled comes last."""
    is_cancelled = OrderItem.quantity_cancelled == OrderItem.quantity
    names = func.array_agg(aggregate_order_by(OrderItem.name, is_cancelled, OrderItem.line))
    rows = db.session.execute(
        select(OrderItem.order_id, names.label("names"))
        .where(OrderItem.order_id.in_(order_ids))
        .group_by(OrderItem.order_id)
    )
    return {row.order_id: row.names[:NAMES_SHOWN] for row in rows}


def _sought(viewer: Viewer, q: str, state: str) -> Select[Order]:
    rows = orders_seen_by(viewer)
    if state == OPEN:
        rows = rows.where(Order.status.in_(IN_PROGRESS))
    elif state in (OrderStatus.DELIVERED, OrderStatus.CANCELLED):
        rows = rows.where(Order.status == state)
    return rows.where(_means(q)) if q else rows


def _means(q: str) -> ColumnElement[bool]:
    """A number, the beginning of a reference, or a part of what a product is called."""
    word = q.lower()
    sku, name = func.lower(OrderItem.sku), func.lower(OrderItem.name)
    has_product = select(OrderItem.id).where(
        OrderItem.order_id == Order.id, or_(sku == word, name.contains(word, autoescape=True))
    )
    meanings = [func.lower(Order.po_number).startswith(word, autoescape=True), has_product.exists()]
    if q.isascii() and q.isdigit() and len(q) <= LONGEST_NUMBER:
        meanings.append(Order.number == int(q))
    return or_(*meanings)


def under_way(viewer: Viewer, *, today: date) -> Sequence[Any]:
    """For the start page: the last order and those that are on their way, the newest first, with the credit left.

    One row at least, also of a customer who never ordered.
    """
    found: Sequence[Any] = UNDER_WAY.ask(customer_id=viewer.customer_id, today=today)
    return found
