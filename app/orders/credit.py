"""How much a customer may owe us for orders on account."""

from decimal import Decimal
from typing import NamedTuple

from app.catalogue.totals import ZERO


class Credit(NamedTuple):
    """Up to `limit`, and `used` of it by what is open and under way: below nought where they have paid more."""

    limit: Decimal
    used: Decimal

    @property
    def spent(self) -> Decimal:
        return max(self.used, ZERO)

    @property
    def in_hand(self) -> Decimal:
        """Theirs, with us: it comes on top of the limit."""
        return max(-self.used, ZERO)

    @property
    def left(self) -> Decimal:
        return max(self.limit - self.used, ZERO)

    @property
    def share(self) -> int:
        """How much of it is used, in hundredths; more than all where the limit was lowered."""
        return int(self.spent * 100 / self.limit) if self.limit else 100

    def over_by(self, total: Decimal) -> Decimal:
        """What another order of so much would need beside all that is left; none where it just fits."""
        return max(self.used + total - self.limit, ZERO)
