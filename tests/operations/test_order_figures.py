"""What monitoring reads about orders."""

import re
from datetime import timedelta

import pytest

from app.core import clock
from app.core.access import SYSTEM
from app.core.database import db
from app.core.errors import Refused
from app.core.transaction import in_one_transaction
from app.orders.models import Order
from app.orders.service import moving
from app.stock.shortage import OutOfStock
from tests.desk.queueing import confirmed, packed
from tests.orders.ordering import able_to_order, goods, placed
from tests.stock.shelving import filled


@pytest.fixture
def cafe(copper_kettle, context):
    return able_to_order(copper_kettle)


@pytest.fixture
def loaf(context):
    return filled(goods("Sourdough", "3.25"), 20)


def refused_after(order: Order) -> None:
    raise Refused(f"Nothing stays of {order}.")


def figures(visitor, name: str) -> dict[str, float]:
    """By label; under an empty one where it has none."""
    said = visitor.get("/metrics").get_data(as_text=True)
    rows = re.findall(rf'^{name}(?:{{\w+="(\w+)"}})? ([\d.e+-]+)$', said, re.M)
    return {label: float(figure) for label, figure in rows}


def test_orders_are_counted_by_where_they_stood_when_they_were_placed(visitor, cafe, loaf):
    before = figures(visitor, "orders_created_total")
    placed({loaf: 1}, cafe)
    cafe.auto_confirm = True
    db.session.commit()
    for _ in range(2):
        placed({loaf: 1}, cafe)
    cafe.credit_limit = 1
    db.session.commit()
    placed({loaf: 1}, cafe)
    with pytest.raises(OutOfStock):
        placed({loaf: 1000}, cafe)
    with pytest.raises(Refused):
        in_one_transaction(lambda: refused_after(placed({loaf: 1}, cafe)))
    after = figures(visitor, "orders_created_total")
    more = {label: after[label] - before.get(label, 0) for label in after}
    assert more == {"pending": 2, "confirmed": 2}


def test_what_is_under_way_is_counted_with_the_age_of_its_oldest(visitor, cafe, loaf):
    assert figures(visitor, "orders_in_progress") == {"": 0}
    assert figures(visitor, "orders_oldest_seconds") == {}
    waiting = placed({loaf: 1}, cafe)
    placed({loaf: 1}, cafe)
    held = confirmed({loaf: 1}, cafe)
    moving.hold(held.number, reason="Ring them", by=SYSTEM)
    confirmed({loaf: 1}, cafe)
    packed({loaf: 1}, cafe)
    lost = placed({loaf: 1}, cafe)
    moving.cancel(lost.number, reason="Wrong day", by=SYSTEM, at=clock.now())
    waiting.created_at -= timedelta(hours=2)
    db.session.commit()
    assert figures(visitor, "orders_in_progress") == {"": 5}
    oldest = figures(visitor, "orders_oldest_seconds")
    assert set(oldest) == {"placed", "held", "confirmed", "picked"}
    assert 7200 <= oldest.pop("placed") < 7300
    assert max(oldest.values()) < 100
