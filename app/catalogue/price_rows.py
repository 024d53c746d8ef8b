"""The prices of one product on one list, as a person writes them down: what must be true of them together."""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.core.errors import Refused, Several
from app.core.money import unit_price as shortest

HIGHEST = Decimal("99999999.9999")  # what the column holds


@dataclass(frozen=True, slots=True)
class PriceRow:
    """From so many on, in these days."""

    min_qty: int
    unit_price: Decimal
    valid_from: date | None = None
    valid_to: date | None = None

    def overlaps(self, other: "PriceRow") -> bool:
        begin = max(self.valid_from or date.min, other.valid_from or date.min)
        end = min(self.valid_to or date.max, other.valid_to or date.max)
        return self.min_qty == other.min_qty and begin <= end

    def is_over(self, on: date) -> bool:
        return self.valid_to is not None and self.valid_to < on

    def __str__(self) -> str:
        days = "".join(
            f" {word} {day}" for word, day in (("from", self.valid_from), ("to", self.valid_to)) if day
        )
        return f"{self.min_qty}+ {shortest(self.unit_price)}{days}"


def version_of(rows: Iterable[PriceRow]) -> int:
    """Changes with any of them: prices carry no version of their own."""
    return zlib.crc32("\n".join(sorted(map(str, rows))).encode())


def check(rows: Sequence[PriceRow], over: Sequence[PriceRow]) -> None:
    """Each by itself, and all together with those that are over. The field names the row by its place."""
    problems = [
        problem
        for number, row in enumerate(rows)
        if (problem := _problem(number, row, [*rows[:number], *over])) is not None
    ]
    if problems:
        raise Several(problems[0].message, problems)


def _problem(number: int, row: PriceRow, others: Iterable[PriceRow]) -> Refused | None:
    if row.min_qty < 1:
        return Refused("Type from how many on it holds: 1 or more.", field=f"rows.{number}.min_qty")
    if row.unit_price > HIGHEST:
        return Refused("That is more than we can write down.", field=f"rows.{number}.unit_price")
    if row.valid_from and row.valid_to and row.valid_to < row.valid_from:
        return Refused("It ends before it begins. Choose a later last day.", field=f"rows.{number}.valid_to")
    if any(map(row.overlaps, others)):
        return overlap(f"rows.{number}.valid_from", row.min_qty)
    return None


def overlap(field: str, min_qty: int) -> Refused:
    return Refused(
        f"Another price from {min_qty:,} on holds on some of these days. Let one end before the other begins.",
        field=field,
    )
