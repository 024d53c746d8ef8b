"""What runs low, and whether somebody was told. Rows that are being sold just now wait for the next look."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, any_, func, not_, select, update

from app.catalogue.models import Product, ProductStatus
from app.core.database import db, rows_changed
from app.stock.models import StockItem

is_low = func.coalesce(StockItem.available <= StockItem.low_at, False)
on_sale = select(Product.id).where(Product.status == ProductStatus.ACTIVE, Product.deleted_at.is_(None))


def note_low(at: datetime) -> int:
    """Mark what has become low and nobody was told of yet; how many that is."""
    rows = _free_rows(is_low, StockItem.low_noticed_at.is_(None), StockItem.product_id.in_(on_sale))
    return rows_changed(update(StockItem).where(rows).values(low_noticed_at=at))


def forget_enough() -> None:
    """Of these there is enough again: the next time that they are low is news."""
    rows = _free_rows(not_(is_low), StockItem.low_noticed_at.is_not(None))
    db.session.execute(update(StockItem).where(rows).values(low_noticed_at=None))


def noticed_low(at: datetime) -> Sequence[Row[*tuple[Any, ...]]]:
    """What was marked at that moment and still is low."""
    return db.session.execute(
        select(
            Product.sku,
            Product.name,
            Product.shelf.label("place"),
            StockItem.available.label("available"),
            StockItem.low_at,
            StockItem.back_on,
        )
        .join(Product, Product.id == StockItem.product_id)
        .where(StockItem.low_noticed_at == at, is_low)
        .order_by(StockItem.available, func.lower(Product.name), Product.id)
    ).all()


def _free_rows(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Locked by nobody else: whoever skips what is locked waits for nobody, and nobody waits in a circle."""
    free = select(StockItem.id).where(*conditions).with_for_update(skip_locked=True)
    return StockItem.id == any_(func.array(free.scalar_subquery()))
