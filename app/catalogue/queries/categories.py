"""Categories, and what stands in them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select

from app.catalogue.models import Category, Product
from app.core.database import db
from app.core.errors import NotFound

IN_ORDER = (Category.position, func.lower(Category.name), Category.id)


def categories() -> Sequence[Row[*tuple[Any, ...]]]:
    """All of them, siblings in their order, with how many products stand in each."""
    products = (
        select(Product.category_id, func.count().label("products"))
        .where(Product.deleted_at.is_(None))
        .group_by(Product.category_id)
        .subquery()
    )
    return db.session.execute(
        select(
            Category.id,
            Category.parent_id,
            Category.name,
            Category.slug,
            Category.icon,
            func.coalesce(products.c.products, 0).label("products"),
        )
        .outerjoin(products, products.c.category_id == Category.id)
        .where(Category.deleted_at.is_(None))
        .order_by(*IN_ORDER)
    ).all()


def categories_to_choose() -> Sequence[Row[*tuple[Any, ...]]]:
    """Without counting anything."""
    return db.session.execute(
        select(Category.id, Category.parent_id, Category.name)
        .where(Category.deleted_at.is_(None))
        .order_by(*IN_ORDER)
    ).all()


def category(category_id: int) -> Category:
    found = db.session.scalars(
        select(Category)
        .where(Category.id == category_id, Category.deleted_at.is_(None))
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound("We cannot find that category.")
    return found


def lock_categories() -> Sequence[Category]:
    """The whole tree, in the order of siblings: whoever changes it sees what the one before did."""
    db.session.execute(select(Category.id).order_by(Category.id).with_for_update())
    rows = select(Category).where(Category.deleted_at.is_(None)).order_by(*IN_ORDER)
    return db.session.scalars(rows.execution_options(populate_existing=True)).all()


def category_to_use(category_id: int) -> Category | None:
    """It cannot go before this transaction has ended."""
    return db.session.scalars(
        select(Category)
        .where(Category.id == category_id, Category.deleted_at.is_(None))
        .with_for_update(read=True, key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()


def category_id_of(slug: str) -> int | None:
    return db.session.scalar(select(Category.id).where(Category.slug == slug, Category.deleted_at.is_(None)))


def slugs_beginning_with(slug: str) -> set[str]:
    beginning = Category.slug.startswith(slug, autoescape=True)
    return set(db.session.scalars(select(Category.slug).where(beginning, Category.deleted_at.is_(None))))


def products_in(category_id: int) -> int:
    in_it = select(func.count()).where(Product.category_id == category_id, Product.deleted_at.is_(None))
    return db.session.scalar(in_it) or 0


def categories_under(category_id: int) -> int:
    under_it = select(func.count()).where(Category.parent_id == category_id, Category.deleted_at.is_(None))
    return db.session.scalar(under_it) or 0
