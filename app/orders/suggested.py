"""What of a list could be ordered now: how many of each, at which price, and why it is not all that was asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.catalogue import quantities
from app.catalogue.pricing import Offer, price
from app.catalogue.totals import line_net
from app.orders.priced import GONE, NO_PRICE, Item, LeftOver


@dataclass(frozen=True, slots=True)
class Suggestion:
    """So many of `item` can be had; `note` says why they are not as many as were asked for."""

    item: Item
    asked: int
    unit_price: Decimal
    offers: tuple[Offer, ...]
    note: str = ""

    @property
    def net(self) -> Decimal:
        return line_net(self.item.quantity, self.unit_price)

    @property
    def is_fewer(self) -> bool:
        return self.item.quantity < self.asked


@dataclass(frozen=True, slots=True)
class Suggested:
    """All of a list: what could be ordered, and what could not."""

    lines: Sequence[Suggestion]
    left_over: Sequence[LeftOver]


def suggested(items: Sequence[Item], offers: Mapping[int, Sequence[Offer]]) -> Suggested:
    """Every item is in one of the two."""
    found = [_suggestion(item, tuple(offers.get(item.product_id, ()))) for item in items]
    return Suggested(
        [one for one in found if isinstance(one, Suggestion)],
        [one for one in found if isinstance(one, LeftOver)],
    )


def _suggestion(item: Item, offers: tuple[Offer, ...]) -> Suggestion | LeftOver:
    if not item.is_on_sale:
        return LeftOver(item, GONE)
    quantity, note = to_be_had(item)
    answer = price(offers, quantity or quantities.smallest(item))
    if answer is None:
        return LeftOver(item, NO_PRICE)
    return Suggestion(item._replace(quantity=quantity), item.quantity, answer.unit_price, offers, note)


def to_be_had(item: Item) -> tuple[int, str]:
    """The nearest quantity that can be ordered and is there, and why it is another one."""
    fit = quantities.fitted(item, item.quantity)
    if fit.quantity <= item.left:
        return fit.quantity, f"{fit.quantity:,}, not {item.quantity:,}: {fit.rule}." if fit.rule else ""
    if not item.left:
        return 0, f"None are left just now, you asked for {item.quantity:,}."
    fewer = item.left // item.pack_size * item.pack_size
    told = f"Only {item.left:,} left, you asked for {item.quantity:,}."
    if fewer >= quantities.smallest(item):
        return fewer, told
    return 0, f"{told} {quantities.smallest(item):,} is the least you can order."
