"""People, customers and roles, reached through the viewer."""

from collections.abc import Collection, Sequence

from sqlalchemy import Select, SQLColumnExpression, func, or_, select
from sqlalchemy.orm import selectinload

from app.accounts.models import Customer, Role, RolePermission, User, UserKind, UserRole
from app.core.access import Permission, Viewer
from app.core.business import Setting
from app.core.database import db
from app.core.errors import NotFound, Refused
from app.core.paging import Sortable

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
    return set(db.session.scalars(_working_holders_of(Permission.ADMIN)))


def who_run_the_company(customer_id: int | None) -> set[int]:
    """Who of this customer's could still let colleagues in; as true as the above."""
    holders = _working_holders_of(Permission.USERS_WRITE)
    return set(db.session.scalars(holders.where(User.customer_id == customer_id)))


def staff_who_may(permission: Permission) -> set[int]:
    """Those of us who could sign in and do it."""
    return working_admins() | set(db.session.scalars(_working_holders_of(permission)))


def _working_holders_of(permission: Permission) -> Select[int]:
    return (
        select(User.id)
        .join(UserRole, UserRole.user_id == User.id)
        .join(RolePermission, RolePermission.role_id == UserRole.role_id)
        .where(
            RolePermission.permission == permission.value,
            User.is_active,
            User.deleted_at.is_(None),
            User.password_hash.is_not(None),
        )
    )


def customers() -> Sequence[Customer]:
    return db.session.scalars(
        select(Customer).where(Customer.deleted_at.is_(None)).order_by(func.lower(Customer.name))
    ).all()


def customer(customer_id: int, *, locked: bool = False) -> Customer:
    question = select(Customer).where(Customer.id == customer_id, Customer.deleted_at.is_(None))
    if locked:
        question = question.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(question).one_or_none()
    if found is None:
        raise NotFound("We cannot find that customer.")
    return found


def customer_seen_by(viewer: Viewer, customer_id: int, *, locked: bool = False) -> Customer:
    if not viewer.is_staff and viewer.customer_id != customer_id:
        raise NotFound("We cannot find that customer.")
    return customer(customer_id, locked=locked)


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
