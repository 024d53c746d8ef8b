"""What the basket page shows of each line."""

from typing import NamedTuple

from app.orders.priced import PricedBasket, PricedLine
from app.shop.lines import Around, Line, line_of


class BasketRow(NamedTuple):
    """A line as every page shows it, and what it comes to."""

    line: Line
    priced: PricedLine


def rows_of(basket: PricedBasket, around: Around) -> list[BasketRow]:
    return [BasketRow(line_of(one.item, one.item.icon, one.item, around), one) for one in basket.lines]
