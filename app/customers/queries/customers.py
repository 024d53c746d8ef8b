"""Customers as the desk knows them: the list, one of them, and what is chosen from beside them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, any_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.accounts.models import Customer, CustomerStatus, User, UserKind
from app.accounts.queries.people import holds
from app.catalogue.models import PriceList, PriceListKind
from app.core.access import Viewer
from app.core.audit import AuditEvent
from app.core.database import db
from app.core.errors import NotFound
from app.core.paging import Page, Sort, Sortable, page_of
from app.core.streaming import EveryRow
from app.customers.models import Address

DELETED = "deleted"
UNKNOWN = "We cannot find that customer."
MAY_MANAGE = User.standing == UserKind.STAFF
# The lists that one customer or another may have; the base list is everybody's, a contract has its own.
MAY_BE_CHOSEN = (PriceList.kind == PriceListKind.LIST) & PriceList.deleted_at.is_(None)
_manager = aliased(User)

SORTS: dict[str, Sortable] = {
    "name": func.lower(Customer.name, type_=String()),
    "code": Customer.code,
    "since": Customer.created_at,
}
_listed = (
    select(
        Customer.id,
        Customer.code,
        Customer.name,
        Customer.status,
        Customer.phone,
        Customer.invoice_email,
        Customer.tax_id,
        Customer.tax_treatment,
        Customer.payment_terms,
        Customer.credit_limit,
        Customer.po_required,
        Customer.min_order_net,
        Customer.auto_confirm,
        Customer.note,
        Customer.created_at,
        Customer.deleted_at,
        PriceList.code.label("price_list"),
        PriceList.name.label("price_list_name"),
        _manager.name.label("manager"),
        _manager.email.label("manager_email"),
    )
    .outerjoin(PriceList, PriceList.id == Customer.price_list_id)
    .outerjoin(_manager, _manager.id == Customer.account_manager_id)
)


def customers_seen_by(viewer: Viewer) -> Select[Customer]:
    """Staff see every customer, buyers their own; a deleted one is nobody's but the desk's."""
    customers = select(Customer)
    if viewer.is_staff:
        return customers
    return customers.where(Customer.id == viewer.customer_id, Customer.deleted_at.is_(None))


def customer_seen_by(viewer: Viewer, code: str, *, locked: bool = False) -> Customer:
    """By its code, which it gives up when it is deleted."""
    has_code = (Customer.code == code) & Customer.deleted_at.is_(None)
    return _the_one(customers_seen_by(viewer).where(has_code), locked=locked)


def customer_with_id(viewer: Viewer, customer_id: int, *, locked: bool = False) -> Customer:
    """A deleted one as well: it has this number for good."""
    return _the_one(customers_seen_by(viewer).where(Customer.id == customer_id), locked=locked)


def own_customer(viewer: Viewer) -> Customer:
    """The one that a buyer buys for."""
    return _the_one(customers_seen_by(viewer).where(Customer.id == viewer.customer_id), locked=False)


def _the_one(question: Select[Customer], *, locked: bool) -> Customer:
    if locked:
        question = question.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(question).one_or_none()
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def manager_of(customer: Customer) -> User | None:
    """Who of us looks after it."""
    return db.session.get(User, customer.account_manager_id) if customer.account_manager_id else None


def customers_listed(
    *, sort: str, descending: bool, after: str | None = None, before: str | None = None, **sought: Any
) -> Page[Any]:
    return page_of(_sought(**sought), _order(sort, descending), after=after, before=before)


def every_customer(*, sort: str, descending: bool, **sought: Any) -> EveryRow:
    """The same list, whole."""
    return EveryRow(_sought(**sought), _order(sort, descending))


def _order(sort: str, descending: bool) -> Sort:
    return Sort(SORTS[sort], Customer.id, descending)


def _sought(*, q: str, status: str, manager_id: int | None) -> Select[*tuple[Any, ...]]:
    conditions: list[ColumnElement[bool]] = [_has_status(status)]
    if q:
        conditions.append(_found_by(q))
    if manager_id is not None:
        conditions.append(Customer.account_manager_id == manager_id)
    return _listed.where(*conditions)


def _has_status(status: str) -> ColumnElement[bool]:
    if status == DELETED:
        return Customer.deleted_at.is_not(None)
    if status in set(CustomerStatus):
        return (Customer.status == status) & Customer.deleted_at.is_(None)
    return Customer.deleted_at.is_(None)


def _found_by(q: str) -> ColumnElement[bool]:
    """Letters of the name, of the code, or of the address of somebody who buys for them."""
    buyers = select(User.customer_id).where(
        User.kind == UserKind.BUYER, User.deleted_at.is_(None), holds(User.email, q)
    )
    buys = Customer.id == any_(func.array(buyers.scalar_subquery()))
    return or_(holds(Customer.name, q), holds(Customer.code, q), buys)


def counts_by_status() -> dict[str, int]:
    """How many customers stand where, the deleted ones by themselves."""
    standing = case((Customer.deleted_at.is_not(None), DELETED), else_=Customer.status)
    rows = db.session.execute(select(standing, func.count()).group_by(standing))
    return {status: count for status, count in rows}  # noqa: C416 - mypy reads rows as tuples only here


def managers() -> Sequence[Row[int, str]]:
    """Our own people, to look after a customer."""
    return db.session.execute(
        select(User.id, User.name).where(MAY_MANAGE).order_by(func.lower(User.name))
    ).all()


def is_a_manager(user_id: int) -> bool:
    return bool(db.session.scalar(select(exists().where(User.id == user_id, MAY_MANAGE))))


def price_lists_to_choose() -> Sequence[Row[int, str, str]]:
    return db.session.execute(
        select(PriceList.id, PriceList.code, PriceList.name)
        .where(MAY_BE_CHOSEN)
        .order_by(func.lower(PriceList.name))
    ).all()


def is_a_price_list_to_choose(list_id: int) -> bool:
    return bool(db.session.scalar(select(exists().where(PriceList.id == list_id, MAY_BE_CHOSEN))))


def price_list_called(code: str) -> PriceList | None:
    called = func.lower(PriceList.code) == code.lower()
    return db.session.scalars(select(PriceList).where(called, MAY_BE_CHOSEN)).one_or_none()


def last_events_about(customer: Customer, *, limit: int = 10) -> Sequence[AuditEvent]:
    """What happened to this customer and to its addresses, the latest first."""
    addresses = select(Address.id).where(Address.customer_id == customer.id)
    its_own = (AuditEvent.entity == Customer.__tablename__) & (AuditEvent.entity_id == customer.id)
    of_addresses = (AuditEvent.entity == Address.__tablename__) & AuditEvent.entity_id.in_(addresses)
    return db.session.scalars(
        select(AuditEvent).where(or_(its_own, of_addresses)).order_by(AuditEvent.id.desc()).limit(limit)
    ).all()
