"""What a mail about an order tells: the facts of the moment it was promised, whatever has become of it since."""

from datetime import date
from decimal import Decimal

from pydantic import BaseModel

from app.core import audit
from app.core.text import long_day
from app.orders.agreed import total_of
from app.orders.differences import Difference, differences, in_one_line
from app.orders.models import Order, OrderNote
from app.orders.states import HoldReason, PaymentMethod

MOST_NAMED = 12  # lines in a mail, which stays small; the page has all of them


class MailedLine(BaseModel):
    quantity: int
    name: str
    sku: str
    net: Decimal | None = None


class Mailed(BaseModel):
    """Kept with the promise, as JSON."""

    number: int
    customer: str
    placed_by: str
    lines: list[MailedLine]
    line_count: int
    goods: Decimal
    delivery: Decimal
    tax: Decimal
    total: Decimal
    promised_on: date | None
    way: str
    payment_method: PaymentMethod
    terms: str
    hold_reason: HoldReason | None
    po_number: str
    notes: str
    deliver_to: str
    cancel_reason: str
    changes: list[Difference] = []
    change_count: int = 0
    reason: str = ""

    @classmethod
    def of(cls, order: Order, diff: audit.Diff | None = None, reason: str = "") -> "Mailed":
        """With what became different of it, and why."""
        changes = differences(diff or {}, order.items)
        wanted = [item for item in order.items if item.wanted]
        return cls(
            number=order.number,
            customer=order.bill_to["name"],
            placed_by=order.placed_by_name,
            lines=[
                MailedLine(quantity=item.wanted, name=item.name, sku=item.sku, net=item.line_net)
                for item in wanted[:MOST_NAMED]
            ],
            line_count=len(wanted),
            goods=order.subtotal_net,
            delivery=order.delivery_net,
            tax=order.tax_total,
            total=total_of(order),
            promised_on=order.promised_on,
            way=order.delivery_method,
            payment_method=order.payment_method,
            terms=order.terms,
            hold_reason=order.hold_reason,
            po_number=order.po_number,
            notes=order.notes,
            deliver_to=in_one_line(order.deliver_to),
            cancel_reason=order.cancel_reason,
            changes=changes[:MOST_NAMED],
            change_count=len(changes),
            reason=reason,
        )

    @property
    def lines_left(self) -> int:
        """More of them than the mail names."""
        return self.line_count - len(self.lines)

    @property
    def changes_left(self) -> int:
        return self.change_count - len(self.changes)

    @property
    def day(self) -> str:
        return long_day(self.promised_on)

    @property
    def paid(self) -> str:
        """On account, by bank transfer."""
        return PaymentMethod(self.payment_method).word.lower()

    @property
    def days_to_pay(self) -> int:
        """After the invoice, where there will be one."""
        if self.payment_method != PaymentMethod.ACCOUNT:
            return 0
        return int(self.terms.removeprefix("net") or 0) if self.terms.startswith("net") else 0


class MailedNote(BaseModel):
    """What a buyer wrote on an order."""

    number: int
    customer: str
    author: str
    text: str

    @classmethod
    def of(cls, order: Order, note: OrderNote) -> "MailedNote":
        return cls(
            number=order.number, customer=order.bill_to["name"], author=note.author_name, text=note.text
        )
