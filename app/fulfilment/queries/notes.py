"""What buyers and the desk wrote to each other about orders: whoever packs them reads it, too."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from app.core.database import db
from app.orders.models import OrderNote


def notes_of(order_ids: Collection[int]) -> Mapping[int, list[Any]]:
    """By order, the first one first; what the desk wrote to itself is not among them."""
    rows = db.session.execute(
        select(OrderNote.order_id, OrderNote.text, OrderNote.author_name)
        .where(OrderNote.order_id.in_(order_ids), OrderNote.kind == "buyer")
        .order_by(OrderNote.id)
    )
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.order_id].append(row)
    return found
