"""Everything of ours that the rows of a file about customers touch."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select

from app.accounts.models import Customer, User, UserKind
from app.catalogue.models import PriceList, PriceListKind
from app.core.database import db
from app.imports.columns import Values
from app.imports.judges.customers import AroundCustomers
from app.imports.queries.customers.known import customers_called
from app.imports.queries.standing import among, lowered


def around(rows: Sequence[Values], *, on: date, locked: bool = False) -> AroundCustomers:
    found = customers_called(sorted({row["code"] for row in rows}), locked=locked)
    taken = (
        select(User.email, func.coalesce(Customer.code, ""))
        .outerjoin(Customer, Customer.id == User.customer_id)
        .where(among(User.email, lowered(rows, "buyer_email")), User.deleted_at.is_(None))
    )
    lists = select(func.lower(PriceList.code)).where(
        PriceList.kind == PriceListKind.LIST, PriceList.deleted_at.is_(None)
    )
    managers = select(User.email).where(
        among(User.email, lowered(rows, "account_manager")),
        User.kind == UserKind.STAFF,
        User.deleted_at.is_(None),
    )
    return AroundCustomers(
        customers=found,
        people={email: code for email, code in db.session.execute(taken)},  # noqa: C416 - mypy reads rows as tuples only here
        lists=frozenset(db.session.scalars(lists)),
        managers=frozenset(db.session.scalars(managers)),
    )
