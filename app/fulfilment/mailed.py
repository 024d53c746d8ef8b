"""What a mail about goods on their way tells: the facts of the moment it was promised."""

from collections.abc import Mapping
from datetime import date

from pydantic import BaseModel

from app.core.text import long_day
from app.fulfilment.models import Return, ReturnStatus, Shipment
from app.orders.differences import in_one_line
from app.orders.mailed import MOST_NAMED, MailedLine
from app.orders.models import Order


class _Mailed(BaseModel):
    """Kept with the promise, as JSON."""

    number: str
    order: int
    customer: str
    lines: list[MailedLine]
    line_count: int

    @property
    def lines_left(self) -> int:
        """More of them than the mail names."""
        return self.line_count - len(self.lines)


class MailedShipment(_Mailed):
    """What left, and how much is to follow."""

    carrier: str
    tracking: str
    rest: int
    promised_on: date | None
    deliver_to: str
    po_number: str

    @classmethod
    def of(cls, order: Order, shipment: Shipment) -> "MailedShipment":
        left = {line.order_item_id: line.picked or 0 for line in shipment.items}
        return cls(
            number=shipment.number,
            order=order.number,
            customer=order.bill_to["name"],
            lines=_lines(order, left),
            line_count=sum(quantity > 0 for quantity in left.values()),
            carrier=shipment.carrier,
            tracking=shipment.tracking,
            rest=sum(item.held for item in order.items),
            promised_on=order.promised_on,
            deliver_to=in_one_line(order.deliver_to),
            po_number=order.po_number,
        )

    @property
    def day(self) -> str:
        return long_day(self.promised_on)


class MailedReturn(_Mailed):
    """What somebody wants to send back, and our answer once there is one."""

    asked_by: str
    reason: str
    is_approved: bool
    decision: str

    @classmethod
    def of(cls, order: Order, asked: Return) -> "MailedReturn":
        return cls(
            number=asked.number,
            order=order.number,
            customer=order.bill_to["name"],
            lines=_lines(order, {line.order_item_id: line.quantity for line in asked.items}),
            line_count=len(asked.items),
            asked_by=asked.requested_by_name,
            reason=asked.reason,
            is_approved=asked.status == ReturnStatus.APPROVED,
            decision=asked.decision,
        )


def _lines(order: Order, quantities: Mapping[int, int]) -> list[MailedLine]:
    """By the row of the line, in the order of the order."""
    named = [item for item in order.items if quantities.get(item.id)]
    return [
        MailedLine(quantity=quantities[item.id], name=item.name, sku=item.sku) for item in named[:MOST_NAMED]
    ]
