"""Sessions, links and buckets of attempts."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.accounts.credentials import LoginAttempt, OneTimeToken, RefreshToken, Session
from app.accounts.models import Customer, RolePermission, TokenKind, User, UserRole
from app.core.business import Setting
from app.core.database import db, rows_changed
from app.core.questions import Question

# Asked by every page, so it is written once: plain tables, and values bound by name.
_session, _user, _customer = Session.__table__, User.__table__, Customer.__table__
permissions_of_user = (
    select(func.array_agg(RolePermission.permission.distinct()))
    .join(UserRole, UserRole.role_id == RolePermission.role_id)
    .where(UserRole.user_id == _user.c.id)
    .scalar_subquery()
)
version_of_settings = select(Setting.version).scalar_subquery()
SIGNED_IN_AS = Question(
    select(
        _session.c.id.label("session_id"),
        _session.c.last_seen_at,
        _session.c.confirmed_at,
        _user.c.id.label("user_id"),
        _user.c.name,
        _user.c.email,
        _user.c.kind,
        _user.c.customer_id,
        _user.c.prefs,
        _customer.c.name.label("company"),
        permissions_of_user.label("permissions"),
        version_of_settings.label("settings_version"),
    )
    .join_from(_session, _user, _user.c.id == _session.c.user_id)
    .outerjoin(_customer, _customer.c.id == _user.c.customer_id)
    .where(
        _session.c.token_hash == bindparam("token_hash"),
        _session.c.idle_until > bindparam("at"),
        _session.c.expires_at > bindparam("at"),
        _user.c.is_active,
        _user.c.deleted_at.is_(None),
    )
)


def signed_in_as(token_hash: str, at: datetime) -> Row[*tuple[Any, ...]] | None:
    """Session, person, customer, permissions and the version of the settings: one question per page."""
    return SIGNED_IN_AS.ask(token_hash=token_hash, at=at).one_or_none()


def sessions_of(user_id: int, at: datetime) -> Sequence[Session]:
    return db.session.scalars(
        select(Session)
        .where(Session.user_id == user_id, Session.expires_at > at, Session.idle_until > at)
        .order_by(Session.last_seen_at.desc())
    ).all()


def note_sign_in(user_id: int, password_hash: str, at: datetime) -> bool:
    """False when this is their password no more, or they may not enter: one statement decides, and locks.

    Past the version: whoever edits this person meanwhile has no quarrel with it.
    """
    may_enter = _still_has(user_id, password_hash) & User.is_active & User.deleted_at.is_(None)
    noted = update(User).where(may_enter).values(last_login_at=at, updated_at=User.updated_at)
    return rows_changed(noted.execution_options(synchronize_session=False)) == 1


def replace_hash(user_id: int, old: str, new: str) -> bool:
    """False when somebody set another password meanwhile."""
    replaced = (
        update(User).where(_still_has(user_id, old)).values(password_hash=new, updated_at=User.updated_at)
    )
    return rows_changed(replaced.execution_options(synchronize_session=False)) == 1


def _still_has(user_id: int, password_hash: str) -> ColumnElement[bool]:
    return (User.id == user_id) & (User.password_hash == password_hash)


def touch_session(session_id: int, *, seen: datetime, idle_until: datetime) -> None:
    """Its end is its own: no look moves `expires_at`."""
    looked = {"last_seen_at": seen, "idle_until": idle_until}
    db.session.execute(update(Session).where(Session.id == session_id).values(**looked))


def renew_session(session_id: int, *, token_hash: str, at: datetime) -> bool:
    """Confirmed now, under a new token: the old one opens nothing any more. False if it ended meanwhile."""
    renewed = rows_changed(
        update(Session).where(Session.id == session_id).values(token_hash=token_hash, confirmed_at=at)
    )
    return renewed == 1


def end_session(user_id: int, session_id: int) -> bool:
    ended = delete(Session).where(Session.user_id == user_id, Session.id == session_id)
    return rows_changed(ended) == 1


def end_sessions(user_id: int, *, except_for: int | None = None) -> int:
    ended = delete(Session).where(Session.user_id == user_id)
    if except_for is not None:
        ended = ended.where(Session.id != except_for)
    return rows_changed(ended)


def revoke_refresh_tokens(user_id: int, at: datetime) -> None:
    db.session.execute(
        update(RefreshToken)
        .where(RefreshToken.user_id == user_id, RefreshToken.revoked_at.is_(None))
        .values(revoked_at=at)
    )


def live_link(kind: TokenKind, token_hash: str, at: datetime) -> OneTimeToken | None:
    return db.session.scalars(
        select(OneTimeToken).where(
            OneTimeToken.kind == kind,
            OneTimeToken.token_hash == token_hash,
            OneTimeToken.used_at.is_(None),
            OneTimeToken.expires_at > at,
        )
    ).one_or_none()


def use_link(link_id: int, at: datetime) -> bool:
    """True for exactly one of all who try."""
    used = rows_changed(
        update(OneTimeToken)
        .where(OneTimeToken.id == link_id, OneTimeToken.used_at.is_(None))
        .values(used_at=at)
    )
    return used == 1


def put_link(values: dict[str, Any]) -> None:
    """A mail that is sent again carries the same link: the row is already there then."""
    db.session.execute(
        insert(OneTimeToken).values(**values).on_conflict_do_nothing(index_elements=["token_hash"])
    )


def kill_links(user_id: int, kind: TokenKind, at: datetime, *, except_for: str = "") -> None:
    db.session.execute(
        update(OneTimeToken)
        .where(
            OneTimeToken.user_id == user_id,
            OneTimeToken.kind == kind,
            OneTimeToken.used_at.is_(None),
            OneTimeToken.token_hash != except_for,
        )
        .values(used_at=at)
    )


def take_try(bucket: str, *, tries: int, per: timedelta) -> bool:
    """One statement decides: the bucket has a try left and loses it, or it has none."""
    one, now = per / tries, func.clock_timestamp()
    refilled = func.greatest(LoginAttempt.full_at, now)
    taken = db.session.execute(
        insert(LoginAttempt)
        .values(bucket=bucket, full_at=now + one)
        .on_conflict_do_update(
            index_elements=["bucket"],
            set_={"full_at": refilled + one},
            where=refilled + one <= now + per,
        )
        .returning(LoginAttempt.bucket)
    )
    return taken.first() is not None


def give_try_back(bucket: str, *, tries: int, per: timedelta) -> None:
    db.session.execute(
        update(LoginAttempt)
        .where(LoginAttempt.bucket == bucket)
        .values(full_at=LoginAttempt.full_at - per / tries)
    )


def forget_bucket(bucket: str) -> None:
    """Whoever it is about has all tries again."""
    db.session.execute(delete(LoginAttempt).where(LoginAttempt.bucket == bucket))


def forget_full_buckets() -> int:
    return rows_changed(delete(LoginAttempt).where(LoginAttempt.full_at < func.clock_timestamp()))


def prune(before: datetime) -> None:
    """Sessions and links that ended long ago answer no question any more."""
    db.session.execute(delete(Session).where(Session.expires_at < before))
    db.session.execute(delete(OneTimeToken).where(OneTimeToken.expires_at < before))
    db.session.execute(delete(RefreshToken).where(RefreshToken.family_expires_at < before))
