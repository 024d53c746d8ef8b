"""Counts over several features, in one question."""

from typing import NamedTuple

from sqlalchemy import func, select

from app.accounts.models import Customer, CustomerStatus, User
from app.core.access import Permission, Viewer
from app.core.database import Question
from app.core.outbox import OutboxMessage


class Waiting(NamedTuple):
    """None where the viewer may not know."""

    applications: int | None
    invitations: int | None
    failed: int | None


_customer, _user, _message = Customer.__table__, User.__table__, OutboxMessage.__table__
WHAT_WAITS = Question(
    select(
        select(func.count())
        .where(_customer.c.status == CustomerStatus.APPLIED.value, _customer.c.deleted_at.is_(None))
        .scalar_subquery(),
        select(func.count()).where(_user.c.standing == "invited").scalar_subquery(),
        select(func.count()).where(_message.c.dead_at.is_not(None)).scalar_subquery(),
    )
)


def what_waits_for(viewer: Viewer) -> Waiting:
    applications, invitations, failed = WHAT_WAITS.ask().one()
    people, settings = viewer.may(Permission.USERS_WRITE), viewer.may(Permission.SETTINGS_WRITE)
    return Waiting(
        applications=applications if people else None,
        invitations=invitations if people else None,
        failed=failed if settings else None,
    )
