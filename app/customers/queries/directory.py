"""Customers and their addresses as programs see them: flat rows, paged by number."""

from typing import Any

from sqlalchemy import Row, Select, func, select

from app.accounts.models import Customer
from app.accounts.queries.people import holds
from app.catalogue.models import PriceList
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotFound
from app.core.paging import NumberedPage, Sort, Sortable, numbered_page
from app.customers.models import Address
from app.customers.queries.addresses import addresses_seen_by
from app.customers.queries.customers import UNKNOWN

SORTS: dict[str, Sortable] = {
    "name": func.lower(Customer.name),
    "code": Customer.code,
    "created_at": Customer.created_at,
}


def customers_seen_by(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    """Staff see every customer that is not deleted, a buyer their own."""
    customers = (
        select(
            Customer.id,
            Customer.code,
            Customer.name,
            Customer.status,
            Customer.tax_treatment,
            PriceList.code.label("price_list"),
            Customer.payment_terms,
            Customer.credit_limit,
            Customer.po_required,
            Customer.min_order_net,
            Customer.auto_confirm,
            Customer.version,
        )
        .outerjoin(PriceList, PriceList.id == Customer.price_list_id)
        .where(Customer.deleted_at.is_(None))
    )
    return customers if viewer.is_staff else customers.where(Customer.id == viewer.customer_id)


def customer_seen_by(viewer: Viewer, code: str) -> Row[*tuple[Any, ...]]:
    found = db.session.execute(customers_seen_by(viewer).where(Customer.code == code)).one_or_none()
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def customers_paged(
    viewer: Viewer, *, q: str, status: str | None, sort: str, page: int, page_size: int
) -> NumberedPage[Any]:
    rows = customers_seen_by(viewer)
    if q:
        rows = rows.where(holds(Customer.name, q) | holds(Customer.code, q))
    if status:
        rows = rows.where(Customer.status == status)
    return numbered_page(rows, Sort.asked(sort, SORTS, Customer.id), page=page, page_size=page_size)


def addresses_paged(viewer: Viewer, code: str, *, page: int, page_size: int) -> NumberedPage[Any]:
    customer = customer_seen_by(viewer, code)
    columns = addresses_seen_by(viewer).with_only_columns(*Address.__table__.columns)
    rows = columns.where(Address.customer_id == customer.id)
    return numbered_page(rows, Sort(Address.label, Address.id), page=page, page_size=page_size)
