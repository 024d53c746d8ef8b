"""The shelves that disagree with their ledger: none, as long as all is well."""

from collections.abc import Sequence

from sqlalchemy import String, cast, func, literal, select

from app.catalogue.models import Product
from app.core.invariants import Finding, findings_of, row_of
from app.stock.models import StockItem, StockMovement


def shelves_unlike_their_ledger() -> Sequence[Finding]:
    """Also movements of a product that has no row at all."""
    moved = (
        select(StockMovement.product_id, func.sum(StockMovement.delta).label("total"))
        .group_by(StockMovement.product_id)
        .subquery()
    )
    on_hand, total = func.coalesce(StockItem.on_hand, 0), func.coalesce(moved.c.total, 0)
    says = literal(" has ") + cast(on_hand, String) + literal(" on hand, its ledger says ")
    return findings_of(
        select(row_of("product", Product.id), Product.sku + says + cast(total, String))
        .outerjoin(StockItem, StockItem.product_id == Product.id)
        .outerjoin(moved, moved.c.product_id == Product.id)
        .where(on_hand != total)
        .order_by(Product.id)
    )
