"""Lines that could be put in the basket, as a page shows them before they are."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from app.core.business import business, today
from app.orders.boxes import Box, box_of
from app.orders.priced import Item
from app.orders.suggested import Suggestion
from app.shop.forms import ListForm
from app.shop.lines import Packs, prices_of
from app.stock.shelf import Shelf
from app.stock.words import StockState, stock_word

FINE, LOOK_AT_IT, WRONG = "", "warn", "bad"


class SuggestedRow(NamedTuple):
    """`then` is how an earlier order had it; `prices` are for the live sum."""

    item: Item
    box: Box
    unit_price: Decimal
    net: Decimal
    prices: str
    notes: Sequence[str]
    tone: str
    then: str = ""


def row_of(
    one: Suggestion, form: ListForm, notes: Iterable[str], *, is_wrong: bool, then: str = ""
) -> SuggestedRow:
    item, told = one.item, [*notes, *_when_back(one.item)]
    packs = Packs(item.pack_size, item.min_qty, item.max_qty)
    return SuggestedRow(
        item=item,
        box=box_of(item, item.quantity, form),
        unit_price=one.unit_price,
        net=one.net,
        prices=prices_of(one.offers, packs, business().currency).live,
        notes=told,
        tone=WRONG if is_wrong else LOOK_AT_IT if told else FINE,
        then=then,
    )


def _when_back(item: Item) -> list[str]:
    """Of what is not there now, as the catalogue says it."""
    word = stock_word(Shelf.of(item), today())
    return [f"{word.word}."] if not item.left and word.state == StockState.BACK else []


def worst_first(rows: Iterable[SuggestedRow]) -> list[SuggestedRow]:
    """Otherwise as they were asked for."""
    return sorted(rows, key=lambda row: (WRONG, LOOK_AT_IT, FINE).index(row.tone))


def beside_the_basket(held: Mapping[int, int], product_id: int, words: str) -> list[str]:
    """Said where some of it is in the basket already."""
    quantity = held.get(product_id)
    return [words.format(quantity)] if quantity else []
