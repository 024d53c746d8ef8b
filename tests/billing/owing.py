"""Customers who owe money, and money that comes in, for everybody who tests with them."""

from datetime import date
from decimal import Decimal

from app.accounts.models import Customer
from app.billing.models import Invoice, InvoiceBalance, Receipt
from app.billing.service import receiving
from app.core import clock
from app.core.access import SYSTEM
from app.core.business import today
from app.core.database import db
from app.orders.models import Order
from app.orders.service import moving
from tests.orders.ordering import placed
from tests.orders.standing import confirmed, sent


def invoice_for(wanted, customer: Customer) -> Invoice:
    """Of an order on account that has left, however much they owe already."""
    return invoice_of(_sent(placed(wanted, customer)))


def _sent(order: Order) -> Order:
    if order.hold_reason:
        moving.release(order.number, reason="They pay on Friday", by=SYSTEM, at=clock.now())
    sent(confirmed(order))
    return order


def invoice_of(order: Order) -> Invoice:
    db.session.expire_all()
    return db.session.query(Invoice).filter_by(order_id=order.id, kind="invoice").one()


def came_in(amount: str, customer: Customer, reference: str = "", *, on: date | None = None) -> Receipt:
    on = on or today()
    return receiving.record(
        customer.code, amount=Decimal(amount), received_on=on, reference=reference, by=SYSTEM, on=on
    )


def still_open(invoice: Invoice) -> Decimal:
    db.session.expire_all()
    return db.session.get_one(InvoiceBalance, invoice.id).open


def unused(receipt: Receipt) -> Decimal:
    db.session.expire_all()
    return db.session.get_one(Receipt, receipt.id).unused
