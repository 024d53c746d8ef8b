"""What money that came in is most likely for: a suggestion, which people may change."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from app.catalogue.totals import ZERO

INVOICE = re.compile(r"(?<![A-Z0-9])INV[\s/-]*([0-9]{4})[\s/-]*([0-9]{1,9})(?![0-9])", re.IGNORECASE)
ORDER = re.compile(r"(?<![0-9])[1-9][0-9]{4,11}(?![0-9])")


class Named(NamedTuple):
    """Numbers of invoices and of orders."""

    invoices: frozenset[str]
    orders: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Payable:
    """An invoice, or an order that is paid in advance: `name` is its number, and so much of it is open."""

    name: str
    order_number: int
    due_on: date
    open: Decimal

    @property
    def is_order(self) -> bool:
        return self.name == str(self.order_number)

    def is_among(self, named: Named) -> bool:
        return self.name.upper() in named.invoices or self.order_number in named.orders


def named_in(reference: str) -> Named:
    """As people write them at their bank: INV-2026-00042, inv 2026/42, order 10482."""
    invoices = frozenset(f"INV-{year}-{int(serial):05d}" for year, serial in INVOICE.findall(reference))
    orders = frozenset(int(number) for number in ORDER.findall(INVOICE.sub(" ", reference)))
    return Named(invoices, orders)


def suggested(amount: Decimal, reference: str, payables: Iterable[Payable]) -> dict[str, Decimal]:
    """So much for each: what is named first, then what is open to the penny, then whatever was due first."""
    named, oldest_first = named_in(reference), sorted(payables, key=lambda one: (one.due_on, one.name))
    found, left = _spread(amount, [one for one in oldest_first if one.is_among(named)])
    others = [one for one in oldest_first if not one.is_among(named)]
    exact = [one for one in others if one.open == left]
    more, _ = _spread(left, exact[:1] or others)
    return found | more


def _spread(amount: Decimal, payables: Sequence[Payable]) -> tuple[dict[str, Decimal], Decimal]:
    """Each in full, as far as it goes; and what is left of it."""
    found: dict[str, Decimal] = {}
    for one in payables:
        used = min(one.open, amount)
        if used > ZERO:
            found[one.name] = used
            amount -= used
    return found, amount
