"""What is on Millrace's shelves, and how it came there."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import text

from app.catalogue.models import Product
from app.core.clock import business_day
from app.core.database import db
from app.demo.catalogue import DemoProduct
from app.demo.orders.moved import BEGUN
from app.stock.models import MovementKind, StockItem

COMES_BACK_AFTER = timedelta(days=3)
MOVED = (
    "INSERT INTO drawn_movement (product_id, at, delta, kind, reason, ref, actor, actor_name) "
    "VALUES (:product_id, :at, :delta, :kind, :reason, '', 'system', :name)"
)


class Event(NamedTuple):
    days_ago: int
    kind: MovementKind
    reason: str
    delta: int


def load(products: dict[str, tuple[Product, DemoProduct]], *, at: datetime, zone: str) -> None:
    """Three or four movements each, over four months, which the orders' own are put among."""
    today = business_day(at, zone)
    past = []
    for number, (product, line) in enumerate(products.values()):
        db.session.add(_item(product, line, today))
        past += [_movement(product, event, at) for event in _history(line, number)]
    db.session.flush()
    db.session.execute(text(BEGUN))
    db.session.execute(text(MOVED), past)


def _item(product: Product, line: DemoProduct, today: date) -> StockItem:
    return StockItem(
        product_id=product.id,
        low_at=line.low_at,
        backorder_limit=0,
        back_on=None if line.stock else today + COMES_BACK_AFTER,
    )


def _history(line: DemoProduct, number: int) -> list[Event]:
    """An opening count, what was spoiled, a delivery, what was missing; and the last ones of what is sold out."""
    spoiled, missing = number % 3, int(number % 5 == 0)
    sold_out = 0 if line.stock else line.low_at
    arrived = min(line.stock, max(line.low_at, line.stock // 2))
    opening = line.stock - arrived + spoiled + missing + sold_out
    events = (
        Event(135, MovementKind.COUNT, "Opening count", opening),
        Event(23, MovementKind.ADJUST, "Damaged in the cold store", -spoiled),
        Event(9 + number % 6, MovementKind.RECEIVE, f"Delivery {4100 + number % 17}", arrived),
        Event(2, MovementKind.COUNT, "Monday count", -missing),
        Event(1, MovementKind.ADJUST, "Sold over the counter", -sold_out),
    )
    return [event for event in events if event.delta]


def _movement(product: Product, event: Event, at: datetime) -> dict[str, object]:
    moment = at - timedelta(days=event.days_ago, minutes=product.id % 400)
    what = {"delta": event.delta, "kind": event.kind, "reason": event.reason}
    return what | {"product_id": product.id, "at": moment, "name": "Wanda Price"}
