"""What programs send about orders."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from app.catalogue.quantities import LARGEST
from app.core.text import tidy_lines
from app.orders.models.orders import LONGEST_NOTES, LONGEST_PO, LONGEST_REASON, MOST_ITEMS
from app.orders.states import OrderStatus, PaymentMethod
from app.web.schemas import Body, Line, Paging

LARGEST_ID = 2**63 - 1

RowId = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Quantity = Annotated[int, Field(ge=1, le=LARGEST)]
Sku = Annotated[Line, Field(min_length=1, max_length=64)]
CustomerCode = Annotated[Line, Field(min_length=1, max_length=24)]
PoNumber = Annotated[Line, Field(max_length=LONGEST_PO)]
Text = Annotated[
    str,
    BeforeValidator(lambda value: tidy_lines(value) if isinstance(value, str) else value),
    Field(max_length=LONGEST_NOTES),
]


class ItemSent(Body):
    """A product by its SKU or its id. The same product twice is one line."""

    sku: Sku | None = None
    product_id: RowId | None = None
    quantity: Quantity

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        if (self.sku is None) == (self.product_id is None):
            raise ValueError("Name each product once: send sku or product_id.")
        return self


Items = Annotated[list[ItemSent], Field(min_length=1, max_length=MOST_ITEMS)]


class QuoteAsked(Body):
    """What is left out is as usual for the customer."""

    items: Items
    customer: CustomerCode | None = Field(
        None, description="A code. Keys and people of one customer leave it out."
    )
    customer_id: RowId | None = None
    payment_method: PaymentMethod | None = None
    delivery_method: Annotated[Line, Field(max_length=60)] | None = Field(None, description="By its name.")
    deliver_on: date | None = None


class OrderMade(QuoteAsked):
    address_id: RowId | None = None
    po_number: PoNumber = ""
    notes: Text = ""
    agreed: Annotated[str, Field(max_length=6000)] | None = Field(
        None, description="From a quote: the order is refused where anything costs something else by now."
    )


class OrderChanged(Body):
    """What is left out stays. `items` is the whole list: a product that is not in it leaves the order."""

    items: Items | None = None
    address_id: RowId | None = None
    deliver_on: date | None = None
    po_number: PoNumber | None = None
    notes: Text | None = None


class Reason(Body):
    reason: Annotated[Line, Field(min_length=1, max_length=LONGEST_REASON)]


class NoteMade(Body):
    text: Annotated[Text, Field(min_length=1)]
    for_buyer: bool = Field(False, description="Whether the buyer reads it. What buyers write, they do.")


class OrdersAsked(Paging):
    q: Annotated[Line, Field(max_length=120, description="A number, reference, SKU or customer.")] = ""
    status: OrderStatus | None = None
    customer: CustomerCode | None = Field(None, description="A code.")
    po_number: Annotated[Line, Field(min_length=1, max_length=LONGEST_PO)] | None = None
    sku: Sku | None = None
    placed_from: date | None = Field(None, description="This day or later, where the business is.")
    placed_to: date | None = None
    sort: Literal["created_at", "-created_at", "number", "-number", "promised_on", "-promised_on"] = (
        "-created_at"
    )
