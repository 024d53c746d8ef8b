"""What the shop shows of each product, put into words here: a template that only prints is a fast one."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from app.catalogue.pricing import Break, Offer, breaks
from app.orders.priced import Contents
from app.shop.boxes import Box, box_of
from app.shop.branches import Tree
from app.shop.forms import QuantitiesForm
from app.stock.shelf import Shelf
from app.stock.words import StockState, stock_word
from app.web.templating import percent, unit_money

TEN_THOUSANDTHS = 10_000
PICTURE = "box"
TONE_OF_PICTURE = {"bean": "warn", "loaf": "info", "bun": "pastry", "cup": "good", "bottle": "good"}
TONE_OF_STOCK = {
    StockState.IN_STOCK: "good",
    StockState.LOW: "warn",
    StockState.BACK: "bad",
    StockState.OUT: "bad",
}


class Line(NamedTuple):
    """One product on a page. Without a `price` nobody can order it."""

    product_id: int
    sku: str
    name: str
    unit: str
    thumbnail: str | None
    icon: str
    tone: str
    stock: str
    stock_tone: str
    price: str
    steps: str
    tax: str
    prices: str
    box: Box
    can_order: bool


class Around(NamedTuple):
    """What all lines of a page are made with."""

    offers: Mapping[int, Sequence[Offer]]
    contents: Contents
    tree: Tree
    form: QuantitiesForm
    today: date


def lines_of(products: Iterable[Any], around: Around) -> list[Line]:
    held = around.contents.quantities
    return [_line(product, held.get(product.id, 0), around) for product in products]


def _line(product: Any, held: int, around: Around) -> Line:
    icon = around.tree.icon_of(product.category_id) or PICTURE
    shelf = Shelf.of(product)
    word = stock_word(shelf, around.today, wanted=held)
    steps = breaks(around.offers.get(product.id, ()))
    return Line(
        product_id=product.id,
        sku=product.sku,
        name=product.name,
        unit=product.unit_label,
        thumbnail=product.thumbnail,
        icon=icon,
        tone=TONE_OF_PICTURE.get(icon, "plain"),
        stock=word.word,
        stock_tone=TONE_OF_STOCK[word.state],
        price=unit_money(steps[0].unit_price) if steps else "",
        steps=" · ".join(map(_step, _later(steps))),
        tax=tax_words(around.contents.rate_for(product.tax_rate)),
        prices=in_ten_thousandths(steps),
        box=box_of(product, product.id, held, around.form),
        can_order=bool(held) or shelf.sellable > 0,
    )


def _later(steps: Sequence[Break]) -> Sequence[Break]:
    """All but the price that holds from the first one on."""
    return steps[1:] if steps and steps[0].min_qty == 1 else steps


def _step(step: Break) -> str:
    return f"{step.min_qty:,}+\N{NO-BREAK SPACE}{unit_money(step.unit_price)}"


def in_ten_thousandths(steps: Sequence[Break]) -> str:
    """For the live sum: from how many on, and the price in the smallest part we store. Like 1:184000,6:175000."""
    return ",".join(f"{step.min_qty}:{int(step.unit_price * TEN_THOUSANDTHS)}" for step in steps)


@lru_cache(maxsize=100)
def tax_words(rate: Decimal) -> str:
    return f"+ {percent(rate)} VAT" if rate else "no VAT"


def was_words(lines: Iterable[Line], held: Mapping[int, int]) -> str:
    """What stood in the boxes of a page when it was drawn."""
    return ",".join(f"{line.product_id}:{held[line.product_id]}" for line in lines if line.product_id in held)
