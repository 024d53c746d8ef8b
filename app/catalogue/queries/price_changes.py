"""A percentage on many prices at once: what it would do, and doing it in two statements."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, cast, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from app.catalogue.models import Price, PriceList, Product
from app.catalogue.queries.prices import SHORTEST
from app.core.database import db, rows_changed
from app.core.paging import Page, Sort, page_of
from app.core.streaming import EveryRow

BEGINNING, END = date.min, date.max
A_DAY = timedelta(days=1)
BY_NAME = Sort(func.lower(Product.name, type_=String()), Price.id)


@dataclass(frozen=True, slots=True)
class PriceChange:
    """By so many percent, from a day on, for a whole list or a branch of the catalogue."""

    list_id: int
    percent: Decimal
    starts_on: date
    category_ids: tuple[int, ...] = ()
    category: str = ""

    @property
    def factor(self) -> Decimal:
        return 1 + self.percent / 100


class Extent(NamedTuple):
    """How many prices change, the highest of the new ones, and a number that differs when any of them does."""

    prices: int
    products: int
    highest: Decimal | None
    version: int


def changed_price(change: PriceChange) -> ColumnElement[Decimal]:
    """Rounded to as many places as the old price has, two at least: half of the last place goes up."""
    places = func.greatest(2, func.min_scale(Price.unit_price))
    return func.round(Price.unit_price * literal(change.factor), places)


def extent_of(change: PriceChange) -> Extent:
    facts = func.concat_ws("/", Price.id, Price.unit_price, Price.valid_from, Price.valid_to)
    row = db.session.execute(
        select(
            func.count(),
            func.count(Price.product_id.distinct()),
            func.max(changed_price(change)),
            func.coalesce(func.sum(func.hashtext(cast(facts, String))), 0),
        ).where(*_affected(change))
    ).one()
    return Extent(*row)


def prices_before_and_after(change: PriceChange, *, after: str | None, before: str | None) -> Page[Any]:
    return page_of(_before_and_after(change), BY_NAME, after=after, before=before)


def every_price_before_and_after(change: PriceChange) -> EveryRow:
    """With what an import of prices wants to know, too: which list, and from which day on the new one holds."""
    rows = _before_and_after(change).join(PriceList, PriceList.id == Price.price_list_id)
    begins = func.greatest(Price.valid_from, literal(change.starts_on))
    return EveryRow(rows.add_columns(PriceList.code.label("price_list"), begins.label("begins")), BY_NAME)


def _before_and_after(change: PriceChange) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Price.id,
            Product.sku,
            Product.name,
            Price.min_qty,
            Price.valid_from,
            Price.valid_to,
            SHORTEST.label("old"),
            changed_price(change).label("new"),
        )
        .join(Product, Product.id == Price.product_id)
        .where(*_affected(change))
    )


def apply(change: PriceChange, *, by: int | None) -> None:
    """Prices that begin later are changed where they stand; those under way end the day before, and go on anew."""
    new = changed_price(change)
    later = Price.valid_from >= change.starts_on
    rows_changed(
        update(Price)
        .where(*_affected(change), later)
        .values(unit_price=new)
        .execution_options(synchronize_session=False)
    )
    _end_and_go_on(change, new, by=by)


def _end_and_go_on(change: PriceChange, new: ColumnElement[Decimal], *, by: int | None) -> None:
    before = aliased(Price)
    ended = (
        update(Price)
        .where(
            *_affected(change),
            func.coalesce(Price.valid_from, BEGINNING) < change.starts_on,
            before.id == Price.id,
        )
        .values(valid_to=change.starts_on - A_DAY)
        .returning(
            Price.price_list_id,
            Price.product_id,
            Price.min_qty,
            new.label("unit_price"),
            literal(change.starts_on).label("valid_from"),
            before.valid_to,
            literal(by).label("created_by"),
        )
        .cte("ended")
    )
    names = [column.name for column in ended.c]
    db.session.execute(insert(Price).from_select(names, select(*ended.c)))


def _affected(change: PriceChange) -> list[ColumnElement[bool]]:
    wanted = [
        Price.price_list_id == change.list_id,
        func.coalesce(Price.valid_to, END) >= change.starts_on,
        changed_price(change) != Price.unit_price,
    ]
    if change.category_ids:
        there = select(Product.id).where(Product.category_id.in_(change.category_ids))
        wanted.append(Price.product_id.in_(there))
    return wanted
