"""What giving back a part of an invoice comes to: cut from its own lines, so that all parts make up exactly it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.catalogue.totals import ZERO
from app.core.money import rounded


@dataclass(frozen=True, slots=True)
class Part:
    """So many of a line are credited now, and so many were before: together, never more than it has."""

    line: int
    quantity: int
    net: Decimal
    tax: Decimal
    before: int
    now: int


@dataclass(frozen=True, slots=True)
class Cut:
    """What so many of a line give back."""

    line: int
    quantity: int
    net: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Credited:
    """All that a credit note comes to."""

    cuts: Sequence[Cut]
    net: Decimal
    tax: Decimal
    rounding: Decimal

    @property
    def total(self) -> Decimal:
        return self.net + self.tax + self.rounding


def credited(parts: Sequence[Part], total: Decimal) -> Credited:
    """Of an invoice that comes to `total`; `parts` names all its lines, also those that stay as they are."""
    cuts = [_cut(part) for part in parts if part.now]
    net, tax = sum((cut.net for cut in cuts), ZERO), sum((cut.tax for cut in cuts), ZERO)
    then = _up_to(total, parts, [part.before for part in parts])
    now = _up_to(total, parts, [part.before + part.now for part in parts])
    return Credited(cuts, net, tax, now - then - net - tax)


def _cut(part: Part) -> Cut:
    after = part.before + part.now
    net = _share(part.net, after, part.quantity) - _share(part.net, part.before, part.quantity)
    tax = _share(part.tax, after, part.quantity) - _share(part.tax, part.before, part.quantity)
    return Cut(part.line, part.now, net, tax)


def _share(amount: Decimal, quantity: int, of: int) -> Decimal:
    """Rounded from the first on, so that the last gets what the others left."""
    return rounded(amount * quantity / of)


def _up_to(total: Decimal, parts: Sequence[Part], quantities: Sequence[int]) -> Decimal:
    """What all credits so far come to: with everything, the invoice itself, and never more than that."""
    if all(quantity == part.quantity for part, quantity in zip(parts, quantities, strict=True)):
        return total
    shares = (
        _share(part.net, quantity, part.quantity) + _share(part.tax, quantity, part.quantity)
        for part, quantity in zip(parts, quantities, strict=True)
    )
    return min(sum(shares, ZERO), total)


def spread(left: Sequence[Mapping[int, int]], wanted: Mapping[int, int]) -> list[dict[int, int]]:
    """So many of each item, taken from the first invoice that has any left, then from the next."""
    still, found = dict(wanted), []
    for items in left:
        taken = {item: min(still.get(item, 0), most) for item, most in items.items()}
        for item, quantity in taken.items():
            still[item] = still.get(item, 0) - quantity
        found.append({item: quantity for item, quantity in taken.items() if quantity})
    return found
