"""What a refund is asked to be and what it comes to, before a row is written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class RefundTo(StrEnum):
    CARD = "card"
    ACCOUNT = "account"
    BANK = "bank"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """So many of each line of the order, by its number, or all that is left of it.

    What came back with a return has been put on the shelf or thrown away already: `restock` is for the others.
    """

    lines: Mapping[int, int] | None
    with_delivery: bool
    reason: str
    to: RefundTo
    restock: bool = False
    return_id: int | None = None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Of `total`, `paid_back` was paid before; the rest only makes an invoice less. `restocked` counts units."""

    total: Decimal
    paid_back: Decimal
    restocked: int

    @property
    def not_paid(self) -> Decimal:
        return self.total - self.paid_back


def dealt(amounts: Sequence[Decimal], places: Sequence[Decimal]) -> Iterator[tuple[int, int, Decimal]]:
    """How much of which amount goes to which place: each gets as much as it can take, the first one first."""
    room = list(places)
    for number, amount in enumerate(amounts):
        still = amount
        for place, most in enumerate(room):
            if share := min(still, most):
                yield number, place, share
            room[place], still = most - share, still - share
