"""An amount means one thing, or it is refused."""

from decimal import Decimal

import pytest

from app.core.amounts import amount_of
from app.core.errors import Refused


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("18.40", "18.40"),
        ("18.4", "18.4"),
        ("1250", "1250"),
        ("£1,250.00", "1250.00"),
        ("1,250,000", "1250000"),
        (" 0 ", "0"),
        ("0.10", "0.10"),
    ],
)
def test_what_has_one_meaning_is_taken(typed, meant):
    assert amount_of(typed) == Decimal(meant)


@pytest.mark.parametrize("typed", ["1,250", "18,40", "1.250,00", "1,25,000.00", "12,345", "3,5"])
def test_what_can_be_read_in_two_ways_is_refused(typed):
    with pytest.raises(Refused, match="two ways"):
        amount_of(typed)


@pytest.mark.parametrize(
    "typed", ["ten", "1 250", "1e3", "٣", ".5", "5.", "NaN", "£", "1'250", "12,5O", "a,b"]
)
def test_what_is_no_amount_is_refused(typed):
    with pytest.raises(Refused, match="is not an amount"):
        amount_of(typed)


def test_below_zero_too_large_and_too_fine_each_have_their_sentence():
    for typed, sentence in (("-5", "below zero"), ("99999999999", "more than we can"), ("1.500", "2 places")):
        with pytest.raises(Refused, match=sentence):
            amount_of(typed)


def test_the_example_is_one_of_what_is_asked_for():
    for typed in ("3,5", "three"):
        with pytest.raises(Refused, match=r"like 17\.5\."):
            amount_of(typed, like="17.5")


def test_a_unit_price_may_have_four_places():
    assert amount_of("0.0125", places=4) == Decimal("0.0125")
