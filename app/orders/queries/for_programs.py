"""Orders as programs see them: flat rows, their items in one question for all of them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Row, Select, any_, bindparam, func, literal, or_, select, union

from app.accounts.models import Customer
from app.accounts.queries.people import holds
from app.catalogue.models import Product
from app.catalogue.queries.products import products_seen_by
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotFound
from app.core.paging import NumberedPage, Sort, Sortable, numbered_page
from app.core.questions import Question
from app.orders.models import Order, OrderItem, OrderTax
from app.orders.moves import moves_open
from app.orders.queries import orders
from app.orders.queries.payment import payment_state
from app.orders.states import HoldReason, PaymentMethod

SORTS: dict[str, Sortable] = {
    "created_at": Order.id,
    "number": Order.number,
    "promised_on": Order.promised_on,
}
# Beside the row and not joined to it: whoever counts orders need not look at customers.
code_of_customer = (
    select(Customer.code).where(Customer.id == Order.customer_id).scalar_subquery().label("customer")
)
ORDER = (
    *(Order.id, Order.number, Order.status, Order.hold_reason, Order.open_shipment, Order.shipments_sent),
    *(Order.customer_id, code_of_customer, Order.buyer_id, Order.buyer_name, Order.channel),
    *(Order.po_number, Order.notes, Order.payment_method),
    *(Order.delivery_method, Order.promised_on, Order.deliver_to),
    *(Order.subtotal_net, Order.delivery_net, Order.tax_total, Order.total, Order.currency),
    *(Order.created_at, Order.confirmed_at, Order.shipped_at, Order.delivered_at),
    *(Order.cancelled_at, Order.cancel_reason, Order.version),
)
ITEM = (
    *(OrderItem.order_id, OrderItem.line, OrderItem.product_id, OrderItem.sku, OrderItem.name),
    *(OrderItem.unit_label, OrderItem.quantity, OrderItem.quantity_cancelled, OrderItem.quantity_shipped),
    *(OrderItem.quantity_returned, OrderItem.list_price, OrderItem.unit_price, OrderItem.price_source),
    *(OrderItem.line_net, OrderItem.tax_rate, OrderItem.line_tax),
)
TAX = OrderTax.order_id, OrderTax.rate, OrderTax.net, OrderTax.tax
_these = any_(bindparam("order_ids", type_=ARRAY(BigInteger)))
ITEMS = Question(select(*ITEM).where(OrderItem.order_id == _these).order_by(OrderItem.line))
TAXES = Question(select(*TAX).where(OrderTax.order_id == _these).order_by(OrderTax.rate.desc()))


def orders_seen_by(viewer: Viewer, today: date) -> Select[*tuple[Any, ...]]:
    """With the code of the customer, and where the money stands."""
    state = payment_state(Order, literal(today)).label("payment_state")
    return orders.orders_seen_by(viewer).with_only_columns(*ORDER, state)


def order_told_to(viewer: Viewer, number: int, *, today: date) -> dict[str, Any]:
    found = db.session.execute(orders_seen_by(viewer, today).where(Order.number == number)).one_or_none()
    if found is None:
        raise NotFound(orders.UNKNOWN)
    return _told([found], viewer)[0]


def orders_paged(
    viewer: Viewer, *, today: date, q: str, sort: str, page: int, page_size: int, **filters: Any
) -> NumberedPage[Any]:
    rows = _filtered(orders_seen_by(viewer, today), **filters)
    if q:
        rows = rows.where(Order.id.in_(_meant_by(q)))
    found = numbered_page(rows, Sort.asked(sort, SORTS, Order.id), page=page, page_size=page_size)
    return NumberedPage(_told(found.items, viewer), found.total, found.page, found.page_size)


def _filtered(
    rows: Select[*tuple[Any, ...]],
    *,
    status: str | None,
    customer: str | None,
    po_number: str | None,
    sku: str | None,
    placed_from: date | None,
    placed_to: date | None,
) -> Select[*tuple[Any, ...]]:
    if status:
        rows = rows.where(Order.status == status)
    if customer:
        called = select(Customer.id).where(Customer.code == customer.upper())
        rows = rows.where(Order.customer_id.in_(called))
    if po_number:
        rows = rows.where(func.lower(Order.po_number) == po_number.lower(), Order.po_number != "")
    if sku:
        rows = rows.where(Order.id.in_(_with_product(sku)))
    if placed_from:
        rows = rows.where(Order.business_date >= placed_from)
    if placed_to:
        rows = rows.where(Order.business_date <= placed_to)
    return rows


def _with_product(sku: str) -> Select[int]:
    """By the name it has now, whatever it was called when it was ordered."""
    return (
        select(OrderItem.order_id)
        .join(Product, Product.id == OrderItem.product_id)
        .where(func.lower(Product.sku) == sku.lower())
    )


def _meant_by(q: str) -> Select[int]:
    """Each way to read it has an index of its own."""
    called = select(Customer.id).where(holds(Customer.name, q) | holds(Customer.code, q))
    referred = func.lower(Order.po_number).startswith(q.lower(), autoescape=True) & (Order.po_number != "")
    ways = [
        select(Order.id).where(Order.customer_id.in_(called)),
        select(Order.id).where(referred),
        _with_product(q),
    ]
    if q.isascii() and q.isdigit() and len(q) <= 18:
        ways.append(select(Order.id).where(Order.number == int(q)))
    found = union(*ways).subquery()
    return select(found.c[0])


def _told(rows: Sequence[Row[*tuple[Any, ...]]], viewer: Viewer) -> list[dict[str, Any]]:
    ids = [row.id for row in rows]
    items, taxes = _by_order(ITEMS.ask(order_ids=ids)), _by_order(TAXES.ask(order_ids=ids))
    return [_one(row, items[row.id], taxes[row.id], viewer) for row in rows]


def _by_order(rows: Sequence[Any]) -> defaultdict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.order_id].append(row)
    return found


def _one(row: Row[*tuple[Any, ...]], items: list[Any], taxes: list[Any], viewer: Viewer) -> dict[str, Any]:
    return {
        **row._mapping,  # noqa: SLF001 - SQLAlchemy's documented name
        "buyer": {"id": row.buyer_id, "name": row.buyer_name} if row.buyer_name else None,
        "payment_url": row.number if _waits_for_card(row) else None,  # whoever tells it knows the address
        "delivery": {
            "method": row.delivery_method or None,
            "promised_on": row.promised_on,
            "address": row.deliver_to,
        },
        "items": items,
        "taxes": taxes,
        "actions": list(dict.fromkeys(move.name for move in moves_open(row, viewer))),
    }


def _waits_for_card(row: Row[*tuple[Any, ...]]) -> bool:
    return bool(row.payment_method == PaymentMethod.CARD and row.hold_reason == HoldReason.PAYMENT)


def products_named(viewer: Viewer, names: Collection[str | int]) -> dict[str | int, int]:
    """Of what the viewer may know: by lower-case SKU and by id, the id."""
    skus = [name for name in names if isinstance(name, str)]
    ids = [name for name in names if isinstance(name, int)]
    rows = db.session.execute(
        products_seen_by(viewer)
        .with_only_columns(Product.id, func.lower(Product.sku).label("sku"))
        .where(or_(func.lower(Product.sku).in_(skus), Product.id.in_(ids)))
    )
    return {name: row.id for row in rows for name in (row.id, row.sku)}
