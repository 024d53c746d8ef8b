"""Money: halves go up, nothing is lost on the way, and it reads as people write it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.money import money, rounded

AMOUNTS = st.decimals(min_value=-(10**8), max_value=10**8, places=6)


@pytest.mark.parametrize(
    ("exact", "to_the_penny"),
    [
        ("0.005", "0.01"),  # half to even would keep nothing
        ("0.015", "0.02"),
        ("2.675", "2.68"),  # as a float this is a little less
        ("2.6749", "2.67"),
        ("-0.005", "-0.01"),  # a refund is rounded as the charge was
        ("1234", "1234.00"),
    ],
)
def test_half_a_penny_goes_up(exact, to_the_penny):
    assert str(rounded(Decimal(exact))) == to_the_penny


@given(AMOUNTS)
def test_rounding_moves_an_amount_by_half_a_penny_at_most_and_only_once(amount):
    assert abs(rounded(amount) - amount) <= Decimal("0.005")
    assert rounded(rounded(amount)) == rounded(amount)


@given(AMOUNTS)
def test_a_refund_is_exactly_the_charge(amount):
    assert rounded(-amount) == -rounded(amount)


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("1234.5", "GBP", "£1,234.50"),
        ("-5", "GBP", "−£5.00"),
        ("0.125", "GBP", "£0.13"),
        ("-0.004", "GBP", "£0.00"),
        ("99999999.99", "EUR", "€99,999,999.99"),
        ("1234.5", "JPY", "JP¥1,235"),
    ],
)
def test_an_amount_reads_as_people_write_it(amount, currency, words):
    assert money(Decimal(amount), currency) == words
