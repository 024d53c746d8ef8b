"""What of an order can still be refunded, what was paid of it, and what has come back."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from app.billing.queries.credits import Creditable, creditable_of
from app.billing.service.crediting import Planned, all_goods, planned
from app.catalogue.totals import ZERO
from app.core.access import Viewer
from app.core.errors import Conflict, NotFound
from app.fulfilment.models import Return, ReturnStatus
from app.fulfilment.queries.returns import UNKNOWN, return_seen_by
from app.orders.models import Order
from app.orders.queries.orders import order_seen_by
from app.payments.queries.refunds import Card, cards_of


class Refundable(NamedTuple):
    """An order, its invoices with what is left of them, the cards that paid, and the return it is about, if any."""

    order: Order
    invoices: Sequence[Creditable]
    cards: Sequence[Card]
    back: Return | None

    @property
    def most(self) -> dict[int, int]:
        """By line of the order."""
        left = all_goods(self.invoices)
        return {item.line: left.get(item.id, 0) for item in self.order.items}

    @property
    def usual(self) -> dict[int, int]:
        """What came back, as far as it is not refunded yet."""
        came = {item.order_item_id: item.received or 0 for item in self.back.items} if self.back else {}
        return {item.line: min(came.get(item.id, 0), self.most[item.line]) for item in self.order.items}

    @property
    def plans(self) -> list[Planned]:
        """All that is left, if anything is."""
        has_any = self.has_delivery or any(self.most.values())
        return planned(self.invoices, None, with_delivery=True) if has_any else []

    @property
    def everything(self) -> Decimal:
        return sum((plan.found.total for plan in self.plans), ZERO)

    @property
    def can_be_paid_back(self) -> bool:
        """Whether any of it was paid."""
        return any(plan.paid_back for plan in self.plans)

    @property
    def has_delivery(self) -> bool:
        return any(one.delivery for one in self.invoices)

    @property
    def invoiced(self) -> Decimal:
        return sum((one.invoice.total for one in self.invoices), ZERO)

    @property
    def open(self) -> Decimal:
        return sum((one.invoice.balance.open for one in self.invoices), ZERO)


def refundable(viewer: Viewer, number: int, return_id: int | None) -> Refundable:
    order = order_seen_by(viewer, number)
    back = _to_settle(viewer, order, return_id) if return_id else None
    return Refundable(order, creditable_of(viewer, order.id), cards_of(order.id), back)


def _to_settle(viewer: Viewer, order: Order, return_id: int) -> Return:
    back = return_seen_by(viewer, return_id)
    if back.order_id != order.id:
        raise NotFound(UNKNOWN)
    if back.status != ReturnStatus.RECEIVED:
        raise Conflict(f"Return {back.number} is {back.status} by now.")
    return back
