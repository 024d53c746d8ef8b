"""Orders by transfer that wait for their money, and what each receipt paid."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ARRAY, Row, String, any_, cast, func, literal, select

from app.billing.models import Allocation, Invoice
from app.billing.queries.in_advance import in_advance
from app.billing.queries.payable import MOST
from app.billing.suggestion import Named, Payable
from app.core.database import db
from app.orders.models import Order
from app.orders.states import HOLDS_STOCK, PaymentMethod


def orders_to_pay(customer_id: int, *, named: Named, amount: Decimal) -> list[Payable]:
    """What is named first, then what is open to the penny, then the oldest."""
    left = (Order.total - Order.invoiced - in_advance(Order.id)).label("left")
    waiting = (
        select(Order.number, Order.business_date, left)
        .where(
            Order.customer_id == customer_id,
            Order.status == any_(literal(list(HOLDS_STOCK), ARRAY(String))),
            Order.payment_method == PaymentMethod.TRANSFER,
        )
        .subquery()
    )
    rows = db.session.execute(
        select(waiting)
        .where(waiting.c.left > 0)
        .order_by(
            waiting.c.number.in_(named.orders).desc(), (waiting.c.left == amount).desc(), waiting.c.number
        )
        .limit(MOST)
    )
    return [
        Payable(name=str(row.number), order_number=row.number, due_on=row.business_date, open=row.left)
        for row in rows
    ]


def paid_by(receipt_ids: Sequence[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    """How much of which invoice, or of which order in advance, is paid by each receipt as it stands."""
    amount = func.sum(Allocation.amount).label("amount")
    what = (Allocation.receipt_id, Allocation.invoice_id, Allocation.order_id)
    sums = (
        select(*what, amount, func.max(Allocation.id).label("latest"))
        .where(Allocation.receipt_id.in_(receipt_ids), Allocation.refund_id.is_(None))
        .group_by(*what)
        .having(amount > 0)
        .subquery()
    )
    return db.session.execute(
        select(
            sums,
            func.coalesce(Invoice.number, cast(Order.number, String)).label("name"),
            Invoice.number.label("invoice"),
            func.coalesce(Invoice.order_number, Order.number).label("order_number"),
        )
        .outerjoin(Invoice, Invoice.id == sums.c.invoice_id)
        .outerjoin(Order, Order.id == sums.c.order_id)
        .order_by(sums.c.latest)
    ).all()
