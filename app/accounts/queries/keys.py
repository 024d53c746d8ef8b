"""API keys as people administer them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, or_, select

from app.accounts.credentials import ApiKey
from app.accounts.models import Customer, User
from app.core.database import db
from app.core.errors import NotFound

_keys = (
    select(ApiKey, Customer.name.label("company"), User.name.label("maker"))
    .outerjoin(Customer, Customer.id == ApiKey.customer_id)
    .outerjoin(User, User.id == ApiKey.created_by)
)


def keys_listed() -> Sequence[Row[ApiKey, str | None, str | None]]:
    """Every key with the customer it is bound to and who made it; those that work first, the youngest on top."""
    return db.session.execute(_keys.order_by(ApiKey.revoked_at.is_not(None), ApiKey.id.desc())).all()


def key_in_full(key_id: int) -> Row[ApiKey, str | None, str | None]:
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


def key(key_id: int, *, locked: bool = False) -> ApiKey:
    found = db.session.get(ApiKey, key_id, with_for_update=locked or None)
    if found is None:
        raise NotFound("We cannot find that key.")
    return found
