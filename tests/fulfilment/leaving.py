"""Many shipments that can leave: one was packed by hand, and the others are copies of all its rows."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from sqlalchemy import Table, text

from app.core.database import db
from app.fulfilment.models import Shipment
from app.orders.models import Order, OrderItem, OrderTax

ANOTHER = """
    CREATE TEMP TABLE another AS SELECT nextval(pg_get_serial_sequence('"order"', 'id')) AS order_id,
    nextval('order_number') AS order_number, place FROM generate_series(1, :count) place
"""
PARTS = """
    INSERT INTO shipment_item (shipment_id, order_item_id, planned, picked)
    SELECT shipment.id, order_item.id, quantity_planned, quantity_planned
    FROM another JOIN shipment USING (order_id) JOIN order_item USING (order_id) WHERE quantity_planned > 0
"""
HELD = """
    UPDATE stock_item SET on_hand = on_hand + more, reserved = reserved + more FROM (
        SELECT product_id, sum(quantity - quantity_cancelled - quantity_shipped) AS more
        FROM order_item JOIN another USING (order_id) GROUP BY product_id
    ) copied WHERE stock_item.product_id = copied.product_id
"""
LEAVING = """
    SELECT shipment.id AS shipment_id, shipment.order_id, order_number, array_agg(order_item.id ORDER BY line) AS items
    FROM another JOIN shipment USING (order_id) JOIN order_item USING (order_id) GROUP BY 1, 2, 3 ORDER BY 1
"""


class Leaving(NamedTuple):
    """The numbers of everything that moves with it."""

    shipment_id: int
    order_id: int
    order_number: int
    items: Sequence[int]


def copies(order_id: int, count: int, *, also: Callable[[], object] | None = None) -> list[Leaving]:
    """Orders without a history, whose goods are on the shelf without a movement: for races and for measuring.

    `also` copies more, while the table `another` still tells of them.
    """
    db.session.execute(text(ANOTHER), {"count": count})
    copy(Order.__table__, order_id, id="order_id", number="order_number")
    for table in (OrderItem.__table__, OrderTax.__table__):
        copy(table, order_id, order_id="another.order_id")
    copy(Shipment.__table__, order_id, order_id="another.order_id", number="order_number || '/1'")
    for statement in (PARTS, HELD):
        db.session.execute(text(statement))
    if also:
        also()
    found = [Leaving(*row) for row in db.session.execute(text(LEAVING))]
    db.session.execute(text("DROP TABLE another"))
    db.session.commit()
    return found


def copy(table: Table, of: int, **anew: str) -> None:
    """The rows of one order, for each of the others."""
    own = {"id", *anew}
    kept = [column.name for column in table.columns if column.name not in own and not column.computed]
    into, values = (
        ", ".join([*anew, *kept]),
        ", ".join([*anew.values(), *(f"source.{name}" for name in kept)]),
    )
    key = "id" if table is Order.__table__ else "order_id"
    rows = f'FROM "{table.name}" source CROSS JOIN another WHERE source.{key} = {of}'
    db.session.execute(text(f'INSERT INTO "{table.name}" ({into}) SELECT {values} {rows}'))
