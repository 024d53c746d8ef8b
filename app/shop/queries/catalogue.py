"""What a buyer is shown of the catalogue. Every page asks it, so what stays the same is put into words once."""

from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Date,
    Row,
    Select,
    String,
    any_,
    bindparam,
    func,
    literal,
    select,
    union,
)

from app.catalogue.models import Category, Product
from app.catalogue.queries.products import products_seen_by
from app.catalogue.queries.search import Likest, likest_first, meaning_of
from app.catalogue.queries.taxes import rate_of
from app.core.access import ANONYMOUS
from app.core.errors import NotFound
from app.core.paging import COUNTED_EXACTLY, Page, Sort, page_of
from app.core.questions import Question
from app.orders.models import Order, OrderItem
from app.shop.branches import Branch, Tree
from app.stock.models import StockItem
from app.stock.queries.standing import FIGURES

PAGE_SIZE = 48
Narrowed = tuple[tuple[int, ...], bool, bool]  # to categories, to what is there, to what a customer buys
NAME = func.lower(Product.name, type_=String())
MOST_SIBLINGS = 24
ORDERS_LOOKED_AT = 300  # of a customer: a year and more, for whoever orders every day

BY_NAME = Sort(NAME, Product.id)
COLUMNS = (
    Product.id.label("product_id"),
    Product.sku,
    Product.name,
    Product.unit_label,
    Product.pack_size,
    Product.min_qty,
    Product.max_qty,
    Product.thumbnail,
    Product.category_id,
    rate_of(Product.tax_class_id, bindparam("on", type_=Date)).label("tax_rate"),
    *FIGURES,
)
# To everybody who is not one of us the same products are on sale; only their prices differ.
ON_SALE = (
    products_seen_by(ANONYMOUS)
    .outerjoin(StockItem, StockItem.product_id == Product.id)
    .with_only_columns(*COLUMNS, maintain_column_froms=True)
)

# Looked up once, by the latest orders of one customer: however many others have ordered a product.
_latest = (
    select(Order.id)
    .where(Order.customer_id == bindparam("customer_id", type_=BigInteger))
    .order_by(Order.id.desc())
    .limit(ORDERS_LOOKED_AT)
)
BOUGHT = func.array(
    select(OrderItem.product_id).distinct().where(OrderItem.order_id.in_(_latest)).scalar_subquery(),
    type_=ARRAY(BigInteger),
)

_category = Category.__table__
_branches = (
    select(_category.c.id, _category.c.parent_id, _category.c.name, _category.c.slug, _category.c.icon)
    .where(_category.c.deleted_at.is_(None))
    .order_by(_category.c.position, func.lower(_category.c.name), _category.c.id)
)
BRANCHES = Question(_branches)
# Counted by the index alone, and no further than anybody reads.
_some_of_them = (
    products_seen_by(ANONYMOUS)
    .with_only_columns(literal(1))
    .where(Product.category_id == _category.c.id)
    .correlate(_category)
    .limit(COUNTED_EXACTLY + 1)
    .subquery()
)
BRANCHES_COUNTED = Question(
    _branches.add_columns(select(func.count()).select_from(_some_of_them).scalar_subquery())
)
_asked = func.lower(Product.sku) == bindparam("sku", type_=String)
_on_sale_ids = products_seen_by(ANONYMOUS).with_only_columns(Product.id)
_family_asked = products_seen_by(ANONYMOUS).with_only_columns(Product.family_code).where(_asked)
_siblings = _on_sale_ids.where(
    Product.family_code != "", Product.family_code == _family_asked.scalar_subquery()
)
FAMILY = Question(
    ON_SALE.add_columns(Product.description, Product.picture, Product.barcode)
    .where(Product.id.in_(union(_on_sale_ids.where(_asked), _siblings)))  # each by its own index
    .order_by(_asked.desc(), NAME, Product.id)
    .limit(1 + MOST_SIBLINGS)
)


def branches() -> Tree:
    return Tree(Branch(*row) for row in BRANCHES.ask())


def branches_counted() -> Tree:
    """With how many products are on sale in each."""
    return Tree(Branch(*row) for row in BRANCHES_COUNTED.ask())


def products_on_sale(
    *,
    q: str,
    category_ids: tuple[int, ...],
    in_stock: bool,
    bought_by: int | None,
    on: date,
    after: str | None = None,
    before: str | None = None,
) -> Page[Any]:
    """By name; what was searched for, the nearest first."""
    given: dict[str, Any] = {"on": on} | ({"customer_id": bought_by} if bought_by else {})
    narrowed = (category_ids, in_stock, bool(bought_by))
    if q:
        meaning = meaning_of(q)
        rows, sort, count = _sought(narrowed, meaning.is_anywhere, meaning.is_sure)
        given |= meaning.given
    else:
        rows, sort, count = _on_sale(narrowed), BY_NAME, None
    return page_of(
        rows, sort, after=after, before=before, size=PAGE_SIZE, is_kept=True, given=given, count=count
    )


@lru_cache(maxsize=300)
def _sought(narrowed: Narrowed, anywhere: bool, sure: bool) -> Likest:
    return likest_first(_on_sale(narrowed), anywhere, sure)


@lru_cache(maxsize=300)
def _on_sale(narrowed: Narrowed) -> Select[*tuple[Any, ...]]:
    """Few kinds of pages, asked for all day."""
    rows, (category_ids, in_stock, bought) = ON_SALE, narrowed
    if len(category_ids) == 1:  # said so, for then its index has the rows in their order
        rows = rows.where(Product.category_id == category_ids[0])
    elif category_ids:
        rows = rows.where(Product.category_id == any_(literal(list(category_ids), ARRAY(BigInteger))))
    if in_stock:
        rows = rows.where(StockItem.sellable > 0)
    if bought:
        rows = rows.where(Product.id == any_(BOUGHT))
    return rows


def family_on_sale(sku: str, on: date) -> list[Row[*tuple[Any, ...]]]:
    """The product itself first, then the rest of its family, when it has one."""
    family: list[Row[*tuple[Any, ...]]] = FAMILY.ask(sku=sku.lower(), on=on)
    if not family:
        raise NotFound("We cannot find that product.")
    return family
