"""What programs ask for in one go: products by SKU, customers by code, made into the verbs people use."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from app.accounts.queries.directory import customer_id_of
from app.core.access import Viewer
from app.core.business import business
from app.core.clock import business_day
from app.core.errors import NotFound, Refused, Several, named_as
from app.core.transaction import use_case
from app.customers.queries.customers import UNKNOWN, customer_with_id
from app.orders.amended import Changes
from app.orders.models import Order, OrderItem
from app.orders.moves import IllegalMove
from app.orders.queries import for_programs, orders
from app.orders.queries.ways import ways_of_delivery
from app.orders.quoted import Quote, Seen
from app.orders.service import amending, moving, placing, quoting
from app.orders.service.quoting import Terms
from app.orders.states import Channel, OrderStatus, PaymentMethod

REASON = "As a program asked."


class Asked(Protocol):
    """One line as it was sent: a product by one of its names, and how many."""

    @property
    def sku(self) -> str | None: ...
    @property
    def product_id(self) -> int | None: ...
    @property
    def quantity(self) -> int: ...


class Wanted(NamedTuple):
    """So many of each product, and by our names of the fields, those that were sent."""

    quantities: dict[int, int]
    fields: dict[str, str]


@use_case
def place(
    items: Sequence[Asked],
    *,
    customer: str | None,
    customer_id: int | None,
    delivery_method: str | None,
    agreed: str | None,
    by: Viewer,
    at: datetime,
    **terms: Any,
) -> Order:
    """At the prices of the quote that was `agreed` to, where one is named."""
    wanted = _wanted(items, by)
    with named_as(wanted.fields):
        return placing.place(
            wanted.quantities,
            customer_id=_customer_id(by, customer, customer_id),
            terms=_terms(delivery_method, at, **terms),
            channel=Channel.API,
            by=by,
            at=at,
            seen=_seen(agreed),
        )


def quote(
    items: Sequence[Asked],
    *,
    customer: str | None,
    customer_id: int | None,
    delivery_method: str | None,
    by: Viewer,
    at: datetime,
    **terms: Any,
) -> tuple[Quote, PaymentMethod]:
    """Whatever stands against it is refused as if it were placed, but for what only placing finds out."""
    wanted = _wanted(items, by)
    whose = customer_with_id(by, _customer_id(by, customer, customer_id))
    asked = _terms(delivery_method, at, **terms)
    with named_as(wanted.fields):
        found = placing.agreed(wanted.quantities, whose, asked, at=at, seen=None)
    return found, quoting.payment_for(whose, asked.payment_method, takes_cards=asked.takes_cards)


@use_case
def amend(
    number: int, items: Sequence[Asked] | None, *, version: int, by: Viewer, at: datetime, **changes: Any
) -> Order:
    if items is None:
        return amending.amend(number, Changes(**changes), by=by, at=at, version=version)
    wanted = _wanted(items, by, beside=orders.order_seen_by(by, number).items)
    with named_as(wanted.fields):
        changed = Changes(items=wanted.quantities, **changes)
        return amending.amend(number, changed, by=by, at=at, version=version)


@use_case
def cancel_pending(number: int, *, version: int, by: Viewer, at: datetime) -> Order:
    """What a program deletes must not be on its way: whoever wants that cancels it by name, with a reason."""
    order = orders.order_locked(by, number)
    if order.status != OrderStatus.PENDING:
        raise IllegalMove(f"It is {order.word} by now. Cancel it with a reason instead.")
    return moving.cancel(number, reason=REASON, by=by, at=at, version=version)


def _wanted(items: Sequence[Asked], by: Viewer, beside: Sequence[OrderItem] = ()) -> Wanted:
    """Equal products are one line, in the place of the first. Those that are `beside` need not be in sight."""
    known = for_programs.products_named(by, [_name(item) for item in items])
    known |= {name: item.product_id for item in beside for name in (item.sku.lower(), item.product_id)}
    unknown = [_unknown(n, item) for n, item in enumerate(items) if _name(item) not in known]
    if unknown:
        raise Several(" ".join(part.message for part in unknown), unknown)
    quantities: dict[int, int] = {}
    fields = {}
    for number, item in enumerate(items):
        product_id = known[_name(item)]
        if product_id not in quantities:
            ours, theirs = f"items.{len(quantities)}", f"items.{number}"
            fields[f"{ours}.sku"] = f"{theirs}.{_field(item)}"
            fields[f"{ours}.quantity"] = f"{theirs}.quantity"
        quantities[product_id] = quantities.get(product_id, 0) + item.quantity
    return Wanted(quantities, fields)


def _name(item: Asked) -> str | int:
    return item.product_id or 0 if item.sku is None else item.sku.lower()


def _field(item: Asked) -> str:
    return "product_id" if item.sku is None else "sku"


def _unknown(number: int, item: Asked) -> Refused:
    name = f"the id {item.product_id}" if item.sku is None else f"the SKU {item.sku}"
    field = f"items.{number}.{_field(item)}"
    return Refused(f"Nothing with {name} can be ordered.", field=field, code="not_orderable")


def _customer_id(by: Viewer, code: str | None, customer_id: int | None) -> int:
    if code is not None and customer_id is not None:
        raise Refused("Send customer or customer_id, not both.", field="customer_id")
    if code is not None:
        customer_id = customer_id_of(by, code.upper())
        if customer_id is None:
            raise NotFound(UNKNOWN)
    found = customer_id or by.customer_id
    if found is None:
        raise Refused("Say whom it is for: send customer or customer_id.", field="customer", code="missing")
    return found


def _seen(agreed: str | None) -> Seen | None:
    if agreed is None:
        return None
    found = Seen.of(agreed)
    if found is None:
        raise Refused("Send it as the quote had it, or leave it out.", field="agreed")
    return found


def _terms(delivery_method: str | None, at: datetime, **terms: Any) -> Terms:
    if delivery_method is None:
        return Terms(**terms)
    ways = ways_of_delivery(business_day(at, business().time_zone)).ways
    found = next((way for way in ways if way.name.lower() == delivery_method.lower()), None)
    if found is None:
        names = ", ".join(way.name for way in ways) or "none yet"
        raise Refused(f"We have no such way of delivery. There is: {names}.", field="delivery_method")
    return Terms(way_id=found.id, **terms)
