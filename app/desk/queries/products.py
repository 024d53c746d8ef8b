"""The list of products that staff work on, with what stands of each, and the same rows for a file."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import ScalarSelect, Select, String, and_, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import BigInteger

from app.catalogue.models import Category, Price, PriceList, PriceListKind, Product, ProductStatus, TaxClass
from app.catalogue.queries.prices import SHORTEST
from app.catalogue.queries.search import ENOUGH, matching
from app.core.database import db
from app.core.paging import COUNTED_EXACTLY, Page, Sort, Sortable, page_of
from app.core.streaming import EveryRow
from app.stock.models import StockItem
from app.stock.queries.standing import FIGURES, STILL_OF_INTEREST, available
from app.stock.queries.standing import STANDINGS as STOCK_STANDINGS

DELETED = "deleted"
STANDINGS = (*ProductStatus, DELETED)
SORTS: dict[str, Sortable] = {
    "name": func.lower(Product.name, type_=String()),
    "sku": func.lower(Product.sku, type_=String()),
}

_listed = (
    select(
        Product.id,
        Product.sku,
        Product.name,
        Product.unit_label,
        Product.pack_size,
        Product.status,
        Product.deleted_at,
        Category.name.label("category"),
        *FIGURES,
        available.label("available"),
        and_(STILL_OF_INTEREST, Product.deleted_at.is_(None)).label("is_of_interest"),
    )
    .select_from(Product)
    .join(Category, Category.id == Product.category_id)
    .outerjoin(StockItem, StockItem.product_id == Product.id)
)


@dataclass(frozen=True, slots=True)
class Sought:
    """What a list of products is narrowed to, and its order. No standing is every one that is not deleted."""

    q: str = ""
    category_ids: tuple[int, ...] = ()
    standing: str = ""
    stock: str = ""
    sort: str = "name"
    is_descending: bool = False

    @property
    def order(self) -> Sort:
        return Sort(SORTS[self.sort], Product.id, self.is_descending)


def products_listed(sought: Sought, *, after: str | None = None, before: str | None = None) -> Page[Any]:
    rows = _sought(sought.standing, sought.stock, sought.category_ids)
    if sought.q:
        rows = matching(rows, sought.q, at_most=ENOUGH)
    return page_of(rows, sought.order, after=after, before=before, is_kept=not sought.q)


def every_product(sought: Sought, *, on: date) -> EveryRow:
    """With what the list has no room for, and what one costs by the base list."""
    rows = _sought(sought.standing, sought.stock, sought.category_ids)
    if sought.q:
        rows = matching(rows, sought.q, at_most=None)
    more = rows.join(TaxClass, TaxClass.id == Product.tax_class_id).add_columns(
        Product.barcode,
        Product.family_code,
        Product.description,
        Product.min_qty,
        Product.max_qty,
        Product.shelf,
        Category.slug.label("category_code"),
        TaxClass.code.label("tax_class"),
        _base_price(on).label("price"),
    )
    return EveryRow(more, sought.order)


def _base_price(on: date) -> ScalarSelect[Decimal]:
    """Of the smallest quantity that has one."""
    begun = [func.coalesce(dated.valid_from, on) <= on for dated in (PriceList, Price)]
    not_over = [func.coalesce(dated.valid_to, on) >= on for dated in (PriceList, Price)]
    return (
        select(SHORTEST)
        .join(PriceList, PriceList.id == Price.price_list_id)
        .where(Price.product_id == Product.id, PriceList.kind == PriceListKind.BASE, PriceList.is_active)
        .where(PriceList.deleted_at.is_(None), *begun, *not_over)
        .order_by(Price.min_qty)
        .limit(1)
        .correlate(Product)
        .scalar_subquery()
    )


@lru_cache(maxsize=200)
def _sought(standing: str, stock: str, category_ids: tuple[int, ...]) -> Select[*tuple[Any, ...]]:
    """Few, and asked for all day."""
    is_gone = standing == DELETED
    rows = _listed.where(Product.deleted_at.is_not(None) if is_gone else Product.deleted_at.is_(None))
    if standing in set(ProductStatus):
        rows = rows.where(Product.status == standing)
    if stock:
        rows = rows.where(STOCK_STANDINGS[stock], STILL_OF_INTEREST)
    if category_ids:
        rows = rows.where(Product.category_id == any_(literal(list(category_ids), ARRAY(BigInteger))))
    return rows


def counts() -> dict[str, int]:
    """How many stand where, each counted to a thousand."""
    counted = []
    for standing in STANDINGS:
        some = _sought(standing, "", ()).with_only_columns(Product.id).limit(COUNTED_EXACTLY + 1).subquery()
        counted.append(select(func.count()).select_from(some).scalar_subquery())
    return dict(zip(STANDINGS, db.session.execute(select(*counted)).one(), strict=True))
