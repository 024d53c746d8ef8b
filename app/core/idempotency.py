"""A request that may arrive twice and does its work once: its key, and the answer it got."""

from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import (
    BigInteger,
    Identity,
    Index,
    LargeBinary,
    String,
    bindparam,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Model, db, rows_changed
from app.core.questions import Question


class IdempotencyKey(Model):
    """Inserted first and completed in the transaction of the work, so that twins wait for each other."""

    __tablename__ = "idempotency_key"
    __table_args__ = (Index("uq_idempotency_key_principal_key", "principal", "key", unique=True),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp(), index=True)
    principal: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(255))
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None]
    headers: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    body: Mapped[bytes | None] = mapped_column(LargeBinary)


_CLAIM = Question(
    insert(IdempotencyKey)
    .values({name: bindparam(name) for name in ("principal", "key", "fingerprint", "headers")})
    .on_conflict_do_nothing(index_elements=["principal", "key"])
    .returning(IdempotencyKey.id)
)
_KEEP = Question(
    update(IdempotencyKey)
    .where(IdempotencyKey.id == bindparam("claimed", type_=BigInteger))
    .values({name: bindparam(name) for name in ("status", "headers", "body")})
    .returning(IdempotencyKey.id)
)


def claim(principal: str, key: str, fingerprint: str) -> int | None:
    """Mine to work on, or None when an equal key was here before: it waits until that one has committed."""
    row = _CLAIM.ask(principal=principal, key=key, fingerprint=fingerprint, headers=Jsonb({})).one_or_none()
    return row.id if row else None


def keep(claimed: int, *, status: int, headers: dict[str, str], body: bytes) -> None:
    """The answer of the work, for whoever asks again."""
    _KEEP.ask(claimed=claimed, status=status, headers=Jsonb(headers), body=body)


def earlier(principal: str, key: str) -> IdempotencyKey | None:
    return db.session.scalars(
        select(IdempotencyKey).where(IdempotencyKey.principal == principal, IdempotencyKey.key == key)
    ).one_or_none()


def forget(before: datetime) -> int:
    """Nobody repeats a request that late."""
    return rows_changed(delete(IdempotencyKey).where(IdempotencyKey.created_at < before))
