"""Products as programs see them: flat rows, paged by number, each at the viewer's own price."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, String, func

from app.catalogue.models import Category, Product, TaxClass
from app.catalogue.pricing import breaks
from app.catalogue.queries.offers import offers
from app.catalogue.queries.products import products_seen_by
from app.catalogue.queries.search import matching
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotFound
from app.core.paging import NumberedPage, Sort, Sortable, numbered_page

SORTS: dict[str, Sortable] = {
    "name": func.lower(Product.name, type_=String()),
    "sku": func.lower(Product.sku, type_=String()),
    "created_at": Product.created_at,
}


def products_paged(
    viewer: Viewer,
    *,
    q: str,
    category: str | None,
    status: str | None,
    sort: str,
    page: int,
    page_size: int,
    on: date,
) -> NumberedPage[Any]:
    rows = _rows_seen_by(viewer)
    if category:
        rows = rows.where(Category.slug == category)
    if status:
        rows = rows.where(Product.status == status)
    if q:
        rows = matching(rows, q, at_most=None)
    order = Sort.asked(sort, SORTS, Product.id)
    found = numbered_page(rows, order, page=page, page_size=page_size)
    return NumberedPage(_priced(found.items, viewer, on), found.total, found.page, found.page_size)


def product_told_to(viewer: Viewer, sku: str, *, on: date) -> dict[str, Any]:
    rows = _rows_seen_by(viewer).where(func.lower(Product.sku) == sku.lower())
    found = db.session.execute(rows).one_or_none()
    if found is None:
        raise NotFound("We cannot find that product.")
    return _priced([found], viewer, on)[0]


def _rows_seen_by(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    return (
        products_seen_by(viewer)
        .join(Category, Category.id == Product.category_id)
        .join(TaxClass, TaxClass.id == Product.tax_class_id)
        .with_only_columns(
            Product.id,
            Product.sku,
            Product.name,
            Product.description,
            Category.slug.label("category"),
            Product.family_code,
            Product.barcode,
            Product.unit_label,
            Product.pack_size,
            Product.min_qty,
            Product.max_qty,
            TaxClass.code.label("tax_class"),
            Product.status,
            Product.version,
        )
    )


def _priced(rows: Sequence[Row[*tuple[Any, ...]]], viewer: Viewer, on: date) -> list[dict[str, Any]]:
    """Whoever has no price for it is told none: it is to be asked for."""
    held = offers([row.id for row in rows], customer_id=viewer.customer_id, on=on)
    told = []
    for row in rows:
        steps = breaks(held.get(row.id, ()))
        told.append(
            {**row._mapping, "unit_price": steps[0].unit_price if steps else None, "breaks": steps}  # noqa: SLF001 - SQLAlchemy's documented name
        )
    return told
