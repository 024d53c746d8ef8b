"""Products, reached through the viewer; and the one row that a change is about."""

from collections.abc import Collection, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from app.catalogue.models import Product, ProductStatus
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotFound


def products_seen_by(viewer: Viewer) -> Select[Product]:
    """Staff see all that is not deleted; a buyer sees what is on sale."""
    products = select(Product).where(Product.deleted_at.is_(None))
    if viewer.is_staff:
        return products
    return products.where(Product.status == ProductStatus.ACTIVE)


def product_seen_by(viewer: Viewer, sku: str) -> Product:
    """With its category and its tax class."""
    question = products_seen_by(viewer).where(func.lower(Product.sku) == sku.lower())
    return _found(_whole(question))


def product(product_id: int) -> Product:
    """For our own pages: deleted ones as well, which can be restored there."""
    return _found(_whole(select(Product).where(Product.id == product_id)))


def product_to_change(product_id: int) -> Product:
    """As it is now, and nobody else changes it meanwhile."""
    return _found(select(Product).where(Product.id == product_id).with_for_update())


def products_to_change(product_ids: Collection[int]) -> Sequence[Product]:
    """Always locked in the same order, so that two who take some of the same wait and do not block each other."""
    question = select(Product).where(Product.id.in_(product_ids)).order_by(Product.id).with_for_update()
    return db.session.scalars(question.execution_options(populate_existing=True)).all()


def holder_of_sku(sku: str) -> Product | None:
    return db.session.scalars(
        select(Product).where(func.lower(Product.sku) == sku.lower(), Product.deleted_at.is_(None))
    ).one_or_none()


def holder_of_barcode(barcode: str) -> Product | None:
    return db.session.scalars(
        select(Product).where(Product.barcode == barcode, Product.deleted_at.is_(None))
    ).one_or_none()


def _whole(question: Select[Product]) -> Select[Product]:
    return question.options(joinedload(Product.category), joinedload(Product.tax_class))


def _found(question: Select[Product]) -> Product:
    found = db.session.scalars(question.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound("We cannot find that product.")
    return found
