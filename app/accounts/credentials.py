"""What proves who somebody is: sessions, one-time links, API keys, refresh tokens, attempts."""

from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import TokenKind, User
from app.core.audit import SECRET
from app.core.database import Edited, Model, Record

BUYER_IDLE, BUYER_LONGEST = timedelta(hours=12), timedelta(days=7)
STAFF_IDLE, STAFF_LONGEST = timedelta(minutes=30), timedelta(hours=12)
LINK_LIFE = {
    TokenKind.RESET: timedelta(minutes=60),
    TokenKind.VERIFY: timedelta(days=3),
    TokenKind.INVITE: timedelta(days=7),
}


class Session(Record):
    """One signed-in device. The cookie holds the token, we hold its fingerprint."""

    __tablename__ = "session"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True, info=SECRET)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    address: Mapped[str] = mapped_column(String(60), default="")
    device: Mapped[str] = mapped_column(String(120), default="")
    last_seen_at: Mapped[datetime]
    confirmed_at: Mapped[datetime] = mapped_column(server_default=func.now())  # by typing the password
    idle_until: Mapped[datetime]
    expires_at: Mapped[datetime]


class OneTimeToken(Record):
    """A link in a mail: single use, dead after a while, and bound to what was true when it was asked for."""

    __tablename__ = "one_time_token"
    __table_args__ = (CheckConstraint("kind IN ('verify', 'reset', 'invite')", name="kind"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    kind: Mapped[TokenKind] = mapped_column(String(6))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, info=SECRET)
    bound_to: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class RefreshToken(Record):
    """One link in a chain of API sign-ins. Using a link twice breaks the whole chain:
    a family lives while none of its links is revoked."""

    __tablename__ = "refresh_token"
    __table_args__ = (
        Index("ix_refresh_token_revoked", "family", postgresql_where=text("revoked_at IS NOT NULL")),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    family: Mapped[str] = mapped_column(String(32), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, info=SECRET)
    expires_at: Mapped[datetime]
    family_expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ApiKey(Edited, Record):
    """A program's way in: scoped, revocable, bound to one customer or to none."""

    __tablename__ = "api_key"
    __table_args__ = (Index("ix_api_key_live", "id", postgresql_where=text("revoked_at IS NULL")),)

    name: Mapped[str] = mapped_column(String(80))
    prefix: Mapped[str] = mapped_column(String(16), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64), info=SECRET)
    permissions: Mapped[list[str]] = mapped_column(ARRAY(String(30)))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    allowed_addresses: Mapped[list[str]] = mapped_column(ARRAY(String(43)), server_default="{}")  # none: any
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    def __str__(self) -> str:
        return self.name

    def is_live(self, at: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)


class LoginAttempt(Model):
    """A bucket of tries for an account, an address or a known device; it refills with time."""

    __tablename__ = "login_attempt"

    bucket: Mapped[str] = mapped_column(String(120), primary_key=True)
    full_at: Mapped[datetime] = mapped_column(index=True)
