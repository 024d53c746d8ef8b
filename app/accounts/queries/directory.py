"""People and roles as programs see them: flat rows, paged by number."""

from typing import Any

from sqlalchemy import Row, Select, String, cast, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from app.accounts.models import Customer, Role, RolePermission, User, UserKind, UserRole
from app.accounts.queries.people import colleagues_of, holds
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotFound
from app.core.paging import NumberedPage, Sort, Sortable, numbered_page

NONE = cast([], ARRAY(String))
ACCOUNT_SORTS: dict[str, Sortable] = {
    "name": func.lower(User.name),
    "email": User.email,
    "created_at": User.created_at,
}
ROLE_SORTS: dict[str, Sortable] = {
    "position": Role.position,
    "name": func.lower(Role.name),
    "code": Role.code,
}

role_codes = (
    select(func.coalesce(func.array_agg(aggregate_order_by(Role.code, Role.position, Role.code)), NONE))
    .join(UserRole, UserRole.role_id == Role.id)
    .where(UserRole.user_id == User.id)
    .scalar_subquery()
)
permissions_of_role = (
    select(func.coalesce(func.array_agg(RolePermission.permission.distinct()), NONE))  # which also sorts
    .where(RolePermission.role_id == Role.id)
    .scalar_subquery()
)


def accounts_seen_by(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    """Staff see everybody who is not deleted; a buyer sees the people of their own company."""
    accounts = (
        select(
            User.id,
            User.email,
            User.name,
            User.kind,
            Customer.code.label("customer"),
            role_codes.label("roles"),
            User.is_active,
            User.created_at,
            User.updated_at,
            User.version,
        )
        .outerjoin(Customer, Customer.id == User.customer_id)
        .where(User.deleted_at.is_(None))
    )
    return accounts if viewer.is_staff else accounts.where(*colleagues_of(viewer))


def account_seen_by(viewer: Viewer, user_id: int) -> Row[*tuple[Any, ...]]:
    found = db.session.execute(accounts_seen_by(viewer).where(User.id == user_id)).one_or_none()
    if found is None:
        raise NotFound("We cannot find that person.")
    return found


def accounts_paged(
    viewer: Viewer,
    *,
    q: str,
    kind: str | None,
    role: str | None,
    customer: str | None,
    is_active: bool | None,
    sort: str,
    page: int,
    page_size: int,
) -> NumberedPage[Any]:
    rows = accounts_seen_by(viewer)
    if q:
        rows = rows.where(or_(holds(User.name, q), holds(User.email, q)))
    if kind:
        rows = rows.where(User.kind == kind)
    if role:
        holders = select(UserRole.user_id).join(Role, Role.id == UserRole.role_id).where(Role.code == role)
        rows = rows.where(User.id.in_(holders))
    if customer:
        rows = rows.where(Customer.code == customer)
    if is_active is not None:
        rows = rows.where(User.is_active == is_active)
    return numbered_page(rows, Sort.asked(sort, ACCOUNT_SORTS, User.id), page=page, page_size=page_size)


def roles_seen_by(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    """A buyer sees the roles that a colleague can have."""
    roles = select(
        Role.code,
        Role.name,
        Role.kind,
        Role.is_system,
        permissions_of_role.label("permissions"),
        Role.created_at,
        Role.updated_at,
        Role.version,
    )
    return roles if viewer.is_staff else roles.where(Role.kind == UserKind.BUYER)


def role_seen_by(viewer: Viewer, code: str) -> Row[*tuple[Any, ...]]:
    found = db.session.execute(roles_seen_by(viewer).where(Role.code == code)).one_or_none()
    if found is None:
        raise NotFound("We cannot find that role.")
    return found


def roles_paged(
    viewer: Viewer, *, q: str, kind: str | None, sort: str, page: int, page_size: int
) -> NumberedPage[Any]:
    rows = roles_seen_by(viewer)
    if q:
        rows = rows.where(or_(holds(Role.name, q), holds(Role.code, q)))
    if kind:
        rows = rows.where(Role.kind == kind)
    return numbered_page(rows, Sort.asked(sort, ROLE_SORTS, Role.id), page=page, page_size=page_size)


def customer_id_of(viewer: Viewer, code: str) -> int | None:
    """None for a customer that does not exist, or is not the viewer's to know."""
    question = select(Customer.id).where(Customer.code == code, Customer.deleted_at.is_(None))
    if not viewer.is_staff:
        question = question.where(Customer.id == viewer.customer_id)
    return db.session.scalar(question)
