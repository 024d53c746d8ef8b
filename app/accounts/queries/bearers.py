"""Who a program speaks for: families of refresh tokens, and API keys."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, exists, or_, select, update
from sqlalchemy.orm import aliased

from app.accounts.credentials import ApiKey, RefreshToken
from app.accounts.models import Customer, User
from app.accounts.queries.credentials import permissions_of_user, version_of_settings
from app.accounts.queries.keys import permissions_of_key
from app.core.database import db, rows_changed
from app.core.questions import Question

MINUTE = timedelta(minutes=1)


def _is_broken(family: Any) -> ColumnElement[bool]:
    # Any revoked link condemns the family: a rotation under way may add one that the revoker cannot see.
    other = aliased(RefreshToken)
    return exists().where(other.family == family, other.revoked_at.is_not(None))


# Asked by every request, so they are written once: plain tables, and values bound by name.
_user, _customer, _link, _key = User.__table__, Customer.__table__, RefreshToken.__table__, ApiKey.__table__
PERSON_OF_FAMILY = Question(
    select(
        _user.c.id.label("user_id"),
        _user.c.name,
        _user.c.email,
        _user.c.kind,
        _user.c.customer_id,
        _customer.c.name.label("company"),
        permissions_of_user.label("permissions"),
        version_of_settings.label("settings_version"),
    )
    .select_from(_user)
    .outerjoin(_customer, _customer.c.id == _user.c.customer_id)
    .where(
        _user.c.id == bindparam("user_id"),
        _user.c.is_active,
        _user.c.deleted_at.is_(None),
        exists().where(
            _link.c.family == bindparam("family"),
            _link.c.user_id == _user.c.id,
            _link.c.family_expires_at > bindparam("at"),
        ),
        ~_is_broken(bindparam("family")),
    )
)
KEY_CALLED = Question(
    select(
        _key.c.id,
        _key.c.name,
        _key.c.secret_hash,
        permissions_of_key.label("permissions"),
        _key.c.customer_id,
        _key.c.allowed_addresses,
        _key.c.expires_at,
        _key.c.last_used_at,
        _customer.c.name.label("company"),
        version_of_settings.label("settings_version"),
    )
    .select_from(_key)
    .outerjoin(_customer, _customer.c.id == _key.c.customer_id)
    .where(_key.c.prefix == bindparam("prefix"), _key.c.revoked_at.is_(None))
)


def person_of_family(user_id: int, family: str, at: datetime) -> Row[*tuple[Any, ...]] | None:
    """Person, customer, permissions, and whether the sign-in still stands: one question per request."""
    return PERSON_OF_FAMILY.ask(user_id=user_id, family=family, at=at).one_or_none()


def key_called(prefix: str) -> Row[*tuple[Any, ...]] | None:
    """A key that has not been revoked, with its customer: one question per request."""
    return KEY_CALLED.ask(prefix=prefix).one_or_none()


def use_refresh_token(token_hash: str, at: datetime) -> RefreshToken | None:
    """The link, for exactly one of all who try: one statement decides."""
    return db.session.scalars(
        update(RefreshToken)
        .where(
            RefreshToken.token_hash == token_hash,
            RefreshToken.used_at.is_(None),
            RefreshToken.expires_at > at,
            ~_is_broken(RefreshToken.family),
        )
        .values(used_at=at)
        .returning(RefreshToken)
        .execution_options(synchronize_session=False)
    ).one_or_none()


def used_refresh_token(token_hash: str) -> RefreshToken | None:
    return db.session.scalars(
        select(RefreshToken).where(RefreshToken.token_hash == token_hash, RefreshToken.used_at.is_not(None))
    ).one_or_none()


def refresh_token(token_hash: str) -> RefreshToken | None:
    return db.session.scalars(select(RefreshToken).where(RefreshToken.token_hash == token_hash)).one_or_none()


def revoke_family(family: str, at: datetime) -> bool:
    """False when it was over already."""
    ended = rows_changed(
        update(RefreshToken)
        .where(RefreshToken.family == family, RefreshToken.revoked_at.is_(None))
        .values(revoked_at=at)
    )
    return ended > 0


def touch_key(key_id: int, at: datetime) -> None:
    """Whoever finds the row locked leaves it: somebody else is writing the same minute."""
    stale = (
        select(ApiKey.id)
        .where(ApiKey.id == key_id, or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < at - MINUTE))
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    db.session.execute(
        update(ApiKey)
        .where(ApiKey.id == stale)
        .values(last_used_at=at, updated_at=ApiKey.updated_at)
        .execution_options(synchronize_session=False)
    )
