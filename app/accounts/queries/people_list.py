"""The list of people, a page of it or the whole."""

from functools import lru_cache
from typing import Any

from sqlalchemy import Select, SQLColumnExpression, String, any_, func, or_, select

from app.accounts.models import Customer, Role, User, UserKind, UserRole
from app.accounts.queries.people import STANDINGS, colleagues_of, holds
from app.core.access import Viewer
from app.core.paging import PAGE_SIZE, Page, Sort, Sortable, page_of
from app.core.streaming import EveryRow

role_names = (
    select(func.string_agg(Role.name, ", "))
    .join(UserRole, UserRole.role_id == Role.id)
    .where(UserRole.user_id == User.id)
    .scalar_subquery()
)

_people_with_company_and_roles = select(
    User.id,
    User.name,
    User.email,
    User.kind,
    User.last_login_at,
    User.is_active,
    User.deleted_at,
    User.anonymised_at,
    User.password_hash.is_(None).label("has_no_password"),
    Customer.name.label("company"),
    role_names.label("role_names"),
).outerjoin(Customer, Customer.id == User.customer_id)

PEOPLE_SORTS: dict[str, Sortable] = {
    "name": func.lower(User.name, type_=String()),
    "email": User.email,
    "last_login": func.coalesce(User.last_login_at, func.to_timestamp(0)),
}


def people_listed(
    viewer: Viewer,
    *,
    sort: str = "name",
    descending: bool = False,
    after: str | None = None,
    before: str | None = None,
    size: int = PAGE_SIZE,
    **sought: Any,
) -> Page[Any]:
    rows, is_kept = _people_sought(viewer, **sought)
    order = Sort(PEOPLE_SORTS[sort], User.id, descending)
    return page_of(rows, order, after=after, before=before, size=size, is_kept=is_kept)


def every_person(viewer: Viewer, *, sort: str, descending: bool, **sought: Any) -> EveryRow:
    """The same list, whole."""
    rows, _ = _people_sought(viewer, **sought)
    return EveryRow(rows, Sort(PEOPLE_SORTS[sort], User.id, descending))


def _people_sought(
    viewer: Viewer, *, q: str = "", kind: str = "", state: str = "", role_id: int | None = None
) -> tuple[Select[*tuple[Any, ...]], bool]:
    """Whoever fits, and whether it is one of the few questions that are asked all day."""
    rows = _people_standing(kind, state)
    asked = [] if viewer.is_staff else [*colleagues_of(viewer)]
    if q:
        asked.append(_found_by(q))
    if role_id is not None:  # the number and not the code: PostgreSQL knows how many hold number 4
        asked.append(User.id.in_(select(UserRole.user_id).where(UserRole.role_id == role_id)))
    return (rows.where(*asked), False) if asked else (rows, True)


@lru_cache(maxsize=50)
def _people_standing(kind: str, state: str) -> Select[*tuple[Any, ...]]:
    """The tabs of the list: few, and asked for all day."""
    rows = _people_with_company_and_roles
    if kind in set(UserKind):
        rows = rows.where(User.kind == kind)
    if state == "active":
        return rows.where(User.standing == kind if kind else User.standing.in_(tuple(UserKind)))
    if state in STANDINGS:
        return rows.where(User.standing == state)
    return rows.where(User.deleted_at.is_(None))


def _found_by(q: str) -> SQLColumnExpression[bool]:
    companies = select(Customer.id).where(holds(Customer.name, q))
    of_a_company = User.customer_id == any_(func.array(companies.scalar_subquery()))
    return or_(holds(User.name, q), holds(User.email, q), of_a_company)
