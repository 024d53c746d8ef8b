"""What buyers read: every state, and the days around today."""

from datetime import date

import pytest

from app.stock.shelf import Shelf
from app.stock.words import stock_word

TODAY = date(2026, 11, 20)
TUESDAY, YESTERDAY, NEXT_AUTUMN = date(2026, 11, 24), date(2026, 11, 19), date(2027, 9, 1)


@pytest.mark.parametrize(
    ("shelf", "state", "word"),
    [
        (Shelf(), "out", "Out of stock"),
        (Shelf(on_hand=5), "in_stock", "In stock"),
        (Shelf(on_hand=5, reserved=5), "out", "Out of stock"),
        (Shelf(on_hand=8, reserved=22), "out", "Out of stock"),
        (Shelf(on_hand=4, low_at=3), "in_stock", "In stock"),
        (Shelf(on_hand=3, low_at=3), "low", "Low, 3 left"),
        (Shelf(on_hand=9, reserved=8, low_at=3), "low", "Low, 1 left"),
        (Shelf(low_at=3), "out", "Out of stock"),
        (Shelf(on_hand=1, low_at=0), "in_stock", "In stock"),
        (Shelf(back_on=TUESDAY), "back", "Back Tue 24 Nov"),
        (Shelf(back_on=TODAY), "back", "Back Fri 20 Nov"),
        (Shelf(back_on=YESTERDAY), "out", "Out of stock"),
        (Shelf(back_on=NEXT_AUTUMN), "back", "Back 1 Sep 2027"),
        (Shelf(on_hand=2, back_on=TUESDAY), "in_stock", "In stock"),
        (Shelf(backorder_limit=10), "back", "On back-order"),
        (Shelf(backorder_limit=10, back_on=TUESDAY), "back", "Back Tue 24 Nov"),
        (Shelf(backorder_limit=10, reserved=10), "out", "Out of stock"),
        (Shelf(on_hand=2, low_at=3, backorder_limit=10), "low", "Low, 2 left"),
    ],
)
def test_each_state_has_its_word(shelf, state, word):
    assert stock_word(shelf, TODAY) == (state, word)


def test_available_may_go_below_zero_and_sellable_counts_what_may_be_sold_ahead():
    short = Shelf(on_hand=8, reserved=22, backorder_limit=20)
    assert (short.available, short.sellable) == (-14, 6)


@pytest.mark.parametrize(
    ("shelf", "wanted", "word"),
    [
        (Shelf(on_hand=14), 14, "In stock"),
        (Shelf(on_hand=14), 15, "Only 14 left"),
        (Shelf(on_hand=14, backorder_limit=10), 20, "In stock"),
        (Shelf(on_hand=14, backorder_limit=10), 25, "Only 24 left"),
        (Shelf(), 15, "Out of stock"),
    ],
)
def test_whoever_wants_more_than_there_is_reads_how_many_there_are(shelf, wanted, word):
    assert stock_word(shelf, TODAY, wanted=wanted).word == word
