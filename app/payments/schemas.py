"""What programs send and are told about refunds."""

from typing import Annotated

from pydantic import Field

from app.billing.models import RefundStatus
from app.billing.models.documents import LONGEST_REASON
from app.fulfilment.schemas import Lines
from app.payments.refunded import RefundTo
from app.payments.service.refunding import Refunded
from app.web.schemas import Answer, Body, Line, Money, Number


class RefundAsked(Body):
    items: Lines | None = Field(None, description="Left out: all that was invoiced and not credited yet.")
    delivery: bool = Field(False, description="Whether its delivery is refunded, too.")
    reason: Annotated[Line, Field(min_length=1, max_length=LONGEST_REASON)]
    restock: bool = Field(
        False, description="The goods go back on the shelf, unless they came back before or are on their way."
    )
    to: RefundTo = Field(description="Where what was paid goes; what was not paid is owed no more.")


class CreditNoteOut(Answer):
    number: str
    total: Money


class MoneyBackOut(Answer):
    id: int
    amount: Money
    status: RefundStatus


class RefundOut(Answer):
    order: Number
    total: Money
    paid_back: Money = Field(description="As much of it as was paid before.")
    credit_notes: list[CreditNoteOut]
    refunds: list[MoneyBackOut] = Field(description="None where it stays on the account.")

    @classmethod
    def of(cls, number: int, done: Refunded) -> "RefundOut":
        return cls(
            order=number,
            total=done.total,
            paid_back=done.paid_back,
            credit_notes=[CreditNoteOut.model_validate(note.paper) for note in done.notes],
            refunds=[MoneyBackOut.model_validate(refund) for refund in done.refunds],
        )
