"""The audit log of an import: one event for each row that changed, written by one statement."""

from typing import Any

from sqlalchemy import ColumnElement, Text, and_, case, cast, func, insert, literal, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from app.core.audit import AuditEvent
from app.core.correlation import correlation_id
from app.core.database import db
from app.imports.models import ImportRow, Verdict
from app.imports.queries.parts import TO_WRITE, Part


def note_rows(part: Part, action: str, *, entity: str, named_by: tuple[str, ...], undone: bool) -> None:
    names = [func.nullif(ImportRow.values[name].astext, "") for name in named_by]
    facts: dict[str, Any] = {
        "actor": literal(part.by.principal),
        "actor_name": literal(part.by.name),
        "request_id": literal(correlation_id(), Text),
        "entity": literal(entity),
        "entity_id": ImportRow.row_id,
        "entity_name": func.left(func.coalesce(*names), 200),
        "action": literal(action),
        "diff": _difference(undone=undone),
    }
    rows = select(*facts.values()).where(part.rows(*TO_WRITE)).order_by(ImportRow.line)
    db.session.execute(insert(AuditEvent).from_select([*facts], rows, include_defaults=False))


def _difference(*, undone: bool) -> ColumnElement[Any]:
    """Column by column, before and after: of a new row all that it says, of a changed one what changed."""
    said = func.jsonb_each(ImportRow.values).table_valued("key", "value").lateral()
    before = case(
        (ImportRow.verdict == Verdict.NEW, cast(literal("null"), JSONB)), else_=ImportRow.before[said.c.key]
    )
    pair = (cast(said.c.value, JSONB), before) if undone else (before, cast(said.c.value, JSONB))
    is_told = or_(
        and_(ImportRow.verdict == Verdict.NEW, cast(said.c.value, Text) != '""'),
        ImportRow.before.has_key(said.c.key),
    )
    return (
        select(
            func.coalesce(
                func.jsonb_object_agg(said.c.key, func.jsonb_build_array(*pair)), cast(literal("{}"), JSONB)
            )
        )
        .where(is_told)
        .scalar_subquery()
    )
