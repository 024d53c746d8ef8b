"""What programs ask and are told about invoices."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from app.billing.models import DocumentKind, LineKind
from app.billing.words import InvoiceState
from app.web.schemas import Answer, Line, Money, Number, Paged, Paging, Rate, UnitPrice

OrderNumber = Annotated[int, Field(ge=1, le=2**63 - 1)]


class InvoicesAsked(Paging):
    status: InvoiceState | None = Field(
        None, description="Open and overdue are to be paid; credit is left of a credit note."
    )
    kind: DocumentKind | None = None
    customer: Annotated[Line, Field(min_length=1, max_length=24)] | None = Field(None, description="A code.")
    order: OrderNumber | None = Field(None, description="A number.")
    issued_from: date | None = Field(None, description="This day or later, where the business is.")
    issued_to: date | None = None
    sort: Literal["issued_on", "-issued_on", "due_on", "-due_on"] = "-issued_on"


class InvoiceLineOut(Answer):
    line: int
    kind: LineKind
    product_id: int | None = Field(description="A delivery has none.")
    sku: str
    name: str
    unit_label: str
    quantity: int
    unit_price: UnitPrice
    tax_rate: Rate
    net: Money
    tax: Money


class InvoiceTaxOut(Answer):
    rate: Rate
    net: Money
    tax: Money


class InvoiceOut(Answer):
    """An invoice or a credit note, as it was issued: it never changes, only what is open of it does."""

    id: int
    number: str
    kind: DocumentKind
    customer_id: int
    customer: str = Field(description="The code.")
    order: Number = Field(validation_alias="order_number")
    shipment: str = Field(validation_alias="shipment_number")
    credits: str | None = Field(description="The number of the invoice that a credit note credits.")
    reason: str
    po_number: str
    issued_on: date
    supplied_on: date
    due_on: date
    terms: str
    lines: list[InvoiceLineOut]
    taxes: list[InvoiceTaxOut]
    net: Money
    tax: Money
    rounding: Money = Field(description="The penny by which all invoices of an order come to its total.")
    total: Money
    credited: Money = Field(description="How much of it credit notes have taken back.")
    open: Money = Field(description="What is still to be paid; of a credit note, below nought, what is left.")
    currency: str
    pdf_url: str = Field(description="For people: whoever opens it signs in. Asked for first, it is made.")


class InvoicePage(Paged[InvoiceOut]):
    """One page of invoices."""
