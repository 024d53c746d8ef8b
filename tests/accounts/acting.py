"""What tests of administration share: the person as the one who acts, and what was left behind."""

from sqlalchemy import select

from app.accounts.models import User
from app.accounts.queries import people
from app.core.access import Viewer
from app.core.audit import AuditEvent
from app.core.database import db
from app.core.outbox import OutboxMessage


def acting(user: User) -> Viewer:
    """This person, signed in."""
    permissions = {p for role in people.roles_called(codes_of(user)) for p in role.permissions}
    return Viewer(
        principal=f"user:{user.id}",
        name=user.name,
        user_id=user.id,
        is_staff=user.is_staff,
        customer_id=user.customer_id,
        permissions=frozenset(permissions),
    )


def codes_of(user: User) -> list[str]:
    return people.person_seen_by(EVERYBODY, user.id).role_codes


def now(user: User) -> User:
    """The person as the database has them."""
    db.session.expire_all()
    return people.person_seen_by(EVERYBODY, user.id)


def actions() -> list[str]:
    """What the audit log says, in order; signing in left out."""
    found = db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id))
    return [action for action in found if not action.startswith("session.")]


def promises() -> list[tuple[str, dict]]:
    rows = db.session.execute(select(OutboxMessage.topic, OutboxMessage.payload).order_by(OutboxMessage.id))
    return [(topic, payload) for topic, payload in rows]


EVERYBODY = Viewer(principal="test", is_staff=True)
