"""What it comes to: the one place where lines, tax and delivery are added up."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from app.core.money import SMALLEST, rounded

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Line:
    """Something charged, before tax, and the rate it is taxed at."""

    net: Decimal
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Tax:
    """All that is taxed at one rate."""

    rate: Decimal
    net: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """`line_taxes` are shares of the tax, line by line: they add up to it exactly."""

    net: Decimal
    tax: Decimal
    taxes: tuple[Tax, ...]
    line_taxes: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        return self.net + self.tax


def line_net(quantity: int, unit_price: Decimal) -> Decimal:
    return rounded(quantity * unit_price)


def totals(lines: Sequence[Line]) -> Totals:
    """Tax is rounded once for each rate, never line by line; delivery is a line like any other."""
    taxes, shares = [], [ZERO] * len(lines)
    for rate in sorted({line.rate for line in lines}, reverse=True):
        here = [number for number, line in enumerate(lines) if line.rate == rate]
        net = sum((lines[number].net for number in here), ZERO)
        tax = rounded(net * rate)
        taxes.append(Tax(rate, net, tax))
        for number, share in zip(here, _split(tax, [lines[n].net * rate for n in here]), strict=True):
            shares[number] = share
    return Totals(
        net=sum((line.net for line in lines), ZERO),
        tax=sum((one.tax for one in taxes), ZERO),
        taxes=tuple(taxes),
        line_taxes=tuple(shares),
    )


def _split(tax: Decimal, exact: Sequence[Decimal]) -> list[Decimal]:
    """Whole pennies to each, and those that are left to whoever lost most by it."""
    shares = [amount.quantize(SMALLEST, ROUND_DOWN) for amount in exact]
    left = int((tax - sum(shares, ZERO)) / SMALLEST)
    by_loss = sorted(range(len(exact)), key=lambda n: (shares[n] - exact[n], n))
    for number in by_loss[:left]:
        shares[number] += SMALLEST
    return shares
