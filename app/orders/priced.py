"""A basket with prices: what each line comes to, what cannot be ordered any more, and the sum."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from app.accounts.models import CustomerStatus
from app.catalogue import quantities
from app.catalogue.models import ProductStatus
from app.catalogue.pricing import Answer, Offer, price
from app.catalogue.totals import ZERO, Line, Totals, line_net, totals
from app.stock.shelf import Shelf

UNTAXED = frozenset({"exempt", "zero"})
GONE = "We no longer sell it."
NO_PRICE = "It has no price for you in this quantity. Ask the order desk."


class Item(NamedTuple):
    """A line as it was put in, and its product as it is now."""

    quantity: int
    product_id: int
    sku: str
    name: str
    unit_label: str
    pack_size: int
    min_qty: int
    max_qty: int | None
    status: str
    deleted_at: datetime | None
    thumbnail: str | None
    icon: str
    tax_rate: Decimal | None
    on_hand: int
    reserved: int
    backorder_limit: int
    low_at: int | None
    back_on: date | None

    @property
    def left(self) -> int:
        """How many can be had."""
        return max(Shelf.of(self).sellable, 0)

    @property
    def is_short(self) -> bool:
        return self.quantity > self.left

    @property
    def is_on_sale(self) -> bool:
        return self.status == ProductStatus.ACTIVE and self.deleted_at is None


class Contents(NamedTuple):
    """What is in a basket, how its customer is taxed and whether we serve them."""

    tax_treatment: str
    items: list[Item]
    customer_status: str = CustomerStatus.ACTIVE

    @property
    def product_ids(self) -> set[int]:
        return {item.product_id for item in self.items}

    @property
    def by_product(self) -> dict[int, Item]:
        return {item.product_id: item for item in self.items}

    @property
    def quantities(self) -> dict[int, int]:
        return {item.product_id: item.quantity for item in self.items}

    @property
    def names(self) -> dict[int, str]:
        return {item.product_id: item.name for item in self.items}

    def rate_for(self, rate: Decimal | None) -> Decimal:
        """What this customer pays of a product's tax."""
        return ZERO if rate is None or self.tax_treatment in UNTAXED else rate


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line that has a price; `advice` says what to do where its quantity cannot be had."""

    item: Item
    answer: Answer
    net: Decimal
    rate: Decimal
    advice: str = ""

    def source(self, on: date) -> dict[str, object]:
        """Why it costs what it costs, for as long as the order is kept."""
        because = self.answer.because
        return {
            "kind": because.kind,
            "list": because.list_code,
            "name": because.list_name,
            "min_qty": because.min_qty,
            "valid_from": because.valid_from.isoformat() if because.valid_from else None,
            "valid_to": because.valid_to.isoformat() if because.valid_to else None,
            "on": on.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class LeftOver:
    """A line that cannot be ordered, and why."""

    item: Item
    why: str


@dataclass(frozen=True)
class PricedBasket:
    """What the page, the slip and later the order are made from."""

    lines: Sequence[PricedLine]
    left_over: Sequence[LeftOver]
    places: Sequence[int] = ()  # the products of all lines, as they were put in
    customer_status: str = CustomerStatus.ACTIVE

    @property
    def is_empty(self) -> bool:
        return not self.lines and not self.left_over

    @property
    def count(self) -> int:
        """Of all lines, as the menu tells it."""
        return len(self.lines) + len(self.left_over)

    @property
    def count_short(self) -> int:
        return sum(line.item.is_short for line in self.lines)

    @property
    def can_be_had(self) -> bool:
        """Every line as it was asked for."""
        return not self.left_over and not any(line.advice for line in self.lines)

    @property
    def goods(self) -> Decimal:
        return sum((line.net for line in self.lines), ZERO)

    @cached_property
    def totals(self) -> Totals:
        return totals([Line(line.net, line.rate) for line in self.lines])

    def goods_beside(self, product_ids: set[int]) -> Decimal:
        """What those lines come to that a page does not show itself."""
        return sum((line.net for line in self.lines if line.item.product_id not in product_ids), ZERO)

    def lines_beside(self, product_ids: set[int]) -> int:
        return sum(line.item.product_id not in product_ids for line in self.lines)


def priced(contents: Contents, offers: Mapping[int, Sequence[Offer]]) -> PricedBasket:
    """At the prices that hold now for this customer."""
    lines: list[PricedLine] = []
    left_over: list[LeftOver] = []
    for item in contents.items:
        answer = price(offers.get(item.product_id, ()), item.quantity)
        if not item.is_on_sale:
            left_over.append(LeftOver(item, GONE))
        elif answer is None:
            left_over.append(LeftOver(item, NO_PRICE))
        else:
            net, rate = line_net(item.quantity, answer.unit_price), contents.rate_for(item.tax_rate)
            lines.append(PricedLine(item, answer, net, rate, advice_on(item)))
    places = [item.product_id for item in contents.items]
    return PricedBasket(lines, left_over, places, contents.customer_status)


def advice_on(item: Item) -> str:
    """While a basket waits, rules change and shelves empty."""
    fit = quantities.fitted(item, item.quantity)
    if fit.rule or not item.is_short:
        return fit.advice
    return (
        f"Only {item.left:,} left, and you want {item.quantity:,}."
        if item.left
        else "None are left just now."
    )
