"""What a customer owes us for orders that are under way."""

from decimal import Decimal

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Select,
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


def exposed(customer_id: SQLColumnExpression[int] | int) -> Select[Decimal]:
    """Orders on account that count against the limit: not delivered yet, and not waiting for more credit."""
    return select(func.coalesce(func.sum(_counted.total), 0)).where(
        _counted.customer_id == customer_id,
        _counted.status == any_(literal(list(IN_PROGRESS), ARRAY(String))),  # a question cannot spell IN
        _counted.payment_method == PaymentMethod.ACCOUNT,
        _counted.hold_reason.is_distinct_from(HoldReason.CREDIT),
    )


EXPOSURE = Question(
    exposed(bindparam("customer_id", type_=BigInteger)).where(
        _counted.id != bindparam("but", type_=BigInteger)
    )
)


def credit_of(customer: Customer, *, but: int | None = None) -> Credit:
    """`but` one order that is about to count otherwise."""
    used = EXPOSURE.ask(customer_id=customer.id, but=but or 0).one()[0]
    return Credit(customer.credit_limit, Decimal(used))
