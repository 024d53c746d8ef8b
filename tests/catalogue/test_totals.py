"""Tax is rounded once for each rate, and lines always add up to it."""

from decimal import Decimal
from itertools import product

import pytest

from app.catalogue.totals import Line, line_net, totals

VAT = Decimal("0.2")


def lines(*nets: str, rate: Decimal = VAT) -> list[Line]:
    return [Line(Decimal(net), rate) for net in nets]


def test_half_a_penny_goes_up():
    assert line_net(3, Decimal("0.015")) == Decimal("0.05")
    assert totals(lines("0.03", rate=Decimal("0.175"))).tax == Decimal("0.01")


def test_tax_is_rounded_once_for_a_rate_not_for_each_line():
    found = totals(lines("0.02", "0.02", "0.02"))
    assert (found.net, found.tax, found.total) == (Decimal("0.06"), Decimal("0.01"), Decimal("0.07"))
    assert found.line_taxes == (Decimal("0.01"), 0, 0)


def test_each_rate_stands_by_itself():
    found = totals([*lines("10.00"), *lines("5.00", rate=Decimal(0)), *lines("2.55")])
    assert [(one.rate, one.net, one.tax) for one in found.taxes] == [
        (VAT, Decimal("12.55"), Decimal("2.51")),
        (0, Decimal("5.00"), 0),
    ]
    assert found.total == Decimal("20.06")


def test_nothing_comes_to_nothing():
    assert (totals([]).total, totals([]).taxes) == (0, ())


@pytest.mark.parametrize("rate", [Decimal("0.2"), Decimal("0.05"), Decimal("0.175")])
def test_the_shares_of_lines_add_up_to_the_tax(rate):
    for nets in product(("0.01", "0.03", "1.99", "7.77"), repeat=4):
        found = totals(lines(*nets, rate=rate))
        assert sum(found.line_taxes) == found.tax
        for line, share in zip(lines(*nets, rate=rate), found.line_taxes, strict=True):
            assert abs(share - line.net * rate) < Decimal("0.01")
