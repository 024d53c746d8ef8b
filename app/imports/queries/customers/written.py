"""A file about customers, written and taken back: customers first, then their buyers and addresses."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, insert, literal, or_, select, update
from sqlalchemy.dialects.postgresql import array, distinct_on
from sqlalchemy.orm import aliased

from app.accounts.models import Customer, CustomerStatus, Role, User, UserKind, UserRole
from app.core.database import db
from app.customers.models import Address
from app.imports.kinds.customers import FACTS
from app.imports.models import ImportRow, Verdict
from app.imports.queries import parts
from app.imports.queries.parts import AS_BEFORE, AS_SENT, TO_WRITE, Document, Field, Part

BUYER_ROLE = "buyer"
CODE, EMAIL, LABEL = (parts.text(AS_SENT, name) for name in ("code", "buyer_email", "address_label"))
manager = aliased(User)


def _manager_id(document: Document, name: str) -> ColumnElement[Any]:
    of_email = manager.email == parts.text(document, name)
    return select(manager.id).where(of_email, manager.deleted_at.is_(None)).scalar_subquery()


TEXTS = ("name", "status", "phone", "invoice_email", "tax_id", "tax_treatment", "payment_terms", "note")
CUSTOMER = {
    **{name: Field(name, parts.text) for name in TEXTS},
    **{name: Field(name, parts.amount) for name in ("credit_limit", "min_order_net")},
    **{name: Field(name, parts.yes) for name in ("po_required", "auto_confirm")},
    "price_list": Field("price_list_id", parts.list_id),
    "account_manager": Field("account_manager_id", _manager_id),
}
BUYER = {"buyer_name": Field("name", parts.text), "buyer_phone": Field("phone", parts.text)}
PLACE = {
    **{
        f"address_{name}": Field(name, parts.text)
        for name in ("line1", "line2", "city", "postcode", "country")
    },
    "address_instructions": Field("delivery_instructions", parts.text),
}
USUAL = {
    "address_billing": Field("is_default_billing", parts.yes),
    "address_shipping": Field("is_default_shipping", parts.yes),
}
ADDRESS = PLACE | USUAL


def is_new(name: str) -> ColumnElement[bool]:
    """Rows that bring a buyer, or an address, which was not there."""
    brings = or_(ImportRow.verdict == Verdict.NEW, ImportRow.before.has_key(name))
    return and_(parts.text(AS_SENT, name) != "", brings)


def _changes(names: tuple[str, ...], but: str = "") -> ColumnElement[bool]:
    return and_(
        ImportRow.verdict == Verdict.CHANGED,
        ImportRow.before.has_any(array(names)),
        ~ImportRow.before.has_key(but),
    )


CHANGES_FACTS = _changes(tuple(name for name in FACTS if name != "code"))
CHANGES_BUYER = _changes(tuple(BUYER), but="buyer_email")
CHANGES_ADDRESS = _changes(tuple(ADDRESS), but="address_label")
THE_BUYER = (User.email == EMAIL, User.customer_id == ImportRow.row_id, User.deleted_at.is_(None))
THE_ADDRESS = (
    Address.customer_id == ImportRow.row_id,
    func.lower(Address.label) == func.lower(LABEL),
    Address.deleted_at.is_(None),
)


def add_customers(part: Part) -> None:
    """Of the rows of a new customer the first one makes it."""
    new = {"status": literal(CustomerStatus.ACTIVE.value)} | parts.assigned(CUSTOMER, AS_SENT, part)
    new |= {"code": CODE, "created_by": part.editor, "updated_by": part.editor}
    is_there = exists().where(Customer.code == CODE, Customer.deleted_at.is_(None))
    rows = (
        select(*new.values())
        .where(part.rows(Verdict.NEW), ~is_there)
        .ext(distinct_on(CODE))
        .order_by(CODE, ImportRow.line)
    )
    db.session.execute(insert(Customer).from_select([*new], rows))


def link(part: Part) -> None:
    """Every row knows its customer, and the version that the import left there."""
    db.session.execute(
        update(ImportRow)
        .where(part.rows(*TO_WRITE), Customer.code == CODE, Customer.deleted_at.is_(None))
        .values(row_id=Customer.id, version_after=Customer.version)
        .execution_options(synchronize_session=False)
    )


def add_buyers(part: Part) -> None:
    """Invited, but not told: they have no password yet."""
    new = {"email": EMAIL, "customer_id": ImportRow.row_id, "kind": literal(UserKind.BUYER.value)}
    new |= parts.assigned(BUYER, AS_SENT, part) | {"created_by": part.editor, "updated_by": part.editor}
    rows = select(*new.values()).where(part.rows(*TO_WRITE), is_new("buyer_email"))
    db.session.execute(insert(User).from_select([*new], rows, include_defaults=False))
    may_buy = (
        select(User.id, Role.id)
        .select_from(ImportRow)
        .join(User, and_(*THE_BUYER))
        .join(Role, Role.code == BUYER_ROLE)
        .where(part.rows(*TO_WRITE), is_new("buyer_email"))
    )
    db.session.execute(insert(UserRole).from_select(["user_id", "role_id"], may_buy))


def add_addresses(part: Part) -> None:
    new = {"customer_id": ImportRow.row_id, "label": LABEL}
    new |= parts.assigned(ADDRESS, AS_SENT, part) | {"created_by": part.editor, "updated_by": part.editor}
    rows = select(*new.values()).where(part.rows(*TO_WRITE), is_new("address_label"))
    db.session.execute(insert(Address).from_select([*new], rows))


def change(part: Part) -> None:
    _change(AS_SENT, part)


def change_back(part: Part) -> None:
    _change(AS_BEFORE, part)


def make_room(part: Part) -> None:
    """What stops being the usual address does so before another becomes it."""
    _no_longer_usual(AS_SENT, part)


def make_room_back(part: Part) -> None:
    _no_longer_usual(AS_BEFORE, part)


def remove(part: Part) -> None:
    """What the import brought goes first, so that what stood there can be as it was."""
    gone = {"deleted_at": part.at, "updated_by": part.editor}
    usual = {field.attribute: False for field in USUAL.values()}
    _update(Address, gone | usual, part, is_new("address_label"), *THE_ADDRESS)
    _update(User, gone, part, is_new("buyer_email"), *THE_BUYER)
    the_customer = Customer.id == ImportRow.row_id
    _update(Customer, gone, part, ImportRow.verdict == Verdict.NEW, the_customer)


WRITING = (add_customers, link, make_room, change, add_buyers, add_addresses, link)
TAKING_BACK = (remove, make_room_back, change_back)


def _change(document: Document, part: Part) -> None:
    given = {**parts.assigned(CUSTOMER, document, part)}
    _update(Customer, given, part, CHANGES_FACTS, Customer.id == ImportRow.row_id)
    _update(User, parts.assigned(BUYER, document, part), part, CHANGES_BUYER, *THE_BUYER)
    _update(Address, parts.assigned(ADDRESS, document, part), part, CHANGES_ADDRESS, *THE_ADDRESS)


def _no_longer_usual(document: Document, part: Part) -> None:
    for name, field in USUAL.items():
        if name in part.given:
            column = getattr(Address, field.attribute)
            stays = case((field.read(document, name), column), else_=False)
            _update(Address, {field.attribute: stays}, part, CHANGES_ADDRESS, *THE_ADDRESS)


def _update(table: Any, values: dict[str, Any], part: Part, *conditions: ColumnElement[bool]) -> None:
    if not values:
        return
    seen = {"version": table.version + 1, "updated_by": part.editor, "updated_at": func.now()}
    db.session.execute(
        update(table)
        .where(part.rows(*TO_WRITE), *conditions)
        .values(**(seen | values))
        .execution_options(synchronize_session=False)
    )
