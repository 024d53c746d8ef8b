"""What a buyer reads about stock: one word for each state, the same on every page."""

from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from app.stock.shelf import Shelf

FAR = timedelta(days=180)


class StockState(StrEnum):
    IN_STOCK = "in_stock"
    LOW = "low"
    BACK = "back"
    OUT = "out"


class StockWord(NamedTuple):
    state: StockState
    word: str


IN_STOCK = StockWord(StockState.IN_STOCK, "In stock")
ON_BACK_ORDER = StockWord(StockState.BACK, "On back-order")
OUT = StockWord(StockState.OUT, "Out of stock")


def stock_word(shelf: Shelf, today: date, *, wanted: int = 0) -> StockWord:
    """A day that has passed promises nothing any more; whoever wants more than there is reads what there is."""
    if 0 < shelf.sellable < wanted:
        return StockWord(StockState.LOW, f"Only {shelf.sellable:,} left")
    if shelf.available > 0:
        return StockWord(StockState.LOW, f"Low, {shelf.available} left") if shelf.is_low else IN_STOCK
    if shelf.back_on is not None and shelf.back_on >= today:
        return StockWord(StockState.BACK, f"Back {_day(shelf.back_on, today)}")
    return ON_BACK_ORDER if shelf.sellable > 0 else OUT


def _day(on: date, today: date) -> str:
    return f"{on.day} {on:%b} {on.year}" if on - today > FAR else f"{on:%a} {on.day} {on:%b}"
