"""What the basket page shows of each line."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from app.catalogue.pricing import Offer, breaks
from app.orders.priced import PricedBasket, PricedLine
from app.shop.boxes import Box, box_of
from app.shop.forms import QuantitiesForm
from app.shop.lines import PICTURE, TONE_OF_PICTURE, TONE_OF_STOCK, in_ten_thousandths, tax_words
from app.stock.shelf import Shelf
from app.stock.words import stock_word


class BasketRow(NamedTuple):
    """A line, and how it looks."""

    line: PricedLine
    icon: str
    tone: str
    stock: str
    stock_tone: str
    tax: str
    prices: str
    box: Box


def rows_of(
    basket: PricedBasket,
    offers: Mapping[int, Sequence[Offer]],
    shelves: Mapping[int, Shelf],
    form: QuantitiesForm,
    today: date,
) -> list[BasketRow]:
    return [
        _row(line, offers[line.item.product_id], shelves[line.item.product_id], form, today)
        for line in basket.lines
    ]


def _row(
    line: PricedLine, offers: Sequence[Offer], shelf: Shelf, form: QuantitiesForm, today: date
) -> BasketRow:
    item = line.item
    word = stock_word(shelf, today, wanted=item.quantity)
    icon = item.icon or PICTURE
    return BasketRow(
        line=line,
        icon=icon,
        tone=TONE_OF_PICTURE.get(icon, "plain"),
        stock=word.word,
        stock_tone=TONE_OF_STOCK[word.state],
        tax=tax_words(line.rate),
        prices=in_ten_thousandths(breaks(offers)),
        box=box_of(item, item.product_id, item.quantity, form),
    )
