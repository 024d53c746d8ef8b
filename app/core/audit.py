"""Who changed what, and when: written in the transaction of the change, never altered."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from psycopg.types.json import Jsonb
from sqlalchemy import BigInteger, Identity, Index, String, bindparam, func, inspect
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from app.core.access import Viewer
from app.core.correlation import correlation_id, remote_address
from app.core.database import Model, db
from app.core.questions import Question

Diff = dict[str, Any]  # by field, before and after; under "lines" by SKU

NOT_WORTH_TELLING = {"created_at", "updated_at", "created_by", "updated_by", "version", "last_login_at"}
SECRET = {"secret": True}


class AuditEvent(Model):
    """One thing that happened. A trigger refuses UPDATE and DELETE."""

    __table_args__ = (
        Index(None, "entity", "entity_id", "id"),
        Index(None, "actor", "id"),
        Index(None, "action", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    actor: Mapped[str] = mapped_column(String(40))
    actor_name: Mapped[str] = mapped_column(String(200))
    on_behalf_of: Mapped[int | None] = mapped_column(BigInteger)
    address: Mapped[str | None] = mapped_column(String(60))
    request_id: Mapped[str | None] = mapped_column(String(128))
    entity: Mapped[str] = mapped_column(String(40))
    entity_id: Mapped[int | None] = mapped_column(BigInteger)
    entity_name: Mapped[str] = mapped_column(String(200), default="", server_default="")
    action: Mapped[str] = mapped_column(String(60))
    diff: Mapped[Diff] = mapped_column(JSONB, default=dict, server_default="{}")


class Numbered(Protocol):
    """A row of any table that numbers its rows."""

    __tablename__: Any
    id: Any


_COLUMNS = (
    *("actor", "actor_name", "on_behalf_of", "address", "request_id"),
    *("entity", "entity_id", "entity_name", "action", "diff"),
)
_RECORD = Question(
    insert(AuditEvent).values({name: bindparam(name) for name in _COLUMNS}).returning(AuditEvent.id)
)


def record(action: str, row: Numbered, *, by: Viewer, diff: Diff | None = None) -> None:
    """Note an action on a row, with what changed since it was loaded unless told otherwise."""
    changed = changes_of(row) if diff is None else diff
    if not inspect(row).has_identity:
        db.session.flush()
    on_behalf_of = getattr(row, "customer_id", None) if by.is_staff else None
    _write(
        action,
        entity=row.__tablename__,
        entity_id=row.id,
        name=str(row),
        on_behalf_of=on_behalf_of,
        by=by,
        diff=changed,
    )


def note(
    action: str,
    *,
    entity: str,
    name: str,
    by: Viewer,
    diff: Diff | None = None,
    entity_id: int | None = None,
) -> None:
    """Something that happened to no row (a refused sign-in, an export), or to one that the writer may not import."""
    _write(action, entity=entity, entity_id=entity_id, name=name, on_behalf_of=None, by=by, diff=diff or {})


def _write(
    action: str,
    *,
    entity: str,
    entity_id: int | None,
    name: str,
    on_behalf_of: int | None,
    by: Viewer,
    diff: Diff,
) -> None:
    _RECORD.ask(
        actor=by.principal or "anonymous",
        actor_name=by.name,
        on_behalf_of=on_behalf_of,
        address=remote_address(),
        request_id=correlation_id(),
        entity=entity,
        entity_id=entity_id,
        entity_name=name[:200],
        action=action,
        diff=Jsonb(diff),
    )


def changes_of(row: Numbered) -> Diff:
    """Column by column, before and after; secrets only say that they changed."""
    state = inspect(row)
    diff: Diff = {}
    for column in state.mapper.column_attrs:
        history = state.attrs[column.key].history
        if column.key in NOT_WORTH_TELLING or not history.has_changes():
            continue
        before = _plain(history.deleted[0]) if history.deleted else None
        after = _plain(history.added[0]) if history.added else None
        if before == after:
            continue
        if column.columns[0].info.get("secret"):
            before, after = "…", "…"
        diff[column.key] = [before, after]
    return diff


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    if value is None or isinstance(value, bool | int | str | list | dict):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
