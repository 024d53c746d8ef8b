"""What a customer pays for a product: the first list that has a price for the quantity decides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from app.catalogue.models import PriceListKind

FIRST_HIT = (PriceListKind.CONTRACT, PriceListKind.LIST, PriceListKind.BASE)
PLACE = {kind.value: place for place, kind in enumerate(FIRST_HIT)}  # of two alike, the newer is asked first


class Offer(NamedTuple):
    """A price that holds for this customer on this day, from a quantity on."""

    kind: PriceListKind
    list_id: int
    list_code: str
    list_name: str
    min_qty: int
    unit_price: Decimal
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Break:
    """From this quantity on, each one costs this much."""

    min_qty: int
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class Answer:
    """What one costs, what it would cost by the base list, and why."""

    unit_price: Decimal
    list_price: Decimal
    because: Offer


def price(offers: Iterable[Offer], quantity: int) -> Answer | None:
    """None is "price on request": nobody may order it."""
    lists = _in_order(offers)
    found = _first_hit(lists, quantity)
    if found is None:
        return None
    base = _first_hit([one for one in lists if one[0].kind == PriceListKind.BASE], quantity)
    return Answer(found.unit_price, (base or found).unit_price, because=found)


def breaks(offers: Iterable[Offer]) -> list[Break]:
    """Every quantity at which the price changes for this customer; the first is where it begins."""
    lists = _in_order(offers)
    steps: list[Break] = []
    for quantity in sorted({offer.min_qty for one in lists for offer in one}):
        hit = _first_hit(lists, quantity)
        if hit and (not steps or steps[-1].unit_price != hit.unit_price):
            steps.append(Break(quantity, hit.unit_price))
    return steps


def _in_order(offers: Iterable[Offer]) -> list[list[Offer]]:
    """List by list as they are asked; of two contracts that hold at once, the newer."""
    ordered = sorted(offers, key=lambda offer: (PLACE[offer.kind], -offer.list_id, offer.min_qty))
    return [list(group) for _, group in groupby(ordered, key=lambda offer: offer.list_id)]


def _first_hit(lists: Sequence[Sequence[Offer]], quantity: int) -> Offer | None:
    for offers in lists:
        reached = [offer for offer in offers if offer.min_qty <= quantity]
        if reached:
            return reached[-1]
    return None
