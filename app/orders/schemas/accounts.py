"""What programs are told about what a customer owes."""

from datetime import date
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from app.billing import movements
from app.billing.queries.statement import Figures
from app.billing.service.statements import Statement
from app.orders.credit import Credit
from app.web.schemas import Answer, Money, Query

Kind = Literal["invoice", "credit_note", "receipt", "receipt_reversed", "card_payment", "refund"]


class CreditOut(Answer):
    limit: Money
    used: Money = Field(
        description="Invoices that are open and orders on account that are not invoiced yet, less unused money."
    )
    left: Money
    open: Money = Field(description="Of invoices.")
    overdue: Money = Field(description="So much of what is open is past its day.")
    unused: Money = Field(description="Money and credit that has paid nothing yet.")
    paid_in_advance: Money = Field(description="For orders that are not invoiced yet.")

    @classmethod
    def of(cls, credit: Credit, figures: Figures) -> Self:
        return cls(
            limit=credit.limit,
            used=credit.used,
            left=credit.left,
            open=figures.open,
            overdue=figures.overdue,
            unused=figures.unused,
            paid_in_advance=figures.in_advance,
        )


class StatementAsked(Query):
    starts: date | None = Field(None, validation_alias="from", description="The first of this month.")
    ends: date | None = Field(None, validation_alias="to", description="Today.")

    @model_validator(mode="after")
    def in_order(self) -> Self:
        if self.starts and self.ends and self.starts > self.ends:
            raise ValueError("The first day comes after the last one.")
        return self


class StatementLineOut(Answer):
    day: date
    kind: Kind
    number: str = Field(description="Of an invoice or a credit note.")
    about: str
    amount: Money = Field(description="Below 0 where less is owed since.")
    balance: Money

    @classmethod
    def of(cls, line: Any) -> Self:
        told = {name: getattr(line, name) for name in ("day", "number", "amount", "balance")}
        return cls(kind=movements.Kind(line.kind).code, about=movements.about(line), **told)


class StatementOut(Answer):
    """The first 500 lines; the balances count all of them."""

    customer: str = Field(description="The code.")
    starts: date
    ends: date
    opening: Money
    closing: Money
    lines: list[StatementLineOut]
    left_out: int = Field(description="So many lines more: ask for fewer days.")

    @classmethod
    def of(cls, statement: Statement) -> Self:
        return cls(
            customer=statement.customer.code,
            starts=statement.period.starts,
            ends=statement.period.ends,
            opening=statement.figures.opening,
            closing=statement.figures.closing,
            lines=[StatementLineOut.of(line) for line in statement.lines],
            left_out=statement.left_out,
        )
