"""What the shop shows of each product, put into words here: a template that only prints is a fast one."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from app.catalogue.pricing import Break, Offer, breaks
from app.catalogue.quantities import Packed, fitted, largest, smallest
from app.core.business import business
from app.core.money import percent, unit_money
from app.orders.boxes import Box, box_of
from app.orders.priced import Contents, Item, advice_on
from app.shop.branches import Tree
from app.shop.forms import QuantitiesForm
from app.stock.shelf import Shelf
from app.stock.words import StockState, stock_word

TEN_THOUSANDTHS = 10_000
PRICES_KEPT = 5_000
PICTURE = "box"
TONE_OF_PICTURE = {"bean": "warn", "loaf": "info", "bun": "pastry", "cup": "good", "bottle": "good"}
TONE_OF_STOCK = {
    StockState.IN_STOCK: "good",
    StockState.LOW: "warn",
    StockState.BACK: "bad",
    StockState.OUT: "bad",
}


class Look(NamedTuple):
    """What stands in the place of a picture."""

    icon: str
    tone: str


class Line(NamedTuple):
    """One product on a page. Without a `price` nobody can order it."""

    product_id: int
    sku: str
    name: str
    unit: str
    thumbnail: str | None
    look: Look
    stock: str
    stock_tone: str
    price: str
    steps: str
    tax: str
    prices: str
    box: Box
    can_order: bool
    problem: str


class Around(NamedTuple):
    """What all lines of a page are made with."""

    offers: Mapping[int, Sequence[Offer]]
    contents: Contents
    form: QuantitiesForm
    today: date


def look_of(icon: str) -> Look:
    icon = icon or PICTURE
    return Look(icon, TONE_OF_PICTURE.get(icon, "plain"))


def lines_of(products: Iterable[Any], tree: Tree, around: Around) -> list[Line]:
    held = around.contents.by_product
    return [
        line_of(product, tree.icon_of(product.category_id), held.get(product.product_id), around)
        for product in products
    ]


def line_of(product: Any, icon: str, item: Item | None, around: Around) -> Line:
    """Of a product, or of what waits in the basket; `item` is the latter, where there is any."""
    held = item.quantity if item else 0
    shelf = Shelf.of(product)
    word = stock_word(shelf, around.today, wanted=held)
    packs = Packs(product.pack_size, product.min_qty, product.max_qty)
    prices = prices_of(tuple(around.offers.get(product.product_id, ())), packs, business().currency)
    box = box_of(product, held, around.form)
    return Line(
        product_id=product.product_id,
        sku=product.sku,
        name=product.name,
        unit=product.unit_label,
        thumbnail=product.thumbnail,
        look=look_of(icon),
        stock=word.word,
        stock_tone=TONE_OF_STOCK[word.state],
        price=prices.first,
        steps=prices.later,
        tax=tax_words(around.contents.rate_for(product.tax_rate)),
        prices=prices.live,
        box=box,
        can_order=bool(held) or shelf.sellable > 0,
        problem=box.error or (advice_on(item) if item else ""),
    )


class Packs(NamedTuple):
    """How many of a product can be ordered."""

    pack_size: int
    min_qty: int
    max_qty: int | None


class Prices(NamedTuple):
    """What one costs, in words: at first, from how many on less, and for the live sum."""

    first: str
    later: str
    live: str


@lru_cache(maxsize=PRICES_KEPT)
def prices_of(offers: tuple[Offer, ...], packs: Packs, currency: str) -> Prices:
    """The same for all who pay them, so it is put into words once."""
    steps = steps_in_packs(offers, packs)
    words = [unit_money(step.unit_price, currency) for step in steps]
    told = [f"{step.min_qty:,}+\N{NO-BREAK SPACE}{word}" for step, word in zip(steps, words, strict=True)]
    if steps and steps[0].min_qty == smallest(packs):
        told = told[1:]
    return Prices(words[0] if words else "", " · ".join(told), in_ten_thousandths(breaks(offers)))


def steps_in_packs(offers: Sequence[Offer], product: Packed) -> list[Break]:
    """By whole packs: the quantities that can be ordered, and at which the price changes."""
    most = largest(product)
    steps = [step for step in breaks(offers) if step.min_qty <= most]
    prices = {fitted(product, step.min_qty).quantity: step.unit_price for step in steps}
    return [Break(quantity, unit_price) for quantity, unit_price in prices.items()]


def in_ten_thousandths(steps: Sequence[Break]) -> str:
    """For the live sum: from how many on, and the price in the smallest part we store. Like 1:184000,6:175000."""
    return ",".join(f"{step.min_qty}:{int(step.unit_price * TEN_THOUSANDTHS)}" for step in steps)


@lru_cache(maxsize=100)
def tax_words(rate: Decimal) -> str:
    return f"+ {percent(rate)} VAT" if rate else "no VAT"


def was_words(held: Mapping[int, int], shown: Collection[int] | None = None) -> str:
    """What stood in the boxes of a page when it was drawn."""
    return ",".join(f"{one}:{quantity}" for one, quantity in held.items() if shown is None or one in shown)
