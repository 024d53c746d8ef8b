"""Ways of delivery: what they cost, when they go, and the days on which nothing does."""

from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from decimal import Decimal

from app.catalogue.models import ClosedDay, DeliveryMethod
from app.catalogue.queries import delivery as queries
from app.catalogue.queries import taxes
from app.core import audit
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import Refused
from app.core.transaction import refusing, use_case

LONGEST_LEAD = 60
EVERY_DAY = frozenset(range(1, 8))
STEP = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Everything that people say about a delivery method."""

    name: str
    price_net: Decimal
    free_over_net: Decimal | None
    tax_class_id: int
    weekdays: list[int]
    lead_days: int
    cutoff_time: time


@use_case
def create(terms: Terms, *, by: Viewer) -> DeliveryMethod:
    """The last to be offered."""
    _check(terms)
    position = queries.last_position() + STEP
    method = DeliveryMethod(**asdict(terms), position=position, created_by=by.user_id, updated_by=by.user_id)
    with _name_unique(terms.name):
        db.session.add(method)
    audit.record("delivery_method.created", method, by=by, diff={"name": [None, terms.name]})
    return method


@use_case
def edit(method_id: int, terms: Terms, *, version: int, by: Viewer) -> DeliveryMethod:
    method = queries.delivery_method(method_id, locked=True)
    method.expect(version)
    _check(terms)
    with _name_unique(terms.name):
        for name, value in asdict(terms).items():
            setattr(method, name, value)
        method.mark_edited(by.user_id)
        diff = audit.changes_of(method)
    audit.record("delivery_method.edited", method, by=by, diff=diff)
    return method


@use_case
def remove(method_id: int, *, version: int, by: Viewer, at: datetime) -> DeliveryMethod:
    """No longer offered; orders that chose it keep it."""
    method = queries.delivery_method(method_id, locked=True)
    method.expect(version)
    method.deleted_at = at
    method.mark_edited(by.user_id)
    audit.record("delivery_method.removed", method, by=by)
    return method


@use_case
def close(day: date, *, reason: str, today: date, by: Viewer) -> ClosedDay:
    if day < today:
        raise Refused("This day is over. Choose a later one.", field="day")
    closed = ClosedDay(day=day, reason=reason)
    with refusing(uq_closed_day_day=Refused("This day is closed already.", field="day")):
        db.session.add(closed)
    audit.record("closed_day.added", closed, by=by, diff={"day": [None, str(day)], "reason": [None, reason]})
    return closed


@use_case
def open_again(closed_day_id: int, *, by: Viewer) -> ClosedDay:
    closed = queries.closed_day(closed_day_id)
    audit.record("closed_day.removed", closed, by=by, diff={"day": [str(closed.day), None]})
    db.session.delete(closed)
    return closed


def _check(terms: Terms) -> None:
    if not terms.weekdays or not EVERY_DAY.issuperset(terms.weekdays):
        raise Refused("Tick the days on which it goes.", field="weekdays")
    if not 0 <= terms.lead_days <= LONGEST_LEAD:
        raise Refused(f"Type {LONGEST_LEAD} or fewer.", field="lead_days")
    if not taxes.tax_class_is_there(terms.tax_class_id):
        raise Refused("This tax class is gone. Choose another one.", field="tax_class_id")


def _name_unique(name: str) -> AbstractContextManager[None]:
    taken = Refused(f"There is a delivery method called {name} already.", field="name")
    return refusing(uq_delivery_method_name=taken)
