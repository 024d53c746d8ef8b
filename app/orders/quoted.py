"""An order before it is placed: lines at today's prices, the way it comes, and the sum the buyer agrees to."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple, Self

from app.accounts.models import Customer
from app.catalogue.delivery_days import NextDelivery, delivery_on
from app.catalogue.totals import ZERO, Line, Totals
from app.orders.agreed import comes_to
from app.orders.priced import UNTAXED, PricedBasket
from app.orders.ways import Way, Ways

TEN_THOUSANDTHS = 10_000
_NUMBER = "[0-9]{1,18}"
_LINE = f"{_NUMBER}:{_NUMBER}:{_NUMBER}"
WHAT_WAS_SEEN = re.compile(f"(?:{_LINE}(?:,{_LINE})*)?={_NUMBER}")


@dataclass(frozen=True)
class Quote:
    """What the checkout shows, what `quote` answers, and what placing makes an order of."""

    customer: Customer
    basket: PricedBasket
    ways: Ways
    way: Way | None
    days: Sequence[date]
    deliver_on: date | None
    on: date

    @property
    def arrives(self) -> NextDelivery | None:
        """On the chosen day, and by when to order for it."""
        return delivery_on(self.deliver_on, self.way) if self.way and self.deliver_on else None

    @property
    def delivery_net(self) -> Decimal:
        return self.way.charge_for(self.basket.goods) if self.way and self.basket.lines else ZERO

    @property
    def delivery_rate(self) -> Decimal:
        return ZERO if self.way is None or self.customer.tax_treatment in UNTAXED else self.way.tax_rate

    @cached_property
    def totals(self) -> Totals:
        lines = [Line(line.net, line.rate) for line in self.basket.lines]
        return comes_to(lines, Line(self.delivery_net, self.delivery_rate))

    @property
    def seen(self) -> "Seen":
        """What whoever looks at it agrees to by going on."""
        lines = {
            line.item.product_id: (line.item.quantity, line.answer.unit_price) for line in self.basket.lines
        }
        return Seen(lines, self.totals.total)


class Seen(NamedTuple):
    """The lines and the sum that a buyer had before their eyes: by product, how many and what one costs."""

    lines: Mapping[int, tuple[int, Decimal]]
    total: Decimal

    def __str__(self) -> str:
        """For a hidden field of the page, like 12:6:184000,15:3:32500=13765."""
        lines = (
            f"{product_id}:{quantity}:{int(unit_price * TEN_THOUSANDTHS)}"
            for product_id, (quantity, unit_price) in self.lines.items()
        )
        return f"{','.join(lines)}={int(self.total * 100)}"

    @classmethod
    def of(cls, text: str) -> Self | None:
        """None where somebody wrote into the field: that was never a page of ours."""
        if not WHAT_WAS_SEEN.fullmatch(text):
            return None
        lines, _, total = text.partition("=")
        parts = [[int(number) for number in line.split(":")] for line in lines.split(",") if line]
        found = {one: (quantity, Decimal(price) / TEN_THOUSANDTHS) for one, quantity, price in parts}
        return cls(found, Decimal(int(total)) / 100)
