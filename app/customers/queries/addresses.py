"""Addresses, reached through the viewer."""

from collections.abc import Sequence

from sqlalchemy import Select, select, update
from sqlalchemy.orm import InstrumentedAttribute

from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotFound
from app.customers.models import Address

USUAL: dict[str, InstrumentedAttribute[bool]] = {
    "is_default_shipping": Address.is_default_shipping,
    "is_default_billing": Address.is_default_billing,
}


def addresses_seen_by(viewer: Viewer) -> Select[Address]:
    """Staff see every door, buyers those of their own company."""
    addresses = select(Address).where(Address.deleted_at.is_(None))
    return addresses if viewer.is_staff else addresses.where(Address.customer_id == viewer.customer_id)


def addresses_of(viewer: Viewer, customer_id: int) -> Sequence[Address]:
    """The usual one for deliveries first."""
    question = addresses_seen_by(viewer).where(Address.customer_id == customer_id)
    order = Address.is_default_shipping.desc(), Address.is_default_billing.desc(), Address.label, Address.id
    return db.session.scalars(question.order_by(*order)).all()


def address_seen_by(viewer: Viewer, customer_id: int, address_id: int, *, locked: bool = False) -> Address:
    question = addresses_seen_by(viewer).where(Address.customer_id == customer_id, Address.id == address_id)
    if locked:
        question = question.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(question).one_or_none()
    if found is None:
        raise NotFound("We cannot find that address.")
    return found


def has_addresses(customer_id: int) -> bool:
    question = select(Address.id).where(Address.customer_id == customer_id, Address.deleted_at.is_(None))
    return db.session.scalar(question.limit(1)) is not None


def no_longer_usual(customer_id: int, usual: str, *, but: int | None) -> None:
    """Whichever other address was the usual one; its version tells a form that is open somewhere."""
    column = USUAL[usual]
    others = Address.id != but if but is not None else Address.id.is_not(None)
    db.session.execute(
        update(Address)
        .where(Address.customer_id == customer_id, column, others)
        .values({column: False, Address.version: Address.version + 1})
        .execution_options(synchronize_session="fetch")
    )
