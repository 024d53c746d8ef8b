"""What tests of administration share: the person as the one who acts, and what was left behind."""

from datetime import timedelta

from sqlalchemy import func, select

from app.accounts.credentials import RefreshToken, Session
from app.accounts.models import User
from app.accounts.queries import people as queries
from app.accounts.service import people, signing_in
from app.accounts.service.signing_in import Device, Proof
from app.core import clock
from app.core.access import Viewer
from app.core.audit import AuditEvent
from app.core.database import db
from app.core.outbox import OutboxMessage


def acting(user: User) -> Viewer:
    """This person, signed in."""
    permissions = {p for role in queries.roles_called(codes_of(user)) for p in role.permissions}
    return Viewer(
        principal=f"user:{user.id}",
        name=user.name,
        user_id=user.id,
        is_staff=user.is_staff,
        customer_id=user.customer_id,
        permissions=frozenset(permissions),
    )


def codes_of(user: User) -> list[str]:
    return queries.person_seen_by(EVERYBODY, user.id).role_codes


def now(user: User) -> User:
    """The person as the database has them."""
    db.session.expire_all()
    return queries.person_seen_by(EVERYBODY, user.id)


def actions() -> list[str]:
    """What the audit log says, in order; signing in left out."""
    found = db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id))
    return [action for action in found if not action.startswith("session.")]


def promises() -> list[tuple[str, dict]]:
    rows = db.session.execute(select(OutboxMessage.topic, OutboxMessage.payload).order_by(OutboxMessage.id))
    return [(topic, payload) for topic, payload in rows]


def invited(by, **given):
    facts = {"email": "ida@millrace.example", "name": "Ida Hall", "kind": "staff", "roles": ["warehouse"]}
    return people.invite(**(facts | given), by=acting(by), at=clock.now())


def edited(user, by, **changes):
    user = now(user)
    facts = {"name": user.name, "email": user.email, "phone": user.phone, "roles": user.role_codes}
    return people.edit(user.id, **(facts | {"version": user.version} | changes), by=acting(by))


def out(verb, user, by, **more):
    return verb(user.id, by=acting(by), at=clock.now(), **more)


def signed_in(user: User) -> str:
    """With a device and a program."""
    found = now(user)
    proof = Proof(found, found.password_hash)
    token = signing_in.open_session(proof, device=Device(), at=clock.now())
    db.session.add(
        RefreshToken(
            user_id=user.id,
            family="f",
            token_hash=f"hash-{user.id}",
            expires_at=clock.now() + timedelta(days=1),
            family_expires_at=clock.now() + timedelta(days=1),
        )
    )
    db.session.commit()
    return token


def sessions_of(user: User) -> int:
    return db.session.scalar(select(func.count()).where(Session.user_id == user.id)) or 0


EVERYBODY = Viewer(principal="test", is_staff=True)
