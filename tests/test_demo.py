"""The demo business: there once, and in the history like any other."""

from sqlalchemy import func, select

from app import demo
from app.core.audit import AuditEvent
from app.core.database import db


def recorded(action: str) -> set[str]:
    return set(db.session.scalars(select(AuditEvent.entity_name).where(AuditEvent.action == action)))


def test_everybody_and_every_customer_of_the_demo_is_in_the_history(context):
    assert demo.load()
    assert recorded("user.created") == {person.name for person in demo.PEOPLE}
    assert recorded("customer.created") == set(demo.CUSTOMERS.values())


def test_the_demo_is_loaded_once(context):
    assert demo.load()
    events = db.session.scalar(select(func.count(AuditEvent.id)))
    assert not demo.load()
    assert db.session.scalar(select(func.count(AuditEvent.id))) == events
