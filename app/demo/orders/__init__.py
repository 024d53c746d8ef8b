"""Orders by the dozen or by the million, made inside PostgreSQL: drawn by lot, then written as if people had."""

import json
from typing import NamedTuple

from sqlalchemy import Connection, text

from app.billing.service import issuing
from app.demo.orders import charged, drawn, issued, moved, settled, told, written
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
    *(drawn.SHIPMENTS, drawn.RETURNS, *charged.STEPS, *issued.DRAWING),
    *(written.ORDERS, written.ITEMS, written.TAXES, written.SHIPMENTS, written.SHIPMENT_ITEMS),
    *(written.RETURNS, written.RETURN_ITEMS),
    *(*issued.STEPS, *settled.DRAWING, *settled.STEPS, written.HOLDS),
    *(moved.MOVEMENTS, moved.LEDGER, moved.ON_HAND),
    *(told.EVENTS, told.NOTES, told.MESSAGES),
)
DRAWN = (
    *("customer", "offer", "product", "order", "line", "tax", "shipment", "return", "movement"),
    *("paper", "charge", "sum", "credit", "buyer", "whole", "advance", "fate", "friday"),
)
WRITTEN = (
    *("order", "order_item", "order_tax", "order_note", "shipment", "shipment_item", "return", "return_item"),
    *("invoice", "invoice_line", "invoice_balance", "receipt", "payment", "allocation"),
    *("stock_movement", "audit_event", "outbox_message"),
)
MANY = 10_000
TOM, WANDA, AMIR = (f"{name}@millrace.example" for name in ("tom", "wanda", "amir"))


class Wanted(NamedTuple):
    """So many orders over so many days, the newest of today; of Millrace's own customers, or of those in bulk."""

    orders: int
    days: int
    in_bulk: bool


def load(connection: Connection, wanted: Wanted) -> None:
    """The same every time. Everything that must always be true of orders is true of these."""
    connection.execute(text("SET LOCAL work_mem = '128MB'"))
    connection.execute(text("SELECT setseed(0.58)"))
    given = wanted._asdict() | {"desk": TOM, "warehouse": WANDA, "accounts": AMIR}
    given |= {"currency": BUSINESS["currency"], "zone": BUSINESS["time_zone"]}
    given |= {"seller": json.dumps(issuing.seller())}
    with rebuilt_afterwards(connection, WRITTEN if wanted.orders >= MANY else ()):
        for statement in STEPS:
            connection.execute(text(statement), given)
    connection.execute(text(f"DROP TABLE {', '.join(f'drawn_{name}' for name in DRAWN)}"))
