"""Counts over several features, in one question; and the day's orders in another."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Date, DateTime, and_, bindparam, exists, func, or_, select

from app.accounts.models import Customer, CustomerStatus, User
from app.billing.models import InvoiceBalance, Receipt
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
from app.desk.queries.views import ORDER, TODAY, Standing, standing
from app.fulfilment.models import Return, ReturnStatus
from app.orders.states import OrderStatus
from app.stock.models import StockItem
from app.stock.queries.standing import STANDINGS, STILL_OF_INTEREST


class Counts(NamedTuple):
    """How many rows wait for somebody; of invoices that are overdue, also how much."""

    applications: int
    returns: int
    invitations: int
    failed: int
    low: int
    short: int
    overdue: int
    receipts: int
    owed: Decimal


_customer, _user, _message = Customer.__table__, User.__table__, OutboxMessage.__table__
_method, _price, _list, _rate = (model.__table__ for model in (DeliveryMethod, Price, PriceList, TaxRate))
_category, _product, _return = Category.__table__, Product.__table__, Return.__table__
_low, _short = STANDINGS["low"], STANDINGS["short"]
_stock = (
    select(func.count().filter(_low).label("low"), func.count().filter(_short).label("short"))
    .select_from(StockItem)
    .join(Product, Product.id == StockItem.product_id)
    .where(or_(_low, _short), STILL_OF_INTEREST, Product.deleted_at.is_(None))
    .subquery()
)
_overdue = (
    select(func.count().label("how_many"), func.coalesce(func.sum(InvoiceBalance.open), 0).label("owed"))
    .where(InvoiceBalance.open > 0, InvoiceBalance.due_on < TODAY)
    .subquery()
)
EVERYTHING = Question(
    select(
        select(func.count())
        .where(_customer.c.status == CustomerStatus.APPLIED.value, _customer.c.deleted_at.is_(None))
        .scalar_subquery(),
        select(func.count()).where(_return.c.status == ReturnStatus.REQUESTED.value).scalar_subquery(),
        select(func.count()).where(_user.c.standing == "invited").scalar_subquery(),
        select(func.count()).where(_message.c.dead_at.is_not(None)).scalar_subquery(),
        _stock.c.low,
        _stock.c.short,
        _overdue.c.how_many,
        select(func.count()).where(Receipt.unused > 0).scalar_subquery(),
        _overdue.c.owed,
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


def today(on: date) -> tuple[Counts, Known]:
    row = EVERYTHING.ask(today=on).one()
    counted = len(Counts._fields)
    return Counts(*row[:counted]), Known(*row[counted:])


class Day(NamedTuple):
    """What was placed on one day, but for what was cancelled."""

    orders: int
    net: Decimal


class Orders(NamedTuple):
    """What stands in the queue, and two days to compare: the earlier one up to the same hour."""

    standing: Standing
    today: Day
    week_ago: Day


WEEK = timedelta(days=7)
_value = ORDER.c.subtotal_net + ORDER.c.delivery_net
_a_week_ago = and_(
    ORDER.c.business_date == bindparam("on", type_=Date),
    ORDER.c.created_at <= bindparam("until", type_=DateTime(timezone=True)),
)
PLACED = Question(
    select(ORDER.c.business_date, func.count(), func.sum(_value))
    .where(or_(ORDER.c.business_date == TODAY, _a_week_ago))
    .where(ORDER.c.status != OrderStatus.CANCELLED.value)
    .group_by(ORDER.c.business_date)
)


def orders_of_the_day(on: date, at: datetime) -> Orders:
    found = PLACED.ask(today=on, on=on - WEEK, until=at - WEEK)
    placed = {day: Day(how_many, net) for day, how_many, net in found}
    nothing = Day(0, Decimal(0))
    return Orders(standing(on), placed.get(on, nothing), placed.get(on - WEEK, nothing))
