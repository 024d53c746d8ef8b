"""Tax classes, which rate holds on a day, and who uses them."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Row, ScalarSelect, func, select
from sqlalchemy.orm import selectinload

from app.catalogue.models import DeliveryMethod, Product, TaxClass, TaxRate
from app.core.database import db
from app.core.errors import NotFound


class Uses(NamedTuple):
    """How many know a tax class; deleted ones know theirs as well."""

    products: int
    methods: int


def rate_of(tax_class_id: object, on: date | BindParameter[date]) -> ScalarSelect[Decimal]:
    """The newest rate that has begun: a subquery for whoever selects products."""
    return (
        select(TaxRate.rate)
        .where(TaxRate.tax_class_id == tax_class_id, TaxRate.valid_from <= on)
        .order_by(TaxRate.valid_from.desc())
        .limit(1)
        .scalar_subquery()
    )


def tax_classes() -> Sequence[TaxClass]:
    """With all their rates, the oldest first."""
    question = select(TaxClass).options(selectinload(TaxClass.rates)).order_by(func.lower(TaxClass.name))
    return db.session.scalars(question).all()


def every_rate() -> Sequence[Row[*tuple[Any, ...]]]:
    """A row for each rate, and one for a class that has none."""
    percent = func.trim_scale(TaxRate.rate * 100).label("percent")
    return db.session.execute(
        select(TaxClass.code, TaxClass.name, percent, TaxRate.valid_from)
        .outerjoin(TaxRate, TaxRate.tax_class_id == TaxClass.id)
        .order_by(func.lower(TaxClass.name), TaxRate.valid_from)
    ).all()


def tax_classes_to_choose(on: date) -> Sequence[Row[*tuple[Any, ...]]]:
    """With the rate of the day."""
    rate = rate_of(TaxClass.id, on).label("rate")
    return db.session.execute(
        select(TaxClass.id, TaxClass.name, rate).order_by(func.lower(TaxClass.name))
    ).all()


def tax_class(tax_class_id: int, *, locked: bool = False) -> TaxClass:
    question = select(TaxClass).options(selectinload(TaxClass.rates)).where(TaxClass.id == tax_class_id)
    if locked:
        question = question.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(question).one_or_none()
    if found is None:
        raise NotFound("We cannot find that tax class.")
    return found


def tax_class_is_there(tax_class_id: int) -> bool:
    """It cannot go before this transaction has ended."""
    there = select(TaxClass.id).where(TaxClass.id == tax_class_id).with_for_update(read=True, key_share=True)
    return db.session.scalar(there) is not None


def tax_class_id_of(code: str) -> int | None:
    return db.session.scalar(select(TaxClass.id).where(TaxClass.code == code))


def uses_of(tax_class_id: int) -> Uses:
    products = select(func.count()).where(Product.tax_class_id == tax_class_id).scalar_subquery()
    methods = select(func.count()).where(DeliveryMethod.tax_class_id == tax_class_id).scalar_subquery()
    return Uses(*db.session.execute(select(products, methods)).one())
