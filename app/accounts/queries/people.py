"""People, customers and roles, reached through the viewer."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, SQLColumnExpression, String, any_, func, or_, select
from sqlalchemy.orm import selectinload

from app.accounts.models import Customer, Role, RolePermission, User, UserKind, UserRole
from app.core.access import Permission, Viewer
from app.core.business import Setting
from app.core.database import db
from app.core.errors import NotFound, Refused
from app.core.paging import PAGE_SIZE, Page, Sort, Sortable, page_of

STANDINGS = ("staff", "buyer", "invited", "deactivated", "deleted")
SHORTEST_ANYWHERE = 3


def people_seen_by(viewer: Viewer) -> Select[User]:
    """Staff see everybody; a buyer sees the people of their own company."""
    people = select(User).options(selectinload(User.roles), selectinload(User.customer))
    return people if viewer.is_staff else people.where(*colleagues_of(viewer))


def colleagues_of(viewer: Viewer) -> tuple[SQLColumnExpression[bool], ...]:
    # The kind as well: a viewer without a company must not meet our own people, who have none either.
    return (
        User.kind == UserKind.BUYER,
        User.customer_id == viewer.customer_id,
        User.deleted_at.is_(None),
    )


def person_seen_by(viewer: Viewer, user_id: int, *, locked: bool = False) -> User:
    question = people_seen_by(viewer).where(User.id == user_id)
    if locked:
        question = question.with_for_update(of=User).execution_options(populate_existing=True)
    person = db.session.scalars(question).one_or_none()
    if person is None:
        raise NotFound("We cannot find that person.")
    return person


def person(user_id: int) -> User | None:
    return db.session.get(User, user_id)


def person_called(email: str) -> User | None:
    return db.session.scalars(
        select(User)
        .options(selectinload(User.customer))
        .where(User.email == email, User.deleted_at.is_(None))
    ).one_or_none()


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
    q: str = "",
    kind: str = "",
    state: str = "",
    role_id: int | None = None,
    sort: str = "name",
    descending: bool = False,
    after: str | None = None,
    before: str | None = None,
    size: int = PAGE_SIZE,
) -> Page[Any]:
    rows = _people_standing(kind, state)
    asked = [] if viewer.is_staff else [*colleagues_of(viewer)]
    if q:
        asked.append(_found_by(q))
    if role_id is not None:  # the number and not the code: PostgreSQL knows how many hold number 4
        asked.append(User.id.in_(select(UserRole.user_id).where(UserRole.role_id == role_id)))
    order = Sort(PEOPLE_SORTS[sort], User.id, descending)
    return page_of(
        rows.where(*asked) if asked else rows,
        order,
        after=after,
        before=before,
        size=size,
        is_kept=not asked,
    )


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


def holds(column: Sortable, q: str) -> SQLColumnExpression[bool]:
    """These letters anywhere; one or two letters, which no index can find anywhere, at the start of a word."""
    if len(q) < SHORTEST_ANYWHERE:
        return or_(column.istartswith(q, autoescape=True), column.icontains(f" {q}", autoescape=True))
    return column.icontains(q, autoescape=True)


def roles() -> Sequence[Role]:
    return db.session.scalars(select(Role).order_by(Role.kind.desc(), Role.position, Role.name)).all()


def roles_called(codes: Collection[str]) -> list[Role]:
    question = select(Role).where(Role.code.in_(codes)).order_by(Role.position, Role.name)
    return list(db.session.scalars(question.execution_options(populate_existing=True)))


def role(code: str) -> Role:
    question = select(Role).where(Role.code == code).execution_options(populate_existing=True)
    found = db.session.scalars(question).one_or_none()
    if found is None:
        raise NotFound("We cannot find that role.")
    return found


def holders_of(role_id: int) -> int:
    return db.session.scalar(select(func.count()).where(UserRole.role_id == role_id)) or 0


def lock_roles() -> None:
    """Before people, whenever both: changes of who may do what queue here, and see what the one before did."""
    db.session.execute(select(Role.id).order_by(Role.id).with_for_update(key_share=True))


def working_admins() -> set[int]:
    """Who could still let others in. Asked with the roles locked, the answer stays true until the commit."""
    admins = (
        select(User.id)
        .join(UserRole, UserRole.user_id == User.id)
        .join(RolePermission, RolePermission.role_id == UserRole.role_id)
        .where(
            RolePermission.permission == Permission.ADMIN.value,
            User.is_active,
            User.deleted_at.is_(None),
            User.password_hash.is_not(None),
        )
    )
    return set(db.session.scalars(admins))


def customers() -> Sequence[Customer]:
    return db.session.scalars(
        select(Customer).where(Customer.deleted_at.is_(None)).order_by(func.lower(Customer.name))
    ).all()


def customer(customer_id: int, *, locked: bool = False) -> Customer:
    question = select(Customer).where(Customer.id == customer_id, Customer.deleted_at.is_(None))
    found = db.session.scalars(question.with_for_update() if locked else question).one_or_none()
    if found is None:
        raise NotFound("We cannot find that customer.")
    return found


def customer_seen_by(viewer: Viewer, customer_id: int) -> Customer:
    if not viewer.is_staff and viewer.customer_id != customer_id:
        raise NotFound("We cannot find that customer.")
    return customer(customer_id)


def customer_called(typed: str) -> Customer:
    """By code or by name, as somebody types it into a form."""
    matches = or_(Customer.code == typed.upper(), func.lower(Customer.name) == typed.lower())
    found = db.session.scalars(select(Customer).where(matches, Customer.deleted_at.is_(None)).limit(2)).all()
    if len(found) != 1:
        raise Refused(
            f"We know no one customer called {typed}. Type its code, like COPPER-KETTLE.", field="customer_id"
        )
    return found[0]


def code_is_taken(code: str) -> bool:
    return db.session.scalar(select(Customer.id).where(Customer.code == code)) is not None


def first_buyer_of(customer_id: int) -> User | None:
    return db.session.scalars(
        select(User)
        .where(User.customer_id == customer_id, User.deleted_at.is_(None), User.is_active)
        .order_by(User.id)
        .limit(1)
    ).one_or_none()


def mailbox_of_the_desk() -> str | None:
    """The business's own address, else its first administrator's."""
    address = db.session.scalar(select(Setting.email))
    if address:
        return str(address)
    admins = (
        select(User.email)
        .join(UserRole, UserRole.user_id == User.id)
        .join(RolePermission, RolePermission.role_id == UserRole.role_id)
        .where(RolePermission.permission == Permission.ADMIN.value, User.deleted_at.is_(None), User.is_active)
        .order_by(User.id)
        .limit(1)
    )
    return db.session.scalar(admins)
