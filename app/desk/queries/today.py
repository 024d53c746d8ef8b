"""Counts over several features, in one question; and the day's orders in another."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Date, bindparam, exists, func, or_, select

from app.accounts.models import Customer, CustomerStatus, User
from app.catalogue.models import (
    Category,
    DeliveryMethod,
    Price,
    PriceList,
    PriceListKind,
    Product,
    TaxRate,
)
from app.core.outbox import OutboxMessage
from app.core.questions import Question
from app.desk.first_steps import Known
from app.desk.queries.views import COUNTED, OPEN, ORDER, TODAY, VIEWS
from app.orders.states import OrderStatus
from app.stock.models import StockItem
from app.stock.queries.standing import STANDINGS, STILL_OF_INTEREST


class Counts(NamedTuple):
    """How many rows wait for somebody."""

    applications: int
    invitations: int
    failed: int
    low: int
    short: int


_customer, _user, _message = Customer.__table__, User.__table__, OutboxMessage.__table__
_method, _price, _list, _rate = (model.__table__ for model in (DeliveryMethod, Price, PriceList, TaxRate))
_category, _product = Category.__table__, Product.__table__
_low, _short = STANDINGS["low"], STANDINGS["short"]
_stock = (
    select(func.count().filter(_low).label("low"), func.count().filter(_short).label("short"))
    .select_from(StockItem)
    .join(Product, Product.id == StockItem.product_id)
    .where(or_(_low, _short), STILL_OF_INTEREST, Product.deleted_at.is_(None))
    .subquery()
)
EVERYTHING = Question(
    select(
        select(func.count())
        .where(_customer.c.status == CustomerStatus.APPLIED.value, _customer.c.deleted_at.is_(None))
        .scalar_subquery(),
        select(func.count()).where(_user.c.standing == "invited").scalar_subquery(),
        select(func.count()).where(_message.c.dead_at.is_not(None)).scalar_subquery(),
        _stock.c.low,
        _stock.c.short,
        # What a new installation has been told so far.
        exists(select(_rate.c.id)),
        exists(select(_method.c.id).where(_method.c.deleted_at.is_(None))),
        exists(select(_category.c.id).where(_category.c.deleted_at.is_(None))),
        exists(select(_product.c.id).where(_product.c.deleted_at.is_(None))),
        exists(
            select(_price.c.id)
            .join(_list, _list.c.id == _price.c.price_list_id)
            .where(_list.c.kind == PriceListKind.BASE.value)
        ),
        exists(
            select(_customer.c.id).where(
                _customer.c.status == CustomerStatus.ACTIVE.value, _customer.c.deleted_at.is_(None)
            )
        ),
    )
)


def today() -> tuple[Counts, Known]:
    row = EVERYTHING.ask().one()
    counted = len(Counts._fields)
    return Counts(*row[:counted]), Known(*row[counted:])


class Day(NamedTuple):
    """What was placed on one day, but for what was cancelled."""

    orders: int
    net: Decimal


class Orders(NamedTuple):
    """How many stand in each view of the queue, since when the oldest waits, and two days to compare."""

    counts: dict[str, int]
    oldest: dict[str, datetime | None]
    today: Day
    week_ago: Day


WEEK = timedelta(days=7)
STANDING = Question(
    select(
        *(func.count().filter(VIEWS[name]) for name in COUNTED),
        *(func.min(ORDER.c.created_at).filter(VIEWS[name]) for name in COUNTED),
    ).where(OPEN)
)
_on, _value = bindparam("on", type_=Date), ORDER.c.subtotal_net + ORDER.c.delivery_net
PLACED = Question(
    select(ORDER.c.business_date, func.count(), func.sum(_value))
    .where(or_(ORDER.c.business_date == TODAY, ORDER.c.business_date == _on))
    .where(ORDER.c.status != OrderStatus.CANCELLED.value)
    .group_by(ORDER.c.business_date)
)


def orders_of_the_day(on: date) -> Orders:
    standing = STANDING.ask(today=on).one()
    counts, oldest = standing[: len(COUNTED)], standing[len(COUNTED) :]
    placed = {day: Day(how_many, net) for day, how_many, net in PLACED.ask(today=on, on=on - WEEK)}
    nothing = Day(0, Decimal(0))
    return Orders(
        dict(zip(COUNTED, counts, strict=True)),
        dict(zip(COUNTED, oldest, strict=True)),
        placed.get(on, nothing),
        placed.get(on - WEEK, nothing),
    )
