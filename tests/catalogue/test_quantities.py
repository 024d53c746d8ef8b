"""Whole packs, no fewer than the least and no more than the most."""

from typing import NamedTuple

import pytest

from app.catalogue.quantities import fitted


class Packed(NamedTuple):
    pack_size: int
    min_qty: int
    max_qty: int | None


@pytest.mark.parametrize(
    ("product", "asked", "taken", "rule"),
    [
        (Packed(1, 1, None), 7, 7, ""),
        (Packed(1, 1, None), 0, 0, ""),
        (Packed(1, 1, None), -3, 0, ""),
        (Packed(6, 1, None), 6, 6, ""),
        (Packed(6, 1, None), 7, 12, "it comes in packs of 6"),
        (Packed(6, 10, None), 1, 12, "12 is the least you can order"),
        (Packed(6, 1, 64), 61, 60, "60 is the most you can order"),
        (Packed(6, 1, 64), 59, 60, "it comes in packs of 6"),
        (Packed(10, 12, 18), 12, 0, "no whole pack fits between the least and the most of it"),
        (Packed(1, 1, None), 10**9, 999_999, "999,999 is the most you can order"),
    ],
)
def test_a_quantity_becomes_one_that_can_be_ordered(product, asked, taken, rule):
    found = fitted(product, asked)
    assert (found.quantity, found.rule) == (taken, rule)
