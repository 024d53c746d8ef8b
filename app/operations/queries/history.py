"""The audit log as people look through it: who, what, when, on which row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.core.audit import AuditEvent
from app.core.database import db
from app.core.paging import Page, Sort, page_of
from app.core.streaming import EveryRow

LARGEST_ID = 2**63 - 1
NEWEST_FIRST = Sort(AuditEvent.id, AuditEvent.id, descending=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What somebody looks for in the log; nothing of it has to be said."""

    actor: str = ""
    action: str = ""
    entity: str = ""
    entity_id: int | None = None
    request_id: str = ""
    first_day: date | None = None
    last_day: date | None = None


def events_listed(
    sought: Sought, *, zone: str, after: str | None = None, before: str | None = None
) -> Page[Any]:
    """Newest first; days are days at the business."""
    rows = select(AuditEvent).where(*_conditions(sought, ZoneInfo(zone)))
    return page_of(rows, NEWEST_FIRST, after=after, before=before)


def every_event(sought: Sought, *, zone: str) -> EveryRow:
    """The same list, whole."""
    rows = select(*AuditEvent.__table__.columns).where(*_conditions(sought, ZoneInfo(zone)))
    return EveryRow(rows, NEWEST_FIRST)


def _conditions(sought: Sought, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    exactly = {"action": AuditEvent.action, "entity": AuditEvent.entity, "request_id": AuditEvent.request_id}
    found = [column == getattr(sought, name) for name, column in exactly.items() if getattr(sought, name)]
    if sought.entity_id is not None:
        found.append(AuditEvent.entity_id == min(sought.entity_id, LARGEST_ID))
    if sought.actor:
        like = f"%{sought.actor.replace('%', '').replace('_', '')}%"
        found.append(or_(AuditEvent.actor_name.ilike(like), AuditEvent.actor == sought.actor))
    if sought.first_day:
        found.append(AuditEvent.at >= _start_of(sought.first_day, zone))
    if sought.last_day:
        found.append(AuditEvent.at < _start_of(sought.last_day + timedelta(days=1), zone))
    return found


def _start_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)


def entities() -> Sequence[str]:
    return _different(AuditEvent.entity)


def actions() -> Sequence[str]:
    return _different(AuditEvent.action)


def _different(column: InstrumentedAttribute[str]) -> Sequence[str]:
    """The few values of an indexed column of a long table: jump from each to the next."""
    first = select(func.min(column).label("value")).cte("different", recursive=True)
    following = select(func.min(column)).where(column > first.c.value).scalar_subquery()
    different = first.union_all(select(following).where(first.c.value.is_not(None)))
    return list(db.session.scalars(select(different.c.value).where(different.c.value.is_not(None))))
