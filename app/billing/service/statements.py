"""A statement of account: what happened between two days, and what is owed today."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.accounts.models import Customer
from app.billing import movements
from app.billing.periods import Period
from app.billing.queries import statement as queries
from app.billing.queries.statement import MOST_LINES, Figures
from app.core.business import Business
from app.core.money import money
from app.core.text import counted, in_full
from app.customers.papers import letterhead


@dataclass(frozen=True, slots=True)
class Statement:
    """Of a long period only the first lines; its balances count all of them."""

    customer: Customer
    period: Period
    today: date
    figures: Figures
    lines: list[Any]
    open_items: list[Any]

    @property
    def left_out(self) -> int:
        return max(self.figures.how_many - MOST_LINES, 0)

    @property
    def has_moved(self) -> bool:
        return bool(self.figures.how_many or self.figures.closing)

    @property
    def file_name(self) -> str:
        return f"statement-{self.customer.code}-{self.period.ends}.pdf"


def statement_of(customer: Customer, period: Period, *, today: date) -> Statement:
    """Three questions, however much there is."""
    figures = queries.figures_of(customer.id, period, today=today)
    return Statement(
        customer,
        period,
        today,
        figures,
        queries.lines_of(customer.id, period, opening=figures.opening) if figures.how_many else [],
        queries.open_items(customer.id, today=today) if figures.open else [],
    )


def content_of(statement: Statement, business: Business) -> dict[str, Any]:
    """The paper: words alone, whoever sets it works nothing out."""
    figures, currency = statement.figures, business.currency
    sums = [("Invoices open", figures.open)]
    sums += [("Not used yet", -figures.unused)] if figures.unused else []
    sums += [("Paid for orders", -figures.in_advance)] if figures.in_advance else []
    sums += [("On its way back", -figures.on_its_way)] if figures.on_its_way else []
    return {
        "seller": letterhead(
            name=business.name, address=business.address, phone=business.phone, email=business.email
        ),
        "customer": [statement.customer.name, f"Account {statement.customer.code}"],
        "starts": in_full(statement.period.starts),
        "ends": in_full(statement.period.ends),
        "today": in_full(statement.today),
        "opening": money(figures.opening, currency),
        "closing": money(figures.closing, currency),
        "lines": [_written(line, currency) for line in statement.lines],
        "left_out": counted(statement.left_out, "line", "lines") if statement.left_out else "",
        "sums": [(word, money(amount, currency)) for word, amount in sums],
        "balance": money(figures.balance, currency),
        "ages": [(word, money(amount, currency)) for word, amount in figures.ages],
        "bank": _bank(business),
    }


def _written(line: Any, currency: str) -> dict[str, str]:
    return {
        "day": in_full(line.day),
        "what": " ".join(word for word in (movements.kind_of(line), line.number) if word),
        "about": movements.about(line),
        "amount": money(line.amount, currency),
        "balance": money(line.balance, currency),
    }


def _bank(business: Business) -> str:
    if not business.bank_account:
        return ""
    sort_code = f"sort code {business.bank_sort_code}, " if business.bank_sort_code else ""
    return f"Pay to {business.name}, {sort_code}account {business.bank_account}."
