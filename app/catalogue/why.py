"""Why a price is what it is: every list that is asked, in order, and what each of them says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.catalogue.models import PriceListKind
from app.catalogue.pricing import FIRST_HIT


@dataclass(frozen=True, slots=True)
class AskedList:
    """A list that may decide, as it stands: switched off and out of date ones, too."""

    id: int
    kind: PriceListKind
    name: str
    is_active: bool
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class StoredPrice:
    """A price of the product on one of them."""

    list_id: int
    min_qty: int
    unit_price: Decimal
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Step:
    """What one list says. `price` is what it has for the quantity and the day; the first that has one decides."""

    asked: AskedList
    decides: bool
    price: StoredPrice | None
    words: str


def steps(
    lists: Iterable[AskedList], prices: Sequence[StoredPrice], *, quantity: int, on: date
) -> list[Step]:
    """In the order in which they are asked; of two contracts that hold at once, the newer first."""
    found: list[Step] = []
    for asked in sorted(lists, key=lambda one: (FIRST_HIT.index(one.kind), -one.id)):
        own = [price for price in prices if price.list_id == asked.id]
        reason = _why_not(asked, own, quantity, on)
        hit = None if reason else max(_held(own, on, quantity), key=lambda price: price.min_qty)
        decides = hit is not None and not any(step.decides for step in found)
        found.append(Step(asked, decides, hit, reason or _verdict(decides)))
    return found


def _verdict(decides: bool) -> str:
    return (
        "It has a price, so it decides."
        if decides
        else "It is not asked any more: a list before it has decided."
    )


def _why_not(asked: AskedList, own: Sequence[StoredPrice], quantity: int, on: date) -> str:
    if not asked.is_active:
        return "It is switched off."
    if not _holds(asked, on):
        return "It does not hold on this day."
    if not own:
        return "It has no price for this product."
    today = [price for price in own if _holds(price, on)]
    if not today:
        return "None of its prices for this product holds on this day."
    if not _held(own, on, quantity):
        return f"Its prices for this product begin at {min(price.min_qty for price in today):,}."
    return ""


def _held(own: Sequence[StoredPrice], on: date, quantity: int) -> list[StoredPrice]:
    return [price for price in own if _holds(price, on) and price.min_qty <= quantity]


def _holds(dated: AskedList | StoredPrice, on: date) -> bool:
    return (dated.valid_from or on) <= on <= (dated.valid_to or on)
