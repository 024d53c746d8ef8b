"""The ledger of a product, the newest movement first."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.core.database import db
from app.core.paging import PAGE_SIZE, Page, Sort, page_of
from app.core.streaming import EveryRow
from app.stock.models import MovementKind, StockMovement

COLUMNS = (
    StockMovement.id,
    StockMovement.at,
    StockMovement.kind,
    StockMovement.delta,
    StockMovement.balance_after,
    StockMovement.reason,
    StockMovement.ref,
    StockMovement.actor_name,
)
COUNTS = (MovementKind.COUNT, MovementKind.IMPORT)  # a file says how many there are, too
NEWEST_FIRST = Sort(StockMovement.id, StockMovement.id, descending=True)


def movements_listed(
    product_id: int, *, after: str | None = None, before: str | None = None, size: int = PAGE_SIZE
) -> Page[Any]:
    rows = select(*COLUMNS).where(StockMovement.product_id == product_id)
    return page_of(rows, NEWEST_FIRST, after=after, before=before, size=size)


def every_movement(product_id: int) -> EveryRow:
    return EveryRow(select(*COLUMNS).where(StockMovement.product_id == product_id), NEWEST_FIRST)


def last_counted_at(product_id: int) -> datetime | None:
    return db.session.scalar(
        select(StockMovement.at)
        .where(StockMovement.product_id == product_id, StockMovement.kind.in_(COUNTS))
        .order_by(StockMovement.id.desc())
        .limit(1)
    )
