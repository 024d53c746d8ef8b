"""Why a price is what it is: every list that is asked, in order, and what each of them says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.catalogue.models import PriceList
from app.catalogue.price_rows import PriceRow
from app.catalogue.pricing import Answer

DECIDES = "It has a price, so it decides."
COMES_LATER = "It is not asked any more: a list before it has decided."


@dataclass(frozen=True, slots=True)
class Step:
    """What one list says. `price` is what it has for the quantity and the day."""

    asked: PriceList
    decides: bool
    price: PriceRow | None
    words: str


def steps(
    lists: Sequence[PriceList],
    prices: Mapping[int, Sequence[PriceRow]],
    answer: Answer | None,
    *,
    quantity: int,
    on: date,
) -> list[Step]:
    """For each list that may decide, in their order, with its prices for the product: words for the answer."""
    return [_step(asked, prices[asked.id], answer, quantity, on) for asked in lists]


def _step(asked: PriceList, own: Sequence[PriceRow], answer: Answer | None, quantity: int, on: date) -> Step:
    decides = answer is not None and answer.because.list_id == asked.id
    if why_not := _why_not(asked, own, quantity, on):
        return Step(asked, decides, None, why_not)
    reached = [price for price in own if _holds(price, on) and price.min_qty <= quantity]
    price = max(reached, key=lambda one: one.min_qty)
    return Step(asked, decides, price, DECIDES if decides else COMES_LATER)


def _why_not(asked: PriceList, own: Sequence[PriceRow], quantity: int, on: date) -> str:
    if not asked.is_active:
        return "It is switched off."
    if not _holds(asked, on):
        return "It does not hold on this day."
    if not own:
        return "It has no price for this product."
    begins = [price.min_qty for price in own if _holds(price, on)]
    if not begins:
        return "None of its prices for this product holds on this day."
    if min(begins) > quantity:
        return f"Its prices for this product begin at {min(begins):,}."
    return ""


def _holds(dated: PriceList | PriceRow, on: date) -> bool:
    return (dated.valid_from or on) <= on <= (dated.valid_to or on)
