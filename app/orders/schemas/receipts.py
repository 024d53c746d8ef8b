"""What programs send and are told about bank receipts."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema
from pydantic_core.core_schema import no_info_wrap_validator_function

from app.billing.models.money import LONGEST_NOTE, LONGEST_REFERENCE
from app.orders.schemas.sent import CustomerCode
from app.orders.service.using_receipts import ORDER
from app.web.schemas import Answer, Body, Line, Moment, Money, MoneySent, Number, Paged, Paging

MOST_USES = 100
SUGGESTED = "suggested"


def _no_order(name: str) -> str:
    if name.isdecimal():
        raise ValueError("That is not the number of an invoice. Send the number of an order as order.")
    return name


class UseSent(Body):
    """So much for an invoice that is open, or for an order by transfer before it leaves."""

    invoice: Annotated[Line, Field(min_length=1, max_length=24), AfterValidator(_no_order)] | None = Field(
        None, description="Its number."
    )
    order: Annotated[str, Field(pattern=f"^{ORDER.pattern}$")] | None = Field(None, description="Its number.")
    amount: MoneySent

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.invoice is None) == (self.order is None):
            raise ValueError("Name what it pays once: send invoice or order.")
        return self

    @property
    def name(self) -> str:
        return self.order or (self.invoice or "").upper()


class OrSuggested:
    """The word “suggested” may stand in place of a list. A union of both would call its fields by other names."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_wrap_validator_function(_unless_suggested, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [{"type": "string", "enum": [SUGGESTED]}, handler(schema)]}


def _unless_suggested(value: Any, read: Callable[[Any], Any]) -> Any:
    return value if value == SUGGESTED else read(value)


class ReceiptMade(Body):
    customer: CustomerCode = Field(description="A code.")
    amount: MoneySent
    received_on: date
    reference: Annotated[Line, Field(max_length=LONGEST_REFERENCE)] = ""
    note: Annotated[Line, Field(max_length=LONGEST_NOTE)] = ""
    allocate: Annotated[list[UseSent], Field(max_length=MOST_USES), OrSuggested()] | None = Field(
        None,
        description="What it pays at once: what we find best by its reference and amount, what you say, or "
        "nothing yet. All of it or nothing: a receipt that cannot be used like this is not recorded either.",
    )

    @property
    def is_suggested(self) -> bool:
        return isinstance(self.allocate, str)

    @property
    def uses(self) -> Sequence[UseSent]:
        return self.allocate if isinstance(self.allocate, list) else ()


class ReceiptsAsked(Paging):
    customer: CustomerCode | None = Field(None, description="A code.")
    unused: bool = Field(False, description="Only those with money that has paid nothing yet.")


class PaidOut(Answer):
    """What it paid, as it stands: without an invoice, an order in advance."""

    invoice: str | None
    order: Number = Field(validation_alias="order_number")
    amount: Money


class ReceiptOut(Answer):
    id: int
    customer: str = Field(description="The code.")
    amount: Money
    unused: Money = Field(description="What has paid nothing yet.")
    received_on: date
    reference: str
    note: str
    paid: list[PaidOut]
    reversed_on: date | None = Field(description="Entered by mistake: it counts for nothing.")
    reversal_reason: str
    created_at: Moment
    version: int


class ReceiptPage(Paged[ReceiptOut]):
    pass
