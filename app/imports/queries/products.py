"""Products in a file, and products in the catalogue."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, insert, or_, select, update

from app.catalogue.models import Category, Price, Product, TaxClass
from app.core.database import db
from app.core.paging import Sort
from app.core.streaming import EveryRow
from app.imports.columns import Values
from app.imports.judges.around import Standing
from app.imports.judges.products import AroundProducts
from app.imports.kinds import PRODUCTS
from app.imports.models import ImportRow, Verdict
from app.imports.queries import parts
from app.imports.queries.parts import AS_BEFORE, AS_SENT, TO_WRITE, Document, Field, Part
from app.imports.queries.standing import among, as_row, lowered, texts_of
from app.orders.models import BasketItem
from app.stock.models import StockMovement

ENTITY, NAMED_BY = "product", ("name", "sku")
WORD = "product"  # what the log calls it
TABLES = (Product.__tablename__,)
SKU_SENT = func.lower(ImportRow.values["sku"].astext)


def _category_id(document: Document, name: str) -> ColumnElement[Any]:
    of_slug = Category.slug == parts.text(document, name)
    return select(Category.id).where(of_slug, Category.deleted_at.is_(None)).scalar_subquery()


def _tax_class_id(document: Document, name: str) -> ColumnElement[Any]:
    return select(TaxClass.id).where(TaxClass.code == parts.text(document, name)).scalar_subquery()


FIELDS = {
    **{name: Field(name, parts.text) for name in ("sku", "name", "status", "barcode", "family_code")},
    **{name: Field(name, parts.text) for name in ("description", "unit_label", "shelf")},
    **{name: Field(name, parts.whole) for name in ("pack_size", "min_qty", "max_qty")},
    "category": Field("category_id", _category_id),
    "tax_class": Field("tax_class_id", _tax_class_id),
}
CHANGING = {name: kept for name, kept in FIELDS.items() if name != "sku"}


def around(rows: Sequence[Values], *, on: date, locked: bool = False) -> AroundProducts:
    question = _products().where(among(func.lower(Product.sku), lowered(rows, "sku")))
    if locked:
        question = question.order_by(Product.id).with_for_update(of=Product, key_share=True)
    barcodes = sorted({row["barcode"] for row in rows if row.get("barcode")})
    owners = select(Product.barcode, Product.sku).where(
        among(Product.barcode, barcodes), Product.barcode != "", Product.deleted_at.is_(None)
    )
    return AroundProducts(
        stands={
            row.sku.lower(): Standing(row.id, row.version, texts_of(row, PRODUCTS))
            for row in db.session.execute(question)
        },
        barcodes={row.barcode: row.sku for row in db.session.execute(owners)},
        categories=_codes(select(Category.slug, Category.name).where(Category.deleted_at.is_(None))),
        tax_classes=_codes(select(TaxClass.code, TaxClass.name)),
    )


def _codes(question: Select[*tuple[Any, ...]]) -> dict[str, str]:
    """By code and, where only one has it, by name: in small letters."""
    rows = db.session.execute(question).all()
    names = Counter(name.lower() for _, name in rows)
    by_name = {name.lower(): code for code, name in rows if names[name.lower()] == 1}
    return by_name | {code.lower(): code for code, _ in rows}


def every_row() -> Iterator[SimpleNamespace]:
    for row in EveryRow(_products(), Sort(func.lower(Product.sku), Product.id)):
        yield as_row(texts_of(row, PRODUCTS), PRODUCTS)


def add(part: Part) -> None:
    new = parts.assigned(FIELDS, AS_SENT, part)
    db.session.execute(
        insert(Product).from_select(
            [*new, "created_by", "updated_by"],
            select(*new.values(), part.editor, part.editor).where(part.rows(Verdict.NEW)),
        )
    )


def change(part: Part) -> None:
    _change(AS_SENT, part)


def link(part: Part) -> None:
    """Every row knows its product, and the version that it left there."""
    db.session.execute(
        update(ImportRow)
        .where(part.rows(*TO_WRITE))
        .where(func.lower(Product.sku) == SKU_SENT, Product.deleted_at.is_(None))
        .values(row_id=Product.id, version_after=Product.version)
        .execution_options(synchronize_session=False)
    )


def change_back(part: Part) -> None:
    _change(AS_BEFORE, part)


def remove(part: Part) -> None:
    db.session.execute(
        update(Product)
        .where(part.rows(Verdict.NEW), Product.id == ImportRow.row_id)
        .values(deleted_at=part.at, version=Product.version + 1, updated_by=part.editor)
        .execution_options(synchronize_session=False)
    )


WRITING = (add, change, link)
TAKING_BACK = (change_back, remove)
LAST = LAST_BACK = ()


def lines_in_use(job_id: int) -> Sequence[int]:
    """New products that something hangs on by now."""
    hangs = or_(
        *(
            exists().where(product_id == ImportRow.row_id)
            for product_id in (Price.product_id, StockMovement.product_id, BasketItem.product_id)
        )
    )
    new = (ImportRow.import_job_id == job_id) & (ImportRow.verdict == Verdict.NEW)
    return db.session.scalars(select(ImportRow.line).where(new, hangs).order_by(ImportRow.line)).all()


def _change(document: Document, part: Part) -> None:
    db.session.execute(
        update(Product)
        .where(part.rows(Verdict.CHANGED), Product.id == ImportRow.row_id)
        .values(
            **parts.assigned(CHANGING, document, part),
            version=Product.version + 1,
            updated_by=part.editor,
            updated_at=func.now(),
        )
        .execution_options(synchronize_session=False)
    )


def _products() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Product.id,
            Product.version,
            Category.slug.label("category"),
            TaxClass.code.label("tax_class"),
            *(getattr(Product, name) for name in FIELDS if name not in {"category", "tax_class"}),
        )
        .join(Category, Category.id == Product.category_id)
        .join(TaxClass, TaxClass.id == Product.tax_class_id)
        .where(Product.deleted_at.is_(None))
    )
