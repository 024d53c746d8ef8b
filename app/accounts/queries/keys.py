"""API keys as people administer them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, any_, case, func, or_, select

from app.accounts.credentials import ApiKey
from app.accounts.models import Customer, RolePermission, User, UserRole
from app.core.access import Permission
from app.core.database import db
from app.core.errors import NotFound

_key = ApiKey.__table__
_of_its_maker = (
    select(RolePermission.permission)
    .distinct()
    .join(UserRole, UserRole.role_id == RolePermission.role_id)
    .where(UserRole.user_id == _key.c.created_by)
    .correlate(_key)
)
# What a key may do now: no more than its maker may, whose roles can have shrunk since. Docket's own have no maker.
permissions_of_key = case(
    (_key.c.created_by.is_(None), _key.c.permissions),
    (_of_its_maker.where(RolePermission.permission == Permission.ADMIN.value).exists(), _key.c.permissions),
    else_=func.array(
        _of_its_maker.where(
            or_(
                RolePermission.permission == any_(_key.c.permissions),
                any_(_key.c.permissions) == Permission.ADMIN.value,
            )
        ).scalar_subquery()
    ),
)
_keys = (
    select(
        ApiKey,
        Customer.name.label("company"),
        User.name.label("maker"),
        permissions_of_key.label("permissions"),
    )
    .outerjoin(Customer, Customer.id == ApiKey.customer_id)
    .outerjoin(User, User.id == ApiKey.created_by)
)


def keys_listed() -> Sequence[Row[ApiKey, str | None, str | None, list[str]]]:
    """Every key with its customer, its maker and what it may do now; those that work first, the youngest on top."""
    return db.session.execute(_keys.order_by(ApiKey.revoked_at.is_not(None), ApiKey.id.desc())).all()


def key_in_full(key_id: int) -> Row[ApiKey, str | None, str | None, list[str]]:
    found = db.session.execute(_keys.where(ApiKey.id == key_id)).one_or_none()
    if found is None:
        raise NotFound("We cannot find that key.")
    return found


def live_keys_of(user_id: int, at: datetime, *, locked: bool = False) -> Sequence[ApiKey]:
    """Those that this person made and that still work."""
    question = (
        select(ApiKey)
        .where(
            ApiKey.created_by == user_id,
            ApiKey.revoked_at.is_(None),
            or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > at),
        )
        .order_by(ApiKey.id)
    )
    return db.session.scalars(question.with_for_update() if locked else question).all()


def live_keys_bound_to(customer_id: int) -> Sequence[ApiKey]:
    """Locked, for whoever is about to end them."""
    question = select(ApiKey).where(ApiKey.customer_id == customer_id, ApiKey.revoked_at.is_(None))
    return db.session.scalars(question.order_by(ApiKey.id).with_for_update()).all()


def key(key_id: int, *, locked: bool = False) -> ApiKey:
    found = db.session.get(ApiKey, key_id, with_for_update=locked or None)
    if found is None:
        raise NotFound("We cannot find that key.")
    return found
