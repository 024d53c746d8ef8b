"""What a mail about an invoice or a credit note tells: the paper as it was issued, and what is left of it today."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.billing.models import Invoice
from app.billing.papers import Paper


@dataclass(frozen=True, slots=True)
class MailedPaper:
    """`left` is what is still to be paid; of a credit note it says nothing."""

    customer: str
    order: int
    total: Decimal
    left: Decimal
    due_on: date
    paper: Paper

    @classmethod
    def of(cls, invoice: Invoice, paper: Paper) -> "MailedPaper":
        return cls(
            customer=invoice.buyer["name"],
            order=invoice.order_number,
            total=invoice.total,
            left=max(invoice.balance.open, Decimal()),
            due_on=invoice.due_on,
            paper=paper,
        )

    @property
    def credits(self) -> str:
        """The number of the invoice that a credit note credits."""
        return dict(self.paper.facts).get("Credits", "")

    @property
    def file_name(self) -> str:
        return f"{self.paper.number}.pdf"
