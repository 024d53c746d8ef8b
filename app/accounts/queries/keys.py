"""API keys as people administer them."""

from collections.abc import Sequence

from sqlalchemy import Row, select

from app.accounts.credentials import ApiKey
from app.accounts.models import Customer
from app.core.database import db
from app.core.errors import NotFound

_keys = select(ApiKey, Customer.name).outerjoin(Customer, Customer.id == ApiKey.customer_id)


def keys_listed() -> Sequence[Row[ApiKey, str | None]]:
    """Every key with the customer it is bound to; those that work first, the youngest on top."""
    return db.session.execute(_keys.order_by(ApiKey.revoked_at.is_not(None), ApiKey.id.desc())).all()


def key_with_company(key_id: int) -> Row[ApiKey, str | None]:
    found = db.session.execute(_keys.where(ApiKey.id == key_id)).one_or_none()
    if found is None:
        raise NotFound("We cannot find that key.")
    return found


def key(key_id: int, *, locked: bool = False) -> ApiKey:
    found = db.session.get(ApiKey, key_id, with_for_update=locked or None)
    if found is None:
        raise NotFound("We cannot find that key.")
    return found
