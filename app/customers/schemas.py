"""What programs send and are told about customers."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from app.accounts.models import CustomerStatus
from app.web.schemas import Answer, Body, Line, Money, MoneySent, Name, Paged, Paging

Code = Annotated[Line, Field(min_length=1, max_length=24, description="Capital letters, digits and hyphens.")]
TaxTreatment = Literal["standard", "exempt", "zero"]
PaymentTerms = Literal["prepay", "net7", "net14", "net30", "net60"]
PriceListCode = Annotated[Line, Field(min_length=1, max_length=24)]
Search = Annotated[Line, Field(max_length=120, description="These letters anywhere.")]


class CustomerOut(Answer):
    id: int
    code: str
    name: str
    status: CustomerStatus
    tax_treatment: TaxTreatment
    price_list: str | None = Field(description="The code of its list; null for the base prices.")
    payment_terms: PaymentTerms
    credit_limit: Money
    po_required: bool
    min_order_net: Money | None
    auto_confirm: bool
    version: int


class CustomerPage(Paged[CustomerOut]):
    """One page of customers."""


class CustomersAsked(Paging):
    q: Search = ""
    status: CustomerStatus | None = None
    sort: Literal["name", "-name", "code", "-code", "created_at", "-created_at"] = "name"


class CustomerMade(Body):
    code: Code | None = Field(None, description="Made of the name when it is left out.")
    name: Name
    tax_treatment: TaxTreatment = "standard"
    price_list: PriceListCode | None = None
    payment_terms: PaymentTerms = "prepay"
    credit_limit: MoneySent = Decimal(0)
    po_required: bool = False
    min_order_net: MoneySent | None = None
    auto_confirm: bool = False


class CustomerReplaced(Body):
    code: Code
    name: Name
    status: CustomerStatus
    tax_treatment: TaxTreatment
    price_list: PriceListCode | None
    payment_terms: PaymentTerms
    credit_limit: MoneySent
    po_required: bool
    min_order_net: MoneySent | None
    auto_confirm: bool


class AddressOut(Answer):
    id: int
    label: str
    line1: str
    line2: str
    city: str
    postcode: str
    country: str
    is_default_shipping: bool
    is_default_billing: bool
    delivery_instructions: str
    version: int


class AddressPage(Paged[AddressOut]):
    """One page of a customer's addresses."""
