"""Where mails about an order go."""

from typing import NamedTuple

from sqlalchemy import select

from app.accounts.models import Customer, User
from app.core.database import db
from app.orders.models import Order


class Mailbox(NamedTuple):
    """An address, and whom to greet there."""

    email: str
    first_name: str = ""


def mailbox_of(order_id: int) -> Mailbox | None:
    """The buyer's, as long as they can sign in; else the company's own, where it has one."""
    row = db.session.execute(
        select(User.email, User.name, Customer.invoice_email)
        .select_from(Order)
        .join(Customer, Customer.id == Order.customer_id)
        .outerjoin(User, (User.id == Order.buyer_id) & User.is_active & User.deleted_at.is_(None))
        .where(Order.id == order_id)
    ).one()
    if row.email:
        return Mailbox(row.email, row.name.split()[0])
    return Mailbox(row.invoice_email) if row.invoice_email else None
