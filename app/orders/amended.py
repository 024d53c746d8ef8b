"""An order as it would be after a change: what each line was and becomes, and the sum."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from app.catalogue.totals import ZERO, Line, Totals, line_net
from app.orders.agreed import comes_to
from app.orders.models import Order, OrderItem
from app.orders.priced import Item, PricedLine
from app.orders.quoted import Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What somebody wants to be different. What is None stays as it is; `items` is the whole list."""

    items: Mapping[int, int] | None = None
    address_id: int | None = None
    deliver_on: date | None = None
    po_number: str | None = None
    notes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendedLine:
    """One product of the order. `priced` is there where the price is made anew; a new line has no `item`.

    `product` is as it is sold now; `advice` says what to do where so many cannot be ordered.
    """

    product: Item
    sku: str
    name: str
    before: int
    after: int
    unit_price: Decimal
    tax_rate: Decimal
    advice: str
    item: OrderItem | None
    priced: PricedLine | None

    @property
    def product_id(self) -> int:
        return self.product.product_id

    @property
    def net(self) -> Decimal:
        return line_net(self.after, self.unit_price)

    @property
    def price_before(self) -> Decimal | None:
        return self.item.unit_price if self.item and self.before else None

    @property
    def has_another_price(self) -> bool:
        """A quantity break was crossed: the buyer is shown both."""
        return bool(self.after) and self.price_before not in (None, self.unit_price)

    @property
    def is_different(self) -> bool:
        return self.before != self.after

    @property
    def is_short(self) -> bool:
        return self.after - self.before > self.product.left


@dataclass(frozen=True)
class Plan:
    """The whole of it, before anything is changed."""

    order: Order
    lines: Sequence[AmendedLine]
    delivery_net: Decimal

    @property
    def goods(self) -> Decimal:
        return sum((line.net for line in self.lines), ZERO)

    @property
    def kept(self) -> list[AmendedLine]:
        return [line for line in self.lines if line.after]

    @cached_property
    def totals(self) -> Totals:
        lines = [Line(line.net, line.tax_rate) for line in self.kept]
        return comes_to(lines, Line(self.delivery_net, self.order.delivery_tax_rate))

    @property
    def seen(self) -> Seen:
        lines = {line.product_id: (line.after, line.unit_price) for line in self.kept}
        return Seen(lines, self.totals.total)
