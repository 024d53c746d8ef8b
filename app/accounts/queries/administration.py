"""What the pages of administration show around the people themselves."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import Row, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.accounts.models import Customer, CustomerStatus, Role, User
from app.accounts.queries.people import STANDINGS
from app.core.audit import AuditEvent
from app.core.database import Record, db
from app.core.paging import COUNTED_EXACTLY
from app.core.questions import Question


class Surroundings(NamedTuple):
    """What stands around the list of people: how many each tab holds, and the roles to choose from."""

    counts: dict[str, int]
    roles: list[tuple[int, str, str]]

    def role_id(self, code: str) -> int | None:
        return next((role_id for role_id, known_as, _ in self.roles if known_as == code), None)


_counts = [
    select(func.count())
    .select_from(select(User.id).where(User.standing == standing).limit(COUNTED_EXACTLY + 1).subquery())
    .scalar_subquery()
    for standing in STANDINGS
]
_roles_in_order = aggregate_order_by(
    func.jsonb_build_array(Role.id, Role.code, Role.name), Role.position, Role.name
)
AROUND_PEOPLE = Question(select(*_counts, select(func.jsonb_agg(_roles_in_order)).scalar_subquery()))


def surroundings_of_people() -> Surroundings:
    """One question; a tab is counted to a thousand."""
    *found, roles_found = AROUND_PEOPLE.ask().one()
    return Surroundings(dict(zip(STANDINGS, found, strict=True)), roles_found or [])


def customers_to_choose(limit: int = 200) -> Sequence[Row[str, str]]:
    """Codes and names to offer while somebody types; any other can be typed in full."""
    return db.session.execute(
        select(Customer.code, Customer.name)
        .where(Customer.deleted_at.is_(None), Customer.status != CustomerStatus.CLOSED)
        .order_by(func.lower(Customer.name))
        .limit(limit)
    ).all()


def last_events_of(row: Record, among: Collection[str], *, limit: int = 8) -> Sequence[AuditEvent]:
    """What happened to this row, the latest first, of what the page has words for: other rooms have pages, too."""
    return db.session.scalars(
        select(AuditEvent)
        .where(
            AuditEvent.entity == row.__tablename__,
            AuditEvent.entity_id == row.id,
            AuditEvent.action.in_(among),
        )
        .order_by(AuditEvent.id.desc())
        .limit(limit)
    ).all()
