"""What every customer owes, by how long it has been overdue: made of the balances, never of the papers."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Row,
    Select,
    SQLColumnExpression,
    String,
    func,
    literal,
    select,
    union_all,
)

from app.accounts.models import Customer
from app.billing.aged import AGES, Age
from app.billing.models import InvoiceBalance, Payment, Receipt
from app.core.database import db
from app.core.paging import Page, Sort, Sortable, page_of
from app.core.streaming import EveryRow

NOT_DUE = "current"
NONE = literal(Decimal(0))


def debts_listed(
    on: date, *, sort: str, descending: bool, after: str | None = None, before: str | None = None
) -> Page[Any]:
    """A page of customers who owe us something, or whom we owe money that has paid nothing yet."""
    debts = _debts(on)
    count = select(func.count()).select_from(debts).scalar_subquery()
    return page_of(select(debts), _sort(debts, sort, descending), after=after, before=before, count=count)


def every_debt(on: date, *, sort: str, descending: bool) -> EveryRow:
    """The same list, whole."""
    debts = _debts(on)
    return EveryRow(select(debts), _sort(debts, sort, descending))


def all_debt(on: date) -> Row[*tuple[Any, ...]]:
    """What all of them owe together."""
    debts = _debts(on)
    sums = (func.coalesce(func.sum(debts.c[name]), 0).label(name) for name in (*AGES, "total", "unused"))
    return db.session.execute(select(*sums)).one()


def _sort(debts: CTE, sort: str, descending: bool) -> Sort:
    ways: Mapping[str, Sortable] = {
        "name": func.lower(debts.c.name, type_=String()),
        "overdue": debts.c.overdue,
        "total": debts.c.total,
    }
    return Sort(ways[sort], debts.c.id, descending)


def _debts(on: date) -> CTE:
    """One row for each customer."""
    aged, unused = _aged(on), _unused()
    ages = {name: func.coalesce(aged.c[name], NONE) for name in AGES}
    total: ColumnElement[Decimal] = func.coalesce(aged.c.total, NONE)
    owing = aged.outerjoin(unused, unused.c.customer_id == aged.c.customer_id, full=True)
    customer_id = func.coalesce(aged.c.customer_id, unused.c.customer_id)
    return (
        select(
            *(Customer.id, Customer.code, Customer.name),
            *(amount.label(name) for name, amount in ages.items()),
            (total - ages[NOT_DUE]).label("overdue"),
            total.label("total"),
            func.coalesce(unused.c.unused, NONE).label("unused"),
        )
        .select_from(owing)
        .join(Customer, Customer.id == customer_id)
        .cte("debt")
    )


def _aged(on: date) -> CTE:
    """Invoices that are open: the index of those holds all that is asked."""
    total, due_on = func.sum(InvoiceBalance.open), InvoiceBalance.due_on
    ages = (total.filter(*_between(due_on, age, on)).label(name) for name, age in AGES.items())
    return (
        select(InvoiceBalance.customer_id, *ages, total.label("total"))
        .where(InvoiceBalance.open > 0)
        .group_by(InvoiceBalance.customer_id)
        .cte("aged")
    )


def _between(due_on: SQLColumnExpression[date], age: Age, on: date) -> list[ColumnElement[bool]]:
    first, last = age.due_from(on), age.due_to(on)
    return [*([due_on >= first] if first else []), *([due_on <= last] if last else [])]


def _unused() -> CTE:
    """Money and credit that have paid nothing yet."""
    every = union_all(
        _left(InvoiceBalance.customer_id, -InvoiceBalance.open, InvoiceBalance.open < 0),
        _left(Receipt.customer_id, Receipt.unused, Receipt.unused > 0),
        _left(Payment.customer_id, Payment.unused, Payment.unused > 0),
    ).subquery()
    unused = func.sum(every.c.unused).label("unused")
    return select(every.c.customer_id, unused).group_by(every.c.customer_id).cte("unused")


def _left(
    customer_id: SQLColumnExpression[int], amount: SQLColumnExpression[Decimal], where: ColumnElement[bool]
) -> Select[*tuple[Any, ...]]:
    return select(customer_id.label("customer_id"), amount.label("unused")).where(where)
