"""The queue: orders as the desk works on them, flat rows put into words once, for it is asked for all day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Date,
    FromClause,
    ScalarSelect,
    Select,
    any_,
    bindparam,
    case,
    func,
    literal,
    select,
)

from app.accounts.models import Customer
from app.catalogue.queries.search import ENOUGH
from app.core.paging import Page, Sort, page_of
from app.core.streaming import EveryRow
from app.desk.queries.sought import Meaning, found_by, meaning_of
from app.desk.queries.views import OPEN, ORDER, SORTS, TODAY, VIEWS, is_open
from app.orders.models import OrderItem
from app.orders.queries.credit import exposed
from app.orders.queries.payment import is_paid_like, payment_state
from app.orders.states import HoldReason
from app.stock.models import StockItem

PAGE_SIZE = 25

_customer = Customer.__table__
_other, _item = ORDER.alias("other"), OrderItem.__table__
_younger, _theirs = ORDER.alias("younger"), OrderItem.__table__.alias("theirs")


def _held(item: FromClause) -> ColumnElement[int]:
    held: ColumnElement[int] = item.c.quantity - item.c.quantity_cancelled - item.c.quantity_shipped
    return held


_used = exposed(ORDER.c.customer_id)
_credit_used = case((ORDER.c.hold_reason == HoldReason.CREDIT.value, _used))


def _any(rows: Select[*tuple[Any, ...]]) -> ColumnElement[bool]:
    """Whether there is one, looked for row by row: EXISTS may be made into a list of all there are, once for all."""
    return rows.limit(1).scalar_subquery().is_not(None)


_earlier = select(_other.c.id).where(_other.c.customer_id == ORDER.c.customer_id, _other.c.id < ORDER.c.id)
_is_first = case((OPEN, ~_any(_earlier)))
# Where more is held than there is, the youngest orders go short: what they hold is not there for anybody.
_held_by_younger = (
    select(func.coalesce(func.sum(_held(_theirs)), 0))
    .join(_younger, _younger.c.id == _theirs.c.order_id)
    .where(
        _theirs.c.product_id == _item.c.product_id,
        _theirs.c.order_id > _item.c.order_id,
        is_open(_younger),
    )
    .scalar_subquery()
)
_available = select(StockItem.available).where(StockItem.product_id == _item.c.product_id).scalar_subquery()
_short_lines = select(_item.c.id).where(
    _item.c.order_id == ORDER.c.id,
    _held(_item) > 0,
    _available < 0,
    _available + _held_by_younger < 0,
)
_is_short = case((OPEN, _any(_short_lines)))
_listed = select(
    ORDER.c.id,
    ORDER.c.number,
    ORDER.c.created_at,
    ORDER.c.promised_on,
    ORDER.c.status,
    ORDER.c.hold_reason,
    ORDER.c.open_shipment,
    ORDER.c.shipments_sent,
    ORDER.c.payment_method,
    payment_state(ORDER.c, TODAY).label("payment_state"),
    ORDER.c.po_number,
    ORDER.c.line_count,
    ORDER.c.total,
    _customer.c.name.label("customer"),
).join(_customer, _customer.c.id == ORDER.c.customer_id)
_flagged = _listed.add_columns(
    _credit_used.label("credit_used"),
    _customer.c.credit_limit,
    _is_first.label("is_first"),
    _is_short.label("is_short"),
    case((OPEN, ORDER.c.promised_on < TODAY)).label("is_late"),
)
_written = _listed.add_columns(
    _customer.c.code.label("customer_code"),
    ORDER.c.buyer_name,
    ORDER.c.delivery_method,
    ORDER.c.subtotal_net,
    ORDER.c.delivery_net,
    ORDER.c.tax_total,
    ORDER.c.currency,
)


@dataclass(frozen=True, slots=True)
class Sought:
    """What the queue is narrowed to, and its order."""

    view: str
    q: str = ""
    day: date | None = None
    payment: str = ""
    sort: str = "placed"
    is_descending: bool = False

    @property
    def order(self) -> Sort:
        return Sort(SORTS[self.sort], ORDER.c.id, self.is_descending)


def queue_page(sought: Sought, *, today: date, after: str | None, before: str | None) -> Page[Any]:
    meaning = meaning_of(sought.q) if sought.q else None
    rows, count = _narrowed(
        sought.view, sought.day is not None, sought.payment, meaning.ways if meaning else ()
    )
    return page_of(
        rows,
        sought.order,
        after=after,
        before=before,
        size=PAGE_SIZE,
        is_kept=True,
        given=_given(sought, meaning, today),
        count=count,
    )


def every_order(sought: Sought, *, today: date) -> EveryRow:
    meaning = meaning_of(sought.q) if sought.q else None
    narrowed = _conditions(sought.view, sought.day is not None, sought.payment)
    if meaning:
        narrowed.append(ORDER.c.id.in_(found_by(meaning.ways, *narrowed, at_most=None)))
    rows = _written.where(*narrowed).params(**_given(sought, meaning, today))
    return EveryRow(rows, sought.order)


def orders_numbered(numbers: Collection[int], *, today: date) -> EveryRow:
    """These, for a file."""
    rows = _written.where(ORDER.c.number == any_(literal(list(numbers), ARRAY(BigInteger))))
    return EveryRow(rows.params(today=today), Sort(SORTS["placed"], ORDER.c.id))


def _given(sought: Sought, meaning: Meaning | None, today: date) -> dict[str, Any]:
    return {"today": today, "day": sought.day} | (meaning.given if meaning else {})


def _conditions(view: str, has_day: bool, payment: str) -> list[ColumnElement[bool]]:
    narrowed = [VIEWS[view]]
    if has_day:
        narrowed.append(ORDER.c.promised_on == bindparam("day", type_=Date))
    if payment:
        narrowed.extend(is_paid_like(ORDER.c, payment, TODAY))
    return narrowed


@lru_cache(maxsize=300)
def _narrowed(view: str, has_day: bool, payment: str, ways: tuple[str, ...]) -> tuple[Any, Any]:
    """The rows, and how to count them with nothing beside them."""
    narrowed = _conditions(view, has_day, payment)
    if not ways:
        some = select(literal(1)).select_from(ORDER).where(*narrowed).limit(ENOUGH).subquery()
        return _flagged.where(*narrowed), _count_of(some)
    found = found_by(ways, *narrowed).cte("found")
    numbers = func.array(
        select(found.c.id).scalar_subquery()
    )  # each by its number, not all of them beside it
    return _flagged.where(ORDER.c.id == any_(numbers)), _count_of(found)


def _count_of(rows: FromClause) -> ScalarSelect[int]:
    return select(func.count()).select_from(rows).scalar_subquery()
