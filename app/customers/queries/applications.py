"""Businesses that asked for an account and wait for our answer, each with whoever applied."""

from collections.abc import Sequence

from sqlalchemy import Row, func, select
from sqlalchemy.orm import aliased

from app.accounts.models import Customer, CustomerStatus, User
from app.core.database import db
from app.core.paging import Sort
from app.core.streaming import EveryRow

LONGEST_FIRST = Sort(Customer.created_at, Customer.id)
_buyer = aliased(User)
_first = select(func.min(User.id)).where(User.customer_id == Customer.id).scalar_subquery()
_waiting = (
    select(Customer, _buyer)
    .outerjoin(_buyer, _buyer.id == _first)
    .where(Customer.status == CustomerStatus.APPLIED, Customer.deleted_at.is_(None))
)


def applications() -> Sequence[Row[Customer, User]]:
    """Those who have waited longest come first."""
    return db.session.execute(_waiting.order_by(*LONGEST_FIRST.order(backwards=False))).all()


def every_application() -> EveryRow:
    """The same, as plain columns."""
    columns = _waiting.with_only_columns(
        Customer.code,
        Customer.name,
        Customer.phone,
        Customer.tax_id,
        Customer.created_at,
        _buyer.name.label("buyer_name"),
        _buyer.email.label("buyer_email"),
        _buyer.email_verified_at,
    )
    return EveryRow(columns, LONGEST_FIRST)
