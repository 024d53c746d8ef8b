"""The prices that hold for somebody on a day."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Date, and_, any_, bindparam, func, or_, select

from app.accounts.models import Customer
from app.catalogue.models import Price, PriceList, PriceListKind
from app.catalogue.pricing import Offer
from app.core.questions import Question

_price, _list, _customer = Price.__table__, PriceList.__table__, Customer.__table__
_on = bindparam("on", type_=Date)
_buyer = bindparam("customer_id", type_=BigInteger)


def _holds(first: ColumnElement[Any], last: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(func.coalesce(first, _on) <= _on, func.coalesce(last, _on) >= _on)


# Asked by every page with prices, so it is written once.
OFFERS = Question(
    select(
        _price.c.product_id,
        _list.c.kind,
        _list.c.id.label("list_id"),
        _list.c.code.label("list_code"),
        _list.c.name.label("list_name"),
        _price.c.min_qty,
        _price.c.unit_price,
        _price.c.valid_from,
        _price.c.valid_to,
    )
    .join_from(_price, _list, _list.c.id == _price.c.price_list_id)
    .where(
        _price.c.product_id == any_(bindparam("product_ids", type_=ARRAY(BigInteger))),
        or_(
            _list.c.kind == PriceListKind.BASE.value,
            _list.c.customer_id == _buyer,
            _list.c.id == select(_customer.c.price_list_id).where(_customer.c.id == _buyer).scalar_subquery(),
        ),
        _list.c.is_active,
        _list.c.deleted_at.is_(None),
        _holds(_list.c.valid_from, _list.c.valid_to),
        _holds(_price.c.valid_from, _price.c.valid_to),
    )
)


def offers(product_ids: Collection[int], *, customer_id: int | None, on: date) -> dict[int, list[Offer]]:
    """By product: contract, the customer's list, and base. Without a customer, the base list alone."""
    found: defaultdict[int, list[Offer]] = defaultdict(list)
    if product_ids:
        for row in OFFERS.ask(product_ids=list(product_ids), customer_id=customer_id, on=on):
            found[row[0]].append(Offer(*row[1:]))
    return found
