"""What tests of stock share: shelves filled in one line, and what stands there now."""

from typing import Any, NamedTuple

from sqlalchemy import select

from app.catalogue.models import Product
from app.core.access import SYSTEM
from app.core.database import db
from app.core.transaction import in_one_transaction
from app.stock import service
from app.stock.models import StockItem, StockMovement
from app.stock.queries import changes
from app.stock.queries.standing import shelves
from app.stock.shelf import Shelf


class Line(NamedTuple):
    product_id: int
    quantity: int


def filled(product: Product, on_hand: int = 0, *, reserved: int = 0, **limits: Any) -> Product:
    """So many on hand and held; the limits as given."""
    if on_hand:
        service.receive(product.id, on_hand, by=SYSTEM)
    if limits or reserved:
        in_one_transaction(lambda: _set(product.id, {"reserved": reserved} | limits))
    return product


def _set(product_id: int, columns: dict[str, Any]) -> StockItem:
    item = changes.locked(product_id)
    for name, value in columns.items():
        setattr(item, name, value)
    return item


def shelf(product: Product) -> Shelf:
    """As the database has it."""
    db.session.expire_all()
    return shelves([product.id])[product.id]


def ledger(product: Product) -> list[tuple[str, int, int]]:
    """Kind, change and balance, in order."""
    rows = db.session.execute(
        select(StockMovement.kind, StockMovement.delta, StockMovement.balance_after)
        .where(StockMovement.product_id == product.id)
        .order_by(StockMovement.id)
    )
    return [tuple(row) for row in rows]
