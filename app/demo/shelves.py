"""What is on Millrace's shelves, and how it came there."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from app.catalogue.models import Product
from app.core.clock import business_day
from app.core.database import db
from app.demo.catalogue import DemoProduct
from app.stock.models import MovementKind, StockItem, StockMovement

COMES_BACK_AFTER = timedelta(days=3)


class Event(NamedTuple):
    days_ago: int
    kind: MovementKind
    reason: str
    delta: int


def load(products: dict[str, tuple[Product, DemoProduct]], *, at: datetime, zone: str) -> None:
    """Three or four movements each, over six weeks; they add up to what is there."""
    today = business_day(at, zone)
    for number, (product, line) in enumerate(products.values()):
        db.session.add(_item(product, line, today))
        balance = 0
        for event in _history(line, number):
            balance += event.delta
            db.session.add(_movement(product, event, balance, at))


def _item(product: Product, line: DemoProduct, today: date) -> StockItem:
    return StockItem(
        product_id=product.id,
        on_hand=line.stock,
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
        Event(42, MovementKind.COUNT, "Opening count", opening),
        Event(23, MovementKind.ADJUST, "Damaged in the cold store", -spoiled),
        Event(9 + number % 6, MovementKind.RECEIVE, f"Delivery {4100 + number % 17}", arrived),
        Event(2, MovementKind.COUNT, "Monday count", -missing),
        Event(1, MovementKind.ADJUST, "Sold over the counter", -sold_out),
    )
    return [event for event in events if event.delta]


def _movement(product: Product, event: Event, balance: int, at: datetime) -> StockMovement:
    return StockMovement(
        at=at - timedelta(days=event.days_ago, minutes=product.id % 400),
        product_id=product.id,
        delta=event.delta,
        kind=event.kind,
        reason=event.reason,
        balance_after=balance,
        actor="system",
        actor_name="Wanda Price",
    )
