"""What stands on the shelves, reached through the viewer; a product without a row has an empty one."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Row,
    Select,
    String,
    any_,
    bindparam,
    func,
    or_,
    select,
)

from app.catalogue.models import Product, ProductStatus
from app.catalogue.queries.products import products_seen_by
from app.catalogue.queries.search import ENOUGH, matching
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotFound
from app.core.paging import NumberedPage, Page, Sort, Sortable, numbered_page, page_of
from app.core.questions import Question
from app.core.streaming import EveryRow
from app.stock.models import StockItem
from app.stock.shelf import EMPTY, Shelf

on_hand = func.coalesce(StockItem.on_hand, 0)
reserved = func.coalesce(StockItem.reserved, 0)
backorder_limit = func.coalesce(StockItem.backorder_limit, 0)
available = on_hand - reserved

FIGURES = (
    on_hand.label("on_hand"),
    reserved.label("reserved"),
    backorder_limit.label("backorder_limit"),
    StockItem.low_at,
    StockItem.back_on,
)
# Without words for missing rows, so that the table's statistics foresee how few these are.
STANDINGS: dict[str, ColumnElement[bool]] = {
    "low": StockItem.available - StockItem.low_at <= 0,
    "short": StockItem.available < 0,
    "out": or_(StockItem.id.is_(None), StockItem.available <= 0),
}
SORTS: dict[str, Sortable] = {
    "name": func.lower(Product.name, type_=String()),
    "sku": func.lower(Product.sku, type_=String()),
    "shelf": Product.shelf,
    "on_hand": on_hand,
    "reserved": reserved,
    "available": available,
}
STILL_OF_INTEREST = or_(Product.status != ProductStatus.DISCONTINUED, on_hand > 0, reserved > 0)


_item = StockItem.__table__
# Asked by every page of the shop, so it is written once.
SHELVES = Question(
    select(
        _item.c.product_id,
        _item.c.on_hand,
        _item.c.reserved,
        _item.c.backorder_limit,
        _item.c.low_at,
        _item.c.back_on,
    ).where(_item.c.product_id == any_(bindparam("product_ids", type_=ARRAY(BigInteger))))
)


def shelves(product_ids: Collection[int]) -> dict[int, Shelf]:
    """Of each of these products, in one query."""
    rows = SHELVES.ask(product_ids=list(product_ids))
    return dict.fromkeys(product_ids, EMPTY) | {row[0]: Shelf(*row[1:]) for row in rows}


def shelves_locked(product_ids: Collection[int]) -> dict[int, Shelf]:
    """The same, and nobody takes from them before we commit. By ascending product, as everybody visits them."""
    question = select(StockItem).where(StockItem.product_id.in_(product_ids)).order_by(StockItem.product_id)
    rows = db.session.scalars(question.with_for_update(), execution_options={"populate_existing": True})
    return dict.fromkeys(product_ids, EMPTY) | {row.product_id: Shelf.of(row) for row in rows}


def stock_seen_by(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    """Each product that this viewer may know about, with what stands of it."""
    return (
        products_seen_by(viewer)
        .select_from(Product)
        .outerjoin(StockItem, StockItem.product_id == Product.id)
        .with_only_columns(
            Product.id,
            Product.sku,
            Product.name,
            Product.unit_label,
            Product.status,
            Product.shelf.label("place"),
            *FIGURES,
            available.label("available"),
            (available + backorder_limit).label("sellable"),
            func.coalesce(StockItem.version, 1).label("version"),
        )
    )


def stock_of(viewer: Viewer, sku: str) -> Row[*tuple[Any, ...]]:
    question = stock_seen_by(viewer).where(func.lower(Product.sku) == sku.lower())
    found = db.session.execute(question).one_or_none()
    if found is None:
        raise NotFound("We cannot find that product.")
    return found


def _standing(
    viewer: Viewer, q: str, standing: str, *, at_most: int | None = ENOUGH
) -> Select[*tuple[Any, ...]]:
    rows = stock_seen_by(viewer).where(STILL_OF_INTEREST)
    if standing in STANDINGS:
        rows = rows.where(STANDINGS[standing])
    return matching(rows, q, at_most=at_most) if q else rows


def stock_listed(
    viewer: Viewer,
    *,
    q: str = "",
    standing: str = "",
    sort: str = "name",
    descending: bool = False,
    after: str | None = None,
    before: str | None = None,
) -> Page[Any]:
    order = Sort(SORTS[sort], Product.id, descending)
    return page_of(_standing(viewer, q, standing), order, after=after, before=before)


def every_stock(viewer: Viewer, *, q: str, standing: str, sort: str, descending: bool) -> EveryRow:
    rows = _standing(viewer, q, standing, at_most=None)
    return EveryRow(rows, Sort(SORTS[sort], Product.id, descending))


def stock_paged(viewer: Viewer, *, q: str, sort: str, page: int, page_size: int) -> NumberedPage[Any]:
    order = Sort.asked(sort, SORTS, Product.id)
    rows = stock_seen_by(viewer)
    if q:
        rows = matching(rows, q, at_most=None)
    return numbered_page(rows, order, page=page, page_size=page_size)
