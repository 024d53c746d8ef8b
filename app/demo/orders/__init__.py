"""Orders by the dozen or by the million, made inside PostgreSQL: drawn by lot, then written as if people had."""

from typing import NamedTuple

from sqlalchemy import Connection, text

from app.demo.orders import drawn, moved, told, written
from app.demo.orders.indexes import rebuilt_afterwards
from app.millrace import BUSINESS

STEPS = (
    *(
        moved.BEGUN,
        drawn.CUSTOMERS,
        drawn.OFFERS,
        drawn.PRODUCTS,
        drawn.ORDERS,
        drawn.LINES,
        drawn.DELIVERIES,
        drawn.TAXES,
    ),
    *(drawn.SHIPMENTS, drawn.RETURNS),
    *(written.ORDERS, written.ITEMS, written.TAXES, written.SHIPMENTS, written.SHIPMENT_ITEMS),
    *(written.RETURNS, written.RETURN_ITEMS, written.HOLDS),
    *(moved.MOVEMENTS, moved.LEDGER, moved.ON_HAND),
    *(told.EVENTS, told.NOTES, told.MESSAGES),
)
DRAWN = ("customer", "offer", "product", "order", "line", "tax", "shipment", "return", "movement")
WRITTEN = (
    *("order", "order_item", "order_tax", "order_note", "shipment", "shipment_item", "return", "return_item"),
    *("stock_movement", "audit_event", "outbox_message"),
)
MANY = 10_000
TOM, WANDA = "tom@millrace.example", "wanda@millrace.example"


class Wanted(NamedTuple):
    """So many orders over so many days, the newest of today; of Millrace's own customers, or of those in bulk."""

    orders: int
    days: int
    in_bulk: bool


def load(connection: Connection, wanted: Wanted) -> None:
    """The same every time. Everything that must always be true of orders is true of these."""
    connection.execute(text("SET LOCAL work_mem = '128MB'"))
    connection.execute(text("SELECT setseed(0.58)"))
    given = wanted._asdict() | {"desk": TOM, "warehouse": WANDA, "currency": BUSINESS["currency"]}
    with rebuilt_afterwards(connection, WRITTEN if wanted.orders >= MANY else ()):
        for statement in STEPS:
            connection.execute(text(statement), given)
    connection.execute(text(f"DROP TABLE {', '.join(f'drawn_{name}' for name in DRAWN)}"))
