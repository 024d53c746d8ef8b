"""What a customer owes us: invoices that are open, and orders that are under way."""

from decimal import Decimal

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    SQLColumnExpression,
    String,
    any_,
    bindparam,
    func,
    literal,
    select,
)
from sqlalchemy.orm import aliased

from app.accounts.models import Customer
from app.billing.queries.balances import owed
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotFound
from app.core.questions import Question
from app.customers.queries.customers import customers_seen_by
from app.orders.credit import Credit
from app.orders.models import Order
from app.orders.states import IN_PROGRESS, HoldReason, PaymentMethod

_counted = aliased(Order)


def customer_locked(viewer: Viewer, customer_id: int) -> Customer:
    """Orders of one customer wait for each other here, so that two never use the same credit."""
    question = customers_seen_by(viewer).where(Customer.id == customer_id).with_for_update(key_share=True)
    found = db.session.scalars(question.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound("We cannot find that customer.")
    return found


def exposed(
    customer_id: SQLColumnExpression[int], *, but: SQLColumnExpression[int] | None = None
) -> ColumnElement[Decimal]:
    """What counts against the limit: invoices that are open, and orders on account that are not invoiced yet.

    Orders that wait for more credit do not count; nor does `but` one.
    """
    not_invoiced = select(func.coalesce(func.sum(_counted.total - _counted.invoiced), 0)).where(
        _counted.customer_id == customer_id,
        _counted.status == any_(literal(list(IN_PROGRESS), ARRAY(String))),  # a question cannot spell IN
        _counted.payment_method == PaymentMethod.ACCOUNT,
        _counted.hold_reason.is_distinct_from(HoldReason.CREDIT),
    )
    if but is not None:
        not_invoiced = not_invoiced.where(_counted.id != but)
    return owed(customer_id) + not_invoiced.scalar_subquery()


EXPOSURE = Question(
    select(
        exposed(bindparam("customer_id", type_=BigInteger), but=bindparam("but", type_=BigInteger)).label(
            "used"
        )
    )
)


def credit_of(customer: Customer, *, but: int | None = None) -> Credit:
    """`but` one order that is about to count otherwise."""
    used = EXPOSURE.ask(customer_id=customer.id, but=but or 0).one().used
    return Credit(customer.credit_limit, Decimal(used))
