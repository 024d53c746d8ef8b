"""What a bank receipt pays: invoices that are open, and orders that wait to be paid in advance."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from app.billing.models import Receipt
from app.billing.queries.payable import open_invoices
from app.billing.queries.receipts import receipt_locked
from app.billing.service import receiving
from app.billing.suggestion import Payable, named_in, suggested
from app.core.access import Viewer
from app.core.business import business
from app.core.clock import business_day
from app.core.errors import NotFound, named_as
from app.core.transaction import use_case
from app.orders.models import Order
from app.orders.queries.orders import UNKNOWN, order_locked
from app.orders.queries.prepaid import orders_to_pay
from app.orders.service import paying

ORDER = re.compile("[1-9][0-9]{0,17}")


class Offer(NamedTuple):
    """What it could pay, and what it most likely is for: so much of each, by number."""

    payables: list[Payable]
    amounts: Mapping[str, Decimal]


def offer(customer_id: int, *, unused: Decimal, reference: str) -> Offer:
    named = named_in(reference)
    payables = [
        *open_invoices(customer_id, named=named, amount=unused),
        *orders_to_pay(customer_id, named=named, amount=unused),
    ]
    payables.sort(key=lambda one: (one.due_on, one.name))
    return Offer(payables, suggested(unused, reference, payables))


def order_named(name: str) -> int | None:
    """The number of an order, or nothing where it names an invoice. Other digits alone name neither."""
    if ORDER.fullmatch(name):
        return int(name)
    if name.isdecimal():
        raise NotFound(UNKNOWN)
    return None


@use_case
def allocate(receipt_id: int, amounts: Mapping[str, Decimal], *, by: Viewer, at: datetime) -> list[Order]:
    """So much of it for each invoice or order, by number: all of it or nothing. The orders as they are then."""
    of_orders = sorted(number for name in amounts if (number := order_named(name)) is not None)
    for number in of_orders:
        order_locked(by, number)  # all orders come before the first money
    receiving.refuse_more_than_is_left(receipt_locked(receipt_id), sum(amounts.values(), Decimal(0)))
    paid = [_prepaid(number, receipt_id, amounts[str(number)], by=by, at=at) for number in of_orders]
    of_invoices = {name: amount for name, amount in amounts.items() if order_named(name) is None}
    if of_invoices:
        receiving.allocate(receipt_id, of_invoices, by=by, on=business_day(at, business().time_zone))
    return paid


def _prepaid(number: int, receipt_id: int, amount: Decimal, *, by: Viewer, at: datetime) -> Order:
    with named_as({"amount": f"pays.{number}"}):
        return paying.prepay(number, receipt_id, amount, by=by, at=at)


@use_case
def record(
    customer_code: str,
    *,
    amount: Decimal,
    received_on: date,
    reference: str,
    note: str,
    allocated: Mapping[str, Decimal] | None,
    by: Viewer,
    at: datetime,
) -> Receipt:
    """Written down, and used at once: for what was said, or where nothing was said for what is suggested."""
    on = business_day(at, business().time_zone)
    receipt = receiving.record(
        customer_code, amount=amount, received_on=received_on, reference=reference, note=note, by=by, on=on
    )
    if allocated is None:
        allocated = offer(receipt.customer_id, unused=amount, reference=reference).amounts
    if allocated:
        allocate(receipt.id, allocated, by=by, at=at)
    return receipt


@use_case
def take_back(receipt_id: int, name: str, *, by: Viewer, at: datetime) -> Decimal:
    """All that it paid of an invoice or of an order in advance, by number."""
    number = order_named(name)
    if number is not None:
        return paying.take_back(number, receipt_id, by=by, at=at)
    return receiving.take_back(receipt_id, name, by=by, on=business_day(at, business().time_zone))
