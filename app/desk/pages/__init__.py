"""Pages for staff: the queue, its orders, what needs somebody today, and the products with their stock."""

from app.desk.pages import (
    change,
    new_order,
    order,
    order_acts,
    products,
    queue,
    receipts,
    refund,
    several,
    today,
    unused,
    views,
)
from app.desk.pages.blueprint import bp

__all__ = [
    "bp",
    "change",
    "new_order",
    "order",
    "order_acts",
    "products",
    "queue",
    "receipts",
    "refund",
    "several",
    "today",
    "unused",
    "views",
]
