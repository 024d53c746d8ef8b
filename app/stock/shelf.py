"""What stands on the shelf of one product: the figures, and what follows from them."""

from datetime import date
from typing import Any, NamedTuple, Self


class Shelf(NamedTuple):
    """A product without a row has an empty one."""

    on_hand: int = 0
    reserved: int = 0
    backorder_limit: int = 0
    low_at: int | None = None
    back_on: date | None = None

    @classmethod
    def of(cls, row: Any) -> Self:
        """Of any row that has columns of these names."""
        return cls(*(getattr(row, name) for name in cls._fields))

    @property
    def available(self) -> int:
        """Below zero: more is promised than there is."""
        return self.on_hand - self.reserved

    @property
    def sellable(self) -> int:
        return self.available + self.backorder_limit

    @property
    def is_low(self) -> bool:
        return self.low_at is not None and self.available <= self.low_at


EMPTY = Shelf()
